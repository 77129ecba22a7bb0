//! The page to sign in on.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use engine::people::Password;
use engine::people::sign_in::{Credentials, sign_in};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Field, Page, filled, sent};
use crate::App;
use crate::entrance::{self, Sender};
use crate::guard::{ANYONE, SELF};
use crate::problem::{Problem, Refusals};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show_sign_in, send_sign_in))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignInForm {
    sign_in: String,
    #[schema(format = Password)]
    password: String,
    #[serde(default)]
    code: String,
}

/// Where somebody wanted to go who was to sign in first.
#[derive(Debug, Deserialize)]
struct Asked {
    next: Option<String>,
}

impl Asked {
    /// A page of this service, whatever else was asked for.
    fn way(&self) -> &str {
        let is_own = |next: &&str| {
            next.starts_with('/') && !next[1..].starts_with(['/', '\\']) && !next.contains(char::is_control)
        };
        self.next.as_deref().filter(is_own).unwrap_or("/")
    }
}

/// Show the page to sign in on
#[utoipa::path(get, path = "/sign-in",
    responses((status = 200, description = "The page.", body = String, content_type = "text/html"), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(SELF))))]
async fn show_sign_in() -> Page {
    page("")
}

/// Sign in by the page
#[utoipa::path(post, path = "/sign-in", request_body(content = SignInForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "Signed in."), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(SELF))))]
async fn send_sign_in(
    State(app): State<App>,
    Sender(client, old): Sender,
    Query(asked): Query<Asked>,
    form: Result<Form<SignInForm>, FormRejection>,
) -> Result<Response, Problem> {
    let form = sent(form)?;
    let page = page(&form.sign_in);
    let credentials =
        Credentials { sign_in: form.sign_in, password: Password::new(form.password), code: filled(form.code) };
    match sign_in(&app.engine, credentials, &client, old.as_ref()).await {
        Ok((_, secret)) => {
            let cookie = entrance::setting(&secret, app.entrance.is_secure());
            Ok(([(header::SET_COOKIE, cookie)], Redirect::to(asked.way())).into_response())
        }
        Err(error) => Ok(page.refused(error.into())),
    }
}

fn page(sign_in: &str) -> Page {
    Page {
        title: "Sign in",
        fields: vec![
            Field::text("sign_in", "E-mail address or name", sign_in).filled_in("username"),
            Field::password("current-password"),
            Field::code(),
        ],
        button: Some("Sign in"),
        links: vec![("/reset", "I have forgotten my password")],
        ..Page::default()
    }
}

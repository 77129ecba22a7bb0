//! The pages for a forgotten password.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Response};
use engine::people::{Password, Secret, resets};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Field, Page, sent};
use crate::App;
use crate::entrance::Sender;
use crate::guard::{ANYONE, SELF};
use crate::problem::{Problem, Refusals};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show_forgotten, send_forgotten)).routes(routes!(show_reset, send_reset))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ForgottenForm {
    sign_in: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResetForm {
    #[schema(format = Password)]
    password: String,
}

/// Show the page for a forgotten password
#[utoipa::path(get, path = "/reset",
    responses((status = 200, description = "The page.", body = String, content_type = "text/html"), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(SELF))))]
async fn show_forgotten() -> Page {
    forgotten("")
}

/// Ask for a link by the page
#[utoipa::path(post, path = "/reset", request_body(content = ForgottenForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "If there is such a person, a mail is on its way.", body = String, content_type = "text/html"),
        Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(SELF))))]
async fn send_forgotten(
    State(app): State<App>,
    Sender(client, _): Sender,
    form: Result<Form<ForgottenForm>, FormRejection>,
) -> Result<Response, Problem> {
    let form = sent(form)?;
    Ok(match resets::request(&app.engine, &form.sign_in, &client).await {
        Ok(()) => Page {
            title: "Look into your mail",
            intro: vec![
                "If somebody signs in with this, a mail with a link is on its way to the address that we know.".into(),
            ],
            links: vec![("/sign-in", "Sign in")],
            ..Page::default()
        }
        .into_response(),
        Err(error) => forgotten(&form.sign_in).refused(error.into()),
    })
}

/// Show the page for a new password
#[utoipa::path(get, path = "/reset/{secret}", params(("secret" = String, Path)),
    responses((status = 200, description = "The page.", body = String, content_type = "text/html"), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(SELF))))]
async fn show_reset(State(app): State<App>, Path(secret): Path<String>) -> Response {
    match resets::check(&app.engine, &Secret::new(secret)).await {
        Ok(()) => new_password().into_response(),
        Err(error) => ended(error.into()),
    }
}

/// Set a new password by the page
#[utoipa::path(post, path = "/reset/{secret}", params(("secret" = String, Path)),
    request_body(content = ResetForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "It is set.", body = String, content_type = "text/html"), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(SELF))))]
async fn send_reset(
    State(app): State<App>,
    Path(secret): Path<String>,
    form: Result<Form<ResetForm>, FormRejection>,
) -> Result<Response, Problem> {
    let form = sent(form)?;
    Ok(match resets::confirm(&app.engine, &Secret::new(secret), Password::new(form.password)).await {
        Ok(_) => Page {
            title: "Ready",
            intro: vec!["The new password is set. All sessions have ended.".into()],
            links: vec![("/sign-in", "Sign in")],
            ..Page::default()
        }
        .into_response(),
        Err(resets::ResetError::NotValid) => ended(resets::ResetError::NotValid.into()),
        Err(error) => new_password().refused(error.into()),
    })
}

fn forgotten(sign_in: &str) -> Page {
    Page {
        title: "Forgotten password",
        intro: vec!["We send you a link to set a new one.".into()],
        fields: vec![Field::text("sign_in", "E-mail address or name", sign_in).filled_in("username")],
        button: Some("Send the link"),
        ..Page::default()
    }
}

fn new_password() -> Page {
    Page { title: "New password", fields: vec![Field::new_password()], button: Some("Set it"), ..Page::default() }
}

fn ended(problem: Problem) -> Response {
    Page { title: "New password", links: vec![("/reset", "Ask for a new link")], ..Page::default() }.refused(problem)
}

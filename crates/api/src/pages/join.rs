//! The page of an invitation's link.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Response};
use engine::people::invitations::{self, Acceptance, Offer};
use engine::people::{Password, Secret};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::words::{Filling, Said};
use super::{Field, Page, filled, sent};
use crate::App;
use crate::entrance::Sender;
use crate::guard::{ANYONE, SELF};
use crate::problem::{Problem, Refusals};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show_invitation, send_invitation))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InvitationForm {
    #[serde(default)]
    name: String,
    #[schema(format = Password)]
    password: String,
    #[serde(default)]
    code: String,
}

/// Show the page of an invitation
#[utoipa::path(get, path = "/join/{secret}", params(("secret" = String, Path)),
    responses((status = 200, description = "The page.", body = String, content_type = "text/html"), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(SELF))))]
async fn show_invitation(State(app): State<App>, Path(secret): Path<String>) -> Response {
    match invitations::offer(&app.engine, &Secret::new(secret)).await {
        Ok(offer) => page(&offer, None).into_response(),
        Err(error) => ended(error.into()),
    }
}

/// Accept an invitation by the page
#[utoipa::path(post, path = "/join/{secret}", params(("secret" = String, Path)),
    request_body(content = InvitationForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "Accepted.", body = String, content_type = "text/html"), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(SELF))))]
async fn send_invitation(
    State(app): State<App>,
    Path(secret): Path<String>,
    Sender(client, _): Sender,
    form: Result<Form<InvitationForm>, FormRejection>,
) -> Result<Response, Problem> {
    let (form, secret) = (sent(form)?, Secret::new(secret));
    let offer = match invitations::offer(&app.engine, &secret).await {
        Ok(offer) => offer,
        Err(error) => return Ok(ended(error.into())),
    };
    let page = page(&offer, Some(&form.name));
    let password = Password::new(form.password);
    let acceptance = if offer.known {
        Acceptance::Password { password, code: filled(form.code) }
    } else {
        Acceptance::New { name: form.name, language: offer.language, password }
    };
    Ok(match invitations::accept(&app.engine, &secret, acceptance, &client).await {
        Ok(user) => Page {
            title: "Welcome",
            intro: vec![Said::with(
                "You have a place at {} now. You sign in as {}.",
                [Filling::Text(offer.tenant_name), Filling::Text(user.sign_in)],
            )],
            links: vec![("/sign-in", "Sign in")],
            ..Page::default()
        }
        .into_response(),
        Err(error) => page.refused(error.into()),
    })
}

fn page(offer: &Offer, name: Option<&str>) -> Page {
    let [house, email] = [&offer.tenant_name, &offer.email].map(|text| Filling::Text(text.clone()));
    let invited = Said::with("{} invites {} as {}.", [house, email, Filling::Words(offer.roles.names())]);
    let (told, fields) = if offer.known {
        (
            "You sign in with this address already: give its password.",
            vec![Field::password("current-password"), Field::code()],
        )
    } else {
        let name = name.or(offer.name.as_deref()).unwrap_or_default();
        let name = Field::text("name", "Your name", name).filled_in("name");
        ("Choose a password: you sign in with this address and it.", vec![name, Field::new_password()])
    };
    Page { title: "Invitation", intro: vec![invited, told.into()], fields, button: Some("Accept"), ..Page::default() }
}

fn ended(problem: Problem) -> Response {
    Page { title: "Invitation", ..Page::default() }.refused(problem)
}

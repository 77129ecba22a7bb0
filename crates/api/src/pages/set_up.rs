//! The page of the link that the server prints at its first start.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Response};
use engine::people::set_up::{self, SetUp};
use engine::people::{Password, Secret};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::words::{Filling, Said};
use super::{Field, Page, sent};
use crate::App;
use crate::guard::{ANYONE, SELF};
use crate::problem::{Problem, Refusals};
use crate::routes::NewTenantDocument;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show_set_up, send_set_up))
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct SetUpForm {
    company: String,
    currency: String,
    time_zone: String,
    name: String,
    sign_in: String,
    #[schema(format = Password)]
    password: String,
}

/// Show the page of the set-up
#[utoipa::path(get, path = "/setup/{secret}", params(("secret" = String, Path)),
    responses((status = 200, description = "The page.", body = String, content_type = "text/html"), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(SELF))))]
async fn show_set_up(State(app): State<App>, Path(secret): Path<String>) -> Result<Response, Problem> {
    Ok(match set_up::offer(&app.engine, &Secret::new(secret)).await {
        Ok(tenant) => page(tenant.as_deref(), &SetUpForm::default()).into_response(),
        Err(error) => Page { title: "Set-up", ..Page::default() }.refused(error.into()),
    })
}

/// Set up by the page
#[utoipa::path(post, path = "/setup/{secret}", params(("secret" = String, Path)),
    request_body(content = SetUpForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "The company and its first owner are there.", body = String, content_type = "text/html"),
        Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(SELF))))]
async fn send_set_up(
    State(app): State<App>,
    Path(secret): Path<String>,
    form: Result<Form<SetUpForm>, FormRejection>,
) -> Result<Response, Problem> {
    let (form, secret) = (sent(form)?, Secret::new(secret));
    let tenant = match set_up::offer(&app.engine, &secret).await {
        Ok(tenant) => tenant,
        Err(error) => return Ok(Page { title: "Set-up", ..Page::default() }.refused(error.into())),
    };
    let page = page(tenant.as_deref(), &form);
    let founded = match tenant {
        Some(_) => Ok(None),
        None => {
            let SetUpForm { company: name, currency, time_zone, .. } = &form;
            let new = NewTenantDocument {
                name: name.clone(),
                currency: currency.trim().to_uppercase(),
                time_zone: time_zone.trim().to_owned(),
            };
            new.read().map(Some)
        }
    };
    let founded = match founded {
        Ok(founded) => founded,
        Err(problem) => return Ok(page.refused(problem)),
    };
    let set_up = SetUp {
        tenant: founded,
        sign_in: form.sign_in,
        email: None,
        name: form.name,
        language: None,
        password: Password::new(form.password),
    };
    Ok(match set_up::set_up(&app.engine, &secret, set_up).await {
        Ok(_) => Page {
            title: "Ready",
            intro: vec!["The company and you as its owner are there. You can sign in now.".into()],
            links: vec![("/sign-in", "Sign in")],
            ..Page::default()
        }
        .into_response(),
        Err(error) => page.refused(error.into()),
    })
}

fn page(tenant: Option<&str>, form: &SetUpForm) -> Page {
    let mut fields = vec![
        Field::text("name", "Your name", &form.name).filled_in("name"),
        Field::text("sign_in", "Your e-mail address", &form.sign_in)
            .filled_in("username")
            .hint("You sign in with it. Where there is no mail, any short name will do."),
        Field::new_password(),
    ];
    let intro = match tenant {
        Some(name) => {
            Said::with("{} has no owner yet. Whoever holds this link becomes it.", [Filling::Text(name.to_owned())])
        }
        None => {
            let company = [
                Field::text("company", "Company or charity", &form.company).filled_in("organization"),
                Field::text("currency", "Currency", &form.currency)
                    .hint("Of new customers and plans, such as EUR or GBP."),
                Field::text("time_zone", "Time zone", &form.time_zone)
                    .hint("Of days and billing periods, such as Europe/London."),
            ];
            fields.splice(0..0, company);
            "Whoever holds this link founds the company on this server and owns it.".into()
        }
    };
    Page { title: "Set-up", intro: vec![intro], fields, button: Some("Begin"), ..Page::default() }
}

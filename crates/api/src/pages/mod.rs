//! The few pages that stand without the web app and without scripts: signing in, and what the links in mails and on the console open.

mod join;
mod reset;
mod set_up;
mod sign_in;
mod swap;
mod words;

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{DefaultBodyLimit, Form, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::words::{DEMO, Language, Said};
use crate::body::LARGEST_FORM;
use crate::guard::{ANYONE, NOBODY};
use crate::problem::{Problem, Refusals};
use crate::{App, QUICK, envelope};

const STYLE: &str = include_str!("../../templates/page.css");

pub(crate) fn routes() -> OpenApiRouter<App> {
    let pages = [sign_in::routes(), set_up::routes(), join::routes(), reset::routes(), swap::routes()];
    pages
        .into_iter()
        .fold(OpenApiRouter::new().routes(routes!(show_style)), OpenApiRouter::merge)
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .layer(from_fn(|request, next| envelope::within(QUICK, request, next)))
}

/// A page with a form, or with nothing but words, in English.
#[derive(Clone, Default)]
struct Page {
    title: &'static str,
    intro: Vec<Said>,
    /// What was wrong with what was sent.
    fault: Option<String>,
    fields: Vec<Field>,
    button: Option<&'static str>,
    /// Addresses and what they are called.
    links: Vec<(&'static str, &'static str)>,
}

/// A page as it is written.
#[derive(Template)]
#[template(path = "page.html")]
struct Written {
    page: Page,
    intro: Vec<String>,
    demo: Option<&'static str>,
    language: &'static str,
}

impl Written {
    fn of(page: &Page, language: Language, demo: bool) -> Self {
        let mut page = page.clone();
        page.title = language.say(page.title);
        page.button = page.button.map(|words| language.say(words));
        page.fault = page.fault.map(|words| language.say(&words).to_owned());
        page.links = page.links.into_iter().map(|(address, words)| (address, language.say(words))).collect();
        for field in &mut page.fields {
            field.label = language.say(field.label);
            field.hint = field.hint.map(|words| language.say(words));
        }
        let intro = page.intro.iter().map(|said| said.written(language)).collect();
        Written { page, intro, demo: demo.then(|| language.say(DEMO)), language: language.tag() }
    }
}

/// A field of a form.
#[derive(Clone, Default)]
struct Field {
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    value: String,
    /// What the browser may fill in (HTML, section 4.10.18.7).
    autocomplete: &'static str,
    hint: Option<&'static str>,
    required: bool,
}

impl Field {
    fn text(name: &'static str, label: &'static str, value: &str) -> Self {
        let value = value.to_owned();
        Field { name, label, kind: "text", value, autocomplete: "off", required: true, ..Field::default() }
    }

    /// A password is never sent back to be shown again.
    fn password(autocomplete: &'static str) -> Self {
        Field { kind: "password", autocomplete, ..Field::text("password", "Password", "") }
    }

    fn new_password() -> Self {
        Field::password("new-password").hint("10 characters at least; a sentence is easy to keep and hard to guess.")
    }

    fn code() -> Self {
        let code = Field { autocomplete: "one-time-code", required: false, ..Field::text("code", "Code", "") };
        code.hint("Of your authenticator, if you use one; or a recovery code.")
    }

    fn filled_in(self, autocomplete: &'static str) -> Self {
        Field { autocomplete, ..self }
    }

    fn hint(self, hint: &'static str) -> Self {
        Field { hint: Some(hint), ..self }
    }
}

impl Page {
    /// The same page, with what was wrong. What nobody can mend by typing is the problem itself, which is logged.
    fn refused(self, problem: Problem) -> Response {
        if problem.status().is_server_error() {
            return problem.into_response();
        }
        (problem.status(), Page { fault: Some(problem.in_words()), ..self }).into_response()
    }
}

/// A page on its way through the layers: the outer one writes it, for it knows the language and whether this is a demo.
#[derive(Clone)]
struct Unwritten(Arc<Page>);

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        Extension(Unwritten(Arc::new(self))).into_response()
    }
}

/// Writes the pages, each in the language that is preferred; each says so where this is a demo.
pub(crate) async fn written(State(demo): State<bool>, request: Request, next: Next) -> Response {
    let language = Language::of(request.headers());
    let response = next.run(request).await;
    let Some(Unwritten(page)) = response.extensions().get::<Unwritten>().cloned() else { return response };
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_LANGUAGE, language.tag()),
        (header::VARY, "Accept-Language"),
    ];
    match Written::of(&page, language, demo).render() {
        Ok(text) => (response.status(), headers, text).into_response(),
        Err(error) => Problem::internal(error.to_string()).into_response(),
    }
}

/// What a form sent; a form that cannot be read is a problem of its own.
fn sent<T>(form: Result<Form<T>, FormRejection>) -> Result<T, Problem> {
    form.map(|Form(sent)| sent).map_err(|rejected| match rejected.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(crate::problem::TOO_LARGE, "the form is too large"),
        _ => Problem::new(crate::problem::UNREADABLE, "the form has a field too many, too few, or twice"),
    })
}

/// The text of a field that was left empty is none.
fn filled(text: String) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Show the style of the pages
#[utoipa::path(get, path = "/pages/style.css",
    responses((status = 200, description = "The style sheet.", body = String, content_type = "text/css"), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(NOBODY))))]
async fn show_style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
    ];
    (headers, STYLE).into_response()
}

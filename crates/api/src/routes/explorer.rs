//! The OpenAPI document and the explorer that shows it. Everything is in the program: it works without the internet.

use std::sync::Arc;

use axum::Extension;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use utoipa_swagger_ui::Config;

use crate::App;
use crate::answer::json;
use crate::guard::{ANYONE, NOBODY};
use crate::problem::{NOT_FOUND, Problem, Refusals};

/// The explorer sets styles from its scripts, and has pictures in its style sheet.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; \
                      base-uri 'none'; form-action 'self'";

/// The text of the OpenAPI document.
#[derive(Debug, Clone)]
pub(crate) struct Document(Arc<str>);

impl Document {
    pub(crate) fn of(document: &OpenApi) -> Self {
        Document(serde_json::to_string(document).unwrap_or_default().into())
    }
}

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show_explorer))
        .routes(routes!(show_explorer_page))
        .routes(routes!(show_explorer_file))
}

/// The routes below the API's own path.
pub(crate) fn document_route() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show_document))
}

/// Show the OpenAPI document
#[utoipa::path(get, path = "/openapi.json",
    responses((status = 200, description = "The document.", body = Object), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(NOBODY))))]
async fn show_document(Extension(document): Extension<Document>) -> Response {
    json(StatusCode::OK, document.0.to_string())
}

/// Go to the explorer's page
#[utoipa::path(get, path = "/docs",
    responses((status = 303, description = "The explorer is there."), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(NOBODY))))]
async fn show_explorer() -> Redirect {
    Redirect::to("/docs/")
}

/// Show the explorer
#[utoipa::path(get, path = "/docs/",
    responses((status = 200, description = "The page.", body = String, content_type = "text/html"), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(NOBODY))))]
async fn show_explorer_page() -> Result<Response, Problem> {
    file("index.html")
}

/// Show a file of the explorer
#[utoipa::path(get, path = "/docs/{file}", params(("file" = String, Path)),
    responses((status = 200, description = "The file.", body = String, content_type = "text/javascript"), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(NOBODY))))]
async fn show_explorer_file(Path(name): Path<String>) -> Result<Response, Problem> {
    file(&name)
}

fn file(name: &str) -> Result<Response, Problem> {
    let config = Config::from("/api/v1/openapi.json").validator_url("none");
    let served = utoipa_swagger_ui::serve(name, Arc::new(config));
    let file = served.map_err(|error| Problem::internal(error.to_string()))?;
    let file = file.ok_or_else(|| Problem::new(NOT_FOUND, "the explorer has no such file"))?;
    let media_type = HeaderValue::from_str(&file.content_type).map_err(|error| Problem::internal(error.to_string()))?;
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
    ];
    Ok((headers, file.bytes.into_owned()).into_response())
}

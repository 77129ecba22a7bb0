use axum::extract::State;
use engine::books;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Nothing, Posted};
use crate::guard::{CHECKERS, Caller, TENANT};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(check_books))
}

/// What was checked, and what is wrong.
#[derive(Debug, Serialize, ToSchema)]
struct BooksReport {
    /// How many calls there are.
    calls: i64,
    /// How many of them have no price.
    unrated: i64,
    /// How many ledger entries there are.
    entries: i64,
    /// What does not add up, a sentence each; empty if all does.
    faults: Vec<String>,
}

/// Check the books
///
/// Every balance is the sum of its entries, every charge too, parts make up their whole. Nothing is changed.
#[utoipa::path(post, path = "/books/check",
    responses((status = 200, description = "The report.", body = BooksReport), Refusals),
    extensions(("x-roles" = json!(CHECKERS)), ("x-owner" = json!(TENANT))))]
async fn check_books(
    State(app): State<App>,
    Caller(actor): Caller,
    Posted { body: Nothing {}, .. }: Posted<Nothing>,
) -> Result<Answer<BooksReport>, Problem> {
    let books::Report { calls, unrated, entries, faults } = books::check(&mut app.engine.view(&actor).await?).await?;
    Ok(Answer::ok(BooksReport { calls, unrated, entries, faults }))
}

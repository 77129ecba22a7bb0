//! Ratings of calls to agents.

use axum::extract::State;
use axum::response::Response;
use engine::ratings::{self, Rating};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::Body;
use crate::guard::{CUSTOMER, Caller};
use crate::params::Id;
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(rate_call))
}

/// Declares an operation that a customer does, or the staff in its name.
const RATERS: &[&str] = &["owner", "admin", "clerk", "customer"];

/// What is said of a call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"stars": 5, "comment": "Very kind."}))]
struct NewRatingDocument {
    /// 1 to 5.
    stars: i64,
    /// Up to 1,000 characters in one line.
    comment: Option<String>,
}

/// What was said of a call.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RatingDocument {
    /// 1 to 5.
    stars: i64,
    comment: Option<String>,
    /// When it was said last.
    rated_at: String,
}

/// Rate a call
///
/// For answered calls to agents that are over. Until 30 days after the end of the call its rating may be changed.
#[utoipa::path(put, path = "/calls/{id}/rating", params(("id" = String, Path)), request_body = NewRatingDocument,
    responses((status = 200, description = "It is rated.", body = RatingDocument), Refusals),
    extensions(("x-roles" = json!(RATERS)), ("x-owner" = json!(CUSTOMER))))]
async fn rate_call(
    State(app): State<App>,
    caller: Caller,
    Id(call): Id,
    Body(new): Body<NewRatingDocument>,
) -> Result<Response, Problem> {
    app.once(&caller, None, move |work| {
        let (call, stars, comment) = (call.clone(), new.stars, new.comment.clone());
        Box::pin(async move { Ok(Answer::ok(RatingDocument::of(ratings::rate(work, &call, stars, comment).await?))) })
    })
    .await
}

impl RatingDocument {
    pub(super) fn of(rating: Rating) -> Self {
        RatingDocument { stars: rating.stars.number(), comment: rating.comment, rated_at: rating.rated_at.to_string() }
    }
}

//! The page of a link by which an agent takes a shift that another offers.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::roster::SwapState;
use engine::people::Secret;
use engine::swaps::{self, Linked, SwapError};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Page;
use super::words::{Filling, Said};
use crate::App;
use crate::guard::{ANYONE, SELF};
use crate::problem::{Problem, Refusals};

const TITLE: &str = "A shift is offered";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show_swap, send_swap))
}

/// Show the page of a shift that is offered
#[utoipa::path(get, path = "/swap/{secret}", params(("secret" = String, Path)),
    responses((status = 200, description = "The page.", body = String, content_type = "text/html"), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(SELF))))]
async fn show_swap(State(app): State<App>, Path(secret): Path<String>) -> Response {
    match swaps::show(&app.engine, &Secret::new(secret)).await {
        Ok(linked) => page(&linked).into_response(),
        Err(error) => ended(error),
    }
}

/// Take a shift by the page
#[utoipa::path(post, path = "/swap/{secret}", params(("secret" = String, Path)),
    responses((status = 200, description = "It is taken.", body = String, content_type = "text/html"), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(SELF))))]
async fn send_swap(State(app): State<App>, Path(secret): Path<String>) -> Response {
    let secret = Secret::new(secret);
    let taken = swaps::take_by_link(&app.engine, &secret).await;
    match (swaps::show(&app.engine, &secret).await, taken) {
        (Err(error), _) => ended(error),
        // The page says what has become of it.
        (Ok(linked), Ok(_) | Err(SwapError::NotOpen { .. })) => page(&linked).into_response(),
        (Ok(linked), Err(error)) => {
            let page = Page { button: None, ..page(&linked) };
            match why_not(&error) {
                Some(fault) => (StatusCode::CONFLICT, Page { fault: Some(fault.to_owned()), ..page }).into_response(),
                None => page.refused(error.into()),
            }
        }
    }
}

/// What is offered, and what has become of it.
fn page(linked: &Linked) -> Page {
    let Linked { agent, agent_name, swap, .. } = linked;
    let what = format!("{}: {} {} ({})", swap.group.name, swap.date, swap.hours, swap.zone);
    let greeting = Said::with("{}: {} cannot be on duty then.", [what, swap.agent.name.clone()].map(Filling::Text));
    let own = swap.taken_by.as_ref().is_some_and(|taker| taker.id == *agent);
    let (title, now) = match swap.state {
        SwapState::Offered => (
            TITLE,
            Said::with(
                "{}, if you take it, you are on duty instead, or as soon as a coordinator has approved.",
                [Filling::Text(agent_name.clone())],
            ),
        ),
        SwapState::Taken if own && swap.change.is_none() => {
            ("Thank you", "You have taken this shift. It is yours as soon as a coordinator has approved.".into())
        }
        SwapState::Taken | SwapState::Approved if own => {
            ("Thank you", "You have taken this shift: you are on duty then.".into())
        }
        SwapState::Taken | SwapState::Approved => (TITLE, "Somebody else has taken this shift already.".into()),
        SwapState::Refused => (TITLE, "It was not approved that this shift is swapped.".into()),
        SwapState::Withdrawn => (TITLE, "This shift is not offered any more.".into()),
        SwapState::Expired => (TITLE, "This shift has begun: it cannot be taken any more.".into()),
    };
    let button = (swap.state == SwapState::Offered).then_some("Take this shift");
    Page { title, intro: vec![greeting, now], button, ..Page::default() }
}

/// Why the agent does not get it, in words of the pages.
fn why_not(error: &SwapError) -> Option<&'static str> {
    match error {
        SwapError::OnDutyThen { .. } => Some("You are on duty in this group then already."),
        SwapError::Blackout { .. } => Some("You take no shift on that date, as you have said."),
        SwapError::NotOnDuty { .. } | SwapError::PartOfAdded { .. } => {
            Some("The roster has changed: this shift is not offered any more.")
        }
        _ => None,
    }
}

fn ended(error: SwapError) -> Response {
    Page { title: TITLE, ..Page::default() }.refused(Problem::from(error))
}

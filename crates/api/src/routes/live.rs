//! Live events: hints of what has changed, as Server-Sent Events. A hint carries no contents: readers fetch again.

use std::convert::Infallible;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use domain::time::Instant;
use engine::{Actor, Change, Hints, Unheard};
use futures::Stream;
use futures::future::BoxFuture;
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::guard::{self, Caller, PARTIES, PARTY};
use crate::measures::Counted;
use crate::problem::Refusals;
use crate::serve::Ending;

/// How often a reader is told that the connection lives, and is looked at whether it may still read.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(listen))
}

/// Listen to what changes
///
/// Server-Sent Events, each a hint to fetch again: `call` with the id of a call that is charged while it runs, `balance` with the id of
/// a customer whose balance (or what is held of it) has changed, `conversation` with the id of one in which a message came, was delivered or
/// read, `agent` with the id of an agent whose presence or calls have changed, `line` with the id of a line that was suspended, restored or
/// closed or has other rules for its phone, `sip_account` with the id of a line whose SIP account was made (anew) or taken away,
/// `top_up_request` with the id of one that was made or answered, `figures` with the id of an agent who has earned or was rated,
/// `recording` with the id of one that was kept, marked or deleted, `maintenance` when one has begun or ended: `{"id": "..."}`. `resync`
/// comes first, and whenever hints were missed: fetch everything again. A customer hears of its own, an agent of the calls to it. The
/// stream ends with the right to read.
#[utoipa::path(get, path = "/live",
    responses((status = 200, description = "Events without end.", content_type = "text/event-stream", body = String), Refusals),
    extensions(("x-roles" = json!(PARTIES)), ("x-owner" = json!(PARTY))))]
async fn listen(
    State(app): State<App>,
    Caller(reader): Caller,
    headers: HeaderMap,
    ending: Option<Extension<Ending>>,
) -> Response {
    let ending = ending.map_or_else(Ending::never, |Extension(ending)| ending);
    let counted = app.measures.listens();
    let listener = Listener {
        changes: app.engine.changes(),
        next_look: later(&app),
        ended: Box::pin(ending.begun()),
        app,
        reader,
        headers,
        is_greeted: false,
        _counted: counted,
    };
    // A proxy is not to wait until there is more.
    const UNBUFFERED: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");
    ([UNBUFFERED], Sse::new(listener.events())).into_response()
}

/// Somebody who listens.
struct Listener {
    app: App,
    reader: Actor,
    /// Of the request, which show who listens.
    headers: HeaderMap,
    changes: Hints,
    next_look: BoxFuture<'static, ()>,
    /// Ready when the service ends.
    ended: BoxFuture<'static, ()>,
    is_greeted: bool,
    _counted: Counted,
}

/// What becomes of a hint.
#[derive(Debug, PartialEq, Eq)]
enum Heard {
    Told(&'static str, String),
    Missed,
    NotTheirs,
    Over,
}

impl Listener {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        futures::stream::unfold(self, |mut listener| async move {
            let event = listener.next().await?;
            Some((Ok(event), listener))
        })
    }

    /// The next event; none, when nothing is to be told any more.
    async fn next(&mut self) -> Option<Event> {
        if !std::mem::replace(&mut self.is_greeted, true) {
            return Some(resync());
        }
        loop {
            tokio::select! {
                () = &mut self.ended => return None,
                () = &mut self.next_look => return self.looked_at().await,
                received = self.changes.recv() => match heard(received, &self.reader) {
                    Heard::Told(what, id) => return Some(event(what, &json!({"id": id}))),
                    Heard::Missed => return Some(resync()),
                    Heard::NotTheirs => {}
                    Heard::Over => return None,
                },
            }
        }
    }

    /// Looks whether who listens still may; says then that the connection lives. A database that does not answer ends nothing.
    async fn looked_at(&mut self) -> Option<Event> {
        self.next_look = later(&self.app);
        match guard::still(&self.app, &self.headers, PARTIES).await {
            Ok(Caller(reader)) if reader.tenant == self.reader.tenant => self.reader = reader,
            Err(problem) if problem.status().is_server_error() => {}
            _ => return None,
        }
        Some(Event::default().comment("alive"))
    }
}

/// Ready when a listener is to be looked at again.
fn later(app: &App) -> BoxFuture<'static, ()> {
    let clock = app.engine.clock();
    let millis = i64::try_from(KEEP_ALIVE.as_millis()).unwrap_or(i64::MAX);
    clock.sleep_until(Instant::clamped(clock.now().millis().saturating_add(millis)))
}

fn heard(received: Result<Change, Unheard>, reader: &Actor) -> Heard {
    match received {
        Ok(change) if change.tenant == reader.tenant && change.is_for(&reader.reach) => {
            Heard::Told(change.kind.name(), change.id)
        }
        Ok(_) | Err(Unheard::Nothing) => Heard::NotTheirs,
        Err(Unheard::Missed) => Heard::Missed,
        Err(Unheard::Over) => Heard::Over,
    }
}

fn resync() -> Event {
    event("resync", &json!({}))
}

fn event(what: &str, data: &serde_json::Value) -> Event {
    Event::default().event(what).data(data.to_string())
}

#[cfg(test)]
mod tests {
    use engine::{ChangeKind, Reach};

    use super::*;

    #[test]
    fn hints_are_for_those_who_reach_what_has_changed() {
        let own = |customers: &[&str], agent: Option<&str>| Reach::Own {
            customers: customers.iter().map(|id| (*id).to_owned()).collect(),
            agent: agent.map(str::to_owned),
        };
        let change = |kind: ChangeKind, id: &str, agent: Option<&str>| Change {
            tenant: 1,
            kind,
            id: id.to_owned(),
            customer: Some("cus_1".to_owned()),
            agent: agent.map(str::to_owned),
        };
        let call = change(ChangeKind::Call, "call_1", Some("agt_1"));
        let balance = change(ChangeKind::Funds, "cus_1", None);
        for (tenant, reach, hears_call, hears_balance) in [
            (1, Reach::Tenant, true, true),
            (2, Reach::Tenant, false, false),
            (1, own(&["cus_0", "cus_1"], None), true, true),
            (1, own(&[], Some("agt_1")), true, false),
            (1, own(&["cus_2"], Some("agt_2")), false, false),
        ] {
            let reader = Actor { tenant, reach: reach.clone(), ..Actor::program(tenant, "test") };
            let told =
                |hears: bool, what, id: &str| if hears { Heard::Told(what, id.to_owned()) } else { Heard::NotTheirs };
            assert_eq!(heard(Ok(call.clone()), &reader), told(hears_call, "call", "call_1"), "{tenant} {reach:?}");
            assert_eq!(
                heard(Ok(balance.clone()), &reader),
                told(hears_balance, "balance", "cus_1"),
                "{tenant} {reach:?}"
            );
        }
    }
}

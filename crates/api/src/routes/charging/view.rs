//! Sessions shown: those that run, and what one has come to.

use axum::extract::State;
use domain::charging::{CutOff, Stage};
use engine::Reach;
use engine::charging::{self, Done, Ended, Event, LiveFilter, Session};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{EndDocument, text};
use crate::App;
use crate::answer::Answer;
use crate::guard::{Caller, PARTIES, PARTY};
use crate::paging::{Page, Wanted};
use crate::params::{Id, Params};
use crate::problem::{Problem, Refusals};

/// A call that is, or was, charged while it runs.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionDocument {
    /// The session's id, which is its call's.
    id: String,
    #[schema(pattern = "^(pending|answered|ended)$")]
    state: &'static str,
    /// The switch and what the call is to it. Not for customers and agents.
    origin: Option<String>,
    /// The key whose switch carries it. Not for customers and agents.
    owner: Option<String>,
    from: String,
    to: String,
    /// Who pays.
    customer: Option<String>,
    line: Option<String>,
    agent: Option<String>,
    #[schema(value_type = String, pattern = "^(movable|fixed)$")]
    cut_off: CutOff,
    opened_at: String,
    answered_at: Option<String>,
    /// How long the call may last after its answer; null is without a limit.
    granted_seconds: Option<i64>,
    /// When it must end, where it can't be extended any more.
    must_end_at_seconds: Option<i64>,
    reaches_seconds: Option<i64>,
    warn_at_seconds: Vec<i64>,
    /// What is set aside for it.
    held: String,
    currency: String,
    /// The last sign of life.
    seen_at: String,
    /// Until when the next one is expected; null once it is over.
    alive_until: Option<String>,
    /// How it ended.
    end: Option<EndDocument>,
    /// What has happened to it, the first first.
    history: Vec<DoneDocument>,
}

/// What happened to a session.
#[derive(Debug, Serialize, ToSchema)]
struct DoneDocument {
    at: String,
    /// `authorized`, `answered`, `extended`, `lengthened` (after a top-up), `settled`, `corrected`, `released`, `lapsed` or `lost`.
    #[schema(value_type = String)]
    event: Event,
    /// What was granted then.
    granted_seconds: Option<i64>,
    /// What was held then.
    held: String,
}

/// Which sessions are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SessionList {
    /// Only those that this customer pays.
    customer: Option<String>,
    /// Only those to this agent.
    agent: Option<String>,
    /// 1 to 500, 50 where it is not given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the calls that run
///
/// The oldest first. A customer sees its own, an agent those to it.
#[utoipa::path(get, path = "/charging/sessions", params(SessionList),
    responses((status = 200, description = "A page.", body = Page<SessionDocument>), Refusals),
    extensions(("x-roles" = json!(PARTIES)), ("x-owner" = json!(PARTY))))]
pub(super) async fn list_live_calls(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<SessionList>,
) -> Result<Answer<Page<SessionDocument>>, Problem> {
    let wanted = Wanted::read(list.limit.as_ref(), list.cursor.as_ref())?;
    let filter = LiveFilter { customer: list.customer.as_deref(), agent: list.agent.as_deref(), after: wanted.key() };
    let rows = charging::live(&mut app.engine.view(&actor).await?, &filter, wanted.rows()).await?;
    let page = wanted.page(rows, |row| row.id.clone(), |row| SessionDocument::seen(row, &actor.reach));
    let items = page.items.into_iter().collect::<Result<_, _>>()?;
    Ok(Answer::ok(Page { items, next_cursor: page.next_cursor }))
}

/// Show a session
///
/// How it stands, and what has happened to it.
#[utoipa::path(get, path = "/charging/sessions/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The session.", body = SessionDocument), Refusals),
    extensions(("x-roles" = json!(PARTIES)), ("x-owner" = json!(PARTY))))]
pub(super) async fn get_live_call(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<SessionDocument>, Problem> {
    let session = charging::get(&mut app.engine.view(&actor).await?, &id).await?;
    Ok(Answer::ok(SessionDocument::seen(session, &actor.reach)?))
}

impl SessionDocument {
    /// The session as it is told to whoever has this reach: without what is between the tenant and its switches, unless that is all.
    fn seen(told: Session, reach: &Reach) -> Result<Self, Problem> {
        let (whole, currency, session) = (reach.is_whole(), told.currency, told.session);
        let answered_at = session.answered_at().map(|at| at.to_string());
        let (state, end) = match session.stage {
            Stage::Pending => ("pending", None),
            Stage::Answered { .. } => ("answered", None),
            Stage::Ended(end) => {
                let ended = Ended { session: told.id.clone(), end, currency, repeated: false };
                ("ended", Some(EndDocument::of(ended)?))
            }
        };
        let done = |done: Done| DoneDocument {
            at: done.at.to_string(),
            event: done.event,
            granted_seconds: done.granted.and_then(|granted| granted.seconds),
            held: text(done.held, currency),
        };
        Ok(SessionDocument {
            id: told.id,
            state,
            origin: Some(told.origin).filter(|_| whole),
            owner: Some(told.owner).filter(|_| whole),
            from: told.from,
            to: told.to,
            customer: told.customer,
            line: told.line,
            agent: told.agent,
            cut_off: session.cut_off,
            opened_at: session.opened_at.to_string(),
            answered_at,
            must_end_at_seconds: session.granted.must_end_at_seconds(),
            granted_seconds: session.granted.seconds,
            reaches_seconds: session.granted.reaches_seconds,
            warn_at_seconds: session.granted.warn_at_seconds,
            held: text(session.held, currency),
            currency: currency.to_string(),
            seen_at: told.seen_at.to_string(),
            alive_until: told.alive_until.map(|at| at.to_string()),
            end,
            history: told.history.into_iter().map(done).collect(),
        })
    }
}

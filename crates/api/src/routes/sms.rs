//! Short messages: what is sent and what comes of it, what came, and who wants none.

use axum::extract::State;
use domain::message::Side;
use domain::sms::SmsState;
use engine::sms::{self, ReceivedSms, Sms, SmsAbout, Stop};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::guard::{COORDINATORS, Caller, TENANT};
use crate::paging::{Page, PageParams, Wanted};
use crate::params::Params;
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_sms)).routes(routes!(list_received_sms)).routes(routes!(list_sms_stops))
}

/// A short message that is, or was, to be sent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "sms_0", "from": "+441632960000", "to": "+441632960011", "about": "shifts", "agent": "agt_0",
    "conversation": null, "text": "Your shifts on 2026-12-24: 22:00-06:00 Night line. STOP ends these messages.", "state": "failed",
    "code": 21211, "reason": "Twilio answers 400: 'To' number +441... is not valid (21211)",
    "carrier_id": null, "created_at": "2026-12-23T18:00:00Z", "changed_at": "2026-12-23T18:00:01Z"}))]
pub(crate) struct SmsDocument {
    id: String,
    /// Of the tenant's numbers; null, where a conversation got none, since all are in use.
    from: Option<String>,
    /// A number; of a customer, to whom an agent has written, the id.
    to: String,
    /// Null for a message of a conversation: it says there what is written, to those who may read it.
    text: Option<String>,
    /// `shifts`: it tells an agent of those. `message`: it passes a message of a conversation on.
    #[schema(pattern = "^(shifts|message|phone_check)$")]
    about: &'static str,
    /// The agent whom it tells of shifts, or who writes or is written to.
    agent: String,
    /// The conversation that it is of.
    conversation: Option<String>,
    /// `waiting` and `sending`, before the carrier has it; `accepted` and `sent`, when it has; `delivered`, when the phone has it. `failed`: the carrier
    /// refuses. `undelivered`: it did not arrive. `unknown`: the carrier was asked and has not answered, so that nobody asks again by itself. `withheld`:
    /// it was not sent, for a reason of ours.
    #[schema(pattern = "^(waiting|sending|unknown|withheld|accepted|sent|failed|undelivered|delivered)$")]
    state: &'static str,
    /// Why it was not sent or did not arrive, by the carrier's list of errors.
    code: Option<u32>,
    /// The same in words.
    reason: Option<String>,
    /// What the carrier calls it.
    carrier_id: Option<String>,
    created_at: String,
    /// When its state changed last.
    changed_at: String,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SmsList {
    /// One of the states; all, where it is not given.
    state: Option<String>,
    /// 1 to 500, 50 where it is not given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List short messages that are sent
///
/// The newest first, with what came of each: what tells agents of shifts, and what passes messages of conversations on. After 90 days they are forgotten.
#[utoipa::path(get, path = "/sms", params(SmsList),
    responses((status = 200, description = "A page.", body = Page<SmsDocument>), Refusals),
    extensions(("x-roles" = json!(COORDINATORS)), ("x-owner" = json!(TENANT))))]
async fn list_sms(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<SmsList>,
) -> Result<Answer<Page<SmsDocument>>, Problem> {
    let wanted = Wanted::read(list.limit.as_ref(), list.cursor.as_ref())?;
    let named = |state: &String| {
        SmsState::named(state).ok_or_else(|| Problem::parameter("state", "is no state of a short message"))
    };
    let state = list.state.as_ref().map(named).transpose()?;
    let rows = sms::page(&mut app.engine.view(&actor).await?, state, wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), SmsDocument::of)))
}

/// A short message that came.
#[derive(Debug, Serialize, ToSchema)]
struct ReceivedSmsDocument {
    id: String,
    /// The number of the tenant's that it came to.
    to: String,
    /// The number that it came from; of who writes to a group, and is none of its agents, what stands in its place where the group does not keep numbers;
    /// of a customer who writes into a conversation, the id.
    from: String,
    /// The agent whose phone that is.
    agent: Option<String>,
    /// Empty for what went into a conversation: it stands there.
    text: String,
    /// `stopped` and `started`: its sender gets no more short messages from this number, or gets them again. `helped`: it was told what can be written.
    /// `passed_on`: the call that rang for it goes on to somebody else. `away`: it was on duty, and gets no calls for now; `back`: it does again.
    /// `not_on_duty`: it was not on duty. `conversation`: it is a message of the conversation that holds the number. `refused`: it would have been, and was
    /// not taken. `kept`: it is here to be read. Null, until that is known.
    #[schema(pattern = "^(stopped|started|helped|passed_on|away|back|not_on_duty|conversation|refused|kept)$")]
    outcome: Option<String>,
    /// What was answered.
    reply: Option<String>,
    received_at: String,
}

/// Somebody who wants no short messages.
#[derive(Debug, Serialize, ToSchema)]
struct SmsStopDocument {
    /// From this number of the tenant's.
    from: String,
    /// At this number.
    to: String,
    stopped_at: String,
}

/// List short messages that came
///
/// The newest first. After 90 days they are forgotten.
#[utoipa::path(get, path = "/sms/received", params(PageParams),
    responses((status = 200, description = "A page.", body = Page<ReceivedSmsDocument>), Refusals),
    extensions(("x-roles" = json!(COORDINATORS)), ("x-owner" = json!(TENANT))))]
async fn list_received_sms(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<ReceivedSmsDocument>>, Problem> {
    let wanted = list.wanted()?;
    let rows = sms::received(&mut app.engine.view(&actor).await?, wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), ReceivedSmsDocument::of)))
}

/// List who wants no short messages
///
/// Whoever has answered STOP to one of the tenant's numbers, until it answers START. Nothing is sent to them from that number.
#[utoipa::path(get, path = "/sms/stops", params(PageParams),
    responses((status = 200, description = "A page.", body = Page<SmsStopDocument>), Refusals),
    extensions(("x-roles" = json!(COORDINATORS)), ("x-owner" = json!(TENANT))))]
async fn list_sms_stops(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<SmsStopDocument>>, Problem> {
    let wanted = list.wanted()?;
    let after = wanted.key().map(|key| key.split_once(' ').unwrap_or((key, "")));
    let rows = sms::stops(&mut app.engine.view(&actor).await?, after, wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| format!("{} {}", row.own, row.other), SmsStopDocument::of)))
}

impl ReceivedSmsDocument {
    fn of(sms: ReceivedSms) -> Self {
        ReceivedSmsDocument {
            id: sms.id,
            to: sms.to,
            from: sms.from,
            agent: sms.agent,
            text: sms.text,
            outcome: sms.outcome,
            reply: sms.reply,
            received_at: sms.received_at.to_string(),
        }
    }
}

impl SmsStopDocument {
    fn of(stop: Stop) -> Self {
        SmsStopDocument { from: stop.own, to: stop.other, stopped_at: stop.stopped_at.to_string() }
    }
}

impl SmsDocument {
    pub(crate) fn of(sms: Sms) -> Self {
        let agent = sms.about.agent().to_owned();
        let (about, conversation, customer) = match sms.about {
            SmsAbout::Shifts { .. } => ("shifts", None, None),
            SmsAbout::PhoneCheck { .. } => ("phone_check", None, None),
            SmsAbout::Message { conversation, customer, to, .. } => {
                ("message", Some(conversation), Some(customer).filter(|_| to == Side::Customer))
            }
        };
        SmsDocument {
            id: sms.id,
            from: Some(sms.from).filter(|from| !from.is_empty()),
            // Nobody learns a customer's number here.
            to: customer.unwrap_or(sms.to),
            text: Some(sms.text).filter(|_| conversation.is_none()),
            about,
            agent,
            conversation,
            state: sms.state.name(),
            code: sms.code,
            reason: sms.reason,
            carrier_id: sms.carrier_id,
            created_at: sms.created_at.to_string(),
            changed_at: sms.changed_at.to_string(),
        }
    }
}

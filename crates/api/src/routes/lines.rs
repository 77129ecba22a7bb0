use axum::extract::State;
use axum::response::Response;
use domain::screening::{Filters, Forwarding, Voicemail};
use engine::Reach;
use engine::billing::{Reason, Suspended};
use engine::lines::{self, Line, LineFilter, LineState, NewLine};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::phone_rules::{LineFilters, LineForwarding, LineVoicemail};
use super::{blocking, phone_rules, phones, plan_changes};
use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Nothing, Posted};
use crate::fields;
use crate::guard::{CLERKS, CUSTOMER, CUSTOMERS, Caller, TENANT};
use crate::paging::{Page, Wanted};
use crate::params::{self, Id, Params};
use crate::problem::{Problem, Refusals};
use crate::version::IfMatch;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(open_line, list_lines))
        .routes(routes!(get_line))
        .routes(routes!(close_line))
        .merge(plan_changes::routes())
        .merge(phones::routes())
        .merge(phone_rules::routes())
        .merge(blocking::routes())
}

/// A line to be opened.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"customer": "cus_0", "number": "####", "plan": "Basic"}))]
struct NewLineDocument {
    /// The id of the customer whose line it is.
    customer: String,
    /// Its number in any form that the dial plan reads, or `####` for the lowest free extension.
    number: String,
    /// The name or id of its plan.
    plan: String,
    /// From when on its calls are the customer's: now, where it is not given. It may be in the past, for calls that come late.
    opened_at: Option<String>,
}

/// A line.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LineDocument {
    id: String,
    /// An extension, or E.164 with its plus.
    number: String,
    customer: String,
    /// A suspended line reaches emergency and service numbers only.
    #[schema(value_type = String, pattern = "^(active|suspended|closed)$")]
    state: LineState,
    opened_at: String,
    closed_at: Option<String>,
    /// The plans that it has had, the first first.
    plans: Vec<SubscriptionDocument>,
    /// Why it is and was suspended, the first first.
    suspensions: Vec<SuspensionDocument>,
    /// How many calls it may have at once, where that is not what the tenant has set.
    calls_at_once: Option<u32>,
    /// What its phone registers with.
    phone: PhoneDocument,
    /// How many callers' numbers do not get through to it.
    blocked_numbers: i64,
    /// Which numbers it may call and be called by.
    #[schema(value_type = LineFilters)]
    filters: Filters,
    /// Where its calls go that its phone does not take.
    #[schema(value_type = LineForwarding)]
    forwarding: Forwarding,
    /// Whether callers may leave messages for it.
    #[schema(value_type = LineVoicemail)]
    voicemail: Voicemail,
    version: i64,
}

/// What a line's phone registers with.
#[derive(Debug, Serialize, ToSchema)]
struct PhoneDocument {
    /// When its secret was made; null, if it has none.
    secret_made_at: Option<String>,
    /// Whether it registers without a secret, from the machine that Tollgate runs on: in the demo.
    open: bool,
}

/// A time in which a line is or was suspended.
#[derive(Debug, Serialize, ToSchema)]
struct SuspensionDocument {
    #[schema(value_type = String, pattern = "^(dunning|funds|fraud|manual)$")]
    reason: Reason,
    /// Not for customers.
    note: Option<String>,
    from: String,
    /// Null while it lasts.
    to: Option<String>,
}

/// A plan that a line has from an instant on, until the next.
#[derive(Debug, Serialize, ToSchema)]
struct SubscriptionDocument {
    plan: String,
    from: String,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LineList {
    /// A part of the number.
    number: Option<String>,
    /// `true`: only those that are suspended, for whatever reason.
    #[param(value_type = Option<bool>)]
    suspended: Option<String>,
    /// 1 to 500, 50 where it is not given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Open a line
#[utoipa::path(post, path = "/lines", request_body = NewLineDocument,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is open.", body = LineDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn open_line(
    State(app): State<App>,
    caller: Caller,
    Posted { claim, body: Body(new) }: Posted<Body<NewLineDocument>>,
) -> Result<Response, Problem> {
    let opened_at = fields::instant("/opened_at", new.opened_at.as_ref())?;
    let new = NewLine { customer: new.customer, number: new.number, plan: new.plan, opened_at };
    app.once(&caller, claim, move |work| {
        let new = new.clone();
        Box::pin(async move {
            let line = lines::open(work, new).await?;
            let version = line.version;
            Ok(Answer::created(format!("/api/v1/lines/{}", line.id), LineDocument::of(line)).version(version))
        })
    })
    .await
}

/// List lines
///
/// In the order of their opening.
#[utoipa::path(get, path = "/lines", params(LineList),
    responses((status = 200, description = "A page.", body = Page<LineDocument>), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn list_lines(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<LineList>,
) -> Result<Answer<Page<LineDocument>>, Problem> {
    let wanted = Wanted::read(list.limit.as_ref(), list.cursor.as_ref())?;
    let mut view = app.engine.view(&actor).await?;
    let suspended = params::flag("suspended", list.suspended.as_ref())?;
    let filter = LineFilter { number: list.number.as_deref(), suspended, after: wanted.key(), among: None };
    let rows = lines::page(&mut view, filter, wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), |row| LineDocument::seen(row, &actor.reach))))
}

/// Show a line
#[utoipa::path(get, path = "/lines/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The line.", body = LineDocument), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn get_line(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<Answer<LineDocument>, Problem> {
    let line = lines::get(&mut app.engine.view(&actor).await?, &id).await?;
    let version = line.version;
    Ok(Answer::ok(LineDocument::seen(line, &actor.reach)).version(version))
}

/// Close a line
///
/// Its number rests before another line may have it; calls that come late are still the customer's.
#[utoipa::path(post, path = "/lines/{id}/close",
    params(("id" = String, Path), ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, description = "It is closed.", body = LineDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn close_line(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Posted { claim, body: Nothing {} }: Posted<Nothing>,
) -> Result<Response, Problem> {
    app.once(&caller, claim, move |work| {
        let id = id.clone();
        Box::pin(async move {
            let line = lines::close(work, &id, version).await?;
            let version = line.version;
            Ok(Answer::ok(LineDocument::of(line)).version(version))
        })
    })
    .await
}

impl LineDocument {
    /// The line as it is told to whoever has this reach: to customers without what was noted of its suspensions.
    pub(crate) fn seen(line: Line, reach: &Reach) -> Self {
        let mut document = LineDocument::of(line);
        if !reach.is_whole() {
            document.suspensions.iter_mut().for_each(|suspension| suspension.note = None);
        }
        document
    }

    pub(crate) fn of(line: Line) -> Self {
        let subscription = |subscription: lines::Subscription| SubscriptionDocument {
            plan: subscription.plan,
            from: subscription.from.to_string(),
        };
        let suspension = |suspended: Suspended| SuspensionDocument {
            reason: suspended.reason,
            note: suspended.note,
            from: suspended.from.to_string(),
            to: suspended.to.map(|to| to.to_string()),
        };
        LineDocument {
            id: line.id,
            number: line.number,
            customer: line.customer,
            state: line.state,
            opened_at: line.opened_at.to_string(),
            closed_at: line.closed_at.map(|closed_at| closed_at.to_string()),
            plans: line.plans.into_iter().map(subscription).collect(),
            suspensions: line.suspensions.into_iter().map(suspension).collect(),
            calls_at_once: line.calls_at_once,
            phone: PhoneDocument {
                secret_made_at: line.phone.secret_made_at.map(|made_at| made_at.to_string()),
                open: line.phone.open,
            },
            blocked_numbers: line.blocked_numbers,
            filters: line.filters,
            forwarding: line.forwarding,
            voicemail: line.voicemail,
            version: line.version,
        }
    }
}

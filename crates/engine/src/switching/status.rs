use domain::call_flow::{self, Flow, Leg};
use domain::charging::Stage;
use domain::money::{Amount, Currency};
use domain::time::Instant;

use super::hang_up::whole;
use crate::calls::{self, Call, CallError};
use crate::charging::{self, ChargingError, LiveCost, Session};
use crate::tenants::{self, TenantError};
use crate::{Reach, Scope, View};

/// How a call stands: what its parties look at while it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The call.
    pub id: String,
    /// How far it is.
    pub stage: Progress,
    /// Since when both talk.
    pub answered_at: Option<Instant>,
    /// The seconds since then, begun ones counted whole; until its end, once it is over.
    pub seconds: i64,
    /// Of these, the free ones.
    pub free_seconds: i64,
    /// What it costs if it ends now, or has cost.
    pub cost: Amount,
    /// What the agent has of that; none, where that is not for who asks to know.
    pub earned: Option<Amount>,
    /// Of what.
    pub currency: Currency,
    /// How long it may still last; none, where nothing limits it.
    pub remaining_seconds: Option<i64>,
    /// Why it ended.
    pub cause: Option<call_flow::Cause>,
    /// Whether what it costs is for who asks to know: it is not for its agent.
    pub is_seen_with_money: bool,
}

/// How far a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// It may begin; no phone rings yet.
    Authorized,
    /// The phone of who calls rings.
    CallingCustomer,
    /// Who calls is asked to press 1.
    AskingCustomer,
    /// The called phone rings.
    Ringing,
    /// Who is called is asked to press 1.
    AskingAgent,
    /// Both talk.
    Talking,
    /// It is over.
    Over,
}

/// Why it is not told how a call stands.
#[derive(Debug, thiserror::Error)]
pub enum StatusError {
    /// There is no such call, or it cannot be read.
    #[error(transparent)]
    Call(#[from] ChargingError),
    /// There is no such record.
    #[error(transparent)]
    Record(#[from] CallError),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// Where it stands was written down in a form that is not known.
    #[error("where the call stands cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// The database does not answer.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(StatusError: Call);

impl Status {
    /// Of a call that is, or was, charged while it runs, for whom it concerns.
    ///
    /// # Errors
    /// There is no such call, or the database does not answer.
    pub async fn load(view: &mut View, id: &str) -> Result<Status, StatusError> {
        let told = match charging::get(view, id).await {
            Err(ChargingError::Refused(charging::Refused::NotFound(_))) => {
                let currency = tenants::get(view).await?.settings.currency;
                return Ok(Status::of_record(calls::of_party(view, id).await?, currency, view.reach()));
            }
            told => told?,
        };
        let (tenant, now) = (view.tenant(), view.now());
        let flow = storage::flows::get(view.tx(), tenant, &whole(&told.origin)).await?;
        let flow: Option<Flow> = flow.map(|record| serde_json::from_str(&record.flow)).transpose()?;
        let cause = flow.as_ref().and_then(Flow::ending).map(|ending| ending.cause);
        // What the payer has is hidden from who may not know who pays.
        let is_seen_with_money = told.customer.is_some() || view.reach().is_whole();
        let Session { session, currency, agent, .. } = told;
        let mut status = Status {
            id: id.to_owned(),
            stage: flow.as_ref().map_or(Progress::Ringing, progress),
            answered_at: session.answered_at(),
            seconds: 0,
            free_seconds: 0,
            cost: Amount::ZERO,
            earned: earned(agent.as_deref(), view.reach(), Amount::ZERO),
            currency,
            remaining_seconds: session.granted.reaches_seconds,
            cause,
            is_seen_with_money,
        };
        match &session.stage {
            Stage::Pending => {}
            Stage::Answered { answered_at } => {
                status.stage = Progress::Talking;
                status.seconds = begun_seconds(*answered_at, now);
                let live = LiveCost::load(view, id).await?;
                if let Some(live) = live
                    && let Some(charge) = live.charge_at(now)?
                {
                    (status.cost, status.free_seconds) = (charge.total, charge.allowance_seconds);
                    status.earned = earned(agent.as_deref(), view.reach(), live.agent_part(&charge)?);
                }
                status.remaining_seconds = status.remaining_seconds.map(|reaches| (reaches - status.seconds).max(0));
            }
            Stage::Ended(end) => {
                status.stage = Progress::Over;
                status.seconds = end.answered_at.map_or(0, |answered_at| begun_seconds(answered_at, end.ended_at));
                status.cost =
                    end.charged.total().map_err(|overflow| ChargingError::from(charging::Refused::from(overflow)))?;
                status.free_seconds = end.free_used.seconds();
                let price = calls::of_party(view, id).await?.price;
                let part = price.map_or(Amount::ZERO, |price| price.agent_part);
                status.earned = earned(agent.as_deref(), view.reach(), part);
                status.remaining_seconds = None;
            }
        }
        Ok(status)
    }

    /// Of a call that arrived whole.
    fn of_record(call: Call, currency: Currency, reach: &Reach) -> Status {
        let price = call.price;
        let part = price.as_ref().map_or(Amount::ZERO, |price| price.agent_part);
        let seconds = call.duration_ms.unwrap_or(0).saturating_add(999).div_euclid(1000);
        Status {
            stage: Progress::Over,
            answered_at: call.answered_at,
            seconds,
            free_seconds: price.as_ref().map_or(0, |price| price.allowance_seconds),
            cost: price.as_ref().map_or(Amount::ZERO, |price| price.total),
            earned: earned(call.agent.as_deref(), reach, part),
            currency: price.as_ref().map_or(currency, |price| price.currency),
            remaining_seconds: None,
            cause: None,
            is_seen_with_money: call.customer.is_some(),
            id: call.id,
        }
    }

    /// The seconds that are paid for with money: those that are not free.
    #[must_use]
    pub fn paid_seconds(&self) -> i64 {
        (self.seconds - self.free_seconds).max(0)
    }

    /// The same in minutes, begun ones counted whole.
    #[must_use]
    pub fn paid_minutes(&self) -> i64 {
        self.paid_seconds().saturating_add(59).div_euclid(60)
    }
}

/// An agent's part, for the agent and the tenant.
fn earned(agent: Option<&str>, reach: &Reach, part: Amount) -> Option<Amount> {
    agent.filter(|agent| reach.agent(agent)).map(|_| part)
}

fn begun_seconds(from: Instant, to: Instant) -> i64 {
    to.millis_since(from).max(0).saturating_add(999).div_euclid(1000)
}

fn progress(flow: &Flow) -> Progress {
    match flow.stage {
        call_flow::Stage::Routing | call_flow::Stage::Authorizing => Progress::Authorized,
        call_flow::Stage::Calling { .. } => Progress::CallingCustomer,
        call_flow::Stage::Asking { leg: Leg::FIRST, .. } => Progress::AskingCustomer,
        call_flow::Stage::Asking { .. } => Progress::AskingAgent,
        call_flow::Stage::Ringing { .. }
        | call_flow::Stage::Waiting { .. }
        | call_flow::Stage::Hunting { .. }
        | call_flow::Stage::Accepted { .. } => Progress::Ringing,
        call_flow::Stage::Talking { .. } => Progress::Talking,
        call_flow::Stage::Leaving { .. } | call_flow::Stage::Over(_) => Progress::Over,
    }
}

impl Progress {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Progress::Authorized => "authorized",
            Progress::CallingCustomer => "calling_customer",
            Progress::AskingCustomer => "asking_customer",
            Progress::Ringing => "ringing",
            Progress::AskingAgent => "asking_agent",
            Progress::Talking => "talking",
            Progress::Over => "over",
        }
    }
}

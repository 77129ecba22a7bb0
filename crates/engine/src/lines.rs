//! Lines: numbers with a plan, owned by customers, and what they have for their phones.

mod plan_change;
mod reading;
mod rules;

pub mod blocking;
pub mod phones;

use domain::invalid::Invalid;
use domain::plan::PlanKind;
use domain::screening::{Filters, Forwarding, Voicemail};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use storage::lines::{LinePlanRecord, LineRecord};
use storage::tenants::Numbers;

use crate::billing::{self, BillingError, Suspended};
use crate::customers::{self, CustomerError, CustomerState, Mode};
use crate::numbers::{self, NumberTaken};
use crate::plans::{self, PlanError, StoredPlan};
use crate::sip_accounts;
use crate::tenants::{self, Settings, TenantError};
use crate::{Change, ChangeKind, Scope, Work};
pub use phones::Phone;
pub use plan_change::{change_plan, preview_plan_change};
pub use reading::{get, of_customer, page};
pub use rules::{ForwardingTo, set_filters, set_forwarding, set_voicemail};
pub use storage::lines::LineFilter;

/// Asks for a free extension in place of a number.
pub const ANY_EXTENSION: &str = "####";

const DAY_MILLIS: i64 = 86_400_000;

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Its id.
    pub id: String,
    /// Its number: an extension, or E.164 with its plus.
    pub number: String,
    /// Whose line it is.
    pub customer: String,
    /// Whether it is open.
    pub state: LineState,
    /// From when on its calls are the customer's.
    pub opened_at: Instant,
    /// Until when.
    pub closed_at: Option<Instant>,
    /// The plans that it has had, the first first.
    pub plans: Vec<Subscription>,
    /// Why it is and was suspended, the first first.
    pub suspensions: Vec<Suspended>,
    /// How many calls it may have at once, where that is not what the tenant has set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls_at_once: Option<u32>,
    /// What its phone registers with.
    pub phone: Phone,
    /// How many callers' numbers do not get through to it.
    pub blocked_numbers: i64,
    /// Which numbers it may call and be called by.
    #[serde(skip_serializing_if = "Filters::is_empty")]
    pub filters: Filters,
    /// Where its calls go that its phone does not take.
    #[serde(skip_serializing_if = "Forwarding::is_none")]
    pub forwarding: Forwarding,
    /// Whether callers may leave messages for it.
    #[serde(skip_serializing_if = "Voicemail::is_off")]
    pub voicemail: Voicemail,
    /// Counts the changes.
    pub version: i64,
}

/// What is stored of a line as JSON.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Details {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) calls_at_once: Option<u32>,
    #[serde(skip_serializing_if = "Filters::is_empty")]
    pub(crate) filters: Filters,
    #[serde(skip_serializing_if = "Forwarding::is_none")]
    pub(crate) forwarding: Forwarding,
    #[serde(skip_serializing_if = "Voicemail::is_off")]
    pub(crate) voicemail: Voicemail,
}

impl Details {
    /// What is stored; what cannot be read of it is as the tenant has set it.
    pub(crate) fn read(text: &str) -> Details {
        serde_json::from_str(text).unwrap_or_default()
    }
}

/// A plan that a line has from an instant on, until the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subscription {
    /// The plan.
    pub plan: String,
    /// From when on.
    pub from: Instant,
}

/// Whether a line is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LineState {
    /// It is.
    Active,
    /// It reaches emergency and service numbers only, for the reasons that have no end.
    Suspended,
    /// It was given up.
    Closed,
}

/// A line to be opened.
#[derive(Debug, Clone)]
pub struct NewLine {
    /// Whose line it is.
    pub customer: String,
    /// Its number in any form that the dial plan reads, or `####` for the lowest free extension.
    pub number: String,
    /// The name or id of its plan.
    pub plan: String,
    /// From when on its calls are the customer's; now, where none is given. It may be in the past, for calls that come late.
    pub opened_at: Option<Instant>,
}

/// Why a line is not opened, shown or changed.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// There is no such line.
    #[error("there is no line {0}")]
    NotFound(String),
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Another line has the number, or had it until lately.
    #[error("the number {number} is taken: another line has it, or had it in the last {rest_days} days")]
    NumberTaken {
        /// The number.
        number: String,
        /// How long a closed line's number rests.
        rest_days: u16,
    },
    /// Somebody who is no line has the number.
    #[error(transparent)]
    NumberHeld(#[from] NumberTaken),
    /// All extensions are taken.
    #[error("no extension of {length} digits is free")]
    NoFreeExtension {
        /// How many digits an extension has.
        length: usize,
    },
    /// The plan is for the other kind of customer.
    #[error("the plan \"{plan}\" is {kind}, the customer is {mode}")]
    WrongMode {
        /// The plan.
        plan: String,
        /// How the plan is paid.
        kind: &'static str,
        /// How the customer pays.
        mode: &'static str,
    },
    /// The plan is in another currency than the customer's account.
    #[error("the plan \"{plan}\" is in {plan_currency}, the customer's account in {currency}")]
    WrongCurrency {
        /// The plan.
        plan: String,
        /// The plan's currency.
        plan_currency: String,
        /// The customer's.
        currency: String,
    },
    /// The line is closed.
    #[error("the line {0} is closed")]
    Closed(String),
    /// It blocks as many numbers as it may.
    #[error("the line blocks {most} numbers, as many as it may: take one away first")]
    MostBlocked {
        /// How many.
        most: usize,
    },
    /// Somebody else changed the line meanwhile.
    #[error("the line was changed meanwhile: it is at version {current}")]
    Changed {
        /// The version now.
        current: i64,
    },
    /// The customer cannot have it.
    #[error(transparent)]
    Customer(#[from] CustomerError),
    /// The plan cannot be had.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// It could not be billed.
    #[error(transparent)]
    Billing(#[from] BillingError),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(LineError: Billing, Customer, Plan, Tenant);

/// Opens a line.
///
/// # Errors
/// The number is none, or taken; the plan does not fit the customer, or the customer is closed.
pub async fn open(work: &mut Work, new: NewLine) -> Result<Line, LineError> {
    let settings = tenants::get(work).await?.settings;
    let plan = fitting_plan(work, &new.customer, &new.plan).await?;
    let opened_at = new.opened_at.unwrap_or(work.now());
    if opened_at > work.now() {
        return Err(Invalid::at("/opened_at", "must not be in the future").into());
    }
    let mut line = Line {
        id: work.id("lin"),
        number: String::new(),
        customer: new.customer,
        state: LineState::Active,
        opened_at,
        closed_at: None,
        plans: vec![Subscription { plan: plan.id, from: opened_at }],
        suspensions: Vec::new(),
        calls_at_once: None,
        phone: Phone::default(),
        blocked_numbers: 0,
        filters: Filters::default(),
        forwarding: Forwarding::default(),
        voicemail: Voicemail::default(),
        version: 1,
    };
    if new.number == ANY_EXTENSION {
        take_extension(work, &settings, &mut line).await?;
    } else {
        take_number(work, &settings, &mut line, &new.number).await?;
    }
    save_plan(work, &line.id, &line.plans[0]).await?;
    billing::begin(work, &line).await?;
    work.audit("line.open", &line.id, None, Some(&line)).await?;
    Ok(line)
}

/// Writes a line down with the lowest extension that is free for all of its time.
async fn take_extension(work: &mut Work, settings: &Settings, line: &mut Line) -> Result<(), LineError> {
    let tenant = work.tenant();
    let since = rested_since(work, settings).min(line.opened_at.millis());
    storage::tenants::hold_numbers(&mut work.tx, tenant, Numbers::OfLines).await?;
    let agents = storage::agents::numbered(&mut work.tx, tenant).await?;
    let mut others: Vec<String> = agents.into_iter().filter_map(|agent| agent.number).collect();
    others.extend(storage::groups::all_numbers(&mut work.tx, tenant).await?);
    loop {
        let taken = storage::lines::taken_numbers(&mut work.tx, tenant, since).await?;
        let taken =
            taken.iter().chain(&others).filter_map(|number| settings.dial_plan.canonical(number).ok()).collect();
        let length = settings.dial_plan.extension_length();
        let extension = settings.dial_plan.lowest_free_extension(&taken);
        line.number = extension.ok_or(LineError::NoFreeExtension { length })?.to_string();
        // Somebody else may have taken it meanwhile: then the next one is looked for.
        if storage::lines::insert(&mut work.tx, &line.record(tenant)).await? {
            return Ok(());
        }
    }
}

/// Writes a line down with a number, if no other has it, or had it until lately or in the line's time.
async fn take_number(work: &mut Work, settings: &Settings, line: &mut Line, wanted: &str) -> Result<(), LineError> {
    let number = settings.dial_plan.canonical(wanted).map_err(|error| Invalid::at("/number", error.to_string()))?;
    if settings.dial_plan.is_reserved(&number) {
        return Err(Invalid::at("/number", format!("{number} is reserved by the dial plan")).into());
    }
    line.number = number.to_string();
    let tenant = work.tenant();
    let taken = || LineError::NumberTaken { number: number.to_string(), rest_days: settings.number_rest_days };
    storage::tenants::hold_numbers(&mut work.tx, tenant, Numbers::OfLines).await?;
    if let Some(holder) = numbers::beside_lines(work, &line.number).await? {
        return Err(NumberTaken { number: line.number.clone(), holder }.into());
    }
    if !storage::lines::insert(&mut work.tx, &line.record(tenant)).await? {
        return Err(taken());
    }
    // From here on nobody else can open or close a line with this number: what is found is all that there was.
    let rested_since = rested_since(work, settings);
    for other in storage::lines::by_numbers(&mut work.tx, tenant, &[&line.number]).await? {
        match other.closed_at {
            Some(closed_at) if closed_at > rested_since => return Err(taken()),
            Some(closed_at) if closed_at > line.opened_at.millis() => {
                let detail = "must not be before the last line with this number was closed";
                return Err(Invalid::at("/opened_at", detail).into());
            }
            _ => {}
        }
    }
    Ok(())
}

/// Numbers of lines that were closed after this instant rest.
fn rested_since(work: &Work, settings: &Settings) -> i64 {
    work.now().millis() - i64::from(settings.number_rest_days) * DAY_MILLIS
}

/// The plan, if the customer can have it.
async fn fitting_plan(scope: &mut impl Scope, customer: &str, plan: &str) -> Result<StoredPlan, LineError> {
    let customer = customers::get(scope, customer).await?;
    if customer.state == CustomerState::Closed {
        return Err(Invalid::at("/customer", "is closed").into());
    }
    let plan = plans::find(scope, plan).await?;
    let fits = match customer.mode {
        Mode::Prepaid => plan.kind == PlanKind::Prepaid,
        Mode::Postpaid => plan.kind != PlanKind::Prepaid,
    };
    if !fits {
        let kind = plans::kind_name(plan.kind);
        return Err(LineError::WrongMode { plan: plan.name, kind, mode: customer.mode.name() });
    }
    if plan.currency != customer.currency {
        return Err(LineError::WrongCurrency {
            plan: plan.name,
            plan_currency: plan.currency.to_string(),
            currency: customer.currency.to_string(),
        });
    }
    Ok(plan)
}

async fn save_plan(work: &mut Work, line: &str, subscription: &Subscription) -> Result<(), storage::Error> {
    let record =
        LinePlanRecord { line: line.to_owned(), from_at: subscription.from.millis(), plan: subscription.plan.clone() };
    let tenant = work.tenant();
    storage::lines::set_plan(&mut work.tx, tenant, &record).await
}

/// Closes a line. Its number rests before another line may have it; calls that come late are still the customer's. What it owes goes
/// on the customer's next invoice: at once, if it was the last line. Its phone registers no more.
///
/// # Errors
/// The line is closed already, or was changed meanwhile.
pub async fn close(work: &mut Work, id: &str, version: i64) -> Result<Line, LineError> {
    let before = open_line(work, id, version).await?;
    let after = Line {
        state: LineState::Closed,
        closed_at: Some(work.now()),
        phone: Phone::default(),
        version: version + 1,
        ..before.clone()
    };
    let after = save(work, "line.close", &before, after).await?;
    let tenant = work.tenant();
    storage::phones::forget(&mut work.tx, tenant, id).await?;
    sip_accounts::end(work, &after).await?;
    billing::end(work, &after).await?;
    Ok(after)
}

/// Sets how many calls a line may have at once: as many as the tenant has set, where none is given.
///
/// # Errors
/// The number is not 1 to 10,000, or the line is closed or was changed meanwhile.
pub async fn set_calls_at_once(
    work: &mut Work,
    id: &str,
    calls_at_once: Option<u32>,
    version: i64,
) -> Result<Line, LineError> {
    if let Some(number) = calls_at_once.filter(|number| !(1..=10_000).contains(number)) {
        return Err(Invalid::at("/calls_at_once", format!("must be 1 to 10000, not {number}")).into());
    }
    let before = open_line(work, id, version).await?;
    let after = Line { calls_at_once, version: version + 1, ..before.clone() };
    save(work, "line.limit", &before, after).await
}

/// Suspends a line by hand, or for a reason that somebody has found. A prepaid customer gets back the fee of the days to come.
///
/// # Errors
/// There is no such line, it is closed, or the note makes no sense.
pub async fn suspend(
    work: &mut Work,
    id: &str,
    reason: billing::Reason,
    note: Option<String>,
) -> Result<Line, LineError> {
    let line = get(work, id).await?;
    if line.state == LineState::Closed {
        return Err(LineError::Closed(line.number));
    }
    billing::suspend(work, id, reason, note).await?;
    billing::settle_fees(work, &line.customer).await?;
    get(work, id).await
}

/// Takes a reason from a suspended line; it is active again when that was the last one, and a prepaid customer pays its fee again.
///
/// # Errors
/// There is no such line, or the database does not do it.
pub async fn lift(work: &mut Work, id: &str, reason: billing::Reason) -> Result<Line, LineError> {
    let line = get(work, id).await?;
    billing::lift(work, id, reason).await?;
    billing::settle_fees(work, &line.customer).await?;
    get(work, id).await
}

async fn open_line(work: &mut Work, id: &str, version: i64) -> Result<Line, LineError> {
    let line = get(work, id).await?;
    if line.version != version {
        return Err(LineError::Changed { current: line.version });
    }
    if line.state == LineState::Closed {
        return Err(LineError::Closed(line.number));
    }
    Ok(line)
}

async fn save(work: &mut Work, action: &str, before: &Line, after: Line) -> Result<Line, LineError> {
    let record = after.record(work.tenant());
    if !storage::lines::update(&mut work.tx, &record).await? {
        return Err(LineError::Changed { current: after.version });
    }
    work.audit(action, &after.id, Some(before), Some(&after)).await?;
    has_changed(work, &after.id, &after.customer);
    Ok(after)
}

/// Has listeners told of a line after the commit.
pub(crate) fn has_changed(work: &mut Work, id: &str, customer: &str) {
    let (tenant, id, customer) = (work.tenant(), id.to_owned(), Some(customer.to_owned()));
    work.tells(Change { tenant, kind: ChangeKind::Line, id, customer, agent: None });
}

impl Line {
    fn details(&self) -> String {
        let details = Details {
            calls_at_once: self.calls_at_once,
            filters: self.filters.clone(),
            forwarding: self.forwarding.clone(),
            voicemail: self.voicemail,
        };
        serde_json::to_string(&details).unwrap_or_else(|_| "{}".to_owned())
    }

    fn record(&self, tenant: i64) -> LineRecord {
        LineRecord {
            tenant,
            id: self.id.clone(),
            number: self.number.clone(),
            customer: self.customer.clone(),
            state: if self.state == LineState::Closed { "closed" } else { "active" }.to_owned(),
            details: self.details(),
            opened_at: self.opened_at.millis(),
            closed_at: self.closed_at.map(Instant::millis),
            version: self.version,
        }
    }
}

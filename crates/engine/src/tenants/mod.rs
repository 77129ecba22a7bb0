//! Tenants and their settings.

mod automatic_top_up;
mod bank_csv;
mod billing;
mod charging;
mod earnings;
mod embed;
mod fraud;
mod paid_calls;
mod recordings;
mod retention;
mod sms;
mod welcome;

use std::collections::BTreeMap;

use domain::allowance::AllowanceOrder;
use domain::dial_plan::{DialPlan, NotANumber, Number};
use domain::invalid::Invalid;
use domain::money::{Amount, Currency};
use domain::tax::TaxRates;
use domain::time::{Date, Zone};
use serde::{Deserialize, Serialize};
use storage::tenants::TenantRecord;

use crate::numbers::{self, NumberTaken};
use crate::webhooks::HookKinds;
use crate::{Actor, Engine, Scope, Work, fields};
pub use automatic_top_up::AutomaticTopUp;
pub use bank_csv::{BankCsv, DateOrder, DecimalMark};
pub use billing::{Billing, EinvoiceFormat, InvoicePer, Prefixes, Seller};
pub use charging::Charging;
pub use earnings::Earnings;
pub use embed::Embed;
pub use fraud::{Amounts, Fraud};
pub use paid_calls::PaidCalls;
pub use recordings::{RecordCalls, Recordings};
pub use retention::Retention;
pub use sms::Sms;
pub use welcome::Welcome;

/// A tenant: the company or charity that runs the lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its number.
    pub tenant: i64,
    /// Its name.
    pub name: String,
    /// Whether it belongs to the demo.
    pub demo: bool,
    /// Its settings.
    pub settings: Settings,
    /// Counts the changes.
    pub version: i64,
    /// What its webhooks want to be told of.
    pub hooks: HookKinds,
}

/// What a tenant can set. Everything has a default but the currency and the zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The currency of new customers and plans.
    pub currency: Currency,
    /// The zone of windows, days and periods.
    pub time_zone: Zone,
    /// The language of documents and mails for whom no other is known, with its country where that matters: `en`, `de-AT` (BCP 47). The app
    /// writes figures and dates by it.
    #[serde(default = "locale")]
    pub locale: String,
    /// The dates of `holiday` discount periods.
    #[serde(default)]
    pub holidays: Vec<Date>,
    /// How dialled numbers are read; emergency and service numbers.
    #[serde(default)]
    pub dial_plan: DialPlan,
    /// Versions of the tax rate.
    #[serde(default)]
    pub tax_rates: TaxRates,
    /// In which order a customer's allowances are used.
    #[serde(default)]
    pub allowance_order: AllowanceOrder,
    /// How many days a closed line's number rests before another line may have it.
    #[serde(default = "number_rest_days")]
    pub number_rest_days: u16,
    /// The free seconds that each new customer gets.
    #[serde(default)]
    pub welcome: Welcome,
    /// The longest finished call that is believed, in seconds.
    #[serde(default = "longest_call_seconds")]
    pub longest_call_seconds: u32,
    /// The number that calls to outside show whose line has none of its own there: E.164 with its plus. Where there is none either, they show
    /// no number.
    #[serde(default)]
    pub outside_number: Option<String>,
    /// How calls are charged while they run.
    #[serde(default)]
    pub charging: Charging,
    /// How calls are placed between customers and paid agents.
    #[serde(default)]
    pub paid_calls: PaidCalls,
    /// What keeps fraud, and lines that run wild, small.
    #[serde(default)]
    pub fraud: Fraud,
    /// How and when customers are billed.
    #[serde(default)]
    pub billing: Billing,
    /// When and how much agents are paid of what they earn.
    #[serde(default)]
    pub earnings: Earnings,
    /// Who sends the invoices.
    #[serde(default)]
    pub seller: Seller,
    /// Below which balance a prepaid customer is told that it is low, by currency; nobody is told in others.
    #[serde(default)]
    pub low_balance: BTreeMap<Currency, Amount>,
    /// The amounts that prepaid customers are offered for a top-up, by currency; they may pay any other.
    #[serde(default)]
    pub top_up_amounts: BTreeMap<Currency, Vec<Amount>>,
    /// Whether prepaid customers may have a card charged when their balances are low.
    #[serde(default)]
    pub automatic_top_up: AutomaticTopUp,
    /// Which column of the bank's CSV files holds what.
    #[serde(default)]
    pub bank_csv: BankCsv,
    /// Which web sites may show its agents.
    #[serde(default)]
    pub embed: Embed,
    /// Which calls are recorded, and how long recordings are kept.
    #[serde(default)]
    pub recordings: Recordings,
    /// How long is kept what need not be known for good.
    #[serde(default)]
    pub retention: Retention,
    /// From which number short messages are sent, and which carry conversations.
    #[serde(default)]
    pub sms: Sms,
}

fn locale() -> String {
    "en".to_owned()
}

/// As many as stand beside each other on a phone's screen.
const MOST_TOP_UP_AMOUNTS: usize = 6;

const fn number_rest_days() -> u16 {
    90
}

const fn longest_call_seconds() -> u32 {
    86_400
}

impl Settings {
    /// The settings of a new tenant.
    #[must_use]
    pub fn new(currency: Currency, time_zone: Zone) -> Self {
        Settings {
            currency,
            time_zone,
            locale: locale(),
            holidays: Vec::new(),
            dial_plan: DialPlan::default(),
            tax_rates: TaxRates::default(),
            allowance_order: AllowanceOrder::default(),
            number_rest_days: number_rest_days(),
            longest_call_seconds: longest_call_seconds(),
            outside_number: None,
            welcome: Welcome::default(),
            charging: Charging::default(),
            paid_calls: PaidCalls::default(),
            fraud: Fraud::default(),
            billing: Billing::default(),
            earnings: Earnings::default(),
            seller: Seller::default(),
            low_balance: BTreeMap::new(),
            top_up_amounts: BTreeMap::new(),
            automatic_top_up: AutomaticTopUp::default(),
            bank_csv: BankCsv::default(),
            embed: Embed::default(),
            recordings: Recordings::default(),
            retention: Retention::default(),
            sms: Sms::default(),
        }
    }

    fn checked(mut self) -> Result<Self, Invalid> {
        if self.holidays.len() > 5_000 {
            return Err(Invalid::at("/holidays", "must have 5000 dates at most"));
        }
        if self.longest_call_seconds == 0 {
            return Err(Invalid::at("/longest_call_seconds", "must be above 0"));
        }
        let is_tag =
            |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if self.locale.len() < 2 || self.locale.len() > 35 || !self.locale.split('-').all(is_tag) {
            return Err(Invalid::at("/locale", "must be a language, such as en or de-AT (BCP 47)"));
        }
        self.outside_number = self.checked_outside_number()?;
        self.welcome.check()?;
        self.charging.check()?;
        self.paid_calls = self.paid_calls.checked()?;
        self.fraud = self.fraud.checked()?;
        self.billing.check()?;
        self.earnings.check()?;
        self.embed.check()?;
        self.recordings.check()?;
        self.retention.check()?;
        self.seller = self.seller.checked()?;
        self.sms = self.sms.checked(&self.dial_plan)?;
        if let Some((currency, _)) = self.low_balance.iter().find(|(_, limit)| **limit <= Amount::ZERO) {
            return Err(Invalid::at(format!("/low_balance/{currency}"), "must be above 0"));
        }
        self.bank_csv = self.bank_csv.checked()?;
        self.check_top_up_amounts()?;
        self.automatic_top_up.check()?;
        Ok(self)
    }

    fn check_top_up_amounts(&self) -> Result<(), Invalid> {
        for (currency, amounts) in &self.top_up_amounts {
            let at = || format!("/top_up_amounts/{currency}");
            if amounts.len() > MOST_TOP_UP_AMOUNTS {
                return Err(Invalid::at(at(), format!("must be {MOST_TOP_UP_AMOUNTS} amounts at most")));
            }
            if amounts.iter().any(|amount| *amount <= Amount::ZERO || !amount.is_payable(*currency)) {
                return Err(Invalid::at(at(), format!("must be amounts above 0 that can be paid in {currency}")));
            }
        }
        Ok(())
    }

    /// The number that is shown outside, in canonical form.
    fn checked_outside_number(&self) -> Result<Option<String>, Invalid> {
        const AT: &str = "/outside_number";
        let Some(text) = fields::optional(AT, self.outside_number.clone(), NotANumber::LONGEST)? else {
            return Ok(None);
        };
        match self.dial_plan.canonical(&text) {
            Ok(number @ Number::E164(_)) => Ok(Some(number.to_string())),
            Ok(number) => {
                Err(Invalid::at(AT, format!("{number} is no number outside: give one such as +441632960001")))
            }
            Err(error) => Err(Invalid::at(AT, error.to_string())),
        }
    }
}

/// What the audit trail says of a tenant.
#[derive(Serialize)]
struct Written<'a> {
    name: &'a str,
    #[serde(flatten)]
    settings: &'a Settings,
}

/// Why a tenant is not shown or changed.
#[derive(Debug, thiserror::Error)]
pub enum TenantError {
    /// There is no such tenant.
    #[error("there is no tenant {0}")]
    NotFound(i64),
    /// The number is taken.
    #[error("there is a tenant {0} already")]
    Taken(i64),
    /// A setting makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Somebody has a number.
    #[error("{taken}")]
    NumberTaken {
        /// Where the number stands in the settings.
        pointer: String,
        /// Who has it.
        taken: NumberTaken,
    },
    /// Somebody else changed the tenant meanwhile.
    #[error("the settings were changed meanwhile: they are at version {current}")]
    Changed {
        /// The version now.
        current: i64,
    },
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(TenantError);

/// Founds a tenant.
///
/// # Errors
/// The number is taken, or the name or a setting makes no sense.
pub async fn found(work: &mut Work, name: &str, settings: Settings, demo: bool) -> Result<Tenant, TenantError> {
    let settings = settings.checked()?;
    let name = fields::required("/name", name.to_owned(), 200)?;
    let tenant = Tenant { tenant: work.tenant(), name, demo, settings, version: 1, hooks: HookKinds::default() };
    let record = tenant.record(work.now().millis());
    if !storage::tenants::insert(&mut work.tx, &record).await? {
        return Err(TenantError::Taken(tenant.tenant));
    }
    work.audit("tenant.found", "tenant", None, Some(&tenant.written())).await?;
    Ok(tenant)
}

/// The tenant.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn get(scope: &mut impl Scope) -> Result<Tenant, TenantError> {
    let number = scope.tenant();
    let record = storage::tenants::get(scope.tx(), number).await?.ok_or(TenantError::NotFound(number))?;
    Tenant::of(record)
}

/// All tenants of the database, for the program itself: its actor is nobody's key.
///
/// # Errors
/// The database does not answer.
pub async fn all(engine: &Engine) -> Result<Vec<Tenant>, TenantError> {
    let program = Actor::program(0, "program");
    let mut view = engine.view(&program).await?;
    storage::tenants::all(view.tx()).await?.into_iter().map(Tenant::of).collect()
}

/// Replaces name and settings of the tenant, if it is at this version.
///
/// # Errors
/// A setting makes no sense, or the tenant was changed meanwhile.
pub async fn update(work: &mut Work, name: &str, settings: Settings, version: i64) -> Result<Tenant, TenantError> {
    let settings = settings.checked()?;
    let before = get(work).await?;
    if before.version != version {
        return Err(TenantError::Changed { current: before.version });
    }
    if settings.currency != before.settings.currency {
        return Err(Invalid::at("/currency", "cannot change: customers and plans have their own currency").into());
    }
    refuse_prefixes_of_others(work, &before.settings, &settings).await?;
    refuse_numbers_of_others(work, &before.settings, &settings).await?;
    let name = fields::required("/name", name.to_owned(), 200)?;
    let after = Tenant { name, settings, version: version + 1, ..before.clone() };
    if !storage::tenants::update(&mut work.tx, &after.record(0)).await? {
        return Err(TenantError::Changed { current: version + 1 });
    }
    work.audit("tenant.update", "tenant", Some(&before.written()), Some(&after.written())).await?;
    Ok(after)
}

/// Refuses prefixes with which a number could be one that a document of another kind has.
async fn refuse_prefixes_of_others(work: &mut Work, before: &Settings, after: &Settings) -> Result<(), TenantError> {
    let (old, new) = (&before.billing.prefixes, &after.billing.prefixes);
    let tenant = work.tenant();
    for (kind, old, new) in [
        ("invoice", &old.invoice, &new.invoice),
        ("credit_note", &old.credit_note, &new.credit_note),
        ("receipt", &old.receipt, &new.receipt),
        ("payout", &old.payout, &new.payout),
    ] {
        if old != new && storage::documents::others_have_prefix(&mut work.tx, tenant, kind, new).await? {
            let detail =
                "documents of another kind have numbers with this prefix: no two documents may have one number";
            return Err(Invalid::at(format!("/billing/prefixes/{kind}"), detail).into());
        }
    }
    Ok(())
}

/// Refuses numbers for conversations that somebody has.
async fn refuse_numbers_of_others(work: &mut Work, before: &Settings, after: &Settings) -> Result<(), TenantError> {
    for (position, number) in after.sms.conversation_numbers.iter().enumerate() {
        if before.sms.carries(number) {
            continue;
        }
        if let Some(holder) = numbers::holder(work, number).await? {
            let taken = NumberTaken { number: number.clone(), holder };
            return Err(TenantError::NumberTaken { pointer: sms::at(position), taken });
        }
    }
    Ok(())
}

/// Whether this is one of the tenant's numbers for conversations. Of a tenant whose settings cannot be read none is.
///
/// # Errors
/// The database does not answer.
pub(crate) async fn carries(scope: &mut impl Scope, number: &str) -> Result<bool, storage::Error> {
    match get(scope).await {
        Ok(tenant) => Ok(tenant.settings.sms.carries(number)),
        Err(TenantError::Storage(error)) => Err(error),
        Err(_) => Ok(false),
    }
}

impl Tenant {
    fn written(&self) -> Written<'_> {
        Written { name: &self.name, settings: &self.settings }
    }

    fn of(record: TenantRecord) -> Result<Self, TenantError> {
        // Settings are written by this program only; a fault here is a database that was edited by hand.
        let settings = domain::invalid::parse(record.settings.as_bytes())?;
        Ok(Tenant {
            tenant: record.tenant,
            name: record.name,
            demo: record.demo != 0,
            settings,
            version: record.version,
            hooks: HookKinds::parse(&record.hooks),
        })
    }

    fn record(&self, created_at: i64) -> TenantRecord {
        TenantRecord {
            tenant: self.tenant,
            name: self.name.clone(),
            settings: serde_json::to_string(&self.settings).unwrap_or_default(),
            demo: i64::from(self.demo),
            created_at,
            version: self.version,
            hooks: String::new(),
        }
    }
}

use std::collections::{HashMap, HashSet};

use domain::charging::{self, AuthorizeRefused};
use domain::money::{Amount, Currency, Overflow};
use domain::rate::Step;
use domain::rating::PriceSource;

use super::authorize::{self, Checked, Wanted};
use super::decide::Means;
use super::limits::Guards;
use super::purse::{Payer, Purses};
use super::stored::{Frozen, Priced};
use super::{ChargingError, Refused};
use crate::calls::{self, Directory};
use crate::customers::Customer;
use crate::lines::Line;
use crate::tenants::{self, Tenant};
use crate::{Scope, allowances, blocks};

/// How long a call could last that is authorized now. Nothing is held for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TalkTime {
    /// The seconds after its answer that a switch would be granted which cannot move the end; none, where nothing limits it within
    /// the tenant's longest call. 0 where the call is refused.
    pub seconds: Option<i64>,
    /// Of what it is charged.
    pub currency: Currency,
    /// What it costs; none, where it is refused for something else than the money.
    pub price: Option<CallPrice>,
    /// Why it would be refused.
    pub refusal: Option<Refused>,
}

/// What a call costs that is answered now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallPrice {
    /// What prices it.
    pub source: PriceSource,
    /// Charged once.
    pub connect_fee: Amount,
    /// The steps of its rate at the prices in force; none, where nothing is charged.
    pub steps: Vec<Step>,
    /// The free seconds that would serve it: of grants, or of the plan's included minutes.
    pub free_seconds: i64,
}

impl TalkTime {
    fn refused(refusal: Refused, currency: Currency) -> TalkTime {
        TalkTime { seconds: Some(0), currency, price: None, refusal: Some(refusal) }
    }

    /// How much more has to be there for the call to start; zero, where it is not the money that it lacks.
    ///
    /// # Errors
    /// It is beyond the range of amounts.
    pub fn missing(&self) -> Result<Amount, Overflow> {
        match &self.refusal {
            Some(Refused::InsufficientBalance { available, required, .. }) => required.minus(*available),
            _ => Ok(Amount::ZERO),
        }
    }
}

/// How long a call could last from a line to a number, or to an agent: all is checked that an authorization checks.
///
/// # Errors
/// The database does not answer, or prices cannot be read.
pub async fn talk_time(
    scope: &mut impl Scope,
    line: &Line,
    to: &str,
    agent: Option<&str>,
) -> Result<TalkTime, ChargingError> {
    let tenant = tenants::get(scope).await?;
    let payer = calls::Payer::Line(line.id.clone());
    let directory = Directory::for_payers(scope, tenant, HashSet::from([&payer])).await?;
    let currency = directory.payer_at(&payer, "", scope.now()).and_then(|line| directory.payee(line));
    let currency = currency.map_or(directory.tenant.settings.currency, |payee| payee.currency);
    let wanted = Wanted { payer: &payer, from: &line.number, to, agent, unpaid: false };
    match authorize::check(scope, &directory, wanted).await? {
        Ok(Checked { frozen, priced, guards, .. }) => {
            let payer = Payer { customer: &line.customer, currency, line: &line.id, included: frozen.included };
            told(scope, &directory.tenant, payer, (&frozen, &priced, guards.as_ref())).await
        }
        Err(refusal) => Ok(TalkTime::refused(refusal, currency)),
    }
}

/// How long a customer's balance could talk to an agent, from whichever line.
///
/// # Errors
/// The database does not answer, or prices cannot be read.
pub async fn talk_time_to(scope: &mut impl Scope, agent: &str, customer: &Customer) -> Result<TalkTime, ChargingError> {
    let currency = customer.currency;
    let called = match authorize::called(scope, agent, currency).await? {
        Ok(called) => called,
        Err(reason) => {
            let refusal = Refused::Unrated { reason, number: String::new() };
            return Ok(TalkTime::refused(refusal, currency));
        }
    };
    if blocks::any(scope, &customer.id, agent).await? {
        return Ok(TalkTime::refused(Refused::Blocked { agent: agent.to_owned() }, currency));
    }
    let tenant = tenants::get(scope).await?;
    let mut frozen = Frozen::to_agent(called, currency);
    frozen.caps = tenant.settings.fraud.limits(currency, None).map_err(Refused::from)?.caps;
    frozen.caps.spend_per_day = customer.details.spend_per_day.or(frozen.caps.spend_per_day);
    let priced = Priced::new(&frozen, None, None)?;
    let payer = Payer { customer: &customer.id, currency, line: "", included: None };
    told(scope, &tenant, payer, (&frozen, &priced, None)).await
}

/// How many calls that run a customer pays.
///
/// # Errors
/// The database does not answer.
pub async fn live_calls(scope: &mut impl Scope, customer: &str) -> Result<i64, ChargingError> {
    if !scope.reach().customer(customer) {
        return Ok(0);
    }
    let tenant = scope.tenant();
    Ok(storage::charging::count_live(scope.tx(), tenant, customer).await?)
}

/// Asks the rules, on what the payer has at the moment.
async fn told(
    scope: &mut impl Scope,
    tenant: &Tenant,
    payer: Payer<'_>,
    (frozen, priced, guards): (&Frozen, &Priced, Option<&Guards>),
) -> Result<TalkTime, ChargingError> {
    let terms = match priced.terms(frozen) {
        Ok(terms) => terms,
        Err(reason) => {
            let refusal = Refused::Unrated { reason: reason.into(), number: frozen.digits.clone() };
            return Ok(TalkTime::refused(refusal, frozen.currency));
        }
    };
    let (purses, now) = (look(scope, &payer, frozen).await?, scope.now());
    let means = Means { purses: &purses, settings: &tenant.settings, now };
    let facts = means.facts((&payer, frozen), terms, Amount::ZERO).map_err(Refused::from)?;
    let currency = frozen.currency;
    let (mut seconds, mut refusal) = match charging::talk_time(&facts, &tenant.settings.charging.rules(), now) {
        Ok(seconds) => (seconds, None),
        Err(AuthorizeRefused::Overflow(overflow)) => (Some(0), Some(overflow.into())),
        Err(AuthorizeRefused::InsufficientBalance { available, required }) => {
            (Some(0), Some(Refused::InsufficientBalance { available, required, currency }))
        }
        Err(AuthorizeRefused::AboveCeiling { required, .. }) => {
            let reached = means.reached(&payer, frozen, required).map_err(Refused::from)?;
            (Some(0), Some(Refused::Limit(reached)))
        }
    };
    if let Some(guards) = guards {
        let live_calls = match tenant.settings.fraud.tenant_calls_at_once {
            Some(_) => storage::charging::count_all_live(scope.tx(), tenant.tenant).await?,
            None => 0,
        };
        if let Err(reached) = guards.admit(&purses, &payer, live_calls, now) {
            (seconds, refusal) = (Some(0), Some(Refused::Limit(reached)));
        }
    }
    let (connect_fee, steps) =
        terms.price_at(now).map_or((Amount::ZERO, Vec::new()), |price| (price.connect_fee, price.steps));
    let free_seconds = charging::free_seconds(&facts, now);
    let price = CallPrice { source: terms.source(), connect_fee, steps, free_seconds };
    Ok(TalkTime { seconds, currency, price: Some(price), refusal })
}

/// What the payer has at the moment, without a lock.
pub(super) async fn look(scope: &mut impl Scope, payer: &Payer<'_>, frozen: &Frozen) -> Result<Purses, ChargingError> {
    let mut purses = Purses::default();
    let tenant = scope.tenant();
    if let Some(of) = payer.included {
        let taken = storage::included::taken(scope.tx(), tenant, payer.line, of.period_from).await?;
        purses.add_included(payer.line, of.period_from, taken);
    }
    if frozen.agent.is_some() {
        let grants = allowances::grants(scope, payer.customer).await?;
        purses.add_grants(HashMap::from([(payer.customer.to_owned(), grants)]));
    }
    let code = payer.currency.code();
    if let Some(record) = storage::ledger::account(scope.tx(), tenant, payer.customer, code).await? {
        purses.add_account(&record, payer.currency);
    }
    Ok(purses)
}

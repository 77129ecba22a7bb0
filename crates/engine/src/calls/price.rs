use std::collections::HashSet;
use std::sync::Arc;

use domain::allowance::{Allowances, Grant, UsedGrant};
use domain::deck::Deck;
use domain::money::{Amount, Currency, Overflow};
use domain::rating::{Charge, NoPrice, Sources, Talk, price_source, rate_call};
use domain::split::{Split, split};
use domain::tax::{TaxRates, TaxRule};
use domain::time::Instant;
use storage::included::IncludedRecord;

use super::directory::Directory;
use super::{CallError, Disposition, FinishedCall, Price};
use crate::agents::Agent;
use crate::ledger::{Kind, Party, Posting};
use crate::prices::{self, PricedPlan};
use crate::{Scope, Work, agents, allowances};

/// What prices a call, loaded.
pub(super) struct Terms {
    pub(super) customer: String,
    pub(super) line: String,
    currency: Currency,
    prepaid: bool,
    tax_rule: TaxRule,
    to_digits: String,
    free: bool,
    plan_version: String,
    plan: Arc<PricedPlan>,
    deck_version: Option<String>,
    deck: Option<Arc<Deck>>,
    agent: Option<Agent>,
    grants: Vec<Grant>,
}

/// Why a call that has ended has no price. It waits in the queue until the reason is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unrated {
    /// Nobody had the line, or there is no such payer.
    #[error("unknown_payer")]
    UnknownPayer,
    /// The line had no plan.
    #[error("no_plan")]
    NoPlan,
    /// The agent who was called is not known.
    #[error("unknown_agent")]
    UnknownAgent,
    /// The agent has no price in the customer's currency.
    #[error("agent_without_price")]
    AgentWithoutPrice,
    /// The plan refuses numbers that its deck does not list.
    #[error("unlisted_destination")]
    UnlistedDestination,
    /// Nothing prices the call.
    #[error("unrated")]
    NoRate,
    /// The price is beyond what can be computed.
    #[error("overflow")]
    Overflow,
}

impl From<Overflow> for Unrated {
    fn from(_: Overflow) -> Self {
        Unrated::Overflow
    }
}

impl From<NoPrice> for Unrated {
    fn from(reason: NoPrice) -> Self {
        match reason {
            NoPrice::UnlistedDestination => Unrated::UnlistedDestination,
            NoPrice::Unrated => Unrated::NoRate,
        }
    }
}

/// A call's price, and what follows from it.
pub(super) struct Rated {
    pub(super) price: Price,
    /// What it used of allowances.
    pub(super) used: Vec<UsedGrant>,
    /// What it used of its line's included minutes.
    pub(super) included: Option<IncludedRecord>,
}

impl Rated {
    /// A call that uses nothing.
    fn at(price: Price) -> Rated {
        Rated { price, used: Vec::new(), included: None }
    }
}

impl Price {
    /// Seconds that were of the line's included minutes: those of a paid agent's call were of grants.
    pub(super) fn included_seconds(&self) -> i64 {
        if self.source == "agent" { 0 } else { self.allowance_seconds }
    }
}

/// Finds the payer's line and loads what prices the call. Prices are frozen at the start of the call.
pub(super) async fn terms(
    work: &mut Work,
    directory: &Directory,
    call: &FinishedCall,
) -> Result<Result<Terms, Unrated>, CallError> {
    let Some((line, payee)) = directory.payer(call).and_then(|line| Some((line, directory.payee(line)?))) else {
        return Ok(Err(Unrated::UnknownPayer));
    };
    let Some(plan_version) = directory.plan_version(line, started_at(call)) else {
        return Ok(Err(Unrated::NoPlan));
    };
    let agent = match &call.agent {
        None => None,
        Some(id) => match agents::get(work, id).await {
            Ok(agent) => Some(agent),
            Err(agents::AgentError::Storage(error)) => return Err(error.into()),
            Err(_) => return Ok(Err(Unrated::UnknownAgent)),
        },
    };
    let grants = match &agent {
        Some(_) => allowances::lock_grants(work, &line.customer).await?,
        None => Vec::new(),
    };
    let to = directory.number(&call.to);
    let plan = prices::plan(work, &directory.tenant, plan_version).await?;
    let (deck_version, deck) = deck_at(work, directory, &plan, started_at(call)).await?;
    Ok(Ok(Terms {
        customer: line.customer.clone(),
        line: line.id.clone(),
        currency: payee.currency,
        prepaid: payee.prepaid,
        tax_rule: payee.tax_rule.clone(),
        to_digits: to.digits,
        free: to.free,
        plan_version: plan_version.to_owned(),
        plan,
        deck_version,
        deck,
        agent,
        grants,
    }))
}

async fn deck_at(
    scope: &mut impl Scope,
    directory: &Directory,
    plan: &PricedPlan,
    at: Instant,
) -> Result<(Option<String>, Option<Arc<Deck>>), CallError> {
    let version = plan.plan.deck.as_deref().and_then(|deck| directory.deck_version(deck, at));
    Ok(match version {
        Some(version) => (Some(version.to_owned()), Some(prices::deck(scope, version).await?)),
        None => (None, None),
    })
}

impl Terms {
    /// The same call, which started at the instant, at the prices of another plan version and of the deck that it has.
    pub(super) async fn with_plan(
        mut self,
        scope: &mut impl Scope,
        directory: &Directory,
        plan_version: &str,
        at: Instant,
    ) -> Result<Terms, CallError> {
        self.plan = prices::plan(scope, &directory.tenant, plan_version).await?;
        plan_version.clone_into(&mut self.plan_version);
        (self.deck_version, self.deck) = deck_at(scope, directory, &self.plan, at).await?;
        Ok(self)
    }

    /// The same call at the prices of another version of its plan's deck; as it is, if the plan has another deck or none.
    pub(super) async fn with_deck(
        mut self,
        scope: &mut impl Scope,
        directory: &Directory,
        version: &str,
    ) -> Result<Terms, CallError> {
        if self.plan.plan.deck.is_some() && self.plan.plan.deck.as_deref() == directory.deck_of(version) {
            self.deck = Some(prices::deck(scope, version).await?);
            self.deck_version = Some(version.to_owned());
        }
        Ok(self)
    }

    /// Whether the payer is charged for the conversation of this call with another record of it; if not, with this one.
    pub(super) async fn is_charged_elsewhere(&self, work: &mut Work, call: &FinishedCall) -> Result<bool, CallError> {
        let Some(link) = charged_link(call) else { return Ok(false) };
        let charged = charged_links(work, &[link], &[(&self.customer, self.currency.code())]).await?;
        Ok(charged.contains(&(link.to_owned(), self.customer.clone())))
    }

    /// Rates the call; so many seconds of the line's included minutes are there for it. An unanswered one has no charge, also where
    /// an answered one would wait for a price.
    pub(super) fn rate(&self, directory: &Directory, call: &FinishedCall, included: i64) -> Result<Rated, Unrated> {
        match self.rate_as_answered(directory, call, included) {
            Err(_) if call.answered_at.is_none() => Ok(Rated::at(self.nothing(UNANSWERED))),
            rated => rated,
        }
    }

    /// Rates the call by the one rating function, and splits its price.
    fn rate_as_answered(&self, directory: &Directory, call: &FinishedCall, included: i64) -> Result<Rated, Unrated> {
        if self.plan.plan.currency != self.currency {
            return Err(Unrated::NoRate);
        }
        let settings = &directory.tenant.settings;
        let agent_rate = match &self.agent {
            Some(agent) if !self.free => Some(agent.rate_in(self.currency).ok_or(Unrated::AgentWithoutPrice)?),
            _ => None,
        };
        let sources =
            Sources { free: self.free, agent: agent_rate, deck: self.deck.as_deref(), tariff: Some(&self.plan.tariff) };
        let terms = price_source(&sources, &self.to_digits)?;
        let answered_at = call.answered_at.unwrap_or(call.ended_at);
        let talk = Talk { answered_at, millis: call.ended_at.millis_since(answered_at) };
        let allowances = match &self.agent {
            Some(agent) => Allowances::for_call(&self.grants, &agent.id, answered_at, settings.allowance_order),
            None => Allowances::included(included),
        };
        let charge = rate_call(&terms, talk, &allowances)?;
        let pricing = Pricing {
            currency: self.currency,
            // Prepaid and agents' prices are gross; what goes on an invoice is net, and taxed there.
            tax_rule: (self.prepaid || agent_rate.is_some()).then_some(&self.tax_rule),
            tax_rates: &settings.tax_rates,
            share: if agent_rate.is_some() { self.agent.as_ref().map_or(0, Agent::share) } else { 0 },
            plan_version: Some(&self.plan_version),
            deck_version: self.deck_version.as_deref(),
        };
        let price = pricing.price(&charge, charge.total, answered_at)?;
        Ok(Rated { used: charge.allowances_used, ..Rated::at(price) })
    }

    /// The price of a record whose conversation is charged with another record.
    pub(super) fn same_conversation(&self) -> Rated {
        Rated::at(self.nothing(SAME_CONVERSATION))
    }

    fn nothing(&self, source: &str) -> Price {
        Price {
            currency: self.currency,
            total: Amount::ZERO,
            tax: Amount::ZERO,
            agent_part: Amount::ZERO,
            allowance_seconds: 0,
            source: source.to_owned(),
            plan_version: None,
            deck_version: None,
            charge: serde_json::json!({"source": {"kind": source}}).to_string(),
        }
    }
}

/// What turns a charge into the price of a call.
pub(crate) struct Pricing<'a> {
    pub(crate) currency: Currency,
    /// How the payer is taxed, where the price is gross.
    pub(crate) tax_rule: Option<&'a TaxRule>,
    pub(crate) tax_rates: &'a TaxRates,
    /// The agent's share, in thousandths.
    pub(crate) share: u16,
    pub(crate) plan_version: Option<&'a str>,
    pub(crate) deck_version: Option<&'a str>,
}

impl Pricing<'_> {
    /// The price of a call that was answered at the instant: `total` of the charge is collected, and split.
    pub(crate) fn price(&self, charge: &Charge, total: Amount, answered_at: Instant) -> Result<Price, Overflow> {
        // Of what is less than the charge no decimals are known.
        let decimals = if total == charge.total { charge.rounding.decimals } else { Amount::DECIMALS };
        let tax = match self.tax_rule.and_then(|rule| self.tax_rates.for_rule(rule, answered_at)) {
            Some(rate) => rate.rate.within_gross(total, decimals)?,
            None => Amount::ZERO,
        };
        let Split { agent, tenant, tax } = split(total, tax, self.share, decimals)?;
        let mut explained = charge.to_json(self.currency);
        explained["split"] = serde_json::json!({
            "agent": agent.to_text(self.currency),
            "tenant": tenant.to_text(self.currency),
            "tax": tax.to_text(self.currency),
        });
        let source = explained["source"]["kind"].as_str().unwrap_or_default().to_owned();
        Ok(Price {
            currency: self.currency,
            total,
            tax,
            agent_part: agent,
            allowance_seconds: charge.allowance_seconds,
            plan_version: self.plan_version.map(str::to_owned),
            deck_version: self.deck_version.filter(|_| source == "deck").map(str::to_owned),
            source,
            charge: explained.to_string(),
        })
    }
}

/// The source of the price 0 of a record whose conversation is charged with another record.
pub(super) const SAME_CONVERSATION: &str = "same_conversation";
/// The source of the price 0 of an unanswered call that nothing would have priced.
const UNANSWERED: &str = "unanswered";

/// What an answered call has in common with the switch's other records of the same conversation.
pub(super) fn charged_link(call: &FinishedCall) -> Option<&str> {
    call.link.as_deref().filter(|_| call.disposition == Disposition::Answered)
}

/// The pairs of link and payer, of these links and payers (with their currencies), for which a record is charged. Whoever else
/// would charge the same payers for a conversation waits until the work ends.
pub(super) async fn charged_links(
    work: &mut Work,
    links: &[&str],
    payers: &[(&str, &str)],
) -> Result<HashSet<(String, String)>, CallError> {
    if links.is_empty() {
        return Ok(HashSet::new());
    }
    let tenant = work.tenant();
    storage::ledger::lock_accounts(&mut work.tx, tenant, payers).await?;
    Ok(storage::calls::charged_links(&mut work.tx, tenant, links).await?.into_iter().collect())
}

/// When the prices of a call were frozen.
pub(super) fn started_at(call: &FinishedCall) -> Instant {
    call.started_at.or(call.answered_at).unwrap_or(call.ended_at)
}

/// What moves when a price is charged (or, where it is lower than before, given back): one posting a party.
pub(crate) struct Parts<'a> {
    pub(crate) cause: &'a str,
    pub(crate) kind: Kind,
    pub(crate) call: &'a str,
    pub(crate) customer: &'a str,
    pub(crate) agent: Option<&'a str>,
    pub(crate) currency: Currency,
    /// Agent, tax, and the rest; below zero for what is given back.
    pub(crate) agent_part: Amount,
    pub(crate) tax: Amount,
    pub(crate) total: Amount,
    /// How much of the total is promotional credit, where that is decided: taken from the first of the parts.
    pub(crate) promotional: Amount,
}

impl Parts<'_> {
    pub(crate) fn postings(&self) -> Result<Vec<Posting>, Overflow> {
        let income = self.total.minus(self.tax)?.minus(self.agent_part)?;
        let agent = self.agent.map(|id| Party::Agent(id.to_owned()));
        let parts = [
            ("agent", agent, self.agent_part),
            ("tax", Some(Party::Tax), self.tax),
            ("income", Some(Party::Income), income),
        ];
        let mut postings = Vec::with_capacity(1);
        let mut promotional = self.promotional.magnitude()?;
        for (name, party, amount) in parts {
            let Some(party) = party.filter(|_| !amount.is_zero()) else { continue };
            let customer = Party::Customer(self.customer.to_owned());
            let back = amount.is_negative();
            let same_way = back == self.total.is_negative();
            let of_promotional = if same_way { promotional.min(amount.magnitude()?) } else { Amount::ZERO };
            promotional = promotional.minus(of_promotional)?;
            postings.push(Posting {
                key: format!("{}/{name}", self.cause),
                kind: self.kind,
                from: if back { party.clone() } else { customer.clone() },
                to: if back { customer } else { party },
                amount: amount.magnitude()?,
                currency: self.currency,
                reference: self.call.to_owned(),
                guarded: false,
                promotional: of_promotional,
            });
        }
        Ok(postings)
    }
}

//! What must hold, whatever happens: after each event for those whom it concerns, and in the end for everybody.

use std::collections::{BTreeMap, BTreeSet};

use domain::allowance::{AllowanceOrder, Allowances, Grant, UsedGrant};
use domain::charging::{End, EndCause, Mode, Session, Stage};
use domain::money::Amount;
use domain::period::{BillingDay, Period};
use domain::rating::{Charge, Sources, Talk, Terms, price_source, rate_call};
use domain::split::split;
use domain::time::{Date, Instant};
use engine::calls::Price;
use engine::charging::{Event, LiveFilter};
use engine::ledger::{self, EntryFilter};
use engine::{View, accounts, allowances, books, calls, charging, refunds};

use crate::Fault;
use crate::call::Call;
use crate::fact::Fact;
use crate::fault::holds;
use crate::land::{EMERGENCY, Land, MESSAGE_MICROS, in_force};
use crate::world::World;

/// More calls than a customer has at once.
const MOST_LIVE: i64 = 10_000;
/// More entries than a customer has.
const MOST_ENTRIES: i64 = 100_000;

impl World {
    /// No hold is granted beyond what there is.
    pub(crate) async fn check_holds(&mut self, of: &BTreeSet<usize>) -> Result<(), Fault> {
        if of.is_empty() {
            return Ok(());
        }
        let mut view = self.process.view().await?;
        let currency = self.land.settings.currency;
        for place in of {
            let customer = &mut self.land.customers[*place];
            let account = accounts::get(&mut view, &customer.id, currency).await?;
            holds!(!account.held.is_negative(), "customer {place} holds {}", account.held);
            let filter = LiveFilter { customer: Some(&customer.id), ..LiveFilter::default() };
            let live = charging::live(&mut view, &filter, MOST_LIVE).await?;
            let mut by_line: BTreeMap<&str, u32> = BTreeMap::new();
            for call in live.iter().filter(|call| call.to != EMERGENCY) {
                *by_line.entry(call.line.as_deref().unwrap_or_default()).or_default() += 1;
            }
            let most = by_line.values().max().copied().unwrap_or(0);
            let limit = self.land.settings.fraud.calls_at_once;
            holds!(most <= limit, "a line of customer {place} has {most} calls at once, {limit} are allowed");
            let Some(available) = account.available()? else { continue };
            customer.has_late_fact &= available.is_negative();
            holds!(
                customer.has_late_fact || !available.is_negative(),
                "customer {place} has {}, holds {}, and may owe {:?}",
                account.balance,
                account.held,
                account.credit_limit
            );
        }
        Ok(())
    }

    /// Everything adds up.
    pub(crate) async fn check_books(&mut self) -> Result<(), Fault> {
        let report = books::check(&mut self.process.view().await?).await?;
        holds!(report.faults.is_empty(), "the books: {}", report.faults.join("; "));
        Ok(())
    }

    /// Everything has ended, and each call costs what it must.
    pub(crate) async fn check_all(&mut self) -> Result<(), Fault> {
        self.check_books().await?;
        let mut view = self.process.view().await?;
        let mut sums = Sums::default();
        for call in &self.calls {
            self.check_call(&mut view, call, &mut sums).await.map_err(|fault| of(&call.origin, fault))?;
        }
        for fact in &self.facts {
            self.check_fact(&mut view, fact, &mut sums).await.map_err(|fault| of(&fact.call.origin, fault))?;
        }
        self.check_flows(&mut view, &mut sums).await?;
        for place in 0..self.land.customers.len() {
            self.check_customer(&mut view, place, &mut sums)
                .await
                .map_err(|fault| of(&format!("customer {place}"), fault))?;
        }
        Ok(())
    }

    async fn check_call(&self, view: &mut View, call: &Call, sums: &mut Sums) -> Result<(), Fault> {
        let Some(id) = &call.session else { return Ok(()) };
        let session = charging::get(view, id).await?;
        let Stage::Ended(end) = &session.session.stage else {
            return Err(Fault(format!("is still {:?}", session.session.stage)));
        };
        check_end(call, end)?;
        self.check_price(view, &session, (call.line, call.agent, call.to), sums).await
    }

    /// A session of a line to an agent and a number costs what the one rating function says.
    pub(crate) async fn check_price(
        &self,
        view: &mut View,
        session: &charging::Session,
        (line, agent, to): (usize, Option<usize>, &str),
        sums: &mut Sums,
    ) -> Result<(), Fault> {
        let Stage::Ended(end) = &session.session.stage else { return Ok(()) };
        let id = &session.id;
        let on_record = calls::get(view, id).await?;
        let price = on_record.price.ok_or_else(|| Fault("has no price".to_owned()))?;
        let charged = end.charged.total()?;
        holds!(price.total == charged, "costs {}, {charged} was charged", price.total);
        *sums.calls.entry(self.land.lines[line].customer).or_default() += charged.micros();
        // A refund gives the seconds back.
        let refunded = ledger::caused_by(view, id).await?.iter().any(refunds::is_refund);
        for UsedGrant { id, seconds } in end.free_used.grants.iter().filter(|_| !refunded) {
            *sums.used.entry(id.clone()).or_default() += seconds;
        }
        sums.include(&self.land, line, session.session.opened_at, end.free_used.included_seconds)?;
        let Some(answered_at) = end.answered_at else {
            holds!(charged == Amount::ZERO, "was not answered, and costs {charged}");
            return Ok(());
        };
        let priced = Priced { line, agent, to, at: session.session.opened_at, rated_at: session.session.opened_at };
        let millis = charged_millis(&session.session, end, answered_at);
        let charge = self.rated(&priced, Talk { answered_at, millis }, end.free_used.seconds())?;
        let due = charged.plus(end.uncollected)?;
        holds!(due == charge.total, "costs {due}, {millis} ms after {answered_at} cost {}", charge.total);
        let ended_before = session.history.iter().any(|done| matches!(done.event, Event::Lapsed | Event::Lost));
        holds!(ended_before || end.uncollected == Amount::ZERO, "{} was not collected", end.uncollected);
        self.check_split(&price, agent, &charge)
    }

    async fn check_fact(&self, view: &mut View, fact: &Fact, sums: &mut Sums) -> Result<(), Fault> {
        let (id, charged) = fact.recorded.clone().ok_or_else(|| Fault("was not recorded".to_owned()))?;
        let on_record = calls::get(view, &id).await?;
        let price = on_record.price.ok_or_else(|| Fault("has no price".to_owned()))?;
        holds!(price.total.micros() == charged, "costs {}, {charged} was told", price.total);
        *sums.calls.entry(self.land.lines[fact.line].customer).or_default() += charged;
        if fact.agent.is_some() {
            sums.used_by_facts += price.allowance_seconds;
        } else {
            sums.include(&self.land, fact.line, fact.call.ended_at, price.allowance_seconds)?;
        }
        let Some(answered_at) = fact.call.answered_at else {
            holds!(charged == 0, "was not answered, and costs {charged}");
            return Ok(());
        };
        let priced = Priced {
            line: fact.line,
            agent: fact.agent,
            to: &fact.call.to,
            at: answered_at,
            rated_at: on_record.recorded_at,
        };
        let talk = Talk { answered_at, millis: fact.call.ended_at.millis_since(answered_at) };
        let charge = self.rated(&priced, talk, price.allowance_seconds)?;
        holds!(charge.total == price.total, "costs {}, {talk:?} costs {}", price.total, charge.total);
        self.check_split(&price, fact.agent, &charge)
    }

    fn check_split(&self, price: &Price, agent: Option<usize>, charge: &Charge) -> Result<(), Fault> {
        let share = agent.map_or(0, |agent| self.land.agents[agent].share);
        // Of what is less than the charge no decimals are known.
        let decimals = if price.total == charge.total { charge.rounding.decimals } else { Amount::DECIMALS };
        let parts = split(price.total, price.tax, share, decimals)?;
        holds!(parts.agent == price.agent_part, "the agent has {} of {parts:?}", price.agent_part);
        Ok(())
    }

    /// What the one rating function says of a call, by the prices that were in force.
    fn rated(&self, priced: &Priced<'_>, talk: Talk, free_seconds: i64) -> Result<Charge, Fault> {
        let grants = [Grant {
            id: String::new(),
            agent: None,
            granted_at: Instant::FIRST,
            expires_at: None,
            revoked: false,
            seconds: free_seconds,
        }];
        let allowances = match priced.agent {
            Some(_) => Allowances::for_call(&grants, "", talk.answered_at, AllowanceOrder::OldestFirst),
            None => Allowances::included(free_seconds),
        };
        Ok(rate_call(&priced.terms(&self.land)?, talk, &allowances)?)
    }

    async fn check_customer(&self, view: &mut View, place: usize, sums: &mut Sums) -> Result<(), Fault> {
        let customer = &self.land.customers[place];
        let account = accounts::get(view, &customer.id, self.land.settings.currency).await?;
        holds!(account.held == Amount::ZERO, "holds {} when all is over", account.held);
        let filter = EntryFilter { customer: Some(&customer.id), ..EntryFilter::default() };
        let mut by_kind: BTreeMap<String, i64> = BTreeMap::new();
        for entry in ledger::entries(view, &filter, MOST_ENTRIES).await? {
            let sign = if entry.to_account == customer.id { 1 } else { -1 };
            *by_kind.entry(entry.kind).or_default() += sign * entry.amount;
        }
        let calls = sums.calls.get(&place).copied().unwrap_or(0);
        let back = |kind: &'static str| (kind, -customer.gone_back.get(kind).copied().unwrap_or(0));
        let came = [("payment", customer.paid), ("promotional", customer.promotional), ("call", -calls)];
        let went = [back("bounce"), back("repayment"), back("dispute")];
        for (kind, sum) in came.into_iter().chain(went) {
            let posted = by_kind.get(kind).copied().unwrap_or(0);
            holds!(posted == sum, "has {posted} millionths in entries of the kind {kind}, not {sum}");
        }
        let messages = -by_kind.get("message").copied().unwrap_or(0);
        let written = i64::try_from(customer.written).unwrap_or(i64::MAX);
        holds!(
            messages % MESSAGE_MICROS == 0 && messages / MESSAGE_MICROS <= written,
            "paid {messages} millionths for {written} messages"
        );
        for allowance in allowances::of_customer(view, &customer.id).await? {
            holds!(
                allowance.held_seconds == 0,
                "{} s of {} are held when all is over",
                allowance.held_seconds,
                allowance.id
            );
            let by_sessions = sums.used.get(&allowance.id).copied().unwrap_or(0);
            sums.used_by_facts -= allowance.used_seconds - by_sessions;
        }
        let is_last = place + 1 == self.land.customers.len();
        holds!(!is_last || sums.used_by_facts == 0, "{} s of grants were used by no call", -sums.used_by_facts);
        Ok(())
    }
}

pub(crate) fn of(whose: &str, fault: Fault) -> Fault {
    Fault(format!("{whose}: {fault}"))
}

/// What calls come to.
#[derive(Default)]
pub(crate) struct Sums {
    /// In millionths, by customer.
    calls: BTreeMap<usize, i64>,
    /// Seconds of grants, by grant.
    used: BTreeMap<String, i64>,
    /// Seconds of grants that recorded calls used, whose ever they were.
    used_by_facts: i64,
    /// Seconds of included minutes, by line and first day of the period.
    included: BTreeMap<(usize, Date), i64>,
}

impl Sums {
    /// Counts included minutes that a call has used; a line never uses more than any of its plans includes.
    fn include(&mut self, land: &Land, line: usize, at: Instant, seconds: i64) -> Result<(), Fault> {
        let period = Period::containing_instant(at, &land.settings.time_zone, BillingDay::FIRST)?;
        let used = self.included.entry((line, period.from())).or_default();
        *used += seconds;
        let plans = land.lines[line].plans.iter().flat_map(|(_, plan)| &land.plans[*plan].versions);
        let most = plans.map(|(_, plan)| plan.included_seconds).max().unwrap_or(0);
        holds!(*used <= most, "line {line} has used {used} s of {most} s in the period from {}", period.from());
        Ok(())
    }
}

/// What prices a call.
struct Priced<'a> {
    line: usize,
    agent: Option<usize>,
    to: &'a str,
    /// When it began.
    at: Instant,
    /// When the agent's rate was looked up.
    rated_at: Instant,
}

impl Priced<'_> {
    fn terms<'l>(&self, land: &'l Land) -> Result<Terms<'l>, Fault> {
        let none = || Fault("nothing prices it".to_owned());
        let plan = in_force(&land.lines[self.line].plans, self.at).ok_or_else(none)?;
        let plan = in_force(&land.plans[*plan].versions, self.at).ok_or_else(none)?;
        let rate = self.agent.and_then(|agent| in_force(&land.agents[agent].rates, self.rated_at));
        let sources = Sources {
            free: self.to == EMERGENCY,
            agent: rate,
            deck: plan.has_deck.then_some(&land.deck),
            tariff: Some(&plan.tariff),
        };
        Ok(price_source(&sources, self.to.trim_start_matches('+'))?)
    }
}

/// How long a call was, of what it may be charged for: a prepaid one pays for no second that was not granted.
fn charged_millis(session: &Session, end: &End, answered_at: Instant) -> i64 {
    let millis = end.ended_at.millis_since(answered_at);
    let is_late = session.lapses_at.is_some_and(|lapses_at| answered_at >= lapses_at);
    let granted = if is_late { Some(0) } else { session.granted.seconds };
    match (session.mode, granted) {
        (Mode::Prepaid, Some(granted)) => millis.min(granted.saturating_mul(1000)),
        _ => millis,
    }
}

/// A session ends as its switch has told, at its last sign of life where it has not, and stays as it was told.
fn check_end(call: &Call, end: &End) -> Result<(), Fault> {
    let told = &call.told;
    let (charged, ended_at) = (end.charged.total()?, end.ended_at);
    if let Some(first) = told.charged {
        holds!(
            end.cause == EndCause::Settled && charged.micros() == first,
            "was settled for {first} millionths, and then ended as {end:?}"
        );
    }
    if let Some(answered_at) = end.answered_at {
        holds!(Some(answered_at) == call.answers_at, "was answered at {:?}, not at {answered_at}", call.answers_at);
    }
    match end.cause {
        EndCause::Settled => {
            holds!(told.end_sent && ended_at == call.ends_at, "ended at {}, not at {ended_at}", call.ends_at);
            let knows = told.answered || told.answer_with_end;
            holds!(!knows || end.answered_at == call.answers_at, "its answer was told, and is not known");
        }
        EndCause::Released => holds!(told.release_sent, "was released, and nobody has asked for it"),
        EndCause::Lapsed => holds!(!told.answered, "lapsed, and was answered"),
        EndCause::Lost => {
            let first = end.answered_at.max(told.alive_at);
            // An emergency call goes on: signs of life are taken, though its session is over.
            holds!(first <= Some(ended_at) || call.to == EMERGENCY, "was lost at {ended_at}, and alive at {first:?}");
            let last = end.answered_at.max(told.sent_at);
            holds!(Some(ended_at) <= last, "was lost at {ended_at}, after its last sign of life at {last:?}");
        }
    }
    Ok(())
}

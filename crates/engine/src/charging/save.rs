use std::collections::HashSet;

use domain::charging::{Mode, Spend, Stage};
use domain::money::{Amount, Overflow};
use domain::rating::Charge;
use domain::tax::TaxRates;
use domain::time::Instant;
use storage::carried::CarriedRecord;
use storage::charging::{OpenedCall, SessionRecord};
use storage::unbilled::RatedCall;

use super::batch::Batch;
use super::entry::Entry;
use super::{ChargingError, Ending, Refused};
use crate::allowances::AllowanceError;
use crate::calls::late::{self, Difference};
use crate::calls::price::Parts;
use crate::calls::{CallError, Disposition};
use crate::ledger::{self, Kind, Posting};
use crate::{Scope, Work, alerts};

/// What closes a session: how its call ended, what that comes to, and what of it is charged now.
pub(super) struct Closing<'a> {
    pub(super) ending: Option<&'a Ending>,
    pub(super) charge: Charge,
    pub(super) spend: Spend,
}

impl Entry {
    /// Writes into the call's row how it ended and what it costs, and answers what is to be posted: of a correction the difference.
    /// Its session has ended.
    pub(super) fn close(&mut self, closing: Closing<'_>, tax_rates: &TaxRates) -> Result<Vec<Posting>, Overflow> {
        let session = &self.stored.session;
        let Stage::Ended(end) = &session.stage else { return Ok(Vec::new()) };
        let frozen = &self.stored.frozen;
        let pricing = frozen.pricing(session.mode, tax_rates);
        let price = pricing.price(&closing.charge, end.charged.total()?, end.answered_at.unwrap_or(end.ended_at))?;
        let record = &mut self.record;
        let standing = &mut record.standing;
        let before = |amount: Option<i64>| Amount::from_micros(amount.unwrap_or(0));
        // What a session was charged when it was lost is not charged again, but corrected.
        let late = late_cause(&record.id);
        let parts = Parts {
            cause: if standing.total.is_some() { &late } else { &record.id },
            kind: Kind::Call,
            call: &record.id,
            customer: record.customer.as_deref().unwrap_or_default(),
            agent: record.agent.as_deref(),
            currency: frozen.currency,
            agent_part: price.agent_part.minus(before(standing.agent_part))?,
            tax: price.tax.minus(before(standing.tax))?,
            total: price.total.minus(before(standing.total))?,
            promotional: closing.spend.promotional,
        };
        let postings = parts.postings()?;
        let told = closing.ending.and_then(|ending| ending.disposition);
        let answered = end.answered_at.map(|_| Disposition::Answered);
        let disposition = answered.or(told).unwrap_or(Disposition::NoAnswer);
        "rated".clone_into(&mut standing.state);
        standing.answered_at = end.answered_at.map(Instant::millis);
        standing.ended_at = Some(end.ended_at.millis());
        standing.duration_ms = end.answered_at.map(|answered_at| end.ended_at.millis_since(answered_at));
        standing.disposition = Some(disposition.name().to_owned());
        standing.cause = closing.ending.and_then(|ending| ending.cause).map(i64::from);
        standing.price_source = Some(price.source);
        standing.plan_version = price.plan_version;
        standing.deck_version = price.deck_version;
        standing.currency = Some(price.currency.code().to_owned());
        standing.total = Some(price.total.micros());
        standing.tax = Some(price.tax.micros());
        standing.agent_part = Some(price.agent_part.micros());
        standing.allowance_seconds = Some(price.allowance_seconds);
        standing.charge = Some(price.charge);
        Ok(postings)
    }

    /// Brings the columns that say how the session stands up to it.
    fn stand(&mut self) -> Result<(), ChargingError> {
        let session = &self.stored.session;
        let standing = &mut self.record.standing;
        standing.session = self.stored.to_json()?;
        standing.held = session.held.micros();
        standing.answered_at = session.answered_at().map(Instant::millis);
        let running = !matches!(session.stage, Stage::Ended(_));
        standing.granted_until = session.granted_until().filter(|_| running).map(Instant::millis);
        Ok(())
    }

    /// Puts the correction of a call that is billed already on the next invoice. The call stays in the period in which it was billed,
    /// also if its true end is later: it would be billed twice. Says whether it is of an earlier period.
    async fn correct_bill(&mut self, work: &mut Work) -> Result<bool, ChargingError> {
        let (Some(before), Some(now)) = (&self.charged, self.postpaid()) else { return Ok(false) };
        let (Some(ended_at), Some(_)) = (before.ended_at, before.answered_at) else { return Ok(false) };
        let after = &self.record.standing;
        let difference = |now: Option<i64>, before: Option<i64>| {
            Amount::from_micros(now.unwrap_or(0)).minus(Amount::from_micros(before.unwrap_or(0)))
        };
        let difference = Difference {
            cause: &late_cause(now.call),
            call: now.call,
            customer: now.customer,
            line: now.line,
            ended_at,
            total: difference(after.total, before.total).map_err(Refused::from)?,
            tax: difference(after.tax, before.tax).map_err(Refused::from)?,
        };
        let starts_at = late::bill_difference(work, &difference).await?;
        if let Some(starts_at) = starts_at {
            self.record.standing.ended_at = Some(now.ended_at.min(starts_at - 1));
        }
        Ok(starts_at.is_some())
    }

    /// The call as what may have come too late for its invoice: an answered one of a postpaid customer.
    fn postpaid(&self) -> Option<RatedCall<'_>> {
        let record = &self.record;
        let rated = self.stored.session.mode == Mode::Postpaid && record.standing.total.is_some();
        Some(RatedCall {
            call: &record.id,
            customer: record.customer.as_deref()?,
            line: record.line.as_deref()?,
            ended_at: record.standing.ended_at.filter(|_| rated && record.standing.answered_at.is_some())?,
        })
    }
}

/// What causes the entries of a correction.
fn late_cause(call: &str) -> String {
    format!("{call}/late")
}

impl Batch<'_> {
    /// Writes what was decided, a statement for each kind of row. The calls come first: one that somebody else has opened or changed
    /// meanwhile has the whole batch decided again.
    pub(super) async fn save(&mut self, work: &mut Work) -> Result<(), ChargingError> {
        let mut changed: Vec<&mut Entry> = self.entries.values_mut().filter(|entry| entry.changed).collect();
        if changed.is_empty() {
            return self.tell_alerts(work).await;
        }
        // Written in one order everywhere, so that two works with the same calls never wait for each other in a circle.
        changed.sort_by(|a, b| a.record.id.cmp(&b.record.id));
        let (mut opened, mut stepped): (Vec<OpenedCall>, Vec<SessionRecord>) = (Vec::new(), Vec::new());
        let mut of_earlier = HashSet::new();
        for entry in &mut changed {
            if entry.correct_bill(work).await? {
                of_earlier.insert(entry.record.id.clone());
            }
            entry.stand()?;
            match entry.opened.take() {
                Some(call) => opened.push(OpenedCall { standing: entry.record.standing.clone(), ..call }),
                None => {
                    entry.record.standing.version += 1;
                    stepped.push(entry.record.clone());
                }
            }
        }
        // An agent's figures change with a call, also one that costs nothing.
        for entry in changed.iter().filter(|entry| entry.record.standing.ended_at.is_some()) {
            entry.record.agent.iter().for_each(|agent| work.has_earned(agent));
        }
        let tenant = work.tenant();
        if !opened.is_empty() {
            let new = storage::charging::insert_new(&mut work.tx, tenant, &opened).await?;
            if new.len() < opened.len() {
                return Err(ChargingError::Contended);
            }
        }
        if !stepped.is_empty() && !storage::charging::save(&mut work.tx, tenant, &stepped).await? {
            return Err(ChargingError::Contended);
        }
        let carried: Vec<CarriedRecord> = changed.iter().flat_map(|entry| entry.carried.iter().cloned()).collect();
        if !carried.is_empty() {
            storage::carried::save(&mut work.tx, tenant, &carried).await?;
        }
        let included = self.purses.included_changes();
        if !included.is_empty() {
            storage::included::change(&mut work.tx, tenant, &included).await?;
        }
        for (id, held, used) in self.purses.grant_changes() {
            if !storage::allowances::take(&mut work.tx, tenant, id, held, used).await? {
                let seconds = held + used;
                return Err(CallError::from(AllowanceError::NotLeft { id: id.to_owned(), seconds }).into());
            }
        }
        let postings: Vec<&Posting> = self.postings.iter().collect();
        let holds = self.purses.holds();
        if !postings.is_empty() || !holds.is_empty() {
            let new: HashSet<String> = ledger::save(work, &postings, holds).await?;
            if new.len() < postings.len() {
                return Err(ChargingError::Contended);
            }
        }
        let rated = changed.iter().filter_map(|entry| entry.postpaid());
        let rated: Vec<RatedCall<'_>> = rated.filter(|call| !of_earlier.contains(call.call)).collect();
        late::note(work, &rated).await?;
        self.tell_alerts(work).await
    }

    /// Tells of the limits against fraud that were reached.
    async fn tell_alerts(&self, work: &mut Work) -> Result<(), ChargingError> {
        if self.alerts.is_empty() {
            return Ok(());
        }
        Ok(alerts::raise(work, &self.tenant, &self.alerts).await?)
    }
}

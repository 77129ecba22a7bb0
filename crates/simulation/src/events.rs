//! What happens in a world beside the calls: money comes in, prices change, bills run, switches and the process die.

use std::collections::BTreeSet;

use domain::money::Amount;
use engine::allowances::{self, NewAllowance};
use engine::payments::{self, CreditKind, Method, NewCredit, NewPayment};
use engine::refunds::{self, RefundError};
use engine::transfers::{self, NewTransfer, TransferError};
use engine::{agents, billing, charging, customers, lines, plans};

use crate::Fault;
use crate::call::{Call, Stage};
use crate::land::{agent_details, agent_rate, plan};
use crate::world::World;

/// Calls of the store among which the process dies, once that is planned.
const MOST_CALLS_TO_LIVE: u64 = 40;

impl World {
    /// Has something happen: which customers it may concern.
    pub(crate) async fn happens(&mut self) -> Result<BTreeSet<usize>, Fault> {
        if self.random.chance(8) {
            self.process.dies_at(1 + self.random.below(MOST_CALLS_TO_LIVE));
        }
        let touched = match self.random.below(100) {
            0..8 => self.exchange_goes_on().await?,
            8..50 if !self.post.is_empty() => self.deliver_some().await?,
            8..64 => self.calls_begin(),
            64..82 => {
                let millis = self.random.one_of(&[200, 1_000, 5_000, 15_000, 30_000, 60_000]);
                self.note(format!("waits {millis}"));
                self.wait(millis);
                BTreeSet::new()
            }
            82..85 => BTreeSet::from([self.pays().await?]),
            85..87 => self.advises().await?,
            87..90 => BTreeSet::from([self.records().await?]),
            90..93 => self.looks().await?,
            93 => self.changes_plan().await?,
            94 => self.changes_prices().await?,
            95 if self.random.chance(40) => self.goes_back().await?,
            95 => self.grants().await?,
            96 if self.random.chance(50) => self.gives_credit().await?,
            96 => self.advises().await?,
            97 => self.moves_limits().await?,
            98 => self.switch_dies(),
            _ => self.jumps().await?,
        };
        self.revive().await?;
        Ok(touched)
    }

    /// Begins the next life of the process, if it has died.
    pub(crate) async fn revive(&mut self) -> Result<(), Fault> {
        let reopened = self.random.chance(5);
        if let Some(point) = self.process.revived(reopened).await? {
            self.note(format!("crash: {point:?}"));
        }
        Ok(())
    }

    fn calls_begin(&mut self) -> BTreeSet<usize> {
        for _ in 0..self.random.between(1, 3) {
            let (number, now) = (self.calls.len(), self.now());
            let mut call = Call::new(&mut self.random, &self.land, number, now);
            if !self.facts.is_empty() && self.random.chance(3) {
                // A switch that counts anew has taken the origin of a call that is over.
                call.origin.clone_from(&self.facts[self.random.place(self.facts.len())].call.origin);
            }
            if !self.dead[call.switch] {
                self.calls.push(call);
                self.send(number, None);
            }
        }
        BTreeSet::new()
    }

    /// A key for a piece of work that is done once.
    pub(crate) fn key(&self) -> String {
        format!("event-{}", self.counts.events)
    }

    /// A customer pays; calls in progress may go on for it.
    async fn pays(&mut self) -> Result<usize, Fault> {
        let customer = self.random.place(self.land.customers.len());
        let micros = self.random.between(1, 1500) * 10_000;
        let amount = Amount::from_micros(micros);
        self.note(format!("customer {customer} pays {amount}"));
        let new = NewPayment {
            customer: self.land.customers[customer].id.clone(),
            amount,
            currency: None,
            method: Method::Cash,
            reference: None,
            received_at: None,
            invoice: None,
        };
        let key = self.key();
        self.process.once(&key, async |work| Ok(payments::record(work, new.clone()).await.map(drop)?)).await?;
        self.land.customers[customer].paid += micros;
        if self.random.chance(70) {
            let engine = self.process.engine.clone();
            self.process.alive(charging::lengthen(&engine, crate::process::TENANT, &new.customer)).await;
        }
        Ok(customer)
    }

    /// The watch looks at what is due.
    pub(crate) async fn looks(&mut self) -> Result<BTreeSet<usize>, Fault> {
        // A call that is lost may have lasted longer than what was held for a postpaid customer.
        for customer in self.land.customers.iter_mut().filter(|customer| !customer.prepaid) {
            customer.has_late_fact = true;
        }
        self.note("the watch looks");
        let mut watch = std::mem::replace(&mut self.process.watch, charging::Watch::new(&self.process.engine));
        let looked = self.process.alive(watch.look()).await;
        if let Some(looked) = looked {
            let ended = looked?;
            self.trace.push(format!("    {ended} are ended"));
            self.process.watch = watch;
        }
        Ok(self.everybody())
    }

    fn everybody(&self) -> BTreeSet<usize> {
        (0..self.land.customers.len()).collect()
    }

    /// A line gets another plan.
    async fn changes_plan(&mut self) -> Result<BTreeSet<usize>, Fault> {
        let line = self.random.place(self.land.lines.len());
        let mode = if self.land.customers[self.land.lines[line].customer].prepaid {
            customers::Mode::Prepaid
        } else {
            customers::Mode::Postpaid
        };
        let fitting: Vec<usize> =
            (0..self.land.plans.len()).filter(|place| self.land.plans[*place].mode == mode).collect();
        let plan = self.random.one_of(&fitting);
        self.wait(1);
        self.note(format!("line {line} changes to plan {plan}"));
        let (of_line, of_plan) = (self.land.lines[line].id.clone(), self.land.plans[plan].id.clone());
        let key = self.key();
        self.process
            .once(&key, async |work| {
                let version = lines::get(work, &of_line).await?.version;
                Ok(lines::change_plan(work, &of_line, &of_plan, None, version).await.map(drop)?)
            })
            .await?;
        let now = self.now();
        let line = &mut self.land.lines[line];
        line.plans.push((now, plan));
        let customer = line.customer;
        self.wait(1);
        Ok(BTreeSet::from([customer]))
    }

    /// A plan or an agent gets another price.
    async fn changes_prices(&mut self) -> Result<BTreeSet<usize>, Fault> {
        self.wait(1);
        if self.random.chance(50) {
            self.revises_plan().await?;
        } else {
            self.agent_gets_dearer().await?;
        }
        self.wait(1);
        Ok(BTreeSet::new())
    }

    async fn revises_plan(&mut self) -> Result<(), Fault> {
        let place = self.random.place(self.land.plans.len());
        self.note(format!("plan {place} is revised"));
        let (id, key) = (self.land.plans[place].id.clone(), self.key());
        let mut view = self.process.view().await?;
        let before = plans::versions(&mut view, &id).await?.pop();
        let Some(before) = before.map(|version| version.document) else { return Ok(()) };
        let kind = plans::kind_name(before.kind);
        let document = plan(&mut self.random, &before.name, kind, before.deck.as_deref().unwrap_or_default());
        let mut document = document?;
        document.deck = before.deck;
        self.process
            .once(&key, async |work| {
                let version = plans::get(work, &id).await?.version;
                Ok(plans::revise(work, &id, document.clone(), None, version).await.map(drop)?)
            })
            .await?;
        let version = (self.now(), self.land.priced(&document));
        self.land.plans[place].versions.push(version);
        Ok(())
    }

    async fn agent_gets_dearer(&mut self) -> Result<(), Fault> {
        let place = self.random.place(self.land.agents.len());
        self.note(format!("agent {place} gets another rate"));
        let (document, rate) = agent_rate(&mut self.random)?;
        let agent = &self.land.agents[place];
        let (id, name, details) = (agent.id.clone(), agent.name.clone(), agent_details(&document, agent.share)?);
        let key = self.key();
        self.process
            .once(&key, async |work| {
                let version = agents::get(work, &id).await?.version;
                Ok(agents::update(work, &id, name.clone(), details.clone(), version).await.map(drop)?)
            })
            .await?;
        let now = self.now();
        self.land.agents[place].rates.push((now, rate));
        Ok(())
    }

    /// A customer gets free seconds.
    async fn grants(&mut self) -> Result<BTreeSet<usize>, Fault> {
        let customer = self.random.place(self.land.customers.len());
        let agent = self.random.chance(50).then(|| self.random.place(self.land.agents.len()));
        let expires = self.random.chance(50).then(|| self.random.between(60, 400_000) * 1000);
        let seconds = self.random.one_of(&[7, 60, 600]);
        self.note(format!("customer {customer} gets {seconds} s for agent {agent:?}"));
        let new = NewAllowance {
            customer: self.land.customers[customer].id.clone(),
            agent: agent.map(|agent| self.land.agents[agent].id.clone()),
            seconds,
            expires_at: expires.map(|millis| domain::time::Instant::clamped(self.now().millis() + millis)),
            reason: "a package".to_owned(),
        };
        let key = self.key();
        self.process.once(&key, async |work| Ok(allowances::grant(work, new.clone()).await.map(drop)?)).await?;
        Ok(BTreeSet::from([customer]))
    }

    /// A call's charge is given back, or a prepaid customer gets promotional credit.
    async fn gives_credit(&mut self) -> Result<BTreeSet<usize>, Fault> {
        let sessions: Vec<usize> = (0..self.calls.len()).filter(|call| self.calls[*call].session.is_some()).collect();
        if !sessions.is_empty() && self.random.chance(60) {
            let call = self.random.one_of(&sessions);
            return self.refunds(call).await;
        }
        let customer = self.prepaid_customer();
        let amount = Amount::from_micros(self.random.between(1, 300) * 10_000);
        self.note(format!("customer {customer} gets {amount} of promotional credit"));
        let new = NewCredit {
            customer: self.land.customers[customer].id.clone(),
            kind: CreditKind::Promotional,
            amount,
            currency: None,
            reason: "welcome".to_owned(),
        };
        let key = self.key();
        self.process.once(&key, async |work| Ok(payments::credit(work, new.clone()).await.map(drop)?)).await?;
        self.land.customers[customer].promotional += amount.micros();
        Ok(BTreeSet::from([customer]))
    }

    async fn refunds(&mut self, call: usize) -> Result<BTreeSet<usize>, Fault> {
        self.note(format!("{} is refunded", self.calls[call].origin));
        self.calls[call].told.refunded = true;
        let (id, key) = (self.calls[call].session.clone().unwrap_or_default(), self.key());
        self.process
            .once(&key, async |work| match refunds::make(work, &id, None, "a bad line".to_owned()).await {
                Ok(_) | Err(RefundError::NothingCharged(_) | RefundError::Refunded(_) | RefundError::ByInvoice(_)) => {
                    Ok(())
                }
                Err(error) => Err(error.into()),
            })
            .await?;
        Ok(BTreeSet::from([self.land.lines[self.calls[call].line].customer]))
    }

    fn prepaid_customer(&mut self) -> usize {
        let customers = &self.land.customers;
        let prepaid: Vec<usize> = (0..customers.len()).filter(|place| customers[*place].prepaid).collect();
        self.random.one_of(&prepaid)
    }

    /// A postpaid customer may go further into debt, or less far; or money goes from one prepaid customer to another.
    async fn moves_limits(&mut self) -> Result<BTreeSet<usize>, Fault> {
        let customer = self.random.place(self.land.customers.len());
        if self.land.customers[customer].prepaid {
            return self.transfers(customer).await;
        }
        let limit = self.random.chance(80).then(|| Amount::from_micros(self.random.between(0, 60) * 1_000_000));
        self.note(format!("customer {customer} may owe {limit:?}"));
        let (id, key) = (self.land.customers[customer].id.clone(), self.key());
        self.process
            .once(&key, async |work| {
                let version = customers::get(work, &id).await?.version;
                Ok(customers::set_credit_limit(work, &id, limit, version).await.map(drop)?)
            })
            .await?;
        let customer_of = &mut self.land.customers[customer];
        customer_of.credit_limit = limit;
        // What is held stays held.
        customer_of.has_late_fact = true;
        Ok(BTreeSet::from([customer]))
    }

    async fn transfers(&mut self, from: usize) -> Result<BTreeSet<usize>, Fault> {
        let to = self.prepaid_customer();
        let amount = Amount::from_micros(self.random.between(1, 800) * 10_000);
        self.note(format!("customer {from} gives {amount} to customer {to}"));
        let id = |place: usize| self.land.customers[place].id.clone();
        let (customer, to_id, key) = (id(from), id(to), self.key());
        let new = NewTransfer { customer, to: to_id, amount, currency: None, reason: "a gift".to_owned() };
        self.process
            .once(&key, async |work| match transfers::make(work, new.clone()).await {
                Ok(_) | Err(TransferError::InsufficientBalance { .. } | TransferError::Invalid(_)) => Ok(()),
                Err(error) => Err(error.into()),
            })
            .await?;
        Ok(BTreeSet::from([from, to]))
    }

    /// A switch dies with all that it has sent, or comes back and knows what became of its calls.
    fn switch_dies(&mut self) -> BTreeSet<usize> {
        let switch = self.random.place(self.dead.len());
        if self.dead[switch] {
            self.switch_revives(switch);
        } else {
            self.dead[switch] = true;
            self.note(format!("switch {switch} dies"));
            let calls = &self.calls;
            self.post.retain(|message| calls[message.call].switch != switch);
            for call in self.calls.iter_mut().filter(|call| call.switch == switch && call.stage == Stage::Asking) {
                call.stage = Stage::Refused;
            }
        }
        BTreeSet::new()
    }

    pub(crate) fn switch_revives(&mut self, switch: usize) {
        self.dead[switch] = false;
        self.note(format!("switch {switch} is back"));
        self.wait(0);
    }

    /// The clock jumps by up to some weeks; the bill run may come.
    async fn jumps(&mut self) -> Result<BTreeSet<usize>, Fault> {
        let hours = self.random.one_of(&[1, 3, 12, 24, 72, 400, 800]);
        self.note(format!("the clock jumps by {hours} h"));
        self.wait(hours * 3_600_000);
        if self.random.chance(70) {
            self.bills().await?;
            if self.random.chance(50) {
                self.closes_month().await?;
            }
        }
        Ok(self.everybody())
    }

    /// Bills what is due.
    pub(crate) async fn bills(&mut self) -> Result<(), Fault> {
        // Fees are facts; those of prepaid customers too, where a line was used in days whose fee was not covered.
        for customer in &mut self.land.customers {
            customer.has_late_fact = true;
        }
        self.note("the bill run");
        loop {
            let (engine, actor) = (self.process.engine.clone(), self.process.actor.clone());
            if let Some(run) = self.process.alive(billing::run(&engine, &actor, |_| {})).await {
                let run = run?;
                crate::fault::holds!(run.failed == 0, "the bill run failed for some: {:?}", run.summary.failures);
                self.trace.push(format!("    {} are issued", run.issued));
                return Ok(());
            }
            drop(engine);
            self.revive().await?;
        }
    }
}

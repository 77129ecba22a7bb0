//! Payments that go back, and disputes that are decided.

use std::collections::BTreeSet;

use domain::money::Amount;
use engine::payments::reversals::{self, NewReversal, ReversalError, ReversalKind, ReversalState};
use engine::payments::{self, Payment};

use crate::Fault;
use crate::world::World;

/// More payments than a customer makes.
const MOST: i64 = 10_000;

impl World {
    /// A payment of a customer goes back in part or whole, or what was disputed of one is decided.
    pub(crate) async fn goes_back(&mut self) -> Result<BTreeSet<usize>, Fault> {
        let customer = self.random.place(self.land.customers.len());
        // What is taken so is taken whatever is held.
        self.land.customers[customer].has_late_fact = true;
        if self.random.chance(40) {
            self.decides(customer).await?;
        } else {
            self.reverses(customer).await?;
        }
        Ok(BTreeSet::from([customer]))
    }

    async fn reverses(&mut self, customer: usize) -> Result<(), Fault> {
        let id = self.land.customers[customer].id.clone();
        let mut view = self.process.view().await?;
        let mut made: Vec<Payment> = payments::page(&mut view, Some(&id), None, MOST).await?;
        drop(view);
        made.retain(|payment| payment.returned < payment.amount);
        if made.is_empty() {
            return Ok(());
        }
        let payment = &made[self.random.place(made.len())];
        let left = payment.amount.minus(payment.returned)?.micros();
        let micros = if self.random.chance(50) { left } else { self.random.between(1, left / 10_000) * 10_000 };
        let kind = self.random.one_of(&[ReversalKind::Bounce, ReversalKind::Repayment, ReversalKind::Dispute]);
        let (amount, key) = (Amount::from_micros(micros), self.key());
        self.note(format!("customer {customer}: {amount} goes back, {kind:?}"));
        let new = NewReversal { payment: payment.id.clone(), kind, amount: Some(amount), reason: key.clone() };
        self.process
            .once(&key, async |work| match reversals::reverse(work, new.clone()).await {
                Ok(_) => Ok(()),
                // What the customer has spent is not paid back.
                Err(ReversalError::Spent { .. }) if kind == ReversalKind::Repayment => Ok(()),
                Err(error) => Err(error.into()),
            })
            .await?;
        let mut view = self.process.view().await?;
        let known = reversals::page(&mut view, (Some(&id), None), None, MOST).await?;
        if known.iter().any(|known| known.reason.as_deref() == Some(key.as_str())) {
            *self.land.customers[customer].gone_back.entry(kind_name(kind)).or_default() += micros;
        }
        Ok(())
    }

    async fn decides(&mut self, customer: usize) -> Result<(), Fault> {
        let id = self.land.customers[customer].id.clone();
        let mut view = self.process.view().await?;
        let open = reversals::page(&mut view, (Some(&id), Some(ReversalState::Open)), None, MOST).await?;
        drop(view);
        if open.is_empty() {
            return Ok(());
        }
        let dispute = open[self.random.place(open.len())].clone();
        let is_won = self.random.chance(50);
        self.note(format!("customer {customer}: a dispute about {} is won: {is_won}", dispute.amount));
        let state = if is_won { ReversalState::Undone } else { ReversalState::Done };
        let key = self.key();
        self.process
            .once(&key, async |work| {
                Ok(reversals::decide(work, &dispute.id, state, dispute.version).await.map(drop)?)
            })
            .await?;
        if is_won {
            *self.land.customers[customer].gone_back.entry(kind_name(dispute.kind)).or_default() -=
                dispute.amount.micros();
        }
        Ok(())
    }
}

/// The kind of the entries of what goes back so.
fn kind_name(kind: ReversalKind) -> &'static str {
    match kind {
        ReversalKind::Bounce => "bounce",
        ReversalKind::Repayment => "repayment",
        ReversalKind::Dispute => "dispute",
    }
}

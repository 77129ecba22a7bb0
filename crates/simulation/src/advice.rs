//! What customers and paid agents do beside calls: they write to each other, packages are taken back, earnings are paid out.

use std::collections::BTreeSet;

use domain::message::Text;
use engine::allowances::{self, AllowanceError};
use engine::messages::{self, MessageError, NewMessage};
use engine::payouts::{self, PayoutError};
use engine::{Actor, Reach};

use crate::Fault;
use crate::world::World;

impl World {
    /// Something of it happens: which customers it concerns.
    pub(crate) async fn advises(&mut self) -> Result<BTreeSet<usize>, Fault> {
        match self.random.below(4) {
            0 | 1 => self.writes().await,
            2 => self.revokes().await,
            _ => self.pays_out().await,
        }
    }

    /// A customer writes to an agent, or the agent to the customer.
    async fn writes(&mut self) -> Result<BTreeSet<usize>, Fault> {
        let customer = self.random.place(self.land.customers.len());
        let agent = self.random.place(self.land.agents.len());
        let from_agent = self.random.chance(30);
        self.note(format!("customer {customer} and agent {agent}: a message, from the agent: {from_agent}"));
        let (of_customer, of_agent) = (self.land.customers[customer].id.clone(), self.land.agents[agent].id.clone());
        let reach = if from_agent {
            Reach::Own { customers: Vec::new(), agent: Some(of_agent.clone()) }
        } else {
            Reach::Own { customers: vec![of_customer.clone()], agent: None }
        };
        let writer = Actor { reach, ..self.process.actor.clone() };
        let text = Text::read("Shall I take the job?")?;
        let new = NewMessage { customer: of_customer, agent: of_agent, text };
        let key = self.key();
        self.process
            .once_as(&writer, &key, async |work| match messages::send(work, new.clone()).await {
                Ok(_) | Err(MessageError::Refused(_)) => Ok(()),
                Err(error) => Err(error.into()),
            })
            .await?;
        self.land.customers[customer].written += u64::from(!from_agent);
        Ok(BTreeSet::from([customer]))
    }

    /// A package is taken back, calls that it serves or not.
    async fn revokes(&mut self) -> Result<BTreeSet<usize>, Fault> {
        let customer = self.random.place(self.land.customers.len());
        let of = self.land.customers[customer].id.clone();
        let grants = allowances::of_customer(&mut self.process.view().await?, &of).await?;
        if grants.is_empty() {
            return Ok(BTreeSet::new());
        }
        let grant = grants[self.random.place(grants.len())].id.clone();
        self.note(format!("customer {customer} loses a package"));
        let key = self.key();
        self.process
            .once(&key, async |work| match allowances::revoke(work, &grant).await {
                Ok(_) | Err(AllowanceError::Revoked(_)) => Ok(()),
                Err(error) => Err(error.into()),
            })
            .await?;
        Ok(BTreeSet::from([customer]))
    }

    /// An agent is paid, and sometimes the bank returns it.
    async fn pays_out(&mut self) -> Result<BTreeSet<usize>, Fault> {
        let place = self.random.place(self.land.agents.len());
        let bounces = self.random.chance(20);
        self.note(format!("agent {place} is paid out, returned by the bank: {bounces}"));
        let (agent, key) = (self.land.agents[place].id.clone(), self.key());
        self.process
            .once(&key, async |work| match payouts::pay(work, &agent, None).await {
                Ok(payout) if bounces => Ok(payouts::bounce(work, &payout.id, None).await.map(drop)?),
                Ok(_) | Err(PayoutError::NothingPayable { .. } | PayoutError::BelowMinimum { .. }) => Ok(()),
                Err(error) => Err(error.into()),
            })
            .await?;
        Ok(BTreeSet::new())
    }
}

use domain::charging::{self, Session};
use domain::money::{Amount, Currency};
use domain::rating::Charge;
use domain::time::Instant;

use super::decide::Means;
use super::load::priced;
use super::purse::{Payer, Purses};
use super::stored::{Frozen, Priced, Stored};
use super::talk_time::look;
use super::{ChargingError, Refused};
use crate::Scope;
use crate::tenants::{self, Tenant};

/// What a running call costs from second to second: loaded once for what it is granted, and computed without the database.
pub struct LiveCost {
    tenant: Tenant,
    session: Session,
    frozen: Frozen,
    priced: Priced,
    purses: Purses,
    customer: String,
    line: String,
}

impl LiveCost {
    /// Of a session as it stands; none, where there is no such session.
    ///
    /// # Errors
    /// The database does not answer, or what is stored cannot be read.
    pub async fn load(scope: &mut impl Scope, session: &str) -> Result<Option<LiveCost>, ChargingError> {
        let number = scope.tenant();
        let Some(record) = storage::charging::get(scope.tx(), number, session).await? else { return Ok(None) };
        let Stored { session, frozen, .. } = Stored::read(&record.id, &record.standing.session)?;
        let tenant = tenants::get(scope).await?;
        let priced = priced(scope, &tenant, &frozen).await?;
        let (customer, line) = (record.customer.unwrap_or_default(), record.line.unwrap_or_default());
        let payer = Payer { customer: &customer, currency: frozen.currency, line: &line, included: frozen.included };
        let purses = look(scope, &payer, &frozen).await?;
        Ok(Some(LiveCost { tenant, session, frozen, priced, purses, customer, line }))
    }

    /// Of what it is charged.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.frozen.currency
    }

    /// What the call would cost if it ended at this instant: what would be charged then.
    ///
    /// # Errors
    /// An amount is beyond its range.
    pub fn at(&self, at: Instant) -> Result<Amount, ChargingError> {
        Ok(self.charge_at(at)?.map_or(Amount::ZERO, |charge| charge.total))
    }

    /// The whole charge, if the call ended at this instant; none before its answer.
    ///
    /// # Errors
    /// An amount is beyond its range.
    pub fn charge_at(&self, at: Instant) -> Result<Option<Charge>, ChargingError> {
        let frozen = &self.frozen;
        let terms = self.priced.terms(frozen);
        let terms = terms.map_err(|reason| ChargingError::Unreadable(self.line.clone(), reason.to_string()))?;
        let payer =
            Payer { customer: &self.customer, currency: frozen.currency, line: &self.line, included: frozen.included };
        let means = Means { purses: &self.purses, settings: &self.tenant.settings, now: at };
        let facts = means.facts((&payer, frozen), terms, self.session.held).map_err(Refused::from)?;
        Ok(charging::charge_at(&self.session, at, &facts).map_err(Refused::from)?)
    }
    /// What the agent who is called has of a charge of this call.
    ///
    /// # Errors
    /// An amount is beyond its range.
    pub fn agent_part(&self, charge: &Charge) -> Result<Amount, ChargingError> {
        let Some(answered_at) = self.session.answered_at() else { return Ok(Amount::ZERO) };
        let pricing = self.frozen.pricing(self.session.mode, &self.tenant.settings.tax_rates);
        Ok(pricing.price(charge, charge.total, answered_at).map_err(Refused::from)?.agent_part)
    }
}

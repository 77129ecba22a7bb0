//! What a message costs, and whether it is taken.

use domain::invalid::Invalid;
use domain::ledger::{Account, Change};
use domain::message::{self, Side};
use domain::money::{Amount, Currency, Overflow};
use domain::split::Split;

use super::{MessageError, NewMessage, Refused};
use crate::accounts::Standing;
use crate::agents::{self, Agent};
use crate::customers::{Customer, CustomerState};
use crate::tenants::{self, Tenant};
use crate::{Scope, Work, blocks};

/// What a message would cost that is sent now. Nothing is stored for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// How many short messages (SMS) the text takes.
    pub segments: usize,
    /// Of what it is charged.
    pub currency: Currency,
    /// What it costs, tax included; `None` where the agent takes no messages.
    pub price: Option<Amount>,
    /// What the customer could spend, with any credit limit and without what is held; `None` where nothing limits it.
    pub available: Option<Amount>,
    /// How much more has to be there.
    pub missing: Amount,
    /// Why it would be refused.
    pub refusal: Option<Refused>,
}

/// The two who talk to each other.
pub(super) struct Parties {
    pub(super) customer: Customer,
    pub(super) agent: Agent,
}

/// Tells what a message of a customer would cost, and whether it would be taken: all is checked that sending checks.
///
/// # Errors
/// There is no such customer or agent, or the database does not answer.
pub async fn quote(scope: &mut impl Scope, new: &NewMessage) -> Result<Quote, MessageError> {
    if !scope.finds("customer", &new.customer, |reach| reach.customer(&new.customer)) {
        return Err(no_customer(&new.customer).into());
    }
    let parties = Parties::load(scope, &new.customer, &new.agent).await?;
    let currency = parties.customer.currency;
    let account = account(scope, &parties.customer).await?;
    let decided = match parties.price(scope).await? {
        Ok(split) => match parties.barred(scope, Side::Customer, split.total()?).await? {
            None => Ok(split),
            Some(refused) => Err(refused),
        },
        refused => refused,
    };
    let price = parties.list_price();
    let refusal = match &decided {
        Err(refused) => Some(refused.clone()),
        Ok(split) => cover(account, split.total()?)?.err(),
    };
    Ok(Quote {
        segments: message::segments(new.text.as_str()),
        currency,
        price,
        available: account.available()?,
        missing: refusal.as_ref().map_or(Ok(None), Refused::missing)?.unwrap_or(Amount::ZERO),
        refusal,
    })
}

/// What a message to an agent costs a customer with an account in this currency; `None` where there is no such agent, or it takes none.
///
/// # Errors
/// The database does not answer.
pub async fn price_of(scope: &mut impl Scope, agent: &str, currency: Currency) -> Result<Option<Amount>, MessageError> {
    let known = agents::known(scope, agent).await?;
    Ok(known.and_then(|agent| agent.details.prices.get(&currency)?.price_per_message))
}

/// What somebody hears who names a customer that is not there, or somebody else's.
pub(super) fn no_customer(id: &str) -> Invalid {
    Invalid::at("/customer", format!("there is no customer {id}"))
}

/// What the customer has at the moment.
async fn account(scope: &mut impl Scope, customer: &Customer) -> Result<Account, MessageError> {
    let (tenant, currency) = (scope.tenant(), customer.currency);
    let record = storage::ledger::account(scope.tx(), tenant, &customer.id, currency.code()).await?;
    Ok(record.map_or(Account::empty(currency), |record| Standing::of(&record, currency).account))
}

/// Whether an account covers a price.
fn cover(account: Account, price: Amount) -> Result<Result<(), Refused>, Overflow> {
    if price.is_zero() {
        return Ok(Ok(()));
    }
    match account.after(Change::Withdraw(price)) {
        Ok(_) => Ok(Ok(())),
        Err(refused) => Refused::of_account(refused, account.currency).map(Err),
    }
}

impl Parties {
    /// The two, whoever asks.
    pub(super) async fn load(scope: &mut impl Scope, customer: &str, agent: &str) -> Result<Parties, MessageError> {
        let tenant = scope.tenant();
        let record = storage::customers::get(scope.tx(), tenant, customer).await?;
        let customer = Customer::of(record.ok_or_else(|| no_customer(customer))?)?;
        let known = agents::known(scope, agent).await?;
        let agent = known.ok_or_else(|| Invalid::at("/agent", format!("there is no agent {agent}")))?;
        Ok(Parties { customer, agent })
    }

    /// The agent's price per message in the customer's currency.
    fn list_price(&self) -> Option<Amount> {
        self.agent.details.prices.get(&self.customer.currency)?.price_per_message
    }

    /// What a message of the customer costs now, and who gets it.
    async fn price(&self, scope: &mut impl Scope) -> Result<Result<Split, Refused>, MessageError> {
        let currency = self.customer.currency;
        let Some(price) = self.list_price() else {
            return Ok(Err(Refused::NoPrice { agent: self.agent.id.clone(), currency }));
        };
        let Tenant { settings, .. } = tenants::get(scope).await?;
        let rate = settings.tax_rates.for_rule(&self.customer.details.tax_rule, scope.now()).map(|rate| rate.rate);
        Ok(Ok(message::charge(price, rate, self.agent.share())?))
    }

    /// Why a message at this price is refused whatever the customer has.
    async fn barred(
        &self,
        scope: &mut impl Scope,
        sender: Side,
        price: Amount,
    ) -> Result<Option<Refused>, MessageError> {
        let customer = &self.customer.id;
        if self.customer.state == CustomerState::Closed {
            return Ok(Some(Refused::CustomerClosed(customer.clone())));
        }
        if blocks::any(scope, customer, &self.agent.id).await? {
            return Ok(Some(Refused::Blocked));
        }
        let costs = sender == Side::Customer && !price.is_zero();
        let suspended = costs && is_suspended(scope, customer).await?;
        Ok(suspended.then(|| Refused::Suspended(customer.clone())))
    }

    /// What a message of this sender is charged, and how that is split; or why it is refused. The accounts that it moves are locked.
    pub(super) async fn decide(&self, work: &mut Work, sender: Side) -> Result<Result<Split, Refused>, MessageError> {
        let split = match sender {
            Side::Agent => Split { agent: Amount::ZERO, tenant: Amount::ZERO, tax: Amount::ZERO },
            Side::Customer => match self.price(work).await? {
                Ok(split) => split,
                refused => return Ok(refused),
            },
        };
        let price = split.total()?;
        if let Some(refused) = self.barred(work, sender, price).await? {
            return Ok(Err(refused));
        }
        if price.is_zero() {
            return Ok(Ok(split));
        }
        let (tenant, currency) = (work.tenant(), self.customer.currency);
        let both = [(self.agent.id.as_str(), currency.code()), (self.customer.id.as_str(), currency.code())];
        let records = storage::ledger::lock_accounts(&mut work.tx, tenant, &both).await?;
        let own = records.iter().find(|record| record.account == self.customer.id);
        let account = own.map_or(Account::empty(currency), |record| Standing::of(record, currency).account);
        Ok(cover(account, price)?.map(|()| split))
    }
}

/// Whether all lines that a customer has are suspended, for whatever reason; one without a line is not.
async fn is_suspended(scope: &mut impl Scope, customer: &str) -> Result<bool, MessageError> {
    let tenant = scope.tenant();
    let lines = storage::lines::of_customer(scope.tx(), tenant, customer).await?;
    let open: Vec<&str> = lines.iter().filter(|line| line.closed_at.is_none()).map(|line| line.id.as_str()).collect();
    if open.is_empty() {
        return Ok(false);
    }
    let suspended = storage::suspensions::suspended_among(scope.tx(), tenant, &open).await?;
    Ok(suspended.len() == open.len())
}

//! Services charged once, at a stated price: a prepaid customer pays at once, a postpaid one finds it on the next invoice.

use domain::invalid::Invalid;
use domain::ledger;
use domain::money::{Amount, Currency, Overflow};
use domain::time::Instant;
use serde::Serialize;
use storage::events::EventRecord;
use storage::lines::LineRecord;
use storage::unbilled::UnbilledRecord;

use super::decide::fingerprint;
use super::{ChargingError, Refused};
use crate::calls::record::check_texts;
use crate::customers::{self, Customer, CustomerError, Mode};
use crate::ledger::{Kind, Party, Posting, Verdict, post};
use crate::tenants::{self, Settings};
use crate::{Actor, Engine, Scope, Work, accounts, fields};

/// A service that is to be charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewEvent {
    /// The switch and what the event is to it: the key of the request.
    pub origin: String,
    /// Who pays.
    pub payer: EventPayer,
    /// Its price, above zero: with its tax for a prepaid customer, without for a postpaid one.
    pub amount: Amount,
    /// Of what; the customer's currency where none is given.
    pub currency: Option<Currency>,
    /// What it is.
    pub description: String,
}

/// Who pays for a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EventPayer {
    /// The customer of the line with this id or number.
    Line(String),
    /// The customer with this id.
    Customer(String),
}

/// A service that was charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChargedEvent {
    /// Its id.
    pub id: String,
    /// The switch and what the event is to it.
    pub origin: String,
    /// Who pays.
    pub customer: String,
    /// For which line, if for one.
    pub line: Option<String>,
    /// What was charged.
    pub amount: Amount,
    /// The tax in it.
    pub tax: Amount,
    /// Of what.
    pub currency: Currency,
    /// What it is.
    pub description: String,
    /// When it was charged.
    pub charged_at: Instant,
    /// Whether it was charged before, by the same request.
    #[serde(skip)]
    pub repeated: bool,
}

impl Engine {
    /// Charges a service once, all or nothing. The same request again, by the same key, gets the same answer.
    ///
    /// # Errors
    /// It is refused, or the database did not do it.
    pub async fn charge_event(&self, by: &Actor, new: &NewEvent) -> Result<ChargedEvent, ChargingError> {
        self.run(by, |work| Box::pin(charge(work, new.clone()))).await
    }
}

async fn charge(work: &mut Work, new: NewEvent) -> Result<ChargedEvent, ChargingError> {
    check_texts(&new.origin, []).map_err(Refused::Invalid)?;
    if new.amount <= Amount::ZERO {
        return Err(Refused::Invalid(Invalid::at("/amount", "must be above zero")).into());
    }
    let asked = fingerprint(&new)?;
    if let Some(known) = known(work, &new.origin, &asked).await? {
        return Ok(known);
    }
    let (customer, line) = payer(work, &new.payer).await?;
    if let Some(given) = new.currency.filter(|given| *given != customer.currency) {
        return Err(Refused::WrongCurrency { given, currency: customer.currency }.into());
    }
    let settings = tenants::get(work).await?.settings;
    let event = ChargedEvent {
        id: work.id("evt"),
        tax: tax(&settings, &customer, (new.amount, work.now()))?,
        origin: new.origin,
        customer: customer.id.clone(),
        line: line.map(|line| line.id),
        amount: new.amount,
        currency: customer.currency,
        description: fields::required("/description", new.description, 200).map_err(Refused::Invalid)?,
        charged_at: work.now(),
        repeated: false,
    };
    let (tenant, record) = (work.tenant(), event.record(work.actor().name.clone(), asked));
    if !storage::events::insert_new(&mut work.tx, tenant, &record).await? {
        // Another request with the origin was quicker.
        let known = known(work, &record.origin, &record.asked).await?;
        return known.ok_or(ChargingError::Contended);
    }
    event.post(work).await?;
    if customer.mode == Mode::Postpaid {
        storage::unbilled::insert(&mut work.tx, tenant, &[event.unbilled()]).await?;
    }
    work.audit("event.charge", &event.id, None, Some(&event)).await?;
    accounts::note_low(work, &settings, &[&event.customer]).await?;
    Ok(event)
}

/// The event of this origin, if it was charged by the same request.
async fn known(work: &mut Work, origin: &str, asked: &str) -> Result<Option<ChargedEvent>, ChargingError> {
    let tenant = work.tenant();
    let Some(record) = storage::events::by_origin(&mut work.tx, tenant, origin).await? else { return Ok(None) };
    if record.owner != work.actor().name {
        return Err(Refused::OriginTaken(record.origin).into());
    }
    if record.asked != asked {
        return Err(Refused::KeyReused.into());
    }
    ChargedEvent::of(record).map(Some)
}

/// The customer who pays, and its line, which must be neither closed nor suspended.
async fn payer(work: &mut Work, payer: &EventPayer) -> Result<(Customer, Option<LineRecord>), ChargingError> {
    let (id, line) = match payer {
        EventPayer::Customer(id) => (id.clone(), None),
        EventPayer::Line(name) => {
            let line = line(work, name).await?;
            (line.customer.clone(), Some(line))
        }
    };
    match customers::get(work, &id).await {
        Ok(customer) => Ok((customer, line)),
        Err(CustomerError::NotFound(_)) => {
            Err(Refused::Invalid(Invalid::at("/customer", "there is no such customer")).into())
        }
        Err(error) => Err(error.into()),
    }
}

async fn line(work: &mut Work, name: &str) -> Result<LineRecord, ChargingError> {
    let tenant = work.tenant();
    let found = if name.starts_with("lin_") {
        storage::lines::get(&mut work.tx, tenant, name).await?
    } else {
        let number = tenants::get(work).await?.settings.dial_plan.canonical(name).map(|number| number.to_string());
        let number = number.map_err(|_| Refused::UnknownLine)?;
        // Whoever has the number now, or had it last.
        storage::lines::by_numbers(&mut work.tx, tenant, &[&number]).await?.pop()
    };
    let line = found.ok_or(Refused::UnknownLine)?;
    if line.closed_at.is_some() {
        return Err(Refused::LineClosed(line.id).into());
    }
    if !storage::suspensions::suspended_among(&mut work.tx, tenant, &[line.id.as_str()]).await?.is_empty() {
        return Err(Refused::LineSuspended(line.id).into());
    }
    Ok(line)
}

/// The tax in a price: a postpaid customer's is without it, and taxed on the invoice.
fn tax(settings: &Settings, customer: &Customer, (amount, at): (Amount, Instant)) -> Result<Amount, ChargingError> {
    if customer.mode == Mode::Postpaid {
        return Ok(Amount::ZERO);
    }
    let rate = settings.tax_rates.for_rule(&customer.details.tax_rule, at);
    let decimals = customer.currency.minor_digits();
    let tax = rate.map_or(Ok(Amount::ZERO), |rate| rate.rate.within_gross(amount, decimals));
    Ok(tax.map_err(Refused::Overflow)?)
}

impl ChargedEvent {
    /// Takes the price from the customer, if it is there, and sets its tax apart.
    async fn post(&self, work: &mut Work) -> Result<(), ChargingError> {
        let price = Posting {
            key: format!("{}/price", self.id),
            kind: Kind::Event,
            from: Party::Customer(self.customer.clone()),
            to: Party::Income,
            amount: self.amount,
            currency: self.currency,
            reference: self.id.clone(),
            guarded: true,
            promotional: Amount::ZERO,
        };
        if let [Verdict::Refused(refused)] = post(work, &[price]).await?[..] {
            return Err(match refused {
                ledger::Refused::InsufficientBalance { available, required } => {
                    Refused::InsufficientBalance { available, required, currency: self.currency }.into()
                }
                // Above zero, and no hold: only an amount beyond its range is left.
                _ => Refused::Overflow(Overflow).into(),
            });
        }
        let of_tax = (format!("{}/tax", self.id), Kind::Event, self.id.as_str());
        let tax =
            Posting::fact(of_tax, Party::Income, Party::Tax, self.tax, self.currency).map_err(Refused::Overflow)?;
        post(work, &tax.into_iter().collect::<Vec<_>>()).await?;
        Ok(())
    }

    /// What goes on the next invoice.
    fn unbilled(&self) -> UnbilledRecord {
        UnbilledRecord {
            id: self.id.clone(),
            kind: "event".to_owned(),
            customer: self.customer.clone(),
            line: self.line.clone(),
            call: None,
            amount: Some(self.amount.micros()),
            tax: None,
            name: Some(self.description.clone()),
            created_at: self.charged_at.millis(),
            document: None,
        }
    }

    fn record(&self, owner: String, asked: String) -> EventRecord {
        EventRecord {
            id: self.id.clone(),
            origin: self.origin.clone(),
            owner,
            asked,
            customer: self.customer.clone(),
            line: self.line.clone(),
            currency: self.currency.code().to_owned(),
            amount: self.amount.micros(),
            tax: self.tax.micros(),
            description: self.description.clone(),
            charged_at: self.charged_at.millis(),
        }
    }

    fn of(record: EventRecord) -> Result<ChargedEvent, ChargingError> {
        let unreadable = |_| ChargingError::Unreadable(record.id.clone(), "its currency".to_owned());
        Ok(ChargedEvent {
            currency: Currency::parse(&record.currency).map_err(unreadable)?,
            id: record.id,
            origin: record.origin,
            customer: record.customer,
            line: record.line,
            amount: Amount::from_micros(record.amount),
            tax: Amount::from_micros(record.tax),
            description: record.description,
            charged_at: Instant::clamped(record.charged_at),
            repeated: true,
        })
    }
}

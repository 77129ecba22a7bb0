//! Payments, credits and adjustments.

pub mod automatic;
pub mod checkouts;
mod credits;
pub mod reversals;

use std::collections::HashMap;

use domain::invalid::Invalid;
use domain::money::{Amount, Currency};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::json;
use storage::allocations::Fund;
use storage::payments::{MoneyFilter, PaymentRecord};

pub use self::credits::{Credit, CreditKind, NewCredit, credit, credits};
pub(crate) use self::credits::{insert_credit, use_credit};
use crate::billing::{self, BillingError};
use crate::customers::{self, Customer, CustomerError, CustomerState, Mode};
use crate::ledger::{self, Kind, LedgerError, Party, Posting};
use crate::webhooks::{self, HookEvent, HookKind};
use crate::{Scope, Work, fields};

/// Money that came in from a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Payment {
    /// Its id.
    pub id: String,
    /// Who paid.
    pub customer: String,
    /// How much.
    pub amount: Amount,
    /// Of what.
    pub currency: Currency,
    /// How.
    pub method: Method,
    /// What the bank or the payer calls it.
    pub reference: Option<String>,
    /// When it came in.
    pub received_at: Instant,
    /// What of it has settled nothing yet: the next invoices use it. A prepaid customer's is on the balance, and nothing waits.
    pub unspent: Amount,
    /// What it settles, the first first.
    pub settles: Vec<Settles>,
    /// What of it went back.
    pub returned: Amount,
}

/// What a payment settles of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Settles {
    /// The invoice.
    pub invoice: String,
    /// Its number.
    pub number: Option<String>,
    /// How much.
    pub amount: Amount,
}

/// How a payment was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Cash.
    Cash,
    /// A card, by a provider.
    Card,
    /// A bank transfer.
    Transfer,
    /// A voucher that was redeemed: nobody records it by hand.
    Voucher,
    /// Anything else.
    Other,
}

/// A payment to be recorded.
#[derive(Debug, Clone)]
pub struct NewPayment {
    /// Who paid.
    pub customer: String,
    /// How much.
    pub amount: Amount,
    /// Of what; the customer's currency where none is given.
    pub currency: Option<Currency>,
    /// How.
    pub method: Method,
    /// What the bank or the payer calls it.
    pub reference: Option<String>,
    /// When it came in; now, where none is given.
    pub received_at: Option<Instant>,
    /// The invoice (by id or number) that it settles first; the oldest unpaid one, where none is given.
    pub invoice: Option<String>,
}

/// Why a payment or credit is not recorded.
#[derive(Debug, thiserror::Error)]
pub enum PaymentError {
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The amount is in another currency than the customer's account.
    #[error("the amount is in {given}, the customer's account in {currency}")]
    WrongCurrency {
        /// The currency of the amount.
        given: Currency,
        /// The customer's.
        currency: Currency,
    },
    /// A postpaid customer has no balance that promotional credit could be spent from.
    #[error("promotional credit is for prepaid customers, and {0} is postpaid: give a credit")]
    NotPrepaid(String),
    /// Nobody can pay for a customer that is closed and owes less.
    #[error("the customer is closed, and owes {owed}: no more can be paid")]
    Closed {
        /// What it owes.
        owed: Amount,
    },
    /// What told of it is on record: the money came in once.
    #[error("the payment of {0} is recorded already")]
    Taken(String),
    /// The customer cannot have it.
    #[error(transparent)]
    Customer(#[from] CustomerError),
    /// It could not settle anything.
    #[error(transparent)]
    Billing(#[from] BillingError),
    /// The ledger did not take it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(PaymentError: Billing, Customer, Ledger);

/// Records a payment: it is on the customer's account at once. A postpaid customer's settles invoices, the one that it names first,
/// then the oldest first; what is left waits for the next one. A prepaid customer gets a receipt.
///
/// # Errors
/// The amount is not above zero, is finer than its currency or in another one, a field makes no sense, there is no such customer, or no such invoice that
/// it has to pay; the customer is closed and owes less; or the method is a voucher, which is redeemed.
pub async fn record(work: &mut Work, new: NewPayment) -> Result<Payment, PaymentError> {
    if new.method == Method::Voucher {
        return Err(Invalid::at("/method", "is no method to record: the code of a voucher is redeemed").into());
    }
    let customer = payer(work, &new.customer, new.currency).await?;
    may_pay(work, &customer, new.amount).await?;
    take(work, new, Source { from: Party::Cash, origin: None }).await
}

/// Refuses more than a closed customer owes: nobody would ever use it.
pub(crate) async fn may_pay(work: &mut Work, customer: &Customer, amount: Amount) -> Result<(), PaymentError> {
    if customer.state != CustomerState::Closed {
        return Ok(());
    }
    let tenant = work.tenant();
    let open = storage::documents::open_invoices(&mut work.tx, tenant, &[&customer.id]).await?;
    let owed = open.iter().map(|invoice| invoice.total - invoice.settled).fold(0_i64, i64::saturating_add);
    let owed = Amount::from_micros(owed);
    if amount > owed { Err(PaymentError::Closed { owed }) } else { Ok(()) }
}

/// What the origins begin with of payments that came by a bank's file: nobody tells what becomes of them but the bank.
pub(crate) const OF_BANK: &str = "bank/";

/// Where a payment comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    /// Whose money it was.
    pub(crate) from: Party,
    /// What told of it, where nobody recorded it by hand: the same is never taken twice.
    pub(crate) origin: Option<String>,
}

/// Takes a payment, as [`record`] does, from a source.
///
/// # Errors
/// Those of [`record`], or what told of it is on record.
pub(crate) async fn take(work: &mut Work, new: NewPayment, source: Source) -> Result<Payment, PaymentError> {
    let customer = payer(work, &new.customer, new.currency).await?;
    let invoice = named_invoice(work, &customer, new.invoice.as_deref()).await?;
    if new.amount <= Amount::ZERO {
        return Err(Invalid::at("/amount", "must be above zero").into());
    }
    payable(new.amount, customer.currency)?;
    let received_at = new.received_at.unwrap_or(work.now());
    if received_at > work.now() {
        return Err(Invalid::at("/received_at", "must not be in the future").into());
    }
    let mut payment = Payment {
        id: work.id("pay"),
        customer: customer.id.clone(),
        amount: new.amount,
        currency: customer.currency,
        method: new.method,
        reference: fields::remark("/reference", new.reference, 200)?,
        received_at,
        unspent: Amount::ZERO,
        settles: Vec::new(),
        returned: Amount::ZERO,
    };
    let record = PaymentRecord {
        tenant: work.tenant(),
        id: payment.id.clone(),
        customer: payment.customer.clone(),
        currency: payment.currency.code().to_owned(),
        amount: payment.amount.micros(),
        method: method_name(payment.method).to_owned(),
        reference: payment.reference.clone(),
        received_at: received_at.millis(),
        created_at: work.now().millis(),
        unspent: 0,
        origin: source.origin,
        returned: 0,
    };
    if !storage::payments::insert(&mut work.tx, &record).await? {
        return Err(PaymentError::Taken(record.origin.unwrap_or_default()));
    }
    let posting = Posting {
        key: format!("{}/payment", payment.id),
        kind: Kind::Payment,
        from: source.from,
        to: Party::Customer(customer.id.clone()),
        amount: payment.amount,
        currency: payment.currency,
        reference: payment.id.clone(),
        guarded: false,
        promotional: Amount::ZERO,
    };
    ledger::post(work, &[posting]).await?;
    let fund = Fund {
        source: payment.id.clone(),
        kind: "payment".to_owned(),
        customer: customer.id.clone(),
        unspent: payment.amount.micros(),
        came_at: received_at.millis(),
        name: payment.reference.clone(),
    };
    payment.unspent = use_fund(work, &customer, &fund, invoice.as_deref()).await?;
    if customer.mode == Mode::Prepaid {
        billing::receipt(work, &customer, &payment).await?;
    }
    with_settled(work, std::slice::from_mut(&mut payment)).await?;
    work.audit("payment.record", &payment.id, None, Some(&payment)).await?;
    tell(work, &payment).await?;
    Ok(payment)
}

/// Tells webhooks that money came in.
async fn tell(work: &mut Work, payment: &Payment) -> Result<(), PaymentError> {
    if !webhooks::wants(work, HookKind::BalanceToppedUp).await? {
        return Ok(());
    }
    let (tenant, currency) = (work.tenant(), payment.currency);
    let account = storage::ledger::account(&mut work.tx, tenant, &payment.customer, currency.code()).await?;
    let balance = Amount::from_micros(account.map_or(0, |account| account.balance));
    let data = json!({
        "payment": payment.id,
        "customer": payment.customer,
        "currency": currency,
        "amount": payment.amount.to_text(currency),
        "balance": balance.to_text(currency),
    });
    Ok(webhooks::raise(work, &[HookEvent { kind: HookKind::BalanceToppedUp, id: payment.id.clone(), data }]).await?)
}

/// The id of the invoice that a payment names.
async fn named_invoice(
    work: &mut Work,
    customer: &Customer,
    invoice: Option<&str>,
) -> Result<Option<String>, PaymentError> {
    let Some(invoice) = invoice else { return Ok(None) };
    match billing::find(work, invoice).await {
        Ok(found) if found.customer == customer.id && found.is_open() => Ok(Some(found.id)),
        Err(BillingError::Storage(error)) => Err(error.into()),
        _ => Err(Invalid::at("/invoice", "is no invoice that this customer has to pay").into()),
    }
}

/// Lets what came in settle what is unpaid, and keeps what is left for the next invoice; answers that. A prepaid customer's lines
/// may have waited for it.
async fn use_fund(
    work: &mut Work,
    customer: &Customer,
    fund: &Fund,
    invoice: Option<&str>,
) -> Result<Amount, PaymentError> {
    if customer.mode == Mode::Prepaid {
        billing::settle_fees(work, &customer.id).await?;
        return Ok(Amount::ZERO);
    }
    let left = billing::settle_by(work, fund, invoice).await?;
    let tenant = work.tenant();
    storage::allocations::spend(&mut work.tx, tenant, &fund.source, &fund.kind, left.micros()).await?;
    Ok(left)
}

/// Finds what these payments settle.
async fn with_settled(scope: &mut impl Scope, payments: &mut [Payment]) -> Result<(), PaymentError> {
    let tenant = scope.tenant();
    let ids: Vec<&str> = payments.iter().map(|payment| payment.id.as_str()).collect();
    let mut settled: HashMap<String, Vec<Settles>> = HashMap::new();
    for row in storage::allocations::of_sources(scope.tx(), tenant, &ids).await? {
        let of_source = settled.entry(row.source).or_default();
        let amount = Amount::from_micros(row.amount);
        match of_source.iter_mut().find(|settles| settles.invoice == row.document) {
            Some(settles) => settles.amount = settles.amount.plus(amount).map_err(LedgerError::from)?,
            None => of_source.push(Settles { invoice: row.document, number: row.number, amount }),
        }
    }
    for payment in payments {
        payment.settles = settled.remove(&payment.id).unwrap_or_default();
        payment.settles.retain(|settles| !settles.amount.is_zero());
    }
    Ok(())
}

/// Lets what came back of a payment settle what is unpaid, as if it had just come in.
async fn use_again(
    work: &mut Work,
    customer: &Customer,
    record: &PaymentRecord,
    back: Amount,
) -> Result<(), PaymentError> {
    let of_payment = back.min(Amount::from_micros(record.returned));
    let (tenant, returned) = (work.tenant(), of_payment.negated().map_err(LedgerError::from)?.micros());
    storage::payments::send_back(&mut work.tx, tenant, &record.id, (0, returned)).await?;
    let fund = Fund {
        source: record.id.clone(),
        kind: "payment".to_owned(),
        customer: customer.id.clone(),
        unspent: of_payment.micros(),
        came_at: record.received_at,
        name: record.reference.clone(),
    };
    use_fund(work, customer, &fund, None).await?;
    // More than the payment was went back, as it can where it is disputed and paid back at once.
    let beyond = back.minus(of_payment).map_err(LedgerError::from)?;
    if beyond.is_zero() {
        return Ok(());
    }
    let credit = Credit {
        id: work.id("crd"),
        customer: customer.id.clone(),
        kind: CreditKind::Adjustment,
        amount: beyond,
        currency: customer.currency,
        reason: format!("Back of payment {}", record.id),
        created_at: work.now(),
    };
    insert_credit(work, &credit).await?;
    use_credit(work, customer, &credit).await
}

/// Refuses what nobody can pay or be paid.
pub(crate) fn payable(amount: Amount, currency: Currency) -> Result<(), Invalid> {
    if amount.is_payable(currency) {
        return Ok(());
    }
    let example = Amount::from_micros(12 * 1_000_000).to_text(currency);
    let decimals = match currency.minor_digits() {
        0 => "no decimals".to_owned(),
        digits => format!("at most {digits} decimals"),
    };
    Err(Invalid::at(
        "/amount",
        format!("{amount} is no sum of {currency}, which has {decimals}: write it like \"{example}\""),
    ))
}

pub(crate) async fn payer(work: &mut Work, id: &str, given: Option<Currency>) -> Result<Customer, PaymentError> {
    let customer = customers::get(work, id).await?;
    match given {
        Some(given) if given != customer.currency => {
            Err(PaymentError::WrongCurrency { given, currency: customer.currency })
        }
        _ => Ok(customer),
    }
}

/// A page of payments, of one customer or of all, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    scope: &mut impl Scope,
    customer: Option<&str>,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<Payment>, PaymentError> {
    let (tenant, limited) = (scope.tenant(), scope.reach().limited(customer));
    let filter = MoneyFilter { customer: limited.customer.as_deref(), among: limited.among.as_deref(), before };
    let records = storage::payments::page(scope.tx(), tenant, &filter, limit).await?;
    let mut payments: Vec<Payment> = records.into_iter().map(payment_of).collect::<Result<_, _>>()?;
    with_settled(scope, &mut payments).await?;
    Ok(payments)
}

fn payment_of(record: PaymentRecord) -> Result<Payment, PaymentError> {
    Ok(Payment {
        id: record.id,
        customer: record.customer,
        amount: Amount::from_micros(record.amount),
        currency: currency_of(&record.currency)?,
        method: match record.method.as_str() {
            "cash" => Method::Cash,
            "card" => Method::Card,
            "transfer" => Method::Transfer,
            "voucher" => Method::Voucher,
            _ => Method::Other,
        },
        reference: record.reference,
        received_at: Instant::clamped(record.received_at),
        unspent: Amount::from_micros(record.unspent),
        settles: Vec::new(),
        returned: Amount::from_micros(record.returned),
    })
}

fn currency_of(code: &str) -> Result<Currency, Invalid> {
    Currency::parse(code).map_err(|error| Invalid::at("/currency", error.to_string()))
}

fn method_name(method: Method) -> &'static str {
    match method {
        Method::Cash => "cash",
        Method::Card => "card",
        Method::Transfer => "transfer",
        Method::Voucher => "voucher",
        Method::Other => "other",
    }
}

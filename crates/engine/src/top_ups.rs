//! Requests for top-ups: a customer asks to have money put on its account, and the staff say what has become of it. Nothing is posted by
//! that: money that came in is a payment.

use domain::invalid::Invalid;
use domain::money::{Amount, Currency};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use storage::top_ups::{TopUpFilter, TopUpRecord};

use crate::customers::{self, CustomerError};
use crate::payments;
use crate::{Change, ChangeKind, Scope, Work, fields};

/// A request for a top-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TopUp {
    /// Its id.
    pub id: String,
    /// Who asks.
    pub customer: String,
    /// How much.
    pub amount: Amount,
    /// Of what: the customer's currency.
    pub currency: Currency,
    /// What the customer says of it.
    pub note: Option<String>,
    /// What has become of it.
    pub state: TopUpState,
    /// The payment that came of it.
    pub payment: Option<String>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was answered.
    pub decided_at: Option<Instant>,
    /// By whom, as the audit trail names them.
    pub decided_by: Option<String>,
    /// Counts the changes.
    pub version: i64,
}

/// What has become of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TopUpState {
    /// Nobody has answered it.
    Open,
    /// The money is there.
    Done,
    /// It will not be.
    Declined,
}

/// Why a request is not made, shown or answered.
#[derive(Debug, thiserror::Error)]
pub enum TopUpError {
    /// There is no such request.
    #[error("there is no request for a top-up {0}")]
    NotFound(String),
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The customer has as many requests open as it may.
    #[error("{most} requests for a top-up are open, as many as may be: wait until they are answered")]
    MostOpen {
        /// How many.
        most: i64,
    },
    /// It was answered before.
    #[error("the request for a top-up {0} is answered already")]
    Decided(String),
    /// Somebody else changed the request meanwhile.
    #[error("the request was changed meanwhile: it is at version {current}")]
    Changed {
        /// The version now.
        current: i64,
    },
    /// There is no such customer.
    #[error(transparent)]
    Customer(#[from] CustomerError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(TopUpError: Customer);

/// How many requests of a customer may be open at once.
const MOST_OPEN: i64 = 10;

/// Asks for a top-up of a customer's account.
///
/// # Errors
/// There is no such customer, the amount is none that it can pay, the note makes no sense, or too many requests are open.
pub async fn request(
    work: &mut Work,
    customer: &str,
    amount: Amount,
    note: Option<String>,
) -> Result<TopUp, TopUpError> {
    let customer = customers::get(work, customer).await?;
    if amount <= Amount::ZERO {
        return Err(Invalid::at("/amount", "must be above zero").into());
    }
    payments::payable(amount, customer.currency)?;
    let tenant = work.tenant();
    if storage::top_ups::count_open(&mut work.tx, tenant, &customer.id).await? >= MOST_OPEN {
        return Err(TopUpError::MostOpen { most: MOST_OPEN });
    }
    let request = TopUp {
        id: work.id("tup"),
        customer: customer.id,
        amount,
        currency: customer.currency,
        note: fields::remark("/note", note, 500)?,
        state: TopUpState::Open,
        payment: None,
        created_at: work.now(),
        decided_at: None,
        decided_by: None,
        version: 1,
    };
    storage::top_ups::insert(&mut work.tx, tenant, &request.record()).await?;
    work.audit("top_up_request.make", &request.id, None, Some(&request)).await?;
    has_changed(work, &request);
    Ok(request)
}

/// Says what has become of a request, if it is at this version: it is done, perhaps by this payment, or declined.
///
/// # Errors
/// There is no such request, or it is answered already or was changed meanwhile; or the payment is none of the customer's.
pub async fn decide(
    work: &mut Work,
    id: &str,
    state: TopUpState,
    payment: Option<String>,
    version: i64,
) -> Result<TopUp, TopUpError> {
    let before = get(work, id).await?;
    if before.version != version {
        return Err(TopUpError::Changed { current: before.version });
    }
    if before.state != TopUpState::Open {
        return Err(TopUpError::Decided(before.id));
    }
    if state == TopUpState::Open {
        return Err(Invalid::at("/state", "must be done or declined").into());
    }
    if let Some(payment) = &payment {
        paid(work, &before, (state, payment)).await?;
    }
    let after = TopUp {
        state,
        payment,
        decided_at: Some(work.now()),
        decided_by: Some(work.actor().name.clone()),
        version: version + 1,
        ..before.clone()
    };
    let tenant = work.tenant();
    if !storage::top_ups::decide(&mut work.tx, tenant, &after.record()).await? {
        return Err(TopUpError::Changed { current: after.version });
    }
    work.audit("top_up_request.decide", id, Some(&before), Some(&after)).await?;
    has_changed(work, &after);
    Ok(after)
}

/// Refuses a payment that is none of who asked, or of a request that is declined.
async fn paid(work: &mut Work, request: &TopUp, (state, payment): (TopUpState, &str)) -> Result<(), TopUpError> {
    if state != TopUpState::Done {
        return Err(Invalid::at("/payment", "is for a request that is done").into());
    }
    let tenant = work.tenant();
    if storage::payments::payer(&mut work.tx, tenant, payment).await?.as_ref() != Some(&request.customer) {
        return Err(Invalid::at("/payment", "is no payment of this customer").into());
    }
    Ok(())
}

async fn get(work: &mut Work, id: &str) -> Result<TopUp, TopUpError> {
    let tenant = work.tenant();
    let record = storage::top_ups::get(&mut work.tx, tenant, id).await?;
    let own = record.filter(|record| work.finds("top_up_request", id, |reach| reach.customer(&record.customer)));
    TopUp::of(own.ok_or_else(|| TopUpError::NotFound(id.to_owned()))?)
}

/// A page of requests, of one customer or of all, in one state or in any; the newest first, those before `before`.
///
/// # Errors
/// There is no such customer, or the database does not answer.
pub async fn page(
    scope: &mut impl Scope,
    (customer, state): (Option<&str>, Option<TopUpState>),
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<TopUp>, TopUpError> {
    match customer {
        Some(customer) => drop(customers::get(scope, customer).await?),
        None if !scope.reach().is_whole() => return Ok(Vec::new()),
        None => {}
    }
    let tenant = scope.tenant();
    let filter = TopUpFilter { customer, state: state.map(TopUpState::name), before };
    storage::top_ups::page(scope.tx(), tenant, &filter, limit).await?.into_iter().map(TopUp::of).collect()
}

fn has_changed(work: &mut Work, request: &TopUp) {
    let (tenant, id, customer) = (work.tenant(), request.id.clone(), Some(request.customer.clone()));
    work.tells(Change { tenant, kind: ChangeKind::TopUpRequest, id, customer, agent: None });
}

impl TopUpState {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            TopUpState::Open => "open",
            TopUpState::Done => "done",
            TopUpState::Declined => "declined",
        }
    }
}

impl TopUp {
    fn of(record: TopUpRecord) -> Result<TopUp, TopUpError> {
        let currency = Currency::parse(&record.currency);
        Ok(TopUp {
            id: record.id,
            customer: record.customer,
            amount: Amount::from_micros(record.amount),
            currency: currency.map_err(|error| Invalid::at("/currency", error.to_string()))?,
            note: record.note,
            state: match record.state.as_str() {
                "done" => TopUpState::Done,
                "declined" => TopUpState::Declined,
                _ => TopUpState::Open,
            },
            payment: record.payment,
            created_at: Instant::clamped(record.created_at),
            decided_at: record.decided_at.map(Instant::clamped),
            decided_by: record.decided_by,
            version: record.version,
        })
    }

    fn record(&self) -> TopUpRecord {
        TopUpRecord {
            id: self.id.clone(),
            customer: self.customer.clone(),
            currency: self.currency.code().to_owned(),
            amount: self.amount.micros(),
            note: self.note.clone(),
            state: self.state.name().to_owned(),
            payment: self.payment.clone(),
            created_at: self.created_at.millis(),
            decided_at: self.decided_at.map(Instant::millis),
            decided_by: self.decided_by.clone(),
            version: self.version,
        }
    }
}

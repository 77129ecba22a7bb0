//! Voucher codes: made in batches, printed, sold, and redeemed once each by a customer, on whose account the amount is as a payment.

mod code;
mod guessing;
mod redeem;

use domain::invalid::Invalid;
use domain::money::{Amount, Currency};
use domain::time::Instant;
use serde::Serialize;
use storage::vouchers::{BatchRecord, CountedBatch, VoucherRecord};

use self::code::Code;
pub use self::redeem::{Refusal, redeem};
use crate::customers::CustomerError;
use crate::payments::{self, PaymentError};
use crate::people::MachineError;
use crate::tenants::{self, TenantError};
use crate::{Scope, Work, fields};

/// Vouchers that were made together, each worth the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Batch {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What each voucher is worth.
    pub amount: Amount,
    /// In what.
    pub currency: Currency,
    /// How many vouchers there are.
    pub count: i64,
    /// How many of them are redeemed.
    pub redeemed: i64,
    /// From when on they are worth nothing.
    pub expires_at: Option<Instant>,
    /// When it was made.
    pub created_at: Instant,
    /// By whom, as the audit trail names them.
    pub created_by: String,
    /// When what was not redeemed of it became worthless.
    pub revoked_at: Option<Instant>,
}

/// A batch to be made.
#[derive(Debug, Clone)]
pub struct NewBatch {
    /// What it is called, up to 200 characters.
    pub name: String,
    /// What each voucher is worth.
    pub amount: Amount,
    /// In what; the tenant's currency where none is given.
    pub currency: Option<Currency>,
    /// How many vouchers, 1 to 1000.
    pub count: i64,
    /// From when on they are worth nothing; never, where none is given.
    pub expires_at: Option<Instant>,
}

/// A voucher, as the staff see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Voucher {
    /// Which of its batch it is, from 1.
    pub position: i64,
    /// The last four letters of its code.
    pub ending: String,
    /// The customer who has redeemed it.
    pub redeemed_by: Option<String>,
    /// When.
    pub redeemed_at: Option<Instant>,
    /// The payment that came of it.
    pub payment: Option<String>,
}

/// Why a batch is not made, shown or revoked, or nothing became of a redemption.
#[derive(Debug, thiserror::Error)]
pub enum VoucherError {
    /// There is no such batch.
    #[error("there is no batch of vouchers {0}")]
    NotFound(String),
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// It was revoked before.
    #[error("the batch of vouchers {0} was revoked before")]
    Revoked(String),
    /// There is no such customer.
    #[error(transparent)]
    Customer(#[from] CustomerError),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The amount could not be put on the account.
    #[error(transparent)]
    Payment(#[from] PaymentError),
    /// The machine gave no codes.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(VoucherError: Customer, Tenant, Payment);

/// How many vouchers a batch may have.
const MOST: i64 = 1000;

/// Makes a batch; answers it with the codes of its vouchers in their order. They are kept nowhere.
///
/// # Errors
/// The amount is none that can be paid in the currency, another field makes no sense, or the machine gives no random numbers.
pub async fn make(work: &mut Work, new: NewBatch) -> Result<(Batch, Vec<String>), VoucherError> {
    let currency = match new.currency {
        Some(currency) => currency,
        None => tenants::get(work).await?.settings.currency,
    };
    if new.amount <= Amount::ZERO {
        return Err(Invalid::at("/amount", "must be above zero").into());
    }
    payments::payable(new.amount, currency)?;
    if !(1..=MOST).contains(&new.count) {
        return Err(Invalid::at("/count", format!("must be 1 to {MOST} vouchers, not {}", new.count)).into());
    }
    if new.expires_at.is_some_and(|expires_at| expires_at <= work.now()) {
        return Err(Invalid::at("/expires_at", "must be in the future").into());
    }
    let batch = Batch {
        id: work.id("vba"),
        name: fields::required("/name", new.name, 200)?,
        amount: new.amount,
        currency,
        count: new.count,
        redeemed: 0,
        expires_at: new.expires_at,
        created_at: work.now(),
        created_by: work.actor.name.clone(),
        revoked_at: None,
    };
    let codes: Vec<Code> = (0..new.count).map(|_| Code::random()).collect::<Result<_, _>>()?;
    let vouchers: Vec<VoucherRecord> =
        (1..).zip(&codes).map(|(position, code)| blank(&batch.id, position, code)).collect();
    let tenant = work.tenant();
    storage::vouchers::insert_batch(&mut work.tx, tenant, &batch.record()).await?;
    if storage::vouchers::insert(&mut work.tx, tenant, &vouchers).await? < vouchers.len() {
        return Err(MachineError::NoRandomness("a code came twice".to_owned()).into());
    }
    work.audit("voucher_batch.make", &batch.id, None, Some(&batch)).await?;
    Ok((batch, codes.iter().map(Code::shown).collect()))
}

/// A voucher that nobody has redeemed.
fn blank(batch: &str, position: i64, code: &Code) -> VoucherRecord {
    VoucherRecord {
        digest: code.digest(),
        batch: batch.to_owned(),
        position,
        ending: code.ending(),
        redeemed_by: None,
        redeemed_at: None,
        payment: None,
    }
}

/// Revokes a batch: what is not redeemed of it is worth nothing from now on.
///
/// # Errors
/// There is none, or it was revoked before.
pub async fn revoke(work: &mut Work, id: &str) -> Result<Batch, VoucherError> {
    let (tenant, now) = (work.tenant(), work.now());
    let revoked = storage::vouchers::revoke(&mut work.tx, tenant, id, now.millis()).await?;
    // Nothing of it is redeemed from here on, so that what is counted stays so.
    let after = get(work, id).await?;
    if !revoked {
        return Err(VoucherError::Revoked(id.to_owned()));
    }
    let before = Batch { revoked_at: None, ..after.clone() };
    work.audit("voucher_batch.revoke", id, Some(&before), Some(&after)).await?;
    Ok(after)
}

/// The batch.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn get(scope: &mut impl Scope, id: &str) -> Result<Batch, VoucherError> {
    let tenant = scope.tenant();
    let record = storage::vouchers::batch(scope.tx(), tenant, id).await?;
    let own = record.filter(|_| scope.finds("voucher_batch", id, crate::Reach::is_whole));
    Batch::of(own.ok_or_else(|| VoucherError::NotFound(id.to_owned()))?)
}

/// A page of batches, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn page(scope: &mut impl Scope, before: Option<&str>, limit: i64) -> Result<Vec<Batch>, VoucherError> {
    if !scope.reach().is_whole() {
        return Ok(Vec::new());
    }
    let tenant = scope.tenant();
    storage::vouchers::batches(scope.tx(), tenant, before, limit).await?.into_iter().map(Batch::of).collect()
}

/// A page of a batch's vouchers in their order, those after a position.
///
/// # Errors
/// There is no such batch, or the database does not answer.
pub async fn vouchers(
    scope: &mut impl Scope,
    batch: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<Voucher>, VoucherError> {
    get(scope, batch).await?;
    let tenant = scope.tenant();
    let records = storage::vouchers::page(scope.tx(), tenant, batch, after, limit).await?;
    Ok(records.into_iter().map(Voucher::of).collect())
}

fn currency_of(code: &str) -> Result<Currency, Invalid> {
    Currency::parse(code).map_err(|error| Invalid::at("/currency", error.to_string()))
}

impl Batch {
    fn of(CountedBatch { batch, redeemed }: CountedBatch) -> Result<Self, VoucherError> {
        Ok(Batch {
            id: batch.id,
            name: batch.name,
            amount: Amount::from_micros(batch.amount),
            currency: currency_of(&batch.currency)?,
            count: batch.vouchers,
            redeemed,
            expires_at: batch.expires_at.map(Instant::clamped),
            created_at: Instant::clamped(batch.created_at),
            created_by: batch.created_by,
            revoked_at: batch.revoked_at.map(Instant::clamped),
        })
    }

    fn record(&self) -> BatchRecord {
        BatchRecord {
            id: self.id.clone(),
            name: self.name.clone(),
            currency: self.currency.code().to_owned(),
            amount: self.amount.micros(),
            vouchers: self.count,
            expires_at: self.expires_at.map(Instant::millis),
            created_at: self.created_at.millis(),
            created_by: self.created_by.clone(),
            revoked_at: self.revoked_at.map(Instant::millis),
        }
    }
}

impl Voucher {
    fn of(record: VoucherRecord) -> Self {
        Voucher {
            position: record.position,
            ending: record.ending,
            redeemed_by: record.redeemed_by,
            redeemed_at: record.redeemed_at.map(Instant::clamped),
            payment: record.payment,
        }
    }
}

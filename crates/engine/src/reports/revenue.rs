//! Revenue and tax, month by month.

use std::collections::BTreeMap;

use domain::money::{Amount, Currency};
use domain::months;
use domain::period::Period;

use super::ReportError;
use crate::ledger::Kind;
use crate::{Scope, tenants};

/// How many months there are, where it is not said which: the last twelve whole ones, and this.
const MONTHS: usize = 13;

/// What was earned in a month by a kind of service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revenue {
    /// Such as `2026-10`.
    pub month: String,
    /// Of what.
    pub currency: Currency,
    /// `calls`, `messages`, `fees`, `services`, `tax` (that of invoices and of fees), `corrections`, `rounding` or `other`.
    pub kind: &'static str,
    /// What is the tenant's of it: what came to `income`, less what was taken from it.
    pub net: Amount,
    /// What is the tax office's.
    pub tax: Amount,
}

/// What an accountant puts together. Every kind has its place, so that the sums are those of the accounts.
fn kind_of_service(kind: Kind) -> &'static str {
    match kind {
        Kind::Call | Kind::Rerating => "calls",
        Kind::Message => "messages",
        Kind::Fee => "fees",
        Kind::Event => "services",
        Kind::Tax => "tax",
        Kind::CreditNote | Kind::Refund => "corrections",
        Kind::Rounding => "rounding",
        Kind::Payment
        | Kind::Credit
        | Kind::Adjustment
        | Kind::OpeningBalance
        | Kind::WriteOff
        | Kind::Promotional
        | Kind::Transfer
        | Kind::Bounce
        | Kind::Repayment
        | Kind::Dispute
        | Kind::Payout => "other",
    }
}

/// Revenue and tax of local months, by currency and kind of service: up to `last`, or this month, and from `first`, or the one twelve months before.
///
/// # Errors
/// `first` is after `last`, a sum is beyond its range, or the database does not answer.
pub async fn revenue(
    scope: &mut impl Scope,
    first: Option<Period>,
    last: Option<Period>,
) -> Result<Vec<Revenue>, ReportError> {
    let zone = tenants::get(scope).await?.settings.time_zone;
    let today = zone.date(scope.now());
    let last_day = last.map_or(today, Period::from);
    let wanted = match first {
        Some(first) => months::between(first.from(), last_day),
        None => months::up_to(last_day, MONTHS),
    };
    if wanted.is_empty() {
        let name = |month: Option<Period>| month.or_else(|| months::of(today)).map(months::name).unwrap_or_default();
        return Err(ReportError::NoMonths { from: name(first), to: name(last) });
    }
    let times: Vec<(i64, i64)> =
        wanted.iter().map(|month| month.instants(&zone)).map(|(a, b)| (a.millis(), b.millis())).collect();
    let names: BTreeMap<i64, String> =
        times.iter().map(|(from, _)| *from).zip(wanted.into_iter().map(months::name)).collect();
    let tenant = scope.tenant();
    let mut sums: BTreeMap<(i64, Currency, &'static str), (Amount, Amount)> = BTreeMap::new();
    for record in storage::reports::revenue(scope.tx(), tenant, &times).await? {
        let kind = Kind::named(&record.kind).map_or("other", kind_of_service);
        let (net, tax) = sums.entry((record.from_at, Currency::parse(&record.currency)?, kind)).or_default();
        *net = net.plus(Amount::from_micros(record.net))?;
        *tax = tax.plus(Amount::from_micros(record.tax))?;
    }
    let row = |((from, currency, kind), (net, tax))| Revenue {
        month: names.get(&from).cloned().unwrap_or_default(),
        currency,
        kind,
        net,
        tax,
    };
    Ok(sums.into_iter().map(row).collect())
}

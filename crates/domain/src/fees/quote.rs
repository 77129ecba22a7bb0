use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};

use super::{FeeInput, Fees, FeesError, Proration, Subscription, Suspension, prorate};
use crate::document::{CurrencyCode, Price, ZoneName};
use crate::invalid::{self, Invalid};
use crate::money::{Currency, Overflow};
use crate::period::Period;
use crate::time::Instant;

/// Why a quote of fees can't be given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FeesQuoteError {
    /// The request is wrong.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The fees are beyond the range of an amount.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

/// A request as JSON has it. `id` and `kind` are read by whoever chose this door.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    #[serde(rename = "id")]
    _id: Option<IgnoredAny>,
    #[serde(rename = "kind")]
    _kind: Option<IgnoredAny>,
    time_zone: ZoneName,
    currency: CurrencyCode,
    #[serde(default)]
    proration: Proration,
    period: Period,
    subscriptions: Vec<SubscriptionDocument>,
    #[serde(default)]
    suspensions: Vec<SuspensionDocument>,
    #[serde(default)]
    fee_while_suspended: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SubscriptionDocument {
    #[serde(default)]
    name: String,
    monthly_fee: Price,
    from: Instant,
    to: Option<Instant>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SuspensionDocument {
    from: Instant,
    to: Option<Instant>,
}

/// Answers a quote of the kind `fees` with the fields `lines` and `total`. By the second, a line shows whole seconds; a rest of
/// milliseconds is paid for, but not shown.
///
/// # Errors
/// The request is wrong, or the fees are beyond the range of an amount.
pub fn quote(request: &[u8]) -> Result<Map<String, Value>, FeesQuoteError> {
    let request: Request = invalid::parse(request)?;
    let subscriptions: Vec<Subscription> = request.subscriptions.into_iter().map(Subscription::from).collect();
    let suspensions: Vec<Suspension> = request.suspensions.into_iter().map(Suspension::from).collect();
    let input = FeeInput {
        zone: &request.time_zone.0,
        currency: request.currency.0,
        proration: request.proration,
        period: request.period,
        full_period: request.period,
        subscriptions: &subscriptions,
        suspensions: &suspensions,
        fee_while_suspended: request.fee_while_suspended,
    };
    Ok(answer(&prorate(&input)?, input.proration, input.currency))
}

fn answer(fees: &Fees, proration: Proration, currency: Currency) -> Map<String, Value> {
    let lines = fees.lines.iter().map(|line| {
        let amount = line.amount.to_text(currency);
        match proration {
            Proration::Day => json!({"name": line.name, "days": line.share, "of": line.of, "amount": amount}),
            Proration::Second => {
                json!({"name": line.name, "seconds": line.share / 1000, "of": line.of / 1000, "amount": amount})
            }
        }
    });
    Map::from_iter([("lines".to_owned(), lines.collect()), ("total".to_owned(), fees.total.to_text(currency).into())])
}

/// The fault, with the place in the request at which it is mended.
impl From<FeesError> for FeesQuoteError {
    fn from(error: FeesError) -> Self {
        let pointer = match &error {
            FeesError::NegativeFee { subscription, .. } => format!("/subscriptions/{subscription}/monthly_fee"),
            FeesError::SubscriptionEndsBeforeItStarts { subscription, .. } => {
                format!("/subscriptions/{subscription}/to")
            }
            FeesError::SuspensionEndsBeforeItStarts { suspension, .. } => format!("/suspensions/{suspension}/to"),
            FeesError::Overlap { second, .. } => format!("/subscriptions/{second}/from"),
            FeesError::NoDay(_) => "/period".to_owned(),
            FeesError::Overflow(overflow) => return FeesQuoteError::Overflow(*overflow),
        };
        Invalid::at(pointer, error.to_string()).into()
    }
}

impl From<SubscriptionDocument> for Subscription {
    fn from(document: SubscriptionDocument) -> Self {
        let SubscriptionDocument { name, monthly_fee, from, to } = document;
        Subscription { name, monthly_fee: monthly_fee.0, from, to }
    }
}

impl From<SuspensionDocument> for Suspension {
    fn from(SuspensionDocument { from, to }: SuspensionDocument) -> Self {
        Suspension { from, to }
    }
}

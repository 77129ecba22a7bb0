use super::{FeeInput, FeesError, share};
use crate::money::Overflow;

/// The seconds of included minutes that a line has for a period: the minutes of each subscription (by its place in the input; 0
/// where there are no more) pro-rated by the very shares of the fees. The exact sum is rounded once, half up to a whole second, so
/// that the same minutes held without a gap, under however many subscriptions, are exactly the full ones.
///
/// # Errors
/// The subscriptions or suspensions are impossible, or the sum is beyond the range of whole seconds.
pub fn included_seconds(input: &FeeInput<'_>, minutes: &[u32]) -> Result<i64, FeesError> {
    let shares = share::shares(input)?;
    let of = i128::from(shares.of);
    // At most a few thousand products of a number of 32 bits and one of 63: far within 127.
    let seconds = |part: &share::Part| {
        let minutes = minutes.get(part.subscription).copied().unwrap_or(0);
        i128::from(minutes) * 60 * i128::from(part.share)
    };
    let exact: i128 = shares.parts.iter().map(seconds).sum();
    Ok(i64::try_from((2 * exact + of) / (2 * of)).map_err(|_| Overflow)?)
}

//! Which time of a period belongs to which subscription.

use super::{FeeInput, FeesError, Proration};
use crate::time::Instant;

/// The shares of a period, in days or milliseconds.
pub(super) struct Shares {
    /// The subscriptions that have a share, the earliest first.
    pub(super) parts: Vec<Part>,
    /// The whole of the full period; positive.
    pub(super) of: i64,
}

/// A subscription's share.
pub(super) struct Part {
    /// Its place in the input.
    pub(super) subscription: usize,
    /// Positive.
    pub(super) share: i64,
}

/// A time `[from, to)` that is not empty; one without an end lasts beyond every period.
#[derive(Clone, Copy)]
struct Span {
    from: Instant,
    to: Instant,
    /// The place in the input.
    place: usize,
}

pub(super) fn shares(input: &FeeInput<'_>) -> Result<Shares, FeesError> {
    let subscriptions = subscriptions(input)?;
    let suspended = suspended(input)?;
    let (shares, of) = match input.proration {
        Proration::Day => by_day(input, &subscriptions, &suspended),
        Proration::Second => by_time(input, &subscriptions, &suspended),
    };
    if of == 0 {
        return Err(FeesError::NoDay(input.full_period));
    }
    let parts = subscriptions.iter().zip(shares).filter(|(_, share)| *share > 0);
    Ok(Shares { parts: parts.map(|(span, share)| Part { subscription: span.place, share }).collect(), of })
}

/// The subscriptions that hold at any time at all, the earliest first, disjoint.
fn subscriptions(input: &FeeInput<'_>) -> Result<Vec<Span>, FeesError> {
    let mut spans = Vec::with_capacity(input.subscriptions.len());
    for (place, subscription) in input.subscriptions.iter().enumerate() {
        if subscription.monthly_fee.is_negative() {
            return Err(FeesError::NegativeFee { subscription: place, fee: subscription.monthly_fee });
        }
        let from = subscription.from;
        let to = subscription.to.unwrap_or(Instant::LAST);
        if to < from {
            return Err(FeesError::SubscriptionEndsBeforeItStarts { subscription: place, from, to });
        }
        spans.push(Span { from, to, place });
    }
    let spans = in_order(spans);
    match spans.windows(2).find(|pair| pair[0].to > pair[1].from) {
        Some([first, second]) => Err(FeesError::Overlap { first: first.place, second: second.place, at: second.from }),
        _ => Ok(spans),
    }
}

/// The suspended times that carry no fee, the earliest first, disjoint.
fn suspended(input: &FeeInput<'_>) -> Result<Vec<Span>, FeesError> {
    let mut spans = Vec::with_capacity(input.suspensions.len());
    for (place, suspension) in input.suspensions.iter().enumerate() {
        let from = suspension.from;
        let to = suspension.to.unwrap_or(Instant::LAST);
        if to < from {
            return Err(FeesError::SuspensionEndsBeforeItStarts { suspension: place, from, to });
        }
        spans.push(Span { from, to, place });
    }
    let mut disjoint: Vec<Span> = Vec::new();
    if input.fee_while_suspended {
        return Ok(disjoint);
    }
    for span in in_order(spans) {
        match disjoint.last_mut() {
            Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
            _ => disjoint.push(span),
        }
    }
    Ok(disjoint)
}

fn in_order(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| span.from < span.to);
    spans.sort_by_key(|span| span.from);
    spans
}

/// The days of each subscription, and of the full period.
fn by_day(input: &FeeInput<'_>, subscriptions: &[Span], suspended: &[Span]) -> (Vec<i64>, i64) {
    let mut days = vec![0; subscriptions.len()];
    for (start, end) in input.period.days(input.zone) {
        let is_suspended = last_before(suspended, end).is_some_and(|last| suspended[last].to > start);
        let owner = last_before(subscriptions, end).filter(|&last| subscriptions[last].to >= end);
        if let (Some(owner), false) = (owner, is_suspended) {
            days[owner] += 1;
        }
    }
    let of = input.full_period.days(input.zone).count();
    (days, i64::try_from(of).unwrap_or(i64::MAX))
}

/// Of disjoint spans in order, the last that begins before the instant.
fn last_before(spans: &[Span], at: Instant) -> Option<usize> {
    spans.partition_point(|span| span.from < at).checked_sub(1)
}

/// The milliseconds of each subscription, and of the full period.
fn by_time(input: &FeeInput<'_>, subscriptions: &[Span], suspended: &[Span]) -> (Vec<i64>, i64) {
    let (start, end) = input.period.instants(input.zone);
    let share = |span: &Span| {
        let (from, to) = (span.from.max(start), span.to.min(end));
        let first = suspended.partition_point(|suspension| suspension.to <= from);
        let lost = suspended[first..].iter().take_while(|suspension| suspension.from < to);
        let lost: i64 = lost.map(|lost| lost.to.min(to).millis_since(lost.from.max(from))).sum();
        to.millis_since(from) - lost
    };
    let (full_start, full_end) = input.full_period.instants(input.zone);
    (subscriptions.iter().map(share).collect(), full_end.millis_since(full_start))
}

//! The calls beneath a document, by number and invoice line.

use std::collections::HashMap;

use domain::money::{Amount, Overflow};
use domain::paper::{Paper, PaperCall};
use serde::Serialize;

use crate::RenderError;
use crate::figures::{Figures, decimals, plain, wall_clock};

/// The calls of one number that one invoice line is made of.
#[derive(Debug, Serialize)]
pub(crate) struct CallGroup {
    /// The number of the customer's line.
    pub(crate) number: String,
    /// The name of the invoice line, and whether its calls are of earlier periods.
    pub(crate) name: String,
    pub(crate) calls: Vec<CallRow>,
    /// How many calls there are.
    pub(crate) count: String,
    /// The same in words: `1 call`.
    pub(crate) counted: String,
    /// How long they lasted together.
    pub(crate) duration: String,
    /// What they cost together, not rounded to the minor unit.
    pub(crate) subtotal: String,
}

/// One call.
#[derive(Debug, Serialize)]
pub(crate) struct CallRow {
    pub(crate) answered_at: String,
    pub(crate) to: String,
    pub(crate) duration: String,
    pub(crate) price: String,
}

/// The calls in groups, both in the order of their first call.
pub(super) fn groups(paper: &Paper, calls: &[PaperCall]) -> Result<Vec<CallGroup>, RenderError> {
    let mut groups: Vec<Vec<&PaperCall>> = Vec::new();
    let mut places: HashMap<(&str, &str, bool), usize> = HashMap::new();
    for call in calls {
        let place = *places.entry((&call.number, &call.name, call.earlier)).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[place].push(call);
    }
    groups.iter().map(|calls| group(paper, calls)).collect()
}

fn group(paper: &Paper, calls: &[&PaperCall]) -> Result<CallGroup, RenderError> {
    let first = calls[0];
    let sum: Option<Amount> = calls.iter().map(|call| call.amount).sum();
    let seconds: Option<i64> = calls.iter().try_fold(0_i64, |sum, call| sum.checked_add(call.seconds));
    let (sum, seconds) = (sum.ok_or(Overflow)?, seconds.ok_or(Overflow)?);
    let figures = Figures::of(paper);
    let decimals = decimals(calls.iter().map(|call| call.amount).chain([sum]), paper.currency);
    let price = |of| figures.aligned(of, decimals);
    let row = |call: &&PaperCall| CallRow {
        answered_at: wall_clock(call.answered_at, &paper.time_zone),
        to: plain(&call.to),
        duration: figures.duration(call.seconds),
        price: price(call.amount),
    };
    let name = plain(&first.name);
    let count = figures.count(i64::try_from(calls.len()).map_err(|_| Overflow)?);
    Ok(CallGroup {
        number: plain(&first.number),
        name: if first.earlier { format!("{name} ({})", figures.language.labels().earlier) } else { name },
        counted: figures.language.counted_calls(&count),
        count,
        duration: figures.duration(seconds),
        subtotal: price(sum),
        calls: calls.iter().map(row).collect(),
    })
}

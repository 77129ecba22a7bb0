//! The lines of a payout's statement: what was earned, and what became of the account.

use domain::money::{Amount, Overflow};
use domain::paper::{Paper, PayoutSums};

use super::lines::{Group, Row};
use crate::figures::{Figures, plain};

/// What was earned since the last statement, and what else moved on the account. The amounts come to what is paid out.
pub(super) fn groups(paper: &Paper, sums: &PayoutSums) -> Result<Vec<Group>, Overflow> {
    let figures = Figures::of(paper);
    let (language, words) = (figures.language, figures.language.payout());
    let row = |name: String, of: Amount| Row {
        name,
        details: Vec::new(),
        calls: None,
        duration: None,
        tax: None,
        tax_included: false,
        amount: figures.amount(of),
    };
    let charges = language.payout_charges(&language.counted_calls(&figures.count(sums.calls)), sums.messages);
    let mut earned = vec![row(charges, sums.charged)];
    if !sums.tax.is_zero() {
        earned.push(row(words.tax.to_owned(), sums.tax.negated()?));
    }
    earned.push(row(language.part_of(&plain(&paper.seller.name)), sums.tenant_part.negated()?));
    let mut account = vec![row(words.your_part.to_owned(), sums.agent_part)];
    account.push(row(words.carried_over.to_owned(), sums.carried_over));
    for (name, of) in [
        (words.corrected, sums.corrected),
        (words.returned, sums.returned),
        (words.remaining, sums.remaining.negated()?),
    ] {
        if !of.is_zero() {
            account.push(row(name.to_owned(), of));
        }
    }
    Ok(vec![
        Group {
            heading: Some(words.earned.to_owned()),
            lines: earned,
            subtotal: Some(figures.amount(sums.agent_part)),
        },
        Group { heading: Some(words.account.to_owned()), lines: account, subtotal: None },
    ])
}

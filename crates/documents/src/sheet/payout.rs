//! The lines of a payout's statement: what was earned, and what became of the account.

use domain::money::{Amount, Overflow};
use domain::paper::{Paper, PayoutSums};

use super::lines::{Group, Row};
use crate::figures::{self, plain};
use crate::texts::{self, payouts};

/// What was earned since the last statement, and what else moved on the account. The amounts come to what is paid out.
pub(super) fn groups(paper: &Paper, sums: &PayoutSums) -> Result<Vec<Group>, Overflow> {
    let amount = |of| figures::amount(of, paper.currency);
    let row = |name: String, of: Amount| Row {
        name,
        details: Vec::new(),
        calls: None,
        duration: None,
        tax: None,
        tax_included: false,
        amount: amount(of),
    };
    let charges = payouts::charges(&texts::counted_calls(&figures::count(sums.calls)), sums.messages);
    let mut earned = vec![row(charges, sums.charged)];
    if !sums.tax.is_zero() {
        earned.push(row(payouts::TAX.to_owned(), sums.tax.negated()?));
    }
    earned.push(row(payouts::part_of(&plain(&paper.seller.name)), sums.tenant_part.negated()?));
    let mut account = vec![row(payouts::YOUR_PART.to_owned(), sums.agent_part)];
    account.push(row(payouts::CARRIED_OVER.to_owned(), sums.carried_over));
    for (name, of) in [
        (payouts::CORRECTED, sums.corrected),
        (payouts::RETURNED, sums.returned),
        (payouts::REMAINING, sums.remaining.negated()?),
    ] {
        if !of.is_zero() {
            account.push(row(name.to_owned(), of));
        }
    }
    Ok(vec![
        Group { heading: Some(payouts::EARNED.to_owned()), lines: earned, subtotal: Some(amount(sums.agent_part)) },
        Group { heading: Some(payouts::ACCOUNT.to_owned()), lines: account, subtotal: None },
    ])
}

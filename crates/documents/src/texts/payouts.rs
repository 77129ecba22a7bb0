//! The words of a payout's statement.

pub(crate) const EARNED: &str = "Your calls and messages";
pub(crate) const ACCOUNT: &str = "Your account";
pub(crate) const TAX: &str = "Tax in the charges";
pub(crate) const YOUR_PART: &str = "Your part";
pub(crate) const CARRIED_OVER: &str = "Carried over from before";
pub(crate) const CORRECTED: &str = "Your part of refunds and corrections";
pub(crate) const RETURNED: &str = "Payouts that came back";
pub(crate) const REMAINING: &str = "Stays on your account: not payable yet";
pub(crate) const PAID_OUT: &str = "Paid out";

/// What customers were charged for.
pub(crate) fn charges(calls: &str, messages: i64) -> String {
    match messages {
        0 => format!("Charged for {calls}"),
        1 => format!("Charged for {calls} and 1 message"),
        several => format!("Charged for {calls} and {several} messages"),
    }
}

/// The seller's part of the charges.
pub(crate) fn part_of(seller: &str) -> String {
    format!("Part of {seller}")
}

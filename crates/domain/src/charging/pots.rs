use serde::{Deserialize, Serialize};

use crate::money::{Amount, Overflow};

/// A prepaid balance by origin. Promotional credit is spent first, and never paid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pots {
    /// Credit that was given. Never negative.
    pub promotional: Amount,
    /// Money that was paid in; negative for a debt.
    pub paid: Amount,
}

/// What is taken from each pot; negative where it goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spend {
    /// From promotional credit.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub promotional: Amount,
    /// From paid money.
    pub paid: Amount,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(amount: &Amount) -> bool {
    amount.is_zero()
}

impl Pots {
    /// The pots of a balance, so much of which is promotional; less than nothing counts as none.
    ///
    /// # Errors
    /// An amount is beyond its range.
    pub fn of(balance: Amount, promotional: Amount) -> Result<Pots, Overflow> {
        let promotional = promotional.max(Amount::ZERO);
        Ok(Pots { promotional, paid: balance.minus(promotional)? })
    }

    /// Where an amount (not negative) is taken from: promotional credit as far as it goes, then paid money, a debt included.
    ///
    /// # Errors
    /// An amount is beyond its range.
    pub fn spend(&self, amount: Amount) -> Result<Spend, Overflow> {
        let promotional = amount.min(self.promotional).max(Amount::ZERO);
        Ok(Spend { promotional, paid: amount.minus(promotional)? })
    }

    /// The pots after this was taken.
    ///
    /// # Errors
    /// An amount is beyond its range.
    pub fn after(&self, spend: Spend) -> Result<Pots, Overflow> {
        Ok(Pots { promotional: self.promotional.minus(spend.promotional)?, paid: self.paid.minus(spend.paid)? })
    }

    /// How much may be paid out while so much is held: paid money alone, less what the holds need beyond the promotional credit.
    ///
    /// # Errors
    /// An amount is beyond its range.
    pub fn payable(&self, held: Amount) -> Result<Amount, Overflow> {
        Ok(self.paid.minus(self.spend(held)?.paid)?.max(Amount::ZERO))
    }
}

impl Spend {
    /// Nothing.
    pub const NONE: Spend = Spend { promotional: Amount::ZERO, paid: Amount::ZERO };

    /// What is taken in all.
    ///
    /// # Errors
    /// The sum is beyond the range.
    pub fn total(&self) -> Result<Amount, Overflow> {
        self.promotional.plus(self.paid)
    }

    /// Both together.
    ///
    /// # Errors
    /// A sum is beyond the range.
    pub fn plus(&self, other: Spend) -> Result<Spend, Overflow> {
        Ok(Spend { promotional: self.promotional.plus(other.promotional)?, paid: self.paid.plus(other.paid)? })
    }

    /// How an amount (not negative) of this goes back: what was taken last first, paid money and then promotional credit.
    ///
    /// # Errors
    /// An amount is beyond its range.
    pub fn give_back(&self, amount: Amount) -> Result<Spend, Overflow> {
        let paid = amount.min(self.paid).max(Amount::ZERO);
        Ok(Spend { promotional: amount.minus(paid)?.negated()?, paid: paid.negated()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    #[test]
    fn spending_by_table() {
        // balance, promotional; what is charged; from promotional, from paid; what may be paid out while as much is held
        for (balance, promotional, charged, spent, payable) in [
            ("5", "0", "2", "0.00 2.00", "3.00"),
            ("5", "2", "1", "1.00 0.00", "3.00"),
            ("5", "2", "2", "2.00 0.00", "3.00"),
            ("5", "2", "4", "2.00 2.00", "1.00"),
            ("5", "5", "6", "5.00 1.00", "0.00"),
            ("-1", "2", "1", "1.00 0.00", "0.00"),
            ("3", "0", "0", "0.00 0.00", "3.00"),
        ] {
            let pots = Pots::of(amount(balance), amount(promotional)).unwrap();
            let spend = pots.spend(amount(charged)).unwrap();
            assert_eq!(format!("{} {}", spend.promotional, spend.paid), spent, "{balance} {promotional} {charged}");
            assert_eq!(
                pots.payable(amount(charged)).unwrap().to_string(),
                payable,
                "{balance} {promotional} {charged}"
            );
            let after = pots.after(spend).unwrap();
            assert_eq!(after.after(spend.give_back(amount(charged)).unwrap()), Ok(pots));
        }
        let spend = Spend { promotional: amount("2"), paid: amount("1") };
        let back = spend.give_back(amount("1.50")).unwrap();
        assert_eq!((back.promotional, back.paid), (amount("-0.50"), amount("-1")));
    }
}

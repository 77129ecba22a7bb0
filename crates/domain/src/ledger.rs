//! The ledger's rules: what a posting does to the accounts, and which are refused.
//!
//! Every posting moves an amount from one account to another, so that per currency all accounts always sum to zero. An account
//! of a customer or an agent has a balance, holds (money set aside for calls in progress) and a credit limit; the tenant's own
//! accounts (income, tax, cash, ...) are the sums of their postings and refuse nothing.

use crate::money::{Amount, Currency, Overflow};

/// The account of a customer or an agent in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// Its currency.
    pub currency: Currency,
    /// What is on it; negative for a debt.
    pub balance: Amount,
    /// What is set aside. Never negative.
    pub held: Amount,
    /// How far below zero `balance - held` may go by a hold or a guarded posting; `None` for as far as it likes.
    pub credit_limit: Option<Amount>,
}

/// What is done to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// A fact: money came, or a finished call is charged. It is never refused, also where it leaves a debt.
    Fact(Amount),
    /// Money is taken only if it is there: the amount (positive) leaves the account.
    Withdraw(Amount),
    /// Money (positive) is set aside, if it is there.
    Hold(Amount),
    /// Money that was set aside is free again.
    Release(Amount),
}

/// Why a change was not made. The account stays as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is too little.
    #[error("{available} is available, {required} is needed")]
    InsufficientBalance {
        /// What the account could give.
        available: Amount,
        /// What was asked for.
        required: Amount,
    },
    /// The amount has the wrong sign.
    #[error("the amount must be above zero")]
    NotPositive,
    /// More was to be released than is held.
    #[error("only {held} is held")]
    NotHeld {
        /// What is held.
        held: Amount,
    },
    /// The sum is beyond the range.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

impl Account {
    /// An account with nothing on it and no credit.
    #[must_use]
    pub fn empty(currency: Currency) -> Self {
        Account { currency, balance: Amount::ZERO, held: Amount::ZERO, credit_limit: Some(Amount::ZERO) }
    }

    /// What a hold may take: `balance + credit limit - held`; `None` where nothing limits it.
    ///
    /// # Errors
    /// The sum is beyond the range.
    pub fn available(&self) -> Result<Option<Amount>, Overflow> {
        let Some(limit) = self.credit_limit else { return Ok(None) };
        self.balance.plus(limit)?.minus(self.held).map(Some)
    }

    /// The account after the change.
    ///
    /// # Errors
    /// The change is refused; the reason has its figures.
    pub fn after(self, change: Change) -> Result<Account, Refused> {
        match change {
            Change::Fact(amount) => Ok(Account { balance: self.balance.plus(amount)?, ..self }),
            Change::Withdraw(amount) => {
                self.cover(amount)?;
                Ok(Account { balance: self.balance.minus(amount)?, ..self })
            }
            Change::Hold(amount) => {
                self.cover(amount)?;
                Ok(Account { held: self.held.plus(amount)?, ..self })
            }
            Change::Release(amount) if amount.is_negative() => Err(Refused::NotPositive),
            Change::Release(amount) if amount > self.held => Err(Refused::NotHeld { held: self.held }),
            Change::Release(amount) => Ok(Account { held: self.held.minus(amount)?, ..self }),
        }
    }

    fn cover(&self, required: Amount) -> Result<(), Refused> {
        if required <= Amount::ZERO {
            return Err(Refused::NotPositive);
        }
        match self.available()? {
            Some(available) if available < required => Err(Refused::InsufficientBalance { available, required }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    fn change(word: &str, text: &str) -> Change {
        let of = match word {
            "fact" => Change::Fact,
            "withdraw" => Change::Withdraw,
            "hold" => Change::Hold,
            _ => Change::Release,
        };
        of(amount(text))
    }

    #[test]
    fn changes_by_table() {
        // balance, held, credit limit; change; balance, held after, or why not
        for (before, (word, text), after) in [
            (("5", "0", "0"), ("hold", "5"), "5.00 5.00"),
            (("5", "0", "0"), ("hold", "5.000001"), "5.00 is available, 5.000001 is needed"),
            (("5", "3", "0"), ("hold", "3"), "2.00 is available, 3.00 is needed"),
            (("5", "3", "1"), ("hold", "3"), "5.00 6.00"),
            (("5", "3", "none"), ("hold", "900"), "5.00 903.00"),
            (("5", "3", "0"), ("withdraw", "2"), "3.00 3.00"),
            (("5", "3", "0"), ("withdraw", "2.01"), "2.00 is available, 2.01 is needed"),
            (("5", "3", "0"), ("fact", "-9"), "-4.00 3.00"),
            (("-4", "0", "0"), ("hold", "0.01"), "-4.00 is available, 0.01 is needed"),
            (("-4", "0", "0"), ("fact", "4"), "0.00 0.00"),
            (("5", "3", "0"), ("release", "3"), "5.00 0.00"),
            (("5", "3", "0"), ("release", "3.5"), "only 3.00 is held"),
            (("5", "3", "0"), ("release", "-1"), "the amount must be above zero"),
            (("5", "3", "0"), ("hold", "0"), "the amount must be above zero"),
            (("5", "3", "0"), ("withdraw", "-1"), "the amount must be above zero"),
            (("9223372036854", "0", "0"), ("fact", "9223372036854"), "the amount is too large to be computed exactly"),
        ] {
            let (balance, held, limit) = before;
            let account = Account {
                balance: amount(balance),
                held: amount(held),
                credit_limit: Amount::parse(limit).ok(),
                ..Account::empty(Currency::parse("USD").unwrap())
            };
            let shown = match account.after(change(word, text)) {
                Ok(account) => format!("{} {}", account.balance, account.held),
                Err(refused) => refused.to_string(),
            };
            assert_eq!(shown, after, "{before:?} {word} {text}");
        }
    }

    proptest! {
        /// Whatever is asked for in whatever order: what is granted never takes `balance + limit - held` below zero, and what
        /// is refused changes nothing.
        #[test]
        fn no_hold_is_granted_beyond_what_is_there(
            limit in 0_i64..100,
            changes in prop::collection::vec((0_u8..3, -50_i64..200), 0..60),
        ) {
            let limit = Amount::from_micros(limit);
            let mut account = Account { credit_limit: Some(limit), ..Account::empty(Currency::parse("USD").unwrap()) };
            account.balance = Amount::from_micros(300);
            let (mut held, mut balance) = (0_i64, 300_i64);
            for (kind, micros) in changes {
                let amount = Amount::from_micros(micros);
                let change = [Change::Withdraw(amount), Change::Hold(amount), Change::Release(amount)][usize::from(kind)];
                match account.after(change) {
                    Ok(after) => {
                        match kind { 0 => balance -= micros, 1 => held += micros, _ => held -= micros }
                        account = after;
                    }
                    Err(_) => {
                        let too_much = if kind == 2 { micros > held } else { balance + limit.micros() - held < micros };
                        prop_assert!(micros <= 0 || too_much);
                    }
                }
                prop_assert_eq!((account.balance.micros(), account.held.micros()), (balance, held));
                prop_assert!(held >= 0 && balance + limit.micros() - held >= 0);
            }
        }
    }
}

//! What agents learn of who called them: help lines do not tell.

use super::{Call, Price};

impl Call {
    /// The call as its agent sees it: without who called and who pays, and by which prices of theirs.
    pub(super) fn without_caller(self) -> Call {
        let price = self.price.map(|price| Price { plan_version: None, deck_version: None, ..price });
        Call { from: ends(&self.from), customer: None, line: None, account_code: None, price, ..self }
    }
}

/// A number of which only the ends can be read, such as `+4420…18`; of a short one less.
pub(crate) fn ends(number: &str) -> String {
    const FIRST: usize = 4;
    const LAST: usize = 2;
    /// So many digits at least are hidden.
    const HIDDEN: usize = 4;
    let (plus, digits) = number.strip_prefix('+').map_or(("", number), |digits| ("+", digits));
    let count = digits.chars().count();
    if count == 0 {
        return String::new();
    }
    let last = if count > LAST + 1 { LAST } else { 0 };
    let first = count.saturating_sub(last + HIDDEN).min(FIRST);
    let (head, tail): (String, String) =
        (digits.chars().take(first).collect(), digits.chars().skip(count - last).collect());
    format!("{plus}{head}…{tail}")
}

#[cfg(test)]
mod tests {
    use super::ends;

    #[test]
    fn numbers_keep_their_ends() {
        for (number, shown) in [
            ("+442079460018", "+4420…18"),
            ("442079460018", "4420…18"),
            ("+4420794", "+4…94"),
            ("200018", "…18"),
            ("0001", "…01"),
            ("911", "…"),
            ("+", ""),
            ("", ""),
            ("änönymöus", "änö…us"),
        ] {
            assert_eq!(ends(number), shown, "{number}");
        }
    }
}

//! Who pays for a call, as a request tells it.

use domain::invalid::Invalid;
use engine::calls::{Direction, MISSING_PAYER, Payer};

use crate::problem::Problem;

/// Who pays.
#[derive(Debug, Clone)]
pub(super) struct Paying {
    /// The field that tells it.
    pub(super) field: &'static str,
    pub(super) payer: Payer,
    /// The caller's number.
    pub(super) from: String,
}

impl Paying {
    /// The line (its id or its number) pays, else the account code, else the line with the caller's number.
    pub(super) fn told(
        line: Option<String>,
        account_code: Option<String>,
        from: Option<String>,
        direction: Direction,
    ) -> Result<Paying, Problem> {
        let paying = Paying::if_told(line, account_code, from, direction);
        if paying.payer.is_untold() {
            return Err(Invalid::at("/line", MISSING_PAYER).into());
        }
        Ok(paying)
    }

    /// The same; where nothing is told, it is nobody, which is enough for an emergency call.
    pub(super) fn if_told(
        line: Option<String>,
        account_code: Option<String>,
        from: Option<String>,
        direction: Direction,
    ) -> Paying {
        let mut from = from.unwrap_or_default();
        let (field, payer) = match (line, account_code) {
            (Some(line), _) if line.starts_with("lin_") => ("/line", Payer::Line(line)),
            (Some(number), _) => {
                // Whoever names the line by its number need not say it again.
                if from.is_empty() && direction != Direction::Inbound {
                    from.clone_from(&number);
                }
                ("/line", Payer::Number(number))
            }
            (None, Some(code)) => ("/account_code", Payer::Account(code)),
            (None, None) if from.is_empty() => ("/line", Payer::Number(String::new())),
            (None, None) => ("/from", Payer::Number(from.clone())),
        };
        Paying { field, payer, from }
    }
}

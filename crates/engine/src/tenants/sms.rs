use domain::dial_plan::{DialPlan, NotANumber, Number};
use domain::invalid::Invalid;
use serde::{Deserialize, Serialize};

use crate::fields;

/// Short messages that the tenant sends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sms {
    /// The number that they are from, one of the account at the carrier: E.164 with its plus. Where there is none, nobody is sent any.
    pub number: Option<String>,
}

impl Sms {
    /// With the number in canonical form, if it is one of the world.
    pub(super) fn checked(self, plan: &DialPlan) -> Result<Sms, Invalid> {
        const AT: &str = "/sms/number";
        let Some(text) = fields::optional(AT, self.number, NotANumber::LONGEST)? else { return Ok(Sms::default()) };
        match plan.canonical(&text) {
            Ok(number @ Number::E164(_)) => Ok(Sms { number: Some(number.to_string()) }),
            Ok(number) => {
                Err(Invalid::at(AT, format!("{number} is no number outside: give one such as +441632960001")))
            }
            Err(error) => Err(Invalid::at(AT, error.to_string())),
        }
    }
}

use domain::dial_plan::{DialPlan, NotANumber, Number};
use domain::invalid::Invalid;
use serde::{Deserialize, Serialize};

use crate::fields;

/// The most numbers that a tenant may have for conversations.
const MOST_NUMBERS: usize = 500;

/// Short messages that the tenant sends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sms {
    /// The number that they are from, one of the account at the carrier: E.164 with its plus. Where there is none, nobody is reminded by any.
    pub number: Option<String>,
    /// The numbers that conversations of customers and agents are carried by, each by one of its own: E.164 with their pluses, 500 at most. They are for
    /// nothing else: no line, agent or group has one, and it is not `number`. Where there are none, no conversation is carried.
    pub conversation_numbers: Vec<String>,
}

impl Sms {
    /// With the numbers in canonical form, if all are ones of the world, and none is for two things.
    pub(super) fn checked(self, plan: &DialPlan) -> Result<Sms, Invalid> {
        const AT: &str = "/sms/number";
        let number = fields::optional(AT, self.number, NotANumber::LONGEST)?;
        let number = number.map(|number| canonical(AT, &number, plan)).transpose()?;
        if self.conversation_numbers.len() > MOST_NUMBERS {
            return Err(Invalid::at("/sms/conversation_numbers", format!("must have {MOST_NUMBERS} numbers at most")));
        }
        let mut known: Vec<String> = Vec::with_capacity(self.conversation_numbers.len());
        for (position, text) in self.conversation_numbers.into_iter().enumerate() {
            let at = at(position);
            let text = fields::required(&at, text, NotANumber::LONGEST)?;
            let pooled = canonical(&at, &text, plan)?;
            if number.as_ref() == Some(&pooled) {
                return Err(Invalid::at(at, "is the number that reminders are from: conversations need others"));
            }
            if known.contains(&pooled) {
                return Err(Invalid::at(at, "is named twice"));
            }
            known.push(pooled);
        }
        Ok(Sms { number, conversation_numbers: known })
    }

    /// Whether this is a number for conversations.
    pub(crate) fn carries(&self, number: &str) -> bool {
        self.conversation_numbers.iter().any(|own| own == number)
    }
}

/// Where a number for conversations stands.
pub(super) fn at(position: usize) -> String {
    format!("/sms/conversation_numbers/{position}")
}

fn canonical(at: &str, text: &str, plan: &DialPlan) -> Result<String, Invalid> {
    match plan.canonical(text) {
        Ok(number @ Number::E164(_)) => Ok(number.to_string()),
        Ok(number) => Err(Invalid::at(at, format!("{number} is no number outside: give one such as +441632960001"))),
        Err(error) => Err(Invalid::at(at, error.to_string())),
    }
}

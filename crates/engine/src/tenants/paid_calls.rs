use domain::invalid::Invalid;
use serde::{Deserialize, Serialize};

use crate::fields;

/// How calls are placed between customers and paid agents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PaidCalls {
    /// Whether each party presses 1 before both talk: then no mailbox is charged, nor paid for.
    pub press_1: bool,
    /// The number that both phones show; where there is none the agent's own, under which customers call it.
    pub shown_number: Option<String>,
    /// What the customer hears before it presses 1, in place of the price in spoken digits: names of sounds with `&` between them, as the switch
    /// has them (`sound:our-greeting`). `{price}` stands for the price.
    pub price_audio: Option<String>,
    /// What the agent hears before it presses 1.
    pub agent_audio: Option<String>,
}

impl Default for PaidCalls {
    fn default() -> Self {
        PaidCalls { press_1: true, shown_number: None, price_audio: None, agent_audio: None }
    }
}

impl PaidCalls {
    pub(super) fn checked(self) -> Result<Self, Invalid> {
        let shown_number = fields::optional("/paid_calls/shown_number", self.shown_number, 32)?;
        let is_number = |text: &String| text.trim_start_matches('+').bytes().all(|byte| byte.is_ascii_digit());
        if !shown_number.iter().all(is_number) {
            return Err(Invalid::at("/paid_calls/shown_number", "must be digits, with a plus before them or without"));
        }
        Ok(PaidCalls {
            shown_number,
            price_audio: fields::optional("/paid_calls/price_audio", self.price_audio, 1000)?,
            agent_audio: fields::optional("/paid_calls/agent_audio", self.agent_audio, 1000)?,
            ..self
        })
    }
}

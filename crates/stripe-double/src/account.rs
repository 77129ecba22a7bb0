//! What is at Stripe: pages, what was paid on them, and what has happened.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its id.
    pub id: String,
    /// What who had it made calls it.
    pub reference: String,
    /// How much is to be paid, in the currency's smallest unit.
    pub amount: i64,
    /// ISO 4217, in small letters.
    pub currency: String,
    /// What it says is paid.
    pub name: String,
    /// Where the customer goes who has paid.
    pub success_url: String,
    /// Where the customer goes who has not.
    pub cancel_url: String,
    /// The second at which it ends.
    pub expires_at: i64,
    /// Whether the card is to be kept.
    pub keeps_card: bool,
    /// The payment that was made on it.
    pub charge: Option<String>,
    /// Who has paid, where the card is kept: `cus_...`.
    pub payer: Option<String>,
}

/// A payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// Its id: `pi_...`.
    pub id: String,
    /// How much was paid.
    pub amount: i64,
    /// How much was paid back.
    pub refunded: i64,
    /// ISO 4217, in small letters.
    pub currency: String,
    /// What who had it made calls it.
    pub reference: String,
    /// Who has paid, where the card is kept.
    pub payer: Option<String>,
    /// `succeeded`, `processing`, or what else it is.
    pub status: &'static str,
}

/// What becomes of a charge to a card that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Play {
    /// The bank declines it.
    Declined,
    /// The bank wants the card's owner to confirm it.
    NeedsAuthentication,
    /// It takes a while.
    Processing,
}

/// The account.
#[derive(Debug, Default)]
pub(crate) struct Account {
    pub(crate) pages: BTreeMap<String, Page>,
    pub(crate) charges: BTreeMap<String, Charge>,
    /// The cards that are kept, by payer.
    pub(crate) cards: BTreeMap<String, String>,
    /// What was answered to a request with a key.
    pub(crate) answered: BTreeMap<String, (u16, Value)>,
    made: u64,
}

impl Account {
    /// A new id.
    pub(crate) fn id(&mut self, kind: &str) -> String {
        self.made += 1;
        format!("{kind}_test_{:06}", self.made)
    }

    /// What is sent of an object.
    pub(crate) fn event(&mut self, kind: &str, object: Value) -> Value {
        let id = self.id("evt");
        json!({"id": id, "object": "event", "type": kind, "api_version": "2025-03-31.basil", "livemode": false,
            "pending_webhooks": 1, "data": {"object": object}})
    }
}

impl Page {
    /// As Stripe shows it.
    pub(crate) fn shown(&self, url: &str) -> Value {
        let paid = self.charge.is_some();
        json!({"id": self.id, "object": "checkout.session", "client_reference_id": self.reference, "mode": "payment",
            "amount_total": self.amount, "amount_subtotal": self.amount, "currency": self.currency,
            "payment_intent": self.charge, "customer": self.payer, "payment_status": if paid { "paid" } else { "unpaid" },
            "status": if paid { "complete" } else { "open" }, "expires_at": self.expires_at, "livemode": false,
            "success_url": self.success_url, "cancel_url": self.cancel_url, "metadata": {"checkout": self.reference},
            "url": if paid { Value::Null } else { Value::from(url) }})
    }
}

impl Charge {
    /// As Stripe shows it.
    pub(crate) fn shown(&self) -> Value {
        let received = if self.status == "succeeded" { self.amount } else { 0 };
        json!({"id": self.id, "object": "payment_intent", "status": self.status, "amount": self.amount, "amount_received": received,
            "currency": self.currency, "customer": self.payer, "livemode": false, "metadata": {"checkout": self.reference}})
    }
}

impl Play {
    /// The code and the words of the refusal; none, where it is not refused.
    pub(crate) const fn refusal(self) -> Option<(&'static str, &'static str)> {
        match self {
            Play::Declined => Some(("card_declined", "Your card was declined.")),
            Play::NeedsAuthentication => {
                Some(("authentication_required", "Your card was declined. This transaction requires authentication."))
            }
            Play::Processing => None,
        }
    }
}

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
    /// The payment that was made on it.
    pub charge: Option<String>,
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
}

/// The account.
#[derive(Debug, Default)]
pub(crate) struct Account {
    pub(crate) pages: BTreeMap<String, Page>,
    pub(crate) charges: BTreeMap<String, Charge>,
    /// What was answered to a request with a key.
    pub(crate) answered: BTreeMap<String, Value>,
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
            "payment_intent": self.charge, "payment_status": if paid { "paid" } else { "unpaid" },
            "status": if paid { "complete" } else { "open" }, "expires_at": self.expires_at, "livemode": false,
            "success_url": self.success_url, "cancel_url": self.cancel_url, "metadata": {"checkout": self.reference},
            "url": if paid { Value::Null } else { Value::from(url) }})
    }
}

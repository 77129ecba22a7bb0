//! What a webhook of Stripe's says, as far as it concerns us.

use domain::money::{Amount, Currency};
use engine::payments::checkouts::Notice;
use engine::payments::reversals::{ReversalKind, ReversalState, ToldReversal};
use serde::Deserialize;

use crate::{NAME, amounts};

/// An event.
#[derive(Debug, Clone, Deserialize)]
pub struct Event {
    /// Its id, which it keeps however often it is sent.
    pub id: String,
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Debug, Clone, Deserialize)]
struct Data {
    object: serde_json::Value,
}

/// A page.
#[derive(Debug, Deserialize)]
struct Session {
    client_reference_id: Option<String>,
    payment_status: Option<String>,
    payment_intent: Option<Named>,
    /// Who has paid, where Stripe keeps the card.
    customer: Option<Named>,
    amount_total: Option<i64>,
    currency: Option<String>,
}

/// A payment: that of a page, or a charge to a card that Stripe keeps.
#[derive(Debug, Deserialize)]
struct Intent {
    id: String,
    #[serde(default)]
    metadata: Metadata,
    customer: Option<Named>,
    amount_received: Option<i64>,
    currency: Option<String>,
    last_payment_error: Option<Failure>,
}

/// What we said of a payment.
#[derive(Debug, Default, Deserialize)]
struct Metadata {
    checkout: Option<String>,
}

/// Why a payment failed.
#[derive(Debug, Deserialize)]
struct Failure {
    message: Option<String>,
}

/// Money that is paid back.
#[derive(Debug, Deserialize)]
struct Refund {
    id: String,
    payment_intent: Option<Named>,
    amount: i64,
    currency: String,
    status: Option<String>,
    reason: Option<String>,
}

/// Money that a customer disputes.
#[derive(Debug, Deserialize)]
struct Dispute {
    id: String,
    payment_intent: Option<Named>,
    amount: i64,
    currency: String,
    status: String,
    reason: Option<String>,
}

/// Another record: by its id, or as it is.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Named {
    Id(String),
    Whole { id: String },
}

/// Why an event cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It is no JSON, or none of an event.
    #[error("it is no event: {0}")]
    NotAnEvent(#[from] serde_json::Error),
    /// It lacks something, or has an amount that is none.
    #[error("an event of the kind {0} lacks what it should say")]
    Lacks(String),
}

impl Event {
    /// Reads the body of a webhook.
    ///
    /// # Errors
    /// It is no event.
    pub fn read(body: &[u8]) -> Result<Event, Unreadable> {
        Ok(serde_json::from_slice(body)?)
    }

    /// What it says; none, where that is nothing to us.
    ///
    /// # Errors
    /// It lacks something.
    pub fn notice(self) -> Result<Option<Notice>, Unreadable> {
        let Event { kind, data: Data { object }, .. } = self;
        let lacks = || Unreadable::Lacks(kind.clone());
        match kind.as_str() {
            "checkout.session.completed" | "checkout.session.async_payment_succeeded" => {
                let session: Session = serde_json::from_value(object)?;
                // What is not ours has another reference, or none; what takes days is told when it came in.
                let Some(checkout) = session.client_reference_id.clone() else { return Ok(None) };
                if session.payment_status.as_deref() != Some("paid") {
                    return Ok(None);
                }
                session.paid(checkout).ok_or_else(lacks).map(Some)
            }
            "checkout.session.expired" | "checkout.session.async_payment_failed" => {
                let session: Session = serde_json::from_value(object)?;
                let failed = kind.ends_with("failed");
                Ok(session.client_reference_id.map(|checkout| Notice::Ended { checkout, failed }))
            }
            "payment_intent.succeeded" => {
                let intent: Intent = serde_json::from_value(object)?;
                let Some(checkout) = intent.metadata.checkout.clone() else { return Ok(None) };
                intent.paid(checkout).ok_or_else(lacks).map(Some)
            }
            "payment_intent.payment_failed" => {
                let Intent { metadata, last_payment_error, .. } = serde_json::from_value(object)?;
                let reason = last_payment_error.and_then(|failure| failure.message).unwrap_or_default();
                Ok(metadata.checkout.map(|checkout| Notice::Refused { checkout, reason }))
            }
            "refund.created" | "refund.updated" | "refund.failed" | "charge.refund.updated" => {
                serde_json::from_value::<Refund>(object)?.told().map_err(|()| lacks())
            }
            _ if kind.starts_with("charge.dispute.") => {
                serde_json::from_value::<Dispute>(object)?.told().map_err(|()| lacks())
            }
            _ => Ok(None),
        }
    }
}

impl Session {
    fn paid(self, checkout: String) -> Option<Notice> {
        let (amount, currency) = money(self.amount_total?, &self.currency?)?;
        let (origin, payer) = (origin(&self.payment_intent?.id()), self.customer.map(Named::id));
        Some(Notice::Paid { checkout, origin, amount, currency, payer })
    }
}

impl Intent {
    fn paid(self, checkout: String) -> Option<Notice> {
        let (amount, currency) = money(self.amount_received?, &self.currency?)?;
        Some(Notice::Paid { checkout, origin: origin(&self.id), amount, currency, payer: self.customer.map(Named::id) })
    }
}

impl Refund {
    fn told(self) -> Result<Option<Notice>, ()> {
        let state = match self.status.as_deref() {
            Some("failed" | "canceled") => ReversalState::Undone,
            // What is on its way is gone: should it not arrive, that is told.
            _ => ReversalState::Done,
        };
        let what = (ReversalKind::Repayment, state, self.reason);
        reversed(&self.id, self.payment_intent, (self.amount, &self.currency), what)
    }
}

impl Dispute {
    fn told(self) -> Result<Option<Notice>, ()> {
        let state = match self.status.as_str() {
            "needs_response" | "under_review" => ReversalState::Open,
            "won" => ReversalState::Undone,
            "lost" => ReversalState::Done,
            // A question of the bank's: nothing is withdrawn.
            _ => return Ok(None),
        };
        let what = (ReversalKind::Dispute, state, self.reason);
        reversed(&self.id, self.payment_intent, (self.amount, &self.currency), what)
    }
}

impl Named {
    fn id(self) -> String {
        match self {
            Named::Id(id) | Named::Whole { id } => id,
        }
    }
}

fn reversed(
    id: &str,
    payment: Option<Named>,
    (number, currency): (i64, &str),
    (kind, state, reason): (ReversalKind, ReversalState, Option<String>),
) -> Result<Option<Notice>, ()> {
    // What was charged in another way than by a page is not of ours.
    let Some(payment) = payment else { return Ok(None) };
    let (amount, currency) = money(number, currency).ok_or(())?;
    let (origin, of_origin) = (origin(id), origin(&payment.id()));
    Ok(Some(Notice::Reversed(ToldReversal { origin, of_origin, kind, amount, currency, state, reason })))
}

/// What tells a payment of Stripe's apart from all others.
pub(crate) fn origin(id: &str) -> String {
    format!("{NAME}/{id}")
}

fn money(number: i64, currency: &str) -> Option<(Amount, Currency)> {
    let currency = Currency::parse(&currency.to_ascii_uppercase()).ok()?;
    let amount = amounts::amount(number, currency).filter(|amount| *amount > Amount::ZERO)?;
    Some((amount, currency))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(kind: &str, object: Value) -> Result<Option<Notice>, Unreadable> {
        let event = json!({"id": "evt_1", "object": "event", "type": kind, "data": {"object": object}});
        Event::read(event.to_string().as_bytes())?.notice()
    }

    fn paid() -> Value {
        json!({"object": "checkout.session", "client_reference_id": "chk_1", "payment_status": "paid", "payment_intent": "pi_1",
            "amount_total": 2000, "currency": "usd"})
    }

    #[test]
    fn what_is_paid_is_told_once_it_came_in() {
        let told = Notice::Paid {
            checkout: "chk_1".into(),
            origin: "stripe/pi_1".into(),
            amount: Amount::parse("20").unwrap(),
            currency: Currency::parse("USD").unwrap(),
            payer: None,
        };
        for kind in ["checkout.session.completed", "checkout.session.async_payment_succeeded"] {
            assert_eq!(read(kind, paid()).unwrap(), Some(told.clone()), "{kind}");
        }
        let mut whole = paid();
        whole["payment_intent"] = json!({"id": "pi_1", "object": "payment_intent"});
        assert_eq!(read("checkout.session.completed", whole).unwrap(), Some(told));
        for (field, value) in [("payment_status", json!("unpaid")), ("client_reference_id", json!(null))] {
            let mut other = paid();
            other[field] = value;
            assert_eq!(read("checkout.session.completed", other).unwrap(), None, "{field}");
        }
        for (field, value) in
            [("amount_total", json!(-1)), ("currency", json!("xxx1")), ("payment_intent", json!(null))]
        {
            let mut odd = paid();
            odd[field] = value;
            assert!(read("checkout.session.completed", odd).is_err(), "{field}");
        }
        assert_eq!(read("customer.created", json!({"id": "cus_1"})).unwrap(), None);
        assert!(Event::read(b"{").is_err() && Event::read(b"[]").is_err() && Event::read(b"").is_err());
    }

    #[test]
    fn a_payment_is_the_same_whether_its_page_or_its_charge_is_told_of() {
        let mut page = paid();
        page["customer"] = json!("cus_1");
        let intent = json!({"id": "pi_1", "object": "payment_intent", "status": "succeeded", "amount": 2000, "amount_received": 2000,
            "currency": "usd", "customer": {"id": "cus_1"}, "metadata": {"checkout": "chk_1"}});
        let told = read("checkout.session.completed", page).unwrap();
        assert!(matches!(&told, Some(Notice::Paid { payer: Some(payer), .. }) if payer == "cus_1"), "{told:?}");
        assert_eq!(read("payment_intent.succeeded", intent.clone()).unwrap(), told);
        let mut odd = intent.clone();
        odd["amount_received"] = json!(null);
        assert!(read("payment_intent.succeeded", odd).is_err());
        let mut failed = intent.clone();
        failed["last_payment_error"] = json!({"code": "card_declined", "message": "Your card was declined."});
        let refused = Notice::Refused { checkout: "chk_1".into(), reason: "Your card was declined.".into() };
        assert_eq!(read("payment_intent.payment_failed", failed).unwrap(), Some(refused));
        // What somebody else has charged at this account is nothing to us.
        let mut others = intent;
        others["metadata"] = json!({"order": "6735"});
        for kind in ["payment_intent.succeeded", "payment_intent.payment_failed"] {
            assert_eq!(read(kind, others.clone()).unwrap(), None, "{kind}");
        }
    }

    #[test]
    fn what_goes_back_by_table() {
        let state = |notice: Option<Notice>| match notice {
            Some(Notice::Reversed(told)) => Some((told.origin, told.of_origin, told.kind, told.state)),
            _ => None,
        };
        let refund = |status: &str| json!({"id": "re_1", "payment_intent": "pi_1", "amount": 500, "currency": "usd", "status": status});
        let dispute = |status: &str| json!({"id": "du_1", "payment_intent": "pi_1", "amount": 500, "currency": "usd", "status": status});
        for (kind, object, expected) in [
            ("refund.created", refund("pending"), Some((ReversalKind::Repayment, ReversalState::Done))),
            ("refund.updated", refund("succeeded"), Some((ReversalKind::Repayment, ReversalState::Done))),
            ("refund.failed", refund("failed"), Some((ReversalKind::Repayment, ReversalState::Undone))),
            ("charge.dispute.created", dispute("needs_response"), Some((ReversalKind::Dispute, ReversalState::Open))),
            ("charge.dispute.updated", dispute("under_review"), Some((ReversalKind::Dispute, ReversalState::Open))),
            ("charge.dispute.closed", dispute("won"), Some((ReversalKind::Dispute, ReversalState::Undone))),
            ("charge.dispute.closed", dispute("lost"), Some((ReversalKind::Dispute, ReversalState::Done))),
            ("charge.dispute.created", dispute("warning_needs_response"), None),
            ("charge.dispute.closed", dispute("warning_closed"), None),
        ] {
            let id = object["id"].as_str().unwrap().to_owned();
            let expected =
                expected.map(|(kind, state)| (format!("stripe/{id}"), "stripe/pi_1".to_owned(), kind, state));
            assert_eq!(state(read(kind, object.clone()).unwrap()), expected, "{kind} {object}");
        }
        assert_eq!(read("refund.created", json!({"id": "re_1", "amount": 5, "currency": "usd"})).unwrap(), None);
        assert!(read("refund.created", json!({"id": "re_1"})).is_err());
    }
}

//! What of a record is not for customers and agents.

use domain::money::{Amount, Currency};
use domain::screening::{Filters, Forwarding, Voicemail};
use domain::time::Instant;
use engine::Reach;
use engine::allowances::Allowance;
use engine::billing::{Reason, Suspended};
use engine::calls::{Call, CallState, Direction, Disposition, Price};
use engine::ledger::EntryRecord;
use engine::lines::{Line, LineState, Phone};
use serde::Serialize;

use super::allowances::AllowanceDocument;
use super::calls::{CallDocument, ExplainedCall};
use super::calls_export;
use super::ledger::EntryDocument;
use super::lines::LineDocument;

/// Stands wherever a customer must not look.
const HIDDEN: &str = "hidden";
/// The agent's part of a price.
const PART: i64 = 77_770_000;

fn call() -> Call {
    let price = Price {
        currency: Currency::parse("USD").unwrap(),
        total: Amount::from_micros(99_990_000),
        tax: Amount::ZERO,
        agent_part: Amount::from_micros(PART),
        allowance_seconds: 0,
        source: "agent".to_owned(),
        plan_version: None,
        deck_version: None,
        charge: format!(r#"{{"total": "99.99", "split": {{"agent": "{HIDDEN}"}}}}"#),
    };
    Call {
        id: "cal_1".to_owned(),
        origin: HIDDEN.to_owned(),
        state: CallState::Rated,
        direction: Direction::Outbound,
        from: "0001".to_owned(),
        to: "+442079460018".to_owned(),
        customer: Some("cus_1".to_owned()),
        line: Some("lin_1".to_owned()),
        agent: Some("agt_1".to_owned()),
        account_code: None,
        started_at: None,
        answered_at: None,
        ended_at: Some(Instant::FIRST),
        duration_ms: None,
        disposition: Some(Disposition::Answered),
        cause: None,
        price: Some(price),
        unrated_reason: Some(HIDDEN.to_owned()),
        import: Some(HIDDEN.to_owned()),
        recorded_at: Instant::FIRST,
        version: 1,
    }
}

fn entry() -> EntryRecord {
    EntryRecord {
        key: format!("cal_1/{HIDDEN}"),
        posted_at: 0,
        kind: "call".to_owned(),
        from_account: "cus_1".to_owned(),
        to_account: "tenant".to_owned(),
        currency: "USD".to_owned(),
        amount: 99_990_000,
        reference: "cal_1".to_owned(),
        customer: None,
        agent: None,
        promotional: 0,
    }
}

fn line() -> Line {
    let suspended = Suspended { reason: Reason::Manual, note: Some(HIDDEN.to_owned()), from: Instant::FIRST, to: None };
    Line {
        id: "lin_1".to_owned(),
        number: "0001".to_owned(),
        customer: "cus_1".to_owned(),
        state: LineState::Suspended,
        opened_at: Instant::FIRST,
        closed_at: None,
        plans: Vec::new(),
        suspensions: vec![suspended],
        calls_at_once: None,
        phone: Phone::default(),
        blocked_numbers: 0,
        filters: Filters::default(),
        forwarding: Forwarding::default(),
        voicemail: Voicemail::default(),
        version: 1,
    }
}

fn allowance() -> Allowance {
    Allowance {
        id: "alw_1".to_owned(),
        customer: "cus_1".to_owned(),
        agent: None,
        granted_seconds: 60,
        used_seconds: 0,
        held_seconds: 0,
        granted_at: Instant::FIRST,
        expires_at: None,
        revoked_at: None,
        reason: "welcome".to_owned(),
        granted_by: HIDDEN.to_owned(),
    }
}

fn text(document: &impl Serialize) -> String {
    serde_json::to_string(document).unwrap()
}

#[test]
fn customers_and_agents_are_not_told_what_is_the_tenants() {
    let own = Reach::Own { customers: vec!["cus_1".to_owned()], agent: Some("agt_1".to_owned()) };
    let shown = |reach: &Reach| {
        let row = calls_export::row(call(), "Acme".to_owned(), reach);
        [
            ("a call", text(&CallDocument::seen(call(), reach))),
            ("an agent's call", text(&CallDocument::seen_by_agent(call(), reach))),
            ("an explained call", text(&ExplainedCall::seen(call(), vec![entry()], reach))),
            ("an exported call", format!("{row:?}")),
            ("an entry", text(&EntryDocument::seen(entry(), reach))),
            ("a line", text(&LineDocument::seen(line(), reach))),
            ("an allowance", text(&AllowanceDocument::seen(allowance(), reach))),
        ]
    };
    for ((what, whole), (_, told)) in shown(&Reach::Tenant).into_iter().zip(shown(&own)) {
        assert!(whole.contains(HIDDEN), "{what} has something to hide: {whole}");
        assert!(!told.contains(HIDDEN), "{what}: {told}");
        assert_eq!(told.contains("77.77"), what == "an agent's call", "{what}: {told}");
    }
}

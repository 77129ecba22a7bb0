//! Records as a test likes them: it names what matters to it.

use storage::agents::AgentRecord;
use storage::allowances::AllowanceRecord;
use storage::audit::ChangeRecord;
use storage::calls::CallRecord;
use storage::conversations::ConversationRecord;
use storage::customers::CustomerRecord;
use storage::ledger::{AccountChange, EntryRecord};
use storage::lines::LineRecord;
use storage::messages::MessageRecord;
use storage::payments::{CreditRecord, PaymentRecord};

pub(crate) fn customer(id: &str, name: &str) -> CustomerRecord {
    CustomerRecord {
        tenant: 1,
        id: id.into(),
        name: name.into(),
        external_reference: None,
        mode: "postpaid".into(),
        currency: "USD".into(),
        state: "active".into(),
        details: "{}".into(),
        created_at: 0,
        version: 1,
        search: name.to_lowercase(),
    }
}

pub(crate) fn line(id: &str, number: &str) -> LineRecord {
    LineRecord {
        tenant: 1,
        id: id.into(),
        number: number.into(),
        customer: "cus_1".into(),
        state: "active".into(),
        details: "{}".into(),
        opened_at: 10,
        closed_at: None,
        version: 1,
    }
}

pub(crate) fn agent(id: &str) -> AgentRecord {
    AgentRecord {
        tenant: 1,
        id: id.into(),
        name: "Ada".into(),
        details: "{}".into(),
        created_at: 7,
        version: 1,
        number: None,
    }
}

pub(crate) fn call(id: &str, ended_at: i64) -> CallRecord {
    CallRecord {
        id: id.into(),
        origin: format!("test:{id}"),
        state: "rated".into(),
        customer: Some("cus_1".into()),
        line: Some("lin_1".into()),
        started_at: Some(ended_at - 2000),
        answered_at: Some(ended_at - 1001),
        ended_at: Some(ended_at),
        duration_ms: Some(1001),
        disposition: Some("answered".into()),
        price_source: Some("plan".into()),
        currency: Some("USD".into()),
        total: Some(50_000),
        charge: Some(r#"{"quote":"a \"word\", a back\\slash, Zoë"}"#.into()),
        version: 1,
        ..CallRecord::default()
    }
}

/// The customer pays the tenant's income.
pub(crate) fn entry(key: &str, amount: i64) -> EntryRecord {
    EntryRecord {
        key: key.into(),
        posted_at: 5,
        kind: "call".into(),
        from_account: "cus_1".into(),
        to_account: "income".into(),
        currency: "USD".into(),
        amount,
        reference: "call_1".into(),
        customer: Some("cus_1".into()),
        agent: None,
        promotional: 0,
    }
}

pub(crate) fn change(account: &str, amount: i64) -> AccountChange {
    AccountChange { account: account.into(), currency: "USD".into(), amount, ..AccountChange::default() }
}

pub(crate) fn allowance(id: &str, seconds: i64) -> AllowanceRecord {
    AllowanceRecord {
        tenant: 1,
        id: id.into(),
        customer: "cus_1".into(),
        agent: None,
        granted_seconds: seconds,
        used_seconds: 0,
        held_seconds: 0,
        granted_at: 0,
        expires_at: None,
        revoked_at: None,
        reason: "welcome".into(),
        granted_by: "key_1".into(),
    }
}

pub(crate) fn payment(id: &str) -> PaymentRecord {
    PaymentRecord {
        tenant: 1,
        id: id.into(),
        customer: "cus_1".into(),
        currency: "USD".into(),
        amount: i64::MAX,
        method: "cash".into(),
        reference: None,
        received_at: -1,
        created_at: 9,
        unspent: 0,
        origin: None,
        returned: 0,
    }
}

pub(crate) fn credit(id: &str) -> CreditRecord {
    CreditRecord {
        tenant: 1,
        id: id.into(),
        customer: "cus_1".into(),
        kind: "adjustment".into(),
        currency: "USD".into(),
        amount: i64::MIN,
        reason: "a \"mistake\"".into(),
        created_at: 9,
        unspent: 0,
    }
}

/// A change of a customer, as the audit trail has it.
pub(crate) fn audited(id: &str) -> ChangeRecord {
    ChangeRecord {
        tenant: 1,
        id: id.into(),
        at: 8,
        actor: "key_1".into(),
        action: "customer.update".into(),
        subject: "cus_1".into(),
        before: None,
        after: Some(r#"{"name":"B"}"#.into()),
        person: None,
    }
}

/// The ids of a page.
pub(crate) fn ids<'a, T>(page: &'a [T], id: impl Fn(&'a T) -> &'a str) -> Vec<&'a str> {
    page.iter().map(id).collect()
}

pub(crate) fn conversation(id: &str, customer: &str, agent: &str) -> ConversationRecord {
    ConversationRecord {
        id: id.to_owned(),
        customer: customer.to_owned(),
        agent: agent.to_owned(),
        created_at: 1,
        messages: 0,
        last_at: 1,
        shown_at: Some(1),
        unread_by_customer: 0,
        unread_by_agent: 0,
        told_on: None,
    }
}

pub(crate) fn message(id: &str, of: &ConversationRecord, number: i64) -> MessageRecord {
    MessageRecord {
        id: id.to_owned(),
        conversation: of.id.clone(),
        number,
        customer: of.customer.clone(),
        agent: of.agent.clone(),
        sender: "customer".to_owned(),
        channel: "app".to_owned(),
        origin: None,
        asked: None,
        text: "Hello".to_owned(),
        segments: 1,
        state: "stored".to_owned(),
        refusal: None,
        missing: None,
        told: 0,
        currency: "USD".to_owned(),
        price: 10,
        tax: 1,
        agent_part: 5,
        created_at: number,
        delivered_at: None,
        read_at: None,
    }
}

//! Faults that are planted past the use cases, and found.

use engine::Actor;
use storage::conversations::{self, ConversationRecord};
use storage::ledger::{AccountChange, EntryRecord};
use storage::messages::MessageRecord;
use storage::{ledger, messages};

use crate::world::{World, on_both};

fn message(price: i64) -> MessageRecord {
    MessageRecord {
        id: "msg_1".into(),
        conversation: "cnv_1".into(),
        number: 1,
        customer: "cus_1".into(),
        agent: "agt_1".into(),
        sender: "customer".into(),
        channel: "app".into(),
        origin: None,
        asked: None,
        text: "Hello".into(),
        segments: 1,
        state: "stored".into(),
        refusal: None,
        missing: None,
        told: 0,
        currency: "USD".into(),
        price,
        tax: 0,
        agent_part: price / 2,
        created_at: 1,
        delivered_at: None,
        read_at: None,
    }
}

fn conversation() -> ConversationRecord {
    ConversationRecord {
        id: "cnv_1".into(),
        customer: "cus_1".into(),
        agent: "agt_1".into(),
        created_at: 1,
        messages: 1,
        last_at: 1,
        shown_at: Some(1),
        unread_by_customer: 0,
        unread_by_agent: 1,
        told_on: None,
    }
}

fn entry(to: &str, amount: i64) -> EntryRecord {
    EntryRecord {
        key: format!("msg_1/{to}"),
        posted_at: 1,
        kind: "message".into(),
        from_account: "cus_1".into(),
        to_account: to.into(),
        currency: "USD".into(),
        amount,
        reference: "msg_1".into(),
        customer: Some("cus_1".into()),
        agent: (to == "agt_1").then(|| to.into()),
        promotional: 0,
    }
}

fn change(account: &str, amount: i64) -> AccountChange {
    AccountChange { account: account.into(), currency: "USD".into(), amount, ..AccountChange::default() }
}

#[tokio::test]
async fn faults_by_table() {
    on_both(async |world: World| {
        let (whole, half) = ([entry("agt_1", 5), entry("income", 5)], [entry("agt_1", 5)]);
        let all_to_the_tenant = [entry("income", 10)];
        let wrong = Some("message msg_1: its price, tax or agent's part is not what its entries moved");
        let uncounted = Some("conversation cnv_1: its messages have a gap, or others are unread than it counts");
        let read = MessageRecord { state: "read".into(), read_at: Some(2), ..message(10) };
        // A message, its conversation, its entries; the fault.
        let cases = [
            (Some(message(10)), conversation(), &whole[..], None),
            (Some(message(0)), conversation(), &[], None),
            (Some(message(10)), conversation(), &half, wrong),
            (Some(message(10)), conversation(), &[], wrong),
            (Some(message(10)), conversation(), &all_to_the_tenant, wrong),
            (Some(MessageRecord { tax: 1, ..message(10) }), conversation(), &whole, wrong),
            (Some(MessageRecord { number: 2, ..message(10) }), conversation(), &whole, uncounted),
            (Some(read), conversation(), &whole, uncounted),
            (None, ConversationRecord { messages: 0, unread_by_agent: 0, ..conversation() }, &whole, wrong),
            (None, conversation(), &[], uncounted),
        ];
        // Each in the books of a tenant of its own.
        for (tenant, (message, conversation, entries, fault)) in (2..).zip(cases) {
            let mut tx = world.engine.store().write().await.unwrap();
            conversations::begin(&mut tx, tenant, &conversation).await.unwrap();
            if let Some(message) = &message {
                assert!(messages::insert_new(&mut tx, tenant, message).await.unwrap());
            }
            ledger::insert_entries(&mut tx, tenant, entries).await.unwrap();
            for entry in entries {
                let mut changes = vec![change("cus_1", -entry.amount)];
                changes.extend((entry.to_account == "agt_1").then(|| change("agt_1", entry.amount)));
                changes.sort_by(|a, b| a.account.cmp(&b.account));
                ledger::change_accounts(&mut tx, tenant, &changes).await.unwrap();
            }
            tx.commit().await.unwrap();
            let actor = Actor { tenant, ..world.actor.clone() };
            let books = World { engine: world.engine.clone(), clock: world.clock.clone(), actor };
            let faults = books.faults().await;
            match fault {
                None => assert_eq!(faults, Vec::<String>::new(), "{message:?} {entries:?}"),
                Some(fault) => assert!(faults.len() == 1 && faults[0].contains(fault), "{fault}: {faults:?}"),
            }
        }
    })
    .await;
}

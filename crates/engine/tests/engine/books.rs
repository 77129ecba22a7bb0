//! Faults that are planted past the use cases, and found.

use engine::Actor;
use storage::calls::CallRecord;
use storage::ledger::{AccountChange, EntryRecord};
use storage::{calls, ledger};

use crate::world::{World, on_both};

fn entry(key: &str, amount: i64) -> EntryRecord {
    EntryRecord {
        key: key.into(),
        posted_at: 1,
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

fn call(total: i64) -> CallRecord {
    CallRecord {
        id: "call_1".into(),
        origin: "pbx:1".into(),
        state: "rated".into(),
        customer: Some("cus_1".into()),
        currency: Some("USD".into()),
        total: Some(total),
        ..CallRecord::default()
    }
}

fn taken(amount: i64) -> AccountChange {
    AccountChange { account: "cus_1".into(), currency: "USD".into(), amount: -amount, ..AccountChange::default() }
}

#[tokio::test]
async fn faults_by_table() {
    on_both(async |world: World| {
        let taxed = CallRecord { tax: Some(11), ..call(10) };
        let tax =
            EntryRecord { from_account: "income".into(), to_account: "tax".into(), customer: None, ..entry("b", 11) };
        // A call, its entries, what its customer has lost; the fault.
        let cases = [
            (Some(call(10)), &[entry("a", 10)][..], 10, None),
            (Some(call(10)), &[entry("a", 4), entry("b", 6)], 10, None),
            (None, &[], 0, None),
            (
                Some(call(10)),
                &[entry("a", 10)],
                9,
                Some("account cus_1 has -9 millionths of USD, its entries sum to -10"),
            ),
            (Some(call(10)), &[], 0, Some("call call_1 costs 10 millionths, its entries sum to 0")),
            (Some(call(10)), &[entry("a", 10), entry("b", 10)], 20, Some("call call_1 costs 10 millionths")),
            (Some(CallRecord { total: None, ..call(0) }), &[entry("a", 1)], 1, Some("call call_1 costs 0 millionths")),
            (Some(taxed), &[entry("a", 10), tax.clone()], 10, Some("call call_1: its parts do not make up its total")),
            (Some(call(10)), &[entry("a", 10), tax], 10, Some("call call_1: its tax or its agent's part is not what")),
            (None, &[entry("a", 10)], 10, Some("entry a ")),
            (Some(call(0)), &[entry("a", 0)], 0, Some("entry a ")),
        ];
        // Each in the books of a tenant of its own.
        for (tenant, (call, entries, balance, fault)) in (2..).zip(cases) {
            let mut tx = world.engine.store().write().await.unwrap();
            calls::insert_new(&mut tx, tenant, call.as_slice()).await.unwrap();
            ledger::insert_entries(&mut tx, tenant, entries).await.unwrap();
            ledger::change_accounts(&mut tx, tenant, &[taken(balance)]).await.unwrap();
            tx.commit().await.unwrap();
            let actor = Actor { tenant, ..world.actor.clone() };
            let books = World { engine: world.engine.clone(), clock: world.clock.clone(), actor };
            let faults = books.faults().await;
            match fault {
                None => assert_eq!(faults, Vec::<String>::new(), "{entries:?}"),
                Some(fault) => assert!(faults.len() == 1 && faults[0].contains(fault), "{fault}: {faults:?}"),
            }
        }
        assert_eq!(world.faults().await, Vec::<String>::new());
    })
    .await;
}

//! Faults of payouts that are planted past the use cases, and found.

use storage::ledger::{self, AccountChange, EntryRecord};
use storage::payouts::{self as stored, PayoutRecord};
use storage::{WriteTx, documents};

use super::*;
use crate::world::on_both;

/// What is done past the use cases to the books of an agent who was paid.
async fn plant(tx: &mut WriteTx, fault: &str, payout: &Payout) {
    let agent = payout.agent.as_str();
    let change =
        AccountChange { account: agent.into(), currency: "USD".into(), amount: 10, ..AccountChange::default() };
    let entry = EntryRecord {
        key: "pyo_none/payout".into(),
        posted_at: 1,
        kind: "payout".into(),
        from_account: "cash".into(),
        to_account: agent.into(),
        currency: "USD".into(),
        amount: 10,
        reference: "pyo_none".into(),
        customer: None,
        agent: Some(agent.into()),
        promotional: 0,
    };
    match fault {
        "a payout without an entry" => {
            let record = PayoutRecord {
                id: "pyo_none".into(),
                agent: agent.into(),
                currency: "USD".into(),
                amount: 10,
                made_at: 1,
                bounced_at: None,
                reason: None,
                file: None,
                paper: String::new(),
            };
            stored::insert(tx, 1, &record).await.unwrap();
        }
        "an entry without a payout" => {
            ledger::insert_entries(tx, 1, &[entry]).await.unwrap();
            ledger::change_accounts(tx, 1, &[change]).await.unwrap();
        }
        "one that came back without an entry" => {
            assert!(stored::bounce(tx, 1, &payout.id, 1, None).await.unwrap());
        }
        "a balance" => assert!(ledger::change_accounts(tx, 1, &[change]).await.unwrap()),
        _ => assert_eq!(documents::take_numbers(tx, 1, "payout", 1).await.unwrap(), 2),
    }
}

#[tokio::test]
async fn faults_by_table() {
    let of_account = "the account is not what was earned less what was paid out";
    let of_entries = "its entries or its statement are not of its amount, or there is none";
    // What is planted; what is found, but for the ids of the payout and the agent.
    for (fault, first) in [
        ("a payout without an entry", format!("payout pyo_none: {of_entries}")),
        ("an entry without a payout", format!("payout pyo_none: {of_entries}")),
        ("one that came back without an entry", format!("payout PAYOUT: {of_entries}")),
        ("a balance", "account AGENT has 10 millionths of USD, its entries sum to 0".to_owned()),
        ("a number", "the numbers of the series payout have a gap".to_owned()),
    ] {
        on_both(async |world: World| {
            let iris = iris(&world).await;
            caller(&world, "0001").await;
            terms(&world, 0, "0").await;
            talk(&world, &iris, "0001", 60).await;
            let payout = pay(&world, &iris).await.unwrap();
            assert_books_are_right(&world).await;
            let mut tx = world.engine.store().write().await.unwrap();
            plant(&mut tx, fault, &payout).await;
            tx.commit().await.unwrap();
            let found = world.faults().await.join("; ").replace(&payout.id, "PAYOUT").replace(&iris.id, "AGENT");
            let expected =
                if fault == "a number" { first.clone() } else { format!("{first}; agent AGENT: {of_account}") };
            assert_eq!(found, expected, "{fault}");
        })
        .await;
    }
}

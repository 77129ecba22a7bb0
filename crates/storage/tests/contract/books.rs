use storage::books::{self, Counts, WrongBalance, WrongCharge, WrongIncluded};
use storage::calls::{self, CallRecord};
use storage::events::{self, EventRecord};
use storage::included::{self, IncludedRecord};
use storage::ledger::{self, AccountChange, EntryRecord};
use storage::{Store, WriteTx, allowances};

use crate::databases::{execute, on_both, on_both_at};
use crate::records::{allowance, call, change, entry};

/// What the checks find, each under its name; nothing in books that are in order.
pub(crate) async fn faults(tx: &mut WriteTx) -> Vec<String> {
    let mut found = Vec::new();
    found.extend(books::wrong_balances(tx, 1).await.unwrap().iter().map(|wrong| format!("{wrong:?}")));
    found.extend(books::wrong_charges(tx, 1).await.unwrap().iter().map(|wrong| format!("{wrong:?}")));
    found.extend(books::wrong_included(tx, 1).await.unwrap().iter().map(|wrong| format!("{wrong:?}")));
    for (name, keys) in [
        ("entry", books::wrong_entries(tx, 1).await.unwrap()),
        ("refund", books::overrefunded(tx, 1).await.unwrap()),
        ("event", books::wrong_events(tx, 1).await.unwrap()),
        ("message", books::wrong_messages(tx, 1).await.unwrap()),
        ("conversation", books::wrong_conversations(tx, 1).await.unwrap()),
        ("promotional", books::wrong_promotional(tx, 1).await.unwrap()),
        ("hold", books::wrong_holds(tx, 1).await.unwrap()),
        ("part", books::wrong_parts(tx, 1).await.unwrap()),
        ("split", books::wrong_splits(tx, 1).await.unwrap()),
        ("allowance", books::overused_allowances(tx, 1).await.unwrap()),
    ] {
        found.extend(keys.iter().map(|key| format!("{name} {key}")));
    }
    found
}

/// A call of 0.05 to an agent, paid by the customer: split between the tenant and the agent, and put right by a re-rating; and
/// the same under another tenant's keys, with nothing else.
async fn plant_good_books(tx: &mut WriteTx) {
    let rated = CallRecord { agent_part: Some(30_000), tax: Some(1_000), ..call("call_1", 10_000) };
    calls::insert_new(tx, 1, &[rated, CallRecord { total: None, state: "unrated".into(), ..call("call_2", 20_000) }])
        .await
        .unwrap();
    let to_agent = EntryRecord {
        from_account: "income".into(),
        to_account: "agt_1".into(),
        customer: None,
        agent: Some("agt_1".into()),
        ..entry("call_1/agent", 30_000)
    };
    let taxed = within("tax", "call_1", 1_000);
    let back = EntryRecord {
        kind: "rerating".into(),
        from_account: "income".into(),
        to_account: "cus_1".into(),
        ..entry("rrt_1/call_1", 10_000)
    };
    ledger::insert_entries(tx, 1, &[entry("call_1/charge", 60_000), to_agent, taxed, back]).await.unwrap();
    ledger::change_accounts(tx, 1, &[change("agt_1", 30_000), change("cus_1", -50_000)]).await.unwrap();
    // Credit that was given, some of the call's price back, and both taken again.
    let [credit, refund] = [to_customer("promotional", 20_000), to_customer("refund", 10_000)];
    let taken = EntryRecord { kind: "fee".into(), promotional: 5_000, ..entry("fee_1/fee", 30_000) };
    let entries = [EntryRecord { promotional: 20_000, ..credit }, EntryRecord { promotional: 5_000, ..refund }, taken];
    ledger::insert_entries(tx, 1, &entries).await.unwrap();
    ledger::change_accounts(tx, 1, &[AccountChange { promotional: 20_000, ..change("cus_1", 0) }]).await.unwrap();
    allowances::insert(tx, &allowance("alw_1", 60)).await.unwrap();
    allowances::take(tx, 1, "alw_1", 0, 60).await.unwrap();
    // Minutes of two periods; an agent's call uses none, but a grant.
    let free = |id: &str, source: &str| CallRecord {
        total: Some(0),
        line: Some("lin_1".into()),
        price_source: Some(source.into()),
        allowance_seconds: Some(30),
        ..call(id, 30_000)
    };
    let free = [free("call_4", "plan"), free("call_5", "deck"), free("call_6", "agent")];
    calls::insert_new(tx, 1, &free).await.unwrap();
    included::add(tx, 1, &[minutes("lin_1", 0, 30), minutes("lin_1", 20_000, 30), minutes("lin_2", 0, 0)])
        .await
        .unwrap();
    included::add(tx, 2, &[minutes("lin_1", 0, 30)]).await.unwrap();
    ledger::insert_entries(tx, 2, &[entry("call_7/charge", -60_000)]).await.unwrap();
}

fn minutes(line: &str, period_from: i64, used: i64) -> IncludedRecord {
    IncludedRecord { line: line.into(), period_from, used }
}

/// What the tenant gives to the customer.
fn to_customer(kind: &str, amount: i64) -> EntryRecord {
    let key = format!("{kind}_1/{kind}");
    EntryRecord { kind: kind.into(), from_account: "income".into(), to_account: "cus_1".into(), ..entry(&key, amount) }
}

/// What of a call's charge goes on from the tenant's income.
fn within(to: &str, call: &str, amount: i64) -> EntryRecord {
    EntryRecord {
        from_account: "income".into(),
        to_account: to.into(),
        reference: call.into(),
        customer: None,
        ..entry(&format!("{call}/{to}"), amount)
    }
}

/// Plants one fault by the crate's own doors.
async fn plant(tx: &mut WriteTx, fault: &str) {
    let insert = async |tx: &mut WriteTx, entry: EntryRecord| {
        ledger::insert_entries(tx, 1, &[entry]).await.unwrap();
    };
    match fault {
        "a balance without an entry" => {
            ledger::change_accounts(tx, 1, &[change("cus_1", 7)]).await.unwrap();
        }
        "an entry without its balance" => insert(tx, EntryRecord { kind: "fee".into(), ..entry("x", 7) }).await,
        "a call charged twice" => {
            insert(tx, entry("call_1/again", 50_000)).await;
            ledger::change_accounts(tx, 1, &[change("cus_1", -50_000)]).await.unwrap();
        }
        "a call without its charge" => {
            calls::insert_new(tx, 1, &[call("call_3", 5)]).await.unwrap();
        }
        "a charge of an unrated call" => {
            insert(tx, EntryRecord { reference: "call_2".into(), ..entry("call_2/charge", 9) }).await;
            ledger::change_accounts(tx, 1, &[change("cus_1", -9)]).await.unwrap();
        }
        "a charge of no call" => {
            insert(tx, EntryRecord { reference: "call_9".into(), ..entry("call_9/charge", 9) }).await;
            ledger::change_accounts(tx, 1, &[change("cus_1", -9)]).await.unwrap();
        }
        "an amount of nothing" => insert(tx, EntryRecord { kind: "fee".into(), ..entry("x", 0) }).await,
        "an account that pays itself" => {
            insert(tx, EntryRecord { kind: "fee".into(), to_account: "cus_1".into(), ..entry("x", 9) }).await;
        }
        "another customer's entry" => {
            let to_cash = EntryRecord { from_account: "cash".into(), kind: "fee".into(), ..entry("x", 9) };
            insert(tx, to_cash).await;
        }
        "parts beyond the total" => {
            let free = CallRecord { total: Some(0), tax: Some(1), ..call("call_3", 5) };
            calls::insert_new(tx, 1, &[free]).await.unwrap();
            insert(tx, within("tax", "call_3", 1)).await;
        }
        "a part below zero" => {
            let free = CallRecord { total: Some(0), tax: Some(-1), ..call("call_3", 5) };
            calls::insert_new(tx, 1, &[free]).await.unwrap();
            let back = within("tax", "call_3", 1);
            insert(tx, EntryRecord { from_account: "tax".into(), to_account: "income".into(), ..back }).await;
        }
        "a tax that the call does not have" => {
            calls::insert_new(tx, 1, &[CallRecord { total: Some(0), ..call("call_3", 5) }]).await.unwrap();
            insert(tx, within("tax", "call_3", 1)).await;
        }
        "an agent who has more than the part" => {
            let more = EntryRecord { agent: Some("agt_1".into()), ..within("agt_1", "call_1", 1) };
            insert(tx, EntryRecord { key: "call_1/more".into(), ..more }).await;
            ledger::change_accounts(tx, 1, &[change("agt_1", 1)]).await.unwrap();
        }
        "minutes that no call used" => {
            included::add(tx, 1, &[minutes("lin_1", 0, 5), minutes("lin_2", 0, 0)]).await.unwrap();
        }
        "minutes that are not counted" => {
            let line = Some("lin_2".into());
            let source = Some("plan".into());
            let free = CallRecord { total: Some(0), line, price_source: source, ..call("call_3", 5) };
            calls::insert_new(tx, 1, &[CallRecord { allowance_seconds: Some(5), ..free }]).await.unwrap();
        }
        _ => plant_refund(tx, fault).await,
    }
}

/// The same for services that are charged once.
async fn plant_event(tx: &mut WriteTx, fault: &str) {
    if fault == "entries of no service" {
        let price = entry("evt_9/price", 9);
        let price = EntryRecord { kind: "event".into(), reference: "evt_9".into(), ..price };
        ledger::insert_entries(tx, 1, &[price]).await.unwrap();
        ledger::change_accounts(tx, 1, &[change("cus_1", -9)]).await.unwrap();
        return;
    }
    let event = EventRecord {
        id: "evt_1".into(),
        origin: "pbx:1".into(),
        owner: "key:pbx".into(),
        asked: String::new(),
        customer: "cus_1".into(),
        line: None,
        currency: "USD".into(),
        amount: 9,
        tax: 0,
        description: "Ring tone".into(),
        charged_at: 0,
    };
    assert!(events::insert_new(tx, 1, &event).await.unwrap());
    assert!(!events::insert_new(tx, 1, &EventRecord { id: "evt_2".into(), ..event }).await.unwrap());
}

/// The same for refunds, promotional credit, and what is no call's.
async fn plant_refund(tx: &mut WriteTx, fault: &str) {
    if fault.contains("service") {
        return plant_event(tx, fault).await;
    }
    let refund = |amount| EntryRecord { key: "call_1/refund".into(), ..to_customer("refund", amount) };
    let (entry, promotional) = match fault {
        "a refund beyond the price" => (refund(40_001), 0),
        "a refund of more tax than there was" => (EntryRecord { from_account: "tax".into(), ..refund(1_001) }, 0),
        "a refund of no call" => (EntryRecord { key: "x".into(), reference: "x".into(), ..refund(1) }, 0),
        "promotional credit without an entry" => (to_customer("credit", 1), 1),
        "more promotional credit than the amount" => {
            (EntryRecord { key: "x".into(), promotional: 10, ..to_customer("credit", 9) }, 10)
        }
        _ => panic!("no such fault: {fault}"),
    };
    let change = AccountChange { promotional, ..change("cus_1", entry.amount) };
    ledger::insert_entries(tx, 1, &[entry]).await.unwrap();
    ledger::change_accounts(tx, 1, &[change]).await.unwrap();
}

#[tokio::test]
async fn each_planted_fault_is_found_and_nothing_else() {
    let balance = |balance, entries| {
        let wrong = WrongBalance { account: "cus_1".into(), currency: "USD".into(), balance, entries };
        format!("{wrong:?}")
    };
    let included = |line: &str, counted, calls| format!("{:?}", WrongIncluded { line: line.into(), counted, calls });
    let charge = |call: &str, total, entries| format!("{:?}", WrongCharge { call: call.into(), total, entries });
    let cases = [
        ("a balance without an entry", balance(-49_993, -50_000)),
        ("an entry without its balance", balance(-50_000, -50_007)),
        ("a call charged twice", charge("call_1", 50_000, 100_000)),
        ("a call without its charge", charge("call_3", 50_000, 0)),
        ("a charge of an unrated call", charge("call_2", 0, 9)),
        ("a charge of no call", "entry call_9/charge".into()),
        ("an amount of nothing", "entry x".into()),
        ("an account that pays itself", "entry x".into()),
        ("another customer's entry", "entry x".into()),
        ("parts beyond the total", "split call_3".into()),
        ("a part below zero", "split call_3".into()),
        ("a tax that the call does not have", "part call_3".into()),
        ("an agent who has more than the part", "part call_1".into()),
        ("a service without its entries", "event evt_1".into()),
        ("entries of no service", "event evt_9".into()),
        ("a refund beyond the price", "refund call_1".into()),
        ("a refund of more tax than there was", "refund call_1".into()),
        ("a refund of no call", "entry x".into()),
        ("promotional credit without an entry", "promotional cus_1".into()),
        ("more promotional credit than the amount", "entry x".into()),
        ("minutes that no call used", included("lin_1", 65, 60)),
        ("minutes that are not counted", included("lin_2", 0, 5)),
    ];
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        plant_good_books(&mut tx).await;
        assert_eq!(faults(&mut tx).await, Vec::<String>::new());
        assert_eq!(books::counts(&mut tx, 1).await.unwrap(), Counts { calls: 5, unrated: 1, entries: 7 });
        tx.commit().await.unwrap();
        for (fault, found) in &cases {
            let mut tx = store.write().await.unwrap();
            plant(&mut tx, fault).await;
            assert_eq!(faults(&mut tx).await, std::slice::from_ref(found), "{fault}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_no_door_lets_in_is_found_too() {
    on_both_at(async |store: Store, address: String| {
        let mut tx = store.write().await.unwrap();
        plant_good_books(&mut tx).await;
        tx.commit().await.unwrap();
        for (tampering, found) in [
            ("UPDATE accounts SET held = 10 WHERE account = 'cus_1'", vec!["hold cus_1"]),
            ("UPDATE calls SET held = 10 WHERE tenant = 1 AND id = 'call_2'", vec!["hold cus_1"]),
            ("UPDATE calls SET wakes_at = 1 WHERE tenant = 1 AND id = 'call_2'", vec![]),
            ("UPDATE accounts SET held = -10 WHERE account = 'cus_1'", vec!["hold cus_1"]),
            ("UPDATE accounts SET held = 0", vec!["hold cus_1"]),
            ("UPDATE allowances SET granted_seconds = granted_seconds + 1, held_seconds = 1", vec!["hold cus_1"]),
            ("UPDATE calls SET wakes_at = NULL, held = 0", vec!["allowance alw_1"]),
            ("UPDATE allowances SET granted_seconds = granted_seconds - 1, held_seconds = 0", vec![]),
            ("UPDATE accounts SET promotional = -1 WHERE account = 'cus_1'", vec!["promotional cus_1"]),
            ("UPDATE accounts SET promotional = 20000 WHERE account = 'cus_1'", vec![]),
            ("UPDATE allowances SET held_seconds = 1", vec!["allowance alw_1"]),
            ("UPDATE allowances SET used_seconds = -1", vec!["allowance alw_1"]),
        ] {
            execute(&address, tampering).await;
            assert_eq!(faults(&mut store.write().await.unwrap()).await, found, "{tampering}");
        }
    })
    .await;
}

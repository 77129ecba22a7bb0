//! What every database has to do alike: each case runs on SQLite and on PostgreSQL.

mod databases;

use databases::on_both;
use storage::calls::{CallFilter, CallRecord};
use storage::customers::CustomerRecord;
use storage::ledger::{BalanceChange, EntryRecord};
use storage::{Store, calls, customers, ledger};

fn customer(id: &str, name: &str) -> CustomerRecord {
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
    }
}

fn call(id: &str, ended_at: i64) -> CallRecord {
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
        currency: Some("USD".into()),
        total: Some(50_000),
        charge: Some(r#"{"quote":"a \"word\", a back\\slash, Zoë"}"#.into()),
        ..CallRecord::default()
    }
}

fn entry(key: &str, amount: i64) -> EntryRecord {
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
    }
}

#[tokio::test]
async fn a_customer_is_kept_as_it_was_written() {
    on_both(async |store: Store| {
        let written = CustomerRecord { external_reference: Some("ACME/1".into()), ..customer("cus_1", "Zoë & Sons") };
        let mut tx = store.write().await.unwrap();
        assert!(customers::insert(&mut tx, &written).await.unwrap());
        assert!(!customers::insert(&mut tx, &CustomerRecord { id: "cus_2".into(), ..written.clone() }).await.unwrap());
        tx.commit().await.unwrap();
        let mut tx = store.read().await.unwrap();
        assert_eq!(customers::get(&mut tx, 1, "cus_1").await.unwrap(), Some(written.clone()));
        assert_eq!(customers::by_reference(&mut tx, 1, "ACME/1").await.unwrap(), Some(written));
        assert_eq!(customers::get(&mut tx, 2, "cus_1").await.unwrap(), None, "another tenant's");
    })
    .await;
}

#[tokio::test]
async fn what_is_not_committed_is_not_there() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        customers::insert(&mut tx, &customer("cus_1", "A")).await.unwrap();
        drop(tx);
        let mut tx = store.read().await.unwrap();
        assert_eq!(customers::get(&mut tx, 1, "cus_1").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn an_update_of_an_older_version_changes_nothing() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        customers::insert(&mut tx, &customer("cus_1", "A")).await.unwrap();
        assert!(customers::update(&mut tx, &CustomerRecord { version: 2, ..customer("cus_1", "B") }).await.unwrap());
        assert!(!customers::update(&mut tx, &CustomerRecord { version: 2, ..customer("cus_1", "C") }).await.unwrap());
        assert_eq!(customers::get(&mut tx, 1, "cus_1").await.unwrap().unwrap().name, "B");
    })
    .await;
}

#[tokio::test]
async fn a_search_takes_wildcards_as_themselves() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        for (id, name) in [("cus_1", "100% Ltd"), ("cus_2", "1000 Ltd"), ("cus_3", "under_score")] {
            customers::insert(&mut tx, &customer(id, name)).await.unwrap();
        }
        for (text, found) in [("100%", vec!["cus_1"]), ("r_s", vec!["cus_3"]), ("LTD", vec!["cus_1", "cus_2"])] {
            let page = customers::page(&mut tx, 1, Some(text), None, 10).await.unwrap();
            assert_eq!(page.iter().map(|c| c.id.as_str()).collect::<Vec<_>>(), found, "{text}");
        }
        let second = customers::page(&mut tx, 1, None, Some("cus_1"), 1).await.unwrap();
        assert_eq!(second[0].id, "cus_2");
    })
    .await;
}

#[tokio::test]
async fn a_call_of_a_known_origin_is_not_written_again() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let first = [call("call_1", 10_000), call("call_2", 20_000)];
        assert_eq!(calls::insert_new(&mut tx, 1, &first).await.unwrap().len(), 2);
        let again = [CallRecord { id: "call_3".into(), ..call("call_1", 10_000) }, call("call_4", 30_000)];
        assert_eq!(calls::insert_new(&mut tx, 1, &again).await.unwrap(), ["test:call_4"]);
        assert_eq!(calls::get(&mut tx, 1, "call_1").await.unwrap().as_ref(), Some(&first[0]));
        assert_eq!(calls::get(&mut tx, 1, "call_3").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn the_history_has_the_newest_first_in_pages() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let some = [call("call_1", 10_000), call("call_2", 20_000), call("call_3", 20_000)];
        let other =
            CallRecord { customer: Some("cus_2".into()), disposition: Some("busy".into()), ..call("call_4", 15_000) };
        calls::insert_new(&mut tx, 1, &some).await.unwrap();
        calls::insert_new(&mut tx, 1, &[other]).await.unwrap();
        let ids = |page: Vec<CallRecord>| page.into_iter().map(|c| c.id).collect::<Vec<_>>();
        let mine = CallFilter { customer: Some("cus_1"), ..CallFilter::default() };
        assert_eq!(ids(calls::history(&mut tx, 1, &mine, 2).await.unwrap()), ["call_3", "call_2"]);
        let rest = CallFilter { before: Some((20_000, "call_2")), ..mine.clone() };
        assert_eq!(ids(calls::history(&mut tx, 1, &rest, 2).await.unwrap()), ["call_1"]);
        let span = CallFilter { from: Some(10_001), to: Some(20_000), ..CallFilter::default() };
        assert_eq!(ids(calls::history(&mut tx, 1, &span, 9).await.unwrap()), ["call_4"]);
        let busy = CallFilter { line: Some("lin_1"), disposition: Some("busy"), ..CallFilter::default() };
        assert_eq!(ids(calls::history(&mut tx, 1, &busy, 9).await.unwrap()), ["call_4"]);

        let totals =
            calls::totals(&mut tx, 1, &mine, &[(0, 15_000), (15_000, 30_000), (30_000, 40_000)]).await.unwrap();
        let sums: Vec<_> = totals.iter().map(|t| (t.span, t.calls, t.answered, t.seconds, t.amount)).collect();
        assert_eq!(sums, [(0, 1, 1, 2, 50_000), (1, 2, 2, 4, 100_000)]);
    })
    .await;
}

#[tokio::test]
async fn an_entry_of_a_known_key_is_not_posted_again() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let new = ledger::insert_entries(&mut tx, 1, &[entry("call_1/a", 7), entry("call_1/b", 9)]).await.unwrap();
        assert_eq!(new.len(), 2);
        assert_eq!(ledger::insert_entries(&mut tx, 1, &[entry("call_1/a", 8)]).await.unwrap(), Vec::<String>::new());
        let change = |amount| BalanceChange { account: "cus_1".into(), currency: "USD".into(), amount };
        ledger::change_balances(&mut tx, 1, &[change(-16)]).await.unwrap();
        ledger::change_balances(&mut tx, 1, &[change(i64::from(i32::MAX) * 1000)]).await.unwrap();
        let locked = ledger::lock_accounts(&mut tx, 1, &[("cus_1", "USD"), ("cus_9", "USD")]).await.unwrap();
        assert_eq!(locked.iter().map(|a| a.balance).collect::<Vec<_>>(), [2_147_483_646_984]);
        assert_eq!(ledger::entries_about(&mut tx, 1, "call_1").await.unwrap().len(), 2);
        assert_eq!(ledger::entries_about(&mut tx, 1, "call_").await.unwrap().len(), 0);
    })
    .await;
}

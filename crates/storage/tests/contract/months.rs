//! Closed months: nothing is posted in them, whoever is quicker.

use std::time::Duration;

use storage::ledger::EntryRecord;
use storage::months::{self, MonthRecord};
use storage::{Error, Store, ledger};

use crate::databases::on_both;
use crate::records::entry;

const A_WHILE: Duration = Duration::from_millis(150);

pub(crate) fn month(name: &str, from_at: Option<i64>, to_at: i64) -> MonthRecord {
    MonthRecord {
        month: name.into(),
        from_at,
        to_at,
        closed_at: to_at + 5,
        entries: None,
        sums: None,
        previous: None,
        hash: None,
    }
}

fn posted(key: &str, posted_at: i64) -> EntryRecord {
    EntryRecord { posted_at, ..entry(key, 1) }
}

/// Instant and key of everything that was posted.
async fn journal(store: &Store, tenant: i64) -> Vec<(i64, String)> {
    let mut tx = store.read().await.unwrap();
    let all = ledger::journal(&mut tx, tenant, (i64::MIN, i64::MAX), None, 100).await.unwrap();
    all.into_iter().map(|entry| (entry.posted_at, entry.key)).collect()
}

fn told(rows: &[(i64, &str)]) -> Vec<(i64, String)> {
    rows.iter().map(|(at, key)| (*at, (*key).to_owned())).collect()
}

#[tokio::test]
async fn what_would_lie_in_a_closed_month_is_posted_after_the_closed_ones() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let early = [posted("a", i64::MIN), posted("b", 99), posted("c", 100)];
        ledger::insert_entries(&mut tx, 1, &early).await.unwrap();
        months::insert(&mut tx, 1, &month("2026-09", None, 100)).await.unwrap();
        months::insert(&mut tx, 1, &month("2026-10", Some(100), 200)).await.unwrap();
        let late = [posted("d", i64::MIN), posted("e", 150), posted("f", 200), posted("g", 201), posted("b", 201)];
        assert_eq!(ledger::insert_entries(&mut tx, 1, &late).await.unwrap(), ["d", "e", "f", "g"]);
        ledger::insert_entries(&mut tx, 2, &[posted("d", 150)]).await.unwrap();
        tx.commit().await.unwrap();
        let expected = [(i64::MIN, "a"), (99, "b"), (100, "c"), (200, "d"), (200, "e"), (200, "f"), (201, "g")];
        assert_eq!(journal(&store, 1).await, told(&expected));
        assert_eq!(journal(&store, 2).await, told(&[(150, "d")]), "another tenant's months are open");
    })
    .await;
}

#[tokio::test]
async fn a_month_is_closed_after_who_posts_and_before_who_comes_later() {
    on_both(async |store: Store| {
        // Each in a transaction that began while the month was open.
        let mut first = store.write().await.unwrap();
        ledger::insert_entries(&mut first, 1, &[posted("first", 50)]).await.unwrap();
        let closing = tokio::spawn({
            let store = store.clone();
            async move {
                let mut tx = store.write().await.unwrap();
                months::fence(&mut tx).await.unwrap();
                months::insert(&mut tx, 1, &month("2026-10", None, 100)).await.unwrap();
                tokio::time::sleep(A_WHILE).await;
                tx.commit().await.unwrap();
            }
        });
        tokio::time::sleep(A_WHILE).await;
        let second = tokio::spawn({
            let store = store.clone();
            async move {
                let mut tx = store.write().await.unwrap();
                ledger::insert_entries(&mut tx, 1, &[posted("second", 60)]).await.unwrap();
                tx.commit().await.unwrap();
            }
        });
        tokio::time::sleep(A_WHILE).await;
        assert!(
            !closing.is_finished() && !second.is_finished(),
            "the month waits for the first, the second for the month"
        );
        first.commit().await.unwrap();
        closing.await.unwrap();
        second.await.unwrap();
        assert_eq!(journal(&store, 1).await, told(&[(50, "first"), (100, "second")]));
    })
    .await;
}

#[tokio::test]
async fn the_journal_is_read_in_pages_without_gaps() {
    on_both(async |store: Store| {
        let all: Vec<EntryRecord> = (0..20).map(|n| posted(&format!("call_{:02}/a", (n * 3) % 20), n / 4)).collect();
        let mut tx = store.write().await.unwrap();
        ledger::insert_entries(&mut tx, 1, &all).await.unwrap();
        ledger::insert_entries(&mut tx, 2, &[posted("call_1/a", 2)]).await.unwrap();
        assert_eq!(ledger::first_posted_at(&mut tx, 1).await.unwrap(), Some(0));
        assert_eq!(ledger::first_posted_at(&mut tx, 3).await.unwrap(), None);
        for time in [(0, 5), (1, 4), (2, 2)] {
            let mut expected: Vec<&EntryRecord> =
                all.iter().filter(|entry| (time.0..time.1).contains(&entry.posted_at)).collect();
            expected.sort_by_key(|entry| (entry.posted_at, entry.key.clone()));
            for size in [1, 3, 50] {
                let mut seen: Vec<EntryRecord> = Vec::new();
                loop {
                    let after = seen.last().map(|entry| (entry.posted_at, entry.key.clone()));
                    let after = after.as_ref().map(|(at, key)| (*at, key.as_str()));
                    let page = ledger::journal(&mut tx, 1, time, after, size).await.unwrap();
                    if page.is_empty() {
                        break;
                    }
                    seen.extend(page);
                }
                assert_eq!(seen.iter().collect::<Vec<_>>(), expected, "{time:?} in pages of {size}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_month_is_closed_once_and_sealed_once() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let (first, second) = (month("2026-09", None, 100), month("2026-10", Some(100), 200));
        for month in [&second, &first] {
            months::insert(&mut tx, 1, month).await.unwrap();
        }
        assert_eq!(months::all(&mut tx, 1).await.unwrap(), [first.clone(), second.clone()]);
        assert_eq!(months::last(&mut tx, 1).await.unwrap(), Some(second));
        assert_eq!(months::last(&mut tx, 2).await.unwrap(), None);
        let sealed = |hash: &str| MonthRecord {
            entries: Some(3),
            sums: Some("{}".into()),
            hash: Some(hash.into()),
            ..first.clone()
        };
        assert!(months::seal(&mut tx, 1, &sealed("a")).await.unwrap());
        assert!(!months::seal(&mut tx, 1, &sealed("b")).await.unwrap(), "a seal is not replaced");
        assert_eq!(months::all(&mut tx, 1).await.unwrap()[0], sealed("a"));
        let again = months::insert(&mut tx, 1, &first).await;
        assert!(matches!(again, Err(Error::Taken(_))), "{again:?}");
    })
    .await;
}

use storage::ledger::{self, AccountRecord, EntryFilter, EntryRecord};
use storage::{Error, Store};

use crate::databases::on_both;
use crate::records::{change, entry, ids};

#[tokio::test]
async fn an_entry_of_a_known_key_is_not_posted_again() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let largest = EntryRecord { posted_at: i64::MIN, customer: None, ..entry("call_1/a", i64::MAX) };
        let new = ledger::insert_entries(&mut tx, 1, &[largest.clone(), entry("call_1/b", 9)]).await.unwrap();
        assert_eq!(new, ["call_1/a", "call_1/b"]);
        let again = [entry("call_1/a", 8), entry("call_10/a", 8), entry("call_10/a", 9)];
        assert_eq!(ledger::insert_entries(&mut tx, 1, &again).await.unwrap(), ["call_10/a"]);
        assert_eq!(ledger::insert_entries(&mut tx, 2, &again).await.unwrap().len(), 2, "another tenant's keys");
        assert_eq!(ledger::entries_about(&mut tx, 1, "call_1").await.unwrap(), [largest, entry("call_1/b", 9)]);
        for (keys_from, count) in [("call_10", 1), ("call_", 0), ("call_1/a", 0)] {
            assert_eq!(ledger::entries_about(&mut tx, 1, keys_from).await.unwrap().len(), count, "{keys_from}");
        }
    })
    .await;
}

#[tokio::test]
async fn entries_are_listed_the_newest_first_in_pages_without_gaps() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let all: Vec<_> = (0..20)
            .map(|n| EntryRecord {
                posted_at: n / 4,
                agent: (n % 3 == 0).then(|| "agt_1".into()),
                customer: (n % 5 != 0).then(|| "cus_1".into()),
                ..entry(&format!("call_{:02}/a", (n * 3) % 20), n + 1)
            })
            .collect();
        ledger::insert_entries(&mut tx, 1, &all).await.unwrap();
        let (customer, agent) = (Some("cus_1"), Some("agt_1"));
        for filter in [
            EntryFilter { customer, ..EntryFilter::default() },
            EntryFilter { agent, ..EntryFilter::default() },
            EntryFilter { customer, from: Some(1), to: Some(4), ..EntryFilter::default() },
            EntryFilter { agent, to: Some(3), ..EntryFilter::default() },
        ] {
            let mut expected: Vec<_> = all
                .iter()
                .filter(|e| filter.customer.is_none() || e.customer.is_some())
                .filter(|e| filter.agent.is_none() || e.agent.is_some())
                .filter(|e| filter.from.is_none_or(|from| e.posted_at >= from))
                .filter(|e| filter.to.is_none_or(|to| e.posted_at < to))
                .collect();
            expected.sort_by(|a, b| (b.posted_at, &b.key).cmp(&(a.posted_at, &a.key)));
            assert!(expected.len() > 2);
            for size in [1, 3, 50] {
                let mut seen: Vec<EntryRecord> = Vec::new();
                loop {
                    let last = seen.last().map(|entry| (entry.posted_at, entry.key.clone()));
                    let before = last.as_ref().map(|(at, key)| (*at, key.as_str()));
                    let next = EntryFilter { before, ..filter.clone() };
                    let page = ledger::entries(&mut tx, 1, &next, size).await.unwrap();
                    if page.is_empty() {
                        break;
                    }
                    seen.extend(page);
                }
                assert_eq!(seen.iter().collect::<Vec<_>>(), expected, "pages of {size}: {filter:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn keys_that_have_an_entry_are_known() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        ledger::insert_entries(&mut tx, 1, &[entry("a", 1), entry("b\"/c", 1)]).await.unwrap();
        ledger::insert_entries(&mut tx, 2, &[entry("d", 1)]).await.unwrap();
        let mut known = ledger::known_keys(&mut tx, 1, &["d", "b\"/c", "a", "A"]).await.unwrap();
        known.sort();
        assert_eq!(known, ["a", "b\"/c"]);
        assert_eq!(ledger::known_keys(&mut tx, 1, &[]).await.unwrap(), Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn balances_are_added_to_in_any_order_and_more_than_once() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let euro = ledger::AccountChange { currency: "EUR".into(), ..change("cus_1", 3) };
        let changes = [change("cus_2", 5), change("cus_1", -16), euro, change("cus_2", i64::from(i32::MAX) * 1000)];
        ledger::change_accounts(&mut tx, 1, &changes).await.unwrap();
        ledger::change_accounts(&mut tx, 1, &[change("cus_1", 6)]).await.unwrap();
        ledger::change_accounts(&mut tx, 1, &[]).await.unwrap();
        let account = |account: &str, currency: &str, balance| AccountRecord {
            account: account.into(),
            currency: currency.into(),
            balance,
            held: 0,
            credit_limit: Some(0),
            promotional: 0,
            traffic: None,
        };
        let wanted = [("cus_2", "USD"), ("cus_1", "USD"), ("cus_9", "USD"), ("cus_2", "EUR")];
        let locked = ledger::lock_accounts(&mut tx, 1, &wanted).await.unwrap();
        assert_eq!(locked, [account("cus_1", "USD", -10), account("cus_2", "USD", 2_147_483_647_005)]);
        assert_eq!(ledger::lock_accounts(&mut tx, 2, &wanted).await.unwrap(), []);
        assert_eq!(ledger::account(&mut tx, 1, "cus_1", "EUR").await.unwrap(), Some(account("cus_1", "EUR", 3)));
        assert_eq!(ledger::account(&mut tx, 1, "cus_2", "EUR").await.unwrap(), None);
        let both = [account("cus_1", "EUR", 3), account("cus_1", "USD", -10)];
        assert_eq!(ledger::accounts_of(&mut tx, 1, "cus_1").await.unwrap(), both);
    })
    .await;
}

#[tokio::test]
async fn a_credit_limit_leaves_the_balance_as_it_is() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        ledger::set_credit_limit(&mut tx, 1, "cus_1", "USD", Some(500)).await.unwrap();
        ledger::change_accounts(&mut tx, 1, &[change("cus_1", -7)]).await.unwrap();
        for limit in [Some(i64::MAX), None, Some(0)] {
            ledger::set_credit_limit(&mut tx, 1, "cus_1", "USD", limit).await.unwrap();
            let account = ledger::account(&mut tx, 1, "cus_1", "USD").await.unwrap().unwrap();
            assert_eq!((account.balance, account.credit_limit), (-7, limit));
        }
    })
    .await;
}

#[tokio::test]
async fn a_balance_out_of_range_is_an_error_and_writes_nothing() {
    on_both(async |store: Store| {
        for (first, second) in [(i64::MAX, 1), (i64::MAX, i64::MAX), (i64::MIN, -1), (i64::MIN, i64::MIN)] {
            let mut tx = store.write().await.unwrap();
            ledger::change_accounts(&mut tx, 1, &[change("cus_1", first)]).await.unwrap();
            let refused = ledger::change_accounts(&mut tx, 1, &[change("cus_1", second)]).await;
            assert!(matches!(refused, Err(Error::OutOfRange(_))), "{first} + {second}: {refused:?}");
            assert!(matches!(tx.commit().await, Err(Error::StatementFailed)));
            let mut tx = store.write().await.unwrap();
            let refused = ledger::change_accounts(&mut tx, 1, &[change("cus_1", first), change("cus_1", second)]).await;
            let refused_so = matches!(refused, Err(Error::OutOfRange(_) | Error::Refused(_)));
            assert!(refused_so, "{first} and {second} at once: {refused:?}");
        }
        let mut tx = store.read().await.unwrap();
        assert_eq!(ids(&ledger::accounts_of(&mut tx, 1, "cus_1").await.unwrap(), |a| &a.account), Vec::<&str>::new());
    })
    .await;
}

#[tokio::test]
async fn what_a_record_has_moved_of_promotional_credit() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let back = EntryRecord { from_account: "income".into(), to_account: "cus_1".into(), ..entry("rer_1/c", 2) };
        let entries = [
            EntryRecord { promotional: 5, ..entry("call_1/agent", 9) },
            entry("call_1/tax", 9),
            EntryRecord { promotional: 2, ..back },
            EntryRecord { promotional: 7, reference: "call_10".into(), ..entry("call_10/tax", 9) },
        ];
        ledger::insert_entries(&mut tx, 1, &entries).await.unwrap();
        let cases = [("call_1", "", 3), ("call_1", "call_1/", 5), ("call_10", "", 7), ("call_2", "", 0)];
        for (reference, keys, moved) in cases {
            let found = ledger::promotional_about(&mut tx, 1, reference, keys).await.unwrap();
            assert_eq!(found, moved, "{reference} {keys}");
        }
        assert_eq!(ledger::promotional_about(&mut tx, 2, "call_1", "").await.unwrap(), 0);
        let gift = |account: &str, promotional| ledger::AccountChange { promotional, ..change(account, promotional) };
        ledger::change_accounts(&mut tx, 1, &[gift("cus_1", 5), gift("cus_2", 0), gift("cus_3", 1)]).await.unwrap();
        for (accounts, count) in [
            (&[("cus_1", "USD"), ("cus_2", "USD"), ("cus_9", "USD")][..], 1),
            (&[("cus_3", "USD"), ("cus_1", "USD"), ("cus_1", "EUR")], 2),
            (&[("cus_1", "EUR")], 0),
            (&[], 0),
        ] {
            assert_eq!(ledger::count_promotional(&mut tx, 1, accounts).await.unwrap(), count, "{accounts:?}");
        }
        assert_eq!(ledger::count_promotional(&mut tx, 2, &[("cus_1", "USD")]).await.unwrap(), 0);
    })
    .await;
}

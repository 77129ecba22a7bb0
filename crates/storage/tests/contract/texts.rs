//! Texts and ids as they are, on both engines.

use storage::calls::{self, CallRecord};
use storage::customers::{self, CustomerFilter};
use storage::{Error, Store, ledger};

use crate::databases::on_both;
use crate::records::{call, customer, entry, ids};

const HARD: [&str; 10] = [
    "a \"quote\", an 'apostrophe', a \\ and a \\\\",
    "tab\t, line\r\nfeed, bell \u{7}, escape \u{1b}, delete \u{7f}, \u{1}\u{1f}",
    "Zoë, Ærø, straße, İstanbul, \u{5d0}\u{202e}\u{5d1}, 東京, e\u{301}",
    "👩‍👩‍👧 and \u{10ffff}, \u{feff}, \u{2028}, \u{fffd}",
    "\\u0000 spelt out, \\x00, %00",
    "{\"json\": [null, 1e400, \"\\u0000\"]}",
    "{a,b,NULL,\"c\"}",
    "NULL",
    "$1 '; DROP TABLE calls; --",
    "",
];

#[tokio::test]
async fn texts_in_batches_are_kept_byte_for_byte() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let all: Vec<_> = HARD
            .iter()
            .enumerate()
            .map(|(n, text)| CallRecord {
                origin: format!("{text}:{n}"),
                from_number: (*text).into(),
                account_code: Some((*text).into()),
                charge: Some(format!("{text}{text}")),
                ..call(&format!("call_{n}"), 1)
            })
            .collect();
        assert_eq!(calls::insert_new(&mut tx, 1, &all).await.unwrap(), ids(&all, |c| &c.origin));
        for written in &all {
            assert_eq!(calls::get(&mut tx, 1, &written.id).await.unwrap().as_ref(), Some(written));
        }
        for text in HARD {
            let key = format!("{text}/a");
            ledger::insert_entries(&mut tx, 1, &[entry(&key, 1)]).await.unwrap();
            assert_eq!(ledger::entries_about(&mut tx, 1, text).await.unwrap(), [entry(&key, 1)]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_nul_character_in_a_batch_is_refused_and_the_transaction_with_it() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let some = [call("call_1", 1), CallRecord { from_number: "00\u{0}1".into(), ..call("call_2", 1) }];
        assert!(matches!(calls::insert_new(&mut tx, 1, &some).await, Err(Error::NulCharacter)));
        assert!(matches!(tx.commit().await, Err(Error::StatementFailed)));
        let mut tx = store.write().await.unwrap();
        let accounts = [crate::records::change("cus\u{0}", 1)];
        assert!(matches!(ledger::change_accounts(&mut tx, 1, &accounts).await, Err(Error::NulCharacter)));
        assert!(matches!(tx.commit().await, Err(Error::StatementFailed)));
    })
    .await;
}

#[tokio::test]
async fn a_nul_character_in_a_record_is_refused_where_the_database_cannot_keep_it() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let written = customer("cus_1", "A\u{0}B");
        match customers::insert(&mut tx, &written).await {
            Ok(_) => assert_eq!(customers::get(&mut tx, 1, "cus_1").await.unwrap(), Some(written), "whole"),
            Err(refused) => {
                assert!(matches!(refused, Error::NulCharacter), "{refused:?}");
                assert!(matches!(tx.commit().await, Err(Error::StatementFailed)));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn ids_sort_by_their_bytes() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let mut all =
            vec!["a", "B", "b", "A", "0", "9", "_", "-", "~", "aa", "a_", "a0", "aZ", "Z", "ä", "z", "é", "a b", ""];
        for id in &all {
            customers::insert(&mut tx, &customer(&format!("cus_{id}"), "A")).await.unwrap();
            let written = CallRecord { state: "unrated".into(), ..call(id, 1) };
            calls::insert_new(&mut tx, 1, &[written]).await.unwrap();
            ledger::change_accounts(&mut tx, 1, &[crate::records::change(id, 1)]).await.unwrap();
        }
        all.sort_unstable();
        let page = customers::page(&mut tx, 1, &CustomerFilter::default(), 99).await.unwrap();
        assert_eq!(ids(&page, |c| &c.id[4..]), all);
        let queue = calls::unrated(&mut tx, 1, None, 99).await.unwrap();
        assert_eq!(ids(&queue, |c| &c.id), all[1..], "nothing comes before the first page but the empty id");
        let wanted: Vec<_> = all.iter().rev().map(|id| (*id, "USD")).collect();
        let locked = ledger::lock_accounts(&mut tx, 1, &wanted).await.unwrap();
        assert_eq!(ids(&locked, |a| &a.account), all);
    })
    .await;
}

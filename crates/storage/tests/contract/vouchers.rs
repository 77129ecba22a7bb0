//! Voucher codes.

use storage::vouchers::{self, BatchRecord, VoucherRecord};
use storage::{Store, retry};

use crate::databases::on_both;

fn batch(id: &str) -> BatchRecord {
    BatchRecord {
        id: id.into(),
        name: "Kiosks".into(),
        currency: "USD".into(),
        amount: 10_000_000,
        vouchers: 3,
        expires_at: Some(9),
        created_at: 7,
        created_by: "user:usr_1".into(),
        revoked_at: None,
    }
}

fn voucher(digest: &str, batch: &str, position: i64) -> VoucherRecord {
    VoucherRecord {
        digest: digest.into(),
        batch: batch.into(),
        position,
        ending: "7K3Q".into(),
        redeemed_by: None,
        redeemed_at: None,
        payment: None,
    }
}

/// Two batches: three vouchers in the first, one in the second.
async fn made(store: &Store) {
    let mut tx = store.write().await.unwrap();
    for id in ["vba_1", "vba_2"] {
        vouchers::insert_batch(&mut tx, 1, &batch(id)).await.unwrap();
    }
    vouchers::insert_batch(&mut tx, 2, &batch("vba_1")).await.unwrap();
    let of = [voucher("a", "vba_1", 1), voucher("b", "vba_1", 2), voucher("c", "vba_1", 3), voucher("d", "vba_2", 1)];
    assert_eq!(vouchers::insert(&mut tx, 1, &of).await.unwrap(), 4);
    assert_eq!(vouchers::insert(&mut tx, 2, &of[..1]).await.unwrap(), 1);
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn batches_are_counted_and_their_vouchers_listed_in_order() {
    on_both(async |store: Store| {
        made(&store).await;
        let mut tx = store.write().await.unwrap();
        assert_eq!(vouchers::insert(&mut tx, 1, &[voucher("a", "vba_3", 9)]).await.unwrap(), 0, "the code is known");
        assert!(vouchers::redeem(&mut tx, 1, "b", ("cus_1", 8), "pay_1").await.unwrap());
        let listed = vouchers::batches(&mut tx, 1, None, 9).await.unwrap();
        let counts: Vec<_> = listed.iter().map(|counted| (counted.batch.id.as_str(), counted.redeemed)).collect();
        assert_eq!(counts, [("vba_2", 0), ("vba_1", 1)], "the newest first");
        assert_eq!(vouchers::batches(&mut tx, 1, Some("vba_2"), 9).await.unwrap(), listed[1..]);
        assert_eq!(listed[1].batch, batch("vba_1"));
        let theirs = vouchers::batch(&mut tx, 2, "vba_1").await.unwrap().unwrap();
        assert_eq!((theirs.redeemed, vouchers::batch(&mut tx, 2, "vba_2").await.unwrap()), (0, None));
        let redeemed = VoucherRecord {
            redeemed_by: Some("cus_1".into()),
            redeemed_at: Some(8),
            payment: Some("pay_1".into()),
            ..voucher("b", "vba_1", 2)
        };
        let expected = [voucher("a", "vba_1", 1), redeemed, voucher("c", "vba_1", 3)];
        for (after, limit, found) in
            [(0, 9, &expected[..]), (0, 2, &expected[..2]), (1, 1, &expected[1..2]), (3, 9, &[])]
        {
            assert_eq!(vouchers::page(&mut tx, 1, "vba_1", after, limit).await.unwrap(), found, "after {after}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_voucher_is_redeemed_once_by_one_of_many_who_try_at_once() {
    on_both(async |store: Store| {
        made(&store).await;
        let tries = (0..20).map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                retry(async || {
                    let mut tx = store.write().await?;
                    let (found, _) = vouchers::lock(&mut tx, 1, "a").await?.unwrap();
                    let by = format!("cus_{n}");
                    let redeemed = vouchers::redeem(&mut tx, 1, "a", (&by, n), &format!("pay_{n}")).await?;
                    assert_eq!(redeemed, found.redeemed_by.is_none(), "who has the lock sees what is so");
                    tx.commit().await?;
                    Ok::<_, storage::Error>(redeemed.then_some(by))
                })
                .await
            })
        });
        let mut winners = Vec::new();
        for tried in tries.collect::<Vec<_>>() {
            winners.extend(tried.await.unwrap().unwrap());
        }
        assert_eq!(winners.len(), 1, "{winners:?}");
        let mut tx = store.write().await.unwrap();
        let (voucher, _) = vouchers::lock(&mut tx, 1, "a").await.unwrap().unwrap();
        assert_eq!(voucher.redeemed_by, winners.pop());
        let (theirs, _) = vouchers::lock(&mut tx, 2, "a").await.unwrap().unwrap();
        assert_eq!(theirs.redeemed_by, None, "another tenant's with the same digest");
        assert_eq!(vouchers::lock(&mut tx, 1, "x").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_batch_is_revoked_once_and_not_while_one_of_it_is_redeemed() {
    on_both(async |store: Store| {
        made(&store).await;
        let mut tx = store.write().await.unwrap();
        vouchers::lock(&mut tx, 1, "a").await.unwrap();
        let other = store.clone();
        let revoked = tokio::spawn(async move {
            let mut tx = other.write().await.unwrap();
            let revoked = vouchers::revoke(&mut tx, 1, "vba_1", 8).await.unwrap();
            let redeemed = vouchers::batch(&mut tx, 1, "vba_1").await.unwrap().unwrap().redeemed;
            tx.commit().await.unwrap();
            (revoked, redeemed)
        });
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
        assert!(!revoked.is_finished(), "it waits");
        assert!(vouchers::redeem(&mut tx, 1, "a", ("cus_1", 8), "pay_1").await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(revoked.await.unwrap(), (true, 1));
        let mut tx = store.write().await.unwrap();
        assert!(!vouchers::revoke(&mut tx, 1, "vba_1", 9).await.unwrap());
        assert!(!vouchers::revoke(&mut tx, 1, "vba_none", 9).await.unwrap());
        let (_, batch) = vouchers::lock(&mut tx, 1, "b").await.unwrap().unwrap();
        assert_eq!(batch.revoked_at, Some(8));
    })
    .await;
}

#[tokio::test]
async fn what_was_tried_is_one_row_that_one_at_a_time_reads() {
    on_both(async |store: Store| {
        let tries = (0..20).map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                retry(async || {
                    let mut tx = store.write().await?;
                    let before = vouchers::lock_tries(&mut tx, 1, "cus_1").await?;
                    let after = format!("{},{n}]", before.trim_end_matches(']'));
                    vouchers::note_tries(&mut tx, 1, "cus_1", &after).await?;
                    tx.commit().await
                })
                .await
            })
        });
        for tried in tries.collect::<Vec<_>>() {
            tried.await.unwrap().unwrap();
        }
        let mut tx = store.read().await.unwrap();
        let noted = vouchers::tries(&mut tx, 1, "cus_1").await.unwrap().unwrap();
        let mut all: Vec<u32> = noted.trim_matches(['[', ']', ',']).split(',').map(|n| n.parse().unwrap()).collect();
        all.sort_unstable();
        assert_eq!(all, (0..20).collect::<Vec<_>>(), "{noted}");
        assert_eq!(vouchers::tries(&mut tx, 2, "cus_1").await.unwrap(), None);
    })
    .await;
}

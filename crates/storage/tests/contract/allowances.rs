use storage::Store;
use storage::allowances::{self, AllowanceRecord};

use crate::databases::on_both;
use crate::records::allowance;

#[tokio::test]
async fn a_grant_is_kept_and_revoked_once() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let late = AllowanceRecord { granted_at: 9, agent: Some("agt_1".into()), ..allowance("alw_1", 600) };
        let early = AllowanceRecord { expires_at: Some(90), ..allowance("alw_2", 60) };
        for record in [&late, &early, &AllowanceRecord { customer: "cus_2".into(), ..allowance("alw_3", 60) }] {
            allowances::insert(&mut tx, record).await.unwrap();
        }
        let by_age = allowances::of_customer(&mut tx, 1, "cus_1").await.unwrap();
        assert_eq!(by_age, [early.clone(), late.clone()]);
        let by_id = allowances::lock_of_customers(&mut tx, 1, &["cus_1"]).await.unwrap();
        assert_eq!(by_id, [late.clone(), early]);
        for (tenant, revoked) in [(2, false), (1, true), (1, false)] {
            assert_eq!(allowances::revoke(&mut tx, tenant, "alw_1", 50).await.unwrap(), revoked, "tenant {tenant}");
        }
        let revoked = AllowanceRecord { revoked_at: Some(50), ..late };
        assert_eq!(allowances::get(&mut tx, 1, "alw_1").await.unwrap(), Some(revoked));
        assert_eq!(allowances::get(&mut tx, 2, "alw_1").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn no_more_is_taken_than_was_granted_and_no_more_given_back_than_taken() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        allowances::insert(&mut tx, &allowance("alw_1", 100)).await.unwrap();
        for (seconds, taken, used) in [
            (101, false, 0),
            (60, true, 60),
            (41, false, 60),
            (40, true, 100),
            (1, false, 100),
            (-101, false, 100),
            (-100, true, 0),
        ] {
            assert_eq!(allowances::take(&mut tx, 1, "alw_1", 0, seconds).await.unwrap(), taken, "{seconds} s");
            assert_eq!(allowances::get(&mut tx, 1, "alw_1").await.unwrap().unwrap().used_seconds, used);
        }
        assert!(!allowances::take(&mut tx, 1, "alw_9", 0, 1).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn forty_who_take_at_once_get_exactly_what_there_is() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        allowances::insert(&mut tx, &allowance("alw_1", 100)).await.unwrap();
        tx.commit().await.unwrap();
        let takers = (0..40).map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut tx = store.write().await.unwrap();
                let taken = allowances::take(&mut tx, 1, "alw_1", 0, 4).await.unwrap();
                tx.commit().await.unwrap();
                taken
            })
        });
        let mut taken = 0;
        for taker in takers.collect::<Vec<_>>() {
            taken += i64::from(taker.await.unwrap());
        }
        assert_eq!(taken, 25);
        let mut tx = store.read().await.unwrap();
        assert_eq!(allowances::get(&mut tx, 1, "alw_1").await.unwrap().unwrap().used_seconds, 100);
    })
    .await;
}

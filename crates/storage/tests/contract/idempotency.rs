use std::time::Duration;

use storage::idempotency::{self, AnswerRecord};
use storage::{Error, Store};

use crate::databases::on_both;

fn answer() -> AnswerRecord {
    AnswerRecord { fingerprint: "f1".into(), status: 201, body: r#"{"id":"pay_1"}"#.into() }
}

#[tokio::test]
async fn a_key_is_claimed_once_by_each_actor() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        assert_eq!(idempotency::get(&mut tx, 1, "key_1", "k").await.unwrap(), None);
        assert!(idempotency::claim(&mut tx, 1, "key_1", "k", "f1").await.unwrap());
        idempotency::keep(&mut tx, 1, ("key_1", "k"), &answer(), 7).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.write().await.unwrap();
        for (tenant, actor, key, claimed) in
            [(1, "key_1", "k", false), (1, "key_2", "k", true), (2, "key_1", "k", true), (1, "key_1", "K", true)]
        {
            let found = idempotency::claim(&mut tx, tenant, actor, key, "f2").await.unwrap();
            assert_eq!(found, claimed, "{tenant} {actor} {key}");
        }
        assert_eq!(idempotency::get(&mut tx, 1, "key_1", "k").await.unwrap(), Some(answer()));
    })
    .await;
}

/// Claims a key, and tells the answer that is there if the key is claimed already.
async fn claim_or_read(store: Store, key: &str) -> Result<Option<AnswerRecord>, Error> {
    let mut tx = store.write().await?;
    if idempotency::claim(&mut tx, 1, "key_1", key, "f1").await? {
        tx.commit().await?;
        return Ok(None);
    }
    idempotency::get(&mut tx, 1, "key_1", key).await
}

#[tokio::test]
async fn a_second_claim_waits_for_the_first_and_finds_its_answer() {
    on_both(async |store: Store| {
        for (key_is_kept, found) in [(true, Some(answer())), (false, None)] {
            let key = if key_is_kept { "kept" } else { "dropped" };
            let mut tx = store.write().await.unwrap();
            assert!(idempotency::claim(&mut tx, 1, "key_1", key, "f1").await.unwrap());
            let second = tokio::spawn(claim_or_read(store.clone(), key));
            tokio::time::sleep(Duration::from_millis(150)).await;
            assert!(!second.is_finished(), "the second waits while the first is at work");
            if key_is_kept {
                idempotency::keep(&mut tx, 1, ("key_1", key), &answer(), 7).await.unwrap();
                tx.commit().await.unwrap();
            } else {
                drop(tx);
            }
            assert_eq!(second.await.unwrap().unwrap(), found, "the first is committed: {key_is_kept}");
        }
    })
    .await;
}

#[tokio::test]
async fn old_answers_are_forgotten_a_few_at_a_time() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        for (tenant, key, at) in [(1, "a", 10), (1, "b", 5), (1, "c", 20), (2, "a", 5)] {
            assert!(idempotency::claim(&mut tx, tenant, "key_1", key, "f1").await.unwrap());
            idempotency::keep(&mut tx, tenant, ("key_1", key), &answer(), at).await.unwrap();
        }
        for (forgotten, left) in [(1, &["a", "c"][..]), (1, &["c"]), (0, &["c"])] {
            assert_eq!(idempotency::forget(&mut tx, 1, 20, 1).await.unwrap(), forgotten);
            for key in ["a", "b", "c"] {
                let found = idempotency::get(&mut tx, 1, "key_1", key).await.unwrap();
                assert_eq!(found.is_some(), left.contains(&key), "{key}");
            }
        }
        assert!(idempotency::get(&mut tx, 2, "key_1", "a").await.unwrap().is_some());
    })
    .await;
}

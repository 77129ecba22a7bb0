use storage::Store;
use storage::faults::{Faults, Guard, Point};
use storage::idempotency::claim;

use crate::databases::on_both;

/// Claims two keys in a transaction of a process that dies at this call, and tells how many there are in its next life.
async fn claimed(store: &Store, key: &str, dies_at: u64, missing: &[Guard]) -> (Option<Point>, usize) {
    let faults = Faults::new(missing);
    faults.die_at(dies_at);
    let mortal = store.with_faults(faults.clone()).await.unwrap();
    let keys = [format!("{key}_1"), format!("{key}_2")];
    let done = async {
        let mut tx = mortal.write().await?;
        for key in &keys {
            claim(&mut tx, 1, "key_1", key, "f1").await?;
        }
        tx.commit().await
    };
    assert_eq!(done.await.is_err(), faults.died_at().is_some());
    assert_eq!(mortal.read().await.is_err(), faults.died_at().is_some(), "the dead read nothing");
    let mut tx = store.write().await.unwrap();
    let mut known = 0;
    for key in &keys {
        known += usize::from(!claim(&mut tx, 1, "key_1", key, "f1").await.unwrap());
    }
    (faults.died_at(), known)
}

#[tokio::test]
async fn a_process_that_dies_leaves_what_was_committed() {
    on_both(async |store: Store| {
        for (dies_at, died_at, left, left_without_rollback) in [
            (1, Some(Point::Begin), 0, 0),
            (2, Some(Point::Statement), 0, 0),
            (3, Some(Point::Statement), 0, 1),
            (4, Some(Point::Commit), 0, 2),
            (5, Some(Point::Committed), 2, 2),
            (99, None, 2, 2),
        ] {
            let key = format!("call_{dies_at}");
            assert_eq!(claimed(&store, &key, dies_at, &[]).await, (died_at, left), "{key}");
            let key = format!("without_{dies_at}");
            assert_eq!(
                claimed(&store, &key, dies_at, &[Guard::Rollback]).await,
                (died_at, left_without_rollback),
                "{key}"
            );
        }
    })
    .await;
}

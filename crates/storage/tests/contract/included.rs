use storage::Store;
use storage::included::{self, IncludedChange, IncludedRecord};

use crate::databases::on_both;

fn used(line: &str, period_from: i64, used: i64) -> IncludedRecord {
    IncludedRecord { line: line.into(), period_from, used }
}

#[tokio::test]
async fn seconds_are_counted_by_line_and_period() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let first = [used("lin_2", 0, 7), used("lin_1", 100, 30), used("lin_1", 0, 5)];
        let counted = included::add(&mut tx, 1, &first).await.unwrap();
        assert_eq!(counted, [used("lin_1", 0, 5), used("lin_1", 100, 30), used("lin_2", 0, 7)]);
        let more = [used("lin_1", 0, 10), used("lin_2", 0, 0), used("lin_3", 0, 0)];
        let counted = included::add(&mut tx, 1, &more).await.unwrap();
        assert_eq!(counted, [used("lin_1", 0, 15), used("lin_2", 0, 7), used("lin_3", 0, 0)]);
        assert_eq!(included::add(&mut tx, 2, &[used("lin_1", 0, 1)]).await.unwrap(), [used("lin_1", 0, 1)]);
        assert_eq!(included::add(&mut tx, 1, &[]).await.unwrap(), []);
        let held = IncludedChange { line: "lin_1".into(), period_from: 0, held: 20, used: 2 };
        included::change(&mut tx, 1, &[held]).await.unwrap();
        for (tenant, line, period_from, taken) in
            [(1, "lin_1", 0, 37), (1, "lin_1", 100, 30), (2, "lin_1", 0, 1), (1, "lin_3", 0, 0), (1, "lin_4", 0, 0)]
        {
            assert_eq!(included::taken(&mut tx, tenant, line, period_from).await.unwrap(), taken, "{tenant} {line}");
        }
    })
    .await;
}

#[tokio::test]
async fn forty_who_look_before_they_use_never_use_the_same_second() {
    on_both(async |store: Store| {
        let users = (0..40).map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                // Each takes the lines in another order.
                let mut lines = ["lin_1", "lin_2", "lin_3"].map(|line| used(line, 0, 0));
                lines.rotate_left(n % 3);
                let mut tx = store.write().await.unwrap();
                let before = included::add(&mut tx, 1, &lines).await.unwrap();
                let taken = before.into_iter().map(|before| used(&before.line, 0, (100 - before.used).min(4)));
                let taken: Vec<IncludedRecord> = taken.collect();
                included::add(&mut tx, 1, &taken).await.unwrap();
                tx.commit().await.unwrap();
                taken.iter().map(|taken| taken.used).sum::<i64>()
            })
        });
        let mut taken = 0;
        for user in users.collect::<Vec<_>>() {
            taken += user.await.unwrap();
        }
        let mut tx = store.write().await.unwrap();
        assert_eq!(included::add(&mut tx, 1, &[used("lin_2", 0, 0)]).await.unwrap(), [used("lin_2", 0, 100)]);
        assert_eq!(taken, 300);
    })
    .await;
}

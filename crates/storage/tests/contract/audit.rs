use storage::Store;
use storage::audit::{self, ChangeRecord};

use crate::databases::on_both;
use crate::records::{audited, ids};

#[tokio::test]
async fn changes_are_listed_the_newest_first() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let last = ChangeRecord { before: Some("{}".into()), after: None, ..audited("chg_3") };
        for record in [&audited("chg_1"), &ChangeRecord { subject: "cus_2".into(), ..audited("chg_2") }, &last] {
            audit::insert(&mut tx, record).await.unwrap();
        }
        for (subject, before, limit, found) in [
            (None, None, 2, vec!["chg_3", "chg_2"]),
            (None, Some("chg_2"), 2, vec!["chg_1"]),
            (Some("cus_1"), None, 9, vec!["chg_3", "chg_1"]),
            (Some("cus_1"), Some("chg_3"), 9, vec!["chg_1"]),
        ] {
            let page = audit::page(&mut tx, 1, subject, before, limit).await.unwrap();
            assert_eq!(ids(&page, |c| &c.id), found, "{subject:?} before {before:?}");
        }
        assert_eq!(audit::page(&mut tx, 1, None, None, 1).await.unwrap(), [last]);
        assert_eq!(audit::page(&mut tx, 2, None, None, 1).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn the_oldest_changes_are_forgotten_first() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        for (n, at) in [10, 20, 30, 40].into_iter().enumerate() {
            audit::insert(&mut tx, &ChangeRecord { at, ..audited(&format!("chg_{n}")) }).await.unwrap();
        }
        for (before, limit, forgotten, left) in [(10, 9, 0, 4), (40, 2, 2, 2), (40, 2, 1, 1), (40, 2, 0, 1)] {
            assert_eq!(audit::forget(&mut tx, 1, before, limit).await.unwrap(), forgotten, "before {before}");
            assert_eq!(audit::page(&mut tx, 1, None, None, 9).await.unwrap().len(), left);
        }
    })
    .await;
}

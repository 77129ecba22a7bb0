use storage::Store;
use storage::imports::{self, ImportRecord};

use crate::databases::on_both;
use crate::records::ids;

fn import(id: &str) -> ImportRecord {
    ImportRecord {
        tenant: 1,
        id: id.into(),
        kind: "asterisk_csv".into(),
        name: "Master.csv".into(),
        state: "running".into(),
        summary: "{}".into(),
        started_at: 5,
        finished_at: None,
    }
}

#[tokio::test]
async fn what_an_import_has_come_to_replaces_what_it_was() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        for id in ["imp_1", "imp_2", "imp_3"] {
            imports::save(&mut tx, &import(id)).await.unwrap();
        }
        let done = ImportRecord {
            state: "finished".into(),
            summary: r#"{"rows":3}"#.into(),
            finished_at: Some(9),
            ..import("imp_2")
        };
        imports::save(&mut tx, &done).await.unwrap();
        assert_eq!(imports::get(&mut tx, 1, "imp_2").await.unwrap(), Some(done));
        assert_eq!(imports::get(&mut tx, 1, "imp_1").await.unwrap(), Some(import("imp_1")));
        assert_eq!(imports::get(&mut tx, 2, "imp_1").await.unwrap(), None);
        let first = imports::page(&mut tx, 1, None, 2).await.unwrap();
        assert_eq!(ids(&first, |i| &i.id), ["imp_3", "imp_2"]);
        let rest = imports::page(&mut tx, 1, Some("imp_2"), 2).await.unwrap();
        assert_eq!(ids(&rest, |i| &i.id), ["imp_1"]);
    })
    .await;
}

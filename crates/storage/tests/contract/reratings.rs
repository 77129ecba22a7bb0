use storage::Store;
use storage::reratings::{self, ReratedCallRecord, ReratingRecord};

use crate::databases::on_both;

fn rerating(id: &str) -> ReratingRecord {
    ReratingRecord {
        tenant: 1,
        id: id.into(),
        state: "proposed".into(),
        request: r#"{"plan":"pln_1"}"#.into(),
        summary: "{}".into(),
        created_at: 5,
        confirmed_at: None,
    }
}

#[tokio::test]
async fn a_rerating_is_confirmed_once() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        reratings::save(&mut tx, &ReratingRecord { summary: "[]".into(), ..rerating("rrt_1") }).await.unwrap();
        reratings::save(&mut tx, &rerating("rrt_1")).await.unwrap();
        assert_eq!(reratings::get(&mut tx, 1, "rrt_1").await.unwrap(), Some(rerating("rrt_1")));
        assert!(!reratings::confirm(&mut tx, 2, "rrt_1", 9).await.unwrap(), "another tenant's");
        assert!(reratings::confirm(&mut tx, 1, "rrt_1", 9).await.unwrap());
        assert!(!reratings::confirm(&mut tx, 1, "rrt_1", 10).await.unwrap());
        let confirmed = ReratingRecord { state: "confirmed".into(), confirmed_at: Some(9), ..rerating("rrt_1") };
        assert_eq!(reratings::get(&mut tx, 1, "rrt_1").await.unwrap(), Some(confirmed));
    })
    .await;
}

#[tokio::test]
async fn the_calls_of_a_rerating_come_in_pages() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let call = |n: usize| ReratedCallRecord {
            call: format!("call_{n}"),
            before: r#"{"total":"0.10"}"#.into(),
            after: r#"{"total":"0.20"}"#.into(),
        };
        reratings::insert_calls(&mut tx, 1, "rrt_1", &[call(3), call(1), call(2)]).await.unwrap();
        reratings::insert_calls(&mut tx, 1, "rrt_2", &[call(1)]).await.unwrap();
        assert_eq!(reratings::calls(&mut tx, 1, "rrt_1", None, 2).await.unwrap(), [call(1), call(2)]);
        assert_eq!(reratings::calls(&mut tx, 1, "rrt_1", Some("call_2"), 2).await.unwrap(), [call(3)]);
        assert_eq!(reratings::calls(&mut tx, 1, "rrt_2", None, 9).await.unwrap(), [call(1)]);
    })
    .await;
}

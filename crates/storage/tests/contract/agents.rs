use storage::Store;
use storage::agents::{self, AgentRecord};

use crate::databases::on_both;
use crate::records::{agent, ids};

#[tokio::test]
async fn an_agent_is_kept_and_changes_from_the_version_before_only() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        for id in ["agt_2", "agt_1", "agt_3"] {
            agents::insert(&mut tx, &agent(id)).await.unwrap();
        }
        let changed =
            AgentRecord { name: "Bea".into(), details: r#"{"share":700}"#.into(), version: 2, ..agent("agt_1") };
        assert!(agents::update(&mut tx, &changed).await.unwrap());
        assert!(!agents::update(&mut tx, &changed).await.unwrap());
        assert_eq!(agents::get(&mut tx, 1, "agt_1").await.unwrap(), Some(changed));
        assert_eq!(agents::get(&mut tx, 2, "agt_1").await.unwrap(), None);
        let first = agents::page(&mut tx, 1, None, 2).await.unwrap();
        assert_eq!(ids(&first, |a| &a.id), ["agt_1", "agt_2"]);
        let rest = agents::page(&mut tx, 1, Some("agt_2"), 2).await.unwrap();
        assert_eq!(ids(&rest, |a| &a.id), ["agt_3"]);
    })
    .await;
}

//! Shifts that agents offered, as they are kept.

use storage::groups::{self, GroupRecord};
use storage::swaps::{self, SwapRecord};

use crate::databases::on_both;

fn swap(id: &str, group: &str, starts_at: i64) -> SwapRecord {
    SwapRecord {
        id: id.to_owned(),
        agent_group: group.to_owned(),
        agent: "agt_1".to_owned(),
        only_for: Some("agt_2".to_owned()),
        date: -1,
        hours: "22:00-06:00".to_owned(),
        starts_at,
        ends_at: starts_at + 10,
        state: "offered".to_owned(),
        taken_by: None,
        change: None,
        acts: "[]".to_owned(),
        created_at: 5,
    }
}

#[tokio::test]
async fn of_those_who_take_a_swap_one_has_it_and_it_goes_with_its_group() {
    on_both(async |store| {
        let mut tx = store.write().await.unwrap();
        swaps::lock(&mut tx, 1).await.unwrap();
        for (tenant, id, group, at) in
            [(1, "swp_1", "grp_1", 30), (1, "swp_2", "grp_1", 20), (1, "swp_3", "grp_2", 20), (2, "swp_1", "grp_1", 20)]
        {
            swaps::insert(&mut tx, tenant, &swap(id, group, at)).await.unwrap();
        }
        let taken = |by: &str| SwapRecord {
            state: "taken".to_owned(),
            taken_by: Some(by.to_owned()),
            change: Some("ovr_1".to_owned()),
            acts: "[1]".to_owned(),
            ..swap("swp_1", "grp_1", 30)
        };
        for (by, has) in [("agt_2", true), ("agt_3", false)] {
            assert_eq!(swaps::advance(&mut tx, 1, "offered", &taken(by)).await.unwrap(), has, "{by}");
        }
        assert_eq!(swaps::get(&mut tx, 1, "swp_1").await.unwrap(), Some(taken("agt_2")));
        assert_eq!(swaps::get(&mut tx, 2, "swp_1").await.unwrap(), Some(swap("swp_1", "grp_1", 20)));
        assert_eq!(swaps::get(&mut tx, 2, "swp_2").await.unwrap(), None);
        let all = [swap("swp_2", "grp_1", 20), taken("agt_2")];
        assert_eq!(swaps::of_group(&mut tx, 1, "grp_1", 20).await.unwrap(), all);
        assert_eq!(swaps::of_group(&mut tx, 1, "grp_1", 21).await.unwrap(), all[1..]);

        assert_eq!(swaps::forget(&mut tx, 1, 31, 1).await.unwrap(), 1);
        assert_eq!(swaps::forget(&mut tx, 1, 31, 9).await.unwrap(), 1);
        assert_eq!(swaps::forget(&mut tx, 1, 40, 9).await.unwrap(), 0);
        assert_eq!(swaps::of_group(&mut tx, 1, "grp_1", 0).await.unwrap(), all[1..]);
        let group = GroupRecord {
            tenant: 1,
            id: "grp_1".to_owned(),
            name: "Night line".to_owned(),
            zone: String::new(),
            settings: "{}".to_owned(),
            created_at: 5,
            version: 1,
        };
        groups::insert(&mut tx, &group).await.unwrap();
        assert!(groups::delete(&mut tx, 1, "grp_1").await.unwrap());
        assert_eq!(swaps::of_group(&mut tx, 1, "grp_1", 0).await.unwrap(), []);
        assert_eq!(swaps::of_group(&mut tx, 2, "grp_1", 0).await.unwrap().len(), 1);
        tx.commit().await.unwrap();
    })
    .await;
}

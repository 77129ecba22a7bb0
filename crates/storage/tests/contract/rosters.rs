//! Groups and their rosters, as they are kept.

use storage::groups::{self, GroupRecord};
use storage::rosters::{self, OverrideRecord, ShiftRecord};

use crate::databases::on_both;

fn group(id: &str) -> GroupRecord {
    GroupRecord {
        tenant: 1,
        id: id.to_owned(),
        name: "Night line".to_owned(),
        zone: "Europe/London".to_owned(),
        settings: "{}".to_owned(),
        created_at: 5,
        version: 1,
    }
}

fn shift(id: &str, group: &str) -> ShiftRecord {
    ShiftRecord {
        tenant: 1,
        id: id.to_owned(),
        agent_group: group.to_owned(),
        agent: "agt_1".to_owned(),
        days: 0x7f,
        hours: "22:00-06:00".to_owned(),
        zone: None,
        every_weeks: 1,
        first_date: None,
        last_date: Some(-1),
        priority: 65_535,
        created_at: 5,
        version: 1,
    }
}

fn change(id: &str, group: &str, date: i64) -> OverrideRecord {
    OverrideRecord {
        tenant: 1,
        id: id.to_owned(),
        agent_group: group.to_owned(),
        date,
        hours: "00:00-00:00".to_owned(),
        change: "{}".to_owned(),
        created_at: 5,
        version: 1,
    }
}

#[tokio::test]
async fn rosters_are_kept_changed_from_the_version_before_and_go_with_their_group() {
    on_both(async |store| {
        let mut tx = store.write().await.unwrap();
        for id in ["grp_1", "grp_2"] {
            groups::insert(&mut tx, &group(id)).await.unwrap();
        }
        for (id, of) in [("shf_2", "grp_1"), ("shf_1", "grp_1"), ("shf_3", "grp_2")] {
            rosters::insert_shift(&mut tx, &shift(id, of)).await.unwrap();
        }
        for (id, of, date) in
            [("ovr_1", "grp_1", 9), ("ovr_2", "grp_1", 10), ("ovr_3", "grp_1", 12), ("ovr_4", "grp_2", 10)]
        {
            rosters::insert_override(&mut tx, &change(id, of, date)).await.unwrap();
        }
        let later = GroupRecord { name: "Day line".to_owned(), zone: String::new(), version: 2, ..group("grp_1") };
        let changed =
            ShiftRecord { agent: "agt_2".to_owned(), first_date: Some(7), version: 2, ..shift("shf_1", "grp_1") };
        for expected in [true, false] {
            assert_eq!(groups::update(&mut tx, &later).await.unwrap(), expected);
            assert_eq!(rosters::update_shift(&mut tx, &changed).await.unwrap(), expected);
        }
        tx.commit().await.unwrap();

        let mut tx = store.write().await.unwrap();
        assert_eq!(groups::page(&mut tx, 1, None, 9).await.unwrap(), [later.clone(), group("grp_2")]);
        assert_eq!(groups::page(&mut tx, 1, Some("grp_1"), 9).await.unwrap(), [group("grp_2")]);
        assert_eq!(groups::get(&mut tx, 2, "grp_1").await.unwrap(), None);
        assert_eq!(rosters::shifts(&mut tx, 1, "grp_1").await.unwrap(), [changed.clone(), shift("shf_2", "grp_1")]);
        assert_eq!(rosters::shift(&mut tx, 1, "shf_1").await.unwrap(), Some(changed));
        assert_eq!(rosters::shifts(&mut tx, 2, "grp_1").await.unwrap(), []);
        let near = rosters::overrides(&mut tx, 1, "grp_1", (9, 10)).await.unwrap();
        assert_eq!(near, [change("ovr_1", "grp_1", 9), change("ovr_2", "grp_1", 10)]);
        assert_eq!(rosters::get_override(&mut tx, 1, "ovr_3").await.unwrap(), Some(change("ovr_3", "grp_1", 12)));
        for expected in [true, false] {
            assert_eq!(rosters::delete_override(&mut tx, 1, "ovr_1").await.unwrap(), expected);
            assert_eq!(rosters::delete_shift(&mut tx, 1, "shf_2").await.unwrap(), expected);
            assert_eq!(groups::delete(&mut tx, 1, "grp_1").await.unwrap(), expected);
        }
        assert_eq!(rosters::shift(&mut tx, 1, "shf_1").await.unwrap(), None);
        assert_eq!(rosters::get_override(&mut tx, 1, "ovr_3").await.unwrap(), None);
        assert_eq!(rosters::shifts(&mut tx, 1, "grp_2").await.unwrap(), [shift("shf_3", "grp_2")]);
        assert_eq!(rosters::overrides(&mut tx, 1, "grp_2", (0, 99)).await.unwrap().len(), 1);
        tx.commit().await.unwrap();
    })
    .await;
}

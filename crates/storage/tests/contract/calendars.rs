//! The addresses of calendars, and the events that came from some, as they are kept.

use storage::calendars::{self, CalendarRecord};

use crate::databases::on_both;

fn calendar(tenant: i64, secret_hash: &str) -> CalendarRecord {
    CalendarRecord { tenant, owner: "grp_1".to_owned(), secret_hash: secret_hash.to_owned(), created_at: 5 }
}

#[tokio::test]
async fn a_group_has_one_address_and_takes_an_event_once() {
    on_both(async |store| {
        let mut tx = store.write().await.unwrap();
        for (tenant, secret) in [(1, "first"), (2, "other"), (1, "second")] {
            calendars::set(&mut tx, &calendar(tenant, secret)).await.unwrap();
        }
        assert_eq!(calendars::with_secret(&mut tx, "first").await.unwrap(), None);
        assert_eq!(calendars::with_secret(&mut tx, "second").await.unwrap(), Some(calendar(1, "second")));
        for expected in [true, false] {
            assert_eq!(calendars::remove(&mut tx, 1, "grp_1").await.unwrap(), expected);
        }
        assert_eq!(calendars::with_secret(&mut tx, "second").await.unwrap(), None);
        assert_eq!(calendars::with_secret(&mut tx, "other").await.unwrap(), Some(calendar(2, "other")));
        for (tenant, group, uid, new) in
            [(1, "grp_1", "a", true), (1, "grp_1", "a", false), (1, "grp_2", "a", true), (2, "grp_1", "a", true)]
        {
            assert_eq!(
                calendars::imported(&mut tx, tenant, group, uid, 5).await.unwrap(),
                new,
                "{tenant} {group} {uid}"
            );
        }
        tx.commit().await.unwrap();
    })
    .await;
}

use std::time::Duration;

use engine::Role;
use engine::people::sessions::{self, ABSOLUTE_LIMIT, IDLE_LIMIT, SessionError};
use engine::people::users::{self, UserError};

use crate::people::{HOUR, MINUTE, OTHER, PASSWORD, client, home, password};
use crate::world::{World, on_both};

const MILLISECOND: Duration = Duration::from_millis(1);

#[tokio::test]
async fn an_idle_session_ends_and_a_used_one_goes_on() {
    on_both(async |world: World| {
        world.member("robin", Role::Clerk).await;
        let (used, idle) = (world.signed_in("robin").await, world.signed_in("robin").await);
        world.pass(11 * HOUR);
        assert!(world.who(&used).await.is_some());
        world.pass(HOUR - MILLISECOND);
        assert!(world.who(&idle).await.is_some(), "just before the limit: which makes it used");
        world.pass(11 * HOUR);
        let left = world.who(&used).await.unwrap();
        assert_eq!(sessions::own(&world.engine, &left).await.unwrap().len(), 2);
        world.pass(HOUR);
        assert!(world.who(&idle).await.is_none() && world.who(&used).await.is_some());
        assert_eq!(sessions::own(&world.engine, &left).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_after_fourteen_days_however_it_is_used() {
    on_both(async |world: World| {
        world.member("robin", Role::Clerk).await;
        let secret = world.signed_in("robin").await;
        for _ in 0..(ABSOLUTE_LIMIT.as_secs() / (IDLE_LIMIT.as_secs() / 2) - 1) {
            world.pass(IDLE_LIMIT / 2);
            assert!(world.who(&secret).await.is_some());
        }
        world.pass(IDLE_LIMIT / 2 - MILLISECOND);
        assert!(world.who(&secret).await.is_some());
        world.pass(MILLISECOND);
        assert!(world.who(&secret).await.is_none());
    })
    .await;
}

#[tokio::test]
async fn reading_writes_once_a_minute() {
    on_both(async |world: World| {
        world.member("robin", Role::Clerk).await;
        let secret = world.signed_in("robin").await;
        let seen = async || {
            let who = world.who(&secret).await.unwrap();
            sessions::own(&world.engine, &who).await.unwrap()[0].seen_at
        };
        let begun = seen().await;
        world.pass(MINUTE - MILLISECOND);
        assert_eq!(seen().await, begun);
        world.pass(MILLISECOND);
        assert_eq!(seen().await.millis_since(begun), 60_000);
    })
    .await;
}

#[tokio::test]
async fn the_fifty_first_sign_in_ends_the_oldest_session() {
    on_both(async |world: World| {
        world.member("robin", Role::Clerk).await;
        world.member("ada", Role::Clerk).await;
        let (first, ada) = (world.signed_in("robin").await, world.signed_in("ada").await);
        world.pass(MILLISECOND);
        let second = world.signed_in("robin").await;
        for _ in 2..50 {
            world.signed_in("robin").await;
        }
        assert!(world.who(&first).await.is_some());
        let last = world.signed_in("robin").await;
        assert!(world.who(&first).await.is_none() && world.who(&second).await.is_some());
        assert!(world.who(&ada).await.is_some());
        let who = world.who(&last).await.unwrap();
        assert_eq!(sessions::own(&world.engine, &who).await.unwrap().len(), 50);
    })
    .await;
}

#[tokio::test]
async fn own_sessions_are_listed_and_revoked() {
    on_both(async |world: World| {
        world.member("robin", Role::Clerk).await;
        world.member("ada", Role::Clerk).await;
        let (here, there) =
            (world.signed_in("robin").await, world.enter("robin", PASSWORD, &client("2001:db8::5")).await);
        let (there, foreign) = (there.unwrap(), world.signed_in("ada").await);
        let who = world.who(&here).await.unwrap();
        let ada = world.who(&foreign).await.unwrap();
        let listed = sessions::own(&world.engine, &who).await.unwrap();
        let addresses: Vec<&str> = listed.iter().map(|session| session.address.as_str()).collect();
        assert_eq!(addresses, ["2001:db8::5", "192.0.2.10"]);
        let revoke = async |id: &str| sessions::revoke(&world.engine, &who, id).await;
        assert!(matches!(revoke(&ada.session_id).await, Err(SessionError::NotFound(_))));
        revoke(&listed[0].id).await.unwrap();
        assert!(matches!(revoke(&listed[0].id).await, Err(SessionError::NotFound(_))));
        assert!(world.who(&there).await.is_none() && world.who(&foreign).await.is_some());
        let (two, three) = (world.signed_in("robin").await, world.signed_in("robin").await);
        assert_eq!(sessions::revoke_others(&world.engine, &who).await.unwrap(), 2);
        assert!(world.who(&two).await.is_none() && world.who(&three).await.is_none());
        assert!(world.who(&here).await.is_some() && world.who(&foreign).await.is_some());
    })
    .await;
}

#[tokio::test]
async fn another_password_ends_all_other_sessions_and_being_disabled_all() {
    on_both(async |world: World| {
        world.member("boss", Role::Owner).await;
        let user = world.member("robin", Role::Clerk).await;
        let (here, there) = (world.signed_in("robin").await, world.signed_in("robin").await);
        let who = world.who(&here).await.unwrap();
        let change = async |old: &str, new: &str| {
            users::change_password(&world.engine, &who, password(old), password(new)).await
        };
        assert!(matches!(change(OTHER, OTHER).await, Err(UserError::Confirm(_))));
        assert!(matches!(change(PASSWORD, "short").await, Err(UserError::Invalid(_))));
        assert!(world.who(&there).await.is_some());
        change(PASSWORD, OTHER).await.unwrap();
        assert!(world.who(&here).await.is_some() && world.who(&there).await.is_none());
        assert!(world.enter("robin", PASSWORD, &home()).await.is_err());
        world.enter("robin", OTHER, &home()).await.unwrap();
        let disabled = world.run(async |work| users::disable(work, &user.id).await).await.unwrap();
        assert!(!disabled.active && world.who(&here).await.is_none());
        assert!(world.enter("robin", OTHER, &home()).await.is_err());
        world.run(async |work| users::enable(work, &user.id).await).await.unwrap();
        assert!(world.who(&here).await.is_none(), "what ended does not come back");
        world.enter("robin", OTHER, &home()).await.unwrap();
        let actions: Vec<String> = world.changes(&user.id).await.into_iter().map(|change| change.action).collect();
        assert_eq!(actions, ["user.state", "user.state", "user.password", "membership.give"]);
    })
    .await;
}

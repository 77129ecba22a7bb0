use std::collections::BTreeSet;

use engine::people::sessions::SessionError;
use engine::people::sign_in::{SignInError, sign_in};
use engine::people::{MachineError, Secret};
use engine::people::{sessions, users};
use engine::{Reach, Role};
use futures::future::join_all;

use crate::people::{MINUTE, OTHER, PASSWORD, client, credentials, home, roles};
use crate::world::{World, on_both};

#[tokio::test]
async fn who_signs_in_acts_in_the_only_tenant_in_their_roles() {
    on_both(async |world: World| {
        let user = world.member("Robin@Example.ORG", Role::Clerk).await;
        assert_eq!(user.sign_in, "robin@example.org");
        let (session, secret) =
            sign_in(&world.engine, credentials(" ROBIN@example.org ", PASSWORD, None), &home(), None).await.unwrap();
        assert_eq!(
            (session.user.as_str(), session.tenant, session.address.as_str()),
            (user.id.as_str(), Some(1), "192.0.2.10")
        );
        assert!(secret.reveal().starts_with("tgs_") && secret.reveal().len() == 68);
        assert_eq!(format!("{secret:?}"), "Secret(...)");
        let who = world.who(&secret).await.unwrap();
        assert_eq!((&who.user, &who.session_id), (&user, &session.id));
        let actor = who.actor.unwrap();
        assert_eq!((actor.tenant, actor.name), (1, format!("user:{}", user.id)));
        assert_eq!((actor.roles, actor.reach), (Role::Clerk.into(), Reach::Own { customers: vec![], agent: None }));
        for wrong in ["", "tgs_", &secret.reveal()[..67], &secret.reveal().to_uppercase(), &session.id] {
            assert_eq!(world.who(&Secret::new(wrong)).await, None, "{wrong}");
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_is_not_let_in_is_told_the_same_at_the_same_cost() {
    on_both(async |world: World| {
        world.user("robin").await;
        let gone = world.member("gone", Role::Clerk).await;
        world.run(async |work| users::disable(work, &gone.id).await).await.unwrap();
        for (case, name, text) in [
            ("a wrong password", "robin", OTHER),
            ("nobody", "nobody", PASSWORD),
            ("a look-alike of another script", "r\u{043e}bin", PASSWORD),
            ("a default account", "admin", "admin"),
            ("no name", "", PASSWORD),
            ("somebody who was disabled", "gone", PASSWORD),
        ] {
            let before = world.engine.hashing().done;
            let outcome = world.enter(name, text, &home()).await;
            assert!(matches!(outcome, Err(SignInError::Wrong)), "{case}: {outcome:?}");
            assert_eq!(world.engine.hashing().done - before, 1, "{case}");
        }
        let before = world.engine.hashing().done;
        for huge in ["x".repeat(1_000_000), "\u{00e9}".repeat(300)] {
            assert!(matches!(world.enter("robin", &huge, &home()).await, Err(SignInError::Wrong)));
        }
        assert_eq!(world.engine.hashing().done, before, "what is too long is not hashed");
        world.signed_in("robin").await;
    })
    .await;
}

#[tokio::test]
async fn the_eleventh_try_is_refused_from_there_but_not_from_elsewhere() {
    on_both(async |world: World| {
        world.user("robin").await;
        world.user("ada").await;
        for last in 1..=10 {
            let from = client(&format!("192.0.2.{last}"));
            assert!(matches!(world.enter("robin", OTHER, &from).await, Err(SignInError::Wrong)), "{last}");
        }
        let hashed = world.engine.hashing().done;
        for (name, from) in [("robin", "192.0.2.77"), ("ROBIN ", "192.0.2.1"), ("robin", "::ffff:192.0.2.5")] {
            let refused = world.enter(name, PASSWORD, &client(from)).await;
            assert!(matches!(refused, Err(SignInError::TooMany { retry_after_seconds: 900 })), "{from}: {refused:?}");
        }
        assert_eq!(world.engine.hashing().done, hashed);
        for (name, from) in [("robin", "192.0.3.1"), ("robin", "2001:db8::1"), ("ada", "192.0.2.1")] {
            world.enter(name, PASSWORD, &client(from)).await.unwrap();
        }
        world.pass(15 * MINUTE);
        world.enter("robin", PASSWORD, &home()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn success_forgives_what_failed_before_it() {
    on_both(async |world: World| {
        world.user("robin").await;
        for _ in 0..3 {
            for _ in 0..9 {
                assert!(matches!(world.enter("robin", OTHER, &home()).await, Err(SignInError::Wrong)));
            }
            world.signed_in("robin").await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_network_has_a_hundred_failures_over_all_names() {
    on_both(async |world: World| {
        world.user("robin").await;
        let from = |last: usize| client(&format!("2001:db8:0:7::{last:x}"));
        // What is too long is not hashed, but counts.
        let long = "x".repeat(200);
        for n in 0..100 {
            assert!(matches!(world.enter(&format!("name{n}"), &long, &from(n)).await, Err(SignInError::Wrong)), "{n}");
        }
        assert!(matches!(world.enter("robin", PASSWORD, &from(500)).await, Err(SignInError::TooMany { .. })));
        world.enter("robin", PASSWORD, &client("2001:db8:0:8::1")).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn many_at_once_hash_on_as_many_threads_as_there_are_cores_and_wait_in_a_bounded_queue() {
    on_both(async |world: World| {
        world.user("robin").await;
        let networks: Vec<_> = (0..200).map(|n| client(&format!("10.0.{n}.1"))).collect();
        let before = world.engine.hashing();
        let tries = networks.iter().enumerate().map(|(n, from)| {
            let name = if n % 2 == 0 { "robin" } else { "nobody" };
            world.enter(name, PASSWORD, from)
        });
        let outcomes = join_all(tries).await;
        let secrets: BTreeSet<String> = outcomes.iter().flatten().map(|secret| secret.reveal().to_owned()).collect();
        let count = |counts: fn(&SignInError) -> bool| {
            u64::try_from(outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).filter(|e| counts(e)).count())
        };
        let wrong = count(|error| matches!(error, SignInError::Wrong)).unwrap();
        let busy =
            |error: &SignInError| matches!(error, SignInError::Machine(MachineError::Busy { retry_after_seconds: 5 }));
        let refused = count(busy).unwrap();
        let entered = u64::try_from(outcomes.iter().flatten().count()).unwrap();
        assert_eq!(secrets.len(), outcomes.iter().flatten().count(), "each has a session of its own");
        assert_eq!(entered + wrong + refused, 200);
        assert!((1..=72).contains(&refused), "{refused}");
        let after = world.engine.hashing();
        assert_eq!(after.done - before.done, 200 - refused, "who is refused is not hashed");
        assert!(after.most_at_once <= after.permits, "{after:?}");
    })
    .await;
}

#[tokio::test]
async fn tries_count_from_their_beginning_so_that_many_at_once_are_not_more() {
    on_both(async |world: World| {
        world.user("robin").await;
        let here = home();
        let outcomes = join_all((0..50).map(|_| world.enter("robin", OTHER, &here))).await;
        let refused = outcomes.iter().filter(|outcome| matches!(outcome, Err(SignInError::TooMany { .. }))).count();
        assert_eq!(refused, 40);
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_has_a_new_session_and_ends_the_one_that_came_along() {
    on_both(async |world: World| {
        world.user("robin").await;
        world.user("mallory").await;
        let planted = world.signed_in("mallory").await;
        let again = async |old: &Secret| {
            let signed = sign_in(&world.engine, credentials("robin", PASSWORD, None), &home(), Some(old)).await;
            signed.unwrap().1
        };
        let first = again(&planted).await;
        assert_ne!(first, planted);
        assert_eq!(world.who(&planted).await, None, "no session that somebody else chose is taken over");
        let made_up = Secret::new("tgs_0000");
        let second = again(&made_up).await;
        assert!(world.who(&made_up).await.is_none() && world.who(&first).await.is_some());
        sessions::sign_out(&world.engine, &second).await.unwrap();
        sessions::sign_out(&world.engine, &second).await.unwrap();
        assert_eq!(world.who(&second).await, None);
    })
    .await;
}

#[tokio::test]
async fn who_is_in_several_tenants_chooses_and_comes_back_there() {
    on_both(async |world: World| {
        let neighbour = world.neighbour().await;
        let user = world.member("robin", Role::Clerk).await;
        assert_eq!(world.who(&world.signed_in("robin").await).await.unwrap().tenant, Some(1));
        neighbour.give(&user, roles(Role::Auditor)).await.unwrap();
        let stays = world.who(&world.signed_in("robin").await).await.unwrap();
        assert_eq!(stays.tenant, Some(1), "the one worked in last");
        let chosen = sessions::choose_tenant(&world.engine, &stays, 2).await.unwrap();
        let actor = chosen.actor.unwrap();
        assert_eq!((actor.tenant, actor.roles), (2, Role::Auditor.into()));
        assert_eq!(world.who(&world.signed_in("robin").await).await.unwrap().tenant, Some(2));
        let foreign = sessions::choose_tenant(&world.engine, &stays, 3).await;
        assert!(matches!(foreign, Err(SessionError::NoMembership(3))));
        let ada = world.user("ada").await;
        world.give(&ada, roles(Role::Clerk)).await.unwrap();
        neighbour.give(&ada, roles(Role::Clerk)).await.unwrap();
        let undecided = world.who(&world.signed_in("ada").await).await.unwrap();
        assert_eq!((undecided.tenant, undecided.actor), (None, None));
    })
    .await;
}

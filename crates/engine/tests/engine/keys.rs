use engine::keys::{self, Key, KeyError};
use engine::people::memberships::{self, Grants};
use engine::people::users;
use engine::{Actor, Role, Roles};

use crate::world::{World, at, on_both};

#[tokio::test]
async fn a_key_opens_its_tenant_in_its_role_until_it_ends() {
    on_both(async |world: World| {
        let expires_at = Some(at("2026-03-03T00:00:00Z"));
        let (key, secret) =
            world.run(async |work| keys::create(work, " PBX 1 ", Role::Switch.into(), expires_at).await).await.unwrap();
        assert_eq!((key.name.as_str(), secret.len()), ("PBX 1", 67));
        let actor = keys::actor(&world.engine, &secret).await.unwrap();
        assert_eq!(
            actor,
            Actor { name: format!("key:{}", key.id), roles: Role::Switch.into(), ..Actor::program(1, "") }
        );
        for wrong in ["", "tg_", &secret[..66], &secret.to_uppercase(), &key.id] {
            assert!(matches!(keys::actor(&world.engine, wrong).await, Err(KeyError::NotValid)), "{wrong}");
        }
        world.clock.move_to(at("2026-03-02T23:59:59.999Z"));
        keys::actor(&world.engine, &secret).await.unwrap();
        world.clock.move_to(at("2026-03-03T00:00:00Z"));
        assert!(matches!(keys::actor(&world.engine, &secret).await, Err(KeyError::NotValid)));
        let change = &world.changes(&key.id).await[0];
        assert_eq!((change.action.as_str(), change.after.as_deref()), ("key.create", Some("\"PBX 1 (switch)\"")));
        assert!(!format!("{change:?}").contains(&secret));
    })
    .await;
}

#[tokio::test]
async fn a_key_is_taken_back_once_and_by_its_tenant() {
    on_both(async |world: World| {
        let (key, secret) =
            world.run(async |work| keys::create(work, "A", Role::Clerk.into(), None).await).await.unwrap();
        let neighbour = world.neighbour().await;
        let revoke = async |world: &World| world.run(async |work| keys::revoke(work, &key.id).await).await;
        assert!(matches!(revoke(&neighbour).await, Err(KeyError::NotFound(_))));
        assert_eq!(keys::all(&mut neighbour.view().await).await.unwrap(), []);
        keys::actor(&world.engine, &secret).await.unwrap();
        revoke(&world).await.unwrap();
        assert!(matches!(keys::actor(&world.engine, &secret).await, Err(KeyError::NotValid)));
        assert!(matches!(revoke(&world).await, Err(KeyError::NotFound(_))));
        let listed = keys::all(&mut world.view().await).await.unwrap();
        assert_eq!((listed.len(), listed[0].revoked_at), (1, Some(at(crate::world::BEGIN))));
        let nameless = world.run(async |work| keys::create(work, "", Role::Clerk.into(), None).await).await;
        assert!(matches!(nameless, Err(KeyError::Invalid(invalid)) if invalid.pointer == "/name"));
    })
    .await;
}

async fn make(world: &World, name: &str, scope: Role) -> (Key, String) {
    world.run(async |work| keys::create(work, name, scope.into(), None).await).await.unwrap()
}

#[tokio::test]
async fn a_key_is_not_made_that_has_expired() {
    on_both(async |world: World| {
        for (expires_at, good) in
            [("2026-03-02T08:59:59Z", false), (crate::world::BEGIN, false), ("2026-03-02T09:00:01Z", true)]
        {
            let made =
                world.run(async |work| keys::create(work, "A", Role::Clerk.into(), Some(at(expires_at))).await).await;
            let refused = matches!(&made, Err(KeyError::Invalid(invalid)) if invalid.pointer == "/expires_at");
            assert_eq!((made.is_ok(), refused), (good, !good), "{expires_at}: {made:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_admin_takes_an_owners_key_back_but_makes_none() {
    on_both(async |world: World| {
        let (key, secret) = make(&world, "leaked", Role::Owner).await;
        let admin = world.as_role(Role::Admin);
        let made = admin.run(async |work| keys::create(work, "B", Role::Owner.into(), None).await).await;
        assert!(matches!(made, Err(KeyError::Beyond { scope: "owner" })), "{made:?}");
        admin.run(async |work| keys::revoke(work, &key.id).await).await.unwrap();
        assert!(matches!(keys::actor(&world.engine, &secret).await, Err(KeyError::NotValid)));
    })
    .await;
}

#[tokio::test]
async fn a_key_does_not_outlive_the_rights_of_its_maker() {
    on_both(async |world: World| {
        world.member("boss", Role::Owner).await;
        let (cli, _) = make(&world, "by hand", Role::Admin).await;
        let mut number = 0;
        for (case, left) in [
            ("becomes a clerk", &[][..]),
            ("stays an admin", &["own switch", "own admin", "of the key"]),
            ("is removed", &[]),
            ("is disabled", &[]),
        ] {
            number += 1;
            let user = world.member(&format!("admin{number}"), Role::Admin).await;
            let own = world.acting(Actor { name: format!("user:{}", user.id), ..world.as_role(Role::Admin).actor });
            let (switch, _) = make(&own, "own switch", Role::Switch).await;
            let (admin, secret) = make(&own, "own admin", Role::Admin).await;
            let by_key = world.acting(keys::actor(&world.engine, &secret).await.unwrap());
            let (of_key, _) = make(&by_key, "of the key", Role::Clerk).await;
            let to = |roles: Roles| Grants { roles, ..Grants::default() };
            world
                .run(async |work| match case {
                    "is removed" => memberships::remove(work, &user.id).await,
                    "is disabled" => {
                        users::disable(work, &user.id).await.unwrap();
                        Ok(())
                    }
                    "becomes a clerk" => {
                        memberships::change(work, &user.id, to(Role::Clerk.into()), 1).await.map(|_| ())
                    }
                    _ => {
                        let roles = [Role::Admin, Role::Auditor].into_iter().collect();
                        memberships::change(work, &user.id, to(roles), 1).await.map(|_| ())
                    }
                })
                .await
                .unwrap();
            let ours = [&switch.id, &admin.id, &of_key.id];
            let all = keys::all(&mut world.view().await).await.unwrap();
            let valid: Vec<&str> = all
                .iter()
                .filter(|key| ours.contains(&&key.id) && key.revoked_at.is_none())
                .map(|key| key.name.as_str())
                .collect();
            assert_eq!(valid, left, "{case}");
            assert!(all.iter().any(|key| key.id == cli.id && key.revoked_at.is_none()), "{case}: another's key");
            let audited = world.changes(&admin.id).await.iter().any(|change| change.action == "key.revoke");
            assert_eq!(audited, left.is_empty(), "{case}");
        }
    })
    .await;
}

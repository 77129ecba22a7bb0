use engine::keys::{self, KeyError};
use engine::{Actor, Role};

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

use domain::time::Zone;
use engine::people::Secret;
use engine::people::memberships;
use engine::people::set_up::{SetUp, SetUpError, offer, set_up, setup_ticket};
use engine::tenants::{self, Settings};
use engine::{Engine, Role, TestClock};
use futures::future::join_all;
use std::sync::Arc;

use crate::databases;
use crate::people::{HOUR, MINUTE, PASSWORD, home, password, roles};
use crate::world::{BEGIN, World, at, currency, on_both};

fn owner(tenant: Option<&str>) -> SetUp {
    let settings = Settings::new(currency("EUR"), Zone::named("Europe/Berlin").unwrap());
    SetUp {
        tenant: tenant.map(|name| (name.to_owned(), settings)),
        sign_in: "robin@example.org".to_owned(),
        email: None,
        name: "Robin Example".to_owned(),
        language: None,
        password: password(PASSWORD),
    }
}

async fn ticket(engine: &Engine) -> Secret {
    setup_ticket(engine).await.unwrap().unwrap()
}

#[tokio::test]
async fn the_first_owner_founds_the_first_tenant_once() {
    databases::on_both(async |store| {
        let engine = Engine::new(store, Arc::new(TestClock::at(at(BEGIN))));
        let world = World { engine, clock: TestClock::at(at(BEGIN)), actor: engine::Actor::program(1, "test") };
        let engine = &world.engine;
        let (old, secret) = (ticket(engine).await, ticket(engine).await);
        assert!(matches!(offer(engine, &old).await, Err(SetUpError::NotValid)), "the next start ends it");
        assert_eq!(offer(engine, &secret).await.unwrap(), None);
        assert!(matches!(set_up(engine, &secret, owner(None)).await, Err(SetUpError::TenantNeeded)));
        let weak = SetUp { password: password("robin@example.org"), ..owner(Some("Helpline")) };
        assert!(matches!(set_up(engine, &secret, weak).await, Err(SetUpError::User(_))));
        assert!(matches!(set_up(engine, &secret, owner(Some(""))).await, Err(SetUpError::Tenant(_))));
        assert_eq!(tenants::all(engine).await.unwrap(), [], "all of it or nothing");
        let outcomes = join_all((0..20).map(|_| set_up(engine, &secret, owner(Some("Helpline"))))).await;
        let done: Vec<_> = outcomes.iter().flatten().collect();
        assert_eq!((done.len(), done[0].1), (1, 1));
        assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(_) | Err(SetUpError::NotValid))));
        let who = world.who(&world.signed_in("robin@example.org").await).await.unwrap();
        assert_eq!(who.actor.unwrap().roles, Role::Owner.into());
        assert_eq!(setup_ticket(engine).await.unwrap(), None, "there is an owner");
    })
    .await;
}

#[tokio::test]
async fn the_only_tenant_without_owner_is_taken_over() {
    on_both(async |world: World| {
        world.member("clerk", Role::Clerk).await;
        let secret = ticket(&world.engine).await;
        assert_eq!(offer(&world.engine, &secret).await.unwrap().as_deref(), Some("Helpline"));
        let (user, tenant) = set_up(&world.engine, &secret, owner(None)).await.unwrap();
        assert_eq!(tenant, 1);
        assert_eq!(
            user.email.as_deref(),
            Some("robin@example.org"),
            "who signs in with an address is written to there"
        );
        let member = memberships::get(&mut world.view().await, &user.id).await.unwrap();
        assert_eq!(member.grants.roles, Role::Owner.into());
        world.enter("robin@example.org", PASSWORD, &home()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_link_lasts_a_day_and_not_beyond_the_first_owner() {
    on_both(async |world: World| {
        world.neighbour().await;
        let secret = ticket(&world.engine).await;
        world.pass(24 * HOUR - MINUTE);
        assert!(matches!(set_up(&world.engine, &secret, owner(None)).await, Err(SetUpError::TenantNeeded)), "two");
        world.pass(MINUTE);
        assert!(matches!(set_up(&world.engine, &secret, owner(Some("Third"))).await, Err(SetUpError::NotValid)));
        let secret = ticket(&world.engine).await;
        let user = world.user("boss").await;
        world.give(&user, roles(Role::Owner)).await.unwrap();
        assert!(matches!(set_up(&world.engine, &secret, owner(Some("Third"))).await, Err(SetUpError::NotValid)));
        assert_eq!(tenants::all(&world.engine).await.unwrap().len(), 2);
    })
    .await;
}

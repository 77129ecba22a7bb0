use std::sync::Arc;

use domain::allowance::UsedGrant;
use engine::agents::{self, Details};
use engine::allowances::{self, Allowance, AllowanceError, BulkGrant, GRANTS, Grants, NewAllowance};
use engine::customers::{Customer, CustomerError};
use engine::jobs::{self, Handler, Runner};
use engine::tenants::Welcome;

use crate::world::{World, at, on_both};

async fn grant(world: &World, new: NewAllowance) -> Result<Allowance, AllowanceError> {
    world.run(async |work| allowances::grant(work, new).await).await
}

fn seconds(customer: &str, seconds: i64) -> NewAllowance {
    NewAllowance { customer: customer.into(), agent: None, seconds, expires_at: None, reason: "a gift".into() }
}

#[tokio::test]
async fn grants_are_kept_in_the_order_of_granting() {
    on_both(async |world| {
        let customer = world.customer("Ada Ltd").await;
        let agent =
            world.run(async |work| agents::create(work, "Iris".into(), Details::default()).await).await.unwrap();
        let first = grant(&world, seconds(&customer.id, 600)).await.unwrap();
        world.clock.move_to(at("2026-03-03T00:00:00Z"));
        let expires_at = Some(at("2026-04-01T00:00:00Z"));
        let second = NewAllowance { agent: Some(agent.id.clone()), expires_at, ..seconds(&customer.id, 60) };
        let second = grant(&world, second).await.unwrap();
        assert_eq!((second.granted_by.as_str(), second.granted_at), ("test", at("2026-03-03T00:00:00Z")));
        let listed = allowances::of_customer(&mut world.view().await, &customer.id).await.unwrap();
        assert_eq!(listed, [first.clone(), second.clone()]);
        assert_eq!(world.changes(&second.id).await[0].action, "allowance.grant");

        let mut work = world.work().await;
        let grants = allowances::lock_grants(&mut work, &customer.id).await.unwrap();
        let shown: Vec<_> =
            grants.iter().map(|grant| (grant.id.as_str(), grant.agent.clone(), grant.seconds)).collect();
        assert_eq!(shown, [(first.id.as_str(), None, 600), (second.id.as_str(), Some(agent.id.clone()), 60)]);
        assert_eq!((grants[0].expires_at, grants[1].expires_at), (None, expires_at));
    })
    .await;
}

#[tokio::test]
async fn fields_of_a_grant_that_are_refused() {
    on_both(async |world| {
        let customer = world.customer("Ada Ltd").await;
        let good = seconds(&customer.id, 60);
        for (new, pointer) in [
            (NewAllowance { seconds: 0, ..good.clone() }, "/seconds"),
            (NewAllowance { seconds: -1, ..good.clone() }, "/seconds"),
            (NewAllowance { seconds: 1_000_000_001, ..good.clone() }, "/seconds"),
            (NewAllowance { reason: "  ".into(), ..good.clone() }, "/reason"),
            (NewAllowance { agent: Some("agt_none".into()), ..good.clone() }, "/agent"),
            (NewAllowance { expires_at: Some(at(crate::world::BEGIN)), ..good.clone() }, "/expires_at"),
        ] {
            match grant(&world, new.clone()).await {
                Err(AllowanceError::Invalid(invalid)) => assert_eq!(invalid.pointer, pointer),
                other => panic!("{new:?}: {other:?}"),
            }
        }
        let nobody = grant(&world, seconds("cus_none", 60)).await;
        assert!(matches!(nobody, Err(AllowanceError::Customer(CustomerError::NotFound(_)))));
        assert_eq!(allowances::of_customer(&mut world.view().await, &customer.id).await.unwrap(), []);
        grant(&world, seconds(&customer.id, 1_000_000_000)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn no_second_is_used_twice() {
    on_both(async |world| {
        let customer = world.prepaid_customer("Ada Ltd").await;
        let id = grant(&world, seconds(&customer.id, 100)).await.unwrap().id;
        // Seconds to use; whether they can be; what is left.
        for (wanted, possible, left) in
            [(60, true, 40), (41, false, 40), (40, true, 0), (1, false, 0), (-100, true, 100), (-1, false, 100)]
        {
            let used = [UsedGrant { id: id.clone(), seconds: wanted }];
            let outcome = world.run(async |work| allowances::use_up(work, &used).await).await;
            assert_eq!(outcome.is_ok(), possible, "{wanted}: {outcome:?}");
            let grants = allowances::lock_grants(&mut world.work().await, &customer.id).await.unwrap();
            assert_eq!(grants[0].seconds, left, "{wanted}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_revoked_serves_no_more() {
    on_both(async |world| {
        let customer = world.customer("Ada Ltd").await;
        let id = grant(&world, seconds(&customer.id, 100)).await.unwrap().id;
        let revoke = async |id: &str| world.run(async |work| allowances::revoke(work, id).await).await;
        let revoked = revoke(&id).await.unwrap();
        assert_eq!(revoked.revoked_at, Some(at(crate::world::BEGIN)));
        assert_eq!(allowances::get(&mut world.view().await, &id).await.unwrap(), revoked);
        let grants = allowances::lock_grants(&mut world.work().await, &customer.id).await.unwrap();
        assert!(grants[0].revoked);
        assert!(matches!(revoke(&id).await, Err(AllowanceError::Revoked(_))));
        assert!(matches!(revoke("alw_none").await, Err(AllowanceError::NotFound(_))));
        assert_eq!(world.changes(&id).await[0].action, "allowance.revoke");
    })
    .await;
}

/// How many seconds each of these customers has been granted, grant by grant.
async fn granted(world: &World, customers: &[&Customer]) -> Vec<Vec<i64>> {
    let mut all = Vec::new();
    for customer in customers {
        let listed = allowances::of_customer(&mut world.view().await, &customer.id).await.unwrap();
        all.push(listed.into_iter().map(|one| one.granted_seconds).collect());
    }
    all
}

#[tokio::test]
async fn an_allowance_for_many_is_granted_once_to_each_whatever_breaks_off() {
    on_both(async |world| {
        let (ada, grace) = (world.customer("Ada").await, world.prepaid_customer("Grace").await);
        let bulk = |customers, seconds| BulkGrant {
            customers,
            agent: None,
            seconds,
            expires_at: None,
            reason: "ten years of us".to_owned(),
        };
        let everyone = world.run(async |work| allowances::grant_to_many(work, bulk(None, 300)).await).await.unwrap();
        let named = Some(vec![grace.id.clone(), grace.id.clone()]);
        world.run(async |work| allowances::grant_to_many(work, bulk(named, 60)).await).await.unwrap();
        world.clock.move_to(at("2026-03-02T10:00:00Z"));
        let late = world.customer("Late").await;
        let job = jobs::get(&mut world.view().await, &everyone).await.unwrap();
        // It was done, and the program ended before that was written down: it is done again.
        for _ in 0..2 {
            let outcome = Grants.run(&world.engine, &job).await.unwrap();
            assert_eq!(outcome.as_deref(), Some("granted to 2 customers"));
        }
        let runner = Runner::new(world.engine.clone(), "test").handle(GRANTS, Arc::new(Grants), 1);
        while runner.run_due().await.unwrap() > 0 {}
        assert_eq!(granted(&world, &[&ada, &grace, &late]).await, [vec![300], vec![300, 60], vec![]]);
        let unknown = bulk(Some(vec![ada.id, "cus_none".into()]), 60);
        let refused = world.run(async |work| allowances::grant_to_many(work, unknown).await).await;
        assert!(matches!(refused, Err(AllowanceError::Invalid(invalid)) if invalid.pointer == "/customers/1"));
    })
    .await;
}

#[tokio::test]
async fn each_new_customer_is_welcomed_if_the_tenant_wants_it() {
    on_both(async |world| {
        let before = world.customer("Before").await;
        world.settings(|settings| settings.welcome = Welcome { seconds: 600, expires_after_days: Some(30) }).await;
        let after = world.customer("After").await;
        assert_eq!(granted(&world, &[&before, &after]).await, [vec![], vec![600]]);
        let welcome = allowances::of_customer(&mut world.view().await, &after.id).await.unwrap().remove(0);
        assert_eq!((welcome.granted_by.as_str(), welcome.agent), ("rule:welcome", None));
        assert_eq!(welcome.expires_at, Some(at("2026-04-01T09:00:00Z")));
    })
    .await;
}

use domain::invalid::Invalid;
use domain::time::{Date, Zone};
use engine::tenants::{self, Settings, Tenant, TenantError};

use crate::world::{World, currency, on_both};

async fn tenant(world: &World) -> Tenant {
    tenants::get(&mut world.view().await).await.unwrap()
}

async fn update(world: &World, name: &str, settings: Settings, version: i64) -> Result<Tenant, TenantError> {
    world.run(async |work| tenants::update(work, name, settings, version).await).await
}

#[tokio::test]
async fn a_tenant_is_founded_once() {
    on_both(async |world: World| {
        let settings = tenant(&world).await.settings;
        let again = world.run(async |work| tenants::found(work, "Other", settings, false).await).await;
        assert!(matches!(again, Err(TenantError::Taken(1))));
        world.neighbour().await;
        let all = tenants::all(&world.engine).await.unwrap();
        assert_eq!(all.iter().map(|tenant| tenant.tenant).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(all[0].name, "Helpline");
    })
    .await;
}

#[tokio::test]
async fn settings_that_are_refused() {
    on_both(async |world: World| {
        let good = tenant(&world).await.settings;
        let day: Date = "2026-12-25".parse().unwrap();
        for (settings, name, pointer) in [
            (Settings { longest_call_seconds: 0, ..good.clone() }, "A", "/longest_call_seconds"),
            (Settings { holidays: vec![day; 5001], ..good.clone() }, "A", "/holidays"),
            (Settings { currency: currency("EUR"), ..good.clone() }, "A", "/currency"),
            (Settings { outside_number: Some("0001".to_owned()), ..good.clone() }, "A", "/outside_number"),
            (Settings { outside_number: Some("Reception".to_owned()), ..good.clone() }, "A", "/outside_number"),
            (good.clone(), " ", "/name"),
            (good.clone(), "A\nB", "/name"),
        ] {
            match update(&world, name, settings, 1).await {
                Err(TenantError::Invalid(Invalid { pointer: found, .. })) => assert_eq!(found, pointer),
                other => panic!("{pointer}: {other:?}"),
            }
        }
        assert_eq!(tenant(&world).await.version, 1);
    })
    .await;
}

#[tokio::test]
async fn a_change_is_written_down_with_what_was_before() {
    on_both(async |world: World| {
        let before = tenant(&world).await.settings;
        let zone = Settings { time_zone: Zone::named("Europe/London").unwrap(), ..before.clone() };
        assert_eq!(update(&world, "Helpline", zone.clone(), 1).await.unwrap().version, 2);
        update(&world, "Night line", zone.clone(), 2).await.unwrap();
        assert!(matches!(update(&world, "Late", zone, 2).await, Err(TenantError::Changed { current: 3 })));
        let changes = world.changes("tenant").await;
        let actions: Vec<&str> = changes.iter().map(|change| change.action.as_str()).collect();
        assert_eq!(actions, ["tenant.update", "tenant.update", "tenant.found"]);
        for (change, before, after) in
            [(&changes[0], "Helpline", "Night line"), (&changes[1], "\"UTC\"", "\"Europe/London\"")]
        {
            let (was, is) = (change.before.as_deref().unwrap(), change.after.as_deref().unwrap());
            assert!(was.contains(before) && !was.contains(after) && is.contains(after), "{was} {is}");
        }
    })
    .await;
}

#[tokio::test]
async fn of_many_who_change_the_settings_one_wins() {
    on_both(async |world: World| {
        let settings = tenant(&world).await.settings;
        let outcomes = world
            .at_once(1..=8_u16, |work, days| {
                let settings = Settings { number_rest_days: days, ..settings.clone() };
                Box::pin(async move { tenants::update(work, "Helpline", settings, 1).await })
            })
            .await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        let lost = outcomes.iter().filter(|outcome| matches!(outcome, Err(TenantError::Changed { current: 2 })));
        assert_eq!(lost.count(), 7);
        assert_eq!(world.changes("tenant").await.len(), 2);
    })
    .await;
}

//! Maintenance mode.

use engine::maintenance::{self, Maintenance, MaintenanceError};
use engine::{ChangeKind, Engine};

use crate::world::{BEGIN, World, at, on_both};

async fn shown(world: &World) -> Option<Maintenance> {
    maintenance::get(&mut world.view().await).await.unwrap()
}

async fn begin(world: &World, minutes: u32) -> Result<Maintenance, MaintenanceError> {
    world.run(async |work| maintenance::begin(work, minutes).await).await
}

#[tokio::test]
async fn a_maintenance_begins_and_ends() {
    on_both(async |world: World| {
        let neighbour = world.neighbour().await;
        let mut heard = world.engine.changes();
        assert_eq!(shown(&world).await, None);
        let begun = begin(&world, 10).await.unwrap();
        assert_eq!(begun, Maintenance { begun_at: at(BEGIN), calls_end_at: at("2026-03-02T09:10:00Z") });
        let hint = heard.try_recv().unwrap();
        assert_eq!((hint.kind, hint.kind.name(), hint.id.as_str()), (ChangeKind::Maintenance, "maintenance", "1"));
        assert_eq!((hint.tenant, hint.customer), (1, None));
        assert_eq!((shown(&world).await, shown(&neighbour).await), (Some(begun), None));
        // It outlives the program, and the end of the calls.
        world.clock.move_to(at("2026-03-02T09:30:00Z"));
        let again = Engine::new(world.engine.store().clone(), world.engine.clock().clone());
        let restarted = World { engine: again, clock: world.clock.clone(), actor: world.actor.clone() };
        assert_eq!(shown(&restarted).await, Some(begun));
        // Once more it sets the end of the calls anew: at once, or an hour later at most.
        for (minutes, end) in [(0, "2026-03-02T09:30:00Z"), (60, "2026-03-02T10:30:00Z")] {
            let later = Maintenance { begun_at: at(BEGIN), calls_end_at: at(end) };
            assert_eq!(begin(&world, minutes).await.unwrap(), later);
            assert_eq!(shown(&world).await, Some(later));
        }
        for minutes in [61, u32::MAX] {
            let refused = begin(&world, minutes).await;
            assert!(matches!(&refused, Err(MaintenanceError::Invalid(invalid)) if invalid.pointer == "/minutes"));
        }
        for _ in 0..2 {
            world.run(async |work| maintenance::end(work).await).await.unwrap();
            assert_eq!(shown(&world).await, None);
        }
        let hints = std::iter::from_fn(|| heard.try_recv().ok()).count();
        assert_eq!(hints, 3, "what changes nothing is told to nobody");
        let actions: Vec<String> = world.changes("tenant").await.into_iter().map(|change| change.action).collect();
        let begins = ["maintenance.begin"; 3];
        assert_eq!(actions, [&["maintenance.end"][..], &begins, &["tenant.found"]].concat());
    })
    .await;
}

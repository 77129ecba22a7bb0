//! Webhooks that are changed while something is sent to them.

use std::time::Duration;

use engine::Clock;
use engine::webhooks::Disabled;
use tokio::time::{sleep, timeout};

use super::*;
use crate::world::on_both;

/// Long enough for another to come to wait.
const A_WHILE: Duration = Duration::from_millis(200);
const DAY: i64 = 24 * 3_600_000;

#[tokio::test]
async fn who_changes_webhooks_does_not_wait_for_who_waits_for_that() {
    on_both(async |world: World| {
        let courier = Arc::new(Notebook::default());
        let (hook, _) = webhook(&world, "https://a.example.org/", &[HookKind::CallEnded]).await;
        let other = webhook(&world, "https://b.example.org/", &[HookKind::LineSuspended]).await.0;
        for day in 0..2 {
            courier.answers([Ok(500), Ok(500)]);
            raise(&world, &[event(HookKind::CallEnded, &format!("call_{day}"))]).await;
            if day == 0 {
                sent(&world, &courier).await;
                world.clock.move_to(world.clock.now().plus_millis(3 * DAY).unwrap());
            }
        }
        let mut work = world.work().await;
        webhooks::rotate(&mut work, &other.id).await.unwrap();
        let changes = async {
            sleep(A_WHILE).await;
            let rotated = timeout(A_WHILE, webhooks::rotate(&mut work, &hook.id)).await;
            rotated.expect("nobody who waits for the tenant holds the webhook").unwrap();
            work.commit().await.unwrap();
        };
        tokio::join!(changes, sent(&world, &courier));
        assert_eq!(get(&world, &hook).await.disabled_because, Some(Disabled::Failing));
    })
    .await;
}

#[tokio::test]
async fn a_failure_that_is_noted_while_its_webhook_is_changed_is_not_forgotten() {
    on_both(async |world: World| {
        let (hook, _) = webhook(&world, "https://a.example.org/", &[HookKind::CallEnded]).await;
        let now = world.clock.now();
        let mut noting = world.engine.store().write().await.unwrap();
        storage::webhooks::note_failure(&mut noting, 1, &hook.id, now.millis()).await.unwrap();
        let noted = async {
            sleep(A_WHILE).await;
            noting.commit().await.unwrap();
        };
        let changed =
            world.run(async |work| webhooks::update(work, &hook.id, hook.details.clone(), hook.version).await);
        tokio::join!(noted, changed).1.unwrap();
        assert_eq!(get(&world, &hook).await.failing_since, Some(now));
    })
    .await;
}

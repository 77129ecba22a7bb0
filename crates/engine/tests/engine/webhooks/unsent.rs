//! What was never taken, and is not tried any more.

use engine::webhooks::{DeliveryState, WebhookError};

use super::*;
use crate::world::on_both;

/// A minute and more: longer than the first pauses.
const MINUTES: i64 = 180_000;
/// Longer than any lease.
const LEASE: i64 = 900_000;

fn wait(world: &World, millis: i64) {
    use engine::Clock;
    world.clock.move_to(world.clock.now().plus_millis(millis).unwrap());
}

async fn switch(world: &World, hook: &Webhook, enabled: bool) {
    let seen = get(world, hook).await;
    let details = Details { enabled, ..seen.details };
    world.run(async |work| webhooks::update(work, &hook.id, details, seen.version).await).await.unwrap();
}

/// The state of the one delivery, and how often it was tried.
async fn state(world: &World, hook: &Webhook) -> (DeliveryState, usize) {
    let [delivery] = &deliveries(world, hook).await[..] else { panic!("one") };
    (delivery.state, delivery.attempts.len())
}

async fn redelivered(world: &World, hook: &Webhook) -> Result<Delivery, WebhookError> {
    let id = deliveries(world, hook).await[0].id.clone();
    world.run(async |work| webhooks::redeliver(work, &hook.id, &id).await).await
}

#[tokio::test]
async fn what_waited_when_its_webhook_was_disabled_has_failed_and_can_be_sent_once_more() {
    on_both(async |world: World| {
        let courier = Arc::new(Notebook::default());
        let (hook, _) = webhook(&world, "https://a.example.org/", &[HookKind::CallEnded]).await;
        courier.answers([Ok(500)]);
        raise(&world, &[event(HookKind::CallEnded, "call_1")]).await;
        sent(&world, &courier).await;
        switch(&world, &hook, false).await;
        assert_eq!(state(&world, &hook).await, (DeliveryState::Pending, 1), "its time has not come");
        wait(&world, MINUTES);
        assert_eq!(sent(&world, &courier).await, 1);
        assert_eq!(state(&world, &hook).await, (DeliveryState::Failed, 1));

        switch(&world, &hook, true).await;
        assert_eq!(redelivered(&world, &hook).await.unwrap().state, DeliveryState::Pending);
        assert_eq!(sent(&world, &courier).await, 1);
        assert_eq!(state(&world, &hook).await, (DeliveryState::Delivered, 2));
    })
    .await;
}

#[tokio::test]
async fn what_the_program_ended_at_again_and_again_has_failed_and_can_be_sent_once_more() {
    on_both(async |world: World| {
        let courier = Arc::new(Notebook::default());
        let (hook, _) = webhook(&world, "https://a.example.org/", &[HookKind::CallEnded]).await;
        raise(&world, &[event(HookKind::CallEnded, "call_1")]).await;
        let wanted = storage::jobs::Wanted { kind: WEBHOOKS, except: &[], limit: 1 };
        for _ in 0..16 {
            let now = engine::Clock::now(&world.clock).millis();
            let mut tx = world.engine.store().write().await.unwrap();
            let taken = storage::jobs::claim(&mut tx, wanted, "lost", now, now + LEASE).await.unwrap();
            assert_eq!(taken.len(), 1);
            tx.commit().await.unwrap();
            wait(&world, LEASE);
        }
        assert_eq!(sent(&world, &courier).await, 1);
        assert_eq!((state(&world, &hook).await, courier.taken().len()), ((DeliveryState::Failed, 0), 0));

        redelivered(&world, &hook).await.unwrap();
        sent(&world, &courier).await;
        assert_eq!(state(&world, &hook).await, (DeliveryState::Delivered, 1));
    })
    .await;
}

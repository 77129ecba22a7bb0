//! What becomes of what is sent.

use domain::time::Instant;
use engine::Clock;
use engine::jobs::{JobState, Retention, page};
use engine::webhooks::{DeliveryState, Disabled, WebhookError};

use super::*;
use crate::world::on_both;

const SECOND: i64 = 1000;
const HOUR: i64 = 3600 * SECOND;

fn later(world: &World, millis: i64) -> Instant {
    world.clock.now().plus_millis(millis).unwrap()
}

#[tokio::test]
async fn what_is_not_taken_is_tried_again_for_a_day_and_given_up() {
    on_both(async |world: World| {
        let courier = Arc::new(Notebook::default());
        let (hook, secret) = webhook(&world, "https://a.example.org/", &[HookKind::CallEnded]).await;
        courier.answers([Ok(500), Err("nobody answers"), Ok(302), Ok(404), Ok(503), Ok(100), Err("gone"), Ok(418)]);
        raise(&world, &[event(HookKind::CallEnded, "call_1")]).await;
        let began = world.clock.now();
        assert_eq!(sent(&world, &courier).await, 1);
        // What differs from these by the spread of a tenth is told by the job itself.
        for (tries, pause) in
            (1..).zip([5, 30, 120, 600, 3600, 6 * 3600, 24 * 3600].map(|seconds: i64| seconds * SECOND))
        {
            let [delivery] = &deliveries(&world, &hook).await[..] else { panic!("one") };
            assert_eq!((delivery.state, delivery.attempts.len()), (DeliveryState::Pending, tries));
            world.clock.move_to(later(&world, pause - 1));
            assert_eq!(sent(&world, &courier).await, 0, "not before its time: {tries}");
            world.clock.move_to(later(&world, pause / 10 + 1));
            assert_eq!(sent(&world, &courier).await, 1, "{tries}");
        }
        let [delivery] = &deliveries(&world, &hook).await[..] else { panic!("one") };
        assert_eq!((delivery.state, delivery.attempts.len()), (DeliveryState::Failed, 8));
        assert_eq!(delivery.attempts[1].error.as_deref(), Some("nobody answers"));
        assert_eq!(delivery.attempts[2].status, Some(302));
        let parcels = courier.taken();
        assert!(parcels.iter().all(|parcel| parcel.id == parcels[0].id && parcel.body == parcels[0].body));
        assert!(parcels.iter().all(|parcel| parcel.secrets == [secret.clone()]));
        assert_eq!(parcels[0].sent_at, began);
        assert!(parcels.is_sorted_by(|a, b| a.sent_at < b.sent_at), "each try says when it is made");
        world.clock.move_to(later(&world, 100 * HOUR));
        assert_eq!(sent(&world, &courier).await, 0);

        let again = world.run(async |work| webhooks::redeliver(work, &hook.id, &delivery.id).await).await.unwrap();
        assert_eq!(again.state, DeliveryState::Pending);
        let twice = world.run(async |work| webhooks::redeliver(work, &hook.id, &delivery.id).await).await;
        assert!(matches!(twice, Err(WebhookError::Pending(_))), "{twice:?}");
        assert_eq!(sent(&world, &courier).await, 1);
        assert_eq!(courier.taken()[0].id, parcels[0].id);
        let [delivery] = &deliveries(&world, &hook).await[..] else { panic!("one") };
        assert_eq!((delivery.state, delivery.attempts.len()), (DeliveryState::Delivered, 9));
        assert_eq!(get(&world, &hook).await.failing_since, None);
    })
    .await;
}

#[tokio::test]
async fn what_was_sent_when_the_program_ended_is_sent_again_under_the_same_id() {
    on_both(async |world: World| {
        let courier = Arc::new(Notebook::default());
        let (hook, _) = webhook(&world, "https://a.example.org/", &[HookKind::CallEnded]).await;
        raise(&world, &[event(HookKind::CallEnded, "call_1")]).await;
        // A worker takes it, sends it, and is never heard of again.
        let store = world.engine.store();
        let wanted = storage::jobs::Wanted { kind: WEBHOOKS, except: &[], limit: 1 };
        let mut tx = store.write().await.unwrap();
        let now = world.clock.now().millis();
        let taken = storage::jobs::claim(&mut tx, wanted, "lost", now, now + 900 * SECOND).await.unwrap();
        assert_eq!(taken.len(), 1);
        tx.commit().await.unwrap();
        assert_eq!(sent(&world, &courier).await, 0);
        world.clock.move_to(later(&world, 900 * SECOND));
        assert_eq!(sent(&world, &courier).await, 1);
        let [delivery] = &deliveries(&world, &hook).await[..] else { panic!("one") };
        assert_eq!((delivery.state, &delivery.event), (DeliveryState::Delivered, &courier.taken()[0].id));
    })
    .await;
}

#[tokio::test]
async fn who_wants_nothing_more_and_who_only_fails_is_told_nothing_more() {
    on_both(async |world: World| {
        let courier = Arc::new(Notebook::default());
        let (gone, _) = webhook(&world, "https://gone.example.org/", &[HookKind::CallEnded]).await;
        courier.answers([Ok(410)]);
        raise(&world, &[event(HookKind::CallEnded, "call_1")]).await;
        sent(&world, &courier).await;
        let seen = get(&world, &gone).await;
        assert_eq!((seen.details.enabled, seen.disabled_because), (false, Some(Disabled::Gone)));
        assert_eq!(deliveries(&world, &gone).await[0].state, DeliveryState::Failed);
        assert_eq!(world.changes(&gone.id).await[0].action, "webhook.disable");
        assert!(!webhooks::wants(&mut world.view().await, HookKind::CallEnded).await.unwrap());
        let refused = world.run(async |work| webhooks::ping(work, &gone.id).await).await;
        assert!(matches!(refused, Err(WebhookError::Disabled(_))), "{refused:?}");

        let (failing, _) = webhook(&world, "https://failing.example.org/", &[HookKind::CallEnded]).await;
        let tries = async |id: &str| {
            courier.answers([Ok(500)]);
            raise(&world, &[event(HookKind::CallEnded, id)]).await;
            sent(&world, &courier).await;
            world.clock.move_to(later(&world, 24 * HOUR));
            get(&world, &failing).await
        };
        let since = world.clock.now();
        courier.answers(vec![Ok(500); 40]);
        for day in 0..3 {
            let seen = tries(&format!("call_d{day}")).await;
            assert_eq!((seen.details.enabled, seen.failing_since), (true, Some(since)), "{day}");
        }
        let seen = tries("call_last").await;
        assert_eq!((seen.details.enabled, seen.disabled_because), (false, Some(Disabled::Failing)));
        // Enabled again, it begins anew.
        let on = Details { enabled: true, ..seen.details.clone() };
        let on = world.run(async |work| webhooks::update(work, &failing.id, on, seen.version).await).await.unwrap();
        assert_eq!((on.failing_since, on.disabled_because), (None, None));
    })
    .await;
}

#[tokio::test]
async fn for_a_day_after_a_secret_was_replaced_both_sign() {
    on_both(async |world: World| {
        let courier = Arc::new(Notebook::default());
        let (hook, old) = webhook(&world, "https://a.example.org/", &[HookKind::CallEnded]).await;
        let (_, new) = world.run(async |work| webhooks::rotate(work, &hook.id).await).await.unwrap();
        assert!(new != old && new.reveal().starts_with("whsec_"));
        for (hours, secrets) in [(0, vec![new.clone(), old.clone()]), (24, vec![new.clone()])] {
            world.clock.move_to(later(&world, hours * HOUR));
            raise(&world, &[event(HookKind::CallEnded, &format!("call_{hours}"))]).await;
            sent(&world, &courier).await;
            assert_eq!(courier.taken()[0].secrets, secrets, "after {hours} hours");
        }
        let trail: String = world.changes(&hook.id).await.iter().map(|change| format!("{change:?}")).collect();
        assert!(trail.contains("webhook.rotate") && !trail.contains("whsec_"), "{trail}");
    })
    .await;
}

#[tokio::test]
async fn a_try_is_sent_to_one_that_does_not_want_it_and_all_is_forgotten_after_a_month() {
    on_both(async |world: World| {
        let courier = Arc::new(Notebook::default());
        let (hook, _) = webhook(&world, "https://a.example.org/", &[HookKind::CallEnded]).await;
        let other = webhook(&world, "https://b.example.org/", &[HookKind::CallEnded]).await.0;
        let tried = world.run(async |work| webhooks::ping(work, &hook.id).await).await.unwrap();
        assert_eq!((tried.kind.as_str(), tried.state), ("ping", DeliveryState::Pending));
        let stranger = world.run(async |work| webhooks::redeliver(work, &other.id, &tried.id).await).await;
        assert!(matches!(stranger, Err(WebhookError::NoDelivery(_))), "{stranger:?}");
        assert_eq!(sent(&world, &courier).await, 1);
        assert_eq!(courier.told(), [("ping".to_owned(), json!({"webhook": hook.id}))]);
        for (hours, left) in [(30 * 24, 1), (1, 0)] {
            world.clock.move_to(later(&world, hours * HOUR));
            let retention = Runner::new(world.engine.clone(), "r").daily(Retention::KIND, Arc::new(Retention), 1);
            // Once a day: the second look has to be on another one.
            world.clock.move_to(later(&world, if left == 0 { 24 * HOUR } else { 0 }));
            retention.run_due().await.unwrap();
            assert_eq!(deliveries(&world, &hook).await.len(), left, "{hours}");
        }
        let failed = page(&mut world.view().await, Some(JobState::Failed), None, 10).await.unwrap();
        assert_eq!(failed, []);
    })
    .await;
}

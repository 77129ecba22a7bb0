//! What can be set of a webhook.

use engine::Role;
use engine::jobs::{JobState, page};
use engine::notices::NOTICES;
use engine::webhooks::WebhookError;

use super::*;
use crate::world::on_both;

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_its_place() {
    on_both(async |world: World| {
        let plain = CheckedUrl::check(&Notebook::default(), "http://a.example.org/").await;
        assert_eq!(plain.unwrap_err().pointer, "/url");
        let long = format!("https://a.example.org/{}", "a".repeat(2000));
        assert_eq!(CheckedUrl::check(&Notebook::default(), &long).await.unwrap_err().pointer, "/url");
        let create = async |details: Details| world.run(async |work| webhooks::create(work, details).await).await;
        let fine = details("https://a.example.org/", &[HookKind::CallEnded]).await;
        for (pointer, wrong) in [
            ("/kinds", Details { kinds: HookKinds::default(), ..fine.clone() }),
            ("/description", Details { description: Some("a\nb".to_owned()), ..fine.clone() }),
        ] {
            let refused = create(wrong).await;
            assert!(matches!(&refused, Err(WebhookError::Invalid(at)) if at.pointer == pointer), "{refused:?}");
        }
        for _ in 0..20 {
            create(fine.clone()).await.unwrap();
        }
        assert!(matches!(create(fine.clone()).await, Err(WebhookError::TooMany)));
        let all = webhooks::all(&mut world.view().await).await.unwrap();
        assert_eq!(all.len(), 20);
        assert!(webhooks::all(&mut world.neighbour().await.view().await).await.unwrap().is_empty());
        let changed = world.run(async |work| webhooks::update(work, &all[0].id, fine, 7).await).await;
        assert!(matches!(changed, Err(WebhookError::Changed { current: 1 })), "{changed:?}");
        let gone = world.run(async |work| webhooks::delete(work, "whk_none").await).await;
        assert!(matches!(gone, Err(WebhookError::NotFound(_))), "{gone:?}");
    })
    .await;
}

#[tokio::test]
async fn what_all_of_them_want_is_known_though_they_are_made_at_once() {
    on_both(async |world: World| {
        let mut wanted = Vec::new();
        for kind in HookKind::ALL {
            wanted.push(details("https://a.example.org/", &[kind]).await);
        }
        let made =
            world.at_once(wanted, |work, details| Box::pin(async move { webhooks::create(work, details).await })).await;
        assert!(made.iter().all(Result::is_ok), "{made:?}");
        for kind in HookKind::ALL {
            assert!(webhooks::wants(&mut world.view().await, kind).await.unwrap(), "{}", kind.name());
        }
    })
    .await;
}

#[tokio::test]
async fn what_only_the_receiver_is_to_know_of_an_address_is_in_no_trail_and_no_mail() {
    on_both(async |world: World| {
        world.member("robin", Role::Owner).await;
        let courier = Arc::new(Notebook::default());
        let kinds = [HookKind::CallEnded];
        let (hook, _) = webhook(&world, "https://a.example.org:8443/T/hidden", &kinds).await;
        let other = details("https://b.example.org/?token=hidden#hidden", &kinds).await;
        world.run(async |work| webhooks::update(work, &hook.id, other, 1).await).await.unwrap();
        courier.answers([Ok(410)]);
        raise(&world, &[event(HookKind::CallEnded, "call_1")]).await;
        sent(&world, &courier).await;
        world.run(async |work| webhooks::delete(work, &hook.id).await).await.unwrap();

        let trail: String = world.changes(&hook.id).await.iter().map(|change| format!("{change:?}")).collect();
        let jobs = page(&mut world.view().await, Some(JobState::Waiting), None, 10).await.unwrap();
        let [mail] = &jobs[..] else { panic!("one: {jobs:?}") };
        assert_eq!(mail.kind, NOTICES);
        for (text, addresses) in [
            (&trail, &["https://a.example.org:8443", "https://b.example.org"][..]),
            (&mail.payload, &["https://b.example.org"][..]),
        ] {
            assert!(addresses.iter().all(|address| text.contains(address)), "{text}");
            assert!(!text.contains("hidden"), "{text}");
        }
    })
    .await;
}

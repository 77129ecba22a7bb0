//! What can be set of a webhook.

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

//! Ratings: of which calls, by whom, and until when.

use domain::time::Instant;
use engine::calls::Disposition;
use engine::ratings::{self, Rating, RatingError};

use super::*;
use crate::world::on_both;

async fn rate(world: &World, call: &Call, stars: i64) -> Result<Rating, RatingError> {
    world.run(async |work| ratings::rate(work, &call.id, stars, Some(" kind ".to_owned())).await).await
}

#[tokio::test]
async fn calls_to_agents_are_rated() {
    on_both(async |world: World| {
        let iris = iris(&world).await;
        caller(&world, "0001").await;
        let call = talk(&world, &iris, "0001", 60).await;
        for (stars, told) in [(0, "1 to 5"), (6, "1 to 5"), (-1, "1 to 5")] {
            let refused = rate(&world, &call, stars).await.unwrap_err();
            assert!(matches!(&refused, RatingError::Invalid(invalid) if invalid.pointer == "/stars"), "{refused}");
            assert!(refused.to_string().contains(told), "{refused}");
        }
        let rating = rate(&world, &call, 5).await.unwrap();
        assert_eq!((rating.stars.number(), rating.comment.as_deref()), (5, Some("kind")));

        // It is changed until 30 days after the call, and stands then.
        let last = Instant::from_millis(call.ended_at.unwrap().millis() + 30 * 86_400_000 - 1).unwrap();
        world.clock.move_to(last);
        rate(&world, &call, 3).await.unwrap();
        world.clock.move_to(Instant::from_millis(last.millis() + 1).unwrap());
        assert!(matches!(rate(&world, &call, 1).await, Err(RatingError::TooLate { .. })));
        let kept = ratings::of_calls(&mut world.view().await, &[&call.id, "call_none"]).await.unwrap();
        assert_eq!(kept.iter().map(|kept| (kept.stars.number(), kept.rated_at)).collect::<Vec<_>>(), [(3, last)]);
        let written = world.changes(&call.id).await;
        assert_eq!(written.iter().filter(|change| change.action == "call.rate").count(), 2);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_rated() {
    on_both(async |world: World| {
        let iris = iris(&world).await;
        let ida = caller(&world, "0001").await;
        caller(&world, "0002").await;
        let record =
            async |call: FinishedCall| world.run(async |work| calls::record(work, call).await).await.unwrap().0;
        let to_number = record(call("pbx:number", "0001", "2026-03-02T08:00:00Z", 60)).await;
        assert!(matches!(rate(&world, &to_number, 5).await, Err(RatingError::NoAgent(_))));
        let missed = FinishedCall {
            answered_at: None,
            disposition: Disposition::NoAnswer,
            agent: Some(iris.id.clone()),
            ..call("pbx:missed", "0001", "2026-03-02T08:00:00Z", 60)
        };
        let missed = record(missed).await;
        assert!(matches!(rate(&world, &missed, 5).await, Err(RatingError::NotAnswered(_))));

        let others = talk(&world, &iris, "0002", 60).await;
        let reach = Reach::Own { customers: vec![ida.id], agent: None };
        let actor = Actor { name: "test".into(), roles: Role::Customer.into(), reach, ..world.actor.clone() };
        let mut work = world.engine.begin(&actor).await.unwrap();
        let refused = ratings::rate(&mut work, &others.id, 1, None).await.unwrap_err();
        assert_eq!(refused.to_string(), format!("there is no call {}", others.id));
    })
    .await;
}

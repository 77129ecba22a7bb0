//! An agent's figures: what counts for which day, in whose zone.

use engine::figures::{self, Sums};
use engine::ratings;

use super::*;
use crate::world::{currency, on_both};

/// Calls, seconds, earnings, rating and how many, customers who came back.
fn told(sums: &Sums) -> String {
    let earned = sums.earnings.iter().find(|(code, _)| *code == currency("USD"));
    let earned = earned.map_or_else(|| "-".to_owned(), |(_, amount)| amount.to_string());
    let rating = sums.rating.map_or_else(|| "-".to_owned(), |rating| rating.to_string());
    let Sums { calls, talk_seconds, ratings, returning_customers, .. } = sums;
    format!("{calls} {talk_seconds} {earned} {rating}/{ratings} {returning_customers}")
}

async fn shown(world: &World, agent: &Agent) -> [String; 4] {
    let figures = figures::of_agent(&mut world.view().await, &agent.id).await.unwrap();
    [&figures.today, &figures.week, &figures.month, &figures.all].map(told)
}

#[tokio::test]
async fn figures_by_day() {
    on_both(async |world: World| {
        let iris = iris(&world).await;
        for number in ["0001", "0002"] {
            caller(&world, number).await;
        }
        let rate = async |call: &Call, stars| {
            world.run(async |work| ratings::rate(work, &call.id, stars, None).await).await.unwrap();
        };
        let nothing = "0 0 - -/0 0";
        assert_eq!(shown(&world, &iris).await, [nothing; 4]);
        // A Monday: today and the week are one time.
        let first = talk(&world, &iris, "0001", 60).await;
        rate(&first, 5).await;
        assert_eq!(shown(&world, &iris).await, ["1 60 2.66 5.0/1 0"; 4]);
        comes(&world, "2026-03-03T10:00:00Z");
        assert_eq!(
            shown(&world, &iris).await,
            [nothing, "1 60 2.66 5.0/1 0", "1 60 2.66 5.0/1 0", "1 60 2.66 5.0/1 0"]
        );
        let again = talk(&world, &iris, "0001", 60).await;
        rate(&again, 4).await;
        talk(&world, &iris, "0002", 60).await;
        assert_eq!(
            shown(&world, &iris).await,
            ["2 120 5.32 4.0/1 1", "3 180 7.98 4.5/2 1", "3 180 7.98 4.5/2 1", "3 180 7.98 4.5/2 1"]
        );
        // What is given back is taken on its day; who called before and calls again comes back.
        comes(&world, "2026-03-09T10:00:00Z");
        refund(&world, &first).await;
        talk(&world, &iris, "0002", 30).await;
        assert_eq!(
            shown(&world, &iris).await,
            ["1 30 -1.00 -/0 1", "1 30 -1.00 -/0 1", "4 210 6.98 4.5/2 2", "4 210 6.98 4.5/2 2"]
        );
        // A payout is no loss.
        terms(&world, 0, "0").await;
        pay(&world, &iris).await.unwrap();
        comes(&world, "2026-04-01T00:00:00Z");
        assert_eq!(shown(&world, &iris).await, [nothing, nothing, nothing, "4 210 6.98 4.5/2 2"]);
    })
    .await;
}

#[tokio::test]
async fn days_are_those_of_the_agents_zone() {
    on_both(async |world: World| {
        let iris = iris(&world).await;
        caller(&world, "0001").await;
        let zoned = agent(&world, "Zoe", json!({"time_zone": "Asia/Tokyo"})).await;
        // 00:30 on the 3rd in Tokyo, a Tuesday.
        comes(&world, "2026-03-02T15:30:00Z");
        for agent in [&iris, &zoned] {
            talk(&world, agent, "0001", 60).await;
        }
        comes(&world, "2026-03-03T12:00:00Z");
        assert_eq!(shown(&world, &iris).await[0], "0 0 - -/0 0");
        assert_eq!(shown(&world, &zoned).await[0], "1 60 2.66 -/0 0");
        let figures = figures::of_agent(&mut world.view().await, &zoned.id).await.unwrap();
        assert_eq!((figures.time_zone.name(), figures.today.from), ("Asia/Tokyo", at("2026-03-02T15:00:00Z")));
        let kept = agents::get(&mut world.view().await, &zoned.id).await.unwrap();
        assert_eq!(kept.details.time_zone, zoned.details.time_zone);
        assert!(iris.details.to_json().get("time_zone").is_none());
    })
    .await;
}

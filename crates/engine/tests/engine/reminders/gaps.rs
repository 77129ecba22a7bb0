//! What coordinators are told each morning.

use domain::roster::Change;
use engine::Role;

use super::{Post, add_override, add_shift, agent, change_group, due, group, until};
use crate::world::{World, on_both};

const NOBODY: [&str; 0] = [];

#[tokio::test]
async fn coordinators_are_told_each_morning_where_too_few_will_be_on_duty() {
    on_both(async |world: World| {
        let post = Post::new();
        world.member("coordinator@example.org", Role::Coordinator).await;
        world.member("clerk@example.org", Role::Clerk).await;
        let ann = agent(&world, "Ann").await;
        let line = group(&world, "Line", "Europe/London", "18:00").await;
        change_group(&world, &line, |details| details.reminders.enabled = false).await;
        for day in 0..7 {
            add_shift(&world, &line, &ann, day, "00:00-00:00").await;
        }
        assert_eq!(due(&world, &post).await, NOBODY);
        add_override(&world, &line, "2026-03-10", Change::Remove { agent: ann.clone() }).await;
        add_override(&world, &line, "2026-03-12", Change::Closed { name: "Holiday".into() }).await;
        // Today's morning is over: tomorrow's is the next.
        assert_eq!(due(&world, &post).await, NOBODY);
        assert_eq!(until(&world, &post, "2026-03-03T07:59:59Z").await, NOBODY);
        let gap = "coordinator@example.org: Line 2026-03-10T00:00:00Z-2026-03-11T00:00:00Z 0/1";
        assert_eq!(until(&world, &post, "2026-03-03T08:00:00Z").await, [gap]);
        assert_eq!(due(&world, &post).await, NOBODY);
        assert_eq!(until(&world, &post, "2026-03-03T20:00:00Z").await, NOBODY);
        assert_eq!(until(&world, &post, "2026-03-04T08:00:00Z").await, [gap]);
        assert_eq!(until(&world, &post, "2026-03-11T08:00:00Z").await, NOBODY);
    })
    .await;
}

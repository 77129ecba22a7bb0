//! What changes after agents were told.

use domain::roster::Change;
use engine::groups;

use super::{Post, add_override, add_shift, agent, change_group, delete_override, due, group, shift, states, until};
use crate::world::{World, on_both};

const NOBODY: [&str; 0] = [];

#[tokio::test]
async fn those_whom_a_change_touches_are_told_of_it_and_nobody_else() {
    on_both(async |world: World| {
        let post = Post::new();
        let (ann, bob, cy) = (agent(&world, "Ann").await, agent(&world, "Bob").await, agent(&world, "Cy").await);
        let line = group(&world, "Line", "Europe/London", "18:00").await;
        let of_ann = add_shift(&world, &line, &ann, 1, "08:00-10:00").await;
        add_shift(&world, &line, &cy, 1, "08:00-12:00").await;
        let first = ["ann@example.org: 2026-03-03: Line 08:00-10:00", "cy@example.org: 2026-03-03: Line 08:00-12:00"];
        assert_eq!(until(&world, &post, "2026-03-02T18:00:00Z").await, first);

        let replace = || Change::Replace { agent: ann.clone(), by: bob.clone() };
        let swap = add_override(&world, &line, "2026-03-03", replace()).await;
        let swapped = ["ann@example.org: 2026-03-03 changed: ", "bob@example.org: 2026-03-03: Line 08:00-10:00"];
        assert_eq!(due(&world, &post).await, swapped);
        assert_eq!(due(&world, &post).await, NOBODY);
        delete_override(&world, &swap).await;
        let back = ["ann@example.org: 2026-03-03 changed: Line 08:00-10:00", "bob@example.org: 2026-03-03 changed: "];
        assert_eq!(due(&world, &post).await, back);

        // What was taken back before anybody looked, what is for another day, and what changes no time, touches nobody.
        let swap = add_override(&world, &line, "2026-03-03", replace()).await;
        delete_override(&world, &swap).await;
        add_override(&world, &line, "2026-03-04", Change::Add { agent: bob.clone(), priority: 1 }).await;
        change_group(&world, &line, |details| details.name = "Another".into()).await;
        let second = groups::NewShift { priority: 7, ..shift(&ann, 1, "08:00-10:00") };
        world.run(async |work| groups::update_shift(work, &of_ann, second, 1).await).await.unwrap();
        assert_eq!(due(&world, &post).await, NOBODY);

        let longer = shift(&ann, 1, "08:00-11:00");
        world.run(async |work| groups::update_shift(work, &of_ann, longer, 2).await).await.unwrap();
        assert_eq!(due(&world, &post).await, ["ann@example.org: 2026-03-03 changed: Another 08:00-11:00"]);
        assert_eq!(
            states(&world, "2026-03-03").await,
            [format!("{ann} sent 4"), format!("{bob} sent 2"), format!("{cy} sent 1")]
        );

        // On the day itself, as long as it is not over.
        assert_eq!(until(&world, &post, "2026-03-03T10:30:00Z").await, NOBODY);
        add_override(&world, &line, "2026-03-03", Change::Closed { name: "Power cut".into() }).await;
        let closed = ["ann@example.org: 2026-03-03 changed: ", "cy@example.org: 2026-03-03 changed: "];
        assert_eq!(due(&world, &post).await, closed);
    })
    .await;
}

#[tokio::test]
async fn what_is_over_and_what_a_group_does_not_tell_is_no_news() {
    on_both(async |world: World| {
        let post = Post::new();
        let (ann, bob) = (agent(&world, "Ann").await, agent(&world, "Bob").await);
        let line = group(&world, "Line", "Europe/London", "18:00").await;
        let other = group(&world, "Other", "Europe/London", "18:00").await;
        add_shift(&world, &line, &ann, 1, "08:00-10:00").await;
        add_shift(&world, &line, &bob, 1, "22:00-06:00").await;
        add_shift(&world, &other, &ann, 1, "20:00-21:00").await;
        assert_eq!(until(&world, &post, "2026-03-02T18:00:00Z").await.len(), 2);
        // Reminders are switched off: nobody is told that a shift is gone, for it is not.
        change_group(&world, &other, |details| details.reminders.enabled = false).await;
        assert_eq!(due(&world, &post).await, NOBODY);
        change_group(&world, &other, |details| details.reminders.enabled = true).await;
        assert_eq!(due(&world, &post).await, NOBODY);
        assert_eq!(until(&world, &post, "2026-03-03T12:00:00Z").await, NOBODY);
        let over = add_override(&world, &line, "2026-03-03", Change::Remove { agent: ann.clone() }).await;
        assert_eq!(due(&world, &post).await, NOBODY);
        delete_override(&world, &over).await;
        // A night of yesterday is not over; a group that is gone has no shifts.
        assert_eq!(until(&world, &post, "2026-03-04T02:00:00Z").await, NOBODY);
        world.run(async |work| groups::delete(work, &line).await).await.unwrap();
        assert_eq!(due(&world, &post).await, ["bob@example.org: 2026-03-03 changed: "]);
    })
    .await;
}

//! Once, whatever fails, begins again or runs beside it.

use domain::roster::Change;
use domain::time::Instant;
use engine::mailer::MailFailure;
use engine::notices::NOTICES;
use engine::reminders::{self, REMINDERS, ReminderState, Wanted};
use engine::{Actor, Engine, Scope};
use storage::jobs::Wanted as WantedJobs;

use super::{Post, add_override, add_shift, agent, due, group, runner, states, until};
use crate::world::{World, at, on_both};

/// H092 of the hostile inputs.
#[tokio::test]
async fn of_several_programs_one_tells_each_agent() {
    on_both(async |world: World| {
        let post = Post::new();
        let line = group(&world, "Line", "Europe/London", "18:00").await;
        let mut expected = Vec::new();
        for number in 0..12 {
            let name = format!("Agent{number:02}");
            let agent = agent(&world, &name).await;
            add_shift(&world, &line, &agent, 1, "08:00-10:00").await;
            expected.push(format!("{}@example.org: 2026-03-03: Line 08:00-10:00", name.to_lowercase()));
        }
        due(&world, &post).await;
        world.clock.move_to(at("2026-03-02T18:00:00Z"));
        let engines: Vec<Engine> = (0..3)
            .map(|_| Engine::new(world.engine.store().clone(), std::sync::Arc::new(world.clock.clone())))
            .collect();
        // The scheduler of each, and somebody at a keyboard.
        let by_hand = Wanted::On { date: "2026-03-03".parse().unwrap(), group: Some(line.clone()) };
        let each = engines.iter().map(|engine| {
            let (post, by_hand) = (post.clone(), by_hand.clone());
            async move {
                let somebody = Actor::program(1, "cli");
                let typed = engine.run(&somebody, |work| {
                    let by_hand = by_hand.clone();
                    Box::pin(async move { reminders::tell(work, &by_hand).await })
                });
                let runner = runner(engine, &post);
                let (typed, ran) = tokio::join!(typed, runner.run_due());
                typed.unwrap();
                ran.unwrap();
            }
        });
        futures::future::join_all(each).await;
        let mut come = post.come();
        come.extend(due(&world, &post).await);
        come.sort();
        assert_eq!(come, expected);
    })
    .await;
}

/// Takes jobs of a kind and does nothing more with them, as a program that is ended.
async fn taken_by_a_dead_worker(world: &World, kind: &'static str) -> usize {
    let mut tx = world.engine.store().write().await.unwrap();
    let now = world.view().await.now();
    let until = Instant::clamped(now.millis() + 15 * 60_000).millis();
    let wanted = WantedJobs { kind, except: &[], limit: 100 };
    let taken = storage::jobs::claim(&mut tx, wanted, "dead", now.millis(), until).await.unwrap();
    tx.commit().await.unwrap();
    taken.len()
}

#[tokio::test]
async fn one_look_sees_what_many_have_changed() {
    on_both(async |world: World| {
        let ann = agent(&world, "Ann").await;
        let line = group(&world, "Line", "Europe/London", "18:00").await;
        for day in 0..7 {
            add_shift(&world, &line, &ann, day, "08:00-10:00").await;
        }
        assert_eq!(taken_by_a_dead_worker(&world, REMINDERS).await, 1);
        // That look may be over with this group.
        add_shift(&world, &line, &ann, 1, "12:00-13:00").await;
        assert_eq!(taken_by_a_dead_worker(&world, REMINDERS).await, 1);
    })
    .await;
}

/// H092 of the hostile inputs.
#[tokio::test]
async fn a_program_that_ends_before_the_mail_is_sent_leaves_it_to_the_next() {
    on_both(async |world: World| {
        let post = Post::new();
        let ann = agent(&world, "Ann").await;
        let line = group(&world, "Line", "Europe/London", "18:00").await;
        add_shift(&world, &line, &ann, 1, "08:00-10:00").await;
        due(&world, &post).await;
        world.clock.move_to(at("2026-03-02T18:00:00Z"));
        // One that has come to look, and one that has come to send.
        assert_eq!(taken_by_a_dead_worker(&world, REMINDERS).await, 1);
        assert_eq!(due(&world, &post).await, Vec::<String>::new());
        world.clock.move_to(at("2026-03-02T18:16:00Z"));
        let batch = Wanted::Due;
        world.run(async |work| reminders::tell(work, &batch).await).await.unwrap();
        assert_eq!(taken_by_a_dead_worker(&world, NOTICES).await, 1);
        assert_eq!(due(&world, &post).await, Vec::<String>::new());
        assert_eq!(states(&world, "2026-03-03").await, [format!("{ann} waiting 1")]);
        let sent = ["ann@example.org: 2026-03-03: Line 08:00-10:00"];
        assert_eq!(until(&world, &post, "2026-03-02T18:32:00Z").await, sent);
        assert_eq!(states(&world, "2026-03-03").await, [format!("{ann} sent 1")]);
        assert_eq!(until(&world, &post, "2026-03-02T23:00:00Z").await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_fails_is_tried_again_and_shown_when_it_is_given_up() {
    on_both(async |world: World| {
        let post = Post::new();
        let ann = agent(&world, "Ann").await;
        let line = group(&world, "Line", "Europe/London", "18:00").await;
        add_shift(&world, &line, &ann, 1, "08:00-10:00").await;
        post.fails(Some(MailFailure::Later("nobody answers".into())));
        assert_eq!(until(&world, &post, "2026-03-02T18:00:00Z").await, Vec::<String>::new());
        assert_eq!(states(&world, "2026-03-03").await, [format!("{ann} waiting 1")]);
        post.fails(Some(MailFailure::Never("550 no such user".into())));
        assert_eq!(until(&world, &post, "2026-03-02T18:02:00Z").await, Vec::<String>::new());
        let date = "2026-03-03".parse().unwrap();
        let told = reminders::of_date(&mut world.view().await, date).await.unwrap();
        assert_eq!(states(&world, "2026-03-03").await, [format!("{ann} failed 1")]);
        assert!(told[0].reason.as_deref().unwrap().contains("550 no such user"), "{told:?}");
        assert_eq!(told[0].sent_at, None);
        // The scheduler leaves it at that; whoever asks for it has it tried once more.
        post.fails(None);
        assert_eq!(until(&world, &post, "2026-03-02T19:00:00Z").await, Vec::<String>::new());
        let batch = Wanted::On { date, group: None };
        world.run(async |work| reminders::tell(work, &batch).await).await.unwrap();
        assert_eq!(due(&world, &post).await, ["ann@example.org: 2026-03-03: Line 08:00-10:00"]);
        assert_eq!(states(&world, "2026-03-03").await, [format!("{ann} sent 2")]);
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_has_waited_too_long_is_not_sent() {
    on_both(async |world: World| {
        let post = Post::new();
        let (ann, bob) = (agent(&world, "Ann").await, agent(&world, "Bob").await);
        let line = group(&world, "Line", "Europe/London", "18:00").await;
        add_shift(&world, &line, &ann, 1, "08:00-10:00").await;
        add_shift(&world, &line, &bob, 1, "08:00-12:00").await;
        post.fails(Some(MailFailure::Later("nobody answers".into())));
        assert_eq!(until(&world, &post, "2026-03-02T18:00:00Z").await, Vec::<String>::new());
        add_override(&world, &line, "2026-03-03", Change::Remove { agent: bob.clone() }).await;
        assert_eq!(due(&world, &post).await, Vec::<String>::new());
        // What has changed meanwhile is told alone, and what is over is told no more.
        post.fails(None);
        assert_eq!(until(&world, &post, "2026-03-03T10:00:00Z").await, ["bob@example.org: 2026-03-03 changed: "]);
        let told = reminders::of_date(&mut world.view().await, "2026-03-03".parse().unwrap()).await.unwrap();
        let of = |agent: &str| told.iter().find(|row| row.agent == agent).unwrap();
        assert_eq!((of(&ann).state, of(&ann).reason.as_deref()), (ReminderState::Failed, Some("the shifts are over")));
        assert_eq!((of(&bob).state, of(&bob).times), (ReminderState::Sent, 2));
    })
    .await;
}

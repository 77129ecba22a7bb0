//! The evening before.

use domain::roster::Blackout;
use domain::time::Zone;
use engine::agents::Details;
use engine::groups;
use engine::reminders::{self, Step, Wanted};
use serde_json::Value;

use super::{Post, add_shift, agent, agent_with, change_agent, change_group, due, group, states, until};
use crate::world::{World, at, on_both};

#[tokio::test]
async fn each_is_told_once_of_all_shifts_of_the_next_day_when_its_first_group_reminds() {
    on_both(async |world: World| {
        let post = Post::new();
        let (ann, bob) = (agent(&world, "Ann").await, agent(&world, "Bob").await);
        let opted_out = Details { reminders: false, email: Some("cy@example.org".into()), ..Details::default() };
        let (cy, dora) =
            (agent_with(&world, "Cy", opted_out).await, agent_with(&world, "Dora", Details::default()).await);
        let early = group(&world, "Early", "Europe/London", "18:00").await;
        let late = group(&world, "Late", "Europe/London", "20:00").await;
        let silent = group(&world, "Silent", "Europe/London", "18:00").await;
        change_group(&world, &silent, |details| details.reminders.enabled = false).await;
        add_shift(&world, &late, &ann, 1, "14:00-16:00").await;
        add_shift(&world, &late, &bob, 1, "22:00-06:00").await;
        add_shift(&world, &silent, &ann, 1, "17:00-18:00").await;
        for who in [&ann, &cy, &dora] {
            add_shift(&world, &early, who, 1, "08:00-10:00").await;
        }
        // Monday's are nobody's news on Monday's morning: nobody has any.
        assert_eq!(due(&world, &post).await, Vec::<String>::new());
        assert_eq!(until(&world, &post, "2026-03-02T17:59:59Z").await, Vec::<String>::new());
        assert_eq!(states(&world, "2026-03-03").await, Vec::<String>::new());
        let of_ann = "ann@example.org: 2026-03-03: Early 08:00-10:00, Late 14:00-16:00";
        assert_eq!(until(&world, &post, "2026-03-02T18:00:00Z").await, [of_ann]);
        assert_eq!(until(&world, &post, "2026-03-02T19:59:59Z").await, Vec::<String>::new());
        assert_eq!(
            until(&world, &post, "2026-03-02T20:00:00Z").await,
            ["bob@example.org: 2026-03-03: Late 22:00-06:00"]
        );
        let told = [
            format!("{ann} sent 1"),
            format!("{bob} sent 1"),
            format!("{cy} opted_out 1"),
            format!("{dora} no_address 1"),
        ];
        assert_eq!(states(&world, "2026-03-03").await, told);
        // Whatever begins again, and however often somebody looks: the days go by, and a week later it is told again.
        for instant in ["2026-03-02T20:00:01Z", "2026-03-03T00:00:00Z", "2026-03-03T07:00:00Z", "2026-03-09T17:59:00Z"]
        {
            assert_eq!(until(&world, &post, instant).await, Vec::<String>::new(), "{instant}");
        }
        assert_eq!(states(&world, "2026-03-03").await, told);
        assert_eq!(until(&world, &post, "2026-03-09T18:00:00Z").await, [of_ann.replace("03-03", "03-10")]);
    })
    .await;
}

#[tokio::test]
async fn whoever_was_away_in_the_evening_tells_what_is_still_ahead() {
    on_both(async |world: World| {
        let post = Post::new();
        let (ann, bob) = (agent(&world, "Ann").await, agent(&world, "Bob").await);
        let group = group(&world, "Line", "Europe/London", "18:00").await;
        add_shift(&world, &group, &ann, 1, "08:00-10:00").await;
        add_shift(&world, &group, &bob, 1, "08:00-12:00").await;
        add_shift(&world, &group, &bob, 2, "08:00-12:00").await;
        due(&world, &post).await;
        assert_eq!(
            until(&world, &post, "2026-03-03T10:00:00Z").await,
            ["bob@example.org: 2026-03-03: Line 08:00-12:00"]
        );
        assert_eq!(
            until(&world, &post, "2026-03-03T18:30:00Z").await,
            ["bob@example.org: 2026-03-04: Line 08:00-12:00"]
        );
    })
    .await;
}

#[tokio::test]
async fn an_agent_who_wants_to_be_told_after_all_is_told() {
    on_both(async |world: World| {
        let post = Post::new();
        let unknown = Details { reminders: false, ..Details::default() };
        let ann = agent_with(&world, "Ann", unknown).await;
        let group = group(&world, "Line", "Europe/London", "18:00").await;
        add_shift(&world, &group, &ann, 1, "08:00-10:00").await;
        assert_eq!(until(&world, &post, "2026-03-02T18:00:00Z").await, Vec::<String>::new());
        assert_eq!(states(&world, "2026-03-03").await, [format!("{ann} opted_out 1")]);
        change_agent(&world, &ann, |details| details.reminders = true).await;
        assert_eq!(due(&world, &post).await, Vec::<String>::new());
        assert_eq!(states(&world, "2026-03-03").await, [format!("{ann} no_address 2")]);
        change_agent(&world, &ann, |details| details.email = Some("ann@example.org".into())).await;
        assert_eq!(due(&world, &post).await, ["ann@example.org: 2026-03-03: Line 08:00-10:00"]);
        assert_eq!(states(&world, "2026-03-03").await, [format!("{ann} sent 3")]);
        // A blackout is a change, too: the shift is hers no more.
        let blackout = Blackout::new("2026-03-03".parse().unwrap(), "2026-03-03".parse().unwrap()).unwrap();
        change_agent(&world, &ann, |details| details.blackouts = vec![blackout]).await;
        assert_eq!(due(&world, &post).await, ["ann@example.org: 2026-03-03 changed: "]);
        // Who is told of nothing any more is not told that a change was taken back.
        change_agent(&world, &ann, |details| (details.reminders, details.blackouts) = (false, Vec::new())).await;
        assert_eq!(due(&world, &post).await, Vec::<String>::new());
    })
    .await;
}

fn text<'a>(record: &'a Value, field: &str) -> &'a str {
    record[field].as_str().unwrap()
}

#[tokio::test]
async fn the_batch_for_the_next_day_goes_as_in_the_scenario() {
    let document = include_str!("../../../../domain/tests/data/routing-scenarios.json");
    let document: Value = serde_json::from_str(document).unwrap();
    let scenario = document["scenarios"].as_array().unwrap().iter().find(|scenario| scenario["id"] == "R39").unwrap();
    on_both(async |world: World| {
        let post = Post::new();
        let zone = text(&scenario["group"], "tz");
        let group = group(&world, "Line", zone, "18:00").await;
        for volunteer in scenario["volunteers"].as_array().unwrap() {
            let details = Details {
                email: Some(text(volunteer, "email").to_owned()),
                reminders: volunteer["remind"].as_bool().unwrap_or(true),
                ..Details::default()
            };
            let agent = agent_with(&world, text(volunteer, "name"), details).await;
            let own = |shift: &&Value| shift["volunteer"] == volunteer["id"];
            for shift in scenario["shifts"].as_array().unwrap().iter().filter(own) {
                let day = ["mon", "tue", "wed"].iter().position(|day| shift["days"][0] == *day).unwrap();
                let hours = format!("{}-{}", text(shift, "start"), text(shift, "end"));
                add_shift(&world, &group, &agent, u8::try_from(day).unwrap(), &hours).await;
            }
        }
        let case = &scenario["cases"][0];
        world.clock.move_to(at(text(case, "at")));
        let on_duty = groups::on_duty(&mut world.view().await, &group, at(text(case, "at"))).await.unwrap();
        assert_eq!(case["on_duty"].as_array().unwrap().len(), on_duty.agents.len());
        let tomorrow = Zone::named(zone).unwrap().date(at(text(case, "at"))).tomorrow().unwrap();
        let batch = Wanted::On { date: tomorrow, group: None };
        let mut mails = Vec::new();
        for step in case["steps"].as_array().unwrap() {
            assert_eq!(text(step, "event"), "reminders");
            world.run(async |work| reminders::tell(work, &batch).await).await.unwrap();
            mails.extend(due(&world, &post).await);
            assert_eq!(
                Some(mails.len()),
                step["expect"]["emails"].as_u64().map(|mails| usize::try_from(mails).unwrap())
            );
        }
        // 08:00 and 14:00 of Auckland.
        assert_eq!(mails, ["ann@example.org: 2026-11-18: Line 19:00-21:00, Line 01:00-03:00"]);
        // Nor again when the evening comes: 18:00 there.
        assert_eq!(until(&world, &post, "2026-11-17T05:00:00Z").await, Vec::<String>::new());
        let plan = reminders::plan(&mut world.view().await, &batch).await.unwrap();
        assert!(plan.len() == 2 && plan.iter().all(|planned| planned.step == Step::Nothing), "{plan:?}");
    })
    .await;
}

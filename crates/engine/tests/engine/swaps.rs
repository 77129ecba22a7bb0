//! Shifts that agents offer to the others of their group.

use std::sync::Arc;

use domain::roster::{Blackout, Change, SwapState};
use engine::agents::Details;
use engine::groups::{self, NewOverride, Swapping};
use engine::people::Secret;
use engine::swaps::{self, NewSwap, Swap, SwapError};
use engine::{Role, groups::on_duty};

use crate::reminders::{
    Post, add_override, add_shift, agent, agent_with, change_agent, change_group, delete_override, due, group, states,
    until,
};
use crate::world::{World, at, on_both};

const NOBODY: [&str; 0] = [];
const TUESDAY: &str = "2026-03-03";

/// A group in London, in which Ann has Tuesdays, Bob Wednesdays and Cy Thursdays, from 8 to 12.
struct Line {
    group: String,
    ann: String,
    bob: String,
    cy: String,
    post: Arc<Post>,
}

async fn line(world: &World) -> Line {
    let (ann, bob, cy) = (agent(world, "Ann").await, agent(world, "Bob").await, agent(world, "Cy").await);
    agent(world, "Dan").await;
    let group = group(world, "Line", "Europe/London", "18:00").await;
    for (agent, day) in [(&ann, 1), (&bob, 2), (&cy, 3)] {
        add_shift(world, &group, agent, day, "08:00-12:00").await;
    }
    let post = Post::new();
    due(world, &post).await;
    Line { group, ann, bob, cy, post }
}

impl Line {
    fn new_swap(&self, hours: &str) -> NewSwap {
        NewSwap {
            group: self.group.clone(),
            date: TUESDAY.parse().unwrap(),
            hours: hours.parse().unwrap(),
            only_for: None,
        }
    }

    /// Has Ann offer these hours of her Tuesday.
    async fn offered(&self, world: &World, hours: &str) -> Swap {
        let new = self.new_swap(hours);
        world.run(async |work| swaps::offer(work, &self.ann, new).await).await.unwrap()
    }

    /// Who is on duty at each of some hours of Tuesday.
    async fn on_duty(&self, world: &World, hours: &[&str]) -> Vec<String> {
        let mut all = Vec::new();
        for hour in hours {
            let at = at(&format!("{TUESDAY}T{hour}:00Z"));
            let found = on_duty(&mut world.view().await, &self.group, at).await.unwrap();
            all.push(found.agents.into_iter().map(|duty| duty.agent).collect::<Vec<_>>().join(" "));
        }
        all
    }
}

async fn take(world: &World, swap: &Swap, agent: &str) -> Result<Swap, SwapError> {
    world.run(async |work| swaps::take(work, &swap.id, agent).await).await
}

async fn decide(world: &World, swap: &Swap, approves: bool) -> Result<Swap, SwapError> {
    world.run(async |work| swaps::decide(work, &swap.id, approves).await).await
}

async fn state(world: &World, line: &Line) -> Vec<&'static str> {
    let all = swaps::of_group(&mut world.view().await, &line.group).await.unwrap();
    all.iter().map(|swap| swap.state.name()).collect()
}

/// Mails of offers without what is secret in their links.
fn offers(mails: &[String]) -> Vec<&str> {
    mails.iter().map(|mail| mail.split_once("tgt_").map_or(mail.as_str(), |(told, _)| told)).collect()
}

#[tokio::test]
async fn who_takes_a_part_of_a_shift_is_on_duty_then_and_the_one_who_offered_it_is_told_once() {
    on_both(async |world: World| {
        let line = line(&world).await;
        until(&world, &line.post, "2026-03-02T18:00:00Z").await;
        let swap = line.offered(&world, "09:00-12:00").await;
        let link = |to: &str| format!("{to}@example.org: Ann offers {TUESDAY}: https://phones.example.org/swap/");
        assert_eq!(offers(&due(&world, &line.post).await), [link("bob"), link("cy")]);
        assert_eq!(due(&world, &line.post).await, NOBODY);
        assert_eq!(line.on_duty(&world, &["08:00", "09:00"]).await, [line.ann.as_str(), line.ann.as_str()]);

        let taken = take(&world, &swap, &line.bob).await.unwrap();
        assert_eq!((taken.state, taken.taken_by.unwrap().name.as_str()), (SwapState::Taken, "Bob"));
        let expected = [line.ann.clone(), line.bob.clone(), String::new()];
        assert_eq!(line.on_duty(&world, &["08:59", "09:00", "12:00"]).await, expected);
        // Ann was reminded of her shift already: that it has changed is not told a second time. Bob was not: he is reminded.
        let told = [
            format!("ann@example.org: Done: Bob for Ann on {TUESDAY}"),
            format!("bob@example.org: {TUESDAY}: Line 09:00-12:00"),
        ];
        assert_eq!(due(&world, &line.post).await, told);
        assert_eq!(due(&world, &line.post).await, NOBODY);
        // What changes after that she is told.
        add_override(&world, &line.group, TUESDAY, Change::Closed { name: "Power cut".into() }).await;
        let closed = [format!("ann@example.org: {TUESDAY} changed: "), format!("bob@example.org: {TUESDAY} changed: ")];
        assert_eq!(due(&world, &line.post).await, closed);
        let acts: Vec<_> = taken.acts.iter().map(|act| (act.by.as_str(), act.state)).collect();
        assert_eq!(acts, [("test", SwapState::Offered), ("test", SwapState::Taken)]);
        let of_bob = swaps::of_agent(&mut world.view().await, &line.bob).await.unwrap();
        assert_eq!(of_bob.len(), 1);
        assert_eq!(swaps::of_agent(&mut world.view().await, &line.cy).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_change_that_nobody_was_told_of_yet_is_told_with_the_swap() {
    on_both(async |world: World| {
        let line = line(&world).await;
        until(&world, &line.post, "2026-03-02T18:00:00Z").await;
        let swap = line.offered(&world, "11:00-12:00").await;
        due(&world, &line.post).await;
        let early = NewOverride {
            date: TUESDAY.parse().unwrap(),
            hours: "06:00-07:00".parse().unwrap(),
            change: Change::Add { agent: line.ann.clone(), priority: 1 },
        };
        world.run(async |work| groups::add_override(work, &line.group, early).await).await.unwrap();
        take(&world, &swap, &line.bob).await.unwrap();
        let mails = due(&world, &line.post).await;
        let changed = format!("ann@example.org: {TUESDAY} changed: Line 06:00-07:00, Line 08:00-11:00");
        assert!(mails.contains(&changed), "{mails:?}");
    })
    .await;
}

#[tokio::test]
async fn of_those_who_take_at_once_one_has_it() {
    on_both(async |world: World| {
        let line = line(&world).await;
        let mut others = vec![line.bob.clone(), line.cy.clone()];
        for name in ["Eve", "Flo", "Gil", "Hal"] {
            let other = agent(&world, name).await;
            add_shift(&world, &line.group, &other, 4, "08:00-12:00").await;
            others.push(other);
        }
        let swap = line.offered(&world, "08:00-12:00").await;
        let id = swap.id.as_str();
        let outcomes = world
            .at_once(others, |work, agent| {
                let id = id.to_owned();
                Box::pin(async move { swaps::take(work, &id, &agent).await })
            })
            .await;
        let (taken, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        assert_eq!((taken.len(), refused.len()), (1, 5));
        for refusal in refused {
            assert!(matches!(refusal, Err(SwapError::NotOpen { state: SwapState::Taken })), "{refusal:?}");
        }
        let taker = taken.into_iter().next().unwrap().unwrap().taken_by.unwrap().id;
        assert_eq!(line.on_duty(&world, &["08:00"]).await, [taker.as_str()]);
        let date = TUESDAY.parse().unwrap();
        let changes = groups::overrides(&mut world.view().await, &line.group, (date, date)).await.unwrap();
        assert_eq!(changes.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn where_a_coordinator_approves_the_roster_changes_only_then() {
    on_both(async |world: World| {
        let line = line(&world).await;
        world.member("lead@example.org", Role::Coordinator).await;
        change_group(&world, &line.group, |details| details.swaps = Swapping::Approved).await;
        let first = line.offered(&world, "08:00-10:00").await;
        let second = line.offered(&world, "10:00-12:00").await;
        due(&world, &line.post).await;
        for swap in [&first, &second] {
            assert!(take(&world, swap, &line.bob).await.unwrap().awaits_approval());
        }
        let asked = format!("lead@example.org: Asked: Bob for Ann on {TUESDAY}");
        assert_eq!(due(&world, &line.post).await, [asked.clone(), asked]);
        assert_eq!(line.on_duty(&world, &["08:00", "10:00"]).await, [line.ann.as_str(), line.ann.as_str()]);
        assert!(matches!(take(&world, &first, &line.cy).await, Err(SwapError::NotOpen { .. })));

        until(&world, &line.post, "2026-03-02T18:00:00Z").await;
        assert_eq!(decide(&world, &first, true).await.unwrap().state, SwapState::Approved);
        assert_eq!(decide(&world, &second, false).await.unwrap().state, SwapState::Refused);
        for swap in [&first, &second] {
            assert!(matches!(decide(&world, swap, true).await, Err(SwapError::NotOpen { .. })));
        }
        assert_eq!(line.on_duty(&world, &["08:00", "10:00"]).await, [line.bob.as_str(), line.ann.as_str()]);
        let told = |to: &str, news: &str| format!("{to}@example.org: {news}: Bob for Ann on {TUESDAY}");
        let mut expected = vec![format!("bob@example.org: {TUESDAY}: Line 08:00-10:00")];
        expected.extend(["ann", "bob"].iter().flat_map(|to| [told(to, "Done"), told(to, "Refused")]));
        expected.sort();
        assert_eq!(due(&world, &line.post).await, expected);
        assert_eq!(state(&world, &line).await, ["approved", "refused"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_withdrawn_or_has_begun_is_not_taken() {
    on_both(async |world: World| {
        let line = line(&world).await;
        let withdraw =
            async |swap: &Swap, agent: &str| world.run(async |work| swaps::withdraw(work, &swap.id, agent).await).await;
        let first = line.offered(&world, "08:00-10:00").await;
        assert!(matches!(withdraw(&first, &line.bob).await, Err(SwapError::NotFound(_))));
        withdraw(&first, &line.ann).await.unwrap();
        assert!(matches!(
            take(&world, &first, &line.bob).await,
            Err(SwapError::NotOpen { state: SwapState::Withdrawn })
        ));
        // Nobody is mailed of what is not offered any more.
        assert_eq!(due(&world, &line.post).await, NOBODY);

        change_group(&world, &line.group, |details| details.swaps = Swapping::Approved).await;
        let second = line.offered(&world, "08:00-10:00").await;
        take(&world, &second, &line.cy).await.unwrap();
        due(&world, &line.post).await;
        withdraw(&second, &line.ann).await.unwrap();
        let told = format!("cy@example.org: Withdrawn: Cy for Ann on {TUESDAY}");
        assert_eq!(due(&world, &line.post).await, [told]);

        let third = line.offered(&world, "08:00-10:00").await;
        let fourth = line.offered(&world, "10:00-12:00").await;
        take(&world, &third, &line.cy).await.unwrap();
        world.clock.move_to(at("2026-03-03T07:59:59Z"));
        assert_eq!(state(&world, &line).await, ["withdrawn", "withdrawn", "taken", "offered"]);
        world.clock.move_to(at("2026-03-03T08:00:00Z"));
        assert_eq!(state(&world, &line).await, ["withdrawn", "withdrawn", "expired", "offered"]);
        assert!(matches!(decide(&world, &third, true).await, Err(SwapError::NotOpen { state: SwapState::Expired })));
        world.clock.move_to(at("2026-03-03T10:00:00Z"));
        assert!(matches!(
            take(&world, &fourth, &line.bob).await,
            Err(SwapError::NotOpen { state: SwapState::Expired })
        ));
        assert!(matches!(withdraw(&fourth, &line.ann).await, Err(SwapError::NotOpen { .. })));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_offered_or_taken_is_refused() {
    on_both(async |world: World| {
        let line = line(&world).await;
        let offer = async |agent: &str, new: NewSwap| {
            world.run(async |work| swaps::offer(work, agent, new).await).await.unwrap_err().to_string()
        };
        let only_for = |agent: &str| NewSwap { only_for: Some(agent.to_owned()), ..line.new_swap("08:00-12:00") };
        let dan = agent(&world, "Dan").await;
        for (agent, new, why) in [
            (&line.bob, line.new_swap("08:00-12:00"), "Bob is not on duty for all of that time"),
            (&line.ann, line.new_swap("08:00-12:01"), "Ann is not on duty for all of that time"),
            (
                &line.ann,
                NewSwap { date: "2026-03-02".parse().unwrap(), ..line.new_swap("08:00-12:00") },
                "/date: must be ahead: this begins at 2026-03-02T08:00:00Z",
            ),
            (
                &line.ann,
                NewSwap { group: "grp_none".into(), ..line.new_swap("08:00-12:00") },
                "there is no group grp_none",
            ),
            (&line.ann, only_for(&line.ann), "/only_for: must be another agent"),
            (&line.ann, only_for(&dan), "/only_for: must be an agent with a shift in the group"),
            (&line.ann, only_for("agt_none"), "/only_for: must be an agent with a shift in the group"),
        ] {
            assert_eq!(offer(agent, new).await, why);
        }
        let swap = line.offered(&world, "08:00-10:00").await;
        let again = offer(&line.ann, line.new_swap("09:00-12:00")).await;
        assert_eq!(again, format!("a part of that time is offered already, by {}", swap.id));
        let blackout = Blackout::new(TUESDAY.parse().unwrap(), TUESDAY.parse().unwrap()).unwrap();
        change_agent(&world, &line.cy, |details| details.blackouts = vec![blackout]).await;
        let beside = add_override(&world, &line.group, TUESDAY, Change::Add { agent: line.bob.clone(), priority: 1 });
        let beside = beside.await;
        for (agent, why) in [
            (&line.ann, "Ann has offered it: another agent has to take it".to_owned()),
            (&line.bob, "Bob is on duty then already".to_owned()),
            (&line.cy, format!("Cy takes no shift on {TUESDAY}")),
            (&dan, format!("there is no swap {}", swap.id)),
        ] {
            assert_eq!(take(&world, &swap, agent).await.unwrap_err().to_string(), why);
        }
        delete_override(&world, &beside).await;
        let removed = add_override(&world, &line.group, TUESDAY, Change::Remove { agent: line.ann.clone() }).await;
        let gone = take(&world, &swap, &line.bob).await.unwrap_err().to_string();
        assert_eq!(gone, "Ann is not on duty for all of that time");
        delete_override(&world, &removed).await;
        take(&world, &swap, &line.bob).await.unwrap();
        // What was taken can be offered on.
        let on = line.new_swap("08:00-10:00");
        let on = world.run(async |work| swaps::offer(work, &line.bob, on).await).await.unwrap();
        take(&world, &on, &line.ann).await.unwrap();
        assert_eq!(line.on_duty(&world, &["08:00"]).await, [line.ann.as_str()]);
    })
    .await;
}

#[tokio::test]
async fn what_was_added_for_a_date_is_offered_whole_and_to_whom_it_is_offered_alone_has_the_mail() {
    on_both(async |world: World| {
        let line = line(&world).await;
        let quiet = Details { reminders: false, email: Some("eve@example.org".into()), ..Details::default() };
        let eve = agent_with(&world, "Eve", quiet).await;
        add_shift(&world, &line.group, &eve, 5, "08:00-12:00").await;
        let late = NewOverride {
            date: TUESDAY.parse().unwrap(),
            hours: "20:00-22:00".parse().unwrap(),
            change: Change::Add { agent: line.ann.clone(), priority: 4 },
        };
        world.run(async |work| groups::add_override(work, &line.group, late).await).await.unwrap();
        let part = line.new_swap("20:00-21:00");
        let refused = world.run(async |work| swaps::offer(work, &line.ann, part).await).await.unwrap_err();
        assert!(matches!(&refused, SwapError::PartOfAdded { hours } if hours == "20:00-22:00"), "{refused:?}");
        let whole = NewSwap { only_for: Some(eve.clone()), ..line.new_swap("20:00-22:00") };
        let swap = world.run(async |work| swaps::offer(work, &line.ann, whole).await).await.unwrap();
        let mails = due(&world, &line.post).await;
        assert!(mails.len() == 1 && mails[0].starts_with("eve@example.org: Ann offers"), "{mails:?}");
        assert!(matches!(take(&world, &swap, &line.bob).await, Err(SwapError::NotFound(_))));
        // The link is enough.
        let secret = Secret::new(mails[0].rsplit('/').next().unwrap());
        assert_eq!(swaps::show(&world.engine, &secret).await.unwrap().agent, eve);
        swaps::take_by_link(&world.engine, &secret).await.unwrap();
        assert_eq!(line.on_duty(&world, &["20:00", "21:59"]).await, [eve.as_str(), eve.as_str()]);
        assert!(matches!(
            swaps::take_by_link(&world.engine, &secret).await,
            Err(SwapError::NotOpen { state: SwapState::Taken })
        ));
        assert_eq!(states(&world, TUESDAY).await, NOBODY);
    })
    .await;
}

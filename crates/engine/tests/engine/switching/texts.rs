//! What agents and others write to the numbers of groups.

use domain::call_flow::{Event, Leg};
use engine::agents;
use engine::groups::{Answering, Callers};
use engine::presence::{self, Presence};
use engine::sms::{self, IncomingSms, ReceivedSms, Stop};

use super::Bench;
use super::groups::{NUMBER, ORDINARY, group, on_duty};
use crate::world::{World, at, on_both};

const ANN: &str = "+441632960011";
const STRANGER: &str = "+441632960555";

fn written(origin: &str, from: &str, text: &str) -> IncomingSms {
    IncomingSms {
        origin: origin.to_owned(),
        from: from.to_owned(),
        to: "+44 1632 960000".to_owned(),
        text: text.to_owned(),
        is_answered: false,
    }
}

impl Bench<'_> {
    /// Somebody writes: what is answered.
    async fn writes(&self, origin: &str, from: &str, text: &str) -> Option<String> {
        sms::incoming(&self.exchange, 1, &written(origin, from, text)).await.unwrap()
    }
}

/// Gives an agent a mobile phone, too.
async fn has_mobile(world: &World, agent: &str, phone: &str) {
    let known = agents::get(&mut world.view().await, agent).await.unwrap();
    let mut details = known.details;
    details.phones.push(phone.to_owned());
    world.run(async |work| agents::update(work, agent, known.name, details, known.version).await).await.unwrap();
}

async fn says(world: &World, agent: &str) -> Presence {
    presence::of(&mut world.view().await, &[agent]).await.unwrap()[agent]
}

async fn received(world: &World) -> Vec<ReceivedSms> {
    sms::received(&mut world.view().await, None, 50).await.unwrap()
}

#[tokio::test]
async fn who_cannot_take_a_call_writes_so_and_it_rings_for_the_next() {
    on_both(async |world| {
        let group = group(&world, Answering::default()).await;
        let ann = on_duty(&world, &group, "Ann", "0011").await;
        let bob = on_duty(&world, &group, "Bob", "0012").await;
        has_mobile(&world, &ann, "01632 960011").await;
        let bench = Bench::with(&world, ORDINARY).await;
        let call = bench.calls_group().await;
        bench.rings(&call, 1).await;
        bench.exchange.event(&call, Event::LegRinging(Leg(1))).await.unwrap();
        let reply = bench.writes("twilio/SM1", ANN, "Can\u{2019}t!").await.unwrap();
        assert!(reply.contains("somebody else"), "{reply}");
        assert_eq!(bench.rings(&call, 2).await.0, "0012");
        // It comes again, and is known: nobody else is passed over, and nobody goes away.
        assert_eq!(bench.writes("twilio/SM1", ANN, "Can\u{2019}t!").await, Some(reply));
        assert_ne!(says(&world, &ann).await, Presence::Away);
        bench.hangs_up(&call, Leg::FIRST).await;
        let of_group = bench.group_call(&call).await;
        let results: Vec<_> = of_group.attempts.iter().map(|made| (made.agent.as_str(), made.result.name())).collect();
        assert_eq!(results, [(ann.as_str(), "declined"), (bob.as_str(), "withdrawn")]);
        let [came] = &received(&world).await[..] else { panic!() };
        assert_eq!((came.agent.as_deref(), came.outcome.as_deref()), (Some(ann.as_str()), Some("passed_on")));
        assert_eq!((came.from.as_str(), came.to.as_str()), (ANN, NUMBER));
    })
    .await;
}

#[tokio::test]
async fn who_is_on_duty_goes_away_by_a_word_and_comes_back() {
    on_both(async |world| {
        let group = group(&world, Answering::default()).await;
        let ann = on_duty(&world, &group, "Ann", "0011").await;
        has_mobile(&world, &ann, ANN).await;
        let bench = Bench::with(&world, ORDINARY).await;
        let away = bench.writes("twilio/SM1", ANN, "pass").await.unwrap();
        assert!(away.contains("BACK"), "{away}");
        assert_eq!(says(&world, &ann).await, Presence::Away);
        // Who is away is on duty all the same.
        assert_eq!(bench.writes("twilio/SM2", ANN, "Busy").await, Some(away));
        assert!(bench.writes("twilio/SM3", ANN, "back").await.unwrap().contains("Welcome back"));
        assert_eq!(says(&world, &ann).await, Presence::Online);
        let cy = world.run(async |work| {
            let details = agents::Details { phones: vec!["+441632960013".into()], ..agents::Details::default() };
            agents::create(work, "Cy".into(), details).await
        });
        let cy = cy.await.unwrap().id;
        let reply = bench.writes("twilio/SM4", "+441632960013", "can't").await.unwrap();
        assert!(reply.contains("not on duty"), "{reply}");
        assert_eq!(says(&world, &cy).await, Presence::Offline);
        // What is not understood is kept, and answered with what is; but not for ever.
        let replies = async |count: usize| {
            let mut answered = 0;
            for number in 0..count {
                let origin = format!("twilio/SMx{number}");
                answered += usize::from(bench.writes(&origin, ANN, "on holiday until Monday").await.is_some());
            }
            answered
        };
        assert_eq!(replies(12).await, 10 - 3);
        let outcomes: Vec<_> = received(&world).await.into_iter().filter_map(|came| came.outcome).collect();
        assert_eq!(outcomes.iter().filter(|outcome| *outcome == "kept").count(), 12);
    })
    .await;
}

#[tokio::test]
async fn who_says_stop_is_answered_nothing_until_it_says_start() {
    on_both(async |world| {
        let group = group(&world, Answering::default()).await;
        let ann = on_duty(&world, &group, "Ann", "0011").await;
        has_mobile(&world, &ann, ANN).await;
        let bench = Bench::with(&world, ORDINARY).await;
        for (origin, from, text, is_answered) in [
            ("twilio/SM1", STRANGER, "HELP", true),
            ("twilio/SM2", STRANGER, "Stop.", false),
            ("twilio/SM3", STRANGER, "help", false),
            ("twilio/SM4", ANN, "STOPALL", false),
            // What it asks for is done, and not answered.
            ("twilio/SM5", ANN, "pass", false),
            ("twilio/SM6", ANN, "unstop", true),
            // A yes of somebody who gets everything means something else.
            ("twilio/SM7", "+441632960666", "yes", false),
        ] {
            assert_eq!(bench.writes(origin, from, text).await.is_some(), is_answered, "{origin}");
        }
        assert_eq!(says(&world, &ann).await, Presence::Away);
        let stops = sms::stops(&mut world.view().await, None, 50).await.unwrap();
        let stopped_at = at(crate::world::BEGIN);
        assert_eq!(stops, [Stop { own: NUMBER.to_owned(), other: STRANGER.to_owned(), stopped_at }]);
        let answered = IncomingSms { is_answered: true, ..written("twilio/SM8", ANN, "help") };
        assert_eq!(sms::incoming(&bench.exchange, 1, &answered).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn strangers_are_kept_as_the_group_keeps_callers_and_nonsense_harms_nothing() {
    on_both(async |world| {
        let group = group(&world, Answering { callers: Callers::Pseudonym, ..Answering::default() }).await;
        on_duty(&world, &group, "Ann", "0011").await;
        let bench = Bench::with(&world, ORDINARY).await;
        assert_eq!(bench.writes("twilio/SM1", STRANGER, "Is anybody there?").await, None);
        assert_eq!(bench.writes("twilio/SM2", "", "a\0b\u{7}\n\u{1f44d}").await, None);
        assert_eq!(bench.writes("twilio/SM3", "SHOP\0", &"x".repeat(5000)).await, None);
        assert_eq!(bench.writes("twilio/SM4", STRANGER, "").await, None);
        let came = received(&world).await;
        let told: Vec<_> = came.iter().rev().map(|came| (came.text.chars().count(), came.outcome.as_deref())).collect();
        assert_eq!(told, [(17, Some("kept")), (4, Some("kept")), (1600, Some("kept")), (0, Some("kept"))]);
        assert!(came.iter().all(|came| !came.from.contains("555")), "{came:?}");
        assert!(came[0].from.starts_with("caller-") && came[0].from == came[3].from, "{came:?}");
    })
    .await;
}

#[tokio::test]
async fn a_message_that_nobody_saw_to_in_time_is_seen_to_when_it_comes_again() {
    on_both(async |world| {
        let group = group(&world, Answering::default()).await;
        let ann = on_duty(&world, &group, "Ann", "0011").await;
        has_mobile(&world, &ann, ANN).await;
        let bench = Bench::with(&world, ORDINARY).await;
        // A program has taken it, and is gone.
        let record = storage::incoming_sms::IncomingRecord {
            id: "ism_0".into(),
            origin: "twilio/SM1".into(),
            own_number: NUMBER.into(),
            sender: ANN.into(),
            agent: Some(ann.clone()),
            body: "pass".into(),
            outcome: None,
            reply: None,
            received_at: at(crate::world::BEGIN).millis(),
            claimed_at: at(crate::world::BEGIN).millis(),
        };
        let mut tx = world.engine.store().write().await.unwrap();
        assert!(storage::incoming_sms::claim(&mut tx, 1, &record, 0).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(bench.writes("twilio/SM1", ANN, "pass").await, None, "somebody may be at it");
        bench.pass(16).await;
        assert!(bench.writes("twilio/SM1", ANN, "pass").await.is_some());
        assert_eq!(says(&world, &ann).await, Presence::Away);
        assert_eq!(received(&world).await.len(), 1);
    })
    .await;
}

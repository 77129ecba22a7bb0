use domain::charging::{AnswerRefused, EndCause, SettleRefused};
use engine::calls::{self, CallState};
use engine::charging::{self, Event, LiveFilter, Refused, Step, Watch};
use serde_json::json;

use super::*;
use crate::world::{at, on_both};

#[tokio::test]
async fn a_call_is_charged_while_it_runs() {
    on_both(async |world: World| {
        let (customer, line) = prepaid(&world, "5", json!({"price_per_minute": "1.00", "increment_seconds": 1})).await;
        let grant = authorize(&world, call("pbx:1", &line)).await.unwrap();
        assert_eq!((grant.granted.seconds, grant.granted.reaches_seconds), (Some(60), Some(300)));
        assert_eq!(account(&world, &customer).await, money("5", "1"));

        let answered_at = wait(&world, 5);
        step(&world, &grant.session, Step::Answer { answered_at: Some(answered_at) }).await.unwrap();
        wait(&world, 50);
        let more = granted(ask_step(&world, &grant.session, Step::Extend).await).unwrap();
        assert_eq!((more.granted.seconds, more.held), (Some(110), amount("1.833300")));
        let live = charging::live(&mut world.view().await, &LiveFilter::default(), 10).await.unwrap();
        assert_eq!(live.len(), 1);
        assert_eq!(live[0].id, grant.session);

        let ended_at = wait(&world, 20);
        let ended = ended(step(&world, &grant.session, end_at(ended_at)).await).unwrap();
        assert_eq!(outcome(&ended), (EndCause::Settled, "1.1667".into(), 0));
        assert_eq!(account(&world, &customer).await, money("3.8333", "0"));
        let call = calls::get(&mut world.view().await, &grant.session).await.unwrap();
        assert_eq!((call.state, call.duration_ms), (CallState::Rated, Some(70_000)));
        assert_eq!(call.price.unwrap().total, amount("1.1667"));
        let history: Vec<Event> = session(&world, &grant.session).await.history.iter().map(|done| done.event).collect();
        assert_eq!(history, [Event::Authorized, Event::Answered, Event::Extended, Event::Settled]);
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

async fn ask_step(world: &World, session: &str, step: Step) -> Result<Reply, ChargingError> {
    ask(world, None, What::Step { session: session.to_owned(), step }).await
}

#[tokio::test]
async fn the_same_key_gives_the_same_answer() {
    on_both(async |world: World| {
        let (customer, line) = prepaid(&world, "5", json!({"price_per_minute": "1.00"})).await;
        let first = authorize(&world, call("pbx:1", &line)).await.unwrap();
        let answered_at = wait(&world, 1);
        let what = |step: Step| What::Step { session: first.session.clone(), step };
        let answered = ask(&world, Some("a"), what(Step::Answer { answered_at: Some(answered_at) })).await.unwrap();
        wait(&world, 50);
        let extended = granted(ask(&world, Some("b"), what(Step::Extend)).await).unwrap();
        wait(&world, 50);
        let again = granted(ask(&world, Some("b"), what(Step::Extend)).await).unwrap();
        assert_eq!(again, Grant { repeated: true, ..extended });
        assert_eq!(authorize(&world, call("pbx:1", &line)).await.unwrap(), Grant { repeated: true, ..first.clone() });
        let Reply::Granted(answered) = answered else { panic!("it has ended") };
        let again = granted(ask(&world, None, what(Step::Answer { answered_at: Some(answered_at) })).await).unwrap();
        assert_eq!(again, Grant { repeated: true, ..answered });

        // The same key with another body, and the same origin with another.
        let reused = verdict(ask(&world, Some("a"), what(Step::Extend)).await);
        assert_eq!(reused, Err(Refused::KeyReused));
        let other = NewSession { to: "+14165550199".into(), ..call("pbx:1", &line) };
        assert_eq!(authorize(&world, other).await, Err(Refused::KeyReused));
        let twice =
            verdict(ask(&world, Some("c"), what(Step::Answer { answered_at: Some(at("2026-03-02T09:00:02Z")) })).await);
        assert_eq!(twice, Err(Refused::Answer(AnswerRefused::AlreadyAnswered { answered_at })));

        let ended_at = wait(&world, 0);
        let end = ended(step(&world, &first.session, end_at(ended_at)).await).unwrap();
        let again = ended(step(&world, &first.session, end_at(ended_at)).await).unwrap();
        assert_eq!(again, Ended { repeated: true, ..end });
        // A day later, and long after everything is over, the first answers are given again.
        wait(&world, 86_400);
        assert_eq!(authorize(&world, call("pbx:1", &line)).await.unwrap(), Grant { repeated: true, ..first });
        assert_eq!(account(&world, &customer).await, money("3", "0"));
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn another_switch_finds_nothing() {
    on_both(async |world: World| {
        let (_, line) = prepaid(&world, "5", json!({"price_per_minute": "1.00"})).await;
        let grant = authorize(&world, call("pbx:1", &line)).await.unwrap();
        let by = |owner: &str, what: What| Request { owner: owner.into(), key: None, what };
        for step in [Step::Extend, Step::Release, Step::Beat, end_at(at("2026-03-02T09:00:00Z"))] {
            let request = by("key:other", What::Step { session: grant.session.clone(), step });
            let refused = verdict(world.engine.charge(1, request).await);
            assert_eq!(refused, Err(Refused::NotFound(grant.session.clone())));
        }
        let taken = world.engine.charge(1, by("key:other", What::Authorize(call("pbx:1", &line)))).await;
        assert_eq!(verdict(taken), Err(Refused::OriginTaken("pbx:1".into())));
        let request = by(PBX, What::Step { session: "call_none".into(), step: Step::Extend });
        assert_eq!(verdict(world.engine.charge(1, request).await), Err(Refused::NotFound("call_none".into())));
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_answered_lapses_and_what_is_silent_is_lost_at_its_last_sign_of_life() {
    on_both(async |world: World| {
        let (customer, line) = prepaid(&world, "5", json!({"price_per_minute": "0.60", "increment_seconds": 1})).await;
        let mut watch = Watch::new(&world.engine);
        let silent = authorize(&world, call("pbx:silent", &line)).await.unwrap();
        let ringing = authorize(&world, call("pbx:ringing", &line)).await.unwrap();
        let answered_at = wait(&world, 10);
        step(&world, &silent.session, Step::Answer { answered_at: Some(answered_at) }).await.unwrap();
        wait(&world, 40);
        step(&world, &silent.session, Step::Beat).await.unwrap();
        assert_eq!(watch.look().await.unwrap(), 0);
        wait(&world, 119);
        assert_eq!(watch.look().await.unwrap(), 1, "it was not answered");
        wait(&world, 1);
        assert_eq!(watch.look().await.unwrap(), 1, "two heartbeats are missing");
        assert_eq!(session(&world, &ringing.session).await.history.last().unwrap().event, Event::Lapsed);
        assert_eq!(session(&world, &silent.session).await.history.last().unwrap().event, Event::Lost);
        assert_eq!(account(&world, &customer).await, money("4.60", "0"));
        // The true end, when it comes, corrects: of the granted 60 s.
        let settle = end_at(at("2026-03-02T09:01:00Z"));
        let corrected = ended(step(&world, &silent.session, settle.clone()).await).unwrap();
        assert_eq!(outcome(&corrected), (EndCause::Settled, "0.50".into(), 0));
        assert_eq!(ended(step(&world, &silent.session, settle).await).unwrap(), Ended { repeated: true, ..corrected });
        assert_eq!(account(&world, &customer).await, money("4.50", "0"));
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn after_a_start_no_call_is_given_up_before_its_switch_could_speak() {
    on_both(async |world: World| {
        let (_, line) = prepaid(&world, "5", json!({"price_per_minute": "0.60"})).await;
        let grant = authorize(&world, call("pbx:1", &line)).await.unwrap();
        let answered_at = wait(&world, 1);
        step(&world, &grant.session, Step::Answer { answered_at: Some(answered_at) }).await.unwrap();
        wait(&world, 3600);
        let mut watch = Watch::new(&world.engine);
        assert_eq!(watch.look().await.unwrap(), 0);
        wait(&world, 119);
        assert_eq!(watch.look().await.unwrap(), 0);
        step(&world, &grant.session, Step::Beat).await.unwrap();
        wait(&world, 1);
        assert_eq!(watch.look().await.unwrap(), 0);
        wait(&world, 119);
        assert_eq!(watch.look().await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_top_up_lengthens_a_call() {
    on_both(async |world: World| {
        let (customer, line) =
            prepaid(&world, "0.50", json!({"price_per_minute": "0.60", "increment_seconds": 1})).await;
        let grant = authorize(&world, call("pbx:1", &line)).await.unwrap();
        assert_eq!((grant.granted.seconds, grant.granted.must_end_at_seconds()), (Some(50), Some(50)));
        let answered_at = wait(&world, 0);
        step(&world, &grant.session, Step::Answer { answered_at: Some(answered_at) }).await.unwrap();
        wait(&world, 30);
        top_up(&world, &customer, "10").await;
        charging::lengthen(&world.engine, 1, &customer.id).await;
        let granted = session(&world, &grant.session).await.session.granted;
        assert_eq!((granted.seconds, granted.reaches_seconds), (Some(90), Some(1050)));
        assert_eq!(account(&world, &customer).await, money("10.50", "0.90"));
    })
    .await;
}

#[tokio::test]
async fn a_call_that_may_not_start() {
    on_both(async |world: World| {
        let (_, line) = prepaid(&world, "0.50", json!({"price_per_minute": "0.60"})).await;
        let other = |change: fn(&mut NewSession)| {
            let mut new = call("pbx:1", &line);
            change(&mut new);
            new
        };
        for (new, why) in [
            (other(|_| ()), "0.50 is available, 0.60 is needed"),
            (other(|new| new.payer = Payer::Line("lin_none".into())), "there is no such line"),
            (other(|new| new.payer = Payer::Number("4711".into())), "there is no such line"),
            (other(|new| new.agent = Some("agt_none".into())), "the call has no price: unknown_agent"),
            (other(|new| new.origin = String::new()), "/origin: must not be empty"),
            (other(|new| new.to = "reception".into()), "/to: is no number that the dial plan reads"),
        ] {
            let refused = authorize(&world, new).await.unwrap_err();
            assert_eq!(refused.to_string(), why);
        }
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_line_that_is_suspended_ends_its_call_with_what_is_granted() {
    on_both(async |world: World| {
        let (customer, line) = prepaid(&world, "5", json!({"price_per_minute": "0.60", "increment_seconds": 1})).await;
        let grant = authorize(&world, call("pbx:1", &line)).await.unwrap();
        let answered_at = wait(&world, 0);
        step(&world, &grant.session, Step::Answer { answered_at: Some(answered_at) }).await.unwrap();
        let now = wait(&world, 50);
        world
            .run(async |work| engine::billing::suspend(work, &line.id, engine::billing::Reason::Manual, None).await)
            .await
            .unwrap();
        let more = granted(ask_step(&world, &grant.session, Step::Extend).await).unwrap();
        assert_eq!((more.granted.seconds, more.granted.must_end_at_seconds()), (Some(60), Some(60)));
        let refused = authorize(&world, call("pbx:2", &line)).await;
        assert_eq!(refused, Err(Refused::LineSuspended(line.id.clone())));
        let emergency = NewSession { to: "4911".into(), ..call("pbx:3", &line) };
        assert!(authorize(&world, emergency).await.is_ok());
        step(&world, &grant.session, end_at(now)).await.unwrap();
        assert_eq!(account(&world, &customer).await, money("4.50", "0"));
    })
    .await;
}

#[tokio::test]
async fn a_switch_whose_clock_is_ahead() {
    on_both(async |world: World| {
        let (customer, line) = prepaid(&world, "5", json!({"price_per_minute": "0.60", "increment_seconds": 1})).await;
        let grant = authorize(&world, call("pbx:1", &line)).await.unwrap();
        let now = wait(&world, 10);
        let ahead = |millis: i64| now.plus_millis(millis).unwrap();
        let refused = step(&world, &grant.session, Step::Answer { answered_at: Some(ahead(2001)) }).await;
        assert_eq!(refused, Err(Refused::Answer(AnswerRefused::InFuture { now })));
        step(&world, &grant.session, Step::Answer { answered_at: Some(ahead(2000)) }).await.unwrap();
        let now = wait(&world, 10);
        let refused = step(&world, &grant.session, end_at(now.plus_millis(2001).unwrap())).await;
        assert_eq!(refused, Err(Refused::Settle(SettleRefused::InFuture { now })));
        step(&world, &grant.session, end_at(now.plus_millis(2000).unwrap())).await.unwrap();
        assert_eq!(account(&world, &customer).await, money("4.90", "0"));
    })
    .await;
}

#[tokio::test]
async fn a_lost_call_that_was_refunded_is_not_corrected_any_more() {
    on_both(async |world: World| {
        let (customer, line) = prepaid(&world, "5", json!({"price_per_minute": "0.60", "increment_seconds": 1})).await;
        let mut watch = Watch::new(&world.engine);
        let grant = authorize(&world, call("pbx:1", &line)).await.unwrap();
        let answered_at = Some(wait(&world, 0));
        step(&world, &grant.session, Step::Answer { answered_at }).await.unwrap();
        wait(&world, 40);
        step(&world, &grant.session, Step::Beat).await.unwrap();
        wait(&world, 120);
        assert_eq!(watch.look().await.unwrap(), 1);
        let refund = world.run(async |work| engine::refunds::make(work, &grant.session, None, "Bad line".into()).await);
        refund.await.unwrap();
        // Its switch, which is back, learns that it is over.
        let beat = ended(step(&world, &grant.session, Step::Beat).await).unwrap();
        assert_eq!(beat.end.cause, EndCause::Lost);
        let late = step(&world, &grant.session, end_at(at("2026-03-02T09:00:10Z"))).await;
        let charged = amount("0.40");
        let ended_at = at("2026-03-02T09:00:40Z");
        assert_eq!(late, Err(Refused::Settle(SettleRefused::AlreadyEnded { ended_at, charged })));
        assert_eq!(account(&world, &customer).await, money("5", "0"));
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_switch_whose_clock_is_behind_is_charged_from_the_opening() {
    on_both(async |world: World| {
        let (customer, line) = prepaid(&world, "5", json!({"price_per_minute": "0.60", "increment_seconds": 1})).await;
        let grant = authorize(&world, call("pbx:1", &line)).await.unwrap();
        let answered_at = Some(at("2026-03-02T08:59:59Z"));
        step(&world, &grant.session, Step::Answer { answered_at }).await.unwrap();
        let ended_at = wait(&world, 10);
        let ending = Ending { answered_at, ended_at: EndsAt::At(ended_at), disposition: None, cause: None };
        step(&world, &grant.session, Step::Settle(ending)).await.unwrap();
        assert_eq!(account(&world, &customer).await, money("4.90", "0"));
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn an_emergency_call_is_let_through_whatever_is_said_of_it_and_goes_on_whatever_its_switch_does() {
    on_both(async |world: World| {
        let (_, line) = prepaid(&world, "0", json!({"price_per_minute": "0.60"})).await;
        let from = "a name\n".repeat(100);
        let grant = authorize(&world, NewSession { to: "4911".into(), from, ..call("pbx:1", &line) }).await.unwrap();
        let answered_at = Some(wait(&world, 1));
        step(&world, &grant.session, Step::Answer { answered_at }).await.unwrap();
        let mut watch = Watch::new(&world.engine);
        wait(&world, 3600);
        assert_eq!(watch.look().await.unwrap(), 1, "nobody spoke for it");
        for sign in [Step::Beat, Step::Extend] {
            let goes_on = granted(ask_step(&world, &grant.session, sign).await).unwrap();
            assert_eq!((goes_on.granted.seconds, goes_on.granted.must_end_at_seconds()), (None, None));
        }
    })
    .await;
}

#[tokio::test]
async fn the_end_of_a_lost_call_is_told_with_its_time() {
    on_both(async |world: World| {
        let (customer, line) = prepaid(&world, "5", json!({"price_per_minute": "0.60", "increment_seconds": 1})).await;
        let mut watch = Watch::new(&world.engine);
        let grant = authorize(&world, call("pbx:1", &line)).await.unwrap();
        let answered_at = Some(wait(&world, 0));
        step(&world, &grant.session, Step::Answer { answered_at }).await.unwrap();
        wait(&world, 200);
        assert_eq!(watch.look().await.unwrap(), 1);
        let now = Ending { answered_at: None, ended_at: EndsAt::Now, disposition: None, cause: None };
        let refused = step(&world, &grant.session, Step::Settle(now)).await.unwrap_err().to_string();
        assert!(refused.starts_with("/ended_at: is missing"), "{refused}");
        assert_eq!(account(&world, &customer).await, money("5", "0"));
    })
    .await;
}

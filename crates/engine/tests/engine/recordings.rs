//! Recordings: kept once, heard by those whose they are, deleted when their time is over.

use std::sync::Arc;

use domain::call_flow::Mailbox;
use domain::invalid::Invalid;
use domain::time::Instant;
use engine::customers::{self, Details, Mode, NewCustomer};
use engine::jobs::{JobState, Retention, Runner};
use engine::lines::Line;
use engine::recordings::{self, Filter, Inbox, NewRecording, Recording, RecordingError, RecordingKind};
use engine::tenants::{RecordCalls, Recordings};
use engine::{ChangeKind, Clock, Engine, Scope};
use storage::faults::Faults;

use crate::alerts::mailed;
use crate::messages::{as_agent, as_customer};
use crate::phones::line;
use crate::world::{World, on_both};

const DAY: i64 = 86_400_000;
const KIB: usize = 1024;

fn message(line: &Line, origin: &str) -> NewRecording {
    NewRecording {
        kind: RecordingKind::Voicemail,
        of: Mailbox::Line(line.id.clone()),
        origin: origin.to_owned(),
        leg: String::new(),
        from: "+442079460018".to_owned(),
        to: line.number.clone(),
        started_at: Instant::parse("2026-03-02T08:59:00Z").unwrap(),
        seconds: 7,
        media_type: "audio/wav".to_owned(),
        awaits_transcript: false,
    }
}

/// Audio of which no two parts are the same.
fn audio(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|n| u8::try_from((n / 7 + n / KIB) % 256).unwrap()).collect()
}

async fn keep(world: &World, new: NewRecording, audio: &[u8]) -> Result<Recording, RecordingError> {
    recordings::keep(&world.engine, world.actor.tenant, new, audio).await
}

/// All bytes of a recording from `from` on, as somebody hears them.
async fn heard(by: &World, id: &str, from: i64) -> Result<Vec<u8>, RecordingError> {
    let audio = recordings::listen(&by.engine, &by.actor, (Inbox::OfLines, id)).await?;
    let (mut all, until) = (Vec::new(), audio.recording.size_bytes);
    while from + i64::try_from(all.len()).unwrap() < until {
        all.extend(audio.part(from + i64::try_from(all.len()).unwrap(), until).await?);
    }
    Ok(all)
}

async fn listed(by: &World, filter: Filter<'_>) -> Vec<String> {
    let page = recordings::page(&mut by.view().await, filter, None, 50).await.unwrap();
    page.into_iter().map(|recording| recording.id).collect()
}

/// Whether there is audio under an id, with a recording or without.
async fn has_audio(world: &World, id: &str) -> bool {
    let mut view = world.view().await;
    storage::recordings::part(view.tx(), world.actor.tenant, id, 0).await.unwrap().is_some()
}

/// Moves the clock, and does what is done each day.
async fn a_day_begins(world: &World, days: i64) {
    let runner = Runner::new(world.engine.clone(), "test").daily(Retention::KIND, Arc::new(Retention), 1);
    world.clock.move_to(world.clock.now().plus_millis(days * DAY).unwrap());
    runner.run_due().await.unwrap();
    let failed = engine::jobs::page(&mut world.view().await, Some(JobState::Failed), None, 9).await.unwrap();
    assert_eq!(failed, []);
}

#[tokio::test]
async fn what_was_recorded_is_kept_once_with_all_its_audio() {
    on_both(async |world: World| {
        let line = line(&world, "0001").await;
        let mut hints = world.engine.changes();
        let long = audio(1200 * KIB + 5);
        let kept = keep(&world, message(&line, "asterisk:1"), &long).await.unwrap();
        assert_eq!((kept.size_bytes, kept.seconds), (i64::try_from(long.len()).unwrap(), 7));
        assert_eq!((&kept.customer, kept.done_at), (&Some(line.customer.clone()), None));
        assert_eq!(kept.delete_at.millis_since(kept.kept_at), 30 * DAY);
        let hint = hints.try_recv().unwrap();
        assert_eq!(
            (hint.kind, &hint.id, hint.customer),
            (ChangeKind::Recording, &kept.id, Some(line.customer.clone()))
        );
        assert_eq!(recordings::get(&mut world.view().await, Inbox::OfLines, &kept.id).await.unwrap(), kept);
        assert!(heard(&world, &kept.id, 0).await.unwrap() == long);
        for from in [1, 512 * KIB - 1, 512 * KIB, 1024 * KIB + 3, long.len() - 1] {
            let rest = heard(&world, &kept.id, i64::try_from(from).unwrap()).await.unwrap();
            assert!(rest == long[from..], "from {from}");
        }
        // The same again changes nothing, whatever comes with it.
        let other = NewRecording { seconds: 9, ..message(&line, "asterisk:1") };
        assert_eq!(keep(&world, other, b"other").await.unwrap(), kept);
        assert!(heard(&world, &kept.id, 0).await.unwrap() == long);
        assert!(hints.try_recv().is_err());
        let leg = NewRecording { leg: "2".to_owned(), kind: RecordingKind::Call, ..message(&line, "asterisk:1") };
        let leg = keep(&world, leg, b"call").await.unwrap();
        assert_eq!(hints.try_recv().unwrap().customer, None);
        assert_eq!(listed(&world, Filter::default()).await, [leg.id, kept.id]);
    })
    .await;
}

#[tokio::test]
async fn a_customer_is_told_once_of_each_message() {
    on_both(async |world: World| {
        let plan = world.plan("Basic", serde_json::json!({})).await;
        let details = Details {
            organisation: Some("Lantern Books".to_owned()),
            email: Some("dev@example.org".to_owned()),
            ..Details::default()
        };
        let new =
            NewCustomer { details, external_reference: None, mode: Mode::Postpaid, currency: None, credit_limit: None };
        let told = world.run(async |work| customers::create(work, new).await).await.unwrap();
        let (told, untold) = (world.line(&told, "0001", &plan).await, line(&world, "0002").await);
        let call = NewRecording { kind: RecordingKind::Call, ..message(&told, "asterisk:2") };
        for new in [message(&told, "asterisk:1"), call, message(&untold, "asterisk:3"), message(&told, "asterisk:1")] {
            keep(&world, new, b"audio").await.unwrap();
        }
        let one = "dev@example.org: Helpline: 7 s of +442079460018 for 0001, at https://phones.example.org";
        assert_eq!(mailed(&world).await, [one], "neither a call nor the same again, and nobody without an address");
        keep(&world, message(&told, "asterisk:4"), b"audio").await.unwrap();
        assert_eq!(mailed(&world).await, [one], "the next one is told, too");
    })
    .await;
}

#[tokio::test]
async fn of_many_who_keep_the_same_one_does() {
    on_both(async |world: World| {
        let line = line(&world, "0001").await;
        let audio = audio(600 * KIB);
        let all = (0..8).map(|_| keep(&world, message(&line, "asterisk:1"), &audio));
        let all: Vec<Recording> = futures::future::try_join_all(all).await.unwrap();
        assert!(all.iter().all(|kept| *kept == all[0]), "{all:?}");
        assert_eq!(listed(&world, Filter::default()).await, [all[0].id.clone()]);
        assert!(heard(&world, &all[0].id, 0).await.unwrap() == audio);
        let left = storage::recordings::left_over(world.view().await.tx(), 1, i64::MAX, 99).await.unwrap();
        assert_eq!(left, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_recording_is_refused() {
    on_both(async |world: World| {
        let line = line(&world, "0001").await;
        let good = message(&line, "asterisk:1");
        let media = |text: &str| NewRecording { media_type: text.to_owned(), ..good.clone() };
        for (new, audio, place) in [
            (good.clone(), &b""[..], "/audio"),
            (NewRecording { seconds: -1, ..good.clone() }, b"a", "/seconds"),
            (NewRecording { origin: " ".to_owned(), ..good.clone() }, b"a", "/origin"),
            (NewRecording { leg: "a\0".to_owned(), ..good.clone() }, b"a", "/leg"),
            (NewRecording { from: "a\r\nb".to_owned(), ..good.clone() }, b"a", "/from"),
            (media("text/html"), b"a", "/media_type"),
            (media("audio/"), b"a", "/media_type"),
            (media("audio/wav\r\nX: y"), b"a", "/media_type"),
            (media("audio/a\"b"), b"a", "/media_type"),
        ] {
            match keep(&world, new, audio).await {
                Err(RecordingError::Invalid(Invalid { pointer, .. })) => assert_eq!(pointer, place),
                other => panic!("{place}: {other:?}"),
            }
        }
        let none = keep(&world, NewRecording { of: Mailbox::Line("lin_none".to_owned()), ..good.clone() }, b"a").await;
        assert!(matches!(none, Err(RecordingError::NoLine(line)) if line == "lin_none"));
        let foreign = keep(&world.neighbour().await, good, b"a").await;
        assert!(matches!(foreign, Err(RecordingError::NoLine(_))), "{foreign:?}");
        assert_eq!(listed(&world, Filter::default()).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_message_is_for_whoever_has_the_line_and_a_call_for_the_staff() {
    on_both(async |world: World| {
        let (own, foreign) = (line(&world, "0001").await, line(&world, "0002").await);
        let left = keep(&world, message(&own, "asterisk:1"), b"message").await.unwrap().id;
        let other = keep(&world, message(&foreign, "asterisk:2"), b"other").await.unwrap().id;
        let call = NewRecording { kind: RecordingKind::Call, ..message(&own, "asterisk:3") };
        let call = keep(&world, call, b"call").await.unwrap().id;
        let (customer, neighbour) = (as_customer(&world, &own.customer), world.neighbour().await);
        let agent = as_agent(&world, "agt_1");
        let all = Filter::default();
        let calls = Filter { kind: Some(RecordingKind::Call), ..all };
        for (by, filter, found) in [
            (&world, all, vec![&call, &other, &left]),
            (&world, calls, vec![&call]),
            (&world, Filter { line: Some(&own.id), ..all }, vec![&call, &left]),
            (&world, Filter { done: Some(true), ..all }, vec![]),
            (&customer, all, vec![&left]),
            (&customer, calls, vec![]),
            (&customer, Filter { line: Some(&foreign.id), ..all }, vec![]),
            (&agent, all, vec![]),
            (&neighbour, all, vec![]),
        ] {
            assert_eq!(listed(by, filter).await.iter().collect::<Vec<_>>(), found, "{} {filter:?}", by.actor.name);
        }
        for (by, id) in [(&customer, &call), (&customer, &other), (&agent, &left), (&neighbour, &left)] {
            let is_none = |error: RecordingError| matches!(error, RecordingError::NotFound(none) if none == *id);
            assert!(is_none(recordings::get(&mut by.view().await, Inbox::OfLines, id).await.unwrap_err()));
            assert!(is_none(heard(by, id, 0).await.unwrap_err()));
            assert!(is_none(
                by.run(async |work| recordings::mark_done(work, (Inbox::OfLines, id), true).await).await.unwrap_err()
            ));
            assert!(is_none(recordings::delete(&by.engine, &by.actor, (Inbox::OfLines, id)).await.unwrap_err()));
            assert_eq!(world.changes(id).await, [], "nothing is noted");
        }
        assert_eq!(heard(&customer, &left, 0).await.unwrap(), b"message");
        let done =
            customer.run(async |work| recordings::mark_done(work, (Inbox::OfLines, &left), true).await).await.unwrap();
        assert_eq!(done.done_at, Some(done.kept_at));
        assert_eq!(listed(&customer, Filter { done: Some(true), ..all }).await, [left.as_str()]);
        assert_eq!(listed(&customer, Filter { done: Some(false), ..all }).await, [""; 0]);
        for _ in 0..2 {
            let undone = customer
                .run(async |work| recordings::mark_done(work, (Inbox::OfLines, &left), false).await)
                .await
                .unwrap();
            assert_eq!(undone.done_at, None);
        }
        let audio = recordings::listen(&customer.engine, &customer.actor, (Inbox::OfLines, &left)).await.unwrap();
        recordings::delete(&customer.engine, &customer.actor, (Inbox::OfLines, &left)).await.unwrap();
        assert!(matches!(audio.part(0, 7).await, Err(RecordingError::NotFound(_))));
        assert!(!has_audio(&world, &left).await && has_audio(&world, &other).await);
        assert!(matches!(heard(&world, &left, 0).await, Err(RecordingError::NotFound(_))));
        let trail = world.changes(&left).await;
        let actions: Vec<&str> = trail.iter().map(|change| change.action.as_str()).collect();
        assert_eq!(actions, ["recording.delete", "recording.done", "recording.done", "recording.listen"]);
        assert!(trail.iter().all(|change| change.actor == customer.actor.name));
        assert!(!format!("{trail:?}").contains("2079460018"), "the trail is kept for longer");
    })
    .await;
}

#[tokio::test]
async fn who_hears_a_recording_is_noted_once_an_hour() {
    on_both(async |world: World| {
        let line = line(&world, "0001").await;
        let id = keep(&world, message(&line, "asterisk:1"), b"message").await.unwrap().id;
        let customer = as_customer(&world, &line.customer);
        let noted = async || {
            let trail = world.changes(&id).await;
            trail.into_iter().rev().map(|change| change.actor).collect::<Vec<_>>()
        };
        let (one, other) = (customer.actor.name.clone(), world.actor.name.clone());
        for (minutes, by, then) in [
            (0, &customer, vec![&one]),
            (59, &customer, vec![&one]),
            (0, &world, vec![&one, &other]),
            (1, &customer, vec![&one, &other, &one]),
            (0, &world, vec![&one, &other, &one]),
        ] {
            world.clock.move_to(world.clock.now().plus_millis(minutes * 60_000).unwrap());
            heard(by, &id, 3).await.unwrap();
            assert_eq!(noted().await.iter().collect::<Vec<_>>(), then);
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_due_is_deleted_each_day_and_only_counted() {
    on_both(async |world: World| {
        world
            .settings(|settings| {
                settings.recordings = Recordings { voicemail_days: 2, recording_days: 4, ..Recordings::default() };
            })
            .await;
        let line = line(&world, "0001").await;
        let long = audio(9 * 1024 * KIB);
        let left = keep(&world, message(&line, "asterisk:1"), &long).await.unwrap().id;
        let call = NewRecording { kind: RecordingKind::Call, ..message(&line, "asterisk:2") };
        let call = keep(&world, call, b"call").await.unwrap().id;
        let neighbour = world.neighbour().await;
        let theirs = crate::phones::line(&neighbour, "0001").await;
        let theirs = keep(&neighbour, message(&theirs, "asterisk:1"), b"theirs").await.unwrap().id;
        for n in 0..120 {
            keep(&world, message(&line, &format!("asterisk:many-{n}")), b"a").await.unwrap();
        }
        for (days, messages, calls) in [(1, 121, true), (2, 0, true), (1, 0, false)] {
            a_day_begins(&world, days).await;
            let found = listed(&world, Filter { kind: Some(RecordingKind::Voicemail), ..Filter::default() }).await;
            assert_eq!(found.len(), messages.min(50));
            assert_eq!((has_audio(&world, &left).await, has_audio(&world, &call).await), (messages > 0, calls));
        }
        assert!(has_audio(&neighbour, &theirs).await, "another tenant keeps them for longer");
        let trail = world.changes("recordings").await;
        let counts: Vec<&str> = trail.iter().rev().map(|change| change.after.as_deref().unwrap()).collect();
        assert_eq!(counts, [r#"{"recordings":100}"#, r#"{"recordings":21}"#, r#"{"recordings":1}"#]);
        assert!(trail.iter().all(|change| change.action == "recording.expire" && change.before.is_none()));
    })
    .await;
}

#[tokio::test]
async fn a_program_that_dies_while_it_keeps_leaves_nothing_for_long() {
    on_both(async |world: World| {
        let line = line(&world, "0001").await;
        let (audio, mut lived, mut left) = (audio(600 * KIB), false, 0);
        for dies_at in 1.. {
            let faults = Faults::new(&[]);
            faults.die_at(dies_at);
            let mortal = world.engine.store().with_faults(faults.clone()).await.unwrap();
            let (mortal, new) = (Engine::new(mortal, world.engine.clock().clone()), message(&line, "asterisk:1"));
            lived = recordings::keep(&mortal, 1, new.clone(), &audio).await.is_ok();
            assert_eq!(lived, faults.died_at().is_none(), "{dies_at}");
            left += storage::recordings::left_over(world.view().await.tx(), 1, i64::MAX, 99).await.unwrap().len();
            let kept = keep(&world, new, &audio).await.unwrap();
            assert_eq!(listed(&world, Filter::default()).await, [kept.id.as_str()], "{dies_at}");
            assert!(heard(&world, &kept.id, 0).await.unwrap() == audio, "{dies_at}");
            a_day_begins(&world, 1).await;
            assert!(has_audio(&world, &kept.id).await);
            a_day_begins(&world, 1).await;
            let after = storage::recordings::left_over(world.view().await.tx(), 1, i64::MAX, 99).await.unwrap();
            assert_eq!(after, [""; 0], "{dies_at}");
            recordings::delete(&world.engine, &world.actor, (Inbox::OfLines, &kept.id)).await.unwrap();
            if lived {
                break;
            }
        }
        assert!(lived && left > 0, "some deaths leave audio behind");
    })
    .await;
}

#[tokio::test]
async fn recordings_have_settings() {
    on_both(async |world: World| {
        let tenant = engine::tenants::get(&mut world.view().await).await.unwrap();
        let usual = tenant.settings.recordings.clone();
        assert_eq!((usual.voicemail_days, usual.recording_days), (30, 30));
        assert_eq!((usual.record_calls, usual.announce_recording), (RecordCalls::None, true));
        for (changed, place) in [
            (Recordings { voicemail_days: 0, ..usual.clone() }, "/recordings/voicemail_days"),
            (Recordings { recording_days: 3651, ..usual.clone() }, "/recordings/recording_days"),
        ] {
            let settings = engine::tenants::Settings { recordings: changed, ..tenant.settings.clone() };
            let refused = world.run(async |work| engine::tenants::update(work, "A", settings, 1).await).await;
            match refused {
                Err(engine::tenants::TenantError::Invalid(Invalid { pointer, .. })) => assert_eq!(pointer, place),
                other => panic!("{place}: {other:?}"),
            }
        }
    })
    .await;
}

//! A charged call: one call per party into a conference, steered over the REST interface.

use twilio::rest::{CallChange, Instructions, NewCall, ParticipantChange};
use twilio::twiml::{
    CallEvent, CallResponse, Conference, ConferenceEvent, Dial, Gather, Joined, Prompt, Say, WaitingResponse,
};
use twilio::webhook::CallStatus;

use crate::desk::{ANN, BOB, Desk, GROUP, url};

fn room(ends: bool) -> CallResponse {
    use ConferenceEvent::{Announcement, End, Join, Leave, Start};
    let conference = Conference {
        ends,
        waiting: Some(url("/music")),
        told: Some((url("/room"), vec![Start, End, Join, Leave, Announcement])),
        recording: Some(url("/recording")),
        ..Conference::new("call-1")
    };
    CallResponse::new().with(Dial::new(Joined::Conference(Box::new(conference)), url("/dial-result")))
}

fn call(to: &str) -> NewCall {
    let prompts = vec![Prompt::Say(Say::new("It costs 1.00 a minute. Press 1."))];
    let then = CallResponse::new().with(Gather { prompts, most: 1, ..Gather::new(url("/accepted")) });
    NewCall {
        to: to.to_owned(),
        from: GROUP.to_owned(),
        then: Instructions::Here(then),
        ring_seconds: 30,
        most_seconds: Some(600),
        told: Some((url("/leg"), vec![CallEvent::Ringing, CallEvent::Answered, CallEvent::Completed])),
    }
}

/// Two who talk, and the id of their conference.
async fn talk(desk: &Desk) -> (twilio_double::Party, twilio_double::Party, String) {
    desk.answers("/music", &WaitingResponse::new().with(Say::new("One moment.")).to_xml());
    desk.answers("/accepted", &room(false).to_xml()).answers("/accepted", &room(true).to_xml());
    desk.answers("/dial-result", &CallResponse::new().with(Say::new("Goodbye.")).to_xml());
    let client = desk.client();
    let placed = client.create_call(&call(ANN)).await.unwrap();
    assert_eq!(placed.status, CallStatus::Queued);
    let ann = desk.double.rings(ANN).await.unwrap();
    assert_eq!(ann.call(), placed.sid);
    let ann = ann.answers().await.unwrap().presses("1").await.unwrap();
    assert_eq!(ann.heard(), ["It costs 1.00 a minute. Press 1.", "One moment."]);
    client.create_call(&call(BOB)).await.unwrap();
    let bob = desk.double.rings(BOB).await.unwrap().answers().await.unwrap().presses("1").await.unwrap();
    assert_eq!(ann.talks_with(), [BOB]);
    let conference = desk.told("/room")[0].conference.clone().unwrap().sid;
    (ann, bob, conference)
}

fn events(desk: &Desk) -> Vec<String> {
    desk.told("/room").iter().map(|told| told.conference.clone().unwrap().event.unwrap()).collect()
}

#[tokio::test]
async fn a_party_is_warned_lengthened_and_ended() {
    let desk = Desk::open().await;
    let (ann, bob, conference) = talk(&desk).await;
    let client = desk.client();
    desk.answers("/warning", &WaitingResponse::new().with(Say::new("One minute left.")).to_xml());
    client.announce(&conference, ann.call(), &url("/warning")).await.unwrap();
    let ann = ann.hears("One minute left.").await.unwrap();
    assert!(!bob.heard().contains(&"One minute left.".to_owned()), "the other does not hear it");
    let muted = ParticipantChange { is_muted: Some(true), ..ParticipantChange::default() };
    client.change_participant(&conference, bob.call(), &muted).await.unwrap();
    // What was granted first is over; more has been granted meanwhile.
    client.change_call(ann.call(), &CallChange::EndAfter { seconds: 900 }).await.unwrap();
    client.change_call(bob.call(), &CallChange::EndAfter { seconds: 2000 }).await.unwrap();
    desk.double.let_pass(899).await;
    assert_eq!((ann.status(), bob.status()), ("in-progress", "in-progress"));
    desk.double.let_pass(1).await;
    assert_eq!((ann.status(), bob.talks_with().len()), ("completed", 0));
    client.change_call(bob.call(), &CallChange::End).await.unwrap();
    let bob = bob.becomes("completed").await.unwrap();
    assert_eq!(client.call(bob.call()).await.unwrap().status, CallStatus::Completed);
    let error = client.change_call(bob.call(), &CallChange::End).await.unwrap_err();
    assert_eq!(error.code(), Some(21220));
    desk.double.let_pass(0).await;
    let expected =
        ["participant-join", "participant-join", "conference-start", "announcement-end", "participant-leave"];
    assert_eq!(events(&desk)[..5], expected);
    assert_eq!(events(&desk)[5..], ["participant-leave", "conference-end"]);
    assert_eq!(desk.told("/recording")[0].recording.clone().unwrap().seconds, Some(900));
    desk.no_faults();
}

#[tokio::test]
async fn with_the_one_that_ends_it_the_conference_is_over() {
    let desk = Desk::open().await;
    let (ann, bob, _) = talk(&desk).await;
    bob.hangs_up().await.unwrap();
    assert_eq!((ann.status(), ann.heard().pop()), ("completed", Some("Goodbye.".to_owned())));
    desk.no_faults();
}

#[tokio::test]
async fn one_is_taken_out_one_is_sent_elsewhere_and_all_are_let_go() {
    let desk = Desk::open().await;
    let (ann, bob, conference) = talk(&desk).await;
    let client = desk.client();
    let elsewhere =
        Instructions::Here(CallResponse::new().with(Say::new("Elsewhere.")).with(Gather::new(url("/keys"))));
    client.change_call(ann.call(), &CallChange::GoOn(elsewhere)).await.unwrap();
    let ann = ann.hears("Elsewhere.").await.unwrap();
    assert_eq!((ann.status(), desk.told("/dial-result").len()), ("in-progress", 0));
    client.remove_participant(&conference, bob.call()).await.unwrap();
    bob.hears("Goodbye.").await.unwrap();
    // It is gone with its last party: what is asked of it is not there.
    assert!(client.end_conference(&conference).await.unwrap_err().is_not_there());
    client.remove_participant(&conference, ann.call()).await.unwrap();

    let desk = Desk::open().await;
    let (ann, bob, conference) = talk(&desk).await;
    desk.client().end_conference(&conference).await.unwrap();
    ann.hears("Goodbye.").await.unwrap();
    bob.hears("Goodbye.").await.unwrap();
    desk.no_faults();
}

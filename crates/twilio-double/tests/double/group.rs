//! A group's number: greeting, screening, mailboxes, messages.

use twilio::twiml::{
    CallEvent, CallResponse, Dial, Enqueue, Gather, Hangup, Joined, Leave, Number, Numbers, Pause, Prompt, Record,
    Redirect, Reject, RejectReason, Say, ScreeningResponse, Transcript, WaitingResponse,
};
use twilio::webhook::{CallStatus, RecordingStatus};

use crate::desk::{ANN, BOB, CALLER, Desk, GROUP, url};

fn number(number: &str) -> Number {
    let told =
        Some((url("/leg"), vec![CallEvent::Initiated, CallEvent::Ringing, CallEvent::Answered, CallEvent::Completed]));
    Number { screening: Some(url("/screen")), told, ..Number::new(number) }
}

fn dial(numbers: Vec<Number>) -> Dial {
    let to = Joined::Numbers(Numbers::new(numbers).unwrap());
    Dial { seconds: Some(20), caller: Some(GROUP.to_owned()), ..Dial::new(to, url("/dial-result")) }
}

/// Ann rings first, and presses a key to take the call; then the call is over, or a message is taken.
async fn desk(first: Dial) -> Desk {
    let desk = Desk::open().await;
    let greeting = CallResponse::new().with(Say::new("Welcome.")).with(first);
    let gather = Gather {
        prompts: vec![Prompt::Say(Say::new("A call for the group. Press 1."))],
        most: 1,
        seconds: 15,
        ..Gather::new(url("/screened"))
    };
    desk.answers("/voice", &greeting.to_xml());
    desk.answers("/screen", &ScreeningResponse::new().with(gather).with(Hangup).to_xml());
    desk
}

fn voicemail() -> CallResponse {
    let record = Record { told: Some(url("/recording")), ..Record::new(url("/recorded")) };
    let record = Record { transcript: Transcript::ToldTo(url("/transcription")), ..record };
    CallResponse::new().with(Say::new("Leave a message.")).with(record).with(Say::new("Nothing was heard."))
}

#[tokio::test]
async fn whoever_presses_1_talks_and_the_talk_is_told() {
    let desk = desk(dial(vec![number(ANN)])).await;
    desk.answers("/screened", &ScreeningResponse::new().to_xml());
    desk.answers("/dial-result", &CallResponse::new().with(Hangup).to_xml());
    let caller = desk.double.calls(CALLER, GROUP).await.unwrap();
    assert_eq!((caller.status(), caller.heard()), ("in-progress", vec!["Welcome.".to_owned()]));
    let ann = desk.double.rings(ANN).await.unwrap().answers().await.unwrap();
    assert_eq!(ann.heard(), ["A call for the group. Press 1."]);
    assert_eq!(ann.talks_with(), [] as [String; 0]);
    let ann = ann.presses("1").await.unwrap();
    assert_eq!((ann.talks_with(), caller.talks_with()), (vec![CALLER.to_owned()], vec![ANN.to_owned()]));
    desk.double.let_pass(61).await;
    ann.hangs_up().await.unwrap();
    assert_eq!(caller.status(), "completed");

    let incoming = &desk.told("/voice")[0];
    assert_eq!((incoming.from.as_deref(), incoming.to.as_deref()), (Some(CALLER), Some(GROUP)));
    assert_eq!(incoming.status, Some(CallStatus::Ringing));
    let screened = &desk.told("/screened")[0];
    assert_eq!((screened.digits.as_deref(), screened.parent.as_deref()), (Some("1"), Some(caller.call())));
    let outcome = desk.told("/dial-result")[0].dial.clone().unwrap();
    assert_eq!((outcome.is_answered(), outcome.bridged, outcome.seconds), (true, Some(true), Some(61)));
    let told: Vec<_> = desk.told("/leg").iter().map(|told| (told.status.clone().unwrap(), told.sequence)).collect();
    let expected = [CallStatus::Initiated, CallStatus::Ringing, CallStatus::InProgress, CallStatus::Completed];
    assert_eq!(told, expected.into_iter().zip((0..4).map(Some)).collect::<Vec<_>>());
    assert_eq!(desk.told("/status")[0].seconds, Some(61));
    desk.no_faults();
}

#[tokio::test]
async fn a_mailbox_is_no_answer_and_the_caller_may_leave_a_message() {
    let desk = desk(dial(vec![number(ANN)])).await;
    desk.answers("/dial-result", &CallResponse::new().with(dial(vec![number(BOB)])).to_xml());
    desk.answers("/dial-result", &voicemail().to_xml());
    desk.answers("/screened", &ScreeningResponse::new().with(Hangup).to_xml());
    desk.answers("/recorded", &CallResponse::new().with(Say::new("Thank you.")).to_xml());
    let caller = desk.double.calls(CALLER, GROUP).await.unwrap();
    let mailbox = desk.double.rings(ANN).await.unwrap().mailbox_answers().await.unwrap();
    assert_eq!(mailbox.status(), "completed");
    desk.double.rings(BOB).await.unwrap().is_busy().await.unwrap();
    assert_eq!(caller.heard(), ["Welcome.", "Leave a message."]);
    let caller = caller.leaves_message(b"RIFF", 31).await.unwrap();
    assert_eq!((caller.status(), caller.heard().last().cloned()), ("completed", Some("Thank you.".to_owned())));
    let recording = desk.double.recordings()[0].clone();
    desk.double.transcribes(&recording.sid, Some("call me back")).await.unwrap();

    let outcomes: Vec<_> = desk.told("/dial-result").iter().map(|told| told.dial.clone().unwrap()).collect();
    assert_eq!((outcomes[0].status.clone(), outcomes[0].bridged), (CallStatus::Completed, Some(false)));
    assert_eq!(outcomes[1].status, CallStatus::Busy);
    let told = desk.told("/recording")[0].recording.clone().unwrap();
    assert_eq!((told.status, told.seconds), (Some(RecordingStatus::Completed), Some(31)));
    assert_eq!(told.sid.as_deref(), Some(recording.sid.as_str()));
    let written = desk.told("/transcription")[0].transcription.clone().unwrap();
    assert_eq!(written.text.as_deref(), Some("call me back"));
    desk.no_faults();
}

#[tokio::test]
async fn whoever_says_nothing_or_hangs_up_leaves_what_there_is() {
    let desk = Desk::open().await;
    desk.answers("/voice", &voicemail().to_xml()).answers("/recorded", &CallResponse::new().to_xml());
    let silent = desk.double.calls(CALLER, GROUP).await.unwrap().waits().await.unwrap();
    assert_eq!(silent.heard(), ["Leave a message.", "Nothing was heard."]);
    assert_eq!(desk.told("/recording")[0].recording.clone().unwrap().status, Some(RecordingStatus::Absent));
    let gone = desk.double.calls(CALLER, GROUP).await.unwrap();
    let gone = gone.leaves_message_and_hangs_up(b"RIFF", 500).await.unwrap();
    assert_eq!(gone.status(), "completed");
    let told = desk.told("/recorded");
    assert_eq!((told.len(), told[0].digits.as_deref()), (1, Some("hangup")));
    assert_eq!(desk.double.recordings()[0].seconds, 120, "it ends with its longest time");
    assert!(gone.leaves_message(b"RIFF", 1).await.is_err());
    desk.no_faults();
}

#[tokio::test]
async fn of_several_that_ring_the_first_that_picks_up_stops_the_others() {
    let desk = desk(dial(vec![number(ANN), number(BOB)])).await;
    desk.answers("/dial-result", &CallResponse::new().with(Hangup).to_xml());
    let caller = desk.double.calls(CALLER, GROUP).await.unwrap();
    assert_eq!(desk.double.ringing(), [ANN, BOB]);
    let ann = desk.double.rings(ANN).await.unwrap();
    desk.double.rings(BOB).await.unwrap().answers().await.unwrap();
    assert_eq!(ann.status(), "canceled");
    assert!(ann.answers().await.is_err(), "it rings no more");
    // A caller who hangs up stops everything.
    caller.hangs_up().await.unwrap();
    assert_eq!(
        (desk.double.ringing().len(), desk.told("/dial-result")[0].dial.clone().unwrap().bridged),
        (0, Some(false))
    );
    desk.no_faults();
}

#[tokio::test]
async fn time_ends_ringing_and_talks() {
    let desk = desk(Dial { talk_seconds: Some(60), ..dial(vec![Number::new(ANN)]) }).await;
    desk.answers("/dial-result", &CallResponse::new().with(dial(vec![number(BOB)])).to_xml());
    desk.answers("/dial-result", &CallResponse::new().with(Reject { reason: RejectReason::Busy }).to_xml());
    let caller = desk.double.calls(CALLER, GROUP).await.unwrap();
    let ann = desk.double.rings(ANN).await.unwrap().answers().await.unwrap();
    desk.double.let_pass(59).await;
    assert_eq!(caller.talks_with(), [ANN]);
    desk.double.let_pass(1).await;
    assert_eq!((ann.status(), desk.double.ringing()), ("completed", vec![BOB.to_owned()]));
    desk.double.let_pass(19).await;
    assert_eq!(desk.double.ringing(), [BOB]);
    desk.double.let_pass(1).await;
    let outcomes: Vec<_> = desk.told("/dial-result").iter().map(|told| told.dial.clone().unwrap()).collect();
    assert_eq!((outcomes[0].seconds, outcomes[1].status.clone()), (Some(60), CallStatus::NoAnswer));
    assert_eq!(caller.status(), "busy");
    desk.no_faults();
}

#[tokio::test]
async fn whoever_waits_is_fetched_or_leaves() {
    let desk = Desk::open().await;
    let queue = Enqueue { queue: "group".to_owned(), waiting: Some(url("/waiting")), action: url("/waited") };
    let fetched = Joined::Queue { name: "group".to_owned(), heard: None };
    let leaves = WaitingResponse::new().with(Say::new("Goodbye.")).with(Leave);
    desk.answers("/voice", &CallResponse::new().with(queue.clone()).to_xml());
    desk.answers("/voice", &CallResponse::new().with(Dial::new(fetched, url("/dial-result"))).to_xml());
    desk.answers("/voice", &CallResponse::new().with(queue).to_xml());
    desk.answers(
        "/waiting",
        &WaitingResponse::new().with(Say::new("Please wait.")).with(Pause { seconds: 9 }).to_xml(),
    );
    desk.answers("/waiting", &leaves.to_xml());
    desk.answers("/waited", &CallResponse::new().with(Redirect { url: url("/after") }).to_xml());
    desk.answers("/after", &CallResponse::new().with(Say::new("That was it.")).to_xml());
    desk.answers("/dial-result", &CallResponse::new().with(Hangup).to_xml());
    let caller = desk.double.calls(CALLER, GROUP).await.unwrap();
    assert_eq!(caller.heard(), ["Please wait."]);
    let ann = desk.double.calls(ANN, GROUP).await.unwrap();
    assert_eq!(caller.talks_with(), [ANN]);
    ann.hangs_up().await.unwrap();
    assert_eq!((caller.status(), caller.heard().pop()), ("completed", Some("That was it.".to_owned())));
    let impatient = desk.double.calls(BOB, GROUP).await.unwrap();
    assert_eq!(impatient.heard(), ["Goodbye.", "That was it."]);
    let results: Vec<_> = desk.told("/waited").iter().map(|told| told.queue_result.clone().unwrap()).collect();
    assert_eq!(results, ["bridged", "leave"]);
    desk.no_faults();
}

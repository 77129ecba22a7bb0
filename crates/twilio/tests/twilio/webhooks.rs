use proptest::prelude::*;
use twilio::form::{Form, LARGEST_BODY, TooLarge};
use twilio::webhook::{
    CallStatus, DialOutcome, InConference, MessageStatus, Recording, RecordingStatus, Text, Transcription,
    TranscriptionStatus, Webhook,
};

fn webhook(body: &str) -> Webhook {
    Webhook::of(&Form::read(body.as_bytes()).unwrap(), None)
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn a_call_comes_in() {
    let body =
        "CallSid=CA1&AccountSid=AC1&From=%2B441632960555&To=%2B441632960000&CallStatus=ringing&Direction=inbound";
    let told = Webhook::of(&Form::read(body.as_bytes()).unwrap(), Some("t1"));
    let expected = Webhook {
        call: text("CA1"),
        account: text("AC1"),
        from: text("+441632960555"),
        to: text("+441632960000"),
        status: Some(CallStatus::Ringing),
        idempotency_token: text("t1"),
        ..Webhook::default()
    };
    assert_eq!(told, expected);
}

#[test]
fn what_is_told_by_table() {
    let dial = |status, bridged, seconds| DialOutcome { status, bridged, seconds, call: None };
    let with_dial = |dial| Webhook { dial: Some(dial), ..Webhook::default() };
    let recording = Recording {
        sid: text("RE1"),
        url: text("https://x.example/RE1"),
        status: Some(RecordingStatus::Completed),
        seconds: Some(31),
    };
    let transcription =
        Transcription { sid: text("TR1"), status: Some(TranscriptionStatus::Completed), text: text("call me, ü") };
    let conference = InConference { sid: "CF1".to_owned(), name: text("room"), event: text("participant-join") };
    let message = |status| Text { sid: text("SM1"), body: None, status };
    for (body, expected) in [
        ("", Webhook::default()),
        ("CallSid=&From=&To=&Digits=&CallStatus=&RecordingSid=&DialCallStatus=", Webhook::default()),
        ("SequenceNumber=x&CallDuration=-1&ErrorCode=99999999999&DialBridged=true&&=&=1", Webhook::default()),
        ("From=%2B266696687&Digits", Webhook::default()),
        ("Digits=1%23&SequenceNumber=3", Webhook { digits: text("1#"), sequence: Some(3), ..Webhook::default() }),
        ("CallStatus=odd", Webhook { status: Some(CallStatus::Other("odd".to_owned())), ..Webhook::default() }),
        ("DialCallStatus=busy", with_dial(dial(CallStatus::Busy, None, None))),
        (
            "DialCallStatus=completed&DialBridged=False&DialCallDuration=9",
            with_dial(dial(CallStatus::Completed, Some(false), Some(9))),
        ),
        (
            "RecordingSid=RE1&RecordingUrl=https%3A%2F%2Fx.example%2FRE1&RecordingStatus=completed&RecordingDuration=31",
            Webhook { recording: Some(recording), ..Webhook::default() },
        ),
        (
            "TranscriptionSid=TR1&TranscriptionStatus=completed&TranscriptionText=call+me%2C+%C3%BC",
            Webhook { transcription: Some(transcription), ..Webhook::default() },
        ),
        (
            "ConferenceSid=CF1&FriendlyName=room&StatusCallbackEvent=participant-join",
            Webhook { conference: Some(conference), ..Webhook::default() },
        ),
        (
            "MessageSid=SM1&SmsStatus=sent&MessageStatus=delivered&ErrorCode=30003",
            Webhook {
                message: Some(message(Some(MessageStatus::Delivered))),
                error: Some(30003),
                ..Webhook::default()
            },
        ),
        ("SmsSid=SM1", Webhook { message: Some(message(None)), ..Webhook::default() }),
    ] {
        assert_eq!(webhook(body), expected, "{body}");
    }
}

#[test]
fn h070_a_recording_is_at_twilio_by_table() {
    let theirs = "https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1";
    for (url, is_of) in [
        (theirs, true),
        ("https://api.dublin.ie1.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1", true),
        ("http://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1", false),
        ("https://api.twilio.com/2010-04-01/Accounts/AC2/Recordings/RE1", false),
        ("https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/../../AC2/Recordings/RE1", false),
        ("https://api.twilio.com:8443/2010-04-01/Accounts/AC1/Recordings/RE1", false),
        ("https://api.twilio.com@evil.example/2010-04-01/Accounts/AC1/Recordings/RE1", false),
        ("https://user@api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1", false),
        ("https://eviltwilio.com/2010-04-01/Accounts/AC1/Recordings/RE1", false),
        ("https://api.twilio.com.evil.example/2010-04-01/Accounts/AC1/Recordings/RE1", false),
        ("http://169.254.169.254/latest/meta-data", false),
        ("http://[::1]/", false),
        ("file:///etc/passwd", false),
        ("RE1", false),
    ] {
        let recording = Recording { url: text(url), ..Recording::default() };
        assert_eq!(recording.is_of("AC1"), is_of, "{url}");
    }
    assert!(Recording::default().is_of("AC1"), "nothing is said of it");
}

#[test]
fn who_picks_up_and_does_not_talk_has_not_answered() {
    for (body, answered) in [
        ("DialCallStatus=completed", true),
        ("DialCallStatus=completed&DialBridged=true", true),
        ("DialCallStatus=completed&DialBridged=false", false),
        ("DialCallStatus=answered", true),
        ("DialCallStatus=busy&DialBridged=true", false),
        ("DialCallStatus=no-answer", false),
        ("DialCallStatus=failed", false),
        ("DialCallStatus=canceled", false),
    ] {
        assert_eq!(webhook(body).dial.unwrap().is_answered(), answered, "{body}");
    }
}

#[test]
fn a_long_transcript_is_read_and_an_endless_one_is_not() {
    let spoken = "Ünd so weiter. ".repeat(100_000 / 16);
    let form: Form = [("CallSid", "CA1"), ("TranscriptionText", spoken.as_str())].into_iter().collect();
    assert_eq!(webhook(&form.to_body()).transcription.unwrap().text, Some(spoken));
    let escaped = format!("TranscriptionText={}", "%00".repeat(100_000));
    assert_eq!(webhook(&escaped).transcription.unwrap().text.map(|text| text.len()), Some(100_000));
    let endless = vec![b'x'; LARGEST_BODY + 1];
    assert_eq!(Form::read(&endless), Err(TooLarge { bytes: LARGEST_BODY + 1 }));
    assert!(Form::read(&endless[1..]).is_ok());
}

const NAMES: [&str; 9] = [
    "CallSid",
    "From",
    "DialCallStatus",
    "DialBridged",
    "RecordingDuration",
    "SequenceNumber",
    "MessageSid",
    "ErrorCode",
    "TranscriptionText",
];

proptest! {
    /// Whatever comes is read, and what was written is read as it was.
    #[test]
    fn no_body_is_too_odd(bytes: Vec<u8>, fields in prop::collection::vec((prop::sample::select(&NAMES), ".*"), 0..9)) {
        let told = Webhook::of(&Form::read(&bytes).unwrap(), None);
        prop_assert_eq!(told.idempotency_token, None);
        let form: Form = fields.into_iter().collect();
        prop_assert_eq!(&Form::read(form.to_body().as_bytes()).unwrap(), &form);
        let said = form.get("CallSid").filter(|call| !call.trim().is_empty());
        let read = Webhook::of(&form, None);
        prop_assert_eq!(read.call.as_deref(), said);
    }
}

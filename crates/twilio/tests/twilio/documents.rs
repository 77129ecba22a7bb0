use proptest::option;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::json;
use twilio::twiml::{
    CallEvent, CallResponse, Conference, ConferenceBeep, ConferenceEvent, Dial, Enqueue, FinishKey, Gather, Hangup,
    Joined, LONGEST_MESSAGE, LONGEST_SAY, Leave, Message, MessageText, MessagingResponse, Number, NumberCount, Numbers,
    Pause, Play, Prompt, Record, Redirect, Reject, RejectReason, Say, ScreeningResponse, TalkRecording, TooLong,
    Transcript, WaitingResponse,
};
use url::Url;

use crate::peers;

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;

fn url(path: &str) -> Url {
    Url::parse("https://tollgate.example/webhooks/twilio/").unwrap().join(path).unwrap()
}

#[test]
fn documents_by_table() {
    let numbers = Numbers::new(vec![
        Number { screening: Some(url("screen?leg=1&n=2")), ..Number::new("+441632960011") },
        Number {
            told: Some((url("s"), vec![CallEvent::Ringing, CallEvent::Completed])),
            ..Number::new("+441632960012")
        },
    ]);
    let dial = Dial::new(Joined::Numbers(numbers.unwrap()), url("dial-result"));
    let prompts =
        vec![Prompt::Say(Say::new("Press 1.")), Prompt::Say(Say::new("")), Prompt::Pause(Pause { seconds: 0 })];
    let gather = Gather { most: 1, seconds: 15, prompts, ..Gather::new(url("k")) };
    for (response, expected) in [
        (CallResponse::new(), "<Response/>".to_owned()),
        (
            CallResponse::new().with(Say { language: Some("en-GB".to_owned()), ..Say::new("Tom & <Jerry> \"x\" 'y'\0") }),
            "<Response><Say language=\"en-GB\">Tom &amp; &lt;Jerry&gt; &quot;x&quot; &apos;y&apos;</Say></Response>".to_owned(),
        ),
        (CallResponse::new().with(Say::new(" \u{b}")).with(Hangup), "<Response><Hangup/></Response>".to_owned()),
        (
            CallResponse::new().with(Dial { seconds: Some(20), caller: Some("+441632960000".to_owned()), ..dial }),
            "<Response><Dial action=\"https://tollgate.example/webhooks/twilio/dial-result\" method=\"POST\" timeout=\"20\" \
             callerId=\"+441632960000\"><Number url=\"https://tollgate.example/webhooks/twilio/screen?leg=1&amp;n=2\" \
             method=\"POST\">+441632960011</Number><Number statusCallback=\"https://tollgate.example/webhooks/twilio/s\" \
             statusCallbackMethod=\"POST\" statusCallbackEvent=\"ringing completed\">+441632960012</Number></Dial></Response>"
                .to_owned(),
        ),
        (
            CallResponse::new().with(gather),
            "<Response><Gather input=\"dtmf\" action=\"https://tollgate.example/webhooks/twilio/k\" method=\"POST\" \
             timeout=\"15\" numDigits=\"1\" finishOnKey=\"#\" actionOnEmptyResult=\"true\"><Say>Press 1.</Say>\
             <Pause length=\"1\"/></Gather></Response>"
                .to_owned(),
        ),
        (
            CallResponse::new().with(Record::new(url("r"))),
            "<Response><Record action=\"https://tollgate.example/webhooks/twilio/r\" method=\"POST\" maxLength=\"120\" \
             timeout=\"120\" finishOnKey=\"*\" playBeep=\"true\" trim=\"do-not-trim\"/></Response>"
                .to_owned(),
        ),
    ] {
        assert_eq!(response.to_xml(), format!("{HEAD}{expected}"));
    }
}

#[test]
fn what_is_too_long_to_be_said_ends_with_a_word() {
    let said = |text: &str| {
        let document = CallResponse::new().with(Say::new(text)).to_xml();
        document.split_once("<Say>").unwrap().1.split_once("</Say>").unwrap().0.to_owned()
    };
    let long = "wörd ".repeat(1000);
    let (most, as_far) = (LONGEST_SAY, said(&long));
    assert!(as_far.chars().count() <= most && as_far.chars().count() > most - 6, "{}", as_far.chars().count());
    assert!(as_far.ends_with(" wörd"));
    // The limit is of what is said, not of what is written for it.
    let signs = "&".repeat(most);
    assert_eq!(said(&signs), "&amp;".repeat(most));
    assert_eq!(said(&"x".repeat(most + 1)), "x".repeat(most));
}

#[test]
fn what_cannot_be_is_refused() {
    let numbers = |count: usize| Numbers::new(vec![Number::new("+441632960011"); count]).map(drop);
    assert_eq!(numbers(0), Err(NumberCount { given: 0 }));
    assert_eq!((numbers(1), numbers(10)), (Ok(()), Ok(())));
    assert_eq!(numbers(11), Err(NumberCount { given: 11 }));
    let message = |characters: usize| MessageText::new(&"ü".repeat(characters)).map(drop);
    assert_eq!(message(LONGEST_MESSAGE), Ok(()));
    assert_eq!(message(LONGEST_MESSAGE + 1), Err(TooLong { characters: LONGEST_MESSAGE + 1 }));
    assert_eq!((FinishKey::of('7'), FinishKey::of('x')), (Some(FinishKey::Digit(7)), None));
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["\\PC{0,40}", any::<String>(), "([a-z<&]{1,9} ){600}"]
}

fn address() -> impl Strategy<Value = Url> {
    "[a-z]{1,9}(\\?[a-z&='\"]{0,9})?".prop_map(|path| url(&path))
}

fn say() -> impl Strategy<Value = Say> {
    let named = (option::of("[A-Z][a-z]{1,8}"), option::of("[a-z]{2}-[A-Z]{2}"));
    (text(), named).prop_map(|(text, (voice, language))| Say { text, voice, language })
}

fn play() -> impl Strategy<Value = Play> {
    (address(), 0..3_u32).prop_map(|(url, times)| Play { url, times })
}

fn key() -> impl Strategy<Value = FinishKey> {
    prop_oneof![
        Just(FinishKey::Nothing),
        Just(FinishKey::Star),
        Just(FinishKey::Hash),
        any::<u8>().prop_map(FinishKey::Digit)
    ]
}

fn gather() -> impl Strategy<Value = Gather> {
    let parts = (address(), any::<u8>(), any::<u32>(), key(), any::<bool>(), say(), play());
    parts.prop_map(|(action, most, seconds, end, tells_of_none, say, play)| {
        let prompts = vec![Prompt::Say(say), Prompt::Pause(Pause { seconds }), Prompt::Play(play)];
        Gather { prompts, action, most, seconds, end, tells_of_none }
    })
}

fn record() -> impl Strategy<Value = Record> {
    let transcript = option::of(address()).prop_map(|told| told.map_or(Transcript::No, Transcript::ToldTo));
    let parts = (address(), any::<u32>(), key(), any::<bool>(), any::<bool>(), option::of(address()), transcript);
    parts.prop_map(|(action, seconds, end, beeps, is_trimmed, told, transcript)| {
        let silence_seconds = seconds / 2;
        Record { action, seconds, silence_seconds, end, beeps, is_trimmed, told, transcript }
    })
}

fn number() -> impl Strategy<Value = Number> {
    use CallEvent::{Answered, Completed, Initiated, Ringing};
    let events = prop::sample::subsequence(vec![Initiated, Ringing, Answered, Completed], 0..=4);
    let parts = ("\\+[0-9]{7,15}", option::of(address()), option::of((address(), events)));
    parts.prop_map(|(number, screening, told)| Number { number, screening, told })
}

fn conference() -> impl Strategy<Value = Conference> {
    use ConferenceEvent::{Announcement, End, Join, Leave, Start};
    let events = prop::sample::subsequence(vec![Start, End, Join, Leave, Announcement], 0..=5);
    let beep = prop::sample::select(vec![
        ConferenceBeep::Never,
        ConferenceBeep::Always,
        ConferenceBeep::OnEnter,
        ConferenceBeep::OnExit,
    ]);
    let flags = any::<[bool; 3]>();
    let parts = (
        ("call-[a-z<&]{1,9}", option::of("leg-[0-9]")),
        flags,
        option::of(address()),
        beep,
        option::of((address(), events)),
        option::of(address()),
    );
    parts.prop_map(|((name, label), [starts, ends, is_muted], waiting, beep, told, recording)| Conference {
        name,
        label,
        starts,
        ends,
        is_muted,
        waiting,
        beep,
        told,
        recording,
    })
}

fn dial() -> impl Strategy<Value = Dial> {
    let to = prop_oneof![
        prop::collection::vec(number(), 1..=10).prop_map(|numbers| Joined::Numbers(Numbers::new(numbers).unwrap())),
        conference().prop_map(|conference| Joined::Conference(Box::new(conference))),
        ("[a-z]{1,9}", option::of(address())).prop_map(|(name, heard)| Joined::Queue { name, heard }),
    ];
    let recording = option::of((any::<bool>(), address()).prop_map(|(is_dual, told)| TalkRecording { is_dual, told }));
    let seconds = (option::of(any::<u32>()), option::of(any::<u32>()));
    let parts = (to, address(), seconds, option::of("\\+[0-9]{7,15}"), any::<[bool; 2]>(), recording);
    parts.prop_map(|(to, action, (seconds, talk_seconds), caller, [answers_on_bridge, ends_on_star], recording)| Dial {
        to,
        action,
        seconds,
        talk_seconds,
        caller,
        answers_on_bridge,
        ends_on_star,
        recording,
    })
}

/// Documents of every kind, each with each of its verbs.
fn documents() -> impl Strategy<Value = Vec<String>> {
    let verbs =
        (say(), play(), gather(), record(), dial(), address(), any::<u32>(), any::<bool>(), "[a-z]{1,9}", text());
    verbs.prop_map(|(say, play, gather, record, dial, address, seconds, is_busy, queue, text)| {
        let reason = if is_busy { RejectReason::Busy } else { RejectReason::Rejected };
        let waiting = is_busy.then(|| address.clone());
        let redirect = Redirect { url: address.clone() };
        let call = CallResponse::new().with(say.clone()).with(play.clone()).with(gather.clone()).with(record);
        let call = call.with(Enqueue { queue, waiting, action: address.clone() }).with(dial).with(Pause { seconds });
        let call = call.with(redirect.clone()).with(Reject { reason }).with(Hangup);
        let screening = ScreeningResponse::new().with(say.clone()).with(gather.clone()).with(Hangup);
        let waiting = WaitingResponse::new().with(play).with(say).with(gather).with(redirect.clone()).with(Leave);
        let answered = MessagingResponse::new().with(redirect);
        let text: String = text.chars().take(LONGEST_MESSAGE).collect();
        let message = Message {
            to: Some("+44".to_owned()),
            action: Some(address),
            ..Message::new(MessageText::new(&text).unwrap())
        };
        vec![call.to_xml(), screening.to_xml(), waiting.to_xml(), answered.with(message).to_xml()]
    })
}

#[test]
fn every_document_is_one_by_the_grammar_of_the_provider() {
    let (strategy, mut runner) = (documents(), TestRunner::deterministic());
    let all: Vec<String> = (0..150).flat_map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect();
    let checked = peers::python("check_twiml.py", &json!(all));
    assert_eq!(String::from_utf8_lossy(&checked.stdout), "600 documents are good\n", "{checked:?}");
    assert!(checked.status.success());
}

#[test]
fn the_grammar_refuses_what_is_none() {
    let wrong = [
        "<Response><Dial>",
        "<Reply/>",
        "<Response><Bogus/></Response>",
        "<Response>text</Response>",
        "<Response><Say>x</Say>text</Response>",
        "<Response><Say/></Response>",
        "<Response><Say volume='1'>x</Say></Response>",
        "<Response><Number>+44</Number></Response>",
        "<Response><Dial><Say>x</Say></Dial></Response>",
        "<Response><Gather><Dial/></Gather></Response>",
        "<Response><Gather input='keys'/></Response>",
        "<Response><Record/></Response>",
        "<Response><Dial></Dial></Response>",
        "<Response><Dial record='always'><Number>+44</Number></Dial></Response>",
        "<Response><Dial><Number statusCallbackEvent='ringing join'>+44</Number></Dial></Response>",
        "<Response><Message>x</Message><Say>y</Say></Response>",
        "<Response><Redirect>nowhere</Redirect><Pause length='0'/></Response>",
    ];
    let checked = peers::python("check_twiml.py", &json!(wrong));
    assert!(!checked.status.success());
    let told = String::from_utf8_lossy(&checked.stdout);
    for (at, document) in wrong.iter().enumerate() {
        assert!(told.contains(&format!("document {at}: ")), "{document}: {told}");
    }
}

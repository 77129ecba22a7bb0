//! What Twilio would not post, or posts late, twice, half, or for a call that nobody knows.

use twilio::form::Form;

use crate::expected;
use crate::playing::{ACCOUNT, CALL, PUBLIC, Playing};
use crate::scenarios::Plan;
use crate::world::{World, on_both};

/// The scenario in which nobody is on duty: callers leave a message.
async fn nobody_is_there(world: World) -> Playing {
    let plan = Plan::without(|_| None);
    let case = plan.cases.iter().find(|case| case.scenario["id"] == "R04").unwrap();
    Playing::new(world, case).await
}

fn incoming(account: &str) -> Form {
    [("CallSid", CALL), ("AccountSid", account), ("From", "+441632960555"), ("To", "+441632960000")]
        .into_iter()
        .collect()
}

const VOICE: &str = "https://line.example.org/webhooks/twilio/voice";

/// H062 of the hostile inputs.
#[tokio::test]
async fn what_is_not_for_us_is_refused_and_changes_nothing() {
    on_both(async |world| {
        let playing = nobody_is_there(world).await;
        let other = incoming("AC99999999999999999999999999999999");
        assert_eq!(playing.posts_form(VOICE, &other, ("a", Some(""), &[])).await.0, 403, "another account");
        assert_eq!(playing.posts_form(VOICE, &incoming(""), ("b", Some(""), &[])).await.0, 403, "no account");
        let none: Form = std::iter::empty::<(String, String)>().collect();
        assert_eq!(playing.posts_form(VOICE, &none, ("c", Some(""), &[])).await.0, 403, "nothing at all");
        // What was signed for one address is none for another.
        let elsewhere = format!("{VOICE}?more=1");
        let form = incoming(ACCOUNT);
        let signature =
            twilio::signature::sign(twilio::signature::Algorithm::HmacSha1, "other token", &elsewhere, &form);
        assert_eq!(playing.posts_form(&elsewhere, &form, ("d", Some(&signature), &[])).await.0, 403);
        assert!(playing.scene.calls().await.is_empty());
    })
    .await;
}

/// H071 of the hostile inputs.
#[tokio::test]
async fn a_webhook_that_comes_again_gets_the_same_answer_and_does_nothing_more() {
    on_both(async |world| {
        let playing = nobody_is_there(world).await;
        let first = playing.posts_form(VOICE, &incoming(ACCOUNT), ("same", Some(""), &[])).await;
        let again = playing.posts_form(VOICE, &incoming(ACCOUNT), ("same", Some(""), &[])).await;
        assert!(first.1.contains("<Record"), "{}", first.1);
        assert_eq!(first, again);
        let told = expected::attribute(&first.1, "Record", "recordingStatusCallback").unwrap();
        let form: Form = [
            ("CallSid", CALL),
            ("AccountSid", ACCOUNT),
            ("RecordingSid", "RE1"),
            ("RecordingStatus", "completed"),
            ("RecordingDuration", "7"),
        ]
        .into_iter()
        .collect();
        let transcribed = expected::attribute(&first.1, "Record", "transcribeCallback").unwrap();
        // A transcript of 100 kB of HTML, before its recording; each thrice, and in the end once more.
        let html = "<script>alert(1)</script> & ".repeat(4000);
        let text: Form = [
            ("CallSid", CALL),
            ("AccountSid", ACCOUNT),
            ("TranscriptionStatus", "completed"),
            ("TranscriptionText", html.as_str()),
        ]
        .into_iter()
        .collect();
        for token in ["1", "2", "2"] {
            assert_eq!(playing.posts_form(&transcribed, &text, (token, Some(""), &[])).await.0, 204);
        }
        for token in ["3", "4", "4"] {
            assert_eq!(playing.posts_form(&told, &form, (token, Some(""), &[])).await.0, 204);
        }
        let mut mailed = Vec::new();
        for _ in 0..200 {
            mailed = playing.scene.mailed().await;
            if !mailed.is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(mailed.len(), 1);
        assert!(mailed[0].contains("<script>alert(1)</script> &") && mailed[0].len() < 25_000);
        for token in ["5", "6"] {
            playing.posts_form(&told, &form, (token, Some(""), &[])).await;
            playing.posts_form(&transcribed, &text, (token, Some(""), &[])).await;
        }
        assert_eq!(playing.scene.mailed().await.len(), 1);
        assert_eq!(playing.scene.calls().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn h067_callers_without_a_number_are_withheld_and_not_one_caller() {
    on_both(async |world| {
        let playing = nobody_is_there(world).await;
        for (number, from) in ["anonymous", "+266696687", "Restricted", ""].iter().enumerate() {
            let call = format!("CA{number}");
            let form: Form =
                [("CallSid", call.as_str()), ("AccountSid", ACCOUNT), ("From", from), ("To", "+441632960000")]
                    .into_iter()
                    .collect();
            let (status, document) = playing.posts_form(VOICE, &form, (&call, Some(""), &[])).await;
            assert_eq!(status, 200);
            assert!(document.contains("<Record"), "{from}: {document}");
        }
        // Calls are written down behind what is answered.
        let mut calls = Vec::new();
        for _ in 0..500 {
            calls = playing.scene.calls().await;
            if calls.len() == 4 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(calls.len(), 4, "each is a call of its own");
        for call in &calls {
            assert!(!call.caller.contains("266696687"), "{}", call.caller);
            assert!(!call.caller.to_lowercase().contains("restricted"), "{}", call.caller);
        }
    })
    .await;
}

#[tokio::test]
async fn h068_what_a_group_says_is_text_whatever_it_says() {
    let hostile = "</Say><Dial>+882130000000</Dial><Say> & ]]> <!-- \u{1f600} \" '";
    on_both(async |world| {
        let mut plan = Plan::without(|_| None);
        let case = plan.cases.iter_mut().find(|case| case.scenario["id"] == "R04").unwrap();
        for greeting in ["greeting", "voicemail_greeting"] {
            case.scenario["group"][greeting] = hostile.into();
        }
        let playing = Playing::new(world, case).await;
        let (status, document) = playing.posts_form(VOICE, &incoming(ACCOUNT), ("a", Some(""), &[])).await;
        assert_eq!(status, 200);
        let parsed = roxmltree::Document::parse(&document).unwrap();
        let verbs: Vec<&str> = parsed.root_element().children().map(|verb| verb.tag_name().name()).collect();
        assert_eq!(verbs, ["Say", "Say", "Record"], "{document}");
        let said: Vec<&str> =
            parsed.descendants().filter(|verb| verb.has_tag_name("Say")).filter_map(|verb| verb.text()).collect();
        assert_eq!(said, [hostile, hostile]);
    })
    .await;
}

#[tokio::test]
async fn h070_a_recording_elsewhere_than_at_twilio_is_refused_and_fetched_from_nowhere() {
    on_both(async |world| {
        let playing = nobody_is_there(world).await;
        let first = playing.posts_form(VOICE, &incoming(ACCOUNT), ("a", Some(""), &[])).await;
        let told = expected::attribute(&first.1, "Record", "recordingStatusCallback").unwrap();
        for (token, url) in [
            "http://169.254.169.254/latest/meta-data",
            "https://api.twilio.com/2010-04-01/Accounts/AC99999999999999999999999999999999/Recordings/RE1",
            "https://api.twilio.com.evil.example/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Recordings/RE1",
        ]
        .iter()
        .enumerate()
        {
            let form: Form = [
                ("CallSid", CALL),
                ("AccountSid", ACCOUNT),
                ("RecordingSid", "RE1"),
                ("RecordingUrl", url),
                ("RecordingStatus", "completed"),
                ("RecordingDuration", "7"),
            ]
            .into_iter()
            .collect();
            let token = format!("b{token}");
            assert_eq!(playing.posts_form(&told, &form, (&token, Some(""), &[])).await.0, 400, "{url}");
        }
        assert_eq!(playing.scene.mailed().await, Vec::<String>::new(), "there is no message");
    })
    .await;
}

/// H065 of the hostile inputs.
#[tokio::test]
async fn callbacks_of_calls_that_nobody_knows_and_half_empty_ones_are_harmless() {
    on_both(async |world| {
        let mut playing = nobody_is_there(world).await;
        for (path, has_document) in [
            ("dial-result?call=CAnobody&leg=1", true),
            ("voice/screen?call=CAnobody&leg=1", true),
            ("voice/keys?call=CAnobody&leg=1", true),
            ("voice/next?call=CAnobody", true),
            ("recorded?call=CAnobody", true),
            ("voice/screen", true),
            ("voice/screen?leg=x", true),
            ("voice/status?call=CAnobody&leg=300", false),
            ("recording?call=CAnobody", false),
            ("transcription", false),
            ("voice/left?call=CAnobody&leg=1", true),
            ("voice/wait?call=CAnobody", true),
        ] {
            let url = format!("{PUBLIC}/webhooks/twilio/{path}");
            for fields in [
                &[][..],
                &[("DialCallStatus", ""), ("Digits", "")],
                &[("CallStatus", "completed"), ("RecordingSid", ""), ("TranscriptionText", "")],
            ] {
                let (status, body) = playing.posts(&url, fields).await;
                assert_eq!(status, if has_document { 200 } else { 204 }, "{path} {fields:?}: {body}");
                assert!(!has_document || body.contains("<Hangup/>") || path.contains("wait"), "{path}: {body}");
            }
        }
        // Without a number, nobody knows whom it is for.
        let (status, body) = playing.posts(VOICE, &[("CallSid", CALL)]).await;
        assert_eq!(status, 200);
        assert!(body.contains("<Say>Sorry") && body.contains("<Hangup/>"), "{body}");
        let (_, body) =
            playing.posts(VOICE, &[("CallSid", "CAx"), ("From", "Anonymous"), ("To", "not a number")]).await;
        assert!(body.contains("not in use"), "{body}");
        assert!(playing.scene.calls().await.is_empty());
    })
    .await;
}

//! Phones by script, against an exchange that answers each event as a table says.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use phone::script::Script;
use phone::{PhoneError, Settings, Style, by_script};
use tokio::net::TcpListener;
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::Message;

const OPEN: &str = r#"0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#;

/// What the exchange says once the phone is registered, and what it answers to each frame (by its beginning).
type Part = &'static [(&'static str, &'static [&'static str])];

const CALLS_0002: Part = &[
    ("40", &["40{}", r#"42["registered","0001"]"#]),
    (r#"42["make_call","0002"]"#, &[r#"42["callee_ringing"]"#, r#"42["call_connected"]"#]),
    (r#"42["make_call""#, &[r#"42["call_not_possible","no_recipient"]"#]),
    (r#"42["call_accepted"]"#, &[r#"42["talk","good morning"]"#]),
    (
        r#"42["talk","bye"]"#,
        &[r#"42["talk","good bye"]"#, r#"42["call_ended"]"#, r#"42["call_charged",{"seconds":1,"cost":"0.05"}]"#],
    ),
    (r#"420["call_blocking",{"action":"add","number":"0003"}]"#, &[r#"430[["0003"]]"#]),
    (r#"421["call_blocking""#, &[r#"431[{"error":"0004 is no number"}]"#]),
];

const RINGS: Part = &[
    ("40", &["40{}", r#"42["registered","0001"]"#, r#"42["call_request","0002"]"#]),
    (r#"42["call_accepted"]"#, &[r#"42["call_connected"]"#]),
    (r#"42["dtmf","9"]"#, &[r#"42["replaced"]"#]),
];

const REFUSES: Part = &[("40", &[r#"44{"message":"Invalid phone secret"}"#])];

/// Runs a script against an exchange that plays its part, and says how it ended and what the exchange heard.
async fn play(part: Part, script: &str) -> (Result<(), PhoneError>, Vec<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let exchange = tokio::spawn(async move {
        let mut line = accept_async(listener.accept().await.unwrap().0).await.unwrap();
        line.send(Message::text(OPEN)).await.unwrap();
        let mut heard = Vec::new();
        while let Some(Ok(Message::Text(frame))) = line.next().await {
            let answers =
                part.iter().find(|(begins, _)| frame.starts_with(begins)).map_or(&[][..], |(_, answers)| answers);
            heard.push(frame.to_string());
            for answer in answers {
                line.send(Message::text(*answer)).await.unwrap();
            }
        }
        heard
    });
    let secret = Some("a-secret-of-the-test".to_owned());
    let settings = Settings { number: "0001".to_owned(), url, secret, style: Style::Silent };
    let outcome = by_script(&settings, &Script::parse(script).unwrap()).await;
    (outcome, tokio::time::timeout(Duration::from_secs(5), exchange).await.unwrap().unwrap())
}

#[tokio::test]
async fn a_call_from_dial_tone_to_charge() {
    let script = "
        # a whole call
        wait registered
        off_hook
        wait dial_tone
        dial 0002
        wait ringing 5s
        wait connected
        expect \"good morning\" 5s
        say bye
        expect \"bye\"
        wait ended
        wait charged 5s
        on_hook
        block 0003
        off_hook
        dial 0009
        wait not_possible no_recipient
        wait unobtainable 1s";
    let (outcome, heard) = play(CALLS_0002, script).await;
    outcome.unwrap();
    assert_eq!(
        heard,
        [
            r#"40{"phoneNumber":"0001","token":"a-secret-of-the-test"}"#,
            r#"42["make_call","0002"]"#,
            r#"42["call_accepted"]"#,
            r#"42["talk","bye"]"#,
            r#"420["call_blocking",{"action":"add","number":"0003"}]"#,
            r#"42["make_call","0009"]"#,
            "41",
        ]
    );
}

#[tokio::test]
async fn a_script_that_ends_in_a_call_hangs_up() {
    let (outcome, heard) = play(RINGS, "wait ringing\nanswer\nwait connected\ndtmf 12").await;
    outcome.unwrap();
    let after = heard.iter().skip(1).map(String::as_str).collect::<Vec<_>>();
    assert_eq!(
        after,
        [
            r#"42["call_acknowledged","0002"]"#,
            r#"42["call_accepted"]"#,
            r#"42["dtmf","1"]"#,
            r#"42["dtmf","2"]"#,
            r#"42["hang_up"]"#,
            "41"
        ]
    );
}

#[tokio::test]
async fn failures_say_which_line_and_why() {
    for (part, script, told) in [
        (CALLS_0002, "wait registered\n\nanswer", "line 3: answer: the phone does not ring (on hook"),
        (CALLS_0002, "wait connected 200ms", "line 1: wait connected 200ms: not within 200 ms (on hook"),
        (CALLS_0002, "wait registered\ndial 0002", "line 2: dial 0002: there is no dial tone"),
        (CALLS_0002, "wait registered\nsay hello", "line 2: say hello: nobody hears it"),
        (CALLS_0002, "wait registered\ndtmf 1", "line 2: dtmf 1: there is no call"),
        (CALLS_0002, "wait registered\npress 1", "line 2: press 1: the handset is down"),
        (
            CALLS_0002,
            "wait registered\noff_hook\ndial 0002\nexpect \"good morning\"\nexpect \"good morning\" 200ms",
            "line 5: expect \"good morning\" 200ms: not within 200 ms (off hook, heard: connection; last line: good morning)",
        ),
        (CALLS_0002, "off_hook\ndial 0009\nwait connected 200ms", "heard: number unobtainable"),
        (CALLS_0002, "wait registered\nblock 0003\nblock 0004", "line 3: block 0004: 0004 is no number"),
        (
            RINGS,
            "wait ringing\nanswer\nwait connected\ndtmf 9\nsleep 300ms\nsay hello",
            "line 6: say hello: the phone has ended: another phone",
        ),
        (
            RINGS,
            "wait ringing\nanswer\nwait connected\ndtmf 9\nwait ended 5s",
            "line 5: wait ended 5s: the phone has ended: another phone",
        ),
        (REFUSES, "wait registered", "the given secret is wrong: it is not that of the line 0001"),
    ] {
        let (outcome, _) = play(part, script).await;
        let error = outcome.expect_err(script).to_string();
        assert!(error.contains(told), "{script}: {error}");
    }
    let (outcome, _) = play(RINGS, "wait ringing\nanswer\nwait connected\ndtmf 9\nwait replaced 5s").await;
    outcome.unwrap();
}

#[tokio::test]
async fn nobody_there_is_told_with_what_to_do() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let settings = Settings { number: "0001".to_owned(), url: url.clone(), secret: None, style: Style::Silent };
    let error = by_script(&settings, &Script::parse("").unwrap()).await.unwrap_err().to_string();
    assert!(error.starts_with(&format!("{} cannot be reached", url)), "{error}");
    assert!(error.contains("Start one with tollgate serve or tollgate demo"), "{error}");
}

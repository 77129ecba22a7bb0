//! Twilio's own clients take the double for Twilio.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::json;
use twilio::twiml::{CallResponse, Conference, ConferenceEvent, Dial, Joined, Record};

use crate::desk::{ANN, BOB, CALLER, Desk, GROUP, SID, TOKEN, url};

const STOPPED: &str = "+441632960666";
const LANDLINE: &str = "+441632960777";

fn named(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: `make test` does it"))
}

fn script(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(name)
}

/// Has a client do everything that we do: there is a message, somebody is in a conference, Ann takes calls, Bob's phone rings.
async fn works(mut command: Command) {
    let desk = Desk::open().await;
    let room = Conference { told: Some((url("/room"), vec![ConferenceEvent::Join])), ..Conference::new("room") };
    let room = Dial::new(Joined::Conference(Box::new(room)), url("/dial-result"));
    desk.answers("/voice", &CallResponse::new().with(Record::new(url("/recorded"))).to_xml());
    desk.answers("/recorded", &CallResponse::new().with(room).to_xml());
    desk.answers("/heard", "<Response><Say>Announced.</Say></Response>").answers("/dial-result", "<Response/>");
    desk.answers("/sms", "<Response/>");
    desk.double.writes(STOPPED, GROUP, " stop ").await.unwrap();
    desk.double.refuses(LANDLINE, 21614, "'To' number is not a valid mobile number");
    let caller = desk.double.calls(CALLER, GROUP).await.unwrap().leaves_message(b"RIFF", 3).await.unwrap();
    let recording = desk.double.recordings()[0].sid.clone();
    let conference = desk.told("/room")[0].conference.clone().unwrap().sid;
    let told = json!({
        "url": desk.at.as_str(), "sid": SID, "token": TOKEN, "own": GROUP, "ann": ANN, "bob": BOB,
        "recording": recording, "conference": conference, "call": caller.call(), "heard": url("/heard").as_str(),
        "callback": url("/leg").as_str(), "stopped": STOPPED, "landline": LANDLINE,
    });
    let ann = desk.double.clone();
    let ann = tokio::spawn(async move { ann.rings(ANN).await?.answers().await });
    let output = tokio::task::spawn_blocking(move || run(&mut command, &told.to_string())).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "every path works\n");
    ann.await.unwrap().unwrap().becomes("completed").await.unwrap();
    assert_eq!(desk.double.ringing(), [] as [String; 0]);
    assert_eq!(desk.double.recordings().len(), 0);
    assert_eq!(desk.double.messages()[0].body, "Grüße & more");
    assert_eq!(desk.double.number(GROUP).unwrap().voice_url, Some(url("/heard")));
    assert_eq!(caller.status(), "completed");
    desk.double.let_pass(0).await;
    assert_eq!(desk.told("/heard")[0].call.as_deref(), Some(caller.call()));
    desk.no_faults();
}

fn run(command: &mut Command, input: &str) -> Output {
    let mut peer = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    peer.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    peer.wait_with_output().unwrap()
}

#[tokio::test]
async fn the_client_for_python_works() {
    let mut command = Command::new(named("TOLLGATE_TEST_PYTHON"));
    command.arg(script("client.py"));
    works(command).await;
}

#[tokio::test]
async fn the_client_for_node_works() {
    // A module looks for others in the folders above its own.
    let (folder, modules) = (tempfile::tempdir().unwrap(), named("TOLLGATE_TEST_NODE"));
    std::fs::copy(script("client.js"), folder.path().join("client.js")).unwrap();
    std::fs::write(folder.path().join("package.json"), r#"{"type": "module"}"#).unwrap();
    std::os::unix::fs::symlink(format!("{modules}/node_modules"), folder.path().join("node_modules")).unwrap();
    let mut command = Command::new("node");
    command.arg(folder.path().join("client.js"));
    works(command).await;
}

//! Stripe's own package and ours take each other's signatures, and it takes the double for Stripe.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use domain::time::Instant;
use serde_json::{Value, json};
use stripe::signature::{NotStripe, Secrets, sign};
use stripe_double::Double;

const SECRET: &str = "whsec_of_both";
const SECOND: i64 = 1_772_442_000;

/// Bodies that are signed: small, with letters of all kinds, odd, and large.
fn bodies() -> Vec<String> {
    let of =
        |id: &str, text: &str| json!({"id": id, "object": "event", "data": {"object": {"name": text}}}).to_string();
    let pretty = "{\n  \"id\": \"evt_test_webhook\",\n  \"object\": \"event\"\n}".to_owned();
    vec![of("evt_1", "Pia"), of("evt_2", "Grüße, 日本, \u{1F4DE}, t=1,v1=2"), of("evt_3", &"x".repeat(100_000)), pretty]
}

fn run(told: &Value) -> Value {
    let modules = std::env::var("TOLLGATE_TEST_NODE").expect("TOLLGATE_TEST_NODE is not set: `make test` does it");
    // A module looks for others in the folders above its own.
    let folder = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/client.js");
    std::fs::copy(script, folder.path().join("client.js")).unwrap();
    std::fs::write(folder.path().join("package.json"), r#"{"type": "module"}"#).unwrap();
    std::os::unix::fs::symlink(format!("{modules}/node_modules"), folder.path().join("node_modules")).unwrap();
    let mut command = Command::new("node");
    command.arg(folder.path().join("client.js"));
    let mut peer = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    peer.stdin.take().unwrap().write_all(told.to_string().as_bytes()).unwrap();
    let output = peer.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn stripes_own_package_and_ours_take_each_others_signatures() {
    let double = Double::start("sk_test_package").await.unwrap();
    let signed =
        bodies().into_iter().map(|body| json!({"header": sign(SECRET, SECOND, body.as_bytes()), "body": body}));
    let told = json!({"url": double.url(), "key": "sk_test_package", "secret": SECRET, "second": SECOND,
        "signed": signed.collect::<Vec<_>>(), "bodies": bodies()});
    let done = tokio::task::spawn_blocking(move || run(&told)).await.unwrap();
    let done = done.as_array().unwrap();
    assert_eq!(done.len(), bodies().len());
    let (secrets, now) = (Secrets::new([SECRET]), Instant::clamped(SECOND * 1000));
    for signed in done {
        let (body, header) = (signed["body"].as_str().unwrap(), signed["header"].as_str());
        assert_eq!(secrets.check(header, body.as_bytes(), now), Ok(()), "{header:?}");
        let longer = format!("{body} ");
        assert_eq!(secrets.check(header, longer.as_bytes(), now), Err(NotStripe::OtherSignature));
    }
    assert_eq!(double.pages()[0].reference, "of-the-package");
}

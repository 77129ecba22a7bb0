//! schemathesis makes requests from the OpenAPI document, good ones and bad ones, and no answer may be a server error; nor may one of what stands
//! in no document.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use reqwest::Method;

use crate::run::Folder;
use crate::server::Server;
use crate::visitor::Visitor;

/// How long requests are made up, in seconds: more than examples and borders take.
fn seconds(usual: u32) -> String {
    if std::env::var_os("TOLLGATE_SOAK").is_some() { "900".to_owned() } else { usual.to_string() }
}

/// Tries the operations of the document as whoever these headers say.
fn tried(folder: &Folder, server: &Server, headers: &[String], (phases, time): (&str, String)) -> Output {
    let python = std::env::var("TOLLGATE_TEST_PYTHON")
        .expect("TOLLGATE_TEST_PYTHON names a Python that has schemathesis: `make test` sets one up");
    let mut command = Command::new(python);
    command.current_dir(folder.path()).args(["-m", "schemathesis.cli", "run"]);
    command.arg(format!("{}/api/v1/openapi.json", server.address));
    command.args(headers.iter().flat_map(|header| ["--header", header.as_str()]));
    // Its answer has no end.
    command.args(["--exclude-path", "/api/v1/live"]);
    command.args(["--checks", "not_a_server_error", "--phases", phases, "--max-examples", "5"]);
    command.args(["--max-time", &time, "--continue-on-failure", "--warnings", "off", "--no-color", "--seed", "4"]);
    command.output().unwrap()
}

/// How many operations a run has reached, of which none may have failed.
fn reached(who: &str, run: &Output) -> usize {
    let told = String::from_utf8_lossy(&run.stdout);
    let line = |part: &str| told.lines().find(|line| line.contains(part)).unwrap_or_default().trim().to_owned();
    println!("schemathesis as {who}: {}, {}", line("Tested:"), line(" generated, "));
    assert!(run.status.success(), "{who}: {told}{}", String::from_utf8_lossy(&run.stderr));
    line("Tested:").split_whitespace().last().and_then(|count| count.parse().ok()).unwrap_or_default()
}

#[tokio::test]
async fn no_request_that_the_document_allows_or_forbids_is_a_server_error() {
    let folder = Folder::new();
    let server = Server::demo(&folder, &folder.sqlite(), &[]);
    let mut customer = Visitor::of(&server);
    assert_eq!(customer.sign_in("lantern", "lantern").await, 200);
    let of_customer = [format!("Cookie: {}", customer.cookie.as_ref().unwrap()), format!("Origin: {}", server.address)];
    let of_owner = [format!("Authorization: Bearer {}", server.key)];
    let (_, document) = server.get("/api/v1/openapi.json").await;
    let operations = document["paths"].as_object().unwrap().values().map(|path| path.as_object().unwrap());
    let methods = ["get", "put", "post", "delete", "patch"];
    let all = operations.flat_map(|path| path.keys()).filter(|key| methods.contains(&key.as_str())).count();
    let (folder, server) = (&folder, &server);
    let reached: Vec<usize> = std::thread::scope(|scope| {
        // Of those who may little, most requests end at the guard: less time is enough to reach them all.
        let runs = [
            ("owner", &of_owner[..], ("examples,coverage,fuzzing", seconds(45))),
            ("customer", &of_customer[..], ("coverage,fuzzing", seconds(25))),
            ("nobody", &[][..], ("coverage,fuzzing", seconds(25))),
        ];
        let runs = runs.map(|(who, headers, how)| (who, scope.spawn(move || tried(folder, server, headers, how))));
        runs.map(|(who, run)| reached(who, &run.join().unwrap())).to_vec()
    });
    assert!(reached[0] > 130 && reached[0] <= all, "{reached:?} of {all} operations");
    println!("{reached:?} of {all} operations");
    let books = folder.json(&["check", "--json", "--database-url", &folder.sqlite()]);
    assert_eq!(books["faults"].as_array().map(Vec::len), Some(0), "the books are right all the same: {books}");
}

/// The addresses of what the document does not have: those of webhooks as they stand in the source, pages, and what is served as it is.
fn outside_of_the_document() -> BTreeSet<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = BTreeSet::new();
    for source in ["twilio/src/switch/routes.rs", "twilio/src/switch/texts.rs", "stripe/src/routes.rs"] {
        let text = std::fs::read_to_string(crates.join(source)).unwrap();
        let named = text.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next());
        found.extend(named.map(str::to_owned));
    }
    assert!(found.len() >= 15, "{found:?}");
    let others = [
        "/",
        "/health",
        "/docs",
        "/phone",
        "/sign-in",
        "/reset",
        "/reset/tgt_0",
        "/join/tgt_0",
        "/setup/tgt_0",
        "/swap/tgt_0",
        "/socket.io/",
        "/socket.io/?EIO=4&transport=polling",
        "/socket.io/?EIO=4&transport=websocket",
        "/socket.io/?EIO=x",
        "/calendars/tgt_0.ics",
        "/index.html",
        "/assets/none.js",
        "/portal",
        "/api/v1",
        "/api/v1/live",
        "/..%2f..%2fetc/passwd",
        "/%ff%fe",
        "//",
        "/api/v1/customers/%00",
        "/api/v1//customers",
    ];
    found.extend(others.map(str::to_owned));
    found
}

#[tokio::test]
async fn nothing_outside_of_the_document_is_a_server_error() {
    let folder = Folder::new();
    folder.write("token", "12345678901234567890123456789012\n");
    folder.write("key", "sk_made_up\n");
    folder.write("secret", "made_up\n");
    let configuration = "public_url = \"https://tollgate.example.org\"\n\
        [twilio]\naccount = \"AC0123456789abcdef0123456789abcdef\"\nauth_token_file = \"token\"\nrest_url = \"http://127.0.0.1:9\"\n\
        [stripe]\nsecret_key_file = \"key\"\nwebhook_secret_file = \"secret\"\nrest_url = \"http://127.0.0.1:9\"\n";
    folder.write("tollgate.toml", configuration);
    let server = Server::open(&folder, &folder.sqlite(), &[]);
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let client = client.timeout(Duration::from_secs(20)).build().unwrap();
    let mut asked = 0;
    for path in outside_of_the_document() {
        for method in
            [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS, Method::TRACE]
        {
            for (media, body) in [
                ("", &b""[..]),
                ("application/json", b"{\"type\": [null, {\"id\": -1}]}"),
                (
                    "application/x-www-form-urlencoded",
                    b"CallSid=CA%00&=&AccountSid=AC0123456789abcdef0123456789abcdef&%ff",
                ),
                ("application/x-www-form-urlencoded; charset=\"", b"\xff\xfe\0"),
                ("text/plain", b"40{}\x1e2probe"),
            ] {
                let mut request =
                    client.request(method.clone(), format!("{}{path}", server.address)).body(body.to_vec());
                if !media.is_empty() {
                    request = request.header("content-type", media);
                }
                let request = request.header("x-twilio-signature", "AAAA").header("stripe-signature", "t=1,v1=00");
                let answer = request.send().await.unwrap_or_else(|error| panic!("{method} {path}: {error:?}"));
                assert!(!answer.status().is_server_error(), "{method} {path} {media}: {}", answer.status());
                let is_webhook = path.starts_with("/webhooks/") && method == Method::POST;
                assert!(!is_webhook || answer.status().is_client_error(), "{path}: {}", answer.status());
                asked += 1;
            }
        }
    }
    println!("{asked} requests outside of the document");
}

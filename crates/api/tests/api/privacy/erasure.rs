//! Erasing somebody: what names it goes, what only adds up stays.

use engine::Role;
use engine::recordings::RecordingKind;
use reqwest::Method;
use serde_json::{Value, json};

use super::{answered, called};
use crate::recordings;
use crate::service::{Reply, Service, on_both, sent};

const NUMBER: &str = "+442079460018";

async fn erase(service: &Service, path: &str, dry_run: bool) -> Reply {
    service.post(&format!("{path}/erasure"), json!({"dry_run": dry_run})).await
}

/// What is still open, by name.
fn open(refused: &Reply) -> Vec<&str> {
    assert_eq!((refused.status, refused.problem()), (409, "wrong-state"), "{}", refused.text);
    let mut open: Vec<&str> =
        refused.body["open"].as_array().unwrap().iter().map(|open| open["what"].as_str().unwrap()).collect();
    open.sort_unstable();
    open
}

/// How many records of a kind are erased, or kept.
fn count(reply: &Reply, what: &str) -> i64 {
    let all = ["erased", "kept"].iter().flat_map(|list| reply.body[list].as_array().unwrap());
    all.filter(|part| part["what"] == what).map(|part| part["records"].as_i64().unwrap()).sum()
}

async fn books_are_right(service: &Service) -> Value {
    let checked = service.post("/books/check", json!({})).await;
    assert_eq!(checked.body["faults"], json!([]), "{}", checked.text);
    checked.body
}

/// A postpaid customer with a line, a recorded call, a message left, an item, a note: the ids of customer and line.
async fn lives(service: &Service) -> (String, String) {
    let (customer, line) = service.subscriber("Ada Lovelace", "0001").await;
    let edit = json!({"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.org", "phone": "+44 7700 900123",
        "address": {"street": "1 Byron Row", "city": "London"}, "external_reference": "crm-ada", "state": "active"});
    let edited = service.request(Method::PUT, &format!("/customers/{customer}")).header("if-match", "\"1\"");
    assert_eq!(sent(edited.json(&edit)).await.status, 200);
    service.made("/calls", json!({"line": line, "to": NUMBER, "minutes": 3, "origin": "pbx:1"})).await;
    recordings::keep(service, RecordingKind::Voicemail, (&line, "pbx:left"), b"It is me").await;
    recordings::keep(service, RecordingKind::Call, (&line, "pbx:1"), b"Good evening").await;
    let asks = json!({"amount": "5.00", "note": "From Ada"});
    let request = service.made(&format!("/customers/{customer}/top-up-requests"), asks).await;
    let declined = service.request(Method::PUT, &format!("/top-up-requests/{request}")).header("if-match", "\"1\"");
    assert_eq!(sent(declined.json(&json!({"state": "declined"}))).await.status, 200);
    (customer, line)
}

/// Pays what a customer owes.
async fn pays(service: &Service, customer: &str) {
    let balance = service.get(&format!("/customers/{customer}/balance")).await.body["balance"].clone();
    if let Some(owed) = balance.as_str().unwrap().strip_prefix('-') {
        service.made("/payments", json!({"customer": customer, "amount": owed, "method": "transfer"})).await;
    }
}

/// H107 of the hostile inputs.
#[tokio::test]
async fn a_customer_is_erased_when_nothing_is_open_and_the_books_stay() {
    on_both(async |service| {
        let (customer, line) = lives(service).await;
        let other = service.customer("Ada Lovelace").await;
        let path = format!("/customers/{customer}");
        service.comes("2026-11-01T00:00:00Z").await;
        let invoice = service.invoiced(&customer).await;
        let refused = erase(service, &path, true).await;
        let found = open(&refused);
        for what in ["balance_in_usd", "open_lines", "periods_not_billed", "unpaid_invoices"] {
            assert!(found.contains(&what), "{what}: {found:?}");
        }
        let version = service.get(&format!("/lines/{line}")).await.body["version"].clone();
        let close = service.request(Method::POST, &format!("/lines/{line}/close"));
        let closed = sent(close.header("if-match", format!("\"{version}\"")).json(&json!({}))).await;
        assert_eq!(closed.status, 200, "{}", closed.text);
        assert!(!open(&erase(service, &path, false).await).contains(&"open_lines"));
        pays(service, &customer).await;
        let sums = books_are_right(service).await;
        let calls = service.get(&format!("/customers/{customer}/calls")).await.body["items"].clone();
        let paper = service.get(&format!("/invoices/{invoice}.pdf")).await.bytes;

        let planned = erase(service, &path, true).await;
        assert_eq!(planned.status, 200, "{}", planned.text);
        assert!(service.get(&path).await.text.contains("Lovelace"), "nothing is done yet");
        for (what, least) in [("customers", 1), ("calls", 1), ("recordings", 2), ("documents", 1), ("audit", 3)] {
            assert!(count(&planned, what) >= least, "{what}: {}", planned.text);
        }
        let done = erase(service, &path, false).await;
        let text = |reply: &Reply, list: &str| reply.body[list].to_string();
        assert_eq!((text(&done, "erased"), text(&done, "kept")), (text(&planned, "erased"), text(&planned, "kept")));

        let shown = service.get(&path).await;
        assert_eq!((&shown.body["name"], &shown.body["state"]), (&json!("Erased"), &json!("closed")), "{}", shown.text);
        let left = service.get(&format!("{path}/personal-data")).await.body["held"].clone();
        for (table, rows) in left.as_object().unwrap() {
            let text = rows.to_string();
            // What was issued stays as it was.
            let names_her = table != "documents"
                && ["Ada", "Lovelace", "ada@", "Byron", "900123", "9460018", "crm-ada"]
                    .iter()
                    .any(|name| text.contains(name));
            assert!(!names_her, "{table}: {text}");
        }
        for gone in ["recordings", "transcripts", "jobs", "flows"] {
            assert_eq!(left[gone], json!([]), "{gone}");
        }
        assert_eq!(service.get("/recordings").await.body["items"], json!([]));
        assert_eq!(books_are_right(service).await, sums, "the sums are what they were");
        let after = service.get(&format!("/customers/{customer}/calls")).await.body["items"].clone();
        assert_eq!(after.as_array().unwrap().len(), calls.as_array().unwrap().len());
        for (before, after) in calls.as_array().unwrap().iter().zip(after.as_array().unwrap()) {
            assert_eq!((&before["price"], &before["answered_at"]), (&after["price"], &after["answered_at"]), "{after}");
            assert_eq!((&after["from"], &after["to"]), (&json!(""), &json!("")), "{after}");
        }
        assert_eq!(service.get(&format!("/invoices/{invoice}.pdf")).await.bytes, paper);
        assert!(service.get(&format!("/customers/{other}")).await.text.contains("Lovelace"), "nobody else is touched");
        // What such calls would cost is not known any more: they keep their prices.
        let month = json!({"from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z"});
        let rerating = service.post("/reratings", month).await;
        assert_eq!(rerating.body["changed"], json!(0), "{}", rerating.text);

        let again = erase(service, &path, false).await;
        assert_eq!((again.status, &again.body["erased"]), (200, &json!([])), "{}", again.text);
        let trail = service.get(&format!("/audit?subject={customer}")).await;
        assert_eq!(trail.body["items"][0]["action"], "person.erase", "{}", trail.text);
    })
    .await;
}

#[tokio::test]
async fn an_agent_is_erased_when_its_shifts_are_over() {
    on_both(async |service| {
        let ann =
            json!({"name": "Ann Onymous", "email": "ann@example.org", "phones": ["+447700900124"], "number": "0700"});
        let ann = service.made("/agents", ann).await;
        let group = service.made("/groups", json!({"name": "Night line"})).await;
        let shift = json!({"agent": ann, "days": [0], "hours": "22:00-06:00"});
        let shift = service.made(&format!("/groups/{group}/shifts"), shift).await;
        let path = format!("/agents/{ann}");
        assert_eq!(open(&erase(service, &path, false).await), ["shifts"]);
        assert_eq!(sent(service.request(Method::DELETE, &format!("/shifts/{shift}"))).await.status, 204);
        let done = erase(service, &path, false).await;
        assert_eq!((done.status, count(&done, "agents")), (200, 1), "{}", done.text);
        let shown = service.get(&path).await;
        assert_eq!((&shown.body["name"], &shown.body["phones"]), (&json!("Erased"), &json!([])), "{}", shown.text);
        let left = service.get(&format!("{path}/personal-data")).await.text;
        for name in ["Onymous", "ann@", "900124", "0700"] {
            assert!(!left.contains(name), "{name}: {left}");
        }
        // Her number is free.
        service.made("/agents", json!({"name": "Bea", "number": "0700"})).await;
        assert_eq!(erase(service, &path, false).await.body["erased"], json!([]));
        books_are_right(service).await;
    })
    .await;
}

#[tokio::test]
async fn a_member_is_erased_with_its_sign_in_unless_somebody_else_needs_it() {
    on_both(async |service| {
        let auditor = service.person(&[Role::Auditor], &[], None).await;
        let path = format!("/members/{}", auditor.user);
        assert_eq!(erase(service, &path, true).await.status, 200);
        assert_eq!(auditor.get("/audit").await.status, 200, "nothing is done yet");
        let done = erase(service, &path, false).await;
        assert_eq!((done.status, count(&done, "users"), count(&done, "memberships")), (200, 1, 1), "{}", done.text);
        assert_eq!(auditor.get("/audit").await.status, 401);
        let trail = service.get("/audit?limit=500").await.text;
        assert!(!trail.contains(&auditor.sign_in), "{trail}");
        assert_eq!(service.get(&path).await.status, 404);
        assert_eq!(service.signs_in(&auditor.sign_in, crate::person::PASSWORD).await.status, 401);
        assert_eq!(erase(service, &path, false).await.status, 404);

        // Who is somebody elsewhere stays that.
        let user = service.user("Eve").await;
        for by in [&service.owner, &service.foreigner] {
            service.member(by, &user, crate::person::grants(&[Role::Auditor], &[], None)).await;
        }
        let done = erase(service, &format!("/members/{}", user.id), false).await;
        assert_eq!((done.status, count(&done, "users"), count(&done, "memberships")), (200, 0, 1), "{}", done.text);
        assert_eq!(service.signs_in(&user.sign_in, crate::person::PASSWORD).await.status, 200);

        // Nobody erases who is above them, and a company keeps an owner.
        let owner = service.person(&[Role::Owner], &[], None).await;
        let admin = service.anonymous(Method::POST, &format!("/members/{}/erasure", owner.user));
        let refused = sent(admin.bearer_auth(service.key(Role::Admin)).json(&json!({"dry_run": false}))).await;
        assert_eq!((refused.status, refused.problem()), (403, "beyond-own-roles"), "{}", refused.text);
        let last = erase(service, &format!("/members/{}", owner.user), false).await;
        assert_eq!((last.status, last.problem()), (409, "last-owner"), "{}", last.text);
        assert_eq!(owner.get("/audit").await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_caller_of_groups_is_erased_by_its_number_and_what_is_counted_stays() {
    on_both(async |service| {
        let group = service.made("/groups", json!({"name": "Night line"})).await;
        let asked = service.post("/callers/personal-data", json!({"number": NUMBER})).await;
        let name = asked.body["person"]["groups"][0]["name"].as_str().unwrap().to_owned();
        let at = "2026-10-15T10:00:00Z";
        let mut running = answered(&group, "softswitch/flow_3", &name, at);
        (running.ended_at, running.result) = (None, "answered".to_owned());
        let somebody = answered(&group, "softswitch/flow_2", "caller-somebody", at);
        called(service, &[answered(&group, "softswitch/flow_1", &name, at), somebody, running.clone()]).await;
        recordings::message(service, &group, "softswitch/flow_1").await;
        let erase =
            async |dry_run: bool| service.post("/callers/erasure", json!({"number": NUMBER, "dry_run": dry_run})).await;
        assert_eq!(open(&erase(false).await), ["calls_in_progress"]);
        (running.ended_at, running.version) = (running.answered_at, 2);
        called(service, &[running]).await;
        let counted =
            async || service.get(&format!("/groups/{group}/statistics?until=2026-10-16T00:00:00Z")).await.body;
        let before = counted().await;
        let planned = erase(true).await;
        let done = erase(false).await;
        for reply in [&planned, &done] {
            let counts = (count(reply, "group_calls"), count(reply, "recordings"));
            assert_eq!((reply.status, counts), (200, (2, 1)), "{}", reply.text);
        }
        assert_eq!(counted().await, before);
        let calls = service.get(&format!("/groups/{group}/calls")).await;
        assert!(!calls.text.contains(&name) && calls.text.contains("caller-somebody"), "{}", calls.text);
        assert_eq!(service.get(&format!("/groups/{group}/messages")).await.body["items"], json!([]));
        assert_eq!(erase(false).await.body["erased"], json!([]));
        assert!(!service.get("/audit?limit=500").await.text.contains("9460018"));
    })
    .await;
}

//! What is held has an end, and what is counted has none.

use domain::time::Instant;
use engine::jobs::{Handler, Job, JobState, Retention};
use engine::recordings::{NewTranscript, understood};
use reqwest::Method;
use serde_json::{Value, json};

use super::{answered, called};
use crate::recordings;
use crate::service::{Service, on_both, sent};

/// Does what is done each day: what there was to say of it.
async fn a_day_begins(service: &Service, now: &str) -> String {
    service.comes(now).await;
    let job = Job {
        tenant: service.owner.tenant,
        id: "job_test".to_owned(),
        kind: Retention::KIND.to_owned(),
        key: "retention/test".to_owned(),
        payload: "{}".to_owned(),
        state: JobState::Running,
        due_at: None,
        attempts: 1,
        last_error: None,
        outcome: None,
        created_at: Instant::parse(now).unwrap(),
        finished_at: None,
    };
    Retention.run(&service.engine, &job).await.unwrap().unwrap_or_default()
}

/// Changes how long something is kept, for the whole tenant.
async fn keeps(service: &Service, retention: Value) {
    let shown = service.get("/tenant").await.body;
    let mut settings = shown["settings"].clone();
    settings["retention"] = retention;
    let edit = service.request(Method::PUT, "/tenant").header("if-match", format!("\"{}\"", shown["version"]));
    let edited = sent(edit.json(&json!({"name": shown["name"], "settings": settings}))).await;
    assert_eq!(edited.status, 200, "{}", edited.text);
}

/// Notes something of a call of which so many notes were made.
async fn notes(service: &Service, call: &str, version: i64, note: &str) {
    let put = service.request(Method::PUT, &format!("/group-calls/{call}/note"));
    let noted = sent(put.header("if-match", format!("\"{version}\"")).json(&json!({"note": note}))).await;
    assert_eq!(noted.status, 200, "{}", noted.text);
}

#[tokio::test]
async fn who_called_a_group_is_forgotten_in_time_and_the_counts_stay() {
    on_both(async |service| {
        let usual = service.made("/groups", json!({"name": "Day line"})).await;
        let brief = service.made("/groups", json!({"name": "Night line", "answering": {"calls_kept_days": 7}})).await;
        let gone = service.made("/groups", json!({"name": "Old line"})).await;
        let mut calls: Vec<_> = [(&usual, 3), (&brief, 600), (&gone, 2)]
            .iter()
            .flat_map(|(group, calls)| {
                (0..*calls).map(move |n| {
                    let minute = format!("2026-10-15T{:02}:{:02}:00Z", n / 60, n % 60);
                    answered(group, &format!("softswitch/{group}_{n}"), "caller-abcdefgh", &minute)
                })
            })
            .collect();
        // One of which it was never said that it is over, and one that is younger.
        calls.push(answered(&brief, "softswitch/lost", "caller-lostlost", "2026-10-15T11:00:00Z"));
        if let Some(lost) = calls.last_mut() {
            (lost.ended_at, lost.result) = (None, "running".to_owned());
        }
        calls.push(answered(&brief, "softswitch/young", "caller-abcdefgh", "2026-10-20T12:00:00Z"));
        called(service, &calls).await;
        let noted = format!("softswitch:{brief}_0");
        notes(service, &noted, 0, "Her name is Ada.").await;
        assert_eq!(sent(service.request(Method::DELETE, &format!("/groups/{gone}"))).await.status, 204);
        let counted = async |group: &str| {
            let span = "from=2026-10-10T00:00:00Z&until=2026-10-21T00:00:00Z";
            service.get(&format!("/groups/{group}/statistics?{span}")).await.body
        };
        let before = (counted(&usual).await, counted(&brief).await);
        assert_eq!((&before.0["calls"], &before.1["calls"]), (&json!(3), &json!(602)));

        assert_eq!(a_day_begins(service, "2026-10-23T00:00:00Z").await, "600 calls to groups forgotten");
        assert_eq!((counted(&usual).await, counted(&brief).await), before, "what is counted is as it was");
        let call = service.get(&format!("/group-calls/{noted}")).await.body;
        for (field, left) in [
            ("caller", json!("")),
            ("note", Value::Null),
            ("outcome", Value::Null),
            ("agent", Value::Null),
            ("language", Value::Null),
            ("attempts", json!([])),
            ("called_at", json!("2026-10-15T00:00:00Z")),
            ("answered_at", json!("2026-10-15T00:00:05Z")),
            ("result", json!("answered")),
        ] {
            assert_eq!(call[field], left, "{field}: {call}");
        }
        for young in ["softswitch:young", "softswitch:lost"] {
            assert_ne!(service.get(&format!("/group-calls/{young}")).await.body["caller"], json!(""), "{young}");
        }
        let kept = service.get(&format!("/group-calls/softswitch:{usual}_0")).await.body;
        assert_eq!((&kept["caller"], &kept["agent"]), (&json!("caller-abcdefgh"), &json!("agt_1")));
        // A note that somebody writes later ends in time, too.
        notes(service, &noted, 1, "Ada, again.").await;

        keeps(service, json!({"group_call_days": 30})).await;
        let said = a_day_begins(service, "2026-11-20T00:00:00Z").await;
        assert_eq!(said, "8 calls to groups forgotten", "three, two of no group, one noted late, one lost, one young");
        assert_eq!((counted(&usual).await, counted(&brief).await), before);
        let text = service.get(&format!("/groups/{brief}/calls?limit=500")).await.text;
        assert!(!text.contains("caller-") && !text.contains("Ada"), "{text}");
        assert_eq!(a_day_begins(service, "2026-11-21T00:00:00Z").await, "", "there is nothing left to forget");
        let trail = service.get(&format!("/audit?subject={brief}")).await;
        let expired: i64 = trail.body["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|line| line["action"] == "group_call.expire")
            .map(|line| line["after"]["calls"].as_i64().unwrap())
            .sum();
        assert_eq!(expired, 603, "{}", trail.text);
    })
    .await;
}

/// Imports so many calls of the line 0001, all to Britain but one: the 300th leads to France.
async fn imports(service: &Service, calls: usize) {
    let rows: String = (0..calls)
        .map(|n| {
            let (to, minute) = (if n == 299 { "+33140205050" } else { "+442079460018" }, n % 60);
            let (from, until) = (format!("2026-10-03 09:{minute:02}:00"), format!("2026-10-03 09:{minute:02}:30"));
            format!("\"0001\",\"0001\",\"{to}\",\"out\",\"\",\"SIP/1\",\"SIP/2\",\"Dial\",\"\",\"{from}\",\"{from}\",\"{until}\",30,30,\"ANSWERED\",\"DOCUMENTATION\",\"1795166377.{n}\",\"\"\n")
        })
        .collect();
    let query = "/imports?format=asterisk_csv&customer_by=accountcode";
    let imported = sent(service.request(Method::POST, query).body(rows)).await;
    let summary = &imported.body["summary"];
    assert_eq!((&summary["rated"], &summary["unrated"]), (&json!(calls - 1), &json!(1)), "{}", imported.text);
}

/// A customer with the line 0001, on a plan by a deck that knows Britain alone: the customer's id.
async fn by_deck(service: &Service) -> String {
    let deck = service.made("/decks", json!({"name": "World", "currency": "USD"})).await;
    let plan = json!({"name": "Deck only", "currency": "USD", "monthly_fee": "0", "deck": deck, "unlisted": "refuse",
                      "rate": {"price_per_minute": "0.05"}});
    service.made("/plans", plan).await;
    let entries = service.request(Method::PUT, &format!("/decks/{deck}/entries")).header("if-match", "\"1\"");
    let entries = entries.json(&json!([{"prefix": "44", "rate": {"price_per_minute": "0.03"}}]));
    assert_eq!(sent(entries).await.status, 200);
    let customer = service.customer("Harbour Radio").await;
    service.line(&customer, "0001", "Deck only").await;
    customer
}

#[tokio::test]
async fn who_called_whom_is_forgotten_in_time_and_every_sum_stays() {
    on_both(async |service| {
        let customer = by_deck(service).await;
        imports(service, 700).await;
        service.comes("2026-11-01T00:00:00Z").await;
        let invoice = service.invoiced(&customer).await;
        service.comes("2026-12-10T12:00:00Z").await;
        service.made("/calls", json!({"line": "0001", "to": "+442079460018", "minutes": 2})).await;
        let sums = async || {
            let mut sums = vec![service.post("/books/check", json!({})).await.body];
            for path in [
                "/reports/trial-balance?from=2026-10-01&to=2027-01-01".to_owned(),
                "/reports/destinations?from=2026-10-01&to=2027-01-01".to_owned(),
                "/reports/revenue?from=2026-10&to=2026-12".to_owned(),
                format!("/customers/{customer}/balance"),
                format!("/invoices/{invoice}"),
            ] {
                let shown = service.get(&path).await;
                assert_eq!(shown.status, 200, "{path}: {}", shown.text);
                sums.push(shown.body);
            }
            sums
        };
        let numbers = async || {
            let calls = service.get(&format!("/customers/{customer}/calls?limit=500")).await.body["items"].clone();
            let calls = calls.as_array().unwrap();
            assert_eq!(calls.len(), 500, "those of a page, the last first");
            let known = calls.iter().filter(|call| (&call["from"], &call["to"]) != (&json!(""), &json!("")));
            known.map(|call| call["to"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let (before, paper) = (sums().await, service.get(&format!("/invoices/{invoice}.pdf")).await.bytes);
        assert_eq!(
            a_day_begins(service, "2026-12-20T00:00:00Z").await,
            "",
            "nobody has said that it is to be forgotten"
        );

        keeps(service, json!({"call_days": 62})).await;
        assert_eq!(a_day_begins(service, "2026-12-21T00:00:00Z").await, "699 calls whose numbers are forgotten");
        assert_eq!(numbers().await, ["+442079460018", "+33140205050"], "the young one, and the one without a price");
        assert_eq!(sums().await, before, "every sum is as it was");
        assert_eq!(service.get(&format!("/invoices/{invoice}.pdf")).await.bytes, paper);

        assert_eq!(a_day_begins(service, "2026-12-22T00:00:00Z").await, "", "there is nothing left to forget");
        assert_eq!(a_day_begins(service, "2027-02-15T00:00:00Z").await, "1 calls whose numbers are forgotten");
        assert_eq!(numbers().await, ["+33140205050"], "it still has to be priced");
        let trail = service.get("/audit?subject=tenant&limit=500").await;
        let lines = trail.body["items"].as_array().unwrap().iter().filter(|line| line["action"] == "call.expire");
        let told: Vec<i64> = lines.map(|line| line["after"]["calls"].as_i64().unwrap()).collect();
        assert_eq!(told, [1, 200, 499], "{}", trail.text);
    })
    .await;
}

#[tokio::test]
async fn what_was_understood_and_what_is_to_be_mailed_go_with_their_message() {
    on_both(async |service| {
        let answering = json!({"voicemail": {"addressees": ["desk@example.org"], "kept_days": 2}});
        let group = service.made("/groups", json!({"name": "Night line", "answering": answering})).await;
        let heard = async |origin: &str| {
            let new = NewTranscript { origin: origin.to_owned(), leg: String::new(), text: "It is Ada.".to_owned() };
            let mut work = service.engine.begin(&service.owner).await.unwrap();
            understood(&mut work, new).await.unwrap();
            work.commit().await.unwrap();
        };
        // The transcript may come first, and its message never.
        heard("softswitch/none").await;
        heard("softswitch/deleted").await;
        let deleted = recordings::message(service, &group, "softswitch/deleted").await;
        let expired = recordings::message(service, &group, "softswitch/expired").await;
        let mails = async || {
            let jobs = service.get("/jobs?limit=500").await.body["items"].clone();
            let keys = jobs.as_array().unwrap().iter().map(|job| job["key"].as_str().unwrap().to_owned());
            keys.filter(|key| key.starts_with("notice/voicemail/")).collect::<Vec<_>>()
        };
        let key = |id: &str| format!("notice/voicemail/{id}/desk@example.org");
        assert_eq!(mails().await, [key(&expired), key(&deleted)]);
        assert_eq!(sent(service.request(Method::DELETE, &format!("/group-messages/{deleted}"))).await.status, 204);
        assert_eq!(mails().await, [key(&expired)], "what was understood is in no mail that waits");
        let transcripts = async |origin: &str| {
            let mut tx = service.engine.store().read().await.unwrap();
            storage::transcripts::get(&mut tx, service.owner.tenant, (origin, "")).await.unwrap()
        };
        assert_eq!(transcripts("softswitch/deleted").await, None);
        assert!(transcripts("softswitch/none").await.is_some(), "its message may still come");
        assert_eq!(a_day_begins(service, "2026-10-17T12:00:00Z").await, "1 recordings deleted");
        assert_eq!((mails().await, transcripts("softswitch/none").await), (Vec::new(), None));
    })
    .await;
}

#[tokio::test]
async fn the_trail_ends_where_the_tenant_says() {
    on_both(async |service| {
        service.made("/groups", json!({"name": "Night line"})).await;
        keeps(service, json!({"audit_days": 10})).await;
        service.comes("2026-10-20T00:00:00Z").await;
        service.made("/groups", json!({"name": "Day line"})).await;
        let actions = async || {
            let lines = service.get("/audit?limit=500").await.body["items"].clone();
            lines.as_array().unwrap().iter().map(|line| line["action"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let before = actions().await;
        a_day_begins(service, "2026-10-25T00:00:00Z").await;
        assert_eq!(actions().await, before);
        a_day_begins(service, "2026-10-26T00:00:00Z").await;
        assert_eq!(actions().await, ["group.create"], "{before:?}");
    })
    .await;
}

//! Short messages: what is sent, what came, and who wants none.

use engine::Role;
use engine::groups::GroupError;
use engine::reminders::{self, Wanted};
use reqwest::Method;
use serde_json::{Value, json};
use storage::incoming_sms::IncomingRecord;

use crate::service::{Reply, Service, on_both, sent};

const OWN: &str = "+441632960000";

/// Sets what the tenant has of short messages.
async fn set(service: &Service, sms: Value) -> Reply {
    let tenant = service.get("/tenant").await;
    let mut settings = tenant.body["settings"].clone();
    settings["sms"] = sms;
    let edit = json!({"name": tenant.body["name"], "settings": settings});
    let put = service.request(Method::PUT, "/tenant").header("If-Match", format!("\"{}\"", tenant.body["version"]));
    sent(put.json(&edit)).await
}

/// The tenant sends short messages, and Ann, who has a shift, is told by one.
async fn told(service: &Service) -> String {
    let changed = set(service, json!({ "number": "+44 1632 960000" })).await;
    let expected = json!({ "number": OWN, "conversation_numbers": [] });
    assert_eq!(changed.body["settings"]["sms"], expected, "{}", changed.text);
    let ann = service.made("/agents", json!({"name": "Ann", "phones": ["0042", "+441632960011"]})).await;
    assert_eq!(service.get(&format!("/agents/{ann}")).await.body["sms_reminders"], false);
    let path = format!("/agents/{ann}/availability");
    for (version, wants) in [(1, json!({"sms_reminders": true})), (2, json!({}))] {
        let mut body = json!({"reminders": true, "blackouts": []});
        body.as_object_mut().unwrap().extend(wants.as_object().unwrap().clone());
        let put = service.request(Method::PUT, &path).header("If-Match", format!("\"{version}\""));
        assert_eq!(sent(put.json(&body)).await.body["sms_reminders"], true);
    }
    let group = service.made("/groups", json!({"name": "Night line", "time_zone": "UTC"})).await;
    let shift = json!({"agent": ann, "days": [4], "hours": "22:00-06:00"});
    service.made(&format!("/groups/{group}/shifts"), shift).await;
    service.comes("2026-10-15T18:00:00Z").await;
    let told = service.engine.run(&service.owner, |work| Box::pin(reminders::tell(work, &Wanted::Due)));
    told.await.map_err(|error: GroupError| error).unwrap();
    ann
}

#[tokio::test]
async fn short_messages_are_listed_with_what_came_of_them() {
    on_both(async |service| {
        let ann = told(service).await;
        let text = "Your shifts on 2026-10-16: 22:00-06:00 Night line. STOP ends these messages.";
        let all = service.get("/sms").await;
        let [sms] = &all.body["items"].as_array().unwrap()[..] else { panic!("{}", all.text) };
        assert_eq!((&sms["about"], &sms["conversation"]), (&json!("shifts"), &Value::Null));
        let shown = [&sms["from"], &sms["to"], &sms["text"], &sms["agent"], &sms["state"], &sms["reason"]];
        assert_eq!(
            shown.map(Value::clone),
            [json!(OWN), json!("+441632960011"), json!(text), json!(ann), json!("waiting"), Value::Null]
        );
        assert_eq!(&service.get("/reminders?date=2026-10-16").await.body["items"][0]["sms"], sms);
        assert_eq!(service.get("/sms?state=failed").await.body["items"], json!([]));
        let wrong = service.get("/sms?state=gone").await;
        assert_eq!((wrong.status, wrong.places()), (422, vec!["state"]), "{}", wrong.text);
        let (tenant, mut tx) = (service.owner.tenant, service.engine.store().write().await.unwrap());
        for (number, other) in ["+441632960098", "+441632960099"].into_iter().enumerate() {
            storage::sms_stops::stop(&mut tx, tenant, (OWN, other), 0).await.unwrap();
            let record = IncomingRecord {
                id: format!("ism_{number}"),
                origin: format!("twilio/SM{number}"),
                own_number: OWN.into(),
                sender: other.into(),
                agent: None,
                body: "Stop".into(),
                outcome: Some("stopped".into()),
                reply: None,
                received_at: 0,
                claimed_at: 0,
            };
            assert!(storage::incoming_sms::claim(&mut tx, tenant, &record, 0).await.unwrap());
        }
        tx.commit().await.unwrap();
        for (path, field, firsts) in [
            ("/sms/stops", "to", ["+441632960098", "+441632960099"]),
            ("/sms/received", "from", ["+441632960099", "+441632960098"]),
        ] {
            let first = service.get(&format!("{path}?limit=1")).await;
            assert_eq!(first.body["items"][0][field], firsts[0], "{}", first.text);
            let cursor = first.body["next_cursor"].as_str().unwrap();
            let second = service.get(&format!("{path}?limit=1&cursor={cursor}")).await;
            assert_eq!(second.body["items"][0][field], firsts[1], "{}", second.text);
            assert!(second.body["next_cursor"].is_null());
        }
        for (role, status) in [(Role::Coordinator, 200), (Role::Clerk, 403), (Role::Auditor, 403)] {
            for path in ["/sms", "/sms/received", "/sms/stops"] {
                let asked = sent(service.anonymous(Method::GET, path).bearer_auth(service.key(role))).await;
                assert_eq!(asked.status, status, "{role:?}: {}", asked.text);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_goes_into_a_conversation_is_listed_without_its_text_and_the_customers_number() {
    on_both(async |service| {
        let group = service.made("/groups", json!({"name": "Night line", "numbers": [OWN]})).await;
        let taken = set(service, json!({ "conversation_numbers": ["+441632960071", OWN] })).await;
        assert_eq!((taken.status, &taken.body["taken_by"]), (409, &json!(group)), "{}", taken.text);
        assert!(taken.places()[0].ends_with("/sms/conversation_numbers/1"), "{}", taken.text);
        let wrong = set(service, json!({ "conversation_numbers": ["0042"] })).await;
        assert!(wrong.status == 422 && wrong.places()[0].ends_with("/sms/conversation_numbers/0"), "{}", wrong.text);
        let changed = set(service, json!({ "conversation_numbers": ["+44 1632 960071"] })).await;
        assert_eq!(changed.body["settings"]["sms"]["conversation_numbers"], json!(["+441632960071"]));
        let taken = service.post("/groups", json!({"name": "Late line", "numbers": ["+441632960071"]})).await;
        assert_eq!((taken.status, &taken.body["taken_by"]), (409, &json!("conversations")), "{}", taken.text);

        let customer = service.made("/customers", json!({"organisation": "Talker", "mode": "prepaid"})).await;
        let verify = service.request(Method::PUT, &format!("/customers/{customer}/verified-phone"));
        let verified = sent(verify.header("If-Match", "\"1\"").json(&json!({"phone": "+441632960021"}))).await;
        assert_eq!(verified.status, 200, "{}", verified.text);
        let agent = service.made("/agents", json!({"name": "Iris", "phones": ["+441632960022"]})).await;
        let desk = service.person(&[Role::Agent], &[], Some(&agent)).await;
        let written =
            desk.post("/messages", json!({"customer": customer, "agent": agent, "text": "Good evening"})).await;
        assert_eq!(written.status, 201, "{}", written.text);
        let asked = service.anonymous(Method::GET, "/sms").bearer_auth(service.key(Role::Coordinator));
        let listed = sent(asked).await;
        let sms = &listed.body["items"][0];
        assert_eq!(
            [&sms["from"], &sms["to"], &sms["text"], &sms["about"], &sms["agent"], &sms["conversation"]],
            [
                &json!("+441632960071"),
                &json!(customer),
                &Value::Null,
                &json!("message"),
                &json!(agent),
                &written.body["conversation"]
            ],
        );
        assert!(!listed.text.contains("960021") && !listed.text.contains("Good evening"), "{}", listed.text);
    })
    .await;
}

//! Who has seen what is held of somebody.

use engine::Role;
use engine::recordings::RecordingKind;
use reqwest::Method;
use serde_json::{Value, json};

use super::{answered, called};
use crate::recordings;
use crate::records::Records;
use crate::service::{Reply, on_both, sent};

/// What was done, the first first.
fn actions(reply: &Reply) -> Vec<&str> {
    let items = reply.body["items"].as_array().unwrap_or_else(|| panic!("no list: {}", reply.text));
    items.iter().rev().map(|line| line["action"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn whoever_hears_reads_or_exports_something_of_a_customer_is_listed_for_it() {
    on_both(async |service| {
        let records = Records::made(service).await;
        let (customer, line) = (records.id("customers"), records.id("lines"));
        let recorded = recordings::keep(service, RecordingKind::Call, (line, "pbx:heard"), b"Good evening").await;
        let by = |role: Role, path: &str| service.anonymous(Method::GET, path).bearer_auth(service.key(role));
        let conversation = format!("/conversations/{}/messages", records.id("conversations"));
        for (role, path) in [
            (Role::Clerk, format!("/recordings/{recorded}/audio")),
            (Role::Admin, conversation.clone()),
            // Who is told no texts has seen none, and of whom nothing is asked nobody has seen anything.
            (Role::Clerk, conversation),
            (Role::Clerk, format!("/calls.csv?customer={customer}")),
            (Role::Clerk, "/calls.csv".to_owned()),
            (Role::Admin, format!("/customers/{customer}/personal-data")),
            (Role::Admin, format!("/customers/{customer}/personal-data")),
        ] {
            assert_eq!(sent(by(role, &path)).await.status, 200, "{path}");
        }
        let path = format!("/customers/{customer}/accesses");
        let listed = service.get(&path).await;
        let expected = ["recording.listen", "conversation.view", "calls.export", "person.export", "person.export"];
        assert_eq!(actions(&listed), expected, "{}", listed.text);
        assert!(listed.body["items"].as_array().unwrap().iter().all(|line| line["person"] == json!(customer)));
        let clerk = listed.body["items"][4]["actor"].as_str().unwrap();
        assert!(clerk.starts_with("key:") && clerk != listed.body["items"][3]["actor"], "{}", listed.text);
        // What is not there any more was heard all the same.
        assert_eq!(sent(service.request(Method::DELETE, &format!("/recordings/{recorded}"))).await.status, 204);
        let first = service.get(&format!("{path}?limit=3")).await;
        let next = service.get(&format!("{path}?limit=3&cursor={}", first.body["next_cursor"].as_str().unwrap())).await;
        assert_eq!([actions(&next), actions(&first)].concat(), expected);

        let agent = service.get(&format!("/agents/{}/accesses", records.id("agents"))).await;
        assert_eq!(actions(&agent), ["conversation.view"], "{}", agent.text);
        let member = format!("/members/{}", records.id("members"));
        assert_eq!(actions(&service.get(&format!("{member}/accesses")).await), [""; 0]);
        service.get(&format!("{member}/personal-data")).await;
        assert_eq!(actions(&service.get(&format!("{member}/accesses")).await), ["person.export"]);
        assert_eq!(sent(by(Role::Auditor, &path)).await.status, 200);
        assert_eq!(sent(by(Role::Clerk, &path)).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn who_sees_callers_of_groups_is_noted_under_the_names_that_groups_have_for_them() {
    on_both(async |service| {
        let number = "+442079460018";
        let group = service.made("/groups", json!({"name": "Night line", "answering": {"callers": "shown"}})).await;
        let quiet = service.made("/groups", json!({"name": "Day line"})).await;
        called(service, &[answered(&group, "softswitch/flow_1", number, "2026-10-15T10:00:00Z")]).await;
        let message = recordings::message(service, &group, "softswitch/flow_1").await;
        let by = |path: &str| service.anonymous(Method::GET, path).bearer_auth(service.key(Role::Coordinator));
        for path in [
            format!("/groups/{group}/calls"),
            format!("/groups/{group}/calls?limit=1"),
            format!("/groups/{quiet}/calls"),
            "/group-calls/softswitch:flow_1".to_owned(),
            format!("/group-messages/{message}"),
            format!("/group-messages/{message}/audio"),
            format!("/group-messages/{message}/audio"),
        ] {
            assert_eq!(sent(by(&path)).await.status, 200, "{path}");
        }
        let asked = async |body: Value| service.post("/callers/accesses", body).await;
        let listed = asked(json!({"number": number})).await;
        let expected = ["group_calls.list", "group_call.view", "recording.view", "recording.listen"];
        assert_eq!(actions(&listed), expected, "once an hour, and no list in which it does not stand: {}", listed.text);
        assert!(!listed.text.contains("9460018"), "no number in the trail: {}", listed.text);
        let first = asked(json!({"number": number, "limit": 3})).await;
        let next = asked(json!({"number": number, "limit": 3, "cursor": first.body["next_cursor"]})).await;
        assert_eq!([actions(&next), actions(&first)].concat(), expected);
        assert_eq!(actions(&asked(json!({"number": "+442079460019"})).await), [""; 0]);
        service.comes("2026-10-15T13:00:01Z").await;
        assert_eq!(sent(by(&format!("/group-messages/{message}"))).await.status, 200);
        assert_eq!(actions(&asked(json!({"number": number})).await).len(), 5, "after an hour it is noted again");
        assert_eq!(asked(json!({"number": number, "limit": 0})).await.status, 422);
    })
    .await;
}

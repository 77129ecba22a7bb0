//! What is held of somebody, as one document.

use engine::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::{answered, called};
use crate::recordings;
use crate::records::Records;
use crate::service::{Service, on_both, sent};

/// The names under which rows are held.
fn held(document: &Value) -> Vec<&str> {
    let held = document["held"].as_object().unwrap_or_else(|| panic!("nothing is held: {document}"));
    let some = held.iter().filter(|(_, rows)| !rows.as_array().unwrap().is_empty());
    let mut names: Vec<&str> = some.map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names
}

async fn exported(service: &Service, path: &str) -> Value {
    let reply = service.get(path).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"), "{}", reply.text);
    assert_eq!(reply.header("cache-control"), "private, no-store");
    reply.body
}

#[tokio::test]
async fn everything_of_a_customer_an_agent_and_a_member_is_exported_and_noted() {
    on_both(async |service| {
        let records = Records::made(service).await;
        let customer = exported(service, &format!("/customers/{}/personal-data", records.id("customers"))).await;
        assert_eq!(customer["person"], json!({"kind": "customer", "id": records.id("customers")}));
        let held_of_customer = held(&customer);
        for table in [
            "accounts",
            "allowances",
            "audit",
            "billing",
            "calls",
            "conversations",
            "customers",
            "documents",
            "entries",
            "items",
            "lines",
            "messages",
            "recordings",
            "sip_accounts",
            "top_up_requests",
        ] {
            assert!(held_of_customer.contains(&table), "{table}: {held_of_customer:?}");
        }
        let account = &customer["held"]["accounts"][0];
        let balance = service.get(&format!("/customers/{}/balance", records.id("customers"))).await;
        assert_eq!(account["balance"], balance.body["balance"], "an amount is a decimal: {account}");
        assert_eq!(customer["held"]["customers"][0]["details"]["organisation"], "Harbour Radio");
        assert_eq!(customer["held"]["messages"][0]["text"], "Good evening");
        assert!(customer["held"]["lines"][0]["opened_at"].as_str().unwrap().ends_with('Z'));
        let agent = exported(service, &format!("/agents/{}/personal-data", records.id("agents"))).await;
        let held_of_agent = held(&agent);
        for table in ["agents", "calls", "conversations", "entries", "memberships", "messages"] {
            assert!(held_of_agent.contains(&table), "{table}: {held_of_agent:?}");
        }
        let member = exported(service, &format!("/members/{}/personal-data", records.id("members"))).await;
        assert_eq!(held(&member), ["audit", "memberships", "sessions", "users"], "{member}");
        let text = [customer, agent, member].map(|document| document.to_string()).concat();
        for secret in ["password_hash", "secret_hash", "digest", "totp", "recovery_codes"] {
            assert!(!text.contains(&format!("\"{secret}\"")), "{secret}");
        }
        for noun in ["customers", "agents", "members"] {
            let trail = service.get(&format!("/audit?subject={}", records.id(noun))).await;
            let noted = &trail.body["items"][0];
            assert_eq!(noted["action"], "person.export", "{noun}: {}", trail.text);
        }
        for path in
            ["/customers/cus_none/personal-data", "/agents/agt_none/personal-data", "/members/usr_none/personal-data"]
        {
            assert_eq!(service.get(path).await.status, 404, "{path}");
        }
        for role in [Role::Clerk, Role::Coordinator, Role::Auditor] {
            let path = format!("/customers/{}/personal-data", records.id("customers"));
            assert_eq!(sent(service.anonymous(Method::GET, &path).bearer_auth(service.key(role))).await.status, 403);
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_held_of_a_caller_is_found_by_its_number() {
    on_both(async |service| {
        let named = service.made("/groups", json!({"name": "Night line"})).await;
        let shown = service.made("/groups", json!({"name": "Day line", "answering": {"callers": "shown"}})).await;
        let asked = async |number: &str| service.post("/callers/personal-data", json!({"number": number})).await;
        let number = "+442079460018";
        let nothing = asked(number).await;
        assert_eq!(nothing.status, 200, "{}", nothing.text);
        assert_eq!(held(&nothing.body), ["audit"], "that it was asked for: {}", nothing.text);
        let name = |group: &str| {
            let groups = nothing.body["person"]["groups"].as_array().unwrap();
            groups.iter().find(|of| of["group"] == group).unwrap()["name"].as_str().unwrap().to_owned()
        };
        let (first, second) = (name(&named), name(&shown));
        assert!(first.starts_with("caller-") && first != second, "each group has its own name");
        let at = "2026-10-15T10:00:00Z";
        called(
            service,
            &[
                answered(&named, "softswitch/flow_1", &first, at),
                answered(&named, "softswitch/flow_2", "caller-somebody", at),
                // Before the numbers were shown, and after.
                answered(&shown, "softswitch/flow_3", &second, at),
                answered(&shown, "softswitch/flow_4", number, at),
                // The name of one group says nothing in another.
                answered(&shown, "softswitch/flow_5", &first, at),
            ],
        )
        .await;
        let message = recordings::message(service, &shown, "softswitch/flow_4").await;
        let group = service.get(&format!("/groups/{named}")).await.body;
        let body = json!({"name": group["name"], "answering": {"blocked": [first]}});
        let edit = service.request(Method::PUT, &format!("/groups/{named}")).header("if-match", "\"1\"");
        assert_eq!(sent(edit.json(&body)).await.status, 200);

        let found = asked("+44 20 7946 0018").await.body;
        let calls = found["held"]["group_calls"].as_array().unwrap();
        let mut origins: Vec<&str> = calls.iter().map(|call| call["origin"].as_str().unwrap()).collect();
        origins.sort_unstable();
        assert_eq!(origins, ["softswitch/flow_1", "softswitch/flow_3", "softswitch/flow_4"], "{found}");
        assert_eq!(found["held"]["recordings"][0]["id"], json!(message));
        let blocked = |group: &str| {
            let groups = found["person"]["groups"].as_array().unwrap();
            groups.iter().find(|of| of["group"] == group).unwrap()["is_blocked"].clone()
        };
        assert_eq!((blocked(&named), blocked(&shown)), (json!(true), json!(false)));
        // The trail names whoever is asked for as the group does, and never by its number.
        let trail = service.get(&format!("/audit?subject={first}")).await;
        assert_eq!(trail.body["items"].as_array().unwrap().len(), 2, "{}", trail.text);
        let all = service.get("/audit?limit=500").await.text;
        assert!(!all.contains("2079460018"), "{all}");
        assert_eq!(found["held"]["audit"].as_array().unwrap().len(), 4, "{found}");
        for (number, place) in [("", "/number"), ("nobody", "/number")] {
            let refused = asked(number).await;
            assert_eq!((refused.status, refused.places()), (422, vec![place]), "{}", refused.text);
        }
        let foreign = service.anonymous(Method::POST, "/callers/personal-data").bearer_auth(&service.foreign_key);
        let elsewhere = sent(foreign.json(&json!({"number": number}))).await;
        assert_eq!(held(&elsewhere.body), [""; 0], "{}", elsewhere.text);
    })
    .await;
}

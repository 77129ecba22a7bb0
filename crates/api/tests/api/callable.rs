//! The agents whom customers can call, and what everybody may see of them.

use engine::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{Reply, Service, on_both, sent};

async fn says(service: &Service, agent: &str, presence: &str) {
    let request = service.request(Method::PUT, &format!("/agents/{agent}/presence"));
    assert_eq!(sent(request.json(&json!({"presence": presence}))).await.status, 200);
}

async fn agent(service: &Service, name: &str, fields: Value) -> String {
    let rate = json!({"connect_fee": "0.99", "price_per_minute": "3.00", "increment_seconds": 1});
    let mut body = json!({"name": name, "prices": {"USD": {"rate": rate, "price_per_message": "0.80"}}});
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    service.made("/agents", body).await
}

#[tokio::test]
async fn a_customer_sees_whom_it_can_call_and_how_long() {
    on_both(async |service| {
        let customer = service.made("/customers", json!({"organisation": "Talker", "mode": "prepaid"})).await;
        let about = "Twenty years at sea.\r\nAsk me anything.";
        let busy = agent(service, "Ada", json!({"number": "0701"})).await;
        let online =
            agent(service, "Zoe", json!({"number": "0700", "about": about, "languages": ["en"], "phones": ["0001"]})).await;
        let in_euros = json!({"EUR": {"rate": {"price_per_minute": "3.00"}}});
        let other = agent(service, "Bea", json!({"number": "0702", "prices": in_euros})).await;
        agent(service, "Nobody dials her", json!({})).await;
        says(service, &online, "online").await;
        says(service, &busy, "away").await;
        let listed = async || service.get(&format!("/customers/{customer}/agents")).await;
        let told = listed().await;
        let of = |told: &Reply| -> Vec<(String, String)> {
            let text = |item: &Value, field: &str| item[field].as_str().unwrap().to_owned();
            told.body["items"].as_array().unwrap().iter().map(|item| (text(item, "id"), text(item, "presence"))).collect()
        };
        let expected = [(&online, "online"), (&busy, "away"), (&other, "offline")];
        assert_eq!(of(&told), expected.map(|(id, presence)| (id.clone(), presence.to_owned())), "{}", told.text);
        let refusal = json!({"reason": "insufficient_balance", "detail": "0.00 is available, 1.04 is needed",
            "available": "0.00", "required": "1.04"});
        let penniless = json!({"id": online, "name": "Zoe", "about": "Twenty years at sea.\nAsk me anything.", "languages": ["en"],
            "number": "0700", "presence": "online", "currency": "USD", "rate": {"connect_fee": "0.99", "price_per_minute": "3.00"},
            "price_per_message": "0.80", "free_seconds": 0, "talk_seconds": 0, "needs": "1.04", "refusal": refusal});
        assert_eq!(told.body["items"][0], penniless, "{}", told.text);
        let unpriced = &told.body["items"][2];
        assert_eq!((&unpriced["rate"], &unpriced["refusal"]["reason"]), (&json!(null), &json!("agent_without_price")));
        assert_eq!((&unpriced["needs"], &unpriced["price_per_message"]), (&json!(null), &json!(null)));

        service.made("/payments", json!({"customer": customer, "amount": "6.00", "method": "cash"})).await;
        service.made("/allowances", json!({"customer": customer, "seconds": 60, "reason": "welcome"})).await;
        let own = service.person(&[Role::Customer], &[&customer], None).await;
        let told = own.get(&format!("/customers/{customer}/agents")).await;
        let first = &told.body["items"][0];
        // 60 s are free, and 5.01 buy 100 s.
        assert_eq!(
            [&first["free_seconds"], &first["talk_seconds"], &first["needs"], &first["refusal"]],
            [&json!(60), &json!(160), &json!(null), &json!(null)],
            "{}",
            told.text
        );
        // The same as is told of one of them.
        let balance = own.get(&format!("/customers/{customer}/balance?agent={online}")).await;
        assert_eq!(balance.body["talk_time"]["seconds"], 160, "{}", balance.text);
        own.request(Method::PUT, &format!("/customers/{customer}/blocks/{online}")).send().await.unwrap();
        assert_eq!(listed().await.body["items"][0]["refusal"]["reason"], "blocked");
    })
    .await;
}

#[tokio::test]
async fn everybody_sees_a_public_agent_and_pages_of_known_origins_may_read_it() {
    on_both(async |service| {
        let per_second = json!({"connect_fee": "0.99", "steps": [{"from_seconds": 0, "price": "0.05", "per_seconds": 1, "increment_seconds": 1}]});
        let fields = json!({"public": true, "about": "Ask me.", "languages": ["en", "cy"], "email": "zoe@example.org",
            "phones": ["+442079460001"], "number": "0700", "prices": {"USD": {"rate": per_second}}});
        let (open, hidden) = (agent(service, "Zoe", fields).await, agent(service, "Ada", json!({"number": "0701"})).await);
        says(service, &open, "online").await;
        let tenant = service.get("/tenant").await;
        let set = async |origins: Value, version: &str| {
            let mut settings = tenant.body["settings"].clone();
            settings["embed"] = json!({"origins": origins});
            let body = json!({"name": "Helpline", "settings": settings});
            sent(service.request(Method::PUT, "/tenant").header("if-match", version).json(&body)).await
        };
        for wrong in ["example.org", "https://example.org/", "https://example.org/a", "https://Example.org", "*", "null", "ftp://a.b"] {
            let refused = set(json!(["https://a.example", wrong]), "\"1\"").await;
            assert_eq!((refused.status, refused.places()), (422, vec!["/embed/origins/1"]), "{wrong}: {}", refused.text);
        }
        let set = set(json!(["https://www.example.org", "http://localhost:8080"]), "\"1\"").await;
        assert_eq!(set.status, 200, "{}", set.text);
        let seen = async |agent: &str, origin: Option<&str>| {
            let request = service.anonymous(Method::GET, &format!("/public/agents/{agent}"));
            sent(origin.into_iter().fold(request, |request, origin| request.header("origin", origin))).await
        };
        let shown = seen(&open, None).await;
        let expected = json!({"id": open, "name": "Zoe", "about": "Ask me.", "languages": ["en", "cy"], "presence": "online",
            "tenant": "Helpline", "prices": [{"currency": "USD", "connect_fee": "0.99", "price_per_minute": "3.00"}]});
        assert_eq!((shown.status, &shown.body), (200, &expected), "{}", shown.text);
        for (origin, admitted) in [
            (None, ""),
            (Some("https://www.example.org"), "https://www.example.org"),
            (Some("http://localhost:8080"), "http://localhost:8080"),
            (Some("https://example.org"), ""),
            (Some("https://www.example.org.evil.example"), ""),
            (Some("null"), ""),
        ] {
            let shown = seen(&open, origin).await;
            assert_eq!(shown.status, 200);
            let told = (shown.header("access-control-allow-origin"), shown.header("vary"));
            assert_eq!(told, (admitted, "Origin"), "{origin:?}");
            assert_eq!(shown.header("access-control-allow-credentials"), "");
        }
        for none in [hidden.as_str(), "agt_none", "a%20b"] {
            let refused = seen(none, Some("https://www.example.org")).await;
            assert_eq!((refused.status, refused.header("access-control-allow-origin")), (404, ""), "{none}");
        }
    })
    .await;
}

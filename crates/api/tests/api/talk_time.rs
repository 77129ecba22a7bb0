//! How long a call could last, and how long a balance talks.

use engine::Role;
use engine::calls::{Direction, Payer};
use engine::charging::{NewSession, Request, What};
use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{Service, on_both};

/// The ids of a prepaid customer with 6.00, of its line at 0.60 a minute by the second, and of an agent at 0.99 and 3.00 a minute.
async fn talker(service: &Service) -> (String, String, String) {
    let rate = json!({"price_per_minute": "0.60", "increment_seconds": 1});
    let plan = json!({"name": "Prepaid", "kind": "prepaid", "currency": "USD", "monthly_fee": "0", "rate": rate});
    let plan = service.made("/plans", plan).await;
    let customer = service.made("/customers", json!({"organisation": "Talker", "mode": "prepaid"})).await;
    service.made("/payments", json!({"customer": customer, "amount": "6.00", "method": "cash"})).await;
    let line = service.line(&customer, "0001", &plan).await;
    let rate = json!({"connect_fee": "0.99", "price_per_minute": "3.00", "increment_seconds": 1});
    let agent = service.made("/agents", json!({"name": "Iris", "prices": {"USD": {"rate": rate}}})).await;
    (customer, line, agent)
}

fn priced(source: &str, connect_fee: &str, per_minute: &str, free_seconds: i64) -> Value {
    json!({"source": source, "currency": "USD", "connect_fee": connect_fee, "free_seconds": free_seconds,
        "steps": [{"from_seconds": 0, "price": per_minute, "per_seconds": 60, "increment_seconds": 1}]})
}

#[tokio::test]
async fn how_long_a_call_could_last() {
    on_both(async |service| {
        let (customer, line, agent) = talker(service).await;
        service.made("/allowances", json!({"customer": customer, "seconds": 60, "reason": "welcome"})).await;
        let asked = async |query: &str| service.get(&format!("/lines/{line}/talk-time?{query}")).await;
        let told = asked("to=%2B14165550100").await;
        let ten_minutes =
            json!({"seconds": 600, "missing": "0.00", "price": priced("plan", "0.00", "0.60", 0), "refusal": null});
        assert_eq!((told.status, &told.body), (200, &ten_minutes), "{}", told.text);
        let told = asked(&format!("agent={agent}")).await;
        let to_agent =
            json!({"seconds": 160, "missing": "0.00", "price": priced("agent", "0.99", "3.00", 60), "refusal": null});
        assert_eq!((told.status, &told.body), (200, &to_agent), "{}", told.text);
        let told = asked("to=4911").await;
        let nothing =
            json!({"source": "free", "currency": "USD", "connect_fee": "0.00", "free_seconds": 0, "steps": []});
        assert_eq!(told.body, json!({"seconds": null, "missing": "0.00", "price": nothing, "refusal": null}));

        service
            .made("/credits", json!({"customer": customer, "kind": "adjustment", "amount": "-6.00", "reason": "a fee"}))
            .await;
        let told = asked("to=0002").await;
        let refusal = json!({"reason": "insufficient_balance", "detail": "0.00 is available, 0.01 is needed",
            "available": "0.00", "required": "0.01"});
        let penniless =
            json!({"seconds": 0, "missing": "0.01", "price": priced("plan", "0.00", "0.60", 0), "refusal": refusal});
        assert_eq!((told.status, &told.body), (200, &penniless), "{}", told.text);
        let told = asked("agent=agt_none").await;
        let refusal = json!({"reason": "unknown_agent", "detail": "the call has no price: unknown_agent"});
        assert_eq!(told.body, json!({"seconds": 0, "missing": "0.00", "price": null, "refusal": refusal}));
        for (query, status, problem, places) in [
            ("", 422, "invalid", vec!["to"]),
            ("to=reception", 422, "invalid", vec!["to"]),
            ("too=0002", 400, "unreadable", vec![]),
        ] {
            let told = asked(query).await;
            assert_eq!(
                (told.status, told.problem(), told.places()),
                (status, problem, places),
                "{query}: {}",
                told.text
            );
        }
        assert_eq!(service.get("/lines/lin_none/talk-time").await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_suspended_line_reaches_emergency_numbers() {
    on_both(async |service| {
        let (_, line, _) = talker(service).await;
        let suspend = service.request(Method::PUT, &format!("/lines/{line}/suspensions/manual"));
        assert_eq!(crate::service::sent(suspend).await.status, 200);
        let told = service.get(&format!("/lines/{line}/talk-time?to=0002")).await;
        assert_eq!((&told.body["seconds"], &told.body["refusal"]["reason"]), (&json!(0), &json!("line_suspended")));
        let told = service.get(&format!("/lines/{line}/talk-time?to=4911")).await;
        assert_eq!((&told.body["seconds"], &told.body["refusal"]), (&json!(null), &json!(null)));
    })
    .await;
}

#[tokio::test]
async fn how_long_a_balance_talks() {
    on_both(async |service| {
        let (customer, line, agent) = talker(service).await;
        let balance = async |query: &str| {
            let told = service.get(&format!("/customers/{customer}/balance{query}")).await;
            assert_eq!(told.status, 200, "{}", told.text);
            told.body
        };
        let gift = json!({"customer": customer, "agent": agent, "seconds": 600, "reason": "welcome"});
        service.made("/allowances", gift).await;
        let other = service.made("/agents", json!({"name": "Ada"})).await;
        service
            .made("/allowances", json!({"customer": customer, "agent": other, "seconds": 30, "reason": "welcome"}))
            .await;
        let told = balance("").await;
        assert_eq!(
            (&told["free_seconds"], &told["live_calls"], &told["talk_time"]),
            (&json!(630), &json!(0), &json!(null))
        );
        let told = balance(&format!("?agent={agent}")).await;
        let talk =
            json!({"seconds": 700, "missing": "0.00", "price": priced("agent", "0.99", "3.00", 600), "refusal": null});
        assert_eq!((&told["free_seconds"], &told["talk_time"]), (&json!(630), &talk));
        let told = balance(&format!("?agent={other}")).await;
        assert_eq!(told["talk_time"]["refusal"]["reason"], "agent_without_price");

        let call = NewSession {
            origin: "pbx:1".to_owned(),
            payer: Payer::Line(line),
            direction: Direction::Outbound,
            from: String::new(),
            to: "+14165550100".to_owned(),
            agent: None,
            link: None,
            cut_off: domain::charging::CutOff::Fixed,
            unpaid: false,
        };
        let request = Request { owner: "key:pbx".to_owned(), key: None, what: What::Authorize(call) };
        service.engine.charge(service.owner.tenant, request).await.unwrap();
        let told = balance(&format!("?agent={agent}")).await;
        assert_eq!(
            (&told["held"], &told["live_calls"], &told["available"]),
            (&json!("6.00"), &json!(1), &json!("0.00"))
        );
        assert_eq!((&told["talk_time"]["missing"], &told["talk_time"]["seconds"]), (&json!("0.99"), &json!(0)));
    })
    .await;
}

#[tokio::test]
async fn customers_ask_of_their_own_lines_and_balances() {
    on_both(async |service| {
        let (customer, line, agent) = talker(service).await;
        let (stranger, strange_line) = service.subscriber("Stranger", "0009").await;
        let ada = service.person(&[Role::Customer], &[&customer], None).await;
        // Any agent's price is told to whoever may call.
        for path in
            [format!("/lines/{line}/talk-time?agent={agent}"), format!("/customers/{customer}/balance?agent={agent}")]
        {
            let told = ada.get(&path).await;
            assert_eq!(told.status, 200, "{path}: {}", told.text);
            assert!(told.text.contains("\"3.00\""), "{path}: {}", told.text);
        }
        for path in
            [format!("/lines/{strange_line}/talk-time?to=0001"), format!("/customers/{stranger}/balance?agent={agent}")]
        {
            assert_eq!(service.get(&path).await.status, 200, "{path}");
            assert_eq!(ada.get(&path).await.status, 404, "{path}");
        }
    })
    .await;
}

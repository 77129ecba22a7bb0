//! What agents do and earn, over HTTP: ratings, figures, earnings, payouts.

use std::time::{Duration, Instant};

use engine::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::charging::purse;
use crate::live::Listener;
use crate::service::{Reply, Service, on_both, sent};

/// Iris, at 0.99 and 3.00 a minute by the second, of which she has four fifths; her id.
async fn iris(service: &Service) -> String {
    let rate = json!({"connect_fee": "0.99", "price_per_minute": "3.00", "increment_seconds": 1});
    let agent = json!({"name": "Iris", "time_zone": "Europe/Vienna", "prices": {"USD": {"rate": rate}}});
    service.made("/agents", agent).await
}

/// A call of a minute to the agent that ends now; its id. The agent has 3.192 of it.
async fn talk(service: &Service, line: &str, agent: &str) -> String {
    service.made("/calls", json!({"line": line, "to": "+442079460018", "agent": agent, "minutes": 1})).await
}

async fn terms(service: &Service, earnings: Value) {
    let tenant = service.get("/tenant").await;
    let mut body = json!({"name": tenant.body["name"], "settings": tenant.body["settings"]});
    body["settings"]["earnings"] = earnings;
    let change = service.request(Method::PUT, "/tenant").header("if-match", tenant.header("etag")).json(&body);
    let changed = sent(change).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
}

async fn rate(service: &Service, call: &str, body: Value) -> Reply {
    sent(service.request(Method::PUT, &format!("/calls/{call}/rating")).json(&body)).await
}

#[tokio::test]
async fn a_call_is_rated_and_shown_so() {
    on_both(async |service| {
        let (customer, line) = service.talker("20.00", "0001").await;
        let iris = iris(service).await;
        let call = talk(service, &line, &iris).await;
        let shown = async |path: &str| service.get(path).await.body;
        assert_eq!(shown(&format!("/calls/{call}")).await["call"]["rating"], Value::Null);
        let payer = service.person(&[Role::Customer], &[&customer], None).await;
        let rated = payer.with(service.anonymous(Method::PUT, &format!("/calls/{call}/rating")));
        let rated = sent(rated.json(&json!({"stars": 4, "comment": "kind"}))).await;
        let expected = json!({"stars": 4, "comment": "kind", "rated_at": "2026-10-15T12:00:00Z"});
        assert_eq!((rated.status, &rated.body), (200, &expected), "{}", rated.text);
        assert_eq!(rate(service, &call, json!({"stars": 5})).await.status, 200);
        for path in ["/calls".to_owned(), format!("/agents/{iris}/calls"), format!("/customers/{customer}/calls")] {
            assert_eq!(shown(&path).await["items"][0]["rating"]["stars"], 5, "{path}");
        }
        assert_eq!(shown(&format!("/calls/{call}")).await["call"]["rating"]["stars"], 5);

        let number = service.made("/calls", json!({"line": line, "to": "+442079460018", "minutes": 1})).await;
        for (call, body, status, problem, place) in [
            (&call, json!({"stars": 6}), 422, "invalid", vec!["/stars"]),
            (&call, json!({"stars": 0}), 422, "invalid", vec!["/stars"]),
            (&call, json!({"stars": 5, "comment": "a\nb"}), 422, "invalid", vec!["/comment"]),
            (&call, json!({"comment": "none"}), 400, "unreadable", vec!["/"]),
            (&number, json!({"stars": 5}), 409, "wrong-state", vec![]),
            (&"call_none".to_owned(), json!({"stars": 5}), 404, "not-found", vec![]),
        ] {
            let refused = rate(service, call, body.clone()).await;
            assert_eq!((refused.status, refused.problem()), (status, problem), "{body}: {}", refused.text);
            assert!(problem == "unreadable" || refused.places() == place, "{}", refused.text);
        }
        service.comes("2026-11-14T12:00:00Z").await;
        let late = rate(service, &call, json!({"stars": 1})).await;
        assert_eq!((late.status, &late.body["until"]), (409, &json!("2026-11-14T12:00:00Z")), "{}", late.text);
    })
    .await;
}

#[tokio::test]
async fn figures_are_live_of_a_call_that_a_package_pays() {
    on_both(async |service| {
        let (customer, line) = service.talker("0", "0001").await;
        let rate = json!({"price_per_minute": "3.00"});
        let vera = service.made("/agents", json!({"name": "Vera", "prices": {"USD": {"rate": rate}}})).await;
        service.made("/allowances", json!({"customer": customer, "seconds": 60, "reason": "a gift"})).await;
        let adviser = service.person(&[Role::Agent], &[], Some(&vera)).await;
        let mut listener = Listener::of(adviser.with(service.anonymous(Method::GET, "/live"))).await;
        let session = json!({"origin": "pbx:1", "line": line, "agent": vera});
        let session = service.switch(Method::POST, "/sessions", None, session).await;
        let id = session.body["id"].as_str().unwrap();
        service.step(id, "answer", json!({})).await;
        service.comes("2026-10-15T12:00:10Z").await;
        let settled = service.step(id, "settle", json!({})).await;
        assert_eq!(settled.status, 200, "{}", settled.text);
        while listener.next().await.expect("a hint").0 != "figures" {}
        let figures = sent(adviser.with(service.anonymous(Method::GET, &format!("/agents/{vera}/figures")))).await;
        assert_eq!((&figures.body["today"]["calls"], &figures.body["today"]["earnings"]), (&json!(1), &json!({})));
        assert_eq!(service.purse(&customer).await, purse("0.00", "0.00"));
    })
    .await;
}

#[tokio::test]
async fn figures_are_live() {
    on_both(async |service| {
        let (_, line) = service.talker("20.00", "0001").await;
        let iris = iris(service).await;
        let adviser = service.person(&[Role::Agent], &[], Some(&iris)).await;
        let figures =
            async || sent(adviser.with(service.anonymous(Method::GET, &format!("/agents/{iris}/figures")))).await;
        assert_eq!(figures().await.body["today"]["calls"], 0);
        let mut listener = Listener::of(adviser.with(service.anonymous(Method::GET, "/live"))).await;
        let session = json!({"origin": "pbx:1", "line": line, "agent": iris});
        let session = service.switch(Method::POST, "/sessions", None, session).await;
        let id = session.body["id"].as_str().unwrap();
        service.step(id, "answer", json!({"answered_at": "2026-10-15T12:00:00Z"})).await;
        service.comes("2026-10-15T12:00:30Z").await;
        service.step(id, "settle", json!({"ended_at": "2026-10-15T12:00:30Z"})).await;
        let ended = Instant::now();
        while listener.next().await.expect("a hint").0 != "figures" {}
        let shown = figures().await;
        assert!(ended.elapsed() < Duration::from_secs(1), "{:?}", ended.elapsed());
        let today = json!({"from": "2026-10-14T22:00:00Z", "calls": 1, "talk_seconds": 30, "messages": 0,
            "earnings": {"USD": "1.992"}, "rating": null, "ratings": 0, "returning_customers": 0});
        assert_eq!(
            (&shown.body["time_zone"], &shown.body["today"]),
            (&json!("Europe/Vienna"), &today),
            "{}",
            shown.text
        );
        rate(service, id, json!({"stars": 4})).await;
        while listener.next().await.expect("a hint").0 != "figures" {}
        assert_eq!(figures().await.body["month"]["rating"], "4.0");
        let wrong = service.post("/agents", json!({"name": "X", "time_zone": "Mars"})).await;
        assert_eq!((wrong.status, wrong.places()), (422, vec!["/time_zone"]), "{}", wrong.text);
    })
    .await;
}

#[tokio::test]
async fn an_agent_is_paid() {
    on_both(async |service| {
        let (_, line) = service.talker("200.00", "0001").await;
        let iris = iris(service).await;
        terms(service, json!({"hold_days": 10, "minimum": {"USD": "5.00"}})).await;
        for _ in 0..2 {
            talk(service, &line, &iris).await;
        }
        let pay = async |body: Value| service.post(&format!("/agents/{iris}/payouts"), body).await;
        let held = pay(json!({})).await;
        assert_eq!((held.status, &held.body["on_hold"]), (409, &json!("6.384")), "{}", held.text);
        let earnings = service.get(&format!("/agents/{iris}/earnings")).await.body;
        let account = json!({"currency": "USD", "balance": "6.384", "payable": "0.00", "minimum": "5.00",
            "on_hold": [{"payable_on": "2026-10-25", "amount": "6.384"}], "disputed": "0.00"});
        assert_eq!(earnings, json!({"agent": iris, "next_payout_on": "2026-11-01", "accounts": [account]}));
        service.comes("2026-10-25T00:00:00Z").await;
        assert_eq!(pay(json!({"currency": "EUR"})).await.status, 409);
        assert_eq!(pay(json!({"currency": "XXX"})).await.status, 422);

        let key = |request: reqwest::RequestBuilder| request.header("idempotency-key", "pay-1").json(&json!({}));
        let path = format!("/agents/{iris}/payouts");
        let paid = sent(key(service.request(Method::POST, &path))).await;
        let again = sent(key(service.request(Method::POST, &path))).await;
        assert_eq!((paid.status, &paid.body), (201, &again.body), "{}", paid.text);
        let sums = json!({"calls": 2, "messages": 0, "charged": "7.98", "tax": "0.00", "tenant_part": "1.596",
            "agent_part": "6.384", "corrected": "0.00", "returned": "0.00", "carried_over": "0.00", "remaining": "0.004"});
        assert_eq!((&paid.body["amount"], &paid.body["statement"]), (&json!("6.38"), &sums), "{}", paid.text);
        assert_eq!((&paid.body["number"], &paid.body["state"]), (&json!("PO-000001"), &json!("paid")));
        let id = paid.body["id"].as_str().unwrap();
        assert_eq!(paid.header("location"), format!("/api/v1/payouts/{id}"));
        for path in [format!("/payouts/{id}"), "/payouts/PO-000001".to_owned()] {
            assert_eq!(service.get(&path).await.body, paid.body, "{path}");
        }
        let file = service.get("/payouts/PO-000001.pdf").await;
        assert_eq!((file.status, &file.bytes[..4]), (200, &b"%PDF"[..]));
        assert!(file.header("content-disposition").contains("payout-PO-000001.pdf"));
        let page = service.get(&format!("/payouts/{id}.html")).await;
        assert!(page.text.contains("Paid out") && page.text.contains("Iris"), "{}", page.text);
        let below = pay(json!({})).await;
        assert_eq!((below.status, below.problem()), (409, "wrong-state"), "{}", below.text);

        let bounce = async || service.post(&format!("/payouts/{id}/bounce"), json!({"reason": "closed"})).await;
        let bounced = bounce().await;
        assert_eq!((bounced.status, &bounced.body["state"]), (200, &json!("bounced")), "{}", bounced.text);
        assert_eq!(bounced.body["bounce_reason"], "closed");
        assert_eq!(bounce().await.status, 409);
        let repaid = pay(Value::Null).await;
        assert_eq!(repaid.status, 400, "null is no body: {}", repaid.text);
        let repaid = sent(service.request(Method::POST, &path)).await;
        assert_eq!((repaid.status, &repaid.body["statement"]["remaining"]), (201, &json!("0.004")), "{}", repaid.text);
        let numbers: Vec<Value> = listed(service, &format!("/payouts?agent={iris}")).await;
        assert_eq!(numbers, ["PO-000002", "PO-000001"]);
        assert_eq!(listed(service, "/payouts?agent=agt_none").await, Vec::<Value>::new());
        let first = service.get("/payouts?limit=1").await.body;
        let cursor = first["next_cursor"].as_str().unwrap();
        assert_eq!(listed(service, &format!("/payouts?limit=1&cursor={cursor}")).await, ["PO-000001"]);
        assert_eq!(service.faults().await, json!([]));
    })
    .await;
}

/// The numbers of the payouts of a list.
async fn listed(service: &Service, list: &str) -> Vec<Value> {
    let items = service.get(list).await.body["items"].as_array().unwrap().clone();
    items.into_iter().map(|payout| payout["number"].clone()).collect()
}

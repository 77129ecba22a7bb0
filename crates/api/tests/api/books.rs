//! The books, the queue of calls without a price, and calls to paid agents.

use serde_json::json;

use crate::service::on_both;

#[tokio::test]
async fn a_call_without_a_price_waits_until_there_is_one() {
    on_both(async |service| {
        let deck = service.made("/decks", json!({"name": "World", "currency": "USD"})).await;
        let plan = json!({"name": "Deck only", "currency": "USD", "monthly_fee": "0", "deck": deck, "unlisted": "refuse",
                          "rate": {"price_per_minute": "0.05"}});
        service.made("/plans", plan).await;
        let customer = service.customer("Harbour Radio").await;
        let line = service.line(&customer, "0001", "Deck only").await;
        let call = service.post("/calls", json!({"line": line, "to": "+442079460018", "minutes": 2})).await;
        assert_eq!((call.status, &call.body["state"]), (201, &json!("unrated")), "{}", call.text);
        assert_eq!((&call.body["price"], &call.body["unrated_reason"]), (&json!(null), &json!("unlisted_destination")));
        assert_eq!(service.get("/unrated").await.body["items"][0]["id"], call.body["id"]);
        let retry = service.post("/unrated/retry", json!({})).await;
        assert_eq!((&retry.body["rated"], &retry.body["unrated"]), (&json!(0), &json!(1)), "{}", retry.text);
        let entries = service.request(reqwest::Method::PUT, &format!("/decks/{deck}/entries")).header("if-match", "\"1\"");
        let entries = entries.json(&json!([{"prefix": "44", "rate": {"price_per_minute": "0.03"}}]));
        assert_eq!(crate::service::sent(entries).await.status, 200);
        let retry = service.post("/unrated/retry", json!({})).await;
        assert_eq!((&retry.body["rated"], &retry.body["unrated"]), (&json!(1), &json!(0)), "{}", retry.text);
        assert_eq!(service.get("/unrated").await.body["items"], json!([]));
        let shown = service.get(&format!("/calls/{}", call.body["id"].as_str().unwrap())).await;
        assert_eq!(shown.body["call"]["price"]["total"], "0.06");
        let report = service.post("/books/check", json!({})).await;
        assert_eq!(report.body, json!({"calls": 1, "unrated": 0, "entries": 1, "faults": []}));
    })
    .await;
}

#[tokio::test]
async fn a_call_to_an_agent_uses_free_seconds_and_is_split() {
    on_both(async |service| {
        let (customer, line) = service.caller().await;
        let rate = json!({"connect_fee": "0.99", "price_per_minute": "3.99"});
        let agent = service.made("/agents", json!({"name": "Ada", "prices": {"USD": {"rate": rate}}})).await;
        service.made("/allowances", json!({"customer": customer, "seconds": 60, "reason": "welcome"})).await;
        service.post("/test/clock", json!({"now": "2026-10-15T13:00:00Z"})).await;
        let call = service.post("/calls", json!({"line": line, "to": "0009", "agent": agent, "minutes": "1.5"})).await;
        assert_eq!(call.status, 201, "{}", call.text);
        let price = &call.body["price"];
        assert_eq!((&price["total"], &price["agent_part"]), (&json!("4.98"), &json!("3.984")), "{}", call.text);
        assert_eq!((&price["allowance_seconds"], &price["source"]), (&json!(60), &json!("agent")));
        let shown = service.get(&format!("/calls/{}", call.body["id"].as_str().unwrap())).await;
        assert_eq!(shown.body["entries"].as_array().unwrap().len(), 2, "{}", shown.text);
        assert!(shown.body["charge"].is_object());
        let earned = service.get(&format!("/ledger?agent={agent}")).await;
        assert_eq!(earned.body["items"][0]["amount"], "3.984");
        let used = service.get(&format!("/customers/{customer}/allowances")).await;
        assert_eq!(used.body["items"][0]["used_seconds"], 60);
        assert_eq!(service.post("/books/check", json!({})).await.body["faults"], json!([]));
    })
    .await;
}

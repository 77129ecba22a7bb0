//! How the tenant stands.

use reqwest::Method;
use serde_json::json;

use crate::service::{on_both, sent};

#[tokio::test]
async fn what_came_in_and_what_waits() {
    on_both(async |service| {
        let nothing = service.get("/overview").await;
        let days = nothing.body["revenue_days"].as_array().unwrap();
        assert_eq!(
            (days.len(), &days[0], &days[29]),
            (30, &json!({"date": "2026-09-16", "amount": "0.00"}), &json!({"date": "2026-10-15", "amount": "0.00"}),)
        );
        assert_eq!(nothing.body["unpaid"], json!({"count": 0, "total": "0.00"}));

        let (customer, line) = service.caller().await;
        for (to, ended_at, minutes) in [
            ("+442079460018", "2026-10-15T00:00:00Z", 2),
            ("+442079460018", "2026-10-14T23:59:59.999Z", 3),
            ("+442079460018", "2026-09-16T00:00:00Z", 5),
            // The day before the first one; and one that lasted nothing.
            ("+442079460018", "2026-09-15T23:59:59Z", 7),
            ("+442079460018", "2026-10-15T00:00:00Z", 0),
        ] {
            let call = json!({"line": line, "to": to, "ended_at": ended_at, "duration_seconds": minutes * 60});
            service.made("/calls", call).await;
        }
        let alone = service.customer("Without a price").await;
        let unpriced =
            json!({"name": "Nothing", "currency": "USD", "monthly_fee": "0", "unlisted": "refuse", "rate": null});
        let unpriced = service.made("/plans", unpriced).await;
        let silent = service.line(&alone, "0002", &unpriced).await;
        service.made("/calls", json!({"line": silent, "to": "+442079460018", "minutes": 1})).await;
        let request = json!({"amount": "20.00"});
        service.made(&format!("/customers/{customer}/top-up-requests"), request.clone()).await;
        service.made(&format!("/customers/{alone}/top-up-requests"), request).await;
        sent(service.request(Method::PUT, &format!("/lines/{line}/suspensions/manual"))).await;
        let told = service.get("/overview").await;
        let day = |date: &str| {
            let days = told.body["revenue_days"].as_array().unwrap();
            days.iter().find(|day| day["date"] == date).unwrap()["amount"].as_str().unwrap().to_owned()
        };
        // 0.05 a minute.
        assert_eq!(
            [day("2026-10-15"), day("2026-10-14"), day("2026-09-16")],
            ["0.10", "0.15", "0.25"],
            "{}",
            told.text
        );
        assert_eq!(
            ["unrated_calls", "top_up_requests", "suspended_lines", "open_alerts", "failed_jobs", "calls_now"]
                .map(|figure| told.body[figure].as_i64().unwrap()),
            [1, 2, 1, 0, 0, 0],
            "{}",
            told.text
        );

        service.comes("2026-11-01T00:00:00Z").await;
        service.post(&format!("/customers/{customer}/invoices"), json!({})).await;
        // 0.60 of September, 0.25 of October.
        let total = "0.85";
        let told = service.get("/overview").await;
        assert_eq!(told.body["unpaid"], json!({"count": 2, "total": total}), "{}", told.text);
        service.made("/payments", json!({"customer": customer, "amount": total, "method": "cash"})).await;
        assert_eq!(service.get("/overview").await.body["unpaid"], json!({"count": 0, "total": "0.00"}));
    })
    .await;
}

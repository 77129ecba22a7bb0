//! A customer's and a line's history and totals, in one request each.

use serde_json::{Value, json};

use crate::service::{Service, on_both};

/// Two lines with calls in August, September and October.
async fn world(service: &Service) -> (String, [String; 2]) {
    let (customer, first) = service.caller().await;
    let second = service.line(&customer, "0002", "Basic").await;
    for (line, ended_at, fields) in [
        (&first, "2026-08-31T23:59:59.999Z", json!({"duration_seconds": 60})),
        (&first, "2026-09-01T00:00:00Z", json!({"duration_seconds": 61})),
        (&second, "2026-09-15T12:00:00Z", json!({"duration_seconds": "0.5"})),
        (&second, "2026-10-01T08:00:00Z", json!({"disposition": "busy"})),
        (&first, "2026-10-02T08:00:00Z", json!({"duration_seconds": 120})),
    ] {
        let mut call = json!({"line": line, "to": "+442079460018", "ended_at": ended_at});
        call.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        service.made("/calls", call).await;
    }
    (customer, [first, second])
}

fn sums(usage: &Value) -> Value {
    json!([usage["period"], usage["calls"], usage["answered"], usage["seconds"], usage["amount"]])
}

#[tokio::test]
async fn histories_are_filtered_and_newest_first() {
    on_both(async |service| {
        let (customer, [first, second]) = world(service).await;
        for (path, days) in [
            (format!("/customers/{customer}/calls"), "10-02 10-01 09-15 09-01 08-31"),
            (format!("/lines/{first}/calls"), "10-02 09-01 08-31"),
            (format!("/customers/{customer}/calls?disposition=busy"), "10-01"),
            (format!("/customers/{customer}/calls?from=2026-09-01T00:00:00Z&to=2026-10-01T00:00:00Z"), "09-15 09-01"),
            (format!("/calls?line={second}&from=2026-09-30T00:00:00%2B02:00"), "10-01"),
            (format!("/calls?customer={customer}&disposition=answered"), "10-02 09-15 09-01 08-31"),
            ("/calls?customer=cus_none".to_owned(), ""),
        ] {
            let listed = service.get(&path).await;
            assert_eq!(listed.status, 200, "{path}: {}", listed.text);
            let items = listed.body["items"].as_array().unwrap();
            let shown: Vec<&str> = items.iter().map(|call| &call["ended_at"].as_str().unwrap()[5..10]).collect();
            assert_eq!(shown.join(" "), days, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn totals_of_a_month_and_by_month() {
    on_both(async |service| {
        let (customer, [first, second]) = world(service).await;
        for (path, expected) in [
            (format!("/customers/{customer}/usage?period=2026-10"), json!(["2026-10", 2, 1, 120, "0.10"])),
            (format!("/customers/{customer}/usage"), json!(["2026-10", 2, 1, 120, "0.10"])),
            (format!("/customers/{customer}/usage?period=2026-09"), json!(["2026-09", 2, 2, 62, "0.15"])),
            (format!("/customers/{customer}/usage?period=2020-01"), json!(["2020-01", 0, 0, 0, "0.00"])),
            (format!("/lines/{second}/usage?period=2026-09"), json!(["2026-09", 1, 1, 1, "0.05"])),
        ] {
            let usage = service.get(&path).await;
            assert_eq!((usage.status, sums(&usage.body)), (200, expected), "{path}: {}", usage.text);
            assert_eq!(usage.body["currency"], "USD");
        }
        let october = service.get(&format!("/customers/{customer}/usage?period=2026-10")).await;
        assert_eq!(
            (&october.body["from"], &october.body["to"]),
            (&json!("2026-10-01T00:00:00Z"), &json!("2026-11-01T00:00:00Z"))
        );
        let by_month = service.get(&format!("/customers/{customer}/usage?by=month")).await;
        let months: Vec<Value> = by_month.body["items"].as_array().unwrap().iter().map(sums).collect();
        assert_eq!(
            json!(months),
            json!([["2026-08", 1, 1, 60, "0.05"], ["2026-09", 2, 2, 62, "0.15"], ["2026-10", 2, 1, 120, "0.10"]])
        );
        let of_line = service.get(&format!("/lines/{first}/usage?by=month")).await;
        assert_eq!(of_line.body["items"].as_array().unwrap().len(), 3);
        let nobody = service.customer("Quiet").await;
        assert_eq!(service.get(&format!("/customers/{nobody}/usage?by=month")).await.body, json!({"items": []}));
    })
    .await;
}

//! What an accountant asks for, over HTTP.

use serde_json::{Value, json};

use crate::service::{Service, on_both};

/// The rows of a report as lines: its texts beside each other.
fn lines(rows: &Value, columns: &[&str]) -> Vec<String> {
    let cell = |row: &Value, column: &str| match &row[column] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let line = |row: &Value| columns.iter().map(|column| cell(row, column)).collect::<Vec<_>>().join(" ");
    rows.as_array().unwrap().iter().map(line).collect()
}

/// A month of a business: a postpaid customer with an unpaid invoice, a prepaid one who has called an agent, a bounced payment.
async fn a_month(service: &Service) -> (String, String) {
    let (acme, line) = service.subscriber("Acme", "0001").await;
    service.made("/calls", json!({"line": line, "to": "+442079460018", "minutes": 10})).await;
    let (pia, talks) = service.talker("20.00", "0002").await;
    let prices = json!({"USD": {"rate": {"price_per_minute": "1.00"}}});
    let ada = service.made("/agents", json!({"name": "Ada", "prices": prices, "share": 800})).await;
    service.made("/calls", json!({"line": talks, "to": "+442079460019", "agent": ada, "minutes": 5})).await;
    let paid = json!({"customer": acme, "amount": "3.00", "method": "transfer"});
    let payment = service.made("/payments", paid).await;
    let back = json!({"kind": "dispute", "amount": "1.00", "reason": "not mine"});
    service.made(&format!("/payments/{payment}/reversals"), back).await;
    (acme, pia)
}

const BALANCE: [&str; 5] = ["account", "opening", "debit", "credit", "closing"];

#[tokio::test]
async fn the_trial_balance_sums_to_zero_whatever_has_happened() {
    on_both(async |service| {
        a_month(service).await;
        let month = "from=2026-10-01&to=2026-11-01";
        let balance = service.get(&format!("/reports/trial-balance?{month}")).await.body;
        let rows = lines(&balance["accounts"], &BALANCE);
        // Calls of 0.50 and 5.00, of which Ada has four fifths; 20.00 and 3.00 came in, 1.00 of it is disputed.
        assert_eq!(
            rows,
            [
                "agents 0.00 0.00 4.00 -4.00",
                "cash 0.00 23.00 0.00 23.00",
                "customers 0.00 6.50 23.00 -16.50",
                "disputed 0.00 0.00 1.00 -1.00",
                "income 0.00 0.00 1.50 -1.50",
            ]
        );
        let csv = service.get(&format!("/reports/trial-balance.csv?{month}")).await;
        assert!(csv.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
        let csv_lines: Vec<&str> = csv.text.split_terminator("\r\n").collect();
        assert_eq!(csv_lines[0], r#""account","currency","opening","debit","credit","closing""#);
        assert_eq!(csv_lines[2], r#""cash","USD","0.00","23.00","0.00","23.00""#);
        // What was moved in a month is what the next one begins with.
        let next = service.get("/reports/trial-balance?from=2026-11-01&to=2026-12-01").await.body;
        assert_eq!(lines(&next["accounts"], &BALANCE)[1], "cash 23.00 0.00 0.00 23.00");
        let before = service.get("/reports/trial-balance?from=2026-09-01&to=2026-10-01").await.body;
        assert_eq!(before["accounts"], json!([]));
        for (query, status) in [
            ("from=2026-10-01&to=2026-10-01", 400),
            ("from=2026-10-02&to=2026-10-01", 400),
            ("from=2026-13-01&to=2026-10-01", 422),
            ("from=2026-10-15", 400),
            ("month=2026-10", 400),
        ] {
            assert_eq!(service.get(&format!("/reports/trial-balance?{query}")).await.status, status, "{query}");
        }
        // Where nothing is asked for it is the last whole month.
        service.comes("2026-11-20T00:00:00Z").await;
        assert_eq!(service.get("/reports/trial-balance").await.body, balance);
    })
    .await;
}

#[tokio::test]
async fn what_is_unpaid_grows_older() {
    on_both(async |service| {
        let (acme, _) = service.subscriber("Acme", "0001").await;
        service.comes("2026-11-01T00:00:01Z").await;
        service.invoiced(&acme).await;
        let columns = ["name", "not_due", "days_1_to_30", "days_31_to_60", "days_61_to_90", "older", "total"];
        let rows = async || lines(&service.get("/reports/aged-debt").await.body["items"], &columns);
        let issued = rows().await;
        assert_eq!(issued.len(), 1, "{issued:?}");
        let total = issued[0].rsplit(' ').next().unwrap().to_owned();
        let invoices = service.get(&format!("/invoices?customer={acme}")).await.body;
        let due_on = invoices["items"][0]["due_on"].as_str().unwrap().to_owned();
        let at = |days: i64| {
            let due: domain::time::Date = due_on.parse().unwrap();
            (0..days).fold(due, |day, _| day.tomorrow().unwrap())
        };
        let zero = "0.00";
        for (days, place) in [(0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4)] {
            service.comes(&format!("{}T12:00:00Z", at(days))).await;
            let mut expected = [zero; 5];
            expected[place] = &total;
            assert_eq!(rows().await, [format!("Acme {} {total}", expected.join(" "))], "after {days} days");
        }
        let csv = service.get("/reports/aged-debt.csv").await.text;
        assert_eq!(csv.split_terminator("\r\n").count(), 2, "{csv}");
        service.made("/payments", json!({"customer": acme, "amount": total, "method": "cash"})).await;
        assert_eq!(rows().await, [] as [String; 0]);
    })
    .await;
}

#[tokio::test]
async fn what_is_owed_to_whom_is_what_is_on_their_accounts() {
    on_both(async |service| {
        let (_, pia) = a_month(service).await;
        let credit = json!({"customer": pia, "kind": "promotional", "amount": "2.00", "reason": "welcome"});
        service.made("/credits", credit).await;
        let columns = ["whose", "currency", "accounts", "has", "promotional", "owes"];
        let rows = lines(&service.get("/reports/liabilities").await.body["items"], &columns);
        assert_eq!(
            rows,
            ["agents USD 1 4.00 0.00 0.00", "postpaid USD 1 1.50 0.00 0.00", "prepaid USD 1 17.00 2.00 0.00"]
        );
        let csv = service.get("/reports/liabilities.csv").await.text;
        assert!(csv.contains(r#""prepaid","USD","1","17.00","2.00","0.00""#), "{csv}");
    })
    .await;
}

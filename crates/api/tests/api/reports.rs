//! What an accountant asks for, over HTTP.

use engine::Role;
use reqwest::Method;
use serde_json::{Value, json};
use storage::carried::CarriedRecord;

use crate::service::{Service, on_both, sent};

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

/// From now on a fifth of the net is tax.
async fn taxed(service: &Service) {
    let tenant = service.get("/tenant").await;
    let mut body = tenant.body.clone();
    body["settings"]["tax_rates"] = json!([{"name": "VAT", "rate": "0.20", "valid_from": "2026-01-01T00:00:00Z"}]);
    let change = service.request(Method::PUT, "/tenant").header("if-match", tenant.header("etag"));
    let set = sent(change.json(&json!({"name": body["name"], "settings": body["settings"]}))).await;
    assert_eq!(set.status, 200, "{}", set.text);
}

/// An amount in millionths.
fn micros(text: &str) -> i64 {
    domain::money::Amount::parse(text).unwrap().micros()
}

#[tokio::test]
async fn revenue_by_month_is_what_moved_on_income_and_tax() {
    on_both(async |service| {
        taxed(service).await;
        let (acme, _) = service.subscriber("Fee payer", "0009").await;
        a_month(service).await;
        service.comes("2026-11-01T00:00:01Z").await;
        service.made("/bill-runs", json!({})).await;
        let invoices = service.get(&format!("/invoices?customer={acme}")).await.body;
        let invoice = invoices["items"][0]["id"].as_str().unwrap();
        service.made(&format!("/invoices/{invoice}/credit-notes"), json!({"reason": "a mistake"})).await;
        service.comes("2026-11-20T00:00:00Z").await;
        let revenue = service.get("/reports/revenue").await.body;
        let columns = ["month", "currency", "kind", "net", "tax"];
        // Ada's caller pays 5.00 with 0.8333 of tax in it, of the rest of which Ada has four fifths. Two fees of 12.00 for 17 days of 31, and a call
        // of 0.50, are taxed by invoice; one of the invoices is credited.
        assert_eq!(
            lines(&revenue["items"], &columns),
            [
                "2026-10 USD calls 1.3333 0.8333",
                "2026-11 USD corrections -6.58 -1.32",
                "2026-11 USD fees 13.16 0.00",
                "2026-11 USD tax 0.00 2.74",
            ]
        );
        let sums = |column: &str, month: &str| -> i64 {
            let rows = revenue["items"].as_array().unwrap().iter().filter(|row| row["month"] == month);
            rows.map(|row| micros(row[column].as_str().unwrap())).sum()
        };
        for (month, to) in [("2026-10", "2026-11-01"), ("2026-11", "2026-12-01")] {
            let balance = service.get(&format!("/reports/trial-balance?from={month}-01&to={to}")).await.body;
            let moved = |account: &str| {
                let rows = balance["accounts"].as_array().unwrap();
                let row = rows.iter().find(|row| row["account"] == account).unwrap();
                micros(row["credit"].as_str().unwrap()) - micros(row["debit"].as_str().unwrap())
            };
            assert_eq!((sums("net", month), sums("tax", month)), (moved("income"), moved("tax")), "{month}");
        }
        let of_november = service.get("/reports/revenue?from=2026-11&to=2026-11").await.body;
        assert_eq!(lines(&of_november["items"], &["month"]), ["2026-11"; 3]);
        assert_eq!(service.get("/reports/revenue?to=2026-09").await.body["items"], json!([]));
        let csv = service.get("/reports/revenue.csv?to=2026-10").await.text;
        let expected = "\"month\",\"currency\",\"kind\",\"net\",\"tax\"\r\n\"2026-10\",\"USD\",\"calls\",\"1.3333\",\"0.8333\"\r\n";
        assert_eq!(csv, expected);
        for (query, status) in
            [("from=2026-11&to=2026-10", 400), ("from=2026-13", 422), ("from=2026-11-01", 422), ("month=2026-11", 400)]
        {
            assert_eq!(service.get(&format!("/reports/revenue?{query}")).await.status, status, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn usage_by_destination_counts_what_is_unknown_and_not_as_zero() {
    on_both(async |service| {
        let deck = json!({"name": "World", "currency": "USD"});
        let deck = service.made("/decks", deck).await;
        let entries = json!([
            {"prefix": "44", "destination": "United Kingdom", "rate": {"price_per_minute": "0.20"}},
            {"prefix": "49", "rate": {"price_per_minute": "0.30"}},
        ]);
        let put = service.request(Method::PUT, &format!("/decks/{deck}/entries"));
        let put = sent(put.header("if-match", "\"1\"").json(&entries)).await;
        assert!(put.status < 300, "{}", put.text);
        let plan = json!({"name": "Decked", "currency": "USD", "monthly_fee": "0", "deck": deck, "rate": {"price_per_minute": "0.05"}});
        let plan = service.made("/plans", plan).await;
        let customer = service.customer("Acme").await;
        let line = service.line(&customer, "0001", &plan).await;
        let call = async |to: &str, minutes: i64| {
            service.made("/calls", json!({"line": line, "to": to, "minutes": minutes})).await
        };
        let known = call("+442079460018", 10).await;
        let twice = call("+442079460019", 5).await;
        let half = call("+442079460020", 1).await;
        call("+493012345678", 2).await;
        call("+33123456789", 3).await;
        // Costs of legs: one known, two known, one of two known, one in another currency; the call to France had no trunk.
        let leg = |call: &str, leg: i64, currency: &str, cost: Option<i64>| CarriedRecord {
            call: call.to_owned(),
            leg,
            trunk: "trk_1".to_owned(),
            route: None,
            seconds: 60,
            currency: currency.to_owned(),
            cost,
            charge: None,
        };
        let legs = [
            leg(&known, 1, "USD", Some(1_500_000)),
            leg(&twice, 1, "USD", Some(300_000)),
            leg(&twice, 2, "USD", Some(900_000)),
            leg(&half, 1, "USD", Some(1)),
            leg(&half, 2, "USD", None),
        ];
        let mut tx = service.engine.store().write().await.unwrap();
        storage::carried::save(&mut tx, service.owner.tenant, &legs).await.unwrap();
        tx.commit().await.unwrap();
        service.comes("2026-11-02T00:00:00Z").await;
        let shown = service.get("/reports/destinations").await.body;
        let columns =
            ["destination", "price_source", "calls", "seconds", "charged", "unknown_cost_calls", "cost", "margin"];
        assert_eq!(
            lines(&shown["items"], &columns),
            [
                "+49 deck 1 120 0.60 1 0.00 0.00",
                "United Kingdom deck 3 960 3.20 1 2.70 0.30",
                "Decked plan 1 180 0.15 1 0.00 0.00",
            ]
        );
        assert_eq!((&shown["from"], &shown["to"]), (&json!("2026-10-01T00:00:00Z"), &json!("2026-11-01T00:00:00Z")));
        let csv = service.get("/reports/destinations.csv?from=2026-10-01&to=2026-11-01").await.text;
        let row = r#""United Kingdom","deck","USD","3","960","1","3.20","0.00","0.00","2.70","0.30""#;
        assert!(csv.contains(row), "{csv}");
        let none = service.get("/reports/destinations?from=2026-11-01&to=2026-12-01").await.body;
        assert_eq!(none["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn the_journal_has_every_entry_once_in_the_order_of_posting() {
    on_both(async |service| {
        a_month(service).await;
        let october = "from=2026-10-01&to=2026-11-01";
        let whole = service.get(&format!("/reports/journal?{october}")).await.body;
        let columns = ["kind", "from", "to", "amount", "about"];
        let shown = lines(&whole["items"], &columns).join("\n");
        assert_eq!(whole["items"].as_array().unwrap().len(), 6, "{shown}");
        for part in [" cash ", " income 0.50 call", " income 1.00 call", " 4.00 call", " 20.00 payment", "dispute "] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = service.get(&format!("/reports/journal?{october}&limit=2{cursor}")).await.body;
            seen.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(json!(seen), whole["items"]);
        let csv = service.get(&format!("/reports/journal.csv?{october}")).await;
        assert!(csv.header("content-disposition").contains("journal.csv"));
        let rows: Vec<&str> = csv.text.split_terminator("\r\n").collect();
        assert_eq!(rows.len(), 7);
        let header =
            r#""posted_at","key","kind","from","to","amount","currency","about","reference","customer","agent""#;
        assert_eq!(rows[0], header);
        for (row, entry) in rows[1..].iter().zip(&seen) {
            for field in ["posted_at", "key", "kind", "from", "to", "amount", "reference"] {
                assert!(row.contains(&format!("\"{}\"", entry[field].as_str().unwrap())), "{field}: {row}");
            }
        }
        assert_eq!(service.get("/reports/journal?from=2026-11-01&to=2026-12-01").await.body["items"], json!([]));
        for (query, status) in [("from=2026-10-02&to=2026-10-01", 400), ("limit=0", 422), ("from=today", 422)] {
            assert_eq!(service.get(&format!("/reports/journal?{query}")).await.status, status, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn reports_are_for_those_who_read_all() {
    on_both(async |service| {
        for report in ["trial-balance", "revenue", "destinations", "journal", "journal.csv"] {
            for (role, status) in
                [(Role::Auditor, 200), (Role::Clerk, 200), (Role::Coordinator, 403), (Role::Switch, 403)]
            {
                let path = format!("/reports/{report}");
                let asked = service.anonymous(Method::GET, &path).bearer_auth(service.key(role));
                assert_eq!(sent(asked).await.status, status, "{report} by {role:?}");
            }
        }
    })
    .await;
}

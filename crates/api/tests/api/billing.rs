//! Bill runs, and what prepaid customers get.

use std::collections::BTreeSet;

use futures::future::join_all;
use serde_json::json;

use crate::service::on_both;

#[tokio::test]
async fn h103_eight_bill_runs_at_once_bill_each_period_once_without_a_gap() {
    on_both(async |service| {
        let mut customers = BTreeSet::new();
        for number in ["0001", "0002", "0003", "0004", "0005"] {
            customers.insert(service.subscriber(&format!("Customer {number}"), number).await.0);
        }
        // Two periods have ended for each.
        service.comes("2026-12-01T00:00:00Z").await;
        let runs = join_all((0..8).map(|_| service.post("/bill-runs", json!({})))).await;
        let mut issued = 0;
        for run in &runs {
            assert_eq!((run.status, &run.body["failed"]), (201, &json!(0)), "{}", run.text);
            assert!(run.body["finished_at"].is_string(), "{}", run.text);
            issued += run.body["issued"].as_i64().unwrap();
        }
        assert_eq!(issued, 10);
        let invoices = service.get("/invoices?limit=500").await;
        let invoices = invoices.body["items"].as_array().unwrap();
        let numbers: BTreeSet<&str> = invoices.iter().map(|invoice| invoice["number"].as_str().unwrap()).collect();
        let all: Vec<String> = (1..=10).map(|number| format!("{number:06}")).collect();
        assert!(numbers.iter().eq(&all), "{numbers:?}");
        let billed: BTreeSet<(&str, &str)> = invoices
            .iter()
            .map(|invoice| (invoice["customer"].as_str().unwrap(), invoice["period"]["from"].as_str().unwrap()))
            .collect();
        let wanted = customers.iter().flat_map(|customer| [(&**customer, "2026-10-15"), (&**customer, "2026-11-01")]);
        assert!(billed.iter().copied().eq(wanted), "{billed:?}");
        assert_eq!(service.post("/books/check", json!({})).await.body["faults"], json!([]));

        // What found nothing to do is not listed.
        let listed = service.get("/bill-runs").await;
        let busy = runs.iter().filter(|run| run.body["issued"] != 0).count();
        assert_eq!(listed.body["items"].as_array().unwrap().len(), busy);
        assert_eq!(service.post("/bill-runs", json!({})).await.status, 201);
        assert_eq!(service.get("/bill-runs").await.body, listed.body);
        let path = format!("/bill-runs/{}", runs[0].body["id"].as_str().unwrap());
        assert_eq!(
            (runs[0].header("location"), service.get(&path).await.body),
            (&*format!("/api/v1{path}"), runs[0].body.clone())
        );
        assert_eq!(service.get("/bill-runs/run_none").await.status, 404);
        assert_eq!(service.get("/bill-runs/failures").await.body["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn eight_clerks_at_once_issue_one_invoice() {
    on_both(async |service| {
        let (customer, _) = service.subscriber("Harbour Radio", "0001").await;
        service.comes("2026-11-01T00:00:00Z").await;
        let path = format!("/customers/{customer}/invoices");
        let replies = join_all((0..8).map(|_| service.post(&path, json!({})))).await;
        let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
        let listed = service.get("/invoices").await;
        assert_eq!(listed.body["items"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_prepaid_customer_gets_receipts_and_statements() {
    on_both(async |service| {
        let plan = json!({"name": "Prepaid", "kind": "prepaid", "currency": "USD", "monthly_fee": "0",
            "rate": {"price_per_minute": "0.05"}});
        let plan = service.made("/plans", plan).await;
        let customer = service.made("/customers", json!({"organisation": "Ada", "mode": "prepaid"})).await;
        let line = service.made("/lines", json!({"customer": customer, "number": "0001", "plan": plan})).await;
        let paid = json!({"customer": customer, "amount": "20.00", "method": "card"});
        let paid = service.post("/payments", paid).await;
        assert_eq!((&paid.body["settles"], &paid.body["unspent"]), (&json!([]), &json!("0.00")), "{}", paid.text);
        service.made("/calls", json!({"line": line, "to": "+442079460018", "minutes": 4})).await;
        service.comes("2026-11-01T00:00:00Z").await;
        let run = service.post("/bill-runs", json!({})).await;
        assert_eq!(run.status, 201, "{}", run.text);

        let receipts = service.get(&format!("/receipts?customer={customer}")).await;
        let receipt = &receipts.body["items"][0];
        assert_eq!(
            (&receipt["number"], &receipt["total"], &receipt["state"]),
            (&json!("R000001"), &json!("20.00"), &json!("final"))
        );
        let statements = service.get("/statements").await;
        let statement = &statements.body["items"][0];
        let sums = json!({"opening": "0.00", "credited": "20.00", "charged": "0.20", "closing": "19.80"});
        assert_eq!((&statement["statement"], &statement["number"]), (&sums, &json!(null)), "{}", statements.text);
        let ids = [("receipts", receipt["id"].as_str().unwrap()), ("statements", statement["id"].as_str().unwrap())];
        for (noun, id) in ids {
            let pdf = service.get(&format!("/{noun}/{id}.pdf")).await;
            assert!(pdf.status == 200 && pdf.bytes.starts_with(b"%PDF"), "{noun}: {:.200}", pdf.text);
            assert_eq!(service.get(&format!("/{noun}/{id}.html")).await.status, 200, "{noun}");
            assert_eq!(service.get(&format!("/invoices/{id}")).await.status, 404, "{noun} are no invoices");
        }
        let nothing = service.post(&format!("/customers/{customer}/invoices"), json!({})).await;
        assert_eq!((nothing.status, &nothing.body["invoices"]), (200, &json!([])), "{}", nothing.text);
        assert_eq!(service.get("/invoices").await.body["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn nobody_is_billed_who_is_not_there() {
    on_both(async |service| {
        for path in ["/customers/cus_none/invoices", "/invoices/inv_none/send"] {
            let reply = service.post(path, json!({})).await;
            assert_eq!((reply.status, reply.problem()), (404, "not-found"), "{path}: {}", reply.text);
        }
        assert_eq!(service.get("/customers/cus_none/invoices/preview").await.status, 404);
        let run = service.post("/bill-runs", json!({})).await;
        assert_eq!((run.status, &run.body["issued"], &run.body["totals"]), (201, &json!(0), &json!({})));
    })
    .await;
}

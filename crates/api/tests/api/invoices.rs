//! From an open line to an invoice that is paid: issued, drawn, settled, corrected.

use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{Reply, Service, on_both, sent};

/// A customer of this name has talked for three minutes and has been billed in November for the rest of October: the ids of customer
/// and invoice.
async fn billed(service: &Service, name: &str) -> (String, String) {
    let (customer, line) = service.subscriber(name, "0001").await;
    service.made("/calls", json!({"line": line, "to": "+442079460018", "minutes": 3})).await;
    service.comes("2026-11-01T00:00:00Z").await;
    let invoice = service.invoiced(&customer).await;
    (customer, invoice)
}

async fn pay(service: &Service, customer: &str, amount: &str) -> Reply {
    let paid = service.post("/payments", json!({"customer": customer, "amount": amount, "method": "cash"})).await;
    assert_eq!(paid.status, 201, "{}", paid.text);
    paid
}

/// State, what is settled and what is open of an invoice.
async fn standing(service: &Service, invoice: &str) -> Value {
    let shown = service.get(&format!("/invoices/{invoice}")).await.body;
    json!([shown["state"], shown["settled"], shown["open"]])
}

#[tokio::test]
async fn what_is_not_due_is_previewed_and_what_is_due_is_issued_once() {
    on_both(async |service| {
        let (customer, line) = service.subscriber("Harbour Radio", "0001").await;
        service.made("/calls", json!({"line": line, "to": "+442079460018", "minutes": 3})).await;
        let path = format!("/customers/{customer}/invoices");
        let early = service.post(&path, json!({})).await;
        assert_eq!((early.status, &early.body["issued"]), (200, &json!(false)), "{}", early.text);
        let preview = &early.body["invoices"][0];
        // 17 of 31 days at 12.00, and three minutes at 0.05.
        assert_eq!(preview["total"], "6.73");
        assert_eq!(
            (&preview["state"], &preview["number"], &preview["id"]),
            (&json!("preview"), &Value::Null, &Value::Null)
        );
        let shown = service.get(&format!("{path}/preview")).await;
        assert_eq!(&shown.body["items"][0], preview);
        let page = service.get(&format!("{path}/preview.html")).await;
        assert_eq!((page.status, page.text.contains("6.73")), (200, true), "{}", page.text);
        assert_eq!(service.get(&format!("{path}/preview.html?line=lin_none")).await.status, 404);

        service.comes("2026-11-01T00:00:00Z").await;
        let keyed = || sent(service.request(Method::POST, &path).header("idempotency-key", "november"));
        let issued = keyed().await;
        assert_eq!((issued.status, &issued.body["issued"]), (201, &json!(true)), "{}", issued.text);
        let invoice = &issued.body["invoices"][0];
        assert_eq!(issued.header("location"), format!("/api/v1/invoices/{}", invoice["id"].as_str().unwrap()));
        for (field, value) in [
            ("number", json!("000001")),
            ("customer", json!(customer)),
            ("line", Value::Null),
            ("period", json!({"from": "2026-10-15", "to": "2026-11-01"})),
            ("issued_at", json!("2026-11-01T00:00:00Z")),
            ("due_on", json!("2026-11-15")),
            ("currency", json!("USD")),
            ("state", json!("issued")),
            ("overdue", json!(false)),
            ("net", json!("6.73")),
            ("tax", json!("0.00")),
            ("total", json!("6.73")),
            ("settled", json!("0.00")),
            ("open", json!("6.73")),
        ] {
            assert_eq!(invoice[field], value, "{field}");
        }
        let fee = &invoice["lines"][0];
        assert_eq!((&fee["kind"], &fee["amount"]), (&json!("fee"), &json!("6.58")));
        assert_eq!(fee["share"], json!({"part": 17, "of": 31, "unit": "days"}));
        let usage = &invoice["lines"][1];
        assert_eq!((&usage["calls"], &usage["seconds"], &usage["exact"]), (&json!(1), &json!(180), &json!("0.15")));
        assert_eq!((&usage["line"], &usage["number"]), (&json!(line), &json!("0001")));

        let replayed = keyed().await;
        assert_eq!((replayed.status, replayed.header("idempotency-replayed")), (201, "true"));
        assert_eq!(replayed.text, issued.text);
        let again = service.post(&path, json!({})).await;
        assert_eq!((again.status, &again.body["issued"]), (200, &json!(false)), "{}", again.text);
        let listed = service.get("/invoices").await;
        assert_eq!(listed.body["items"].as_array().unwrap().len(), 1);
        assert_eq!(&listed.body["items"][0], invoice);
        let calls = service.get("/invoices/000001/calls").await;
        assert_eq!(
            (&calls.body["items"][0]["to"], &calls.body["items"][0]["amount"]),
            (&json!("+442079460018"), &json!("0.15"))
        );
    })
    .await;
}

#[tokio::test]
async fn h105_a_document_is_drawn_once_and_a_page_runs_nothing() {
    on_both(async |service| {
        let (customer, invoice) = billed(service, "<img src=x onerror=alert(1)>").await;
        let pdf = service.get(&format!("/invoices/{invoice}.pdf")).await;
        assert_eq!((pdf.status, pdf.header("content-type")), (200, "application/pdf"), "{:.200}", pdf.text);
        assert!(pdf.bytes.starts_with(b"%PDF"));
        assert_eq!(pdf.header("content-disposition"), "inline; filename=\"invoice-000001.pdf\"");
        assert_eq!(pdf.header("cache-control"), "no-store");
        let edit = json!({"organisation": "Renamed", "state": "active"});
        let path = format!("/customers/{customer}");
        assert_eq!(sent(service.request(Method::PUT, &path).header("if-match", "\"1\"").json(&edit)).await.status, 200);
        let again = service.get("/invoices/000001.pdf").await;
        assert!(again.bytes == pdf.bytes, "the file has changed");

        let page = service.get(&format!("/invoices/{invoice}.html")).await;
        assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
        assert!(page.text.contains("onerror=alert(1)") && !page.text.contains("<img"), "{}", page.text);
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("script-src"), "{policy}");
        assert_eq!(page.header("cache-control"), "no-store");
        let other = service.get("/invoices/000001.txt").await;
        assert_eq!(other.status, 404);
        assert!(other.text.contains("no form .txt: ask for 000001.pdf, 000001.html"), "{}", other.text);
        for path in ["/invoices/inv_none.pdf", "/invoices/inv_none.html", "/invoices/000002", "/receipts/000001.pdf"] {
            assert_eq!(service.get(path).await.status, 404, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn payments_settle_and_what_is_left_settles_the_next_invoice() {
    on_both(async |service| {
        let (customer, first) = billed(service, "Harbour Radio").await;
        let part = pay(service, &customer, "2.00").await;
        let settles = json!([{"invoice": first, "number": "000001", "amount": "2.00"}]);
        assert_eq!((&part.body["settles"], &part.body["unspent"]), (&settles, &json!("0.00")));
        assert_eq!(standing(service, &first).await, json!(["part_paid", "2.00", "4.73"]));
        let balance = service.get(&format!("/customers/{customer}/balance")).await;
        assert_eq!((&balance.body["balance"], &balance.body["unpaid"]), (&json!("-4.73"), &json!("4.73")));

        let more = pay(service, &customer, "10.00").await;
        assert_eq!((&more.body["settles"][0]["amount"], &more.body["unspent"]), (&json!("4.73"), &json!("5.27")));
        assert_eq!(standing(service, &first).await, json!(["paid", "6.73", "0.00"]));

        service.comes("2026-12-01T00:00:00Z").await;
        let second = service.invoiced(&customer).await;
        assert_eq!(standing(service, &second).await, json!(["part_paid", "5.27", "6.73"]));
        let shown = service.get(&format!("/invoices/{second}")).await;
        assert_eq!(shown.body["settlements"][0]["amount"], "5.27");
        let paid = service.get(&format!("/payments?customer={customer}")).await;
        assert_eq!(
            (&paid.body["items"][0]["unspent"], &paid.body["items"][1]["unspent"]),
            (&json!("0.00"), &json!("0.00"))
        );
        assert_eq!(paid.body["items"][0]["settles"][1]["invoice"], json!(second));
        let settlements = service.get(&format!("/invoices/{first}/settlements")).await;
        let amounts: Vec<&Value> =
            settlements.body["items"].as_array().unwrap().iter().map(|settled| &settled["amount"]).collect();
        assert_eq!(amounts, ["2.00", "4.73"]);
        assert_eq!(settlements.body["items"][0]["source"], part.body["id"]);
    })
    .await;
}

#[tokio::test]
async fn a_payment_may_name_its_invoice() {
    on_both(async |service| {
        let (customer, _) = billed(service, "Harbour Radio").await;
        service.comes("2026-12-01T00:00:00Z").await;
        let second = service.invoiced(&customer).await;
        let named =
            |invoice: &str| json!({"customer": customer, "amount": "13.00", "method": "transfer", "invoice": invoice});
        for wrong in ["000009", "inv_none", ""] {
            let reply = service.post("/payments", named(wrong)).await;
            assert_eq!((reply.status, reply.places()), (422, vec!["/invoice"]), "{wrong}: {}", reply.text);
        }
        let paid = service.post("/payments", named("000002")).await;
        let shown: Vec<(&Value, &Value)> = paid.body["settles"]
            .as_array()
            .unwrap()
            .iter()
            .map(|settles| (&settles["number"], &settles["amount"]))
            .collect();
        assert_eq!(shown, [(&json!("000002"), &json!("12.00")), (&json!("000001"), &json!("1.00"))], "{}", paid.text);
        assert_eq!(service.post("/payments", named(&second)).await.places(), ["/invoice"], "it is paid");
    })
    .await;
}

#[tokio::test]
async fn an_invoice_is_corrected_by_a_credit_note_and_given_up_by_writing_it_off() {
    on_both(async |service| {
        let (customer, first) = billed(service, "Harbour Radio").await;
        pay(service, &customer, "6.73").await;
        service.comes("2026-12-01T00:00:00Z").await;
        let second = service.invoiced(&customer).await;
        let path = format!("/invoices/{first}/credit-notes");
        for (body, status, places) in [
            (json!({"reason": " "}), 422, vec!["/reason"]),
            (json!({"reason": "x", "lines": [{"line": 2}]}), 422, vec!["/lines/0"]),
            (json!({"reason": "x", "lines": [{"line": 0}, {"line": 0}]}), 422, vec!["/lines/1"]),
            (json!({"reason": "x", "lines": [{"line": 0, "amount": "6.59"}]}), 422, vec!["/lines"]),
            (json!({"reason": "x", "lines": [{"line": 0, "amount": "-1"}]}), 422, vec!["/lines"]),
            (json!({"reason": "x", "lines": [{"line": -1}]}), 400, vec!["/lines/0/line"]),
            (json!({"reason": "x", "lines": [{"line": 0, "amount": "1e3"}]}), 400, vec!["/lines/0/amount"]),
            (json!({}), 400, vec![""]),
        ] {
            let reply = service.post(&path, body.clone()).await;
            assert_eq!((reply.status, reply.places()), (status, places), "{body}: {}", reply.text);
        }
        // What is taken back of a paid invoice settles the next one.
        let note = service.post(&path, json!({"reason": "bad line", "lines": [{"line": 0, "amount": "1.00"}]})).await;
        assert_eq!(
            (note.status, &note.body["number"], &note.body["total"]),
            (201, &json!("C000001"), &json!("1.00")),
            "{}",
            note.text
        );
        assert_eq!(note.body["corrects"], json!({"invoice": first, "number": "000001", "lines": [0]}));
        assert_eq!(standing(service, &second).await, json!(["part_paid", "1.00", "11.00"]));
        assert_eq!(standing(service, &first).await[0], "paid");
        let listed = service.get(&format!("/credit-notes?customer={customer}")).await;
        assert_eq!(listed.body["items"][0], note.body);
        for form in ["pdf", "html"] {
            assert_eq!(service.get(&format!("/credit-notes/C000001.{form}")).await.status, 200, "{form}");
        }
        let rest = service.post(&path, json!({"reason": "all of it"})).await;
        assert_eq!(rest.body["total"], "5.73", "{}", rest.text);
        assert_eq!(standing(service, &first).await[0], "credited");
        assert_eq!(service.post(&path, json!({"reason": "more"})).await.status, 409);

        let lost = async |invoice: &str| {
            service.post(&format!("/invoices/{invoice}/write-off"), json!({"reason": "insolvent"})).await
        };
        assert_eq!(lost(&first).await.status, 409);
        let open = standing(service, &second).await[2].clone();
        assert_ne!(open, "0.00");
        let written_off = lost(&second).await;
        assert_eq!(
            (written_off.status, &written_off.body["state"]),
            (200, &json!("written_off")),
            "{}",
            written_off.text
        );
        assert_eq!((&written_off.body["written_off"], &written_off.body["open"]), (&open, &json!("0.00")));
        assert_eq!(lost(&second).await.status, 409);
        let balance = service.get(&format!("/customers/{customer}/balance")).await;
        assert_eq!((&balance.body["balance"], &balance.body["unpaid"]), (&json!("0.00"), &json!("0.00")));
        assert_eq!(service.post("/books/check", json!({})).await.body["faults"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn h102_issued_documents_are_not_edited_or_deleted() {
    on_both(async |service| {
        let (_, invoice) = billed(service, "Harbour Radio").await;
        let before = service.get(&format!("/invoices/{invoice}")).await;
        for noun in ["invoices", "credit-notes", "receipts", "statements"] {
            for method in [Method::PUT, Method::DELETE, Method::PATCH] {
                let request = service.request(method.clone(), &format!("/{noun}/{invoice}"));
                let reply = sent(request.header("if-match", "\"1\"").json(&json!({"total": "0.00"}))).await;
                assert_eq!((reply.status, reply.header("allow")), (405, "GET"), "{method} {noun}: {}", reply.text);
            }
        }
        assert_eq!(service.get(&format!("/invoices/{invoice}")).await.text, before.text);
    })
    .await;
}

#[tokio::test]
async fn lists_by_table() {
    on_both(async |service| {
        let (customer, _) = billed(service, "Harbour Radio").await;
        pay(service, &customer, "6.73").await;
        service.comes("2026-12-01T00:00:00Z").await;
        service.invoiced(&customer).await;
        service.comes("2026-12-16T00:00:00Z").await;
        let cursor = service.get("/invoices?limit=1").await.body["next_cursor"].as_str().unwrap().to_owned();
        for (query, numbers) in [
            ("", vec!["000002", "000001"]),
            ("?state=paid", vec!["000001"]),
            ("?state=issued", vec!["000002"]),
            ("?state=part_paid", vec![]),
            ("?unpaid=true", vec!["000002"]),
            ("?unpaid=true&state=paid", vec![]),
            ("?overdue=true", vec!["000002"]),
            ("?overdue=false", vec!["000002", "000001"]),
            ("?overdue=true&state=paid", vec![]),
            ("?customer=cus_none", vec![]),
            (&format!("?customer={customer}&limit=1"), vec!["000002"]),
            (&format!("?cursor={cursor}"), vec!["000001"]),
        ] {
            let listed = service.get(&format!("/invoices{query}")).await;
            let shown: Vec<&str> = listed.body["items"]
                .as_array()
                .unwrap_or_else(|| panic!("{query}: {}", listed.text))
                .iter()
                .map(|invoice| invoice["number"].as_str().unwrap())
                .collect();
            assert_eq!(shown, numbers, "{query}");
        }
        for (query, place) in [("state=late", "state"), ("overdue=yes", "overdue"), ("cursor=x", "cursor")] {
            let reply = service.get(&format!("/invoices?{query}")).await;
            assert_eq!((reply.status, reply.places()), (422, vec![place]), "{query}");
        }
        assert_eq!(service.get("/invoices?paid=true").await.status, 400);
    })
    .await;
}

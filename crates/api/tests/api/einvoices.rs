//! Electronic invoices of what the engine has billed, checked by the official rules.

use std::process::Command;

use engine::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{Service, on_both, sent};

/// What libraries of others say of each file.
fn looked_at(files: &[(String, Vec<u8>)]) -> Value {
    let python = std::env::var("TOLLGATE_TEST_PYTHON")
        .expect("TOLLGATE_TEST_PYTHON names a Python that has factur-x and saxonche: `make test` sets one up");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../documents/tests/peers/einvoices.py");
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let said = Command::new(python).arg(script).arg(folder.path()).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    serde_json::from_slice(&said.stdout).unwrap()
}

/// Changes the tenant's settings.
async fn set(service: &Service, change: impl Fn(&mut Value)) {
    let tenant = service.get("/tenant").await;
    let mut body = json!({"name": tenant.body["name"], "settings": tenant.body["settings"]});
    change(&mut body["settings"]);
    let put = service.request(Method::PUT, "/tenant").header("if-match", tenant.header("etag")).json(&body);
    let changed = sent(put).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
}

/// Two rates, a seller of whom everything is known, and files with electronic invoices.
fn company(settings: &mut Value) {
    settings["tax_rates"] = json!([{"name": "VAT 19 %", "rate": "0.19", "valid_from": "2020-01-01T00:00:00Z"},
        {"name": "VAT 20 %", "rate": "0.20", "valid_from": "2026-10-20T00:00:00Z"}]);
    settings["seller"]["tax_id"] = json!("ATU 123 45678");
    settings["seller"]["address"] = json!({"street": "Seestraße 14", "city": "Bregenz", "country_code": "AT"});
    settings["seller"]["bank"] = json!({"iban": "AT61 1904 3002 3457 3201", "bic": "BKAUATWW"});
    settings["billing"]["einvoice"] = json!("factur_x");
}

/// A customer with one line, on a plan at 12.00 (or 1200 yen) a month: the ids of both.
async fn buyer(service: &Service, number: &str, more: Value) -> (String, String) {
    let mut customer = json!({"organisation": format!("Buyer {number}"), "mode": "postpaid", "tax_id": "DE123456789",
        "address": {"street": "Weg 1", "postal_code": "10115", "city": "Berlin", "country_code": "de"}});
    for (field, value) in more.as_object().unwrap() {
        customer[field] = value.clone();
    }
    let currency = customer["currency"].as_str().unwrap_or("USD").to_owned();
    let (fee, minute) = if currency == "JPY" { ("1200", "7") } else { ("12.00", "0.0333") };
    let plan = json!({"name": format!("Monthly {number}"), "currency": currency, "monthly_fee": fee,
        "rate": {"price_per_minute": minute}});
    let plan = service.made("/plans", plan).await;
    let customer = service.made("/customers", customer).await;
    let line = service.made("/lines", json!({"customer": customer, "number": number, "plan": plan})).await;
    (customer, line)
}

async fn call(service: &Service, line: &str, more: Value) {
    let mut call = json!({"line": line, "to": "+442079460018", "minutes": 7});
    for (field, value) in more.as_object().unwrap() {
        call[field] = value.clone();
    }
    service.made("/calls", call).await;
}

/// A document as both files, under this name.
async fn files(service: &Service, name: &str, path: &str) -> Vec<(String, Vec<u8>)> {
    let (ubl, pdf) = (service.get(&format!("{path}/ubl")).await, service.get(&format!("{path}.pdf")).await);
    assert_eq!((ubl.status, ubl.header("content-type")), (200, "application/xml"), "{path}: {}", ubl.text);
    assert_eq!(pdf.status, 200, "{path}");
    vec![(format!("{name}.xml"), ubl.bytes), (format!("{name}.pdf"), pdf.bytes)]
}

/// That files keep the rules, have these categories of tax, and say what the document says.
fn assert_right(said: &Value, name: &str, shown: &Value, categories: &Value) {
    for ending in ["xml", "pdf"] {
        let found = &said[format!("{name}.{ending}")];
        assert_eq!(found["wrong"], json!([]), "{name}.{ending}");
        assert_eq!(found["categories"], *categories, "{name}.{ending}");
        for term in ["number", "net", "tax", "total"] {
            let said = found[term][0].as_str().unwrap().trim_end_matches(".00");
            assert_eq!(said, shown[term].as_str().unwrap().trim_end_matches(".00"), "{name}.{ending}: {term}");
        }
    }
}

/// What makes a case a case beside its call.
async fn prepare(service: &Service, name: &str, [customer, line, agent]: [&str; 3]) {
    match name {
        "gross" => {
            for minutes in [1, 3, 7] {
                call(service, line, json!({"agent": agent, "minutes": minutes})).await;
            }
        }
        "negative" => {
            let item = json!({"kind": "one_off", "name": "Discount", "amount": "-3.33"});
            service.made(&format!("/customers/{customer}/items"), item).await;
        }
        "settled" => {
            let payment = json!({"customer": customer, "amount": "5.00", "method": "cash"});
            assert_eq!(service.post("/payments", payment).await.status, 201);
        }
        _ => {}
    }
}

/// What a customer is answered who asks for an invoice.
async fn seen_by(service: &Service, customer: &str, invoice: &str) -> u16 {
    let person = service.person(&[Role::Customer], &[customer], None).await;
    person.get(&format!("/invoices/{invoice}/ubl")).await.status
}

#[tokio::test]
async fn what_is_billed_keeps_the_rules_of_the_standard() {
    on_both(async |service| {
        set(service, company).await;
        let law = |kind: &str| json!({"tax_rule": {"kind": kind, "text": "Because the law says so"}});
        let prices = json!({"USD": {"rate": {"price_per_minute": "0.99"}}});
        let agent = json!({"name": "Iris", "time_zone": "Europe/Vienna", "prices": prices});
        let agent = service.made("/agents", agent).await;
        let mut all = Vec::new();
        for (name, number, more, categories) in [
            ("standard", "0001", json!({}), json!(["S", "S"])),
            ("exempt", "0002", law("exempt"), json!(["E"])),
            ("reverse", "0003", law("reverse_charge"), json!(["AE"])),
            ("gross", "0004", json!({}), json!(["S", "S"])),
            ("negative", "0005", json!({}), json!(["S", "S"])),
            ("settled", "0006", json!({}), json!(["S", "S"])),
            ("yen", "0007", json!({"currency": "JPY"}), json!(["S", "S"])),
        ] {
            let (customer, line) = buyer(service, number, more).await;
            call(service, &line, json!({})).await;
            prepare(service, name, [&customer, &line, &agent]).await;
            all.push((name, customer, line, categories));
        }
        service.comes("2026-10-25T12:00:00Z").await;
        for (name, _, line, _) in &all {
            let agent = if *name == "gross" { json!({"agent": agent}) } else { json!({}) };
            call(service, line, agent).await;
        }
        service.comes("2026-11-01T00:00:00Z").await;
        let (mut looked, mut shown) = (Vec::new(), Vec::new());
        for (name, customer, _, categories) in &all {
            let path = format!("/invoices/{}", service.invoiced(customer).await);
            looked.extend(files(service, name, &path).await);
            shown.push((*name, service.get(&path).await.body, categories.clone()));
        }
        let standard = shown[0].1["id"].as_str().unwrap();
        for ((_, customer, ..), status) in all.iter().zip([200, 404]) {
            assert_eq!(seen_by(service, customer, standard).await, status);
        }
        let lines = json!({"reason": "Wrong", "lines": [{"line": 0, "amount": "1.07"}]});
        let note = service.made(&format!("/invoices/{standard}/credit-notes"), lines).await;
        let path = format!("/credit-notes/{note}");
        looked.extend(files(service, "note", &path).await);
        shown.push(("note", service.get(&path).await.body, json!(["S"])));

        let said = looked_at(&looked);
        for (name, shown, categories) in &shown {
            assert_right(&said, name, shown, categories);
        }
        assert!(
            shown[3].1["lines"].as_array().unwrap().iter().any(|line| line["tax_included"] == true),
            "no gross line"
        );
        let settled = &said["settled.pdf"];
        assert_eq!(settled["paid"], json!(["5.00"]));
        let note = &said["note.xml"];
        assert_eq!((&note["type"], &note["corrects"]), (&json!(["381"]), &json!([shown[0].1["number"]])));
    })
    .await;
}

#[tokio::test]
async fn a_seller_without_tax_and_what_lacks() {
    on_both(async |service| {
        // Nothing is set yet: the answer says what, and where. The file is an ordinary one.
        let (customer, line) = buyer(service, "0001", json!({"address": {"city": "Berlin", "country_code": ""}})).await;
        call(service, &line, json!({})).await;
        service.comes("2026-11-01T00:00:00Z").await;
        let path = format!("/invoices/{}", service.invoiced(&customer).await);
        set(service, |settings| settings["billing"]["einvoice"] = json!("factur_x")).await;
        let refused = service.get(&format!("{path}/ubl")).await;
        assert_eq!((refused.status, refused.problem()), (409, "wrong-state"), "{}", refused.text);
        for place in ["seller.address.country_code", "customer's address.country_code", "seller.registration"] {
            assert!(refused.text.contains(place), "{place}: {}", refused.text);
        }
        let first = service.get(&format!("{path}.pdf")).await;
        assert_eq!((first.status, first.bytes.windows(12).any(|part| part == b"factur-x.xml")), (200, false));

        // What is set now is on the invoices that come, and on none that was issued or drawn.
        set(service, |settings| {
            settings["seller"]["registration"] = json!("FN 123456a");
            settings["seller"]["address"]["country_code"] = json!("AT");
        })
        .await;
        let edit =
            json!({"organisation": "Buyer", "state": "active", "address": {"city": "Berlin", "country_code": "DE"}});
        let customers = format!("/customers/{customer}");
        assert_eq!(
            sent(service.request(Method::PUT, &customers).header("if-match", "\"1\"").json(&edit)).await.status,
            200
        );
        assert_eq!(service.get(&customers).await.body["address"]["country_code"], "DE");
        assert_eq!(service.get(&format!("{path}/ubl")).await.status, 409);
        service.comes("2026-12-01T00:00:00Z").await;
        let next = format!("/invoices/{}", service.invoiced(&customer).await);
        let said = looked_at(&files(service, "untaxed", &next).await);
        assert_right(&said, "untaxed", &service.get(&next).await.body, &json!(["O"]));
        assert!(service.get(&format!("{path}.pdf")).await.bytes == first.bytes, "the file has changed");

        let wrong = json!({"organisation": "X", "mode": "postpaid", "address": {"country_code": "UK"}});
        let reply = service.post("/customers", wrong).await;
        assert_eq!(reply.places(), ["/address/country_code"], "{}", reply.text);
        assert_eq!(service.get("/invoices/inv_none/ubl").await.status, 404);
        assert_eq!(service.get(&format!("/credit-notes/{}/ubl", &path["/invoices/".len()..])).await.status, 404);
    })
    .await;
}

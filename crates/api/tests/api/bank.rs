//! Files of a bank, over HTTP: what becomes a payment by itself, what waits, and what nobody is to send.

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{Reply, Service, on_both, sent};

/// An entry of a statement: amount, payer, account and text; `None` for money that went out.
fn entry(amount: &str, payer: Option<(&str, &str)>, text: &str) -> String {
    let (direction, details) = match payer {
        None => ("DBIT", String::new()),
        Some((name, iban)) => (
            "CRDT",
            format!(
                "<NtryDtls><TxDtls><RltdPties><Dbtr><Pty><Nm>{name}</Nm></Pty></Dbtr>
                <DbtrAcct><Id><IBAN>{iban}</IBAN></Id></DbtrAcct></RltdPties>
                <RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls>"
            ),
        ),
    };
    format!(
        r#"<Ntry><Amt Ccy="USD">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
        <BookgDt><Dt>2026-11-02</Dt></BookgDt>{details}</Ntry>"#
    )
}

fn statement(entries: &[String]) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
        <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt><Id>1</Id>
        <Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct>{}</Stmt></BkToCstmrStmt></Document>"#,
        entries.concat()
    )
}

async fn import(service: &Service, file: impl Into<reqwest::Body>) -> Reply {
    sent(service.request(Method::POST, "/bank-files?name=november.xml").body(file)).await
}

/// What became of a file's rows: received, known, taken, waiting.
fn counts(reply: &Reply) -> [i64; 4] {
    assert_eq!(reply.status, 201, "{}", reply.text);
    ["received", "known", "taken", "waiting"].map(|name| reply.body[name].as_i64().unwrap())
}

/// A postpaid customer who will owe an amount.
async fn owing(service: &Service, name: &str, amount: &str) -> String {
    let customer = service.customer(name).await;
    let item = json!({"kind": "one_off", "name": "Set-up", "amount": amount});
    service.made(&format!("/customers/{customer}/items"), item).await;
    customer
}

/// A customer's invoice: its id and number.
async fn billed(service: &Service, customer: &str) -> (String, String) {
    let invoice = service.invoiced(customer).await;
    let shown = service.get(&format!("/invoices/{invoice}")).await;
    (invoice, shown.body["number"].as_str().unwrap().to_owned())
}

async fn waiting(service: &Service) -> Vec<Value> {
    service.get("/bank-rows?state=waiting").await.body["items"].as_array().unwrap().clone()
}

async fn payments(service: &Service, customer: &str) -> Vec<Value> {
    service.get(&format!("/payments?customer={customer}")).await.body["items"].as_array().unwrap().clone()
}

const ACCOUNT: &str = "GB33BUKB20201555555555";

#[tokio::test]
async fn a_statement_becomes_payments_once_however_often_it_comes() {
    on_both(async |service| {
        let (acme, bolt) = (owing(service, "Acme Ltd", "24.00").await, owing(service, "Bolt", "12.99").await);
        service.comes("2026-11-03T09:00:00Z").await;
        let ((invoice, number), _) = (billed(service, &acme).await, billed(service, &bolt).await);
        let file = statement(&[
            entry("24.00", Some(("Somebody else", ACCOUNT)), &format!("RE {number} thanks")),
            entry("5.00", Some(("Zoe", "DE89370400440532013000")), "a gift"),
            entry("99.00", None, ""),
            entry("7.00", Some(("Zoe", "")), "").replace("BOOK", "PDNG"),
        ]);
        // The same file by several hands at once.
        let files = join_all((0..3).map(|_| import(service, file.clone()))).await;
        let new: Vec<[i64; 4]> = files.iter().map(counts).collect();
        let sum = |at: usize| new.iter().map(|counts| counts[at]).sum::<i64>();
        assert_eq!((sum(1), sum(2), sum(3)), (4, 1, 1), "{new:?}");
        let again = import(service, file).await;
        assert_eq!(counts(&again), [2, 2, 0, 0]);
        assert_eq!((&again.body["outgoing"], &again.body["unbooked"]), (&json!(1), &json!(1)));

        let paid = payments(service, &acme).await;
        assert_eq!(paid.len(), 1, "{paid:?}");
        assert_eq!(paid[0]["amount"], "24.00");
        assert_eq!(paid[0]["method"], "transfer");
        assert_eq!(paid[0]["reference"], format!("RE {number} thanks"));
        assert_eq!(paid[0]["received_at"], "2026-11-02T00:00:00Z");
        assert_eq!(service.get(&format!("/invoices/{invoice}")).await.body["state"], "paid");
        let rows = service.get("/bank-rows").await.body["items"].clone();
        assert_eq!((&rows[0]["state"], &rows[0]["payment"]), (&json!("taken"), &paid[0]["id"]));
        assert_eq!((&rows[1]["doubt"], &rows[1]["text"]), (&json!("nobody"), &json!("a gift")));
    })
    .await;
}

#[tokio::test]
async fn an_amount_that_fits_two_invoices_waits_for_a_decision() {
    on_both(async |service| {
        let acme = owing(service, "Acme Ltd", "12.99").await;
        service.comes("2026-11-01T00:00:00Z").await;
        let (first, _) = billed(service, &acme).await;
        let item = json!({"kind": "one_off", "name": "Set-up", "amount": "12.99"});
        service.made(&format!("/customers/{acme}/items"), item).await;
        service.comes("2026-12-01T09:00:00Z").await;
        let (second, number) = billed(service, &acme).await;

        let paid = |amount: &str, name: &str, text: &str| statement(&[entry(amount, Some((name, ACCOUNT)), text)]);
        assert_eq!(counts(&import(service, paid("12.99", "ACME LTD.", "thanks")).await), [1, 0, 0, 1]);
        let row = waiting(service).await.remove(0);
        assert_eq!(row["doubt"], "several_invoices");
        let candidates = row["candidates"].as_array().unwrap();
        assert_eq!(candidates.len(), 1);
        assert_eq!((&candidates[0]["customer"], &candidates[0]["invoice"]), (&json!(acme), &json!(first)));
        assert_eq!((&candidates[0]["left"], &candidates[0]["signs"]), (&json!("12.99"), &json!(["amount", "name"])));

        // By the number of the second; twice at once, and once more under the same key.
        let path = format!("/bank-rows/{}/payments", row["id"].as_str().unwrap());
        let decision = json!({"customer": acme, "invoice": number});
        let keyed = async || {
            sent(service.request(Method::POST, &path).header("idempotency-key", "\"k1\"").json(&decision)).await
        };
        let taken = join_all([keyed(), keyed()]).await;
        assert_eq!((taken[0].status, taken[1].status, &taken[0].body), (201, 201, &taken[1].body), "{}", taken[0].text);
        let late = service.post(&path, json!({"customer": acme})).await;
        assert_eq!(
            (late.status, late.problem(), &late.body["payment"]),
            (409, "wrong-state", &taken[0].body["payment"])
        );
        let state = async |invoice: &str| service.get(&format!("/invoices/{invoice}")).await.body["state"].clone();
        assert_eq!((state(&first).await, state(&second).await), (json!("issued"), json!("paid")));

        // The account is known now: another name does not matter, where the amount fits.
        assert_eq!(counts(&import(service, paid("12.99", "A. Director", "")).await), [1, 0, 1, 0]);
        assert_eq!(state(&first).await, "paid");
        assert_eq!(payments(service, &acme).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_row_is_set_aside_or_taken_for_another_when_its_payment_has_gone_back() {
    on_both(async |service| {
        let (acme, bolt) = (service.customer("Acme").await, service.customer("Bolt").await);
        let file = statement(&[entry("9.00", Some(("Zoe", ACCOUNT)), "card 4242 4242 4242 4242")]);
        service.comes("2026-11-03T09:00:00Z").await;
        import(service, file).await;
        let row = waiting(service).await.remove(0);
        assert_eq!(row["text"], "card •••• •••• •••• 4242", "nobody keeps a card's number");
        let path = |verb: &str| format!("/bank-rows/{}/{verb}", row["id"].as_str().unwrap());
        let blank = service.post(&path("set-aside"), json!({"reason": " "})).await;
        assert_eq!((blank.status, blank.places()), (422, vec!["/reason"]));
        let aside = service.post(&path("set-aside"), json!({"reason": "a gift"})).await;
        assert_eq!(
            (aside.status, &aside.body["state"], &aside.body["note"]),
            (200, &json!("set_aside"), &json!("a gift"))
        );
        assert!(waiting(service).await.is_empty());

        let wrong = service.post(&path("payments"), json!({"customer": acme})).await;
        assert_eq!(wrong.status, 201, "{}", wrong.text);
        let payment = wrong.body["payment"].as_str().unwrap();
        assert_eq!(service.post(&path("set-aside"), json!({"reason": "no"})).await.status, 409);
        let part = json!({"kind": "bounce", "amount": "1.00", "reason": "not theirs"});
        service.made(&format!("/payments/{payment}/reversals"), part).await;
        assert_eq!(
            service.post(&path("payments"), json!({"customer": bolt})).await.status,
            409,
            "a part is Acme's yet"
        );
        let rest = json!({"kind": "bounce", "reason": "not theirs"});
        service.made(&format!("/payments/{payment}/reversals"), rest).await;
        let right = service.post(&path("payments"), json!({"customer": bolt})).await;
        assert_eq!((right.status, &right.body["customer"]), (201, &json!(bolt)), "{}", right.text);
        assert_eq!(payments(service, &bolt).await[0]["amount"], "9.00");
        let balance = service.get(&format!("/customers/{acme}/balance")).await;
        assert_eq!(balance.body["balance"], "0.00", "{}", balance.text);
    })
    .await;
}

#[tokio::test]
async fn money_that_nobody_can_take_waits() {
    on_both(async |service| {
        let euro =
            json!({"organisation": "Euro", "mode": "postpaid", "currency": "EUR", "external_reference": "E-1001"});
        let euro = service.made("/customers", euro).await;
        let shut = json!({"organisation": "Shut Ltd", "mode": "postpaid", "external_reference": "S-1001"});
        let shut = service.made("/customers", shut).await;
        let path = format!("/customers/{shut}");
        let version = service.get(&path).await.header("etag").to_owned();
        let closed = json!({"organisation": "Shut Ltd", "external_reference": "S-1001", "state": "closed"});
        let closed = sent(service.request(Method::PUT, &path).header("if-match", version).json(&closed)).await;
        assert_eq!((closed.status, &closed.body["state"]), (200, &json!("closed")), "{}", closed.text);
        service.comes("2026-11-03T09:00:00Z").await;
        let file = statement(&[
            entry("9.00", Some(("Euro", ACCOUNT)), "E-1001"),
            entry("9.00", Some(("Shut Ltd", "")), "S-1001"),
        ]);
        assert_eq!(counts(&import(service, file).await), [2, 0, 0, 2]);
        let rows = waiting(service).await;
        assert_eq!((&rows[0]["doubt"], &rows[1]["doubt"]), (&json!("currency"), &json!("refused")));
        let take = async |row: &Value, customer: &str| {
            let path = format!("/bank-rows/{}/payments", row["id"].as_str().unwrap());
            service.post(&path, json!({"customer": customer})).await
        };
        assert_eq!(take(&rows[0], &euro).await.problem(), "wrong-currency");
        assert_eq!(take(&rows[1], &shut).await.problem(), "wrong-state");
        assert_eq!(take(&rows[1], "cus_none").await.status, 422);
        assert_eq!(waiting(service).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn csv_files_by_the_columns_of_the_settings() {
    on_both(async |service| {
        let acme = owing(service, "Müller & Söhne", "1234.56").await;
        service.comes("2026-11-03T09:00:00Z").await;
        let (_, number) = billed(service, &acme).await;
        let file = format!(
            "Konto;DE02120300000000202051\r\n\r\n\"Buchungstag\";\"Zahlungspflichtige*r\";\"IBAN\";\"Verwendungszweck\";\"Betrag (€)\";\"Info\"\r\n\
            02.11.26;Mueller u. Soehne & Co;{ACCOUNT};Rechnung {number};1.234,56;\r\n\
            02.11.26;Strom AG;;Abschlag;-80,00;\r\n\
            02.11.26;Zoe;;;zw\u{f6}lf;\r\n\
            31.02.26;Zoe;;;5,00;\r\n"
        );
        // As Windows writes it.
        let latin: Vec<u8> = file.chars().map(|c| if c == '€' { 0x80 } else { u8::try_from(c).unwrap() }).collect();
        let unset = import(service, latin.clone()).await;
        assert_eq!((unset.status, unset.problem()), (422, "invalid"), "{}", unset.text);
        assert!(unset.text.contains("bank_csv"), "{}", unset.text);

        let tenant = service.get("/tenant").await;
        let columns = json!({"date": "Buchungstag", "amount": "Betrag (€)", "payer": "Zahlungspflichtige*r", "account": "IBAN",
            "text": ["Verwendungszweck"], "date_order": "dmy", "decimal_mark": "comma"});
        let set = async |columns: &Value| {
            let mut settings = tenant.body["settings"].clone();
            settings["bank_csv"] = columns.clone();
            let body = json!({"name": tenant.body["name"], "settings": settings});
            let version = service.get("/tenant").await.header("etag").to_owned();
            sent(service.request(Method::PUT, "/tenant").header("if-match", version).json(&body)).await
        };
        let nameless = set(&json!({"amount": "Betrag"})).await;
        assert_eq!((nameless.status, nameless.places()), (422, vec!["/bank_csv/date"]), "{}", nameless.text);
        assert_eq!(set(&columns).await.status, 200);

        let imported = import(service, latin).await;
        assert_eq!(counts(&imported), [1, 0, 1, 0], "{}", imported.text);
        assert_eq!(imported.body["outgoing"], 1);
        let rejects = imported.body["rejects"].as_array().unwrap();
        let lines: Vec<_> = rejects.iter().map(|reject| reject["position"].as_i64().unwrap()).collect();
        assert_eq!(lines, [6, 7], "{rejects:?}");
        assert_eq!(payments(service, &acme).await[0]["amount"], "1234.56");
        for (wrong, why) in [
            ("Buchungstag;Betrag\n", "Zahlungspflichtige*r"),
            ("Buchungstag;Zahlungspflichtige*r;IBAN;Verwendungszweck;Betrag (€)\n02.11.26;\"Zoe;;;5,00\n", "quotation"),
        ] {
            let wrong = format!("{wrong}{}", "x;y\n".repeat(60));
            let refused = import(service, wrong).await;
            assert_eq!((refused.status, refused.text.contains(why)), (422, true), "{}", refused.text);
        }
        assert_eq!(service.get("/bank-files").await.body["items"].as_array().unwrap().len(), 1, "nothing half-written");
    })
    .await;
}

#[tokio::test]
async fn files_that_are_no_statements() {
    on_both(async |service| {
        let wrong_message = statement(&[]).replace("BkToCstmrStmt", "BkToCstmrAcctRpt");
        let bomb = format!(r#"<!DOCTYPE a [<!ENTITY b "{}">]><Document>&b;</Document>"#, "c".repeat(99));
        for (file, why) in [
            (String::new(), "empty"),
            ("<Document".to_owned(), "no XML"),
            ("<html></html>".to_owned(), "html"),
            (wrong_message, "camt.052"),
            (bomb, "no XML"),
            ("\u{1f}\u{8b}".to_owned(), "bank_csv"),
        ] {
            let refused = import(service, file.clone()).await;
            let is_told = (400..=422).contains(&refused.status) && (file.is_empty() || refused.text.contains(why));
            assert!(is_told, "{file}: {} {}", refused.status, refused.text);
        }
        let broken = [
            entry("0.00", Some(("Zoe", ACCOUNT)), ""),
            entry("5.00", Some(("Zoe", ACCOUNT)), "").replace("USD", "XXZ"),
            entry("5.00", Some(("Zoe", ACCOUNT)), "").replace("2026-11-02", "soon"),
            entry("5.00", Some(("Zoe", ACCOUNT)), "").replace("CRDT", "BOTH"),
        ];
        let read = import(service, statement(&broken)).await;
        assert_eq!(counts(&read), [0, 0, 0, 0]);
        assert_eq!(read.body["rejects"].as_array().unwrap().len(), 4, "{}", read.text);
        assert_eq!(service.get("/bank-files/bnf_none").await.status, 404);
        assert_eq!(service.get("/bank-rows?state=lost").await.places(), ["state"]);
    })
    .await;
}

#[tokio::test]
async fn an_entry_of_several_payments() {
    on_both(async |service| {
        let (acme, bolt) = (owing(service, "Acme", "10.00").await, owing(service, "Bolt", "20.00").await);
        service.comes("2026-11-03T09:00:00Z").await;
        let ((_, first), (_, second)) = (billed(service, &acme).await, billed(service, &bolt).await);
        let part = |amount: &str, number: &str| {
            format!(
                r#"<TxDtls><Amt Ccy="USD">{amount}</Amt><RmtInf><Strd><CdtrRefInf><Ref>{number}</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>"#
            )
        };
        let batch = |parts: &str| {
            let whole = entry("30.00", Some(("", "")), "");
            let (head, _) = whole.split_once("<NtryDtls>").unwrap();
            statement(&[format!("{head}<NtryDtls>{parts}</NtryDtls></Ntry>")])
        };
        // Parts that do not make up the whole are not believed.
        let odd = import(service, batch(&format!("{}{}", part("10.00", &first), part("5.00", &second)))).await;
        assert_eq!(counts(&odd), [1, 0, 0, 1]);
        assert_eq!(waiting(service).await[0]["amount"], "30.00");
        let even = import(service, batch(&format!("{}{}", part("10.00", &first), part("20.00", &second)))).await;
        assert_eq!(counts(&even), [2, 0, 2, 0]);
        assert_eq!(payments(service, &bolt).await[0]["amount"], "20.00");
    })
    .await;
}

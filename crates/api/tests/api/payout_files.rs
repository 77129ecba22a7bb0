//! Where agents are paid to, and the files by which a bank pays them, over HTTP.

use std::process::Command;

use engine::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{Reply, Service, on_both, sent};

const ADAS: &str = "DE89370400440532013000";
const OURS: &str = "AT61 1904 3002 3457 3201";

/// What a library of others says of a file.
fn looked_at(xml: &[u8]) -> Value {
    let python = std::env::var("TOLLGATE_TEST_PYTHON")
        .expect("TOLLGATE_TEST_PYTHON names a Python that has sepaxml: `make test` sets one up");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../documents/tests/peers/payout_files.py");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file.xml"), xml).unwrap();
    let said = Command::new(python).arg(script).arg(folder.path()).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    serde_json::from_slice::<Value>(&said.stdout).unwrap()["file.xml"].clone()
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

/// A company that can pay, and whose agents are paid at once.
fn company(settings: &mut Value) {
    settings["earnings"] = json!({"hold_days": 0});
    settings["seller"]["legal_name"] = json!("Harbour Telephone Söhne & Co");
    settings["seller"]["bank"] = json!({"iban": OURS, "bic": "BKAUATWW"});
}

/// A line whose customer has EUR.
async fn talker(service: &Service) -> String {
    let plan = json!({"name": "Prepaid", "kind": "prepaid", "currency": "EUR", "monthly_fee": "0",
        "rate": {"price_per_minute": "0.60"}});
    let plan = service.made("/plans", plan).await;
    let customer = json!({"organisation": "Talker", "mode": "prepaid", "currency": "EUR"});
    let customer = service.made("/customers", customer).await;
    service.made("/payments", json!({"customer": customer, "amount": "500.00", "method": "cash"})).await;
    service.line(&customer, "0001", &plan).await
}

async fn agent(service: &Service, name: &str) -> String {
    let prices = json!({"EUR": {"rate": {"price_per_minute": "3.00"}}});
    service.made("/agents", json!({"name": name, "prices": prices})).await
}

async fn bank(service: &Service, agent: &str, account: Value) -> Reply {
    let path = format!("/agents/{agent}/bank-account");
    let version = service.get(&path).await.header("etag").to_owned();
    sent(service.request(Method::PUT, &path).header("if-match", version).json(&account)).await
}

/// A payout of 2.40 to an agent.
async fn paid(service: &Service, line: &str, agent: &str) -> String {
    service.made("/calls", json!({"line": line, "to": "+442079460018", "agent": agent, "minutes": 1})).await;
    service.made(&format!("/agents/{agent}/payouts"), json!({"currency": "EUR"})).await
}

async fn made(service: &Service) -> Reply {
    service.post("/payout-files", json!({"currency": "EUR"})).await
}

/// The field of each of some.
fn each<'a>(some: &'a Value, field: &str) -> Vec<&'a Value> {
    some.as_array().unwrap().iter().map(|one| &one[field]).collect()
}

#[tokio::test]
async fn who_may_know_and_say_where_an_agent_is_paid_to() {
    on_both(async |service| {
        let (ada, bob) = (agent(service, "Ada").await, agent(service, "Bob").await);
        let path = format!("/agents/{ada}/bank-account");
        let nothing = json!({"agent": ada, "holder": null, "iban": null, "ending": null, "bic": null, "version": 1});
        assert_eq!(service.get(&path).await.body, nothing);
        let set = bank(service, &ada, json!({"holder": " Ada & Sons ", "iban": "de89 3704 0044 0532 0130 00"})).await;
        let known =
            json!({"agent": ada, "holder": "Ada & Sons", "iban": ADAS, "ending": "3000", "bic": null, "version": 2});
        assert_eq!((set.status, &set.body, set.header("etag")), (200, &known, "\"2\""), "{}", set.text);
        for (body, place, said) in [
            (json!({"iban": "DE89370400440532013001"}), "/iban", "check digits"),
            (json!({"iban": "Ada"}), "/iban", "two letters"),
            (json!({"iban": ""}), "/iban", "two letters"),
            (json!({"iban": null, "bic": "BKAUATWW"}), "/iban", "missing"),
            (json!({"iban": ADAS, "bic": "BKAU"}), "/bic", "8 or 11"),
            (json!({"iban": ADAS, "holder": "🙂"}), "/holder", "banks can read"),
            (json!({"iban": ADAS, "holder": "a\nb"}), "/holder", "one line"),
            (json!({"iban": ADAS, "holder": "a".repeat(141)}), "/holder", "140"),
        ] {
            let refused = bank(service, &ada, body.clone()).await;
            assert_eq!((refused.status, refused.places()), (422, vec![place]), "{body}: {}", refused.text);
            assert!(refused.text.contains(said) && !refused.text.contains("44053201"), "{}", refused.text);
        }
        let put = |version: &str| service.request(Method::PUT, &path).header("if-match", version.to_owned());
        assert_eq!(sent(put("\"1\"").json(&json!({"iban": ADAS}))).await.status, 412);
        assert_eq!(sent(service.request(Method::PUT, &path).json(&json!({"iban": ADAS}))).await.status, 428);

        let own = service.person(&[Role::Agent], &[], Some(&ada)).await;
        let other = service.person(&[Role::Agent], &[], Some(&bob)).await;
        assert_eq!((own.get(&path).await.body, other.get(&path).await.status), (known.clone(), 404));
        let malta = json!({"iban": "MT84MALT011000012345MTLCAST001S", "bic": "maltmtmtxxx"});
        assert_eq!(other.put(&path, 2, malta.clone()).await.status, 404);
        let set = own.put(&path, 2, malta).await;
        assert_eq!((set.status, &set.body["bic"], &set.body["holder"]), (200, &json!("MALTMTMTXXX"), &Value::Null));
        for (role, status, iban) in [
            (Role::Clerk, 200, json!("MT84MALT011000012345MTLCAST001S")),
            (Role::Auditor, 200, Value::Null),
            (Role::Coordinator, 404, Value::Null),
        ] {
            let seen = service.person(&[role], &[], None).await.get(&path).await;
            let expected = if status == 200 { json!("001S") } else { Value::Null };
            assert_eq!((&seen.body["iban"], &seen.body["ending"]), (&iban, &expected), "{role:?}: {}", seen.text);
            assert!(status == 200 || seen.status >= 400, "{role:?}");
        }
        let auditor = service.person(&[Role::Auditor], &[], None).await;
        assert_eq!(auditor.put(&path, 3, json!({"iban": null})).await.status, 403);
        let taken = bank(service, &ada, json!({"iban": null})).await.body;
        assert_eq!((&taken["iban"], &taken["ending"], &taken["version"]), (&Value::Null, &Value::Null, &json!(4)));
        let trail = service.get("/audit?limit=100").await.text;
        assert!(trail.contains("agent.bank_account") && trail.contains("...001S") && trail.contains("...3000"));
        assert!(!trail.contains(ADAS) && !trail.contains("MT84"), "{trail}");
    })
    .await;
}

#[tokio::test]
async fn payouts_leave_in_a_file_and_each_in_one() {
    on_both(async |service| {
        set(service, company).await;
        let line = talker(service).await;
        let (ada, bob, cem) = (agent(service, "Ada").await, agent(service, "Bob").await, agent(service, "Cem").await);
        bank(service, &ada, json!({"iban": ADAS})).await;
        bank(service, &cem, json!({"iban": "TR330006100519786457841326"})).await;
        let mut payouts = Vec::new();
        for agent in [&ada, &bob, &cem, &ada] {
            payouts.push(paid(service, &line, agent).await);
        }
        let key = |request: reqwest::RequestBuilder| request.header("idempotency-key", "file-1");
        let body = json!({"currency": "EUR", "execution_on": "2026-10-19"});
        let file = sent(key(service.request(Method::POST, "/payout-files")).json(&body)).await;
        let again = sent(key(service.request(Method::POST, "/payout-files")).json(&body)).await;
        assert_eq!((file.status, &again.body), (201, &file.body), "{}", file.text);
        let expected = json!({"state": "made", "currency": "EUR", "execution_on": "2026-10-19", "count": 2, "sum": "4.80",
            "made_at": "2026-10-15T12:00:00Z", "withdrawn_at": null, "withdrawn_by": null});
        for (field, value) in expected.as_object().unwrap() {
            assert_eq!(&file.body[field], value, "{field}");
        }
        assert_eq!(each(&file.body["payouts"], "payout"), [&payouts[0], &payouts[3]]);
        assert_eq!(each(&file.body["payouts"], "ending"), ["3000", "3000"]);
        assert_eq!(each(&file.body["left_out"], "agent"), [&bob, &cem]);
        assert_eq!(each(&file.body["left_out"], "reason"), ["no_bank_account", "outside_sepa"]);
        let id = file.body["id"].as_str().unwrap();
        assert_eq!(file.header("location"), format!("/api/v1/payout-files/{id}"));
        assert_eq!(service.get(&format!("/payout-files/{id}")).await.body, file.body);
        assert_eq!(service.get(&format!("/payouts/{}", payouts[0])).await.body["file"], id);
        let own = service.person(&[Role::Agent], &[], Some(&ada)).await;
        assert_eq!(own.get(&format!("/payouts/{}", payouts[0])).await.body["file"], Value::Null);

        // What is set later changes no file.
        let [xml, csv] = ["xml", "csv"].map(|form| format!("/payout-files/{id}.{form}"));
        let first = (service.get(&xml).await, service.get(&csv).await);
        assert_eq!((first.0.status, first.0.header("content-type")), (200, "application/xml"), "{}", first.0.text);
        assert!(first.1.header("content-disposition").contains(".csv") && first.1.text.contains(ADAS));
        bank(service, &ada, json!({"holder": "Eve", "iban": "NO9386011117947"})).await;
        set(service, |settings| settings["seller"]["legal_name"] = json!("Other")).await;
        assert_eq!((service.get(&xml).await.bytes, service.get(&csv).await.bytes), (first.0.bytes.clone(), first.1.bytes));
        let said = looked_at(&first.0.bytes);
        assert_eq!(said["wrong"], json!([]));
        for (term, value) in [
            ("message", json!([file.body["message_id"]])),
            ("counts", json!(["2", "2"])),
            ("sums", json!(["4.80", "4.80"])),
            ("date", json!(["2026-10-19"])),
            ("payer", json!(["Harbour Telephone Soehne + Co"])),
            ("from", json!([OURS.replace(' ', "")])),
            ("to", json!([ADAS, ADAS])),
            ("names", json!(["Ada", "Ada"])),
            ("references", json!(["PO-000001", "PO-000004"])),
        ] {
            assert_eq!(said[term], value, "{term}");
        }

        // The next one has what could not be had, and what was paid again.
        let none = made(service).await;
        assert_eq!((none.status, each(&none.body["left_out"], "number")), (409, vec![&json!("PO-000002"), &json!("PO-000003")]));
        assert!(none.text.contains("PO-000002: its agent has no bank account"), "{}", none.text);
        service.post(&format!("/payouts/{}/bounce", payouts[3]), json!({"reason": "closed"})).await;
        let repaid = service.made(&format!("/agents/{ada}/payouts"), json!({"currency": "EUR"})).await;
        bank(service, &bob, json!({"iban": "MT84MALT011000012345MTLCAST001S"})).await;
        let next = made(service).await;
        assert_eq!((next.status, &next.body["execution_on"]), (201, &json!("2026-10-16")), "{}", next.text);
        assert_eq!(each(&next.body["payouts"], "payout"), [&payouts[1], &repaid]);
        let shown = service.get(&format!("/payout-files/{id}")).await.body;
        assert_eq!(each(&shown["payouts"], "bounced"), [false, true]);
        assert_eq!(each(&service.get("/payout-files").await.body["items"], "id"), [&next.body["id"], &json!(id)]);
        assert_eq!(service.get("/payout-files?limit=1").await.body["items"].as_array().unwrap().len(), 1);
        assert_eq!(service.faults().await, json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_file_that_the_bank_did_not_take_is_withdrawn_once() {
    on_both(async |service| {
        set(service, company).await;
        let line = talker(service).await;
        let ada = agent(service, "Ada").await;
        bank(service, &ada, json!({"iban": ADAS})).await;
        let payout = paid(service, &line, &ada).await;
        let id = made(service).await.body["id"].as_str().unwrap().to_owned();
        let withdraw = async || service.post(&format!("/payout-files/{id}/withdraw"), json!({})).await;
        let withdrawn = withdraw().await;
        assert_eq!((withdrawn.status, &withdrawn.body["state"]), (200, &json!("withdrawn")), "{}", withdrawn.text);
        assert_eq!(each(&withdrawn.body["payouts"], "payout"), [&payout]);
        for form in ["xml", "csv"] {
            let refused = service.get(&format!("/payout-files/{id}.{form}")).await;
            assert_eq!((refused.status, refused.problem()), (409, "wrong-state"), "{form}: {}", refused.text);
        }
        let next = made(service).await;
        assert_eq!((next.status, each(&next.body["payouts"], "payout")), (201, vec![&json!(payout)]), "{}", next.text);
        assert_ne!(next.body["message_id"], withdrawn.body["message_id"]);
        service.comes("2026-10-16T12:00:00Z").await;
        assert_eq!(withdraw().await.body, withdrawn.body, "nothing changes");
        assert_eq!(made(service).await.status, 409, "the payout is in the second file still");
        let actions = service.get("/audit?limit=100").await.text;
        assert_eq!(actions.matches("payout_file.withdraw").count(), 1);
    })
    .await;
}

#[tokio::test]
async fn two_who_make_a_file_at_once_make_one() {
    on_both(async |service| {
        set(service, company).await;
        let line = talker(service).await;
        let ada = agent(service, "Ada").await;
        bank(service, &ada, json!({"iban": ADAS})).await;
        for _ in 0..5 {
            paid(service, &line, &ada).await;
        }
        let (one, two, three) = tokio::join!(made(service), made(service), made(service));
        let mut answers = [one, two, three].map(|reply| (reply.status, reply.body["count"].clone()));
        answers.sort_by_key(|(status, _)| *status);
        assert_eq!(answers, [(201, json!(5)), (409, Value::Null), (409, Value::Null)]);
        let files = service.get("/payout-files").await.body;
        assert_eq!(each(&files["items"], "sum"), ["12.00"]);
    })
    .await;
}

#[tokio::test]
async fn what_lacks_is_said_and_other_currencies_have_rows() {
    on_both(async |service| {
        let make = async |body: Value| service.post("/payout-files", body).await;
        let lacks = make(json!({"currency": "EUR"})).await;
        assert_eq!((lacks.status, lacks.problem()), (409, "wrong-state"), "{}", lacks.text);
        assert!(lacks.text.contains("set seller.bank.iban in the settings"), "{}", lacks.text);
        set(service, |settings| settings["seller"]["bank"] = json!({"iban": "AT61", "bic": "BANK"})).await;
        set(service, |settings| settings["seller"]["legal_name"] = json!("🙂")).await;
        let lacks = make(json!({"currency": "EUR"})).await;
        for place in ["seller.bank.iban", "seller.bank.bic", "seller.legal_name"] {
            assert!(lacks.text.contains(place), "{place}: {}", lacks.text);
        }
        for (body, status, place) in [
            (json!({"execution_on": "2026-10-14"}), 422, vec!["/execution_on"]),
            (json!({"currency": "XXX"}), 422, vec!["/currency"]),
            (json!({"execution_on": "soon"}), 400, vec!["/execution_on"]),
            (json!({}), 409, vec![]),
        ] {
            let refused = make(body.clone()).await;
            assert_eq!((refused.status, refused.places()), (status, place), "{body}: {}", refused.text);
        }

        // The tenant's currency is USD, and nobody's account is needed for rows but the agent's.
        let (_, line) = service.talker("20.00", "0002").await;
        let prices = json!({"USD": {"rate": {"price_per_minute": "3.00"}}});
        let name = "=cmd|'/C calc'!A0";
        let agent = service.made("/agents", json!({"name": name, "prices": prices})).await;
        bank(service, &agent, json!({"iban": "TR330006100519786457841326"})).await;
        set(service, |settings| settings["earnings"] = json!({"hold_days": 0})).await;
        service.made("/calls", json!({"line": line, "to": "+442079460018", "agent": agent, "minutes": 1})).await;
        service.made(&format!("/agents/{agent}/payouts"), json!({})).await;
        let file = sent(service.request(Method::POST, "/payout-files")).await;
        assert_eq!((file.status, &file.body["sum"]), (201, &json!("2.40")), "{}", file.text);
        let id = file.body["id"].as_str().unwrap();
        let xml = service.get(&format!("/payout-files/{id}.xml")).await;
        assert_eq!((xml.status, xml.problem()), (409, "wrong-state"), "{}", xml.text);
        assert!(xml.text.contains("EUR") && xml.text.contains(".csv"), "{}", xml.text);
        let csv = service.get(&format!("/payout-files/{id}.csv")).await;
        assert!(
            csv.text.contains(r#","'=cmd|'/C calc'!A0","TR330006100519786457841326","","2.40","USD""#),
            "{}",
            csv.text
        );

        // Who may what.
        let auditor = service.person(&[Role::Auditor], &[], None).await;
        let own = service.person(&[Role::Agent], &[], Some(&agent)).await;
        for (form, seen) in [("", 200), (".csv", 403), (".xml", 403), (".pdf", 404)] {
            let path = format!("/payout-files/{id}{form}");
            assert_eq!(auditor.get(&path).await.status, seen, "{form}");
            assert!([403, 404].contains(&own.get(&path).await.status), "{form}");
            let foreign = service.anonymous(Method::GET, &path).bearer_auth(&service.foreign_key);
            assert_eq!(sent(foreign).await.status, 404, "{form}");
        }
        assert!(!auditor.get(&format!("/payout-files/{id}")).await.text.contains("TR33"));
        assert_eq!(auditor.post("/payout-files", json!({})).await.status, 403);
        let withdraw = format!("/payout-files/{id}/withdraw");
        assert_eq!(auditor.post(&withdraw, json!({})).await.status, 403);
        let foreign = service.anonymous(Method::POST, &withdraw).bearer_auth(&service.foreign_key).json(&json!({}));
        assert_eq!(sent(foreign).await.status, 404);
        assert_eq!(service.get(&format!("/payout-files/{id}")).await.body["state"], "made");
    })
    .await;
}

#[tokio::test]
async fn an_account_is_told_to_whom_it_is_of_and_forgotten_with_it() {
    on_both(async |service| {
        set(service, company).await;
        let line = talker(service).await;
        let ada = agent(service, "Ada").await;
        bank(service, &ada, json!({"holder": "Countess", "iban": ADAS})).await;
        paid(service, &line, &ada).await;
        let file = made(service).await.body;
        let told = service.get(&format!("/agents/{ada}/personal-data")).await.body;
        assert_eq!(told["held"]["agents"][0]["bank"], json!({"holder": "Countess", "iban": ADAS, "bic": null}));
        let filed = &told["held"]["payout_file_items"][0];
        assert_eq!((&filed["iban"], &filed["amount"], &filed["file"]), (&json!(ADAS), &json!("2.40"), &file["id"]));
        let erased = service.post(&format!("/agents/{ada}/erasure"), json!({"dry_run": false})).await;
        assert_eq!(erased.status, 200, "{}", erased.text);
        let told = service.get(&format!("/agents/{ada}/personal-data")).await.body;
        assert_eq!(told["held"]["agents"][0]["bank"], Value::Null);
        assert_eq!(service.get(&format!("/agents/{ada}/bank-account")).await.body["iban"], Value::Null);
        // What the bank was told is in the books.
        assert_eq!(service.get(&format!("/payout-files/{}", file["id"].as_str().unwrap())).await.body["count"], 1);
    })
    .await;
}

//! One of each record that an operation can name by its id.

use engine::Role;
use engine::recordings::RecordingKind;
use reqwest::Method;
use serde_json::json;

use crate::service::{Service, sent};
use crate::{groups, recordings, sounds};

/// The ids of one record of each kind, all of one tenant.
pub(crate) struct Records {
    /// By the noun of the path.
    ids: Vec<(&'static str, String)>,
    /// Who has the postpaid records, and who the prepaid ones.
    pub(crate) customers: [String; 2],
}

impl Records {
    /// Makes a customer with a call and bills, a prepaid one with a receipt, and what else there is.
    pub(crate) async fn made(service: &Service) -> Records {
        let (customer, line) = service.caller().await;
        let mut ids = vec![
            ("plans", service.plan("Other", "1").await),
            ("decks", service.made("/decks", json!({"name": "World", "currency": "USD"})).await),
        ];
        let prices = json!({"USD": {"rate": {"price_per_minute": "1.00"}}});
        let agent = service.made("/agents", json!({"name": "Ada", "prices": prices})).await;
        let grant = json!({"customer": customer, "seconds": 600, "reason": "welcome"});
        ids.push(("allowances", service.made("/allowances", grant).await));
        let call = json!({"line": line, "to": "+442079460018", "agent": agent, "minutes": 1});
        ids.push(("calls", service.made("/calls", call).await));
        let month = json!({"from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z"});
        ids.push(("reratings", service.made("/reratings", month).await));
        ids.push(("keys", first(service, "keys").await));
        let webhook = json!({"url": "https://hooks.example.org/", "kinds": ["call.ended"]});
        ids.push(("webhooks", service.made("/webhooks", webhook).await));
        of_money(service, &customer, &mut ids).await;
        let imported = sent(service.request(Method::POST, "/imports?format=jsonl").body("{}\n")).await;
        ids.push(("imports", imported.body["summary"]["import"].as_str().unwrap().to_owned()));
        let item = json!({"kind": "one_off", "name": "Set-up", "amount": "5.00"});
        ids.push(("items", service.made(&format!("/customers/{customer}/items"), item).await));
        service.made("/calls", json!({"line": line, "to": "+442079460018", "minutes": 1})).await;
        let prepaid = billed(service, &customer, &mut ids).await;
        of_payouts(service, &agent, &mut ids).await;
        let risky = json!({"origin": "pbx:risky", "line": line, "to": "+979123456789"});
        service.post("/charging/sessions", risky).await;
        ids.push(("alerts", first(service, "alerts").await));
        let live = json!({"origin": "pbx:live", "line": "0009", "agent": agent});
        ids.extend([("charging", service.made("/charging/sessions", live).await), ("agents", agent)]);
        let adviser = service.person(&[Role::Agent], &[], Some(&ids[ids.len() - 1].1)).await;
        let written = json!({"customer": customer, "agent": ids[ids.len() - 1].1, "text": "Good evening"});
        let written = adviser.post("/messages", written).await;
        ids.push(("messages", written.body["id"].as_str().unwrap().to_owned()));
        ids.push(("conversations", written.body["conversation"].as_str().unwrap().to_owned()));
        of_people(service, &mut ids).await;
        let hidden = service.made("/agents", json!({"name": "Hidden", "number": "0700"})).await;
        of_telephony(service, &line, &mut ids).await;
        of_groups(service, &mut ids).await;
        ids.extend([("customers", customer.clone()), ("lines", line), ("public", hidden)]);
        Records { ids, customers: [customer, prepaid] }
    }

    /// The id of the record of a noun.
    pub(crate) fn id(&self, noun: &str) -> &str {
        let found = self.ids.iter().find(|(known, _)| *known == noun);
        &found.unwrap_or_else(|| panic!("the test makes no record for {noun}")).1
    }
}

/// Makes a request for a top-up, a payment, what went back of it, and a page on which to pay.
async fn of_money(service: &Service, customer: &str, ids: &mut Vec<(&'static str, String)>) {
    let request = json!({"amount": "5.00"});
    let request = service.made(&format!("/customers/{customer}/top-up-requests"), request).await;
    ids.push(("top-up-requests", request));
    let payment = json!({"customer": customer, "amount": "1.00", "method": "transfer"});
    let payment = service.made("/payments", payment).await;
    let dispute = json!({"kind": "dispute", "reason": "not mine"});
    ids.push(("reversals", service.made(&format!("/payments/{payment}/reversals"), dispute).await));
    ids.push(("payments", payment));
    let checkout = json!({"amount": "5.00"});
    ids.push(("checkouts", service.made(&format!("/customers/{customer}/checkouts"), checkout).await));
}

/// Pays the agent, by a file for the bank.
async fn of_payouts(service: &Service, agent: &str, ids: &mut Vec<(&'static str, String)>) {
    let account = service.request(Method::PUT, &format!("/agents/{agent}/bank-account")).header("if-match", "\"1\"");
    let set = sent(account.json(&json!({"iban": "DE89370400440532013000"}))).await;
    assert_eq!(set.status, 200, "{}", set.text);
    ids.push(("payouts", service.made(&format!("/agents/{agent}/payouts"), json!({})).await));
    ids.push(("payout-files", service.made("/payout-files", json!({})).await));
}

/// Makes a member who is signed in, and invites somebody.
async fn of_people(service: &Service, ids: &mut Vec<(&'static str, String)>) {
    let member = service.person(&[Role::Auditor], &[], None).await;
    ids.push(("members", member.user.clone()));
    let own = member.get("/sessions").await;
    ids.push(("sessions", own.body["items"][0]["id"].as_str().unwrap().to_owned()));
    let invited = json!({"email": "guest@example.org", "grants": {"roles": ["auditor"]}});
    ids.push(("invitations", service.made("/invitations", invited).await));
}

/// Gives the line a SIP account, and makes what calls go out on and come in by.
async fn of_telephony(service: &Service, line: &str, ids: &mut Vec<(&'static str, String)>) {
    let account = service.post(&format!("/lines/{line}/sip-account"), json!({})).await;
    assert_eq!(account.status, 201, "{}", account.text);
    let endpoint = format!("walk-{}", service.owner.tenant);
    let trunk = service.made("/trunks", json!({"name": "World", "endpoint": endpoint})).await;
    ids.push(("trunk-routes", service.made("/trunk-routes", json!({"trunk": trunk})).await));
    ids.push(("trunks", trunk));
    let left = recordings::keep(service, RecordingKind::Voicemail, (line, "pbx:left"), b"Good evening").await;
    ids.push(("recordings", left));
    let inbound = json!({"number": "+442079460099", "line": line});
    ids.push(("inbound-numbers", service.made("/inbound-numbers", inbound).await));
}

/// Makes a group with a roster.
async fn of_groups(service: &Service, ids: &mut Vec<(&'static str, String)>) {
    let agent = service.made("/agents", json!({"name": "Ann"})).await;
    let group = service.made("/groups", json!({"name": "Night line"})).await;
    let shift = json!({"agent": agent, "days": [0], "hours": "22:00-06:00"});
    ids.push(("shifts", service.made(&format!("/groups/{group}/shifts"), shift).await));
    let closed = json!({"date": "2026-12-25", "kind": "closed", "name": "Christmas"});
    ids.push(("overrides", service.made(&format!("/groups/{group}/overrides"), closed).await));
    let offer = json!({"group": group, "date": "2026-11-02", "hours": "22:00-06:00"});
    ids.push(("swaps", service.made(&format!("/agents/{agent}/swaps"), offer).await));
    ids.push(("group-messages", recordings::message(service, &group, "softswitch/flow_1").await));
    ids.push(("group-calls", groups::call(service, &group, "softswitch/flow_1").await));
    ids.push(("groups", group));
    ids.push(("sounds", sounds::sound(service).await));
}

/// Bills the customer, and a prepaid one beside it, which is answered; and makes vouchers.
async fn billed(service: &Service, customer: &str, ids: &mut Vec<(&'static str, String)>) -> String {
    let plan = json!({"name": "Prepaid", "kind": "prepaid", "currency": "USD", "monthly_fee": "0",
        "rate": {"price_per_minute": "0.05"}});
    let plan = service.made("/plans", plan).await;
    let prepaid = service.made("/customers", json!({"organisation": "Ada", "mode": "prepaid"})).await;
    service.made("/lines", json!({"customer": prepaid, "number": "0009", "plan": plan})).await;
    service.made("/payments", json!({"customer": prepaid, "amount": "20.00", "method": "card"})).await;
    service.comes("2026-11-01T00:00:00Z").await;
    ids.push(("bill-runs", service.made("/bill-runs", json!({})).await));
    let invoice = first(service, &format!("invoices?customer={customer}")).await;
    let credit = json!({"reason": "bad line", "lines": [{"line": 0, "amount": "0.01"}]});
    ids.push(("credit-notes", service.made(&format!("/invoices/{invoice}/credit-notes"), credit).await));
    ids.push(("invoices", invoice));
    for noun in ["receipts", "statements", "jobs"] {
        ids.push((noun, first(service, noun).await));
    }
    let vouchers = service.post("/voucher-batches", json!({"name": "Kiosks", "amount": "10.00", "count": 1})).await;
    ids.push(("voucher-batches", vouchers.body["batch"]["id"].as_str().unwrap().to_owned()));
    ids.extend(of_the_bank(service).await);
    prepaid
}

/// A file of a bank and its row, which nothing points from to anybody.
async fn of_the_bank(service: &Service) -> [(&'static str, String); 2] {
    let entry = r#"<Ntry><Amt Ccy="USD">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-10-02</Dt></BookgDt></Ntry>"#;
    let file = format!("<Document><BkToCstmrStmt><Stmt>{entry}</Stmt></BkToCstmrStmt></Document>");
    let imported = sent(service.request(Method::POST, "/bank-files").body(file)).await;
    assert_eq!(imported.status, 201, "{}", imported.text);
    let row = first(service, "bank-rows").await;
    [("bank-files", imported.body["id"].as_str().unwrap().to_owned()), ("bank-rows", row)]
}

/// The id of the first of a list.
async fn first(service: &Service, list: &str) -> String {
    let listed = service.get(&format!("/{list}")).await;
    listed.body["items"][0]["id"].as_str().unwrap_or_else(|| panic!("no {list}: {}", listed.text)).to_owned()
}

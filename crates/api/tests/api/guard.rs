//! Who may do what: every operation of the document, with every role.

use engine::Role;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::service::{Service, on_both, sent};

/// An operation as the document has it.
struct Operation {
    method: Method,
    path: String,
    roles: Vec<String>,
}

async fn operations(service: &Service) -> Vec<Operation> {
    let document = sent(service.bare(Method::GET, "/api/v1/openapi.json")).await.body;
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let roles = operation["x-roles"].as_array().unwrap_or_else(|| panic!("{method} {path} declares no roles"));
            operations.push(Operation {
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                roles: roles.iter().map(|role| role.as_str().unwrap().to_owned()).collect(),
            });
        }
    }
    assert!(operations.len() > 60, "the document has {} operations", operations.len());
    operations
}

/// A request that the handler refuses, if it gets there.
fn harmless(service: &Service, operation: &Operation) -> RequestBuilder {
    let path = operation.path.replace("{id}", "none").replace("{file}", "none").replace("{reason}", "manual");
    let request = service.bare(operation.method.clone(), &path);
    if operation.method == Method::GET { request } else { request.json(&json!({"nothing": "known"})) }
}

#[tokio::test]
async fn every_operation_lets_in_the_roles_that_it_declares_and_no_others() {
    on_both(async |service| {
        for operation in operations(service).await {
            let told = format!("{} {}", operation.method, operation.path);
            let anonymous = sent(harmless(service, &operation)).await;
            if operation.roles == ["anyone"] {
                assert!(![401, 403].contains(&anonymous.status), "{told}: {}", anonymous.text);
                continue;
            }
            assert_eq!((anonymous.status, anonymous.problem()), (401, "unauthenticated"), "{told}");
            assert_eq!(anonymous.header("www-authenticate"), "Bearer");
            let wrong = sent(harmless(service, &operation).bearer_auth("tg_0000")).await;
            assert_eq!((wrong.status, wrong.problem()), (401, "unauthenticated"), "{told}");
            for (role, key) in &service.keys {
                let reply = sent(harmless(service, &operation).bearer_auth(key)).await;
                if operation.roles.iter().any(|declared| declared == role.name()) {
                    assert!(![401, 403].contains(&reply.status), "{told} as {}: {}", role.name(), reply.text);
                    assert!(reply.status < 500, "{told} as {}: {}", role.name(), reply.text);
                } else {
                    assert_eq!((reply.status, reply.problem()), (403, "wrong-role"), "{told} as {}", role.name());
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn roles_are_what_they_say() {
    on_both(async |service| {
        for operation in operations(service).await {
            let told = format!("{} {}", operation.method, operation.path);
            let may = |role: Role| operation.roles.iter().any(|declared| declared == role.name());
            let reports = operation.method == Method::POST
                && ["/api/v1/calls", "/api/v1/call-events"].contains(&operation.path.as_str());
            assert_eq!(may(Role::Switch), reports, "{told}");
            let asks = ["/api/v1/quotes", "/api/v1/books/check"].contains(&operation.path.as_str());
            assert!(!may(Role::Auditor) || operation.method == Method::GET || asks, "an auditor may {told}");
            assert!(operation.roles == ["anyone"] || may(Role::Owner), "{told}");
        }
    })
    .await;
}

/// What customers may do, and what agents and coordinators may; everything else is the staff's. A line more is a decision.
const OF_CUSTOMERS: &str = "
    GET /allowances/{id}
    GET /calls
    GET /calls.csv
    GET /calls/{id}
    GET /credit-notes
    GET /credit-notes/{id}
    GET /customers
    GET /customers/{id}
    GET /customers/{id}/allowances
    GET /customers/{id}/balance
    GET /customers/{id}/calls
    GET /customers/{id}/invoices/preview
    GET /customers/{id}/invoices/preview.html
    GET /customers/{id}/items
    GET /customers/{id}/ledger
    GET /customers/{id}/lines
    GET /customers/{id}/payments
    GET /customers/{id}/usage
    GET /invoices
    GET /invoices/{id}
    GET /invoices/{id}/calls
    GET /invoices/{id}/settlements
    GET /items/{id}
    GET /lines
    GET /lines/{id}
    GET /lines/{id}/calls
    GET /lines/{id}/usage
    GET /payments
    GET /receipts
    GET /receipts/{id}
    GET /statements
    GET /statements/{id}
    POST /quotes";
const OF_AGENTS: &str = "GET /agents  GET /agents/{id}  GET /agents/{id}/calls";
const OF_COORDINATORS: &str = "GET /agents  GET /agents/{id}";

#[test]
fn customers_agents_and_coordinators_may_do_what_is_listed_here() {
    let document = serde_json::to_value(api::openapi()).unwrap();
    for (role, listed) in [("customer", OF_CUSTOMERS), ("agent", OF_AGENTS), ("coordinator", OF_COORDINATORS)] {
        let mut declared = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                if operation["x-roles"].as_array().unwrap().contains(&json!(role)) {
                    declared.push(format!("{} {}", method.to_uppercase(), path.trim_start_matches("/api/v1")));
                }
            }
        }
        let words: Vec<&str> = listed.split_whitespace().collect();
        let mut listed: Vec<String> = words.chunks(2).map(|pair| pair.join(" ")).collect();
        declared.sort();
        listed.sort();
        assert_eq!(declared, listed, "{role}");
    }
}

/// Bodies that would be carried out, were the record the tenant's own.
fn body(method: &Method, path: &str) -> Option<Value> {
    match (method.as_str(), path.strip_prefix("/api/v1").unwrap_or(path)) {
        ("PUT", "/customers/{id}") => Some(json!({"organisation": "Taken over", "state": "active"})),
        ("PUT", "/plans/{id}") => {
            Some(json!({"name": "Basic", "currency": "USD", "rate": {"price_per_minute": "9"}, "monthly_fee": "0"}))
        }
        ("PUT", "/agents/{id}") => Some(json!({"name": "Taken over"})),
        ("PUT", "/decks/{id}/entries") | ("POST", "/decks/{id}/compare") => {
            Some(json!([{"prefix": "44", "rate": {"price_per_minute": "9"}}]))
        }
        ("PUT", "/customers/{id}/credit-limit") => Some(json!({"credit_limit": null})),
        ("POST", "/lines/{id}/plan") => Some(json!({"plan": "Basic"})),
        ("POST", "/invoices/{id}/credit-notes" | "/invoices/{id}/write-off") => Some(json!({"reason": "a gift"})),
        ("POST", "/customers/{id}/items") => Some(json!({"kind": "one_off", "name": "Gift", "amount": "-9.00"})),
        ("POST", _) => Some(json!({})),
        _ => None,
    }
}

/// One of each record that billing makes.
struct Papers {
    item: String,
    run: String,
    invoice: String,
    credit_note: String,
    receipt: String,
    statement: String,
    job: String,
}

impl Papers {
    /// Bills the customer, and a prepaid one beside it.
    async fn made(service: &Service, customer: &str) -> Papers {
        let item = json!({"kind": "one_off", "name": "Set-up", "amount": "5.00"});
        let item = service.made(&format!("/customers/{customer}/items"), item).await;
        let plan = json!({"name": "Prepaid", "kind": "prepaid", "currency": "USD", "monthly_fee": "0",
            "rate": {"price_per_minute": "0.05"}});
        let plan = service.made("/plans", plan).await;
        let prepaid = service.made("/customers", json!({"organisation": "Ada", "mode": "prepaid"})).await;
        service.made("/lines", json!({"customer": prepaid, "number": "0009", "plan": plan})).await;
        service.made("/payments", json!({"customer": prepaid, "amount": "20.00", "method": "card"})).await;
        service.comes("2026-11-01T00:00:00Z").await;
        let run = service.made("/bill-runs", json!({})).await;
        let first = async |noun: &str| {
            let listed = service.get(&format!("/{noun}")).await;
            listed.body["items"][0]["id"].as_str().unwrap_or_else(|| panic!("no {noun}: {}", listed.text)).to_owned()
        };
        let invoice = first("invoices").await;
        let credit = json!({"reason": "bad line", "lines": [{"line": 0, "amount": "0.01"}]});
        let credit_note = service.made(&format!("/invoices/{invoice}/credit-notes"), credit).await;
        let (receipt, statement, job) = (first("receipts").await, first("statements").await, first("jobs").await);
        Papers { item, run, invoice, credit_note, receipt, statement, job }
    }
}

#[tokio::test]
async fn records_of_another_tenant_are_not_there() {
    on_both(async |service| {
        let (customer, line) = service.caller().await;
        let plan = service.plan("Other", "1").await;
        let agent = service.made("/agents", json!({"name": "Ada"})).await;
        let deck = service.made("/decks", json!({"name": "World", "currency": "USD"})).await;
        let grant = json!({"customer": customer, "seconds": 600, "reason": "welcome"});
        let allowance = service.made("/allowances", grant).await;
        let call = service.made("/calls", json!({"line": line, "to": "+442079460018", "minutes": 1})).await;
        let month = json!({"from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z"});
        let rerating = service.made("/reratings", month).await;
        let key = service.get("/keys").await.body["items"][0]["id"].as_str().unwrap().to_owned();
        let imported = sent(service.request(Method::POST, "/imports?format=jsonl").body("{}\n")).await;
        let import = imported.body["summary"]["import"].as_str().unwrap().to_owned();
        let papers = Papers::made(service, &customer).await;
        let mut walked = 0;
        for operation in operations(service).await.iter().filter(|operation| operation.path.contains("{id}")) {
            let noun = operation.path.split('/').nth(3).unwrap();
            let id = match noun {
                "customers" => &customer,
                "lines" => &line,
                "plans" => &plan,
                "agents" => &agent,
                "decks" => &deck,
                "allowances" => &allowance,
                "calls" => &call,
                "reratings" => &rerating,
                "keys" => &key,
                "imports" => &import,
                "invoices" => &papers.invoice,
                "credit-notes" => &papers.credit_note,
                "receipts" => &papers.receipt,
                "statements" => &papers.statement,
                "bill-runs" => &papers.run,
                "items" => &papers.item,
                "jobs" => &papers.job,
                other => panic!("the test makes no record for {other}"),
            };
            let path = operation.path.replace("{id}", id).replace("{reason}", "manual");
            let path = if path.ends_with("/search") { format!("{path}?number=44") } else { path };
            let request = service.bare(operation.method.clone(), &path);
            let request = request.bearer_auth(&service.foreign_key).header("if-match", "\"1\"");
            let foreign = match body(&operation.method, &operation.path) {
                Some(body) => sent(request.json(&body)).await,
                None => sent(request).await,
            };
            let told = format!("{} {path}: {}", operation.method, foreign.text);
            assert_eq!((foreign.status, foreign.problem()), (404, "not-found"), "{told}");
            walked += 1;
        }
        assert!(walked >= 45, "{walked} operations have an id");
        for file in [format!("invoices/{}", papers.invoice), "invoices/000001".to_owned()] {
            for form in ["pdf", "html"] {
                let path = format!("/{file}.{form}");
                let foreign = sent(service.anonymous(Method::GET, &path).bearer_auth(&service.foreign_key)).await;
                assert_eq!((foreign.status, service.get(&path).await.status), (404, 200), "{path}");
            }
        }
        // Nothing was changed by those who may not, and the tenant itself finds what it asks for.
        for path in [format!("/imports/{import}"), format!("/reratings/{rerating}"), format!("/decks/{deck}")] {
            assert_eq!(service.get(&path).await.status, 200, "{path}");
        }
        let same = service.get(&format!("/customers/{customer}")).await;
        assert_eq!((&same.body["organisation"], &same.body["version"]), (&json!("Harbour Radio"), &json!(1)));
    })
    .await;
}

#[tokio::test]
async fn a_key_can_be_made_listed_and_revoked_and_only_an_owner_makes_owners() {
    on_both(async |service| {
        let made = service.post("/keys", json!({"name": "desk", "scopes": ["clerk"]})).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let (id, secret) = (made.body["key"]["id"].as_str().unwrap(), made.body["secret"].as_str().unwrap());
        let with = |key: &str| service.anonymous(Method::GET, "/customers").bearer_auth(key);
        assert_eq!(sent(with(secret)).await.status, 200);
        let listed = service.get("/keys").await;
        assert!(listed.text.contains(id) && !listed.text.contains(secret));
        let admin = |method, path: &str| service.anonymous(method, path).bearer_auth(service.key(Role::Admin));
        let owner_key = json!({"name": "coup", "scopes": ["owner"]});
        assert_eq!(sent(admin(Method::POST, "/keys").json(&owner_key)).await.status, 403);
        let owners =
            listed.body["items"].as_array().unwrap().iter().find(|key| key["scopes"] == json!(["owner"])).unwrap();
        let path = format!("/keys/{}", owners["id"].as_str().unwrap());
        assert_eq!(sent(admin(Method::DELETE, &path)).await.status, 403);
        assert_eq!(sent(admin(Method::DELETE, &format!("/keys/{id}"))).await.status, 204);
        assert_eq!(sent(with(secret)).await.status, 401);
        assert_eq!(sent(admin(Method::DELETE, &format!("/keys/{id}"))).await.status, 404);
        let past = json!({"name": "old", "scopes": ["clerk"], "expires_at": "2026-10-15T11:59:59Z"});
        let old = service.post("/keys", past).await;
        assert_eq!(sent(with(old.body["secret"].as_str().unwrap())).await.status, 401);
    })
    .await;
}

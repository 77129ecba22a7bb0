//! Who may do what, as it is declared.

use engine::Role;
use reqwest::Method;
use serde_json::json;

use crate::operations::Operation;
use crate::service::{on_both, sent};

#[tokio::test]
async fn roles_are_what_they_say() {
    on_both(async |service| {
        for operation in Operation::all(service).await {
            let told = format!("{} {}", operation.method, operation.path);
            let may = |role: Role| operation.is_for(role.name());
            let reports = operation.method == Method::POST
                && ["/api/v1/calls", "/api/v1/call-events"].contains(&operation.path.as_str());
            let charges = operation.method != Method::GET && operation.noun() == "charging";
            let brings = operation.path == "/api/v1/messages/arrived";
            assert_eq!(may(Role::Switch), reports || charges || brings, "{told}");
            let asks = ["/api/v1/quotes", "/api/v1/books/check"].contains(&operation.path.as_str());
            assert!(!may(Role::Auditor) || operation.method == Method::GET || asks, "an auditor may {told}");
            let everybodys = operation.is_for("anyone") || operation.is_for("signed-in");
            // Nobody writes or reads in the name of the two who talk to each other.
            let everybodys = everybodys || operation.roles == ["customer", "agent"];
            assert!(everybodys || may(Role::Owner), "{told}");
        }
    })
    .await;
}

/// What customers may do, and what agents and coordinators may; everything else is the staff's. A line more is a decision.
const OF_CUSTOMERS: &str = "
    DELETE /customers/{id}/automatic-top-up
    DELETE /customers/{id}/blocks/{agent}
    DELETE /customers/{id}/saved-card
    DELETE /lines/{id}/blocking/{number}
    DELETE /lines/{id}/phone-secret
    DELETE /lines/{id}/sip-account
    DELETE /recordings/{id}
    GET /allowances/{id}
    GET /calls
    GET /calls.csv
    GET /calls/{id}
    GET /calls/{id}/status
    GET /charging/sessions
    GET /charging/sessions/{id}
    GET /conversations
    GET /conversations/{id}
    GET /conversations/{id}/messages
    GET /credit-notes
    GET /credit-notes/{id}
    GET /credit-notes/{id}/ubl
    GET /customers
    GET /customers/{id}
    GET /customers/{id}/agents
    GET /customers/{id}/allowances
    GET /customers/{id}/automatic-top-up
    GET /customers/{id}/balance
    GET /customers/{id}/blocks
    GET /customers/{id}/calls
    GET /customers/{id}/invoices/preview
    GET /customers/{id}/invoices/preview.html
    GET /customers/{id}/items
    GET /customers/{id}/ledger
    GET /customers/{id}/lines
    GET /customers/{id}/payments
    GET /checkouts/{id}
    GET /customers/{id}/top-up-requests
    GET /customers/{id}/usage
    GET /customers/{id}/ways-to-pay
    GET /reversals
    GET /invoices
    GET /invoices/{id}
    GET /invoices/{id}/calls
    GET /invoices/{id}/settlements
    GET /invoices/{id}/ubl
    GET /items/{id}
    GET /lines
    GET /lines/{id}
    GET /lines/{id}/blocking
    GET /lines/{id}/calls
    GET /lines/{id}/sip-account
    GET /lines/{id}/talk-time
    GET /lines/{id}/usage
    GET /live
    GET /payments
    GET /recordings
    GET /recordings/{id}
    GET /recordings/{id}/audio
    GET /receipts
    GET /receipts/{id}
    GET /statements
    GET /statements/{id}
    POST /calls
    POST /calls/{id}/hang-up
    POST /customers/{id}/checkouts
    POST /customers/{id}/top-up-requests
    POST /customers/{id}/vouchers
    POST /lines/{id}/phone-secret
    POST /lines/{id}/phone-token
    POST /lines/{id}/sip-account
    POST /messages
    POST /messages/quote
    PUT /conversations/{id}/read
    PUT /customers/{id}/automatic-top-up
    PUT /customers/{id}/blocks/{agent}
    PUT /lines/{id}/blocking/{number}
    PUT /lines/{id}/filters
    PUT /lines/{id}/forwarding
    PUT /lines/{id}/voicemail
    PUT /recordings/{id}/done
    PUT /messages/{id}/delivered
    PUT /calls/{id}/rating";
const OF_AGENTS: &str = "
    DELETE /agents/{id}/blocks/{customer}
    DELETE /agents/{id}/calendar
    DELETE /agents/{id}/swaps/{swap}
    GET /agents
    GET /agents/{id}
    GET /agents/{id}/bank-account
    GET /agents/{id}/blocks
    GET /agents/{id}/calls
    GET /agents/{id}/earnings
    GET /agents/{id}/figures
    GET /agents/{id}/group-calls
    GET /agents/{id}/phone-checks
    GET /agents/{id}/phones
    GET /agents/{id}/shifts
    GET /agents/{id}/swaps
    GET /agents/{id}/transfer-targets
    GET /payouts
    GET /payouts/{id}
    GET /calls/{id}/status
    GET /charging/sessions
    GET /charging/sessions/{id}
    GET /conversations
    GET /conversations/{id}
    GET /conversations/{id}/messages
    GET /live
    POST /agents/{id}/calendar
    POST /agents/{id}/group-calls/{call}/transfer
    POST /agents/{id}/phone-checks
    POST /agents/{id}/swaps
    POST /agents/{id}/swaps/{swap}/take
    POST /calls/{id}/hang-up
    POST /groups/{id}/call-backs
    POST /lines/{id}/phone-token
    POST /messages
    PUT /agents/{id}/availability
    PUT /agents/{id}/bank-account
    PUT /agents/{id}/blocks/{customer}
    PUT /agents/{id}/group-calls/{call}/note
    PUT /agents/{id}/presence
    PUT /conversations/{id}/read
    PUT /messages/{id}/delivered";
const OF_COORDINATORS: &str = "
    DELETE /agents/{id}/blocks/{customer}
    DELETE /agents/{id}/calendar
    DELETE /agents/{id}/swaps/{swap}
    DELETE /group-messages/{id}
    DELETE /groups/{id}/calendar
    DELETE /groups/{id}
    DELETE /overrides/{id}
    DELETE /shifts/{id}
    DELETE /sounds/{id}
    GET /agents
    GET /agents/{id}
    GET /agents/{id}/blocks
    GET /agents/{id}/group-calls
    GET /agents/{id}/phone-checks
    GET /agents/{id}/phones
    GET /agents/{id}/shifts
    GET /agents/{id}/swaps
    GET /agents/{id}/transfer-targets
    GET /group-calls/{id}
    GET /group-messages/{id}
    GET /group-messages/{id}/audio
    GET /groups
    GET /groups/{id}/calls
    GET /groups/{id}/messages
    GET /groups/{id}
    GET /groups/{id}/duties
    GET /groups/{id}/gaps
    GET /groups/{id}/on-duty
    GET /groups/{id}/overrides
    GET /groups/{id}/shifts
    GET /groups/{id}/statistics
    GET /groups/{id}/swaps
    GET /reminders
    GET /sms
    GET /sms/received
    GET /sms/stops
    GET /sounds
    POST /agents/{id}/calendar
    POST /agents/{id}/group-calls/{call}/transfer
    POST /agents/{id}/phone-checks
    POST /agents/{id}/swaps
    POST /agents/{id}/swaps/{swap}/take
    POST /groups
    POST /groups/{id}/call-backs
    POST /groups/{id}/calendar
    POST /groups/{id}/calendar-import
    POST /groups/{id}/overrides
    POST /groups/{id}/shifts
    POST /sounds
    PUT /agents/{id}/availability
    PUT /agents/{id}/blocks/{customer}
    PUT /agents/{id}/group-calls/{call}/note
    PUT /agents/{id}/presence
    PUT /group-calls/{id}/note
    PUT /group-messages/{id}/done
    PUT /groups/{id}
    PUT /shifts/{id}
    PUT /swaps/{id}/decision";

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
        let leaked = service.post("/keys", json!({"name": "leaked", "scopes": ["owner"]})).await;
        let path = format!("/keys/{}", leaked.body["key"]["id"].as_str().unwrap());
        assert_eq!(sent(admin(Method::DELETE, &path)).await.status, 204);
        assert_eq!(sent(with(leaked.body["secret"].as_str().unwrap())).await.status, 401);
        assert_eq!(sent(admin(Method::DELETE, &format!("/keys/{id}"))).await.status, 204);
        assert_eq!(sent(with(secret)).await.status, 401);
        assert_eq!(sent(admin(Method::DELETE, &format!("/keys/{id}"))).await.status, 404);
        let past = json!({"name": "old", "scopes": ["clerk"], "expires_at": "2026-10-15T11:59:59Z"});
        let old = service.post("/keys", past).await;
        assert_eq!((old.status, old.places()), (422, vec!["/expires_at"]), "{}", old.text);
    })
    .await;
}

//! The operations of the OpenAPI document, and requests for them.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::service::{Service, sent};

/// An operation as the document has it.
pub(crate) struct Operation {
    pub(crate) method: Method,
    pub(crate) path: String,
    /// Whom it is declared for: roles, `anyone`, or `signed-in`.
    pub(crate) roles: Vec<String>,
}

impl Operation {
    pub(crate) async fn all(service: &Service) -> Vec<Operation> {
        let document = sent(service.bare(Method::GET, "/api/v1/openapi.json")).await.body;
        let mut operations = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let roles =
                    operation["x-roles"].as_array().unwrap_or_else(|| panic!("{method} {path} declares no roles"));
                operations.push(Operation {
                    method: method.to_uppercase().parse().unwrap(),
                    path: path.clone(),
                    roles: roles.iter().map(|role| role.as_str().unwrap().to_owned()).collect(),
                });
            }
        }
        assert!(operations.len() > 140, "the document has {} operations", operations.len());
        operations
    }

    pub(crate) fn is_for(&self, who: &str) -> bool {
        self.roles.iter().any(|declared| declared == who)
    }

    /// The noun after `/api/v1`.
    pub(crate) fn noun(&self) -> &str {
        self.path.split('/').nth(3).unwrap_or_default()
    }

    /// What follows `/api/v1`; elsewhere the whole path.
    pub(crate) fn short_path(&self) -> &str {
        self.path.strip_prefix("/api/v1").unwrap_or(&self.path)
    }

    /// A request that the handler refuses, if it gets there.
    pub(crate) fn harmless(&self, service: &Service) -> RequestBuilder {
        let path =
            ["{id}", "{file}", "{secret}", "{delivery}", "{agent}", "{customer}", "{number}", "{swap}", "{call}"]
                .iter()
                .fold(self.path.clone(), |path, part| path.replace(part, "none"));
        let request = service.bare(self.method.clone(), &path.replace("{reason}", "manual"));
        if self.method == Method::GET { request } else { request.json(&json!({"nothing": "known"})) }
    }

    /// A request for the record with this id that would be carried out, were it the sender's own.
    pub(crate) fn on(&self, service: &Service, id: &str) -> RequestBuilder {
        let path = self.path.replace("{id}", id).replace("{reason}", "manual");
        let path = path.replace("{agent}", "agt_none").replace("{customer}", "cus_none").replace("{number}", "0007");
        let path = path.replace("{swap}", "swp_none").replace("{call}", "softswitch:none");
        let path = match path.rsplit('/').next() {
            Some("search") => format!("{path}?number=44"),
            Some("talk-time") => format!("{path}?to=0001"),
            Some("preview") if self.noun() == "lines" => format!("{path}?plan=Basic"),
            _ => path,
        };
        let request = service.bare(self.method.clone(), &path).header("if-match", "\"1\"");
        match self.body() {
            Some(body) => request.json(&body),
            None => request,
        }
    }

    fn body(&self) -> Option<Value> {
        match (self.method.as_str(), self.short_path()) {
            ("PUT", "/customers/{id}") => Some(json!({"organisation": "Taken over", "state": "active"})),
            ("PUT", "/plans/{id}") => {
                Some(json!({"name": "Basic", "currency": "USD", "rate": {"price_per_minute": "9"}, "monthly_fee": "0"}))
            }
            ("PUT", "/agents/{id}") => Some(json!({"name": "Taken over"})),
            ("PUT", "/agents/{id}/availability") => Some(json!({"reminders": true, "blackouts": []})),
            ("PUT", "/agents/{id}/bank-account") => Some(json!({"iban": "DE89370400440532013000"})),
            ("POST", "/agents/{id}/swaps") => {
                Some(json!({"group": "grp_none", "date": "2026-12-25", "hours": "08:00-09:00"}))
            }
            ("PUT", "/agents/{id}/group-calls/{call}/note") => Some(json!({"note": "hello"})),
            ("POST", "/agents/{id}/phone-checks") => Some(json!({"number": "+441632960011"})),
            ("POST", "/agents/{id}/group-calls/{call}/transfer") => Some(json!({"agent": "agt_none"})),
            ("PUT", "/swaps/{id}/decision") => Some(json!({"approved": true})),
            ("PUT", "/agents/{id}/presence") => Some(json!({"presence": "online"})),
            ("PUT", "/conversations/{id}/read") => Some(json!({"up_to": "msg_none"})),
            ("PUT", "/webhooks/{id}") => Some(json!({"url": "https://hooks.example.org/", "kinds": ["call.ended"]})),
            ("PUT", "/members/{id}") => Some(json!({"roles": ["auditor"]})),
            ("PUT", "/decks/{id}/entries") | ("POST", "/decks/{id}/compare") => {
                Some(json!([{"prefix": "44", "rate": {"price_per_minute": "9"}}]))
            }
            ("PUT", "/customers/{id}/credit-limit") => Some(json!({"credit_limit": null})),
            ("PUT", "/customers/{id}/verified-phone") => Some(json!({"phone": null})),
            ("PUT", "/customers/{id}/limits") => Some(json!({"spend_per_day": null})),
            ("PUT", "/lines/{id}/filters") => Some(json!({"in": [{"deny": "*"}]})),
            ("PUT", "/lines/{id}/forwarding") => Some(json!({"always": "0007"})),
            ("PUT", "/lines/{id}/voicemail") => Some(json!({"enabled": true})),
            ("PUT", "/recordings/{id}/done") => Some(json!({"done": true})),
            ("PUT", "/lines/{id}/limits") => Some(json!({"calls_at_once": null})),
            ("POST", "/lines/{id}/plan") => Some(json!({"plan": "Basic"})),
            ("POST", "/invoices/{id}/credit-notes" | "/invoices/{id}/write-off") => Some(json!({"reason": "a gift"})),
            ("POST", "/customers/{id}/items") => Some(json!({"kind": "one_off", "name": "Gift", "amount": "-9.00"})),
            ("POST", "/customers/{id}/transfers") => {
                Some(json!({"to": "cus_none", "amount": "1.00", "reason": "a gift"}))
            }
            ("PUT", "/customers/{id}/automatic-top-up") => Some(json!({"below": "5.00", "amount": "20.00"})),
            ("POST", "/customers/{id}/checkouts") => Some(json!({"amount": "5.00"})),
            ("POST", "/payments/{id}/reversals") => Some(json!({"kind": "bounce", "reason": "a gift"})),
            ("POST", "/bank-rows/{id}/payments") => Some(json!({"customer": "cus_none"})),
            ("POST", "/bank-rows/{id}/set-aside") => Some(json!({"reason": "a gift"})),
            ("PUT", "/reversals/{id}") => Some(json!({"state": "undone"})),
            ("POST", "/customers/{id}/top-up-requests") => Some(json!({"amount": "5.00"})),
            ("POST", "/customers/{id}/vouchers") => Some(json!({"code": "0123-4567-89AB-CDEZ"})),
            ("PUT", "/top-up-requests/{id}") => Some(json!({"state": "declined"})),
            ("PUT", "/calls/{id}/rating") => Some(json!({"stars": 1})),
            ("POST", "/calls/{id}/refunds") => Some(json!({"reason": "a gift"})),
            ("PUT", "/trunks/{id}") => Some(json!({"name": "Taken over", "endpoint": "taken-over"})),
            ("PUT", "/trunk-routes/{id}") => Some(json!({"prefix": "9", "trunk": "trk_none"})),
            ("PUT", "/inbound-numbers/{id}") => Some(json!({"number": "+442079460099", "line": "lin_none"})),
            ("POST", path) if path.ends_with("/erasure") => Some(json!({"dry_run": true})),
            ("PUT", "/group-messages/{id}/done") => Some(json!({"done": true})),
            ("PUT", "/group-calls/{id}/note") => Some(json!({"note": "a gift"})),
            ("PUT", "/groups/{id}") => Some(json!({"name": "Taken over"})),
            ("PUT", "/shifts/{id}") | ("POST", "/groups/{id}/shifts") => {
                Some(json!({"agent": "agt_none", "days": [0], "hours": "08:00-09:00"}))
            }
            ("POST", "/groups/{id}/call-backs") => Some(json!({"call": "softswitch:flow_1"})),
            ("POST", "/groups/{id}/overrides") => {
                Some(json!({"date": "2026-12-25", "kind": "closed", "name": "A joke"}))
            }
            ("POST", _) => Some(json!({})),
            _ => None,
        }
    }
}

//! A walk over all operations of the document, by everybody there is, with records of their own, of somebody else, and of another tenant.

#![allow(clippy::print_stdout, reason = "a walk says how far it went")]

use engine::Role;
use engine::keys::KEY_SCOPES;
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use crate::operations::Operation;
use crate::person::{Session, grants};
use crate::records::Records;
use crate::service::{Reply, Service, on_both, sent};

/// Somebody who sends requests.
struct Sender {
    name: String,
    role: Role,
    by: By,
}

enum By {
    Key(String),
    Session(Session),
}

impl Sender {
    fn with(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.by {
            By::Key(key) => request.bearer_auth(key),
            By::Session(session) => session.with(request),
        }
    }

    /// Whether an operation is declared for it.
    fn may(&self, operation: &Operation) -> bool {
        match self.by {
            By::Session(_) if operation.is_for("signed-in") => true,
            _ => operation.is_for(self.role.name()) || operation.is_for("anyone"),
        }
    }
}

/// Every role of the tenant: the keys, and people; customers and agents who have records of their own, none of which is in `Records`.
async fn everybody(service: &Service) -> Vec<Sender> {
    let key =
        |role: Role| Sender { name: format!("key {}", role.name()), role, by: By::Key(service.key(role).to_owned()) };
    let mut all: Vec<Sender> = KEY_SCOPES.into_iter().map(key).collect();
    let customer = service.customer("Somebody else").await;
    let agent = service.made("/agents", json!({"name": "Somebody else"})).await;
    for (role, name) in Role::ALL.into_iter().filter(|(role, _)| *role != Role::Switch) {
        let customers = if role == Role::Customer { vec![customer.as_str()] } else { Vec::new() };
        let agent = (role == Role::Agent).then_some(agent.as_str());
        let session = service.person(&[role], &customers, agent).await;
        all.push(Sender { name: format!("person {name}"), role, by: By::Session(session) });
    }
    all
}

/// H030 of the hostile inputs.
#[tokio::test]
async fn every_operation_lets_in_the_roles_that_it_declares_and_no_others() {
    on_both(async |service| {
        let everybody = everybody(service).await;
        let (operations, mut asked) = (Operation::all(service).await, 0);
        for operation in &operations {
            let told = format!("{} {}", operation.method, operation.path);
            let anonymous = sent(operation.harmless(service)).await;
            if operation.is_for("anyone") {
                assert!(![401, 403].contains(&anonymous.status), "{told}: {}", anonymous.text);
                continue;
            }
            assert_eq!((anonymous.status, anonymous.problem()), (401, "unauthenticated"), "{told}");
            assert_eq!(anonymous.header("www-authenticate"), "Bearer");
            let wrong = sent(operation.harmless(service).bearer_auth("tg_0000")).await;
            assert_eq!((wrong.status, wrong.problem()), (401, "unauthenticated"), "{told}");
            for sender in &everybody {
                let reply = sent(sender.with(operation.harmless(service))).await;
                let told = format!("{told} by {}: {}", sender.name, reply.text);
                if sender.may(operation) {
                    assert!(![401, 403].contains(&reply.status) && reply.status < 500, "{told}");
                } else {
                    assert_eq!((reply.status, reply.problem()), (403, "wrong-role"), "{told}");
                }
                asked += 1;
            }
        }
        println!("walked {} operations x {} senders: {asked} requests", operations.len(), everybody.len());
    })
    .await;
}

#[tokio::test]
async fn records_of_somebody_else_are_not_there() {
    on_both(async |service| {
        let records = Records::made(service).await;
        let mut strangers = everybody(service).await;
        strangers.retain(|sender| !sender.role.reaches_all());
        strangers.push(Sender {
            name: "foreign key".to_owned(),
            role: Role::Owner,
            by: By::Key(service.foreign_key.clone()),
        });
        let foreigner = service.user("Foreigner").await;
        service.member(&service.foreigner, &foreigner, grants(&[Role::Owner], &[], None)).await;
        let foreigner = service.session(&foreigner).await;
        strangers.push(Sender { name: "foreign person".to_owned(), role: Role::Owner, by: By::Session(foreigner) });
        let (mut walked, mut asked) = (0, 0);
        for operation in Operation::all(service).await.iter().filter(|operation| operation.path.contains("{id}")) {
            let id = records.id(operation.noun());
            let none = format!("{}{}", &id[..id.len() - 4], "zzzz");
            for stranger in strangers.iter().filter(|stranger| stranger.may(operation)) {
                let theirs = sent(stranger.with(operation.on(service, id))).await;
                let nothing = sent(stranger.with(operation.on(service, &none))).await;
                let told = format!("{} {} by {}: {}", operation.method, operation.path, stranger.name, theirs.text);
                assert_eq!((theirs.status, theirs.problem()), (404, "not-found"), "{told}");
                assert_eq!(without_id(&theirs, id), without_id(&nothing, &none), "{told}");
                asked += 1;
            }
            walked += 1;
        }
        println!("walked {walked} operations on a record: {asked} requests for what is somebody else's");
        assert!(walked >= 60 && asked > 2 * walked, "{walked} operations have an id");
        nothing_was_changed(service, &records).await;
    })
    .await;
}

/// The body without what differs by itself: the request's id, and the record's id as it was asked for.
fn without_id(reply: &Reply, id: &str) -> String {
    let mut body = reply.body.clone();
    body["request_id"] = json!(null);
    body.to_string().replace(id, "...")
}

/// The tenant itself finds what it asks for, as it was; and documents in their other forms are nobody else's either.
async fn nothing_was_changed(service: &Service, records: &Records) {
    for noun in ["imports", "reratings", "decks", "items", "invoices", "members", "statements"] {
        assert_eq!(service.get(&format!("/{noun}/{}", records.id(noun))).await.status, 200, "{noun}");
    }
    let same = service.get(&format!("/customers/{}", records.id("customers"))).await;
    assert_eq!((&same.body["organisation"], &same.body["version"]), (&json!("Harbour Radio"), &json!(1)));
    let stranger = service.person(&[Role::Customer], &[&service.customer("A third").await], None).await;
    for file in [format!("invoices/{}", records.id("invoices")), "invoices/000001".to_owned()] {
        for form in ["pdf", "html"] {
            let path = format!("/{file}.{form}");
            let foreign = sent(service.anonymous(Method::GET, &path).bearer_auth(&service.foreign_key)).await;
            let other = sent(stranger.with(service.anonymous(Method::GET, &path))).await;
            let own = service.get(&path).await.status;
            assert_eq!((foreign.status, other.status, own), (404, 404, 200), "{path}");
        }
    }
}

#[tokio::test]
async fn customers_and_agents_find_what_is_theirs_and_lists_hold_nothing_else() {
    on_both(async |service| {
        let records = Records::made(service).await;
        let (other, _) = service.subscriber("Somebody else", "0005").await;
        service.made("/payments", json!({"customer": other, "amount": "1.00", "method": "cash"})).await;
        let [customer, prepaid] = &records.customers;
        let own = service.person(&[Role::Customer], &[customer, prepaid], None).await;
        let agent = service.person(&[Role::Agent], &[], Some(records.id("agents"))).await;
        for (role, session) in [("customer", &own), ("agent", &agent)] {
            let mut found = 0;
            let operations = Operation::all(service).await;
            let reads = operations.iter().filter(|operation| operation.method == Method::GET && operation.is_for(role));
            for operation in reads {
                let id = if operation.path.contains("{id}") { records.id(operation.noun()) } else { "" };
                let reply = sent(session.with(operation.on(service, id))).await;
                // Nobody has said in which countries they are: whose invoice it is, is told so.
                let status = if operation.path.ends_with("/ubl") { 409 } else { 200 };
                assert_eq!(reply.status, status, "{} by {role}: {}", operation.path, reply.text);
                assert!(!reply.text.contains(&other) && !reply.text.contains("Somebody else"), "{}", operation.path);
                for hidden in ["\"run_", "\"granted_by\":\"", "\"imp_", "\"key:"] {
                    assert!(!reply.text.contains(hidden), "{} shows {hidden}: {}", operation.path, reply.text);
                }
                found += 1;
            }
            println!("{role}: {found} reads");
        }
        for list in ["calls", "invoices", "payments", "lines", "receipts", "statements", "credit-notes"] {
            let listed = sent(own.with(service.anonymous(Method::GET, &format!("/{list}")))).await;
            assert!(!listed.body["items"].as_array().unwrap().is_empty(), "{list}: {}", listed.text);
            let path = format!("/{list}?customer={other}");
            let foreign = sent(own.with(service.anonymous(Method::GET, &path))).await;
            if foreign.status == 200 {
                assert_eq!(foreign.body["items"], json!([]), "{path}");
            } else {
                assert_eq!(foreign.status, 400, "{path}: the list has no such filter");
            }
        }
    })
    .await;
}

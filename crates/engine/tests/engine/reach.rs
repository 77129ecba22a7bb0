//! What customers and agents reach: their own records. Somebody else's are to them as if there were none.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use domain::invalid::parse;
use domain::time::Zone;
use engine::agents::{self, DetailsDocument};
use engine::allowances::{self, NewAllowance};
use engine::billing::items::{self, ItemKind, NewItem};
use engine::billing::{self, Document, DocumentFilter, NewCreditNote};
use engine::calls::{self, Filter, FinishedCall, Span};
use engine::payments::{self, CreditKind, Method, NewCredit, NewPayment};
use engine::{Actor, Reach, Role, View, accounts, customers, ledger, lines};
use serde_json::json;
use storage::ledger::EntryFilter;
use tracing::field::{Field, Visit};
use tracing::span;
use tracing::subscriber::NoSubscriber;

use crate::calls::call;
use crate::world::{World, amount, at, currency, on_both};

/// The ids of what one customer has of each noun, and of the agent whom it calls.
#[derive(Debug, Clone)]
struct Records {
    customer: String,
    line: String,
    allowance: String,
    /// A call to the agent.
    call: String,
    item: String,
    invoice: String,
    /// The invoice's number.
    number: String,
    note: String,
    payment: String,
    credit: String,
    agent: String,
}

/// What asks for records by an id, in the words of [`asked`].
const BY_ID: [&str; 25] = [
    "customers::get",
    "lines::get",
    "lines::of_customer",
    "allowances::get",
    "allowances::of_customer",
    "allowances::free_seconds",
    "accounts::get",
    "billing::unpaid",
    "billing::preview",
    "billing::get",
    "billing::find",
    "billing::find by number",
    "billing::page",
    "items::get",
    "items::of_customer",
    "calls::get",
    "calls::history of a customer",
    "calls::history of a line",
    "calls::totals",
    "calls::months",
    "ledger::entries",
    "ledger::caused_by",
    "payments::page",
    "payments::credits",
    "credit notes",
];

/// What lists records without naming any.
const LISTS: [&str; 7] =
    ["customers::page", "lines::page", "calls::history", "calls::sums", "invoices", "payments", "credits"];

impl Records {
    /// A customer with one of everything; it called an agent of its own for two minutes, and has an invoice for January.
    async fn made(world: &World, name: &str, number: &str) -> Records {
        let agent = agent(world, &format!("Iris of {name}")).await;
        let customer = world.customer(name).await;
        let plan = world.plan(&format!("Plan of {name}"), json!({"monthly_fee": "10.00"})).await;
        let line = world.line(&customer, number, &plan).await.id;
        let to_agent =
            |origin: &str, at: &str| FinishedCall { agent: Some(agent.clone()), ..call(origin, number, at, 120) };
        let origin = |n: u8| format!("pbx:{number}-{n}");
        let (january, march) = ("2026-01-15T10:00:00Z", "2026-03-02T08:00:00Z");
        let billed = to_agent(&origin(1), january);
        world.run(async |work| calls::record(work, billed).await).await.unwrap();
        let customer = customer.id;
        let issued = world.run(async |work| billing::run_customer(work, &customer).await).await.unwrap();
        let running = to_agent(&origin(2), march);
        let call = world.run(async |work| calls::record(work, running).await).await.unwrap().0.id;
        let document = billing::get(&mut world.view().await, &issued[0]).await.unwrap();
        let (note, payment, credit) = money(world, &document).await;
        let grant = NewAllowance {
            customer: customer.clone(),
            agent: None,
            seconds: 60,
            expires_at: None,
            reason: "a gift".into(),
        };
        let item = NewItem {
            customer: customer.clone(),
            line: Some(line.clone()),
            kind: ItemKind::OneOff,
            name: "Set-up".into(),
            amount: amount("5"),
            from: None,
        };
        Records {
            allowance: world.run(async |work| allowances::grant(work, grant).await).await.unwrap().id,
            item: world.run(async |work| items::create(work, item).await).await.unwrap().id,
            invoice: document.id,
            number: document.paper.number.unwrap(),
            customer,
            line,
            call,
            note,
            payment,
            credit,
            agent,
        }
    }

    /// Ids that there are not.
    fn none() -> Records {
        let none = |noun: &str| format!("{noun}_none");
        Records {
            customer: none("cus"),
            line: none("lin"),
            allowance: none("alw"),
            call: none("cal"),
            item: none("itm"),
            invoice: none("doc"),
            number: none("number"),
            note: none("note"),
            payment: none("pay"),
            credit: none("crd"),
            agent: none("agt"),
        }
    }

    fn ids(&self) -> [&String; 11] {
        let Records { customer, line, allowance, call, item, invoice, number, note, payment, credit, agent } = self;
        [customer, line, allowance, call, item, invoice, number, note, payment, credit, agent]
    }

    /// A text about these, as it would be about those that there are not.
    fn as_none(&self, text: &str) -> String {
        let none = Records::none();
        self.ids().into_iter().zip(none.ids()).fold(text.to_owned(), |text, (id, none)| text.replace(id, none))
    }
}

/// An agent at 3.00 a minute, with a fifth of it for the tenant.
async fn agent(world: &World, name: &str) -> String {
    let rate = json!({"price_per_minute": "3.00", "connect_fee": "0.99"});
    let details = json!({"prices": {"USD": {"rate": rate}}, "share": 800});
    let details = parse::<DetailsDocument>(details.to_string().as_bytes()).unwrap().check().unwrap();
    world.run(async |work| agents::create(work, name.to_owned(), details).await).await.unwrap().id
}

/// A credit note, a payment and a credit about an invoice.
async fn money(world: &World, invoice: &Document) -> (String, String, String) {
    let note =
        NewCreditNote { invoice: invoice.id.clone(), lines: vec![(0, Some(amount("1")))], reason: "a bad line".into() };
    let payment = NewPayment {
        customer: invoice.customer.clone(),
        amount: amount("2"),
        currency: None,
        method: Method::Cash,
        reference: None,
        received_at: None,
        invoice: None,
    };
    let credit = NewCredit {
        customer: invoice.customer.clone(),
        kind: CreditKind::Credit,
        amount: amount("3"),
        currency: None,
        reason: "a kindness".into(),
    };
    (
        world.run(async |work| billing::credit_note(work, note).await).await.unwrap().id,
        world.run(async |work| payments::record(work, payment).await).await.unwrap().id,
        world.run(async |work| payments::credit(work, credit).await).await.unwrap().id,
    )
}

fn told<T: Debug, E: std::error::Error>(outcome: Result<T, E>) -> String {
    match outcome {
        Ok(found) => format!("{found:?}"),
        Err(error) => format!("refused: {error}"),
    }
}

/// What a use case answers about some records.
async fn asked(view: &mut View, what: &str, of: &Records) -> String {
    let of_customer = Filter { customer: Some(of.customer.clone()), ..Filter::default() };
    let of_line = Filter { line: Some(of.line.clone()), ..Filter::default() };
    let ever = [Span { name: "ever".into(), from: at("2026-01-01T00:00:00Z"), to: at("2027-01-01T00:00:00Z") }];
    match what {
        "customers::get" => told(customers::get(view, &of.customer).await),
        "lines::get" => told(lines::get(view, &of.line).await),
        "lines::of_customer" => told(lines::of_customer(view, &of.customer).await),
        "allowances::get" => told(allowances::get(view, &of.allowance).await),
        "allowances::of_customer" => told(allowances::of_customer(view, &of.customer).await),
        "allowances::free_seconds" => told(allowances::free_seconds(view, &of.customer).await),
        "accounts::get" => told(accounts::get(view, &of.customer, currency("USD")).await),
        "items::get" => told(items::get(view, &of.item).await),
        "items::of_customer" => told(items::of_customer(view, &of.customer).await),
        "calls::get" => told(calls::get(view, &of.call).await),
        "calls::history of a customer" => told(calls::history(view, &of_customer, None, 10).await),
        "calls::history of a line" => told(calls::history(view, &of_line, None, 10).await),
        "calls::totals" => told(calls::totals(view, &of_customer, &ever).await),
        "calls::months" => told(calls::months(view, &of.customer, &Zone::utc()).await),
        _ => asked_of_money(view, what, of).await,
    }
}

/// The same, of bills, entries and payments.
async fn asked_of_money(view: &mut View, what: &str, of: &Records) -> String {
    let document = |kind| DocumentFilter { kind, customer: Some(&of.customer), ..DocumentFilter::default() };
    let entries = EntryFilter { customer: Some(&of.customer), ..EntryFilter::default() };
    match what {
        "billing::unpaid" => told(billing::unpaid(view, &of.customer).await),
        "billing::preview" => told(billing::preview(view, &of.customer).await),
        "billing::get" => told(billing::get(view, &of.invoice).await),
        "billing::find" => told(billing::find(view, &of.invoice).await),
        "billing::find by number" => told(billing::find(view, &of.number).await),
        "billing::page" => told(billing::page(view, &document("invoice"), 10).await),
        "ledger::entries" => told(ledger::entries(view, &entries, 10).await),
        "ledger::caused_by" => told(ledger::caused_by(view, &of.call).await),
        "payments::page" => told(payments::page(view, Some(&of.customer), None, 10).await),
        "payments::credits" => told(payments::credits(view, Some(&of.customer), None, 10).await),
        "credit notes" => told(billing::page(view, &document("credit_note"), 10).await),
        other => panic!("{other} is not in the table"),
    }
}

/// What a list answers.
async fn listed(view: &mut View, what: &str) -> String {
    let invoices = DocumentFilter { kind: "invoice", ..DocumentFilter::default() };
    let ever = [Span { name: "ever".into(), from: at("2026-01-01T00:00:00Z"), to: at("2027-01-01T00:00:00Z") }];
    match what {
        "customers::page" => told(customers::page(view, None, None, 10).await),
        "lines::page" => told(lines::page(view, lines::LineFilter::default(), 10).await),
        "calls::history" => told(calls::history(view, &Filter::default(), None, 10).await),
        "calls::sums" => told(calls::totals(view, &Filter::default(), &ever).await),
        "invoices" => told(billing::page(view, &invoices, 10).await),
        "payments" => told(payments::page(view, None, None, 10).await),
        "credits" => told(payments::credits(view, None, None, 10).await),
        other => panic!("{other} is not in the table"),
    }
}

/// Somebody who reaches some customers' records.
fn customer_of(world: &World, customers: &[&Records]) -> Actor {
    let customers = customers.iter().map(|records| records.customer.clone()).collect();
    Actor {
        roles: Role::Customer.into(),
        reach: Reach::Own { customers, agent: None },
        name: "user:usr_1".into(),
        ..world.actor.clone()
    }
}

fn agent_of(world: &World, records: &Records) -> Actor {
    Actor {
        roles: Role::Agent.into(),
        reach: Reach::Own { customers: Vec::new(), agent: Some(records.agent.clone()) },
        ..world.actor.clone()
    }
}

#[tokio::test]
async fn what_is_somebody_elses_is_answered_as_what_there_is_not() {
    on_both(async |world: World| {
        let (ada, bob) = (Records::made(&world, "Ada", "0001").await, Records::made(&world, "Bob", "0002").await);
        let mut view = world.engine.view(&customer_of(&world, &[&ada])).await.unwrap();
        for what in BY_ID {
            let own = asked(&mut view, what, &ada).await;
            let theirs = asked(&mut view, what, &bob).await;
            let none = asked(&mut view, what, &Records::none()).await;
            assert_ne!(own, none, "{what} finds what is there");
            assert!(!own.starts_with("refused"), "{what}: {own}");
            assert_eq!(bob.as_none(&theirs), none, "{what}");
            for id in bob.ids() {
                assert!(!own.contains(id.as_str()), "{what} tells {id}: {own}");
            }
            assert_ne!(asked(&mut world.view().await, what, &bob).await, none, "{what}: the tenant sees it");
        }
    })
    .await;
}

#[tokio::test]
async fn lists_have_what_is_reached() {
    on_both(async |world: World| {
        let made = [("Ada", "0001"), ("Bob", "0002"), ("Cleo", "0003")];
        let mut all = Vec::new();
        for (name, number) in made {
            all.push(Records::made(&world, name, number).await);
        }
        let [ada, bob, cleo] = &all[..] else { panic!("three were made") };
        for own in [vec![], vec![ada], vec![bob, ada], vec![cleo, cleo, bob]] {
            let mut view = world.engine.view(&customer_of(&world, &own)).await.unwrap();
            for what in LISTS {
                let found = listed(&mut view, what).await;
                if what == "calls::sums" {
                    let customers: std::collections::BTreeSet<_> =
                        own.iter().map(|records| &records.customer).collect();
                    assert!(found.contains(&format!("calls: {},", 2 * customers.len())), "{found}");
                    continue;
                }
                for records in &all {
                    let is_own = own.iter().any(|own| own.customer == records.customer);
                    assert_eq!(found.contains(&records.customer), is_own, "{what} of {own:?}: {found}");
                }
            }
            assert!(told(agents::page(&mut view, None, 10).await) == "[]", "agents are no customers' business");
        }
        let own = customer_of(&world, &[ada, cleo]);
        let mut view = world.engine.view(&own).await.unwrap();
        let whole = calls::history(&mut view, &Filter::default(), None, 10).await.unwrap();
        let mut paged = Vec::new();
        loop {
            let before = paged.last().map(|last: &calls::Call| (last.ended_at.unwrap(), last.id.as_str()));
            let page = calls::history(&mut view, &Filter::default(), before, 1).await.unwrap();
            let Some(next) = page.into_iter().next() else { break };
            paged.push(next);
        }
        assert_eq!((paged.len(), paged), (4, whole));
    })
    .await;
}

#[tokio::test]
async fn a_customer_learns_what_was_charged_and_not_how_it_was_split() {
    on_both(async |world: World| {
        world
            .settings(|settings| {
                let rate = json!([{"name": "VAT", "rate": "0.20", "valid_from": "2026-01-01T00:00:00Z"}]);
                settings.tax_rates = serde_json::from_value(rate).unwrap();
            })
            .await;
        let ada = Records::made(&world, "Ada", "0001").await;
        let filter = EntryFilter { customer: Some(&ada.customer), ..EntryFilter::default() };
        let split = ledger::entries(&mut world.view().await, &filter, 100).await.unwrap();
        let mut view = world.engine.view(&customer_of(&world, &[&ada])).await.unwrap();
        let whole = ledger::entries(&mut view, &filter, 100).await.unwrap();
        let of_call = |entries: &[ledger::EntryRecord]| entries.iter().filter(|e| e.reference == ada.call).count();
        assert_eq!((of_call(&split), of_call(&whole)), (3, 1));
        let sum = |entries: &[ledger::EntryRecord]| -> i64 {
            entries.iter().map(|e| if e.to_account == ada.customer { e.amount } else { -e.amount }).sum()
        };
        assert_eq!((sum(&split), sum(&whole)), (world.balance(&ada.customer).await.micros(), sum(&split)));
        for entry in &whole {
            let mut ends = [entry.from_account.as_str(), entry.to_account.as_str()];
            ends.sort_unstable();
            assert_eq!(ends, [ada.customer.as_str(), "tenant"], "{entry:?}");
        }
        let charged = ledger::caused_by(&mut view, &ada.call).await.unwrap();
        assert_eq!(charged.iter().map(|entry| entry.amount).collect::<Vec<_>>(), [amount("6.99").micros()]);
        let mut paged: Vec<ledger::EntryRecord> = Vec::new();
        loop {
            let before = paged.last().map(|last| (last.posted_at, last.key.as_str()));
            let page = ledger::entries(&mut view, &EntryFilter { before, ..filter.clone() }, 2).await.unwrap();
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        assert_eq!(paged, whole);
        let preview = billing::preview(&mut view, &ada.customer).await.unwrap();
        assert!(
            told::<_, billing::BillingError>(Ok(preview)).contains("Iris of Ada"),
            "the bill names whom one called"
        );
    })
    .await;
}

#[tokio::test]
async fn an_agent_sees_its_own_record_and_calls_and_not_who_called() {
    on_both(async |world: World| {
        let (ada, bob) = (Records::made(&world, "Ada", "0001").await, Records::made(&world, "Bob", "0002").await);
        let from_outside = FinishedCall {
            agent: Some(ada.agent.clone()),
            from: "+442079460018".into(),
            payer: calls::Payer::Line(ada.line.clone()),
            ..call("pbx:7", "0001", "2026-03-02T08:30:00Z", 60)
        };
        world.run(async |work| calls::record(work, from_outside).await).await.unwrap();
        let mut view = world.engine.view(&agent_of(&world, &ada)).await.unwrap();
        assert_eq!(agents::get(&mut view, &ada.agent).await.unwrap().id, ada.agent);
        let refused = [agents::get(&mut view, &bob.agent).await, agents::get(&mut view, "agt_none").await];
        let [theirs, none] = refused.map(told);
        assert_eq!(theirs.replace(&bob.agent, "agt_none"), none);
        let page = agents::page(&mut view, None, 10).await.unwrap();
        assert_eq!(page.iter().map(|agent| &agent.id).collect::<Vec<_>>(), [&ada.agent]);
        assert_eq!(agents::page(&mut view, Some(&ada.agent), 10).await.unwrap(), []);
        assert_eq!(agents::page(&mut world.view().await, None, 10).await.unwrap().len(), 2);

        let all = Filter { agent: Some(bob.agent.clone()), ..Filter::default() };
        let own = calls::of_agent(&mut view, &ada.agent, &all, None, 10).await.unwrap();
        assert_eq!(own.iter().map(|call| call.from.as_str()).collect::<Vec<_>>(), ["+4420…18", "…01", "…01"]);
        for call in &own {
            let who = (&call.customer, &call.line, &call.account_code);
            assert_eq!((call.agent.as_ref(), who), (Some(&ada.agent), (&None, &None, &None)));
        }
        let page = calls::of_agent(&mut view, &ada.agent, &all, Some((own[0].ended_at.unwrap(), &own[0].id)), 1).await;
        assert_eq!(page.unwrap(), own[1..2]);
        assert_eq!(calls::of_agent(&mut view, &bob.agent, &Filter::default(), None, 10).await.unwrap(), []);
        let in_clear =
            calls::of_agent(&mut world.view().await, &ada.agent, &Filter::default(), None, 10).await.unwrap();
        assert_eq!((in_clear[0].from.as_str(), in_clear[0].customer.as_ref()), ("+442079460018", Some(&ada.customer)));

        // What customers ask is none of an agent's business.
        for what in BY_ID {
            let none = asked(&mut view, what, &Records::none()).await;
            let theirs = asked(&mut view, what, &ada).await;
            assert_eq!(ada.as_none(&theirs), none, "{what}");
        }
        for what in LISTS {
            assert!(!listed(&mut view, what).await.contains(&ada.customer), "{what}");
        }
    })
    .await;
}

/// Hears what the security log is told.
#[derive(Clone, Default)]
struct SecurityLog(Arc<Mutex<Vec<String>>>);

impl tracing::Subscriber for SecurityLog {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "security"
    }
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        let mut text = Fields(String::new());
        event.record(&mut text);
        self.0.lock().unwrap().push(text.0);
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push_str(&format!("{}={value:?} ", field.name()));
    }
}

/// H021 of the hostile inputs.
#[tokio::test]
async fn whoever_asks_for_somebody_elses_record_is_in_the_security_log() {
    on_both(async |world: World| {
        let (ada, bob) = (Records::made(&world, "Ada", "0001").await, Records::made(&world, "Bob", "0002").await);
        let log = SecurityLog::default();
        // With one subscriber alone, whichever thread comes to a line of the log first decides by its own whether anybody listens.
        let nobody = tracing::Dispatch::new(NoSubscriber::new());
        let listening = tracing::subscriber::set_default(log.clone());
        let mut view = world.engine.view(&customer_of(&world, &[&ada])).await.unwrap();
        for (what, noun, id) in [
            ("customers::get", "customer", &bob.customer),
            ("lines::get", "line", &bob.line),
            ("allowances::get", "allowance", &bob.allowance),
            ("calls::get", "call", &bob.call),
            ("items::get", "item", &bob.item),
            ("billing::get", "document", &bob.invoice),
            ("billing::find by number", "document", &bob.number),
        ] {
            asked(&mut view, what, &ada).await;
            asked(&mut view, what, &Records::none()).await;
            assert_eq!(log.0.lock().unwrap().len(), 0, "{what} of one's own, or of none, is nothing to tell");
            asked(&mut view, what, &bob).await;
            let heard = std::mem::take(&mut *log.0.lock().unwrap());
            let [line] = &heard[..] else { panic!("{what}: {heard:?}") };
            for part in [format!("noun={noun:?}"), format!("id={id:?}"), "actor=\"user:usr_1\"".to_owned()] {
                assert!(line.contains(&part), "{what}: {line} has no {part}");
            }
        }
        drop((listening, nobody));
    })
    .await;
}

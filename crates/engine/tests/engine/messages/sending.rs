use domain::message::Side;
use engine::Role;
use engine::billing::Reason;
use engine::blocks;
use engine::customers::{self, CustomerState, CustomerUpdate, Mode, NewCustomer};
use engine::ledger::entries;
use engine::lines::{self, Line};
use engine::messages::{self, MessageError, Refused, State};
use engine::payments::CreditKind;
use serde_json::json;
use storage::ledger::EntryFilter;

use super::{agent, as_agent, as_customer, as_staff, iris, message, prepaid, send, taxed, texts};
use crate::world::{World, amount, currency, on_both};

#[tokio::test]
async fn a_message_is_charged_and_split() {
    on_both(async |world: World| {
        taxed(&world).await;
        let (iris, ada) = (iris(&world).await, prepaid(&world, "5.00").await);
        let own = as_customer(&world, &ada.id);
        let sent = send(&own, &ada, &iris, "  Good evening \n").await.unwrap();
        assert_eq!((sent.sender, sent.state, sent.number, sent.segments), (Side::Customer, State::Stored, 1, 1));
        assert_eq!((sent.price, sent.tax, sent.agent_part), (amount("0.99"), amount("0.165"), amount("0.66")));
        assert_eq!(sent.text.as_ref().unwrap().as_str(), "Good evening");
        assert_eq!((world.balance(&ada.id).await, world.balance(&iris.id).await), (amount("4.01"), amount("0.66")));
        // To its customer it is one entry, with the tenant at the other end.
        let filter = EntryFilter { customer: Some(&ada.id), ..EntryFilter::default() };
        let mut seen = entries(&mut own.view().await, &filter, 10).await.unwrap();
        seen.retain(|entry| entry.kind != "payment");
        assert_eq!(seen.len(), 1, "{seen:?}");
        assert_eq!((seen[0].kind.as_str(), seen[0].amount, &seen[0].reference), ("message", 990_000, &sent.id));
        assert_eq!((seen[0].from_account.as_str(), seen[0].to_account.as_str()), (ada.id.as_str(), "tenant"));
        // An answer is free for both, and what was written stands in no trail.
        let answer = send(&as_agent(&world, &iris.id), &ada, &iris, "Good evening to you").await.unwrap();
        assert_eq!((answer.sender, answer.number, answer.price), (Side::Agent, 2, amount("0")));
        assert_eq!(world.balance(&ada.id).await, amount("4.01"));
        assert_eq!(texts(&own, &sent.conversation).await, ["Good evening to you", "Good evening"]);
        let written = world.changes(&sent.id).await;
        assert_eq!(written[0].action, "message.send");
        assert!(!written[0].after.as_ref().unwrap().contains("evening"), "{:?}", written[0]);
        assert!(!format!("{sent:?}").contains("evening"), "{sent:?}");
        assert_eq!(world.faults().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn promotional_credit_is_spent_first() {
    on_both(async |world: World| {
        let (iris, ada) = (iris(&world).await, prepaid(&world, "0.50").await);
        let gift = engine::payments::NewCredit {
            customer: ada.id.clone(),
            kind: CreditKind::Promotional,
            amount: amount("0.60"),
            currency: None,
            reason: "a gift".to_owned(),
        };
        world.run(async |work| engine::payments::credit(work, gift).await).await.unwrap();
        send(&as_customer(&world, &ada.id), &ada, &iris, "Hello").await.unwrap();
        let standing = engine::accounts::standing(&mut world.view().await, &ada.id, currency("USD")).await.unwrap();
        assert_eq!((standing.account.balance, standing.promotional), (amount("0.11"), amount("0")));
        assert_eq!(world.faults().await, Vec::<String>::new());
    })
    .await;
}

/// A customer with one line on a plan of its mode.
async fn lined(world: &World, customer: &customers::Customer) -> Line {
    let plan = world.plan("Prepaid", json!({"kind": "prepaid"})).await;
    world.line(customer, "0001", &plan).await
}

#[tokio::test]
async fn refusals_store_nothing_and_a_quote_tells_them_before() {
    on_both(async |world: World| {
        let (iris, ada) = (iris(&world).await, prepaid(&world, "0.98").await);
        let (mute, free) = (agent(&world, "Mute", None).await, agent(&world, "Free", Some("0")).await);
        let dear = agent(&world, "Dear", Some("0.98")).await;
        let foe = agent(&world, "Foe", Some("0.01")).await;
        world.run(async |work| blocks::block(work, Side::Agent, (&ada.id, &foe.id), None).await).await.unwrap();
        let line = lined(&world, &ada).await;
        let usd = currency("USD");
        let too_little =
            Refused::InsufficientBalance { available: amount("0.98"), required: amount("0.99"), currency: usd };
        let own = as_customer(&world, &ada.id);
        // To whom; why it is refused; what is missing.
        for (to, refused, missing) in [
            (&iris, Some(too_little), "0.01"),
            (&mute, Some(Refused::NoPrice { agent: mute.id.clone(), currency: usd }), "0.00"),
            (&foe, Some(Refused::Blocked), "0.00"),
            (&free, None, "0.00"),
            (&dear, None, "0.00"),
        ] {
            let asked = message(&ada.id, &to.id, "Hello");
            let quote = messages::quote(&mut own.view().await, &asked).await.unwrap();
            assert_eq!((&quote.refusal, quote.missing.to_string().as_str()), (&refused, missing), "{}", to.name);
            match (send(&own, &ada, to, "Hello").await, refused) {
                (Err(MessageError::Refused(told)), Some(refused)) => assert_eq!(told, refused),
                (Ok(sent), None) => assert_eq!(Some(sent.price), quote.price),
                (other, refused) => panic!("{}: {other:?}, not {refused:?}", to.name),
            }
        }
        assert_eq!(world.balance(&ada.id).await, amount("0"));
        let listed =
            messages::conversations(&mut own.view().await, &messages::Whose::Everybody, None, 10).await.unwrap();
        assert_eq!(listed.len(), 2, "a refused message begins no conversation");
        // A customer all of whose lines are suspended sends nothing that costs; what is free goes on.
        crate::charging::top_up(&world, &ada, "5.00").await;
        world.run(async |work| lines::suspend(work, &line.id, Reason::Fraud, None).await).await.unwrap();
        let suspended = send(&own, &ada, &iris, "Hello").await;
        assert!(matches!(suspended, Err(MessageError::Refused(Refused::Suspended(_)))), "{suspended:?}");
        send(&own, &ada, &free, "Hello").await.unwrap();
        send(&as_agent(&world, &iris.id), &ada, &iris, "Are you well?").await.unwrap();
        world.run(async |work| lines::lift(work, &line.id, Reason::Fraud).await).await.unwrap();
        send(&own, &ada, &iris, "Hello again").await.unwrap();
        assert_eq!(world.faults().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn nobody_writes_in_the_name_of_others() {
    on_both(async |world: World| {
        let (iris, ada) = (iris(&world).await, prepaid(&world, "5.00").await);
        let (other, eve) = (prepaid(&world, "5.00").await, agent(&world, "Eve", Some("1")).await);
        for stranger in [
            as_customer(&world, &other.id),
            as_agent(&world, &eve.id),
            as_staff(&world, Role::Owner),
            as_staff(&world, Role::Clerk),
            as_staff(&world, Role::Auditor),
        ] {
            match send(&stranger, &ada, &iris, "Hello").await {
                Err(MessageError::Invalid(invalid)) => assert_eq!(invalid.pointer, "/customer"),
                other => panic!("{}: {other:?}", stranger.actor.name),
            }
        }
        let own = as_customer(&world, &ada.id);
        let unknown = message(&ada.id, "agt_none", "Hello");
        match own.run(async |work| messages::send(work, unknown).await).await {
            Err(MessageError::Invalid(invalid)) => assert_eq!(invalid.pointer, "/agent"),
            other => panic!("{other:?}"),
        }
        let foreign = messages::quote(&mut own.view().await, &message(&other.id, &iris.id, "Hello")).await;
        assert!(matches!(foreign, Err(MessageError::Invalid(invalid)) if invalid.pointer == "/customer"));
        assert_eq!(world.balance(&ada.id).await, amount("5.00"));
    })
    .await;
}

#[tokio::test]
async fn an_agent_takes_messages_in_the_currencies_that_it_has_a_price_in() {
    on_both(async |world: World| {
        let iris = iris(&world).await;
        let details = customers::Details { organisation: Some("Euro Ltd".to_owned()), ..customers::Details::default() };
        let currency_of = Some(currency("EUR"));
        let (mode, external_reference, credit_limit) = (Mode::Prepaid, None, None);
        let new = NewCustomer { details, external_reference, mode, currency: currency_of, credit_limit };
        let euro = world.run(async |work| customers::create(work, new).await).await.unwrap();
        let refused = send(&as_customer(&world, &euro.id), &euro, &iris, "Hello").await.unwrap_err();
        assert!(refused.to_string().contains("it has no price per message in that currency"), "{refused}");
        assert!(refused.to_string().contains("EUR"), "{refused}");
        let ada = prepaid(&world, "5.00").await;
        let closed = customers::Details { organisation: Some("Ada Ltd".to_owned()), ..customers::Details::default() };
        let update = CustomerUpdate { details: closed, external_reference: None, state: CustomerState::Closed };
        world.run(async |work| customers::update(work, &ada.id, update, ada.version).await).await.unwrap();
        let refused = send(&as_customer(&world, &ada.id), &ada, &iris, "Hello").await;
        assert!(matches!(refused, Err(MessageError::Refused(Refused::CustomerClosed(_)))), "{refused:?}");
    })
    .await;
}

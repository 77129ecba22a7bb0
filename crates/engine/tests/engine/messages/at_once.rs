use engine::customers::Customer;
use engine::messages::{self, MessageError, Refused, Whose};
use storage::Store;
use storage::faults::{Faults, Guard};

use super::{agent, as_agent, as_customer, iris, message, prepaid};
use crate::databases;
use crate::world::{World, amount, on_both};

/// A hundred messages at once to twenty agents, on a balance for forty: how many were sent.
async fn a_hundred_at_once(world: &World, ada: &Customer) -> usize {
    let mut agents = Vec::new();
    for number in 0..20 {
        agents.push(agent(world, &format!("Agent {number}"), Some("0.99")).await);
    }
    let own = as_customer(world, &ada.id);
    let texts = (0..100).map(|number| message(&ada.id, &agents[number % 20].id, &format!("no. {number}")));
    let outcomes = own.at_once(texts, |work, new| Box::pin(messages::send(work, new))).await;
    let (sent, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    for refusal in refused {
        match refusal {
            Err(MessageError::Refused(Refused::InsufficientBalance { required, .. })) => {
                assert_eq!(required, amount("0.99"));
            }
            other => panic!("{other:?}"),
        }
    }
    let mut stored = 0;
    for conversation in messages::conversations(&mut own.view().await, &Whose::Everybody, None, 100).await.unwrap() {
        stored += messages::list(&mut own.view().await, &conversation.id, None, 100).await.unwrap().len();
    }
    assert_eq!(stored, sent.len(), "what is sent is stored, and what is refused is not");
    sent.len()
}

#[tokio::test]
async fn of_a_hundred_at_once_on_a_balance_for_forty_forty_are_stored_and_charged() {
    on_both(async |world: World| {
        let ada = prepaid(&world, "39.60").await;
        assert_eq!(a_hundred_at_once(&world, &ada).await, 40);
        assert_eq!(world.balance(&ada.id).await, amount("0"));
        assert_eq!(world.faults().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_lock_of_accounts_more_is_spent_than_there_is() {
    let address = databases::fresh_postgres().await;
    let store = Store::open(&address).await.unwrap();
    store.migrate().await.unwrap();
    let unlocked = store.with_faults(Faults::new(&[Guard::Lock])).await.unwrap();
    let world = World::founded(unlocked).await;
    let ada = prepaid(&world, "39.60").await;
    assert!(a_hundred_at_once(&world, &ada).await > 40);
    store.close().await;
    databases::drop_postgres(&address).await;
}

#[tokio::test]
async fn both_write_and_read_at_once_and_every_message_is_counted() {
    on_both(async |world: World| {
        let (iris, ada) = (iris(&world).await, prepaid(&world, "100.00").await);
        let (own, desk) = (as_customer(&world, &ada.id), as_agent(&world, &iris.id));
        let first = super::send(&own, &ada, &iris, "Hello").await.unwrap();
        let texts = |who: &'static str| (0..20).map(move |n| format!("{who} {n}"));
        let new = |text: String| message(&ada.id, &iris.id, &text);
        let customer = own.at_once(texts("customer").map(new), |work, new| Box::pin(messages::send(work, new)));
        let agent = desk.at_once(texts("agent").map(new), |work, new| Box::pin(messages::send(work, new)));
        let marks = desk.at_once(vec![first.id.clone(); 20], |work, id| {
            let conversation = first.conversation.clone();
            Box::pin(async move { messages::mark_read(work, &conversation, &id).await })
        });
        let (customer, agent, marks) = futures::join!(customer, agent, marks);
        assert!(customer.iter().chain(&agent).all(Result::is_ok), "{customer:?} {agent:?}");
        assert!(marks.iter().all(Result::is_ok), "{marks:?}");
        let shown = messages::conversation(&mut own.view().await, &first.conversation).await.unwrap();
        assert_eq!((shown.unread_by_customer, shown.unread_by_agent), (20, 20));
        assert_eq!(world.faults().await, Vec::<String>::new());
    })
    .await;
}

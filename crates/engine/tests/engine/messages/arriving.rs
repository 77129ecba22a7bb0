use domain::message::Text;
use domain::time::Instant;
use engine::customers::Customer;
use engine::messages::{self, Arrival, Arrived, Channel, MessageError, State, Whose};
use engine::{Actor, Reach, Role};
use serde_json::json;

use super::{agent, as_agent, as_customer, as_staff, iris, prepaid, texts};
use crate::charging::top_up;
use crate::world::{World, amount, at, on_both};

/// A prepaid customer with the line 0001.
async fn ada(world: &World, balance: &str) -> Customer {
    let ada = prepaid(world, balance).await;
    let plan = world.plan("Prepaid", json!({"kind": "prepaid"})).await;
    world.line(&ada, "0001", &plan).await;
    ada
}

fn arrival(origin: &str, agent: &str, text: &str) -> Arrival {
    Arrival {
        origin: origin.to_owned(),
        from: "0001".to_owned(),
        agent: agent.to_owned(),
        text: Text::read(text).unwrap(),
    }
}

async fn take(world: &World, arrival: Arrival) -> Result<Arrived, MessageError> {
    as_staff(world, Role::Switch).run(async |work| messages::arrived(work, arrival).await).await
}

#[tokio::test]
async fn what_is_covered_is_charged_and_the_rest_is_kept_unseen_by_the_agent() {
    on_both(async |world: World| {
        let (iris, ada) = (iris(&world).await, ada(&world, "1.00").await);
        let arrived = take(&world, arrival("sms:1", &iris.id, "Are you there?")).await.unwrap();
        assert_eq!((arrived.message.state, arrived.message.channel), (State::Stored, Channel::Sms));
        assert_eq!((arrived.refusal, arrived.tell_sender, arrived.repeated), (None, false, false));
        assert_eq!(arrived.message.text, None, "a switch needs no text back");
        assert_eq!(world.balance(&ada.id).await, amount("0.01"));
        let refused = take(&world, arrival("sms:2", &iris.id, "Hello?")).await.unwrap();
        assert_eq!((refused.message.state, refused.message.price), (State::Refused, amount("0")));
        assert_eq!(refused.refusal.as_deref(), Some("insufficient_balance"));
        assert_eq!((refused.missing, refused.tell_sender), (Some(amount("0.98")), true));
        // Told once a day, also where somebody else is written to in between; the same origin gets the same answer.
        for (origin, now, tells) in [
            ("sms:3", "2026-03-02T23:59:59.999Z", false),
            ("sms:4", "2026-03-03T00:00:00Z", true),
            ("sms:5", "2026-03-03T10:00:00Z", false),
        ] {
            world.clock.move_to(at(now));
            let told = take(&world, arrival(origin, &iris.id, "Hello?")).await.unwrap();
            assert_eq!(told.tell_sender, tells, "{origin}");
        }
        let again = take(&world, arrival("sms:2", &iris.id, "Hello?")).await.unwrap();
        assert_eq!(again, Arrived { repeated: true, ..refused.clone() });
        let conversation = &refused.message.conversation;
        assert_eq!(texts(&as_customer(&world, &ada.id), conversation).await.len(), 5);
        assert_eq!(texts(&as_agent(&world, &iris.id), conversation).await, ["Are you there?"]);
        let shown = messages::conversation(&mut as_agent(&world, &iris.id).view().await, conversation).await.unwrap();
        assert_eq!((shown.unread_by_agent, shown.last_at), (1, at(crate::world::BEGIN)));
        assert_eq!(world.balance(&ada.id).await, amount("0.01"));
        assert_eq!(world.faults().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_conversation_of_refused_messages_alone_is_not_there_for_the_agent() {
    on_both(async |world: World| {
        let (iris, ada) = (iris(&world).await, ada(&world, "0").await);
        let refused = take(&world, arrival("sms:1", &iris.id, "Hello?")).await.unwrap();
        let conversation = refused.message.conversation;
        let desk = as_agent(&world, &iris.id);
        let hidden = messages::conversation(&mut desk.view().await, &conversation).await;
        assert!(matches!(hidden, Err(MessageError::NoSuchConversation(_))), "{hidden:?}");
        let listed = messages::conversations(&mut desk.view().await, &Whose::Everybody, None, 10).await.unwrap();
        assert_eq!(listed, []);
        let id = refused.message.id.clone();
        let marked = desk.run(async |work| messages::mark_delivered(work, &id).await).await;
        assert!(matches!(marked, Err(MessageError::NotFound(_))), "{marked:?}");
        // With money the next one comes through, and the agent sees that one alone.
        top_up(&world, &ada, "1.00").await;
        take(&world, arrival("sms:2", &iris.id, "Now?")).await.unwrap();
        assert_eq!(texts(&desk, &conversation).await, ["Now?"]);
        let up_to = desk.run(async |work| messages::mark_read(work, &conversation, &id).await).await;
        assert!(matches!(up_to, Err(MessageError::Invalid(_))), "{up_to:?}");
        assert_eq!(world.faults().await, Vec::<String>::new());
    })
    .await;
}

/// The customers of the conversations that are listed, one on a page, and when their last messages came.
async fn paged(by: &World, whose: &Whose) -> Vec<(String, Instant)> {
    let (mut seen, mut before) = (Vec::new(), None::<(i64, String)>);
    while seen.len() < 10 {
        let key = before.as_ref().map(|(at, id)| (*at, id.as_str()));
        let page = messages::conversations(&mut by.view().await, whose, key, 1).await.unwrap();
        let Some(one) = page.into_iter().next() else { break };
        before = Some((one.last_at.millis(), one.id));
        seen.push((one.customer, one.last_at));
    }
    seen
}

#[tokio::test]
async fn each_conversation_is_listed_once_whatever_was_refused_in_it() {
    on_both(async |world: World| {
        let iris = iris(&world).await;
        let mut customers = Vec::new();
        // Of the second and third the last message is refused, of the fourth the only one.
        for (minute, balance, messages) in [(1, "5.00", 1), (2, "1.00", 2), (3, "1.00", 2), (4, "0", 1), (5, "5.00", 2)]
        {
            let customer = prepaid(&world, balance).await;
            let plan = world.plan(&format!("Prepaid {minute}"), json!({"kind": "prepaid"})).await;
            world.line(&customer, &format!("000{minute}"), &plan).await;
            customers.push((customer.id, minute, messages));
        }
        for round in 1..=2 {
            for (_, minute, _) in customers.iter().filter(|(_, _, messages)| *messages >= round) {
                world.clock.move_to(at(&format!("2026-03-02T1{round}:0{minute}:00Z")));
                let from = format!("000{minute}");
                let arrival = Arrival { from, ..arrival(&format!("sms:{round}:{minute}"), &iris.id, "Hello") };
                take(&world, arrival).await.unwrap();
            }
        }
        let named = |places: &[(usize, &str)]| -> Vec<(String, Instant)> {
            let named =
                |(place, time): &(usize, &str)| (customers[place - 1].0.clone(), at(&format!("2026-03-02T{time}:00Z")));
            places.iter().map(named).collect()
        };
        let of_iris = Whose::Agent(iris.id.clone());
        let all = named(&[(5, "12:05"), (3, "12:03"), (2, "12:02"), (4, "11:04"), (1, "11:01")]);
        let seen = named(&[(5, "12:05"), (3, "11:03"), (2, "11:02"), (1, "11:01")]);
        // Who is both sees as the customer what is refused.
        let own = vec![customers[1].0.clone(), customers[3].0.clone()];
        let reach = Reach::Own { customers: own, agent: Some(iris.id.clone()) };
        let desk = as_agent(&world, &iris.id);
        let both = World { actor: Actor { reach, ..desk.actor.clone() }, ..as_agent(&world, &iris.id) };
        let of_both = named(&[(5, "12:05"), (2, "12:02"), (4, "11:04"), (3, "11:03"), (1, "11:01")]);
        for (by, whose, expected) in [
            (&as_staff(&world, Role::Auditor), &Whose::Everybody, &all),
            (&as_staff(&world, Role::Auditor), &of_iris, &seen),
            (&desk, &of_iris, &seen),
            (&desk, &Whose::Everybody, &seen),
            (&both, &of_iris, &seen),
            (&both, &Whose::Everybody, &of_both),
        ] {
            assert_eq!(&paged(by, whose).await, expected, "{whose:?} for {}", by.actor.name);
        }
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_taken_by_table() {
    on_both(async |world: World| {
        let (iris, mute) = (iris(&world).await, agent(&world, "Mute", None).await);
        let ada = ada(&world, "5.00").await;
        let good = arrival("sms:1", &iris.id, "Hello");
        for (arrival, pointer) in [
            (Arrival { origin: String::new(), ..good.clone() }, "/origin"),
            (Arrival { origin: "x".repeat(201), ..good.clone() }, "/origin"),
            (Arrival { from: "0002".to_owned(), ..good.clone() }, "/from"),
            (Arrival { from: "nobody".to_owned(), ..good.clone() }, "/from"),
            (Arrival { from: "00\u{7}1".to_owned(), ..good.clone() }, "/from"),
            (Arrival { agent: "agt_none".to_owned(), ..good.clone() }, "/agent"),
        ] {
            match take(&world, arrival.clone()).await {
                Err(MessageError::Invalid(invalid)) => assert_eq!(invalid.pointer, pointer, "{arrival:?}"),
                other => panic!("{arrival:?}: {other:?}"),
            }
        }
        let silent = take(&world, arrival("sms:2", &mute.id, "Hello")).await.unwrap();
        assert_eq!((silent.refusal.as_deref(), silent.missing), (Some("agent_without_price"), None));
        take(&world, good.clone()).await.unwrap();
        for other in [
            Arrival { text: Text::read("Other").unwrap(), ..good.clone() },
            Arrival { agent: mute.id.clone(), ..good.clone() },
        ] {
            let taken = take(&world, other).await;
            assert!(matches!(taken, Err(MessageError::OriginTaken(_))), "{taken:?}");
        }
        assert_eq!(world.balance(&ada.id).await, amount("4.01"));
        assert_eq!(world.faults().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn the_same_one_fifty_times_at_once_is_charged_once() {
    on_both(async |world: World| {
        let (iris, ada) = (iris(&world).await, ada(&world, "5.00").await);
        let switch = as_staff(&world, Role::Switch);
        let arrivals = vec![arrival("sms:1", &iris.id, "Hello"); 50];
        let taken = switch.at_once(arrivals, |work, new| Box::pin(messages::arrived(work, new))).await;
        let first = taken[0].as_ref().unwrap().message.clone();
        assert!(taken.iter().all(|one| one.as_ref().is_ok_and(|one| one.message == first)), "{taken:?}");
        assert_eq!(taken.iter().flatten().filter(|one| !one.repeated).count(), 1);
        assert_eq!(world.balance(&ada.id).await, amount("4.01"));
        assert_eq!(world.faults().await, Vec::<String>::new());
    })
    .await;
}

//! The numbers that callers dial to reach agents: nobody else of the tenant has them.

use engine::agents::{self, AgentError, Details};
use engine::lines::{self, LineError, NewLine};
use engine::numbers::{Holder, NumberTaken};
use engine::{Scope, StorageError, Work};
use serde_json::json;

use crate::world::{World, on_both};

async fn agent(world: &World, number: &str) -> Result<agents::Agent, AgentError> {
    let details = Details { number: Some(number.to_owned()), ..Details::default() };
    world.run(async |work| agents::create(work, "Iris".to_owned(), details).await).await
}

#[tokio::test]
async fn a_number_is_an_agents_or_a_lines() {
    on_both(async |world: World| {
        let (customer, plan) = (world.customer("Harbour Radio").await, world.plan("Basic", json!({})).await);
        let open = async |number: &str| {
            let new = NewLine {
                customer: customer.id.clone(),
                number: number.to_owned(),
                plan: plan.id.clone(),
                opened_at: None,
            };
            world.run(async |work| lines::open(work, new).await).await
        };
        let line = open("0001").await.unwrap();
        let iris = agent(&world, " 0002 ").await.unwrap();
        assert_eq!(iris.details.number.as_deref(), Some("0002"));
        let abroad = agent(&world, "+44 20 7946 0700").await.unwrap();
        assert_eq!(abroad.details.number.as_deref(), Some("+442079460700"));
        // The number as it was dialled, and whether it can be an agent's.
        for (number, taken) in [("0001", true), ("0002", true), ("+442079460700", true), ("4911", false), ("x", false)]
        {
            match agent(&world, number).await {
                Err(AgentError::NumberTaken(_)) if taken => {}
                Err(AgentError::Invalid(invalid)) if !taken => assert_eq!(invalid.pointer, "/number", "{number}"),
                other => panic!("{number}: {other:?}"),
            }
        }
        assert!(matches!(open("0002").await, Err(LineError::NumberHeld(taken)) if taken.number == "0002"));
        assert_eq!(open("####").await.unwrap().number, "0003", "the lowest that is neither a line's nor an agent's");
        // Who keeps its number keeps it; who gives it up leaves it to others, as a line does that is closed.
        let kept = world.run(async |work| agents::update(work, &iris.id, "Iris".into(), iris.details, 1).await).await;
        let details = Details { number: None, ..kept.unwrap().details };
        world.run(async |work| agents::update(work, &iris.id, "Iris".into(), details, 2).await).await.unwrap();
        open("0002").await.unwrap();
        world.run(async |work| lines::close(work, &line.id, 1).await).await.unwrap();
        agent(&world, "0001").await.unwrap();
        // Another tenant has numbers of its own.
        agent(&world.neighbour().await, "0001").await.unwrap();
    })
    .await;
}

/// Opens a line or makes an agent, whichever the input says, under a number.
async fn taken(
    work: &mut Work,
    (number, by_agent, customer, plan): (String, bool, String, String),
) -> Result<bool, StorageError> {
    if by_agent {
        let details = Details { number: Some(number), ..Details::default() };
        return match agents::create(work, "Iris".to_owned(), details).await {
            Ok(_) => Ok(true),
            Err(AgentError::NumberTaken(_)) => Ok(false),
            Err(AgentError::Storage(error)) => Err(error),
            Err(other) => panic!("{other}"),
        };
    }
    match lines::open(work, NewLine { customer, number, plan, opened_at: None }).await {
        Ok(_) => Ok(true),
        Err(LineError::NumberHeld(_) | LineError::NumberTaken { .. }) => Ok(false),
        Err(LineError::Storage(error)) => Err(error),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn of_a_line_and_agents_at_once_one_has_the_number() {
    on_both(async |world: World| {
        let (customer, plan) = (world.customer("Harbour Radio").await, world.plan("Basic", json!({})).await);
        for round in 0..10 {
            let number = format!("07{round:02}");
            let inputs = (0..6).map(|n| (number.clone(), n % 2 == 0, customer.id.clone(), plan.id.clone()));
            // What is refused leaves nothing of what it had written.
            let all = world
                .at_once(inputs, |work, input| {
                    Box::pin(async move {
                        match taken(work, input).await {
                            Ok(true) => Ok(()),
                            Ok(false) => Err(LineError::NumberHeld(NumberTaken {
                                number: String::new(),
                                holder: Holder::Agent(String::new()),
                            })),
                            Err(error) => Err(error.into()),
                        }
                    })
                })
                .await;
            let had = all.iter().filter(|done| done.is_ok()).count();
            assert_eq!(had, 1, "{number}: {all:?}");
        }
        assert_eq!(world.view().await.tenant(), 1);
    })
    .await;
}

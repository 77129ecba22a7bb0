//! Customers and agents who do not want to hear from each other.

use domain::message::Side;
use engine::agents::{Agent, AgentError};
use engine::blocks::{self, Block, BlockError};
use engine::charging::{NewSession, Refused, Step, talk_time, talk_time_to};
use engine::customers::{Customer, CustomerError};
use engine::messages::{self, MessageError};
use engine::{Actor, Reach};
use serde_json::json;

use crate::charging::{authorize, call, prepaid, step, top_up};
use crate::messages::{as_agent, as_customer, iris, send};
use crate::world::{World, on_both};

async fn block(by: &World, side: Side, customer: &Customer, agent: &Agent) -> Result<Block, BlockError> {
    let two = (customer.id.as_str(), agent.id.as_str());
    by.run(async |work| blocks::block(work, side, two, Some("a reason".to_owned())).await).await
}

async fn unblock(by: &World, side: Side, customer: &Customer, agent: &Agent) -> Result<(), BlockError> {
    let two = (customer.id.as_str(), agent.id.as_str());
    by.run(async |work| blocks::unblock(work, side, two).await).await
}

#[tokio::test]
async fn messages_either_way_and_calls_are_refused_whoever_blocked() {
    on_both(async |world: World| {
        let iris = iris(&world).await;
        let (ada, line) = prepaid(&world, "0", json!({"price_per_minute": "0.60"})).await;
        top_up(&world, &ada, "100.00").await;
        let (own, desk) = (as_customer(&world, &ada.id), as_agent(&world, &iris.id));
        let to_iris = |origin: &str| NewSession { agent: Some(iris.id.clone()), ..call(origin, &line) };
        let running = authorize(&world, to_iris("pbx:running")).await.unwrap().session;
        let mut told = Vec::new();
        for (side, by) in [(Side::Customer, &own), (Side::Agent, &desk)] {
            assert_eq!(block(by, side, &ada, &iris).await.unwrap().blocked_by, side);
            for who in [&own, &desk] {
                match send(who, &ada, &iris, "Hello").await {
                    Err(MessageError::Refused(refused @ messages::Refused::Blocked)) => told.push(refused.to_string()),
                    other => panic!("{other:?}"),
                }
            }
            let refused = Refused::Blocked { agent: iris.id.clone() };
            assert_eq!(authorize(&world, to_iris(&format!("pbx:{side:?}"))).await, Err(refused.clone()));
            let mut view = world.view().await;
            let asked = talk_time(&mut view, &line, "", Some(&iris.id)).await.unwrap();
            assert_eq!((asked.seconds, asked.refusal), (Some(0), Some(refused.clone())));
            let asked = talk_time_to(&mut view, &iris.id, &ada).await.unwrap();
            assert_eq!((asked.seconds, asked.refusal), (Some(0), Some(refused)));
            drop(view);
            // Anybody else, and an emergency number, are called as ever; a call that runs goes on.
            authorize(&world, call(&format!("pbx:other-{side:?}"), &line)).await.unwrap();
            let emergency = NewSession { to: "4911".to_owned(), ..to_iris(&format!("pbx:4911-{side:?}")) };
            authorize(&world, emergency).await.unwrap();
            unblock(by, side, &ada, &iris).await.unwrap();
            send(&own, &ada, &iris, "Hello").await.unwrap();
        }
        assert!(told.iter().all(|one| *one == told[0]), "nobody learns who blocked: {told:?}");
        block(&own, Side::Customer, &ada, &iris).await.unwrap();
        step(&world, &running, Step::Answer { answered_at: None }).await.unwrap();
        assert_eq!(world.faults().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_block_is_ones_own_and_stays_until_it_is_taken_away() {
    on_both(async |world: World| {
        let (iris, ada) = (iris(&world).await, world.prepaid_customer("Ada Ltd").await);
        let (own, desk) = (as_customer(&world, &ada.id), as_agent(&world, &iris.id));
        let by_ada = block(&own, Side::Customer, &ada, &iris).await.unwrap();
        let by_iris = block(&desk, Side::Agent, &ada, &iris).await.unwrap();
        world.clock.move_to(crate::world::at("2026-04-01T00:00:00Z"));
        assert_eq!(block(&own, Side::Customer, &ada, &iris).await.unwrap(), by_ada, "it stays as it is");
        let page = async |by: &World, side, id: &str| blocks::page(&mut by.view().await, side, id, None, 10).await;
        assert_eq!(page(&own, Side::Customer, &ada.id).await.unwrap(), [by_ada]);
        assert_eq!(page(&desk, Side::Agent, &iris.id).await.unwrap(), [by_iris]);
        // The other one's list, and the other one's block, are not one's own.
        assert!(matches!(page(&own, Side::Agent, &iris.id).await, Err(BlockError::Agent(AgentError::NotFound(_)))));
        assert!(matches!(
            page(&desk, Side::Customer, &ada.id).await,
            Err(BlockError::Customer(CustomerError::NotFound(_)))
        ));
        assert!(matches!(unblock(&own, Side::Agent, &ada, &iris).await, Err(BlockError::Agent(_))));
        unblock(&own, Side::Customer, &ada, &iris).await.unwrap();
        assert!(matches!(unblock(&own, Side::Customer, &ada, &iris).await, Err(BlockError::NotFound { .. })));
        assert!(blocks::any(&mut world.view().await, &ada.id, &iris.id).await.unwrap());
        unblock(&desk, Side::Agent, &ada, &iris).await.unwrap();
        assert!(!blocks::any(&mut world.view().await, &ada.id, &iris.id).await.unwrap());
        let actions: Vec<String> = world.changes(&ada.id).await.into_iter().map(|change| change.action).collect();
        assert_eq!(actions[..2], ["customer.unblock", "customer.block"]);
        let nobody = Reach::Own { customers: Vec::new(), agent: None };
        let stranger = World { actor: Actor { reach: nobody, ..own.actor.clone() }, ..as_customer(&world, "cus_none") };
        for side in [Side::Customer, Side::Agent] {
            block(&stranger, side, &ada, &iris).await.unwrap_err();
        }
    })
    .await;
}

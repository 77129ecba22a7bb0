//! Numbers from outside: whose they are, and where they lead.

use domain::dial_plan::Number;
use engine::agents::{self, AgentError};
use engine::inbound_numbers::{self, Details, InboundNumber, InboundNumberError};
use engine::lines::{self, Line, LineError, NewLine};
use engine::numbers::{Holder, NumberTaken};
use engine::{StorageError, Work};
use serde_json::json;

use crate::phones::line;
use crate::world::{World, on_both};

async fn inbound(world: &World, number: &str, line: &Line) -> Result<InboundNumber, InboundNumberError> {
    let details = Details { number: number.to_owned(), line: line.id.clone() };
    world.run(async |work| inbound_numbers::create(work, details).await).await
}

async fn agent(world: &World, number: &str) -> Result<agents::Agent, AgentError> {
    let details = agents::Details { number: Some(number.to_owned()), ..agents::Details::default() };
    world.run(async |work| agents::create(work, "Iris".to_owned(), details).await).await
}

async fn leads_to(world: &World, number: &str) -> Option<String> {
    inbound_numbers::leads_to(&mut world.view().await, &Number::read(number).unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_number_from_outside_leads_to_a_line() {
    on_both(async |world: World| {
        let (neighbour, desk, shop) = (world.neighbour().await, line(&world, "0001").await, line(&world, "0002").await);
        let made = inbound(&world, "020 7946 0018", &desk).await.unwrap();
        assert_eq!((made.number.as_str(), &made.line), ("+442079460018", &desk.id));
        assert_eq!(inbound_numbers::get(&mut world.view().await, &made.id).await.unwrap(), made);
        assert_eq!(leads_to(&world, "+442079460018").await, Some(desk.id.clone()));
        assert_eq!(
            (leads_to(&neighbour, "+442079460018").await, leads_to(&world, "+442079460019").await),
            (None, None)
        );
        // Another tenant may have the same, with a line of its own.
        let theirs = line(&neighbour, "0001").await;
        inbound(&neighbour, "+442079460018", &theirs).await.unwrap();
        assert_eq!(leads_to(&neighbour, "+442079460018").await, Some(theirs.id));
        let update = async |number: &str, line: &Line, version: i64| {
            let details = Details { number: number.to_owned(), line: line.id.clone() };
            world.run(async |work| inbound_numbers::update(work, &made.id, details, version).await).await
        };
        let moved = update("+44 20 7946 0018", &shop, 1).await.unwrap();
        assert_eq!((moved.version, leads_to(&world, "+442079460018").await), (2, Some(shop.id.clone())));
        assert!(matches!(update("+442079460018", &desk, 1).await, Err(InboundNumberError::Changed { current: 2 })));
        // A closed line takes no calls, and gets no number.
        world.run(async |work| lines::close(work, &shop.id, 1).await).await.unwrap();
        assert_eq!(leads_to(&world, "+442079460018").await, None);
        update("+442079460018", &shop, 2).await.unwrap_err();
        update("+442079460020", &desk, 2).await.unwrap();
        assert_eq!(leads_to(&world, "+442079460020").await, Some(desk.id.clone()));
        neighbour.run(async |work| inbound_numbers::delete(work, &made.id).await).await.unwrap_err();
        world.run(async |work| inbound_numbers::delete(work, &made.id).await).await.unwrap();
        assert_eq!(leads_to(&world, "+442079460020").await, None);
        assert_eq!(inbound_numbers::page(&mut world.view().await, None, 9).await.unwrap(), []);
        let actions: Vec<String> = world.changes(&made.id).await.into_iter().map(|change| change.action).collect();
        assert_eq!(
            actions,
            ["inbound_number.delete", "inbound_number.update", "inbound_number.update", "inbound_number.create"]
        );
    })
    .await;
}

#[tokio::test]
async fn a_number_is_a_lines_an_agents_or_one_from_outside() {
    on_both(async |world: World| {
        let (neighbour, desk, far) =
            (world.neighbour().await, line(&world, "0001").await, line(&world, "+15550100000").await);
        let iris = agent(&world, "+442079460700").await.unwrap();
        let own = inbound(&world, "+442079460018", &desk).await.unwrap();
        for (number, holder) in [
            ("+15550100000", Holder::Line(far.id.clone())),
            ("+442079460700", Holder::Agent(iris.id.clone())),
            ("020 7946 0018", Holder::InboundNumber(own.id.clone())),
        ] {
            match inbound(&world, number, &desk).await {
                Err(InboundNumberError::NumberTaken(taken)) => assert_eq!(taken.holder, holder, "{number}"),
                other => panic!("{number}: {other:?}"),
            }
        }
        for (number, line, place) in
            [("0003", &desk, "/number"), ("4911", &desk, "/number"), ("x", &desk, "/number"), ("", &desk, "/number")]
        {
            let refused = inbound(&world, number, line).await;
            assert!(matches!(&refused, Err(InboundNumberError::Invalid(fault)) if fault.pointer == place), "{number}");
        }
        let foreign = line(&neighbour, "0001").await;
        let refused = inbound(&world, "+442079460019", &foreign).await;
        assert!(matches!(refused, Err(InboundNumberError::Line(LineError::NotFound(_)))), "{refused:?}");
        // And the other way about.
        let new = |number: &str| NewLine {
            customer: desk.customer.clone(),
            number: number.to_owned(),
            plan: desk.plans[0].plan.clone(),
            opened_at: None,
        };
        let open = async |number: &str| world.run(async |work| lines::open(work, new(number)).await).await;
        assert!(
            matches!(open("02079460018").await, Err(LineError::NumberHeld(taken)) if taken.number == "+442079460018")
        );
        assert!(matches!(agent(&world, "+442079460018").await, Err(AgentError::NumberTaken(_))));
        agent(&neighbour, "+442079460018").await.unwrap();
        world.run(async |work| lines::close(work, &far.id, 1).await).await.unwrap();
        inbound(&world, "+15550100000", &desk).await.unwrap();
        world.run(async |work| inbound_numbers::delete(work, &own.id).await).await.unwrap();
        open("02079460018").await.unwrap();
    })
    .await;
}

/// Gives a number to a line, to an agent or from outside, whichever the input says; whether it was free.
async fn given(work: &mut Work, (number, to, desk): (String, usize, Line)) -> Result<bool, StorageError> {
    let plan = desk.plans[0].plan.clone();
    match to {
        0 => match lines::open(work, NewLine { customer: desk.customer, number, plan, opened_at: None }).await {
            Ok(_) => Ok(true),
            Err(LineError::NumberTaken { .. } | LineError::NumberHeld(_)) => Ok(false),
            Err(LineError::Storage(error)) => Err(error),
            Err(other) => panic!("{other}"),
        },
        1 => {
            let details = agents::Details { number: Some(number), ..agents::Details::default() };
            match agents::create(work, "Iris".to_owned(), details).await {
                Ok(_) => Ok(true),
                Err(AgentError::NumberTaken(_)) => Ok(false),
                Err(AgentError::Storage(error)) => Err(error),
                Err(other) => panic!("{other}"),
            }
        }
        _ => match inbound_numbers::create(work, Details { number, line: desk.id }).await {
            Ok(_) => Ok(true),
            Err(InboundNumberError::NumberTaken(_)) => Ok(false),
            Err(InboundNumberError::Storage(error)) => Err(error),
            Err(other) => panic!("{other}"),
        },
    }
}

#[tokio::test]
async fn of_many_who_want_a_number_at_once_one_has_it() {
    on_both(async |world: World| {
        let customer = world.customer("Harbour Radio").await;
        let plan = world.plan("Basic", json!({})).await;
        let desk = world.line(&customer, "0001", &plan).await;
        for round in 0..10 {
            let number = format!("+4420794607{round:02}");
            let inputs = (0..6).map(|n| (number.clone(), n % 3, desk.clone()));
            // What is refused leaves nothing of what it had written.
            let all = world
                .at_once(inputs, |work, input| {
                    Box::pin(async move {
                        match given(work, input).await {
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
            assert_eq!(all.iter().filter(|done| done.is_ok()).count(), 1, "{number}: {all:?}");
        }
    })
    .await;
}

use domain::time::Instant;
use engine::customers::{self, Customer, CustomerState, CustomerUpdate};
use engine::lines::{self, ANY_EXTENSION, Line, LineError, LineFilter, LineState, NewLine};
use engine::plans::StoredPlan;
use serde_json::json;

use crate::world::{BEGIN, World, at, on_both, overtaken};

fn wanted(customer: &Customer, number: &str, plan: &StoredPlan) -> NewLine {
    NewLine { customer: customer.id.clone(), number: number.to_owned(), plan: plan.id.clone(), opened_at: None }
}

async fn open(world: &World, new: NewLine) -> Result<Line, LineError> {
    world.run(async |work| lines::open(work, new).await).await
}

async fn close(world: &World, line: &Line) -> Line {
    world.run(async |work| lines::close(work, &line.id, line.version).await).await.unwrap()
}

#[tokio::test]
async fn a_line_has_its_number_in_canonical_form() {
    on_both(async |world: World| {
        let (acme, basic) = (world.customer("Acme").await, world.plan("Basic", json!({})).await);
        for (given, number) in [
            ("0007", "0007"),
            ("+44 1632 960001", "+441632960001"),
            ("01632 960002", "+441632960002"),
            (ANY_EXTENSION, "0001"),
            (ANY_EXTENSION, "0002"),
        ] {
            let line = open(&world, wanted(&acme, given, &basic)).await.unwrap();
            assert_eq!((line.number.as_str(), line.opened_at), (number, at(BEGIN)));
            assert_eq!(lines::get(&mut world.view().await, &line.id).await.unwrap(), line);
        }
        let mut view = world.view().await;
        assert_eq!(lines::of_customer(&mut view, &acme.id).await.unwrap().len(), 5);
        let found =
            lines::page(&mut view, LineFilter { number: Some("1632"), ..LineFilter::default() }, 10).await.unwrap();
        assert_eq!(
            found.iter().map(|line| line.number.as_str()).collect::<Vec<_>>(),
            ["+441632960001", "+441632960002"]
        );
    })
    .await;
}

#[tokio::test]
async fn lines_that_are_refused() {
    on_both(async |world: World| {
        let (acme, basic) = (world.customer("Acme").await, world.plan("Basic", json!({})).await);
        let paid = world.plan("Paid", json!({"kind": "prepaid"})).await;
        let euro = world.plan("Euro", json!({"currency": "EUR"})).await;
        let late = Some(at("2026-03-02T09:00:00.001Z"));
        let good = wanted(&acme, "0001", &basic);
        for (new, reason) in [
            (NewLine { customer: "cus_none".into(), ..good.clone() }, "there is no customer cus_none"),
            (NewLine { plan: "pln_none".into(), ..good.clone() }, "there is no plan pln_none"),
            (
                NewLine { plan: paid.id.clone(), ..good.clone() },
                "the plan \"Paid\" is prepaid, the customer is postpaid",
            ),
            (NewLine { plan: euro.id.clone(), ..good.clone() }, "is in EUR, the customer's account in USD"),
            (NewLine { opened_at: late, ..good.clone() }, "/opened_at"),
            (NewLine { number: "4911".into(), ..good.clone() }, "/number"),
            (NewLine { number: "###".into(), ..good.clone() }, "/number"),
            (NewLine { number: String::new(), ..good.clone() }, "/number"),
        ] {
            let refused = open(&world, new).await.unwrap_err().to_string();
            assert!(refused.contains(reason), "{refused}");
        }
        let gone =
            CustomerUpdate { details: acme.details.clone(), external_reference: None, state: CustomerState::Closed };
        world.run(async |work| customers::update(work, &acme.id, gone, 1).await).await.unwrap();
        let refused = open(&world, good).await;
        assert!(matches!(&refused, Err(LineError::Invalid(invalid)) if invalid.pointer == "/customer"), "{refused:?}");
        assert_eq!(lines::page(&mut world.view().await, LineFilter::default(), 10).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn lines_that_are_opened_together_have_different_extensions() {
    on_both(async |world: World| {
        let (acme, basic) = (world.customer("Acme").await, world.plan("Basic", json!({})).await);
        let outcomes = world
            .at_once(0..24, |work, _| {
                let new = wanted(&acme, ANY_EXTENSION, &basic);
                Box::pin(async move { lines::open(work, new).await })
            })
            .await;
        let mut numbers: Vec<String> = outcomes.into_iter().map(|line| line.unwrap().number).collect();
        numbers.sort();
        assert_eq!(numbers, (1..=24).map(|number| format!("{number:04}")).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn of_many_who_want_a_number_one_has_it() {
    on_both(async |world: World| {
        let (acme, basic) = (world.customer("Acme").await, world.plan("Basic", json!({})).await);
        let outcomes = world
            .at_once(0..12, |work, _| {
                let new = wanted(&acme, "0001", &basic);
                Box::pin(async move { lines::open(work, new).await })
            })
            .await;
        let taken = outcomes.iter().filter(|outcome| matches!(outcome, Err(LineError::NumberTaken { .. }))).count();
        assert_eq!((outcomes.iter().filter(|outcome| outcome.is_ok()).count(), taken), (1, 11));
        assert_eq!(lines::page(&mut world.view().await, LineFilter::default(), 100).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn there_are_as_many_extensions_as_the_dial_plan_has() {
    on_both(async |world: World| {
        world
            .settings(|settings| {
                settings.dial_plan =
                    serde_json::from_value(json!({"extension_length": 2, "emergency_numbers": []})).unwrap();
            })
            .await;
        let (acme, basic) = (world.customer("Acme").await, world.plan("Basic", json!({})).await);
        let outcomes: Vec<_> = {
            let mut work = world.work().await;
            let mut outcomes = Vec::new();
            for _ in 0..100 {
                outcomes.push(lines::open(&mut work, wanted(&acme, ANY_EXTENSION, &basic)).await);
            }
            outcomes
        };
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 99);
        assert!(matches!(outcomes[99], Err(LineError::NoFreeExtension { length: 2 })));
    })
    .await;
}

#[tokio::test]
async fn the_number_of_a_closed_line_rests() {
    on_both(async |world: World| {
        let (acme, basic) = (world.customer("Acme").await, world.plan("Basic", json!({})).await);
        let first = open(&world, wanted(&acme, "0001", &basic)).await.unwrap();
        close(&world, &first).await;
        for (now, number) in
            [("2026-03-02T09:00:00Z", None), ("2026-05-31T08:59:59.999Z", None), ("2026-05-31T09:00:00Z", Some("0001"))]
        {
            world.clock.move_to(at(now));
            let outcome = open(&world, wanted(&acme, "0001", &basic)).await;
            match number {
                None => assert!(matches!(outcome, Err(LineError::NumberTaken { rest_days: 90, .. })), "{now}"),
                Some(number) => assert_eq!(outcome.unwrap().number, number),
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_line_does_not_begin_before_the_last_holder_of_its_number_has_gone() {
    on_both(async |world: World| {
        world.settings(|settings| settings.number_rest_days = 0).await;
        let (acme, basic) = (world.customer("Acme").await, world.plan("Basic", json!({})).await);
        let first = world.line(&acme, "0001", &basic).await;
        close(&world, &first).await;
        world.clock.move_to(at("2026-03-05T00:00:00Z"));
        let from = |instant: &str| NewLine { opened_at: Some(at(instant)), ..wanted(&acme, "0001", &basic) };
        for instant in ["2025-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-03-02T08:59:59.999Z"] {
            let refused = open(&world, from(instant)).await;
            assert!(matches!(&refused, Err(LineError::Invalid(error)) if error.pointer == "/opened_at"), "{refused:?}");
        }
        // An extension that is chosen for a line is free for all of its time.
        let any = NewLine { number: ANY_EXTENSION.into(), ..from("2026-02-01T00:00:00Z") };
        assert_eq!(open(&world, any).await.unwrap().number, "0002");
        open(&world, from(BEGIN)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_number_that_was_taken_and_given_up_meanwhile_rests_too() {
    on_both(async |world: World| {
        let (acme, basic) = (world.customer("Acme").await, world.plan("Basic", json!({})).await);
        let mut first = world.work().await;
        let line = lines::open(&mut first, wanted(&acme, "0001", &basic)).await.unwrap();
        lines::close(&mut first, &line.id, 1).await.unwrap();
        let refused = overtaken(first, open(&world, wanted(&acme, "0001", &basic))).await;
        assert!(matches!(refused, Err(LineError::NumberTaken { .. })), "{refused:?}");
        assert_eq!(lines::page(&mut world.view().await, LineFilter::default(), 10).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_line_changes_its_plan_from_now_on() {
    on_both(async |world: World| {
        let acme = world.customer("Acme").await;
        let (basic, flat) = (world.plan("Basic", json!({})).await, world.plan("Flat", json!({})).await);
        let fixed = world.plan("Fixed", json!({"kind": "fixed"})).await;
        let paid = world.plan("Paid", json!({"kind": "prepaid"})).await;
        let line = open(&world, wanted(&acme, "0001", &basic)).await.unwrap();
        let change = async |plan: &str, from: Option<Instant>, version: i64| {
            world.run(async |work| lines::change_plan(work, &line.id, plan, from, version).await).await
        };
        // The line's first plan is replaced where the change is in the same instant.
        assert_eq!(change("Flat", None, 1).await.unwrap().plans.len(), 1);
        let april = at("2026-04-01T00:00:00Z");
        let changed = change("Fixed", Some(april), 2).await.unwrap();
        let plans: Vec<_> = changed.plans.iter().map(|plan| (plan.plan.clone(), plan.from)).collect();
        assert_eq!(plans, [(flat.id, at(BEGIN)), (fixed.id, april)]);
        assert_eq!(lines::get(&mut world.view().await, &line.id).await.unwrap(), changed);
        for (plan, from, version, reason) in [
            ("Basic", Some(at("2026-03-02T08:59:59Z")), 3, "/from"),
            ("Basic", None, 3, "a later change of plan is set already"),
            (paid.name.as_str(), None, 3, "is prepaid"),
            ("Basic", Some(april), 2, "it is at version 3"),
            ("None", None, 3, "there is no plan None"),
        ] {
            let refused = change(plan, from, version).await.unwrap_err().to_string();
            assert!(refused.contains(reason), "{refused}");
        }
        let actions: Vec<String> = world.changes(&line.id).await.into_iter().map(|change| change.action).collect();
        assert_eq!(actions, ["line.change_plan", "line.change_plan", "line.open"]);
    })
    .await;
}

#[tokio::test]
async fn a_line_is_closed_once() {
    on_both(async |world: World| {
        let (acme, basic) = (world.customer("Acme").await, world.plan("Basic", json!({})).await);
        let line = open(&world, wanted(&acme, "0001", &basic)).await.unwrap();
        let outcomes = world
            .at_once(0..8, |work, _| {
                let id = line.id.clone();
                Box::pin(async move { lines::close(work, &id, 1).await })
            })
            .await;
        let lost = outcomes.iter().filter(|outcome| matches!(outcome, Err(LineError::Changed { current: 2 }))).count();
        assert_eq!((outcomes.iter().filter(|outcome| outcome.is_ok()).count(), lost), (1, 7));
        let again = world.run(async |work| lines::close(work, &line.id, 2).await).await;
        assert!(matches!(again, Err(LineError::Closed(number)) if number == "0001"));
        let closed = lines::get(&mut world.view().await, &line.id).await.unwrap();
        assert_eq!((closed.state, closed.closed_at), (LineState::Closed, Some(at(BEGIN))));
        let changes = world.changes(&line.id).await;
        assert_eq!((changes.len(), changes[0].action.as_str()), (2, "line.close"));
        assert!(changes[0].before.as_deref().unwrap().contains("active"));
        assert!(changes[0].after.as_deref().unwrap().contains("closed"));
    })
    .await;
}

//! Call blocking.

use domain::screening::MOST_BLOCKED;
use engine::ChangeKind;
use engine::lines::{self, LineError, blocking};
use serde_json::json;

use super::{OFFICE, line, register, secret};
use crate::messages::as_customer;
use crate::world::{World, on_both};

async fn add(by: &World, line: &str, number: &str) -> Result<Vec<String>, LineError> {
    by.run(async |work| blocking::add(work, line, number).await).await
}

async fn remove(by: &World, line: &str, number: &str) -> Result<Vec<String>, LineError> {
    by.run(async |work| blocking::remove(work, line, number).await).await
}

async fn list(by: &World, line: &str) -> Result<Vec<String>, LineError> {
    blocking::list(&mut by.view().await, line).await
}

#[tokio::test]
async fn a_line_keeps_a_list_of_callers_who_do_not_get_through() {
    on_both(async |world: World| {
        let line = line(&world, "0001").await;
        let mut heard = world.engine.changes();
        for (adds, number, then) in [
            (true, "0007", vec!["0007"]),
            (true, "00 07", vec!["0007"]),
            (true, "01632 960009", vec!["+441632960009", "0007"]),
            (false, "0008", vec!["+441632960009", "0007"]),
            (false, "+44 1632 960009", vec!["0007"]),
            (false, "+441632960009", vec!["0007"]),
        ] {
            let answered =
                if adds { add(&world, &line.id, number).await } else { remove(&world, &line.id, number).await };
            assert_eq!(answered.unwrap(), then, "{number}");
            assert_eq!(list(&world, &line.id).await.unwrap(), then);
        }
        let hints = std::iter::from_fn(|| heard.try_recv().ok()).filter(|hint| hint.kind == ChangeKind::Line).count();
        assert_eq!(hints, 3, "what changes nothing is told to nobody");
        let actions: Vec<String> = world.changes(&line.id).await.into_iter().map(|change| change.action).collect();
        assert_eq!(actions, ["line.unblock", "line.block", "line.block", "line.open"]);
        let shown = lines::get(&mut world.view().await, &line.id).await.unwrap();
        assert_eq!((shown.blocked_numbers, shown.version), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn numbers_that_are_not_blocked() {
    on_both(async |world: World| {
        world
            .settings(|settings| {
                settings.dial_plan = serde_json::from_value(json!({"service_numbers": ["0800"]})).unwrap();
            })
            .await;
        let line = line(&world, "0001").await;
        let long = "1".repeat(100_000);
        for (number, reason) in [
            ("4911", "4911 is an emergency number: its calls always get through"),
            ("+9911", "9911 is an emergency number"),
            ("0800", "0800 is a service number"),
            ("", "a number has digits"),
            ("1", "no extension"),
            ("0007\0", "is no part of a number"),
            ("abc", "is no part of a number"),
            (&long, "at most 40 characters"),
        ] {
            let refused = add(&world, &line.id, number).await;
            assert!(
                matches!(&refused, Err(LineError::Invalid(invalid))
                if invalid.pointer == "/number" && invalid.detail.contains(reason)),
                "{number:.20}: {refused:?}"
            );
        }
        assert_eq!(list(&world, &line.id).await.unwrap(), Vec::<String>::new());
        assert!(matches!(add(&world, "lin_none", "0007").await, Err(LineError::NotFound(_))));
        world.run(async |work| lines::close(work, &line.id, 1).await).await.unwrap();
        assert!(matches!(add(&world, &line.id, "0007").await, Err(LineError::Closed(_))));
    })
    .await;
}

#[tokio::test]
async fn a_list_has_an_end() {
    on_both(async |world: World| {
        let line = line(&world, "0001").await;
        world
            .run(async |work| {
                for number in 0..MOST_BLOCKED - 4 {
                    blocking::add(work, &line.id, &format!("1{number:04}")).await?;
                }
                Ok::<_, LineError>(())
            })
            .await
            .unwrap();
        // Of many who add at once no more get in than there is room for.
        let outcomes = world
            .at_once(0..12, |work, number| {
                let (id, number) = (line.id.clone(), format!("2{number:04}"));
                Box::pin(async move { blocking::add(work, &id, &number).await })
            })
            .await;
        let refused = outcomes.iter().filter(|outcome| matches!(outcome, Err(LineError::MostBlocked { most: 500 })));
        assert_eq!((refused.count(), outcomes.iter().filter(|outcome| outcome.is_ok()).count()), (8, 4));
        let full = list(&world, &line.id).await.unwrap();
        assert_eq!(full.len(), MOST_BLOCKED);
        assert_eq!(add(&world, &line.id, &full[0]).await.unwrap(), full, "one that is on it is no more");
        remove(&world, &line.id, &full[0]).await.unwrap();
        assert_eq!(add(&world, &line.id, "0007").await.unwrap().len(), MOST_BLOCKED);
    })
    .await;
}

#[tokio::test]
async fn the_phone_keeps_its_lines_list() {
    on_both(async |world: World| {
        let (own, foreign) = (line(&world, "0001").await, line(&world, "0002").await);
        let phone = register(&world, Some("0001"), Some(&secret(&world, &own).await.unwrap()), OFFICE).await.unwrap();
        let by = World { engine: world.engine.clone(), clock: world.clock.clone(), actor: phone.actor() };
        assert_eq!(add(&by, &phone.line, "0007").await.unwrap(), ["0007"]);
        assert_eq!(world.changes(&own.id).await[0].actor, format!("phone:{}", own.id));
        assert_eq!(list(&as_customer(&world, &own.customer), &own.id).await.unwrap(), ["0007"]);
        for outcome in [
            add(&by, &foreign.id, "0007").await,
            remove(&by, &foreign.id, "0007").await,
            list(&by, &foreign.id).await,
            list(&world.neighbour().await, &own.id).await,
        ] {
            assert!(matches!(outcome, Err(LineError::NotFound(_))), "{outcome:?}");
        }
        assert_eq!(remove(&by, &phone.line, "0007").await.unwrap(), Vec::<String>::new());
    })
    .await;
}

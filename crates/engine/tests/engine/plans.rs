use domain::plan::Plan;
use domain::time::Instant;
use engine::plans::{self, PlanError, PlanVersion, StoredPlan};
use serde_json::{Value, json};

use crate::world::{World, at, currency, on_both, overtaken};

fn document(name: &str, more: Value) -> Plan {
    let mut document =
        json!({"name": name, "kind": "postpaid", "currency": "USD", "rate": {"price_per_minute": "0.05"}});
    document.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Plan::read(document.to_string().as_bytes()).unwrap()
}

async fn create(world: &World, plan: Plan) -> Result<(StoredPlan, PlanVersion), PlanError> {
    world.run(async |work| plans::create(work, plan).await).await
}

async fn revise(
    world: &World,
    id: &str,
    plan: Plan,
    from: Option<Instant>,
    version: i64,
) -> Result<(StoredPlan, PlanVersion), PlanError> {
    world.run(async |work| plans::revise(work, id, plan, from, version).await).await
}

#[tokio::test]
async fn every_change_is_a_new_version() {
    on_both(async |world: World| {
        let (plan, first) = create(&world, document("Basic", json!({}))).await.unwrap();
        assert_eq!((first.number, first.effective_at), (1, Instant::FIRST));
        let dearer = document("Basic II", json!({"rate": {"price_per_minute": "0.08"}}));
        let from = at("2026-04-01T00:00:00Z");
        let (after, second) = revise(&world, &plan.id, dearer, Some(from), 1).await.unwrap();
        assert_eq!((second.number, second.effective_at, after.name.as_str()), (2, from, "Basic II"));
        let mut view = world.view().await;
        assert_eq!(plans::versions(&mut view, &plan.id).await.unwrap(), [first, second]);
        for name_or_id in ["Basic II", &plan.id] {
            assert_eq!(plans::find(&mut view, name_or_id).await.unwrap(), after);
        }
        assert!(matches!(plans::find(&mut view, "Basic").await, Err(PlanError::NotFound(_))));
        assert_eq!(plans::page(&mut view, None, 10).await.unwrap(), [after]);
        drop(view);
        let changes = world.changes(&plan.id).await;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        assert_eq!((changes[1].action.as_str(), &changes[1].before), ("plan.create", &None));
        assert!(text(&changes[0].before).contains("\"0.05\"") && text(&changes[0].after).contains("\"0.08\""));
    })
    .await;
}

#[tokio::test]
async fn plans_that_are_refused() {
    on_both(async |world: World| {
        let eur = currency("EUR");
        let (deck, _) =
            world.run(async |work| engine::decks::create(work, "Europe".into(), eur, None).await).await.unwrap();
        let (plan, _) = create(&world, document("Basic", json!({}))).await.unwrap();
        for (more, pointer) in [(json!({"deck": "dek_none"}), "/deck"), (json!({"deck": deck.id}), "/deck")] {
            for outcome in [
                create(&world, document("Other", more.clone())).await,
                revise(&world, &plan.id, document("Basic", more), None, 1).await,
            ] {
                assert!(
                    matches!(&outcome, Err(PlanError::Invalid(invalid)) if invalid.pointer == pointer),
                    "{outcome:?}"
                );
            }
        }
        let past = Some(at("2026-03-02T08:59:59Z"));
        for (more, from, pointer) in [
            (json!({"kind": "prepaid"}), None, "/kind"),
            (json!({"currency": "EUR"}), None, "/currency"),
            (json!({}), past, "/effective_at"),
        ] {
            let outcome = revise(&world, &plan.id, document("Basic", more), from, 1).await;
            assert!(matches!(&outcome, Err(PlanError::Invalid(invalid)) if invalid.pointer == pointer), "{outcome:?}");
        }
        assert!(matches!(create(&world, document("Basic", json!({}))).await, Err(PlanError::NameTaken(_))));
        assert!(matches!(
            revise(&world, "pln_none", document("A", json!({})), None, 1).await,
            Err(PlanError::NotFound(_))
        ));
        assert_eq!(plans::versions(&mut world.view().await, &plan.id).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn of_many_who_revise_a_version_one_wins() {
    on_both(async |world: World| {
        let (plan, _) = create(&world, document("Basic", json!({}))).await.unwrap();
        let outcomes = world
            .at_once(1..=8, |work, cents| {
                let revised = document("Basic", json!({"rate": {"price_per_minute": format!("0.0{cents}")}}));
                let id = plan.id.clone();
                Box::pin(async move { plans::revise(work, &id, revised, None, 1).await })
            })
            .await;
        let lost = outcomes.iter().filter(|outcome| matches!(outcome, Err(PlanError::Changed { current: 2 }))).count();
        assert_eq!((outcomes.iter().filter(|outcome| outcome.is_ok()).count(), lost), (1, 7));
        assert_eq!(plans::versions(&mut world.view().await, &plan.id).await.unwrap().len(), 2);
        assert_eq!(world.changes(&plan.id).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn of_two_who_take_a_name_at_once_the_second_is_told() {
    on_both(async |world: World| {
        let (basic, _) = create(&world, document("Basic", json!({}))).await.unwrap();
        let (flat, _) = create(&world, document("Flat", json!({}))).await.unwrap();
        let mut first = world.work().await;
        plans::revise(&mut first, &basic.id, document("Best", json!({})), None, 1).await.unwrap();
        let refused = overtaken(first, revise(&world, &flat.id, document("Best", json!({})), None, 1)).await;
        assert!(matches!(refused, Err(PlanError::NameTaken(_))), "{refused:?}");
        let mut first = world.work().await;
        plans::create(&mut first, document("New", json!({}))).await.unwrap();
        let refused = overtaken(first, create(&world, document("New", json!({})))).await;
        assert!(matches!(refused, Err(PlanError::NameTaken(_))), "{refused:?}");
        assert_eq!(plans::page(&mut world.view().await, None, 10).await.unwrap().len(), 3);
    })
    .await;
}

#[test]
fn versions_in_force_by_table() {
    // When versions 1, 2, ... take effect; an instant; the version in force.
    for (effective, now, version) in [
        ("0 10 20", 9, 1),
        ("0 10 20", 10, 2),
        ("0 10 20", 99, 3),
        ("0 10 10", 10, 3),
        ("0 20 10", 15, 3),
        ("0 20 10", 20, 2),
        ("5 10", 1, 1),
    ] {
        let versions: Vec<(usize, Instant)> = effective
            .split(' ')
            .enumerate()
            .map(|(place, second)| (place + 1, Instant::from_millis(second.parse().unwrap()).unwrap()))
            .collect();
        let found = plans::in_force(&versions, |(_, from)| *from, Instant::from_millis(now).unwrap());
        assert_eq!(found.map(|(number, _)| *number), Some(version), "{effective} at {now}");
    }
    assert_eq!(plans::in_force(&[], |from: &Instant| *from, Instant::FIRST), None);
}

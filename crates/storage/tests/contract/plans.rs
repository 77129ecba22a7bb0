use storage::plans::{self, PlanRecord, PlanVersionRecord};
use storage::{Error, Store};

use crate::databases::on_both;
use crate::records::ids;

fn plan(id: &str, name: &str) -> PlanRecord {
    PlanRecord {
        tenant: 1,
        id: id.into(),
        name: name.into(),
        kind: "postpaid".into(),
        currency: "USD".into(),
        created_at: 4,
        version: 1,
    }
}

fn version(id: &str, plan: &str, number: i64) -> PlanVersionRecord {
    PlanVersionRecord {
        tenant: 1,
        id: id.into(),
        plan: plan.into(),
        number,
        effective_at: 100 * number,
        document: format!(r#"{{"number":{number}}}"#),
        created_at: 5,
    }
}

#[tokio::test]
async fn a_plan_has_a_name_of_its_own() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let basic = plan("pln_1", "Basic");
        assert!(plans::insert(&mut tx, &basic).await.unwrap());
        assert!(!plans::insert(&mut tx, &plan("pln_2", "Basic")).await.unwrap());
        assert!(plans::insert(&mut tx, &plan("pln_2", "basic")).await.unwrap());
        assert!(plans::insert(&mut tx, &PlanRecord { tenant: 2, ..plan("pln_1", "Basic") }).await.unwrap());
        assert_eq!(plans::get(&mut tx, 1, "pln_1").await.unwrap(), Some(basic.clone()));
        assert_eq!(plans::by_name(&mut tx, 1, "Basic").await.unwrap(), Some(basic));
        assert_eq!(plans::by_name(&mut tx, 1, "BASIC").await.unwrap(), None);
        let rest = plans::page(&mut tx, 1, Some("pln_1"), 9).await.unwrap();
        assert_eq!(ids(&rest, |p| &p.id), ["pln_2"]);
        let first = plans::page(&mut tx, 1, None, 1).await.unwrap();
        assert_eq!(ids(&first, |p| &p.id), ["pln_1"]);
    })
    .await;
}

#[tokio::test]
async fn a_plan_changes_from_the_version_before_only_and_to_a_free_name() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        plans::insert(&mut tx, &plan("pln_1", "A")).await.unwrap();
        plans::insert(&mut tx, &plan("pln_2", "B")).await.unwrap();
        let renamed = PlanRecord { version: 2, ..plan("pln_1", "C") };
        assert!(plans::update(&mut tx, &renamed).await.unwrap());
        assert!(!plans::update(&mut tx, &PlanRecord { version: 2, ..plan("pln_1", "D") }).await.unwrap());
        assert_eq!(plans::get(&mut tx, 1, "pln_1").await.unwrap(), Some(renamed));
        let taken = PlanRecord { version: 3, ..plan("pln_1", "B") };
        assert!(matches!(plans::update(&mut tx, &taken).await, Err(Error::Taken(_))));
    })
    .await;
}

#[tokio::test]
async fn versions_are_listed_in_their_order() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let (a1, a2, b1) = (version("plv_3", "pln_a", 1), version("plv_1", "pln_a", 2), version("plv_2", "pln_b", 1));
        for record in [&a2, &b1, &a1] {
            plans::insert_version(&mut tx, record).await.unwrap();
        }
        assert_eq!(plans::versions_of(&mut tx, 1, "pln_a").await.unwrap(), [a1.clone(), a2.clone()]);
        assert_eq!(plans::version(&mut tx, 1, "plv_1").await.unwrap(), Some(a2.clone()));
        assert_eq!(plans::version(&mut tx, 2, "plv_1").await.unwrap(), None);
        assert_eq!(plans::all_versions(&mut tx, 1).await.unwrap(), [a1, a2, b1]);
        let twice = version("plv_4", "pln_a", 2);
        assert!(matches!(plans::insert_version(&mut tx, &twice).await, Err(Error::Taken(_))));
    })
    .await;
}

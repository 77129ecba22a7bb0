use storage::Store;
use storage::tenants::{self, TenantRecord};

use crate::databases::on_both;

fn tenant(number: i64, name: &str) -> TenantRecord {
    let (name, settings, hooks) = (name.into(), "{}".into(), String::new());
    TenantRecord { tenant: number, name, settings, demo: 0, created_at: 3, version: 1, hooks }
}

#[tokio::test]
async fn a_tenant_is_kept_and_listed_by_its_number() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let (second, first) = (TenantRecord { demo: 1, ..tenant(2, "B") }, tenant(1, "A"));
        assert!(tenants::insert(&mut tx, &second).await.unwrap());
        assert!(tenants::insert(&mut tx, &first).await.unwrap());
        assert!(!tenants::insert(&mut tx, &tenant(1, "another of the same number")).await.unwrap());
        assert_eq!(tenants::get(&mut tx, 2).await.unwrap(), Some(second.clone()));
        assert_eq!(tenants::get(&mut tx, 3).await.unwrap(), None);
        assert_eq!(tenants::all(&mut tx).await.unwrap(), [first, second]);
    })
    .await;
}

#[tokio::test]
async fn settings_change_from_the_version_before_only() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        tenants::insert(&mut tx, &tenant(1, "A")).await.unwrap();
        let next = TenantRecord { version: 2, settings: r#"{"country":"GB"}"#.into(), ..tenant(1, "B") };
        for (version, changes) in [(3, false), (1, false), (2, true), (2, false)] {
            let record = TenantRecord { version, ..next.clone() };
            assert_eq!(tenants::update(&mut tx, &record).await.unwrap(), changes, "version {version}");
        }
        assert_eq!(tenants::get(&mut tx, 1).await.unwrap(), Some(next));
    })
    .await;
}

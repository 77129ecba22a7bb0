use storage::keys::{self, KeyRecord};
use storage::{Error, Store};

use crate::databases::on_both;

fn key(tenant: i64, id: &str, secret_hash: &str) -> KeyRecord {
    KeyRecord {
        tenant,
        id: id.into(),
        name: "till".into(),
        secret_hash: secret_hash.into(),
        scopes: r#"["clerk"]"#.into(),
        made_by: Some("user:usr_1".into()),
        created_at: 3,
        expires_at: Some(i64::MAX),
        revoked_at: None,
    }
}

#[tokio::test]
async fn a_key_is_found_by_its_hash_and_revoked_once() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let (first, second) = (key(1, "key_1", "h1"), KeyRecord { expires_at: None, ..key(1, "key_2", "h2") });
        for record in [&second, &first, &key(2, "key_1", "h3")] {
            keys::insert(&mut tx, record).await.unwrap();
        }
        assert_eq!(keys::by_hash(&mut tx, "h1").await.unwrap(), Some(first.clone()));
        assert_eq!(keys::by_hash(&mut tx, "H1").await.unwrap(), None);
        assert_eq!(keys::all(&mut tx, 1).await.unwrap(), [first.clone(), second]);
        for (tenant, id, revoked) in [(2, "key_2", false), (1, "key_1", true), (1, "key_1", false)] {
            assert_eq!(keys::revoke(&mut tx, tenant, id, 50).await.unwrap(), revoked, "{tenant} {id}");
        }
        assert_eq!(keys::by_hash(&mut tx, "h1").await.unwrap(), Some(KeyRecord { revoked_at: Some(50), ..first }));
        assert!(matches!(keys::insert(&mut tx, &key(3, "key_1", "h1")).await, Err(Error::Taken(_))));
    })
    .await;
}

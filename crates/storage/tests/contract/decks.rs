use storage::decks::{self, DeckRecord, DeckVersionRecord};
use storage::{Error, Store};

use crate::databases::on_both;
use crate::records::ids;

fn deck(id: &str, name: &str) -> DeckRecord {
    DeckRecord { tenant: 1, id: id.into(), name: name.into(), currency: "USD".into(), created_at: 4, version: 1 }
}

fn version(id: &str, deck: &str, number: i64) -> DeckVersionRecord {
    DeckVersionRecord {
        tenant: 1,
        id: id.into(),
        deck: deck.into(),
        number,
        effective_at: 100 * number,
        prefixes: 2,
        created_at: 5,
    }
}

#[tokio::test]
async fn a_deck_has_a_name_of_its_own_and_changes_from_the_version_before() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        assert!(decks::insert(&mut tx, &deck("dck_1", "World")).await.unwrap());
        assert!(!decks::insert(&mut tx, &deck("dck_2", "World")).await.unwrap());
        assert!(decks::insert(&mut tx, &deck("dck_2", "Europe")).await.unwrap());
        let renamed = DeckRecord { version: 2, ..deck("dck_1", "Earth") };
        assert!(decks::update(&mut tx, &renamed).await.unwrap());
        assert!(!decks::update(&mut tx, &renamed).await.unwrap());
        assert_eq!(decks::get(&mut tx, 1, "dck_1").await.unwrap(), Some(renamed));
        assert_eq!(decks::get(&mut tx, 2, "dck_1").await.unwrap(), None);
        let rest = decks::page(&mut tx, 1, Some("dck_1"), 9).await.unwrap();
        assert_eq!(ids(&rest, |d| &d.id), ["dck_2"]);
        let first = decks::page(&mut tx, 1, None, 1).await.unwrap();
        assert_eq!(ids(&first, |d| &d.id), ["dck_1"]);
        let taken = DeckRecord { version: 3, ..deck("dck_1", "Europe") };
        assert!(matches!(decks::update(&mut tx, &taken).await, Err(Error::Taken(_))));
    })
    .await;
}

#[tokio::test]
async fn a_version_keeps_its_document_however_large() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let large = format!(r#"[{}]"#, vec![r#"{"prefix":"44163296","price":"0.0123"}"#; 100_000].join(","));
        let (a1, a2, b1) = (version("dkv_3", "dck_a", 1), version("dkv_1", "dck_a", 2), version("dkv_2", "dck_b", 1));
        for (record, document) in [(&a2, large.as_str()), (&b1, "[]"), (&a1, "[1]")] {
            decks::insert_version(&mut tx, record, document).await.unwrap();
        }
        assert_eq!(decks::versions(&mut tx, 1, Some("dck_a")).await.unwrap(), [a1.clone(), a2.clone()]);
        assert_eq!(decks::versions(&mut tx, 1, None).await.unwrap(), [a1, a2, b1]);
        assert!(decks::document(&mut tx, 1, "dkv_1").await.unwrap() == Some(large), "the large document is kept whole");
        assert_eq!(decks::document(&mut tx, 2, "dkv_1").await.unwrap(), None);
        assert!(matches!(
            decks::insert_version(&mut tx, &version("dkv_9", "dck_a", 1), "[]").await,
            Err(Error::Taken(_))
        ));
    })
    .await;
}

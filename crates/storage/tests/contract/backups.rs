//! What a backup reads of a database, and what comes of it in another.

use std::collections::{BTreeMap, BTreeSet};

use storage::backup::{self, Restoring, Table};
use storage::recordings::{self, PartRecord};
use storage::{Error, Store, customers};

use crate::databases::{drop_postgres, fresh_postgres, on_both_at};
use crate::persons::tables;
use crate::records::customer;

/// All tables of a database with their rows, as lines.
async fn contents(store: &Store) -> Vec<(Table, String)> {
    let mut tx = store.read().await.unwrap();
    backup::take_time(&mut tx).await.unwrap();
    let mut contents = Vec::new();
    for table in backup::tables(&mut tx).await.unwrap() {
        let mut lines = Vec::new();
        let each = |line: &[u8]| -> Result<(), Error> {
            lines.extend_from_slice(line);
            Ok(())
        };
        let rows = backup::rows(&mut tx, &table, each).await.unwrap();
        let lines = String::from_utf8(lines).unwrap();
        assert_eq!(lines.lines().count() as u64, rows, "{}", table.name);
        contents.push((table, lines));
    }
    contents
}

async fn fill(store: &Store, contents: &[(Table, String)]) {
    let mut restoring = Restoring::begin(store, backup::known()).await.unwrap().expect("it is empty");
    let expected: BTreeMap<String, u64> =
        contents.iter().map(|(table, lines)| (table.name.clone(), lines.lines().count() as u64)).collect();
    for (table, lines) in contents {
        restoring.load(table, lines.as_bytes()).await.unwrap();
    }
    assert_eq!(restoring.held().await.unwrap().0, expected);
    restoring.complete().await.unwrap();
}

/// A database with what is hard to carry: bytes, controls, other scripts, what is special in JSON or to COPY, and no value at all.
async fn hard_to_carry(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let names = ["\\N", "\\", "\t\r\n\u{8}\u{c}\u{1}\u{7f}", "\"{}[],", "Zoë 电话 \u{1f4de}", "", "\\."];
    for (n, name) in names.into_iter().enumerate() {
        let record = customer(&format!("cus_{n}"), name);
        customers::insert(&mut tx, &record).await.unwrap();
    }
    let audio: Vec<u8> = (0..=255).collect();
    let part = PartRecord { recording: "rec_1", first_byte: i64::MAX, audio: &audio, written_at: i64::MIN };
    recordings::put_part(&mut tx, 1, &part).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn every_table_is_in_a_backup_or_left_out_by_name() {
    on_both_at(async |store: Store, address: String| {
        let mut tx = store.read().await.unwrap();
        let in_backup = backup::tables(&mut tx).await.unwrap();
        let named = in_backup.iter().map(|table| table.name.as_str()).chain(backup::LEFT_OUT);
        let named: BTreeSet<String> = named.chain(["_sqlx_migrations"]).map(str::to_owned).collect();
        let mut there = tables(&address).await;
        there.insert("_sqlx_migrations".to_owned());
        assert_eq!(named, there);
        assert_eq!(backup::number(&mut tx).await.unwrap(), Some(backup::known()));
    })
    .await;
}

#[tokio::test]
async fn what_is_read_of_one_engine_fills_the_other() {
    on_both_at(async |store: Store, address: String| {
        hard_to_carry(&store).await;
        let before = contents(&store).await;
        let folder = tempfile::tempdir().unwrap();
        let to_postgres = address.starts_with("sqlite:");
        let other = match to_postgres {
            true => fresh_postgres().await,
            false => format!("sqlite://{}/other.db", folder.path().display()),
        };
        let filled = Store::open(&other).await.unwrap();
        fill(&filled, &before).await;
        assert_eq!(contents(&filled).await, before);
        assert!(Restoring::begin(&filled, backup::known()).await.unwrap().is_none(), "it is not empty any more");
        filled.close().await;
        if to_postgres {
            drop_postgres(&other).await;
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_not_completed_leaves_the_database_as_it_was() {
    on_both_at(async |store: Store, _address: String| {
        hard_to_carry(&store).await;
        let before = contents(&store).await;
        let folder = tempfile::tempdir().unwrap();
        let to_postgres = store.engine() == storage::Engine::Sqlite;
        let other = match to_postgres {
            true => fresh_postgres().await,
            false => format!("sqlite://{}/other.db", folder.path().display()),
        };
        let empty = Store::open(&other).await.unwrap();
        let mut restoring = Restoring::begin(&empty, backup::known()).await.unwrap().unwrap();
        for (table, lines) in &before {
            restoring.load(table, lines.as_bytes()).await.unwrap();
        }
        drop(restoring);
        assert_eq!(backup::number(&mut empty.read().await.unwrap()).await.unwrap(), None, "not even a schema");
        // One that has an earlier schema, and nothing in it, is brought up to the archive's.
        Restoring::begin(&empty, 20).await.unwrap().unwrap().complete().await.unwrap();
        fill(&empty, &before).await;
        assert_eq!(contents(&empty).await, before);
        empty.close().await;
        if to_postgres {
            drop_postgres(&other).await;
        }
    })
    .await;
}

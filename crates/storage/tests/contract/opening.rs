//! Addresses, files and schemas.

use storage::customers::{self, CustomerFilter, CustomerRecord};
use storage::{Error, Store};

use crate::databases::{drop_postgres, execute, fresh_postgres, on_both_at, server};
use crate::records::customer;

#[tokio::test]
async fn what_is_no_address_is_told_without_its_password() {
    for (address, shown) in [
        ("", "\"\""),
        ("tollgate.db", "\"tollgate.db\""),
        ("sqlite:tollgate.db", "\"sqlite:tollgate.db\""),
        ("sqlite://", "\"sqlite://\""),
        ("sqlite::memory:", "\"sqlite::memory:\""),
        ("sqlite://:memory:", "\"sqlite://:memory:\""),
        ("sqlite://t.db?mode=rwc", "\"sqlite://t.db?mode=rwc\""),
        ("mysql://root:secret@host/db", "\"mysql://...@host/db\""),
        ("postgres://u:sec@ret@host:port/db", "\"postgres://...@host:port/db\""),
    ] {
        let refused = Store::open(address).await.expect_err(address);
        assert!(matches!(refused, Error::UnknownAddress(_)), "{address}: {refused:?}");
        assert!(refused.to_string().starts_with(shown), "{refused}");
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let here = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(here("letter.txt"), "Dear Sir or Madam, ".repeat(100)).unwrap();
    for file in [
        here("missing/tollgate.db"),
        here(""),
        here("letter.txt"),
        here("letter.txt/tollgate.db"),
        "/proc/tollgate.db".into(),
    ] {
        let refused = Store::open(&format!("sqlite://{file}")).await.expect_err(&file);
        assert!(matches!(&refused, Error::File { file: named, .. } if *named == file), "{refused:?}");
        assert!(refused.to_string().contains(&file), "{refused}");
    }
}

#[tokio::test]
async fn a_file_is_used_if_and_only_if_it_may_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tollgate.db");
    let address = format!("sqlite://{}", file.display());
    Store::open(&address).await.unwrap().close().await;
    let mut permissions = std::fs::metadata(&file).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&file, permissions).unwrap();
    // An administrator may write to everything.
    let may_write = std::fs::OpenOptions::new().append(true).open(&file).is_ok();
    match Store::open(&address).await {
        Ok(_) => assert!(may_write),
        Err(refused) => assert!(!may_write && matches!(refused, Error::File { .. }), "{refused:?}"),
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_for_its_owner_alone_and_another_stays_as_it_is() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    for (name, before, after) in [("new.db", None, 0o600), ("shared.db", Some(0o640), 0o640)] {
        let file = folder.path().join(name);
        if let Some(mode) = before {
            std::fs::write(&file, "").unwrap();
            std::fs::set_permissions(&file, PermissionsExt::from_mode(mode)).unwrap();
        }
        let store = Store::open(&format!("sqlite://{}", file.display())).await.unwrap();
        store.migrate().await.unwrap();
        for part in ["", "-wal"] {
            let part = format!("{}{part}", file.display());
            let mode = std::fs::metadata(&part).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, after, "{part}: {mode:o}");
        }
    }
}

#[tokio::test]
async fn a_database_keeps_what_it_has_when_it_is_opened_and_migrated_again() {
    on_both_at(async |store: Store, address: String| {
        let mut tx = store.write().await.unwrap();
        customers::insert(&mut tx, &customer("cus_1", "A")).await.unwrap();
        tx.commit().await.unwrap();
        store.migrate().await.unwrap();
        let again = Store::open(&address).await.unwrap();
        again.migrate().await.unwrap();
        again.analyze().await.unwrap();
        let found = customers::get(&mut again.read().await.unwrap(), 1, "cus_1").await.unwrap();
        assert_eq!(found, Some(customer("cus_1", "A")));
        again.close().await;
        assert!(matches!(again.read().await, Err(Error::Unavailable(_))), "it is closed");
    })
    .await;
}

#[tokio::test]
async fn customers_of_before_are_found_by_their_address_and_phone() {
    on_both_at(async |store: Store, address: String| {
        let details = r#"{"email":"Ada@Example.org","phone":"+1 (416) 555-0177"}"#.to_owned();
        let mut tx = store.write().await.unwrap();
        customers::insert(&mut tx, &CustomerRecord { details, ..customer("cus_1", "Ada") }).await.unwrap();
        customers::insert(&mut tx, &customer("cus_2", "Bob")).await.unwrap();
        tx.commit().await.unwrap();
        execute(&address, "DELETE FROM _sqlx_migrations WHERE version = 20").await;
        store.migrate().await.unwrap();
        let mut tx = store.read().await.unwrap();
        for (text, found) in [("ADA@example", 1), ("(416) 555", 1), ("+14165550177", 1), ("carol", 0), ("bob", 1)] {
            let filter = CustomerFilter { search: Some(text), ..CustomerFilter::default() };
            assert_eq!(customers::page(&mut tx, 1, &filter, 10).await.unwrap().len(), found, "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn several_programs_may_migrate_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let postgres = fresh_postgres().await;
    for address in [format!("sqlite://{}/tollgate.db", folder.path().display()), postgres.clone()] {
        let programs = (0..4).map(|_| {
            let address = address.clone();
            tokio::spawn(async move {
                let store = Store::open(&address).await?;
                let outcome = store.migrate().await;
                store.close().await;
                outcome
            })
        });
        for program in programs.collect::<Vec<_>>() {
            program.await.unwrap().unwrap();
        }
    }
    drop_postgres(&postgres).await;
}

#[tokio::test]
async fn the_schema_of_another_program_is_refused() {
    on_both_at(async |store: Store, address: String| {
        execute(&address, "UPDATE _sqlx_migrations SET version = 99 WHERE version = 1").await;
        let later = store.migrate().await.unwrap_err();
        assert!(matches!(later, Error::LaterSchema { found: 99, known: 2.. }), "{later:?}");
        assert!(later.to_string().contains("later version of Tollgate"), "{later}");
        let change = "UPDATE _sqlx_migrations SET version = 1, description = 'other' WHERE version = 99";
        execute(&address, change).await;
        store.migrate().await.expect("the name of a migration does not matter");
        let other = if address.starts_with("sqlite") { "x'00'" } else { "'\\x00'" };
        execute(&address, &format!("UPDATE _sqlx_migrations SET checksum = {other} WHERE version = 1")).await;
        assert!(matches!(store.migrate().await, Err(Error::Migration(_))));
    })
    .await;
}

#[tokio::test]
async fn a_database_that_cannot_keep_all_letters_is_refused() {
    let name = format!("test_letters_{}", std::process::id());
    execute(&server(), &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")).await;
    let address = format!("{}/{name}", server().rsplit_once('/').unwrap().0);
    let store = Store::open(&address).await.unwrap();
    let refused = store.migrate().await.unwrap_err();
    assert!(refused.to_string().contains("keeps its texts as SQL_ASCII"), "{refused}");
    store.close().await;
    drop_postgres(&address).await;
}

#[tokio::test]
async fn an_empty_database_answers_with_an_error_until_it_is_migrated() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("sqlite://{}/tollgate.db", folder.path().display())).await.unwrap();
    let refused = customers::get(&mut store.read().await.unwrap(), 1, "cus_1").await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
}

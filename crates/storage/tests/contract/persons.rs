//! Where something is held of people.

use std::collections::BTreeSet;

use sqlx::Connection;
use storage::persons::{self, Subject};
use storage::{Store, customers};

use crate::databases::{on_both, on_both_at};
use crate::records::customer;

const ALL: [Subject<'static>; 4] = [
    Subject::Customer("cus_1"),
    Subject::Agent("agt_1"),
    Subject::User("usr_1"),
    Subject::Caller { group: "grp_1", name: "caller-abcdefgh", number: "+441632960555" },
];

/// What a question past the crate's doors finds: one text for SQLite, one for PostgreSQL.
async fn asked(address: &str, sqlite: &'static str, postgres: &'static str, about: Option<&str>) -> Vec<String> {
    if address.starts_with("sqlite://") {
        let mut connection = sqlx::SqliteConnection::connect(address).await.unwrap();
        let query = sqlx::query_scalar(sqlite);
        about.into_iter().fold(query, |query, about| query.bind(about)).fetch_all(&mut connection).await.unwrap()
    } else {
        let mut connection = sqlx::PgConnection::connect(address).await.unwrap();
        let query = sqlx::query_scalar(postgres);
        about.into_iter().fold(query, |query, about| query.bind(about)).fetch_all(&mut connection).await.unwrap()
    }
}

/// The names of all tables.
pub(crate) async fn tables(address: &str) -> BTreeSet<String> {
    const SQLITE: &str = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
    const POSTGRES: &str =
        "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()";
    asked(address, SQLITE, POSTGRES, None).await.into_iter().collect()
}

async fn columns(address: &str, table: &str) -> Vec<String> {
    const SQLITE: &str = "SELECT name FROM pragma_table_info($1)";
    const POSTGRES: &str = "SELECT column_name::text FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name = $1";
    asked(address, SQLITE, POSTGRES, Some(table)).await
}

#[tokio::test]
async fn every_table_is_in_the_catalogue_once_and_can_be_looked_through() {
    on_both_at(async |store: Store, address: String| {
        let mut listed: Vec<&str> = persons::others().iter().map(|(table, _)| *table).collect();
        let held: BTreeSet<&str> = ALL.into_iter().flat_map(persons::tables).map(|table| table.name).collect();
        listed.extend(&held);
        let once: BTreeSet<String> = listed.iter().map(|table| (*table).to_owned()).collect();
        assert_eq!(listed.len(), once.len(), "a table is listed twice");
        assert_eq!(once, tables(&address).await, "a new table: say in storage::persons what it holds of whom");
        let mut tx = store.read().await.unwrap();
        for subject in ALL {
            for table in persons::tables(subject) {
                let rows = persons::page(&mut tx, 1, subject, table, (0, 10)).await;
                assert_eq!(rows.unwrap(), [""; 0], "{subject:?} in {}", table.name);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_opens_something_is_never_shown() {
    on_both_at(async |store: Store, address: String| {
        for table in ALL.into_iter().flat_map(persons::tables) {
            let columns = columns(&address, table.name).await;
            let opens = ["secret", "hash", "digest", "password", "totp", "codes", "token"];
            for column in columns.iter().filter(|column| opens.iter().any(|word| column.contains(word))) {
                let is_date = column == "secret_made_at";
                assert!(is_date || table.hidden.contains(&column.as_str()), "{}.{column}", table.name);
            }
            for column in table.hidden.iter().chain(table.amounts).chain(table.documents) {
                assert!(columns.iter().any(|known| known == column), "{} has no column {column}", table.name);
            }
        }
        drop(store);
    })
    .await;
}

#[tokio::test]
async fn rows_are_objects_and_come_in_pages_of_one_tenant() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        for tenant in [1, 2] {
            let record = customers::CustomerRecord { tenant, ..customer("cus_1", "Ada") };
            customers::insert(&mut tx, &record).await.unwrap();
        }
        let of = Subject::Customer("cus_1");
        let table = persons::tables(of).into_iter().find(|table| table.name == "customers").unwrap();
        let page = persons::page(&mut tx, 1, of, table, (0, 10)).await.unwrap();
        let [row] = &page[..] else { panic!("one: {page:?}") };
        assert!(row.starts_with("{\"id\":\"cus_1\"") && row.ends_with('}'), "{row}");
        assert!(!row.contains("\"tenant\"") && !row.contains("\"search\""), "{row}");
        assert_eq!(persons::page(&mut tx, 1, of, table, (1, 10)).await.unwrap(), [""; 0]);
        assert_eq!(persons::page(&mut tx, 3, of, table, (0, 10)).await.unwrap(), [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn of_everything_that_is_held_it_is_said_what_becomes_of_it() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        for subject in ALL {
            let held: BTreeSet<&str> = persons::tables(subject).into_iter().map(|table| table.name).collect();
            let fates = persons::fates(subject);
            assert_eq!(fates.iter().map(|(table, _)| *table).collect::<BTreeSet<_>>(), held, "{subject:?}");
            for fate in fates {
                assert_eq!(persons::count(&mut tx, 1, subject, fate).await.unwrap(), 0, "{subject:?}: {fate:?}");
                assert_eq!(persons::erase(&mut tx, 1, subject, fate, 10).await.unwrap(), 0, "{subject:?}: {fate:?}");
            }
            assert_eq!(persons::open(&mut tx, 1, subject, 0).await.unwrap(), [], "{subject:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn who_is_erased_is_so_in_one_tenant_bit_by_bit_and_once() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        for tenant in [1, 2] {
            let record = customers::CustomerRecord { tenant, ..customer("cus_1", "Ada") };
            customers::insert(&mut tx, &record).await.unwrap();
        }
        let of = Subject::Customer("cus_1");
        let fate = persons::fates(of).into_iter().find(|(table, _)| *table == "customers").unwrap();
        for (counted, erased) in [(1, 1), (0, 0)] {
            assert_eq!(persons::count(&mut tx, 1, of, fate).await.unwrap(), counted);
            assert_eq!(persons::erase(&mut tx, 1, of, fate, 10).await.unwrap(), erased);
        }
        let left = customers::get(&mut tx, 1, "cus_1").await.unwrap().unwrap();
        assert_eq!((left.name.as_str(), left.state.as_str(), left.search.as_str()), ("Erased", "closed", "erased"));
        assert_eq!(customers::get(&mut tx, 2, "cus_1").await.unwrap().unwrap().name, "Ada");
    })
    .await;
}

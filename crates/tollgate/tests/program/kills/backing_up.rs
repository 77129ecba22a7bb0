//! Backups are taken while switches charge: each is the books of one instant, and they are right.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::switch::Switch;
use super::{World, random::Random};
use crate::databases::{drop_postgres, fresh_postgres};
use crate::run::Folder;
use crate::server::Server;

const SWITCHES: usize = 8;
/// How many backups are written until three of them were written while calls were charged.
const ATTEMPTS: usize = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_has_right_books_on_sqlite() {
    let folder = Folder::new();
    back_up_under_load(&folder, &folder.sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_has_right_books_on_postgresql() {
    let database = fresh_postgres().await;
    back_up_under_load(&Folder::new(), &database).await;
    drop_postgres(&database).await;
}

async fn back_up_under_load(folder: &Folder, database: &str) {
    let world = Arc::new(World::found(database).await);
    let mut random = Random::new(7);
    let mut switches = JoinSet::new();
    for number in 0..SWITCHES {
        switches.spawn(Switch::new(number, &world, random.next()).run());
    }
    let server = Server::serve(folder, database, &world.company.owner, &[]);
    world.door.open(&server.address);
    let mut calls = Vec::new();
    for number in 1.. {
        assert!(number <= ATTEMPTS, "nothing was charged while backups were written");
        sleep(Duration::from_millis(300)).await;
        let (archive, before) = (format!("{number}.gz"), world.door.acknowledged());
        let backup = folder.command(&["backup", &archive, "--database-url", database]).output();
        assert!(backup.unwrap().status.success());
        // On a busy machine it may be done before the next call is charged, and shows nothing.
        if world.door.acknowledged() == before {
            continue;
        }
        let file = format!("sqlite://{}/{archive}.db", folder.path().display());
        let restored = folder.json(&["restore", &archive, "--json", "--database-url", &file]);
        assert_eq!(restored["books"]["1"]["faults"], json!([]), "{archive}");
        calls.push(restored["books"]["1"]["calls"].as_i64().unwrap());
        if calls.len() == 3 {
            break;
        }
    }
    assert!(calls[0] < calls[2] && calls.is_sorted(), "each has what came before it: {calls:?}");
    world.end();
    let ended = timeout(Duration::from_secs(60), switches.join_all()).await;
    ended.expect("the switches end their calls");
    drop(server);
}

//! The disk is full for a while under load: calls are refused, nothing is lost or done twice, and all goes on when there is room again.

use std::io::Write;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::books::Books;
use super::{World, say};
use crate::run::Folder;
use crate::server::Server;

/// So much has the disk; the database takes some of it.
const MEGABYTES: u32 = 24;
const LOAD: Duration = Duration::from_millis(500);

#[tokio::test]
async fn a_full_disk_loses_nothing() {
    let folder = Folder::new();
    let (world, _, mut switches) = World::begin("full disk", &folder.sqlite()).await;
    let founded = folder.path().join("tollgate.db").display().to_string();
    let server = Server::serve_on_small_disk(&folder, (&founded, MEGABYTES), &world.company.owner);
    let books = Books { world: &world, address: &server.address };
    let filler = server.on_small_disk(&folder, "filler");
    for _ in 0..3 {
        world.door.open(&server.address);
        world.door.next_acknowledged().await;
        sleep(LOAD).await;
        fill(&filler);
        world.door.next_put_off().await;
        sleep(LOAD).await;
        assert_eq!(server.get("/api/v1/customers").await.0, 200, "what is there can be read");
        std::fs::remove_file(&filler).unwrap();
        world.door.next_acknowledged().await;
        sleep(LOAD).await;
        world.door.close();
        world.door.drained().await;
        sleep(Duration::from_secs(1)).await;
        books.check().await;
    }
    world.door.open(&server.address);
    world.end();
    timeout(Duration::from_secs(60), std::mem::take(&mut switches).join_all()).await.expect("the switches end");
    world.door.close();
    books.check().await;
    books.expect_at_rest().await;
    say(&format!("full disk: three times under load, {} requests acknowledged", world.door.acknowledged()));
}

/// Takes all the room there is.
fn fill(filler: &std::path::Path) {
    let mut file = std::fs::File::create(filler).unwrap();
    for size in [1 << 16, 1 << 12, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
}

//! Mail that brings invoices.

use std::time::{Duration, Instant};

use engine::reminders::GapMails;
use storage::Store;

use crate::company::{found, invoices};
use crate::databases::fresh_postgres;
use crate::run::Folder;
use crate::server::Server;
use crate::sink::Sink;

const CUSTOMERS: usize = 12;

#[tokio::test]
async fn each_invoice_is_mailed_once_however_often_the_server_is_killed() {
    let folder = Folder::new();
    for database in [folder.sqlite(), fresh_postgres().await] {
        let key = found(&database, CUSTOMERS, 2).await;
        let store = Store::open(&database).await.unwrap();
        let sink = Sink::start();
        let mail = ["--test-clock", "--smtp-url", &sink.url(), "--mail-from", "billing@example.org"];
        let mut killed_at = Vec::new();
        for lives in 0..2 {
            let server = Server::serve(&folder, &database, &key, &mail);
            // What the killed server had begun is taken up when its lease has ended.
            server.move_clock(lives * 3_600_000).await;
            let before = sink.count();
            until("some mails have come", async || sink.count() >= before + 3).await;
            server.kill();
            killed_at.push(sink.count());
        }
        let server = Server::serve(&folder, &database, &key, &mail);
        server.move_clock(3 * 3_600_000).await;
        until("every job is done", async || pending(&store).await == 0).await;
        drop(server);

        let invoices = invoices(&folder, &database).len();
        assert!(killed_at.is_sorted() && killed_at[1] < invoices, "killed in the middle: {killed_at:?} of {invoices}");
        let mails = sink.message_ids_by_file();
        println!("{invoices} invoices in {} mails; killed after {killed_at:?}", sink.count());
        assert_eq!(mails.len(), invoices, "each invoice has come");
        assert!(mails.values().all(|ids| ids.len() == 1), "what came twice has one Message-ID: {mails:?}");
    }
}

/// Waits for what is to come.
async fn until(what: &str, mut there: impl AsyncFnMut() -> bool) {
    let started = Instant::now();
    while !there().await {
        assert!(started.elapsed() < Duration::from_secs(60), "{what}: waited in vain");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// How many jobs are waiting or running, but that of the coming morning.
async fn pending(store: &Store) -> usize {
    let mut tx = store.read().await.unwrap();
    let jobs = storage::jobs::page(&mut tx, 1, None, None, 1000).await.unwrap();
    jobs.iter().filter(|job| job.state == "pending" && job.kind != GapMails::KIND).count()
}

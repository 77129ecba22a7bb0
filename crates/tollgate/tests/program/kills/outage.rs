//! PostgreSQL is away for a while: cut off without a word, refused, or restarted. Requests are answered soon, hang-ups are kept and caught up,
//! and nothing is done twice.

use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};

use super::books::Books;
use super::{MACHINE, World, say};
use crate::cluster::Cluster;
use crate::exchange::{hears, quiet, record, talk};
use crate::run::Folder;
use crate::server::{Server, now};
use crate::strait::Strait;

/// Within what each request is answered while the database is away.
const DEADLINE: Duration = Duration::from_millis(5500);
/// How long it is away: longer than anybody waits for it.
const AWAY: Duration = Duration::from_secs(7);
const OUTAGES: [&str; 3] = ["cut off", "refused", "restarted"];

/// A database that goes away.
struct Shore {
    cluster: Cluster,
    strait: Strait,
}

impl Shore {
    async fn new() -> Shore {
        let cluster = Cluster::start().await;
        Shore { strait: Strait::to(&cluster.socket()), cluster }
    }

    /// Where the program finds it.
    fn address(&self) -> String {
        format!("postgres://tollgate@{}/tollgate?sslmode=disable", self.strait.address())
    }

    fn leave(&self, outage: &str) {
        match outage {
            "cut off" => self.strait.swallow(),
            "refused" => self.strait.refuse(),
            _ => self.cluster.kill(),
        }
    }

    async fn come_back(&self, outage: &str) {
        match outage {
            "restarted" => self.cluster.start_again().await,
            _ => self.strait.open(),
        }
    }
}

#[tokio::test]
async fn requests_are_answered_while_postgresql_is_away() {
    let _alone = MACHINE.write().await;
    let (folder, shore) = (Folder::new(), Shore::new().await);
    let (world, _, mut switches) = World::begin("outage", &shore.cluster.primary()).await;
    let server = Server::serve(&folder, &shore.address(), &world.company.owner, &[]);
    let books = Books { world: &world, address: &server.address };
    let mut slowest = Duration::ZERO;
    for outage in OUTAGES {
        world.door.open(&server.address);
        world.door.next_acknowledged().await;
        sleep(Duration::from_millis(300)).await;
        assert!(world.door.in_flight() > 0);
        shore.leave(outage);
        sleep(AWAY).await;
        shore.come_back(outage).await;
        let back = Instant::now();
        world.door.next_acknowledged().await;
        println!("outage, {outage}: acknowledged again {:.1?} after the database was back", back.elapsed());
        slowest = slowest.max(back.elapsed());
        sleep(Duration::from_millis(300)).await;
        world.door.close();
        world.door.drained().await;
        // What nobody waited for any more is done, too.
        sleep(Duration::from_secs(1)).await;
        books.check().await;
    }
    world.door.open(&server.address);
    world.end();
    timeout(Duration::from_secs(60), std::mem::take(&mut switches).join_all()).await.expect("the switches end");
    let longest = world.door.longest_within(DEADLINE);
    say(&format!(
        "outage: PostgreSQL cut off, refused and restarted under load; each request answered within {:.1} s, acknowledged again {:.1} s \
         after it was back at most",
        longest.as_secs_f64(),
        slowest.as_secs_f64()
    ));
}

#[tokio::test]
async fn a_hang_up_is_kept_while_postgresql_is_away() {
    let _alone = MACHINE.write().await;
    let (folder, shore) = (Folder::new(), Shore::new().await);
    let server = Server::demo(&folder, &shore.address(), &[]);
    for (outage, from, to) in [("cut off", "0040", "0002"), ("refused", "0041", "0003"), ("restarted", "0004", "0010")]
    {
        let (caller, mut called) = talk(&server, from, to).await;
        sleep(Duration::from_millis(1500)).await;
        shore.leave(outage);
        caller.send("hang_up", Vec::new()).unwrap();
        let hung_up_at = now();
        hears(&mut called, "call_ended").await;
        let asked = Instant::now();
        let (status, refused) = server.get("/api/v1/customers").await;
        assert_eq!(status, 503, "{outage}: {refused}");
        assert!(asked.elapsed() < DEADLINE, "{outage}: {:?}", asked.elapsed());
        shore.come_back(outage).await;
        is_there(&server).await;
        quiet(&server).await;
        let call = record(&server, from).await;
        let ended_at = domain::time::Instant::parse(call["ended_at"].as_str().unwrap()).unwrap();
        let late = ended_at.millis_since(hung_up_at);
        assert!((-1000..1000).contains(&late), "{outage}: ended {late} ms after it was hung up: {call:#}");
        assert_eq!(call["disposition"], "answered", "{call:#}");
    }
    drop(server);
    let checked = folder.run(&["check", "--database-url", &shore.cluster.primary()]);
    assert_eq!(checked.code, Some(0), "{}{}", checked.out, checked.err);
}

/// Waits until requests are answered again.
async fn is_there(server: &Server) {
    let begun = Instant::now();
    while server.get("/api/v1/customers").await.0 != 200 {
        assert!(begun.elapsed() < Duration::from_secs(20), "the database is back, and nothing is answered");
        sleep(Duration::from_millis(50)).await;
    }
}

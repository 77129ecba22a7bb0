//! The PostgreSQL server that writes is killed again and again under load, and its standby, which had confirmed each commit, takes over: the
//! program goes on by itself, nothing acknowledged is lost, and nothing is done twice.

use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};

use super::books::Books;
use super::{MACHINE, World, say, told};
use crate::cluster::Cluster;
use crate::run::Folder;
use crate::server::Server;

/// How many times the primary dies, where `TOLLGATE_FAILOVERS` does not say.
const FAILOVERS: u64 = 5;
/// Within what each request is answered while no server writes.
const DEADLINE: Duration = Duration::from_millis(5500);

#[tokio::test]
async fn nothing_acknowledged_is_lost_when_the_primary_dies() {
    let _alone = MACHINE.write().await;
    let (folder, mut cluster) = (Folder::new(), Cluster::start().await);
    let (world, mut random, mut switches) = World::begin("failover", &cluster.primary()).await;
    let server = Server::serve(&folder, &cluster.address(), &world.company.owner, &[]);
    let books = Books { world: &world, address: &server.address };
    let failovers = told("TOLLGATE_FAILOVERS").unwrap_or(FAILOVERS);
    let (mut acknowledged, mut in_flight, mut slowest) = (0, 0, Duration::ZERO);
    for failover in 1..=failovers {
        cluster.follow().await;
        let before = world.door.acknowledged();
        world.door.open(&server.address);
        world.door.next_acknowledged().await;
        sleep(Duration::from_millis(random.between(200, 800))).await;
        let (since, waiting) = (world.door.acknowledged() - before, world.door.in_flight());
        cluster.kill();
        assert!(since > 0 && waiting > 0, "{since} acknowledged, {waiting} in flight");
        let killed = Instant::now();
        // What was acknowledged before is heard by then.
        sleep(Duration::from_millis(50)).await;
        cluster.promote().await;
        let promoted = killed.elapsed();
        world.door.next_acknowledged().await;
        let back = killed.elapsed();
        println!(
            "failover {failover}: {since} acknowledged since the last, {waiting} in flight; promoted after {promoted:.1?}, \
             acknowledged again after {back:.1?}"
        );
        (acknowledged, in_flight, slowest) = (acknowledged + since, in_flight + waiting, slowest.max(back));
        sleep(Duration::from_millis(500)).await;
        world.door.close();
        world.door.drained().await;
        // What nobody waited for any more is done, too.
        sleep(Duration::from_secs(1)).await;
        books.check().await;
    }
    world.door.open(&server.address);
    world.end();
    timeout(Duration::from_secs(60), std::mem::take(&mut switches).join_all()).await.expect("the switches end");
    world.door.close();
    books.check().await;
    books.expect_at_rest().await;
    let longest = world.door.longest_within(DEADLINE);
    say(&format!(
        "failover: {failovers} primaries killed, {acknowledged} requests acknowledged before them, {in_flight} in flight; \
         acknowledged again after {:.1} s at most, each request answered within {:.1} s",
        slowest.as_secs_f64(),
        longest.as_secs_f64()
    ));
}

//! Several programs on one database.

use std::time::Duration;

use engine::payments::{self, Method, NewPayment};
use engine::{Change, ChangeKind, Engine, Hints, Unheard, maintenance};
use storage::Store;
use tokio::time::timeout;

use crate::databases::{drop_postgres, execute, fresh_postgres};
use crate::world::{World, amount};

const PATIENCE: Duration = Duration::from_secs(20);

/// A node on the database, and what those who listen at it hear.
struct Node {
    world: World,
    hints: Hints,
}

impl Node {
    fn beside(first: &World, store: Store) -> Node {
        let engine = Engine::new(store, first.engine.clock().clone());
        let hints = engine.changes();
        let in_touch = engine.clone();
        tokio::spawn(async move { in_touch.keep_in_touch().await });
        Node { world: World { engine, clock: first.clock.clone(), actor: first.actor.clone() }, hints }
    }

    /// Waits for the hint of a change.
    async fn hears(&mut self, kind: ChangeKind) -> Change {
        self.until(|heard| matches!(heard, Ok(change) if change.kind == kind)).await.unwrap()
    }

    async fn until(&mut self, is_wanted: impl Fn(&Result<Change, Unheard>) -> bool) -> Result<Change, Unheard> {
        let waiting = async {
            loop {
                let heard = self.hints.recv().await;
                if is_wanted(&heard) {
                    return heard;
                }
            }
        };
        timeout(PATIENCE, waiting).await.expect("a hint")
    }

    async fn begins_maintenance(&self) {
        self.world.run(async |work| maintenance::begin(work, 10).await).await.unwrap();
    }
}

#[tokio::test]
async fn what_one_node_changes_is_heard_at_the_others() {
    let database = fresh_postgres().await;
    let store = Store::open(&database).await.unwrap();
    store.migrate().await.unwrap();
    let first = World::founded(store.clone()).await;
    let mut here = Node::beside(&first, Store::open(&database).await.unwrap());
    let mut there = Node::beside(&first, Store::open(&database).await.unwrap());
    for node in [&mut here, &mut there] {
        // Whoever begins to hear may have missed something.
        node.until(|heard| *heard == Err(Unheard::Missed)).await.unwrap_err();
    }
    let ada = here.world.prepaid_customer("Ada").await;
    let payment = NewPayment {
        customer: ada.id.clone(),
        amount: amount("10"),
        currency: None,
        method: Method::Card,
        reference: None,
        received_at: None,
        invoice: None,
    };
    here.world.run(async |work| payments::record(work, payment).await).await.unwrap();
    let funds = there.hears(ChangeKind::Funds).await;
    assert_eq!((funds.tenant, &funds.id, &funds.customer), (1, &ada.id, &Some(ada.id.clone())));
    here.begins_maintenance().await;
    assert_eq!(there.hears(ChangeKind::Maintenance).await.id, "1");
    there.begins_maintenance().await;
    // Its own, and that of the other: neither comes back.
    for _ in 0..2 {
        here.hears(ChangeKind::Maintenance).await;
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(here.hints.try_recv(), Err(Unheard::Nothing));

    // Its connections are lost: it tells those who listen to it that they may have missed something, and hears again.
    there.hints.skip();
    execute(&database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'").await;
    there.until(|heard| *heard == Err(Unheard::Missed)).await.unwrap_err();
    here.begins_maintenance().await;
    there.hears(ChangeKind::Maintenance).await;
    for engine in [&here.world.engine, &there.world.engine, &first.engine] {
        engine.store().close().await;
    }
    drop_postgres(&database).await;
}

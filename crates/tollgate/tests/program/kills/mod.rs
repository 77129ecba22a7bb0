//! The program is killed again and again while switches charge calls by it: nothing acknowledged is lost, nothing is done twice.

mod backing_up;
mod books;
mod company;
mod disk_full;
mod failover;
mod memory;
mod outage;
mod random;
mod switch;
mod wire;

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::json;
use tokio::sync::RwLock;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::databases::{drop_postgres, fresh_postgres};
use crate::run::Folder;
use crate::server::Server;
use books::Books;
use company::Company;
use memory::{Memory, Stage};
use random::Random;
use switch::Switch;
use wire::{Door, Reply, Request, Wire};

/// How many switches charge calls at once.
const SWITCHES: usize = 32;
/// How many kills there are, where `TOLLGATE_KILLS` does not say.
const KILLS: u64 = 100;

/// Held for writing by who promises answers within seconds, and for reading by those who take all that the machine has.
static MACHINE: RwLock<()> = RwLock::const_new(());

#[tokio::test]
async fn nothing_acknowledged_is_lost_on_sqlite() {
    let _beside = MACHINE.read().await;
    let folder = Folder::new();
    kill_again_and_again("SQLite", &folder, &folder.sqlite()).await;
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_on_postgresql() {
    let _beside = MACHINE.read().await;
    let database = fresh_postgres().await;
    kill_again_and_again("PostgreSQL", &Folder::new(), &database).await;
    drop_postgres(&database).await;
}

/// What all who charge and check have in common.
struct World {
    company: Company,
    door: Door,
    memory: Mutex<Memory>,
    is_ending: AtomicBool,
    /// Who checks.
    owner: Wire,
}

impl World {
    /// A company in this database, and the switches at it; by a seed, that of `TOLLGATE_KILLS_SEED` or another each time: it decides what the
    /// switches do and when the kills come, but not how the program, the database and the machine interleave them.
    async fn begin(name: &str, database: &str) -> (Arc<World>, Random, JoinSet<()>) {
        let clock = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos();
        let seed = told("TOLLGATE_KILLS_SEED").unwrap_or(clock.into());
        println!("{name}: TOLLGATE_KILLS_SEED={seed}");
        let mut random = Random::new(seed);
        let world = Arc::new(World::found(database).await);
        let mut switches = JoinSet::new();
        for number in 0..SWITCHES {
            switches.spawn(Switch::new(number, &world, random.next()).run());
        }
        (world, random, switches)
    }

    /// A company that nobody has called yet.
    async fn found(database: &str) -> World {
        let company = Company::found(database).await;
        World {
            owner: Wire::new(&company.owner),
            company,
            door: Door::new(),
            memory: Mutex::default(),
            is_ending: AtomicBool::new(false),
        }
    }

    /// Has the switches end their calls, and begin no others.
    fn end(&self) {
        self.is_ending.store(true, Ordering::Relaxed);
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap()
    }

    fn is_ending(&self) -> bool {
        self.is_ending.load(Ordering::Relaxed)
    }
}

/// A number of the environment.
fn told(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|told| told.parse().unwrap_or_else(|_| panic!("{variable}={told} is no number")))
}

/// One line, also where what tests print is not shown.
fn say(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}

async fn kill_again_and_again(name: &'static str, folder: &Folder, database: &str) {
    let (world, random, switches) = World::begin(name, database).await;
    let mut run =
        Run { name, folder, database, world, random, switches, acknowledged: Vec::new(), tally: Tally::default() };
    run.kills().await;
    run.end().await;
}

/// A run of kills.
struct Run<'a> {
    name: &'static str,
    folder: &'a Folder,
    database: &'a str,
    world: Arc<World>,
    random: Random,
    switches: JoinSet<()>,
    /// All that was acknowledged and answered alike again.
    acknowledged: Vec<(Request, Reply)>,
    tally: Tally,
}

/// What has happened.
#[derive(Default)]
struct Tally {
    kills: u64,
    acknowledged: usize,
    in_flight: usize,
    /// The longest time from a start to the address being told, and to the first acknowledgement after it.
    slowest_start: Duration,
    slowest_answer: Duration,
}

impl Run<'_> {
    /// Kills so often that enough kills count: those with requests acknowledged before, and others in flight.
    async fn kills(&mut self) {
        let kills = told("TOLLGATE_KILLS").unwrap_or(KILLS);
        for attempt in 0.. {
            if self.tally.kills == kills {
                return;
            }
            assert!(attempt < 2 * kills, "half of the kills met no request in flight");
            let (acknowledged, in_flight) = self.kill_once().await;
            let counts = acknowledged > 0 && in_flight > 0;
            if counts {
                self.tally.kills += 1;
                self.tally.acknowledged += acknowledged;
                self.tally.in_flight += in_flight;
            }
            let (name, number) = (self.name, self.tally.kills);
            let said = if counts { format!("kill {number}") } else { "a kill that does not count".to_owned() };
            println!("{name}: {said}: {acknowledged} acknowledged since the start, {in_flight} in flight");
            if let Some(ended) = self.switches.try_join_next() {
                ended.unwrap();
                panic!("a switch has ended");
            }
        }
    }

    /// Starts the program, has the books checked and the switches at it, and kills it. Answers how many requests were acknowledged,
    /// and how many were in flight.
    async fn kill_once(&mut self) -> (usize, usize) {
        let server = self.start();
        let world = self.world.clone();
        let before = (world.door.acknowledged(), world.door.cut());
        // Either what was in flight is sent again at once, or the books are looked at first.
        if self.random.chance(50) {
            world.door.open(&server.address);
            self.first_answer().await;
            self.pass(200).await;
            world.door.close();
            world.door.drained().await;
        }
        self.check(&server).await;
        world.door.open(&server.address);
        self.first_answer().await;
        sleep(Duration::from_millis(100)).await;
        self.pass(500).await;
        world.door.close();
        server.kill();
        world.door.drained().await;
        (world.door.acknowledged() - before.0, world.door.cut() - before.1)
    }

    fn start(&mut self) -> Server {
        let began = Instant::now();
        let server = Server::serve(self.folder, self.database, &self.world.company.owner, &[]);
        self.tally.slowest_start = self.tally.slowest_start.max(began.elapsed());
        server
    }

    async fn check(&mut self, server: &Server) {
        let repeated = Books { world: &self.world, address: &server.address }.check().await;
        self.acknowledged.extend(repeated);
    }

    /// Waits until a request is acknowledged.
    async fn first_answer(&mut self) {
        let (before, began) = (self.world.door.acknowledged(), Instant::now());
        while self.world.door.acknowledged() == before && began.elapsed() < Duration::from_secs(20) {
            sleep(Duration::from_millis(1)).await;
        }
        self.tally.slowest_answer = self.tally.slowest_answer.max(began.elapsed());
    }

    /// Lets the switches end their calls, and looks at everything once more.
    async fn end(mut self) {
        let server = self.start();
        self.check(&server).await;
        self.world.door.open(&server.address);
        self.world.end();
        let ended = timeout(Duration::from_secs(60), std::mem::take(&mut self.switches).join_all()).await;
        ended.expect("the switches end their calls");
        self.world.door.close();
        self.check(&server).await;
        let books = Books { world: &self.world, address: &server.address };
        books.expect_repeated(&self.acknowledged).await;
        books.expect_at_rest().await;
        drop(server);
        let checked = self.folder.json(&["check", "--json", "--database-url", self.database]);
        assert_eq!(checked["faults"], json!([]));
        self.tell();
    }

    fn tell(&self) {
        let Tally { kills, acknowledged, in_flight, slowest_start, slowest_answer } = self.tally;
        let memory = self.world.memory();
        let charged = memory.calls.values().filter(|call| !matches!(call.stage, Stage::Ended(0))).count();
        say(&format!(
            "{}: {kills} kills, {acknowledged} requests acknowledged before them, {in_flight} in flight; {charged} calls charged, {} refused, \
             {} top-ups; up in {} ms at most, first answer after {} ms at most",
            self.name,
            memory.refused,
            memory.top_ups.len(),
            slowest_start.as_millis(),
            slowest_answer.as_millis(),
        ));
    }

    /// Lets so many milliseconds pass at most.
    async fn pass(&mut self, most: u64) {
        sleep(Duration::from_millis(self.random.between(0, most))).await;
    }
}

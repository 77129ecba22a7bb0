//! The process that is simulated: an engine that dies, and the next one on the same database.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::time::Instant;
use engine::charging::Watch;
use engine::idempotency::{self, Answer, Claim, Claimed};
use engine::{Actor, Clock, Engine, TestClock, View, Work};
use storage::Store;
use storage::faults::{Faults, Guard, Point};

use crate::Fault;

/// The tenant.
pub(crate) const TENANT: i64 = 1;

/// An empty database, made once and copied for each world.
pub(crate) struct Template {
    folder: tempfile::TempDir,
}

impl Template {
    /// Makes one, in memory where the machine has files there.
    pub(crate) async fn new() -> Result<Template, Fault> {
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let template = Template { folder: tempfile::Builder::new().prefix("simulation").tempdir_in(parent)? };
        let store = Store::open(&address(&template.file())).await?;
        store.migrate().await?;
        store.close().await;
        Ok(template)
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("template.db")
    }
}

fn address(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

/// A process with its database.
pub(crate) struct Process {
    pub(crate) engine: Engine,
    pub(crate) clock: TestClock,
    pub(crate) watch: Watch,
    /// Who does what people do.
    pub(crate) actor: Actor,
    /// Where it died, how often.
    pub(crate) crashes: BTreeMap<Point, u64>,
    /// Counts its lives.
    pub(crate) life: u64,
    is_killed: bool,
    store: Store,
    /// An engine that no fault meets.
    observer: Engine,
    faults: Faults,
    missing: Vec<Guard>,
    calls_before: u64,
    _folder: tempfile::TempDir,
    address: String,
}

impl Process {
    /// The first one, on a copy of the template.
    pub(crate) async fn start(template: &Template, missing: &[Guard], now: Instant) -> Result<Process, Fault> {
        let folder = tempfile::tempdir_in(template.folder.path())?;
        let file = folder.path().join("world.db");
        std::fs::copy(template.file(), &file)?;
        let address = address(&file);
        let (store, faults, clock) = (Store::open(&address).await?, Faults::new(missing), TestClock::at(now));
        let engine = Engine::new(store.with_faults(faults.clone()).await?, Arc::new(clock.clone()));
        let observer = Engine::new(store.clone(), Arc::new(clock.clone()));
        let watch = Watch::new(&engine);
        let actor = Actor::program(TENANT, "people");
        let (missing, crashes) = (missing.to_vec(), BTreeMap::new());
        Ok(Process {
            engine,
            clock,
            watch,
            actor,
            crashes,
            life: 0,
            is_killed: false,
            store,
            observer,
            faults,
            missing,
            calls_before: 0,
            _folder: folder,
            address,
        })
    }

    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Has the process die at a later call of the store.
    pub(crate) fn dies_at(&self, call: u64) {
        self.faults.die_at(call);
    }

    /// How many calls of the store there were, in all lives: the points at which it could die.
    pub(crate) fn store_calls(&self) -> u64 {
        self.calls_before + self.faults.calls()
    }

    /// Whether it has died; if so, the next one begins.
    pub(crate) async fn revived(&mut self, file_is_reopened: bool) -> Result<Option<Point>, Fault> {
        let Some(point) = self.faults.died_at() else {
            if std::mem::take(&mut self.is_killed) {
                self.begin_again().await?;
            }
            return Ok(None);
        };
        *self.crashes.entry(point).or_default() += 1;
        if file_is_reopened {
            self.store.close().await;
            self.store = Store::open(&self.address).await?;
            self.observer = Engine::new(self.store.clone(), Arc::new(self.clock.clone()));
        }
        self.begin_again().await?;
        Ok(Some(point))
    }

    /// Ends it at once, between two steps. The next one begins when it is revived.
    pub(crate) fn is_killed(&mut self) {
        self.is_killed = true;
        self.life += 1;
    }

    /// Begins a life in which nothing is planned to go wrong.
    pub(crate) async fn begin_again(&mut self) -> Result<(), Fault> {
        self.life += 1;
        self.calls_before += self.faults.calls();
        self.faults = Faults::new(&self.missing);
        let store = self.store.with_faults(self.faults.clone()).await?;
        self.engine = Engine::new(store, Arc::new(self.clock.clone()));
        self.watch = Watch::new(&self.engine);
        Ok(())
    }

    /// What comes of something, if the process lives to tell it.
    pub(crate) async fn alive<T>(&self, doing: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            done = doing => Some(done).filter(|_| self.faults.died_at().is_none()),
            () = self.faults.death() => None,
        }
    }

    /// Reads, past all faults.
    pub(crate) async fn view(&self) -> Result<View, Fault> {
        Ok(self.observer.view(&self.actor).await?)
    }

    /// Does a piece of work under a key, again and again until the process lives to tell that it is done: it is done once.
    pub(crate) async fn once(
        &mut self,
        key: &str,
        work: impl AsyncFn(&mut Work) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.once_as(&self.actor.clone(), key, work).await
    }

    /// The same, done by somebody else.
    pub(crate) async fn once_as(
        &mut self,
        actor: &Actor,
        key: &str,
        work: impl AsyncFn(&mut Work) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let claim = Claim { key: key.to_owned(), fingerprint: key.to_owned() };
        let claimed = async |begun: &mut Work| match idempotency::claim(begun, &claim).await? {
            Claimed::New => {
                work(begun).await?;
                let answer = Answer { status: 200, body: String::new() };
                Ok(idempotency::keep(begun, &claim, &answer).await?)
            }
            Claimed::Done(_) => Ok(()),
            Claimed::Reused => Err(Fault(format!("the key {key} was another request's"))),
        };
        loop {
            if let Some(done) = self.alive(self.done_as(actor, &claimed)).await {
                return done;
            }
            self.revived(false).await?;
        }
    }

    /// Does a piece of work in a transaction.
    pub(crate) async fn done<T>(&self, work: impl AsyncFn(&mut Work) -> Result<T, Fault>) -> Result<T, Fault> {
        self.done_as(&self.actor, work).await
    }

    async fn done_as<T>(&self, actor: &Actor, work: impl AsyncFn(&mut Work) -> Result<T, Fault>) -> Result<T, Fault> {
        let mut begun = self.engine.begin(actor).await?;
        let done = work(&mut begun).await?;
        begun.commit().await?;
        Ok(done)
    }
}

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Weak};

use domain::time::Instant;
use futures::future::BoxFuture;
use serde::Serialize;
use storage::audit::ChangeRecord;
use storage::{FromStorage, ReadTx, Store, Tx, WriteTx};
use tokio::sync::Notify;

use crate::actor::{Actor, Reach};
use crate::changes::{Change, ChangeKind, Changes, Hints};
use crate::charging::Charging;
use crate::clock::Clock;
use crate::ids::new_id;
use crate::lines::phones::Phones;
use crate::measures::Measures;
use crate::people::People;
use crate::prices::Prices;

/// Tollgate's engine: a database, a clock, and the prices in memory.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Arc<dyn Clock>,
    prices: Prices,
    people: People,
    phones: Phones,
    charging: Charging,
    changes: Changes,
    measures: Measures,
    /// Told when jobs were written.
    jobs: Notify,
}

/// An engine, as long as somebody has it.
#[derive(Clone)]
pub(crate) struct WeakEngine(Weak<Inner>);

impl WeakEngine {
    /// The engine, if it is still there.
    pub(crate) fn upgrade(&self) -> Option<Engine> {
        self.0.upgrade().map(Engine)
    }
}

/// What a use case reads in: a transaction of one tenant at one instant.
pub trait Scope: Send {
    /// The transaction.
    fn tx(&mut self) -> &mut Tx;
    /// Who reads.
    fn actor(&self) -> &Actor;
    /// The present instant: the same for all that is done in this transaction.
    fn now(&self) -> Instant;
    /// The prices in memory.
    fn prices(&self) -> &Prices;

    /// The tenant.
    fn tenant(&self) -> i64 {
        self.actor().tenant
    }
    /// Whose records of the tenant are reached.
    fn reach(&self) -> &Reach {
        &self.actor().reach
    }
    /// Whether a record on file is there for who reads. Somebody else's is not: it is to be answered as if there were none, and the
    /// security log tells who asked for it.
    fn finds(&self, noun: &str, id: &str, own: impl FnOnce(&Reach) -> bool) -> bool {
        let found = own(self.reach());
        if !found {
            let Actor { tenant, name, .. } = self.actor();
            tracing::warn!(target: "security", tenant, actor = name.as_str(), noun, id, "asked for a record of somebody else");
        }
        found
    }
}

/// A transaction that changes something.
pub struct Work {
    engine: Engine,
    pub(crate) tx: WriteTx,
    pub(crate) actor: Actor,
    now: Instant,
    /// Whether a runner has jobs to look for after the commit.
    enqueued: bool,
    /// The customers whose balances are changed, and whether money came in.
    moved: BTreeMap<String, bool>,
    /// What else listeners are to be told.
    hints: Vec<Change>,
    /// The agents whose figures are changed.
    earned: BTreeSet<String>,
}

/// A transaction that reads.
pub struct View {
    engine: Engine,
    tx: ReadTx,
    actor: Actor,
    now: Instant,
}

impl Engine {
    /// An engine on this database and clock.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Engine(Arc::new(Inner {
            store,
            clock,
            prices: Prices::default(),
            people: People::default(),
            phones: Phones::default(),
            charging: Charging::default(),
            changes: Changes::default(),
            measures: Measures::default(),
            jobs: Notify::new(),
        }))
    }

    /// The database.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    /// What is known of people in memory.
    pub(crate) fn people(&self) -> &People {
        &self.0.people
    }

    /// What is known of phones in memory.
    pub(crate) fn phones(&self) -> &Phones {
        &self.0.phones
    }

    /// The queues of the charge combiners.
    pub(crate) fn charging(&self) -> &Charging {
        &self.0.charging
    }

    /// What is counted of what it does.
    #[must_use]
    pub fn measures(&self) -> &Measures {
        &self.0.measures
    }

    pub(crate) fn downgrade(&self) -> WeakEngine {
        WeakEngine(Arc::downgrade(&self.0))
    }

    /// Hints of what changes from now on, in all tenants: by this engine, and by other programs on the database that are
    /// [heard](Engine::keep_in_touch).
    #[must_use]
    pub fn changes(&self) -> Hints {
        self.0.changes.listen()
    }

    /// Hints of what this engine itself changes from now on.
    pub(crate) fn own_changes(&self) -> Hints {
        self.0.changes.listen_to_own()
    }

    /// Who listens to changes.
    pub(crate) fn listeners(&self) -> &Changes {
        &self.0.changes
    }

    /// Tells who listens that something has changed; only after the commit.
    pub(crate) fn tell(&self, change: Change) {
        self.0.changes.tell(change);
    }

    /// Ready when this engine has written jobs.
    pub(crate) async fn jobs_written(&self) {
        self.0.jobs.notified().await;
    }

    /// Begins to change something.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn begin(&self, actor: &Actor) -> Result<Work, storage::Error> {
        let tx = self.0.store.write().await?;
        let (engine, actor, now) = (self.clone(), actor.clone(), self.0.clock.now());
        Ok(Work {
            engine,
            tx,
            actor,
            now,
            enqueued: false,
            moved: BTreeMap::new(),
            hints: Vec::new(),
            earned: BTreeSet::new(),
        })
    }

    /// Begins to read.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn view(&self, actor: &Actor) -> Result<View, storage::Error> {
        let tx = self.0.store.read().await?;
        Ok(View { engine: self.clone(), tx, actor: actor.clone(), now: self.0.clock.now() })
    }

    /// Does a piece of work and makes it last: all of it, or (where it refuses) nothing. Where another transaction was in the
    /// way it is begun again, so the closure may run more than once.
    ///
    /// # Errors
    /// What the work refuses, or the database does not answer.
    pub async fn run<T, E>(
        &self,
        actor: &Actor,
        work: impl for<'w> Fn(&'w mut Work) -> BoxFuture<'w, Result<T, E>> + Send + Sync,
    ) -> Result<T, E>
    where
        T: Send,
        E: From<storage::Error> + FromStorage + Send,
    {
        storage::retry(async || {
            let mut begun = self.begin(actor).await?;
            let done = work(&mut begun).await?;
            begun.commit().await?;
            Ok(done)
        })
        .await
    }
}

impl Work {
    /// Makes what was done last.
    ///
    /// # Errors
    /// The database did not say that it has.
    pub async fn commit(self) -> Result<(), storage::Error> {
        self.tx.commit().await?;
        if self.enqueued {
            self.engine.0.jobs.notify_one();
        }
        for hint in self.hints {
            self.engine.tell(hint);
        }
        for (id, came_in) in self.moved {
            let kind = if came_in { ChangeKind::Funds } else { ChangeKind::Balance };
            let customer = Some(id.clone());
            self.engine.tell(Change { tenant: self.actor.tenant, kind, id, customer, agent: None });
        }
        for id in self.earned {
            let (kind, agent) = (ChangeKind::Figures, Some(id.clone()));
            self.engine.tell(Change { tenant: self.actor.tenant, kind, id, customer: None, agent });
        }
        Ok(())
    }

    /// Has listeners told of a customer's balance after the commit.
    pub(crate) fn has_moved(&mut self, customer: &str, came_in: bool) {
        *self.moved.entry(customer.to_owned()).or_default() |= came_in;
    }

    /// Has listeners told of a change after the commit.
    pub(crate) fn tells(&mut self, change: Change) {
        self.hints.push(change);
    }

    /// Has listeners told of an agent's figures after the commit.
    pub(crate) fn has_earned(&mut self, agent: &str) {
        self.earned.insert(agent.to_owned());
    }

    /// Has a runner look for jobs after the commit.
    pub(crate) fn has_enqueued(&mut self) {
        self.enqueued = true;
    }

    /// A new id with this prefix.
    pub(crate) fn id(&self, prefix: &str) -> String {
        new_id(prefix, self.now)
    }

    /// Writes down who changed what, from what to what.
    pub(crate) async fn audit<T: Serialize + Sync>(
        &mut self,
        action: &str,
        subject: &str,
        before: Option<&T>,
        after: Option<&T>,
    ) -> Result<(), storage::Error> {
        let record = self.change(action, subject, before, after);
        storage::audit::insert(&mut self.tx, &record).await
    }

    /// What the audit trail says of a change.
    pub(crate) fn change<T: Serialize>(
        &self,
        action: &str,
        subject: &str,
        before: Option<&T>,
        after: Option<&T>,
    ) -> ChangeRecord {
        let text = |value: Option<&T>| value.and_then(|value| serde_json::to_string(value).ok());
        ChangeRecord {
            tenant: self.actor.tenant,
            id: self.id("aud"),
            at: self.now.millis(),
            actor: self.actor.name.clone(),
            action: action.to_owned(),
            subject: subject.to_owned(),
            before: text(before),
            after: text(after),
            person: None,
        }
    }
}

impl Scope for Work {
    fn tx(&mut self) -> &mut Tx {
        &mut self.tx
    }
    fn actor(&self) -> &Actor {
        &self.actor
    }
    fn now(&self) -> Instant {
        self.now
    }
    fn prices(&self) -> &Prices {
        &self.engine.0.prices
    }
}

impl Scope for View {
    fn tx(&mut self) -> &mut Tx {
        &mut self.tx
    }
    fn actor(&self) -> &Actor {
        &self.actor
    }
    fn now(&self) -> Instant {
        self.now
    }
    fn prices(&self) -> &Prices {
        &self.engine.0.prices
    }
}

/// An error enum with a variant `Storage(storage::Error)` tells its database error to the retry of [`Engine::run`], and that of
/// the errors which it carries: `carries_storage!(LineError: Customer, Plan, Tenant)`.
macro_rules! carries_storage {
    ($error:ty $(: $($carried:ident),+)?) => {
        impl storage::FromStorage for $error {
            fn storage_error(&self) -> Option<&storage::Error> {
                match self {
                    Self::Storage(error) => Some(error),
                    $($(Self::$carried(error) => storage::FromStorage::storage_error(error),)+)?
                    _ => None,
                }
            }
        }
    };
}
pub(crate) use carries_storage;

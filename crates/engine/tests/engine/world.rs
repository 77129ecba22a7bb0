//! A world for a test: a fresh database, a clock that stands still, a tenant, and its records in a line each.

use std::sync::Arc;
use std::time::Duration;

use domain::money::{Amount, Currency};
use domain::plan::Plan;
use domain::time::{Instant, Zone};
use engine::customers::{self, Customer, Details, Mode, NewCustomer};
use engine::lines::{self, Line, NewLine};
use engine::plans::{self, StoredPlan};
use engine::tenants::{self, Amounts, Fraud, Settings};
use engine::{Actor, Engine, TestClock, View, Work, accounts, books};
use futures::StreamExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use storage::audit::ChangeRecord;
use storage::{FromStorage, Store};

use crate::databases;

/// When a world begins.
pub(crate) const BEGIN: &str = "2026-03-02T09:00:00Z";

/// An engine with a tenant of its own: US dollars, UTC.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) clock: TestClock,
    /// Who does what the test does: the tenant's owner.
    pub(crate) actor: Actor,
}

/// How many works are under way together: more than there are connections to PostgreSQL.
const IN_FLIGHT: usize = 32;

/// Commits the first work when the second has come to wait for it: on SQLite to begin, on PostgreSQL for what the first has
/// written. What came of the second.
pub(crate) async fn overtaken<T>(first: Work, second: impl Future<Output = T>) -> T {
    let ends = async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        first.commit().await.unwrap();
    };
    tokio::join!(ends, second).1
}

/// Runs a case in a fresh world on each engine.
pub(crate) async fn on_both(case: impl AsyncFn(World)) {
    databases::on_both(async |store| case(World::founded(store).await).await).await;
}

pub(crate) fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

pub(crate) fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

pub(crate) fn currency(code: &str) -> Currency {
    Currency::parse(code).unwrap()
}

/// Limits that tests of other things do not reach.
pub(crate) fn wide_limits() -> Fraud {
    let none = Amounts::from([(currency("USD"), None), (currency("EUR"), None)]);
    Fraud {
        calls_at_once: 10_000,
        tenant_calls_at_once: None,
        set_ups_per_minute: 1000,
        spend_per_day: none.clone(),
        cost_per_call: none,
        high_cost_calls: 1000,
        ..Fraud::default()
    }
}

impl World {
    pub(crate) async fn founded(store: Store) -> World {
        let clock = TestClock::at(at(BEGIN));
        let engine = Engine::new(store, Arc::new(clock.clone()));
        let actor = Actor::program(1, "test");
        let world = World { engine, clock, actor };
        world.found().await;
        world
    }

    async fn found(&self) {
        let mut settings = Settings::new(currency("USD"), Zone::named("UTC").unwrap());
        settings.fraud = wide_limits();
        self.run(async |work| tenants::found(work, "Helpline", settings, false).await).await.unwrap();
    }

    /// A transaction that changes something; it must be committed.
    pub(crate) async fn work(&self) -> Work {
        self.engine.begin(&self.actor).await.unwrap()
    }

    /// A transaction that reads.
    pub(crate) async fn view(&self) -> View {
        self.engine.view(&self.actor).await.unwrap()
    }

    /// Does a piece of work and makes it last, or (where it refuses) nothing of it. [`Engine::run`] is the door that begins
    /// again where others are in the way; a test that is alone needs none.
    pub(crate) async fn run<T, E: From<storage::Error>>(
        &self,
        work: impl AsyncFnOnce(&mut Work) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut begun = self.engine.begin(&self.actor).await?;
        let done = work(&mut begun).await?;
        begun.commit().await?;
        Ok(done)
    }

    /// Does the same with each input, many at a time and each in its own transaction, as the program does it: what came of each.
    pub(crate) async fn at_once<I: Clone + Send + Sync, T: Send, E: From<storage::Error> + FromStorage + Send>(
        &self,
        inputs: impl IntoIterator<Item = I>,
        work: impl for<'w> Fn(&'w mut Work, I) -> BoxFuture<'w, Result<T, E>> + Send + Sync,
    ) -> Vec<Result<T, E>> {
        let work = &work;
        let each = inputs
            .into_iter()
            .map(|input| async move { self.engine.run(&self.actor, |begun| work(begun, input.clone())).await });
        futures::stream::iter(each.collect::<Vec<_>>()).buffer_unordered(IN_FLIGHT).collect().await
    }

    /// Another tenant in the same database, with the same settings.
    pub(crate) async fn neighbour(&self) -> World {
        let actor = Actor { tenant: 2, ..self.actor.clone() };
        let world = World { engine: self.engine.clone(), clock: self.clock.clone(), actor };
        world.found().await;
        world
    }

    /// What a customer or an agent has, in US dollars.
    pub(crate) async fn balance(&self, owner: &str) -> Amount {
        accounts::get(&mut self.view().await, owner, currency("USD")).await.unwrap().balance
    }

    /// What does not add up.
    pub(crate) async fn faults(&self) -> Vec<String> {
        books::check(&mut self.view().await).await.unwrap().faults
    }

    /// Changes the tenant's settings.
    pub(crate) async fn settings(&self, change: impl FnOnce(&mut Settings)) {
        let tenant = tenants::get(&mut self.view().await).await.unwrap();
        let mut settings = tenant.settings;
        change(&mut settings);
        self.run(async |work| tenants::update(work, &tenant.name, settings, tenant.version).await).await.unwrap();
    }

    /// A postpaid customer without credit limit.
    pub(crate) async fn customer(&self, name: &str) -> Customer {
        self.customer_like(name, Mode::Postpaid).await
    }

    /// A prepaid customer, with nothing on the account.
    pub(crate) async fn prepaid_customer(&self, name: &str) -> Customer {
        self.customer_like(name, Mode::Prepaid).await
    }

    async fn customer_like(&self, name: &str, mode: Mode) -> Customer {
        let details = Details { organisation: Some(name.to_owned()), ..Details::default() };
        let new = NewCustomer { details, external_reference: None, mode, currency: None, credit_limit: None };
        self.run(async |work| customers::create(work, new).await).await.unwrap()
    }

    /// A plan: what the document does not say is postpaid, in US dollars, at 0.05 a minute.
    pub(crate) async fn plan(&self, name: &str, mut document: Value) -> StoredPlan {
        let fields = document.as_object_mut().unwrap();
        for (field, value) in [
            ("name", json!(name)),
            ("kind", json!("postpaid")),
            ("currency", json!("USD")),
            ("rate", json!({"price_per_minute": "0.05"})),
        ] {
            fields.entry(field).or_insert(value);
        }
        let plan = Plan::read(document.to_string().as_bytes()).unwrap();
        self.run(async |work| plans::create(work, plan).await).await.unwrap().0
    }

    /// A line of the customer's, open since the year began.
    pub(crate) async fn line(&self, customer: &Customer, number: &str, plan: &StoredPlan) -> Line {
        let new = NewLine {
            customer: customer.id.clone(),
            number: number.to_owned(),
            plan: plan.id.clone(),
            opened_at: Some(at("2026-01-01T00:00:00Z")),
        };
        self.run(async |work| lines::open(work, new).await).await.unwrap()
    }

    /// What was done to a subject, the last first.
    pub(crate) async fn changes(&self, subject: &str) -> Vec<ChangeRecord> {
        engine::audit::page(&mut self.view().await, Some(subject), None, 100).await.unwrap()
    }
}

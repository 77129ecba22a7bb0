//! A world for a test: a fresh database, a clock that stands still, a tenant, and its records in a line each.

use std::sync::Arc;

use domain::money::{Amount, Currency};
use domain::plan::Plan;
use domain::time::{Instant, Zone};
use engine::customers::{self, Customer, Details, Mode, NewCustomer};
use engine::lines::{self, Line, NewLine};
use engine::plans::{self, StoredPlan};
use engine::tenants::{self, Settings};
use engine::{Actor, Engine, Role, TestClock, View, Work};
use serde_json::{Value, json};
use storage::Store;
use storage::audit::ChangeRecord;

use crate::databases;

/// When a world begins.
pub(crate) const BEGIN: &str = "2026-03-02T09:00:00Z";

/// An engine with a tenant of its own: US dollars, UTC.
pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) clock: TestClock,
    /// Who does what the test does: the tenant's owner.
    pub(crate) actor: Actor,
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

impl World {
    async fn founded(store: Store) -> World {
        let clock = TestClock::at(at(BEGIN));
        let engine = Engine::new(store, Arc::new(clock.clone()));
        let actor = Actor { tenant: 1, name: "test".to_owned(), role: Role::Owner };
        let world = World { engine, clock, actor };
        let settings = Settings::new(currency("USD"), Zone::named("UTC").unwrap());
        world.run(async |work| tenants::found(work, "Helpline", settings, false).await).await.unwrap();
        world
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

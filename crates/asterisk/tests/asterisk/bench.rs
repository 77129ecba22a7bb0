//! An exchange with a real Asterisk, and lines whose phones have registered there.

use std::sync::Arc;
use std::time::Duration;

use asterisk::{Asterisk, Settings};
use domain::dial_plan::DialPlan;
use domain::time::Instant;
use engine::calls::{self, Call};
use engine::customers::Customer;
use engine::lines::phones;
use engine::switching::{Exchange, Switch};
use engine::{Clock, charging, sip_accounts};
use serde_json::json;
use tokio::task::JoinSet;

use crate::pbx::{Account, Answering, Pbx, Phone};
use crate::world::World;

/// The exchange, its Asterisk, and lines with their accounts.
pub(crate) struct Bench {
    pub(crate) world: World,
    pub(crate) exchange: Exchange,
    pub(crate) asterisk: Arc<Asterisk>,
    pub(crate) pbx: Pbx,
    pub(crate) customer: Customer,
    accounts: Vec<Account>,
    tasks: JoinSet<()>,
}

impl Bench {
    /// With postpaid lines 0001 to 0003 at 0.60 a minute, by the second; none where this machine has no Asterisk.
    pub(crate) async fn new(world: World) -> Option<Bench> {
        Bench::with_lines(world, &["0001", "0002", "0003"]).await
    }

    /// With lines like these, and other numbers: three at most.
    pub(crate) async fn with_lines(world: World, numbers: &[&str]) -> Option<Bench> {
        let pbx = Pbx::start().await?;
        let customer = world.customer("Caller").await;
        let plan = world.plan("Talk", json!({"rate": {"price_per_minute": "0.60", "increment_seconds": 1}})).await;
        let mut accounts = Vec::new();
        for number in numbers {
            let line = world.line(&customer, number, &plan).await;
            accounts.push(account(&world, &line.id).await);
        }
        let exchange = Exchange::new(&world.engine);
        let asterisk = Bench::switch(&exchange, &pbx);
        let mut bench = Bench { world, exchange, asterisk, pbx, customer, accounts, tasks: JoinSet::new() };
        bench.opens().await;
        Some(bench)
    }

    /// Has the first phone be that of a line of a prepaid customer.
    pub(crate) async fn prepaid(&mut self, number: &str) -> Customer {
        let customer = self.world.prepaid_customer("Prepaid").await;
        self.line_of(&customer, 0, number).await;
        customer
    }

    /// Has the phone at this place be that of another line, of a prepaid customer.
    pub(crate) async fn line_of(&mut self, customer: &Customer, place: usize, number: &str) {
        let rate = json!({"price_per_minute": "0.60", "increment_seconds": 1});
        let name = format!("Prepaid {number}");
        let plan = self.world.plan(&name, json!({"kind": "prepaid", "rate": rate})).await;
        let line = self.world.line(customer, number, &plan).await;
        self.accounts[place] = account(&self.world, &line.id).await;
    }

    fn switch(exchange: &Exchange, pbx: &Pbx) -> Arc<Asterisk> {
        let settings = settings(pbx, "pbx");
        Asterisk::new(exchange, vec![settings]).unwrap()
    }

    async fn opens(&mut self) {
        self.exchange.attach(self.asterisk.clone());
        self.tasks.spawn(self.exchange.clone().run());
        self.tasks.spawn(charging::lengthen_calls(self.world.engine.clone()));
        let seen_at = self.exchange.become_switch(self.asterisk.name()).await;
        let asterisk = self.asterisk.clone();
        self.tasks.spawn(async move { asterisk.carry(seen_at).await.unwrap() });
    }

    /// The phones of the first lines, registered, which take calls when they are told to.
    pub(crate) async fn phones(&self, how_many: usize) -> Vec<Phone> {
        self.pbx.phones_of(&self.accounts[..how_many], Answering::ByHand).await
    }

    /// Another program takes the exchange over, as after a restart; what happens between the two, nobody of us hears.
    pub(crate) async fn restarts(&mut self, between: impl AsyncFnOnce(&Pbx)) {
        self.exchange.close().await;
        self.tasks.shutdown().await;
        between(&self.pbx).await;
        self.exchange = Exchange::new(&self.world.engine);
        self.asterisk = Bench::switch(&self.exchange, &self.pbx);
        self.opens().await;
    }

    /// Moves the clock, second by second, so that what is due in between is done.
    pub(crate) async fn pass(&self, seconds: i64) {
        for _ in 0..seconds {
            let now = self.world.clock.now();
            self.world.clock.move_to(Instant::clamped(now.millis() + 1000));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    /// The id of the line with this number.
    pub(crate) async fn line(&self, number: &str) -> String {
        let number = DialPlan::default().canonical(number).unwrap();
        phones::of_number(&mut self.world.view().await, &number).await.unwrap().unwrap().line
    }

    /// Has the clock go as real ones do, until what this returns is dropped.
    pub(crate) fn time_goes_by(&self) -> JoinSet<()> {
        let (clock, begin, begun) = (self.world.clock.clone(), self.world.clock.now(), tokio::time::Instant::now());
        let mut ticking = JoinSet::new();
        ticking.spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_millis(10)).await;
                let passed = i64::try_from(begun.elapsed().as_millis()).unwrap();
                clock.move_to(Instant::clamped(begin.millis() + passed));
            }
        });
        ticking
    }

    /// The last call's record, when no call is left.
    pub(crate) async fn last_call(&self) -> Call {
        self.is_quiet().await;
        self.newest_call().await.expect("a call was made")
    }

    /// The record of the call that began last.
    pub(crate) async fn newest_call(&self) -> Option<Call> {
        let mut view = self.world.view().await;
        calls::history(&mut view, &calls::Filter::default(), None, 1).await.unwrap().pop()
    }

    /// Waits until Asterisk is known to be gone.
    pub(crate) async fn loses_its_switch(&self) {
        let is_lost = soon(async || self.asterisk.places().is_empty().then_some(())).await;
        is_lost.expect("somebody notices that Asterisk is gone");
    }

    /// Waits until no call is left.
    pub(crate) async fn is_quiet(&self) {
        let is_quiet = soon(async || self.exchange.calls(self.world.actor.tenant).is_empty().then_some(())).await;
        is_quiet.expect("every call ends");
    }
}

/// What there is to see, once there is: none, where even a machine with much else to do would have shown it.
pub(crate) async fn soon<T>(mut look: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let begun = tokio::time::Instant::now();
    while begun.elapsed() < Duration::from_secs(30) {
        let seen = look().await;
        if seen.is_some() {
            return seen;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    None
}

/// Runs a case with fresh phones on each engine.
pub(crate) async fn on_both(case: impl AsyncFn(Bench)) {
    crate::world::on_both(async |world| {
        if let Some(bench) = Bench::new(world).await {
            case(bench).await;
        }
    })
    .await;
}

/// What is to be known of an Asterisk with this name.
pub(crate) fn settings(pbx: &Pbx, name: &str) -> Settings {
    Settings {
        name: name.to_owned(),
        url: pbx.ari_url().parse().unwrap(),
        user: pbx.user().to_owned(),
        password: pbx.password().to_owned(),
        application: "tollgate".to_owned(),
        accounts: Some(pbx.accounts_file()),
        context: "from-phone".to_owned(),
    }
}

async fn account(world: &World, line: &str) -> Account {
    account_at(world, line, None).await
}

/// A new account of a line at the Asterisk of this name, or the first.
pub(crate) async fn account_at(world: &World, line: &str, asterisk: Option<&str>) -> Account {
    let made = world.run(async |work| sip_accounts::make(work, line, asterisk.map(str::to_owned)).await).await;
    let (account, password) = made.unwrap();
    Account { username: account.username, password: password.reveal().to_owned() }
}

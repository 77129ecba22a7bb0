//! Calls on their way: the exchange between a switch, which the test plays, and charging.

mod agents;
mod call_backs;
mod contract;
mod emergency;
mod groups;
mod messages;
mod outside;
mod recorded;
mod refused;
mod talking;
mod texts;
mod trunk_costs;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::call_flow::{Action, Cause, Event, Leg, Party};
use domain::time::Instant;
use engine::calls::{self, Call};
use engine::lines::Line;
use engine::switching::{Audio, CallRef, Capability, Exchange, NotHandedOver, Notice, Switch};
use engine::{Clock, Scope, charging};
use futures::future::BoxFuture;

use crate::world::World;

/// A switch that writes down what it is to do.
#[derive(Default)]
struct Recorder {
    done: Mutex<Vec<(CallRef, Action)>>,
    told: Mutex<Vec<(CallRef, Notice)>>,
    /// What it answers who asks for a recording, the last first.
    recorded: Mutex<Vec<Result<Audio, NotHandedOver>>>,
    /// What it was told that it is kept.
    forgotten: Mutex<Vec<String>>,
    /// What it can do; what most switches can, where nothing is named.
    can: &'static [Capability],
}

impl Switch for Recorder {
    fn name(&self) -> &'static str {
        "recorder"
    }

    fn capabilities(&self) -> &'static [Capability] {
        if self.can.is_empty() { &[Capability::Bridging, Capability::Text, Capability::RingsAtOnce] } else { self.can }
    }

    fn places(&self) -> Vec<String> {
        vec!["here".to_owned()]
    }

    fn perform<'a>(&'a self, call: &'a CallRef, actions: &'a [Action]) -> BoxFuture<'a, ()> {
        self.done.lock().unwrap().extend(actions.iter().map(|action| (call.clone(), action.clone())));
        Box::pin(async {})
    }

    fn recording<'a>(&'a self, _: &'a CallRef, _: &'a str) -> BoxFuture<'a, Result<Audio, NotHandedOver>> {
        let next = self.recorded.lock().unwrap().pop();
        Box::pin(async move { next.unwrap_or(Err(NotHandedOver::Gone)) })
    }

    fn is_kept<'a>(&'a self, _: &'a CallRef, reference: &'a str) -> BoxFuture<'a, ()> {
        self.forgotten.lock().unwrap().push(reference.to_owned());
        Box::pin(async {})
    }

    fn tell(&self, call: &CallRef, _leg: Leg, notice: &Notice) {
        self.told.lock().unwrap().push((call.clone(), notice.clone()));
    }
}

/// An exchange with that switch.
struct Bench<'w> {
    world: &'w World,
    exchange: Exchange,
    switch: Arc<Recorder>,
    running: tokio::task::JoinHandle<()>,
}

impl Drop for Bench<'_> {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl<'w> Bench<'w> {
    async fn new(world: &'w World) -> Bench<'w> {
        Bench::with(world, &[]).await
    }

    /// With a switch that can do this, and nothing else.
    async fn with(world: &'w World, can: &'static [Capability]) -> Bench<'w> {
        let (exchange, switch) = (Exchange::new(&world.engine), Arc::new(Recorder { can, ..Recorder::default() }));
        exchange.attach(switch.clone());
        let running = tokio::spawn(exchange.clone().run());
        Bench { world, exchange, switch, running }
    }

    /// A line dials.
    fn dials(&self, line: &Line, number: &str) -> CallRef {
        self.calls(Party { line: Some(line.id.clone()), number: line.number.clone() }, number)
    }

    /// Somebody calls a number.
    fn calls(&self, caller: Party, number: &str) -> CallRef {
        let call = self.exchange.new_call("recorder", self.world.actor.tenant);
        self.exchange.incoming(&call, caller, number.to_owned());
        call
    }

    /// A line dials, and its call is answered and taken up.
    async fn talks(&self, line: &Line, number: &str) -> CallRef {
        let call = self.dials(line, number);
        self.is_done(&call, |action| matches!(action, Action::RingLeg { .. })).await;
        for event in [Event::LegRinging(Leg(1)), Event::LegAnswered(Leg(1)), Event::LegAnswered(Leg::FIRST)] {
            self.exchange.event(&call, event).await.unwrap();
        }
        self.answered(&call).await;
        call
    }

    /// Waits until charging knows of the answer.
    async fn answered(&self, call: &CallRef) {
        within(async || self.record(call).await.is_some_and(|call| call.answered_at.is_some())).await;
        // The cost is loaded after that.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    /// Waits until the call was granted more, so that the money reaches for so many seconds, and its switch has heard of it.
    async fn lengthened(&self, call: &CallRef, seconds: i64) {
        let id = self.record(call).await.expect("a call that was answered is on record").id;
        within(async || {
            let session = charging::get(&mut self.world.view().await, &id).await.unwrap();
            session.session.granted.reaches_seconds == Some(seconds)
        })
        .await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    /// Waits for an action of a call.
    async fn is_done(&self, call: &CallRef, wanted: impl Fn(&Action) -> bool) -> Action {
        let find = || {
            let done = self.switch.done.lock().unwrap();
            done.iter().find(|(of, action)| of == call && wanted(action)).map(|(_, action)| action.clone())
        };
        within(async || find().is_some()).await;
        find().unwrap()
    }

    /// Waits until the caller's leg is ended, and tells why.
    async fn refused(&self, call: &CallRef) -> Cause {
        match self.is_done(call, |action| matches!(action, Action::EndLeg { leg: Leg::FIRST, .. })).await {
            Action::EndLeg { cause, .. } => cause,
            other => panic!("{other:?}"),
        }
    }

    async fn hangs_up(&self, call: &CallRef, leg: Leg) {
        self.exchange.event(call, Event::LegEnded { leg, cause: Cause::HungUp, at: None }).await.unwrap();
    }

    /// Waits until the call is over for charging, and answers its record.
    async fn over(&self, call: &CallRef) -> Call {
        within(async || !self.exchange.calls(call.tenant).contains(call)).await;
        self.record(call).await.unwrap_or_else(|| panic!("{call:?} has no record"))
    }

    /// The call's record, also while it runs.
    async fn record(&self, call: &CallRef) -> Option<Call> {
        self.record_of(&call.origin).await
    }

    async fn record_of(&self, origin: &str) -> Option<Call> {
        let mut view = self.world.view().await;
        let tenant = self.world.actor.tenant;
        let found = storage::charging::by_origins(view.tx(), tenant, &[origin]).await.unwrap().pop()?;
        Some(calls::get(&mut view, &found.id).await.unwrap())
    }

    /// Moves the clock, second by second, so that what is due in between is done.
    async fn pass(&self, seconds: i64) {
        for _ in 0..seconds {
            let now = self.world.clock.now();
            self.world.clock.move_to(Instant::clamped(now.millis() + 1000));
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }

    /// The seconds, costs and what remained that the payer was shown.
    fn meter(&self) -> Vec<(i64, String, Option<i64>)> {
        let told = self.switch.told.lock().unwrap();
        let meters = told.iter().filter_map(|(_, notice)| match notice {
            Notice::Meter(meter) => Some((meter.seconds, meter.cost.to_string(), meter.remaining_seconds)),
            Notice::Charged { .. } => None,
        });
        meters.collect()
    }

    fn warnings(&self) -> Vec<i64> {
        let done = self.switch.done.lock().unwrap();
        let warnings = done.iter().filter_map(|(_, action)| match action {
            Action::Warn { remaining_seconds, .. } => Some(*remaining_seconds),
            _ => None,
        });
        warnings.collect()
    }
}

/// Waits until it is so.
async fn within(is_so: impl AsyncFn() -> bool) {
    for _ in 0..2000 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it does not come");
}

//! What is counted of what the engine does, for whoever watches over it: numbers alone, of no tenant, nobody's number and no record.

use std::time::Duration;

use domain::call_flow::Ending;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use serde::Serialize;

use crate::charging::{ChargingError, Reply, Step, What};
use crate::jobs::JobFailure;

/// Requests in a transaction of the charge combiner: to the most that it takes.
const BATCH_SIZES: [f64; 8] = [1.0, 2.0, 4.0, 16.0, 64.0, 128.0, 256.0, 512.0];
/// How long such a transaction takes, in seconds.
const BATCH_SECONDS: [f64; 10] = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// What charging is asked, in the order of [`kind_of`].
const KINDS: [&str; 9] =
    ["authorize", "answer", "carry", "extend", "settle", "release", "heartbeat", "tend", "lengthen"];
/// What becomes of it, in the order of [`outcome_of`].
const OUTCOMES: [&str; 6] = ["granted", "ended", "refused", "busy", "unavailable", "failed"];

type Labels<const N: usize> = [(&'static str, &'static str); N];

/// What is counted of what the engine does.
#[derive(Debug, Default)]
pub struct Measures {
    pub(crate) charging: ChargingMeasures,
    begun: Family<Labels<1>, Counter>,
    ended: Family<[(&'static str, String); 3], Counter>,
    jobs: Family<[(&'static str, String); 2], Counter>,
}

/// What is counted of charging. A request costs additions and no memory.
#[derive(Debug, Clone)]
pub(crate) struct ChargingMeasures {
    requests: Family<Labels<2>, Counter>,
    /// The same by kind and outcome.
    answers: [[Counter; OUTCOMES.len()]; KINDS.len()],
    queues: Family<Labels<1>, Gauge>,
    /// Requests about calls that run, which wait for a transaction.
    pub(crate) running: Gauge,
    /// New calls that wait for one.
    pub(crate) new_calls: Gauge,
    /// Requests that the database could not take, and that are tried again.
    pub(crate) kept: Gauge,
    sizes: Histogram,
    seconds: Histogram,
}

impl Default for ChargingMeasures {
    fn default() -> Self {
        let requests = Family::<Labels<2>, Counter>::default();
        let queues = Family::<Labels<1>, Gauge>::default();
        let answers = KINDS
            .map(|kind| OUTCOMES.map(|outcome| requests.get_or_create_owned(&[("kind", kind), ("outcome", outcome)])));
        ChargingMeasures {
            answers,
            requests,
            running: queues.get_or_create_owned(&[("queue", "running")]),
            new_calls: queues.get_or_create_owned(&[("queue", "new_calls")]),
            kept: queues.get_or_create_owned(&[("queue", "kept")]),
            queues,
            sizes: Histogram::new(BATCH_SIZES),
            seconds: Histogram::new(BATCH_SECONDS),
        }
    }
}

impl Measures {
    /// Has a registry show them.
    pub fn register(&self, registry: &mut Registry) {
        let charging = &self.charging;
        registry.register(
            "charging_requests",
            "What charging was asked for calls while they run, and what became of it",
            charging.requests.clone(),
        );
        registry.register(
            "charging_waiting",
            "Requests that wait for charging: about running calls, of new ones, and kept while the database is away",
            charging.queues.clone(),
        );
        registry.register(
            "charging_batch_requests",
            "How many requests a transaction of charging decided together",
            charging.sizes.clone(),
        );
        registry.register(
            "charging_batch_duration_seconds",
            "How long a transaction of charging took, from its beginning to its commit",
            charging.seconds.clone(),
        );
        registry.register("calls_begun", "Calls that came in at a switch or were placed at one", self.begun.clone());
        registry.register(
            "calls_ended",
            "Calls that are over, by how it went (outcome) and why it ended (cause)",
            self.ended.clone(),
        );
        registry.register(
            "jobs_tried",
            "Tries of jobs by what became of them: done, retry (it failed, and is tried again), postponed, given_up",
            self.jobs.clone(),
        );
    }

    pub(crate) fn call_begun(&self, switch: &'static str) {
        self.begun.get_or_create(&[("switch", switch)]).inc();
    }

    pub(crate) fn call_ended(&self, switch: &'static str, ending: &Ending) {
        let labels =
            [("switch", switch.to_owned()), ("outcome", name_of(&ending.outcome)), ("cause", name_of(&ending.cause))];
        self.ended.get_or_create(&labels).inc();
    }

    /// Counts a try of a job of this kind.
    pub(crate) fn job_tried(&self, kind: &str, failure: Option<&JobFailure>, is_last: bool) {
        let outcome = match failure {
            None => "done",
            Some(JobFailure::NotYet(_)) => "postponed",
            Some(_) if is_last => "given_up",
            Some(_) => "retry",
        };
        // All outcomes are shown from the first try on: what begins with 1 has not increased, for who asks by how much.
        for possible in ["done", "postponed", "retry", "given_up"] {
            let counter = self.jobs.get_or_create_owned(&[("kind", kind.to_owned()), ("outcome", possible.to_owned())]);
            counter.inc_by(u64::from(possible == outcome));
        }
    }
}

impl ChargingMeasures {
    /// Counts what became of a request of this [kind](kind_of).
    pub(crate) fn answered(&self, kind: usize, answer: &Result<Reply, ChargingError>) {
        if let Some(counter) = self.answers.get(kind).and_then(|counters| counters.get(outcome_of(answer))) {
            counter.inc();
        }
    }

    /// Counts a transaction that decided so many requests.
    pub(crate) fn decided(&self, requests: usize, took: Duration) {
        self.sizes.observe(f64::from(u32::try_from(requests).unwrap_or(u32::MAX)));
        self.seconds.observe(took.as_secs_f64());
    }
}

/// Which of [`KINDS`] a request is.
pub(crate) fn kind_of(what: &What) -> usize {
    match what {
        What::Authorize(_) => 0,
        What::Step { step, .. } => match step {
            Step::Answer { .. } => 1,
            Step::Carry(_) => 2,
            Step::Extend => 3,
            Step::Settle(_) => 4,
            Step::Release => 5,
            Step::Beat => 6,
            Step::Tend => 7,
            Step::Lengthen => 8,
        },
    }
}

/// Which of [`OUTCOMES`] an answer is.
fn outcome_of(answer: &Result<Reply, ChargingError>) -> usize {
    match answer {
        Ok(Reply::Granted(_)) => 0,
        Ok(Reply::Ended(_)) => 1,
        Err(ChargingError::Refused(_)) => 2,
        Err(ChargingError::Busy) => 3,
        Err(error) if error.is_outage() => 4,
        Err(_) => 5,
    }
}

/// The name of a variant.
fn name_of(value: &impl Serialize) -> String {
    let name = serde_json::to_value(value).ok();
    name.as_ref().and_then(|name| name.as_str()).unwrap_or("other").to_owned()
}

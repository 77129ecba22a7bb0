use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::dial_plan::DialPlan;
use tokio::sync::{mpsc, oneshot, watch};

use super::batch::{self, Asked, Outcome};
use super::{ChargingError, Reply, Request, What};
use crate::Engine;
use crate::measures::{ChargingMeasures, kind_of};
use crate::work::WeakEngine;

/// Most requests in one transaction.
const MOST_AT_ONCE: usize = 512;
/// Most new calls that wait; more are told to try again.
const MOST_NEW_CALLS: usize = 2 * MOST_AT_ONCE;
/// How long is waited before what the database could not take is tried again.
const PAUSE: Duration = Duration::from_millis(200);

/// The charge combiner of each tenant: a queue, and one transaction at a time for all that has gathered in it meanwhile.
///
/// What is said of calls that run comes before new calls, and is never turned away; new calls are, where too many wait, but for
/// those to emergency and service numbers.
#[derive(Debug, Default)]
pub struct Charging {
    queues: Mutex<HashMap<i64, Queue>>,
}

#[derive(Debug, Clone)]
struct Queue {
    running: mpsc::UnboundedSender<Waiting>,
    new_calls: mpsc::Sender<Waiting>,
    /// As the last transaction found it.
    dial_plan: watch::Receiver<DialPlan>,
}

/// A request that waits for its answer.
#[derive(Debug)]
struct Waiting {
    request: Asked,
    answer: oneshot::Sender<Result<Reply, ChargingError>>,
}

impl Engine {
    /// Asks the charge combiner of a tenant, and waits for its answer. Who does not wait any longer has not undone the request: the
    /// same again, with the same key, gets the same answer.
    ///
    /// # Errors
    /// The request is refused, too many new calls wait, or the database did not do it.
    pub async fn charge(&self, tenant: i64, request: Request) -> Result<Reply, ChargingError> {
        let kind = kind_of(&request.what);
        let answer = self.asked(tenant, request).await;
        self.measures().charging.answered(kind, &answer);
        answer
    }

    async fn asked(&self, tenant: i64, request: Request) -> Result<Reply, ChargingError> {
        request.check()?;
        let queue = self.charging().queue(self, tenant);
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { request: Asked { request, at: self.clock().now() }, answer };
        queue.put(waiting, &self.measures().charging)?;
        answered.await.map_err(|_| ChargingError::Closed)?
    }
}

impl Charging {
    /// The queue of a tenant; its combiner is started with the first request.
    fn queue(&self, engine: &Engine, tenant: i64) -> Queue {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = queues.entry(tenant).or_insert_with(|| {
            let (running, of_running) = mpsc::unbounded_channel();
            let (new_calls, of_new_calls) = mpsc::channel(MOST_NEW_CALLS);
            let (known_plan, dial_plan) = watch::channel(DialPlan::default());
            let measures = engine.measures().charging.clone();
            let (engine, kept) = (engine.downgrade(), Vec::new());
            let combiner =
                Combiner { engine, tenant, of_running, of_new_calls, kept, kept_shown: 0, known_plan, measures };
            tokio::spawn(combiner.run());
            Queue { running, new_calls, dial_plan }
        });
        queue.clone()
    }
}

impl Queue {
    fn put(&self, waiting: Waiting, measures: &ChargingMeasures) -> Result<(), ChargingError> {
        let waiting = if waiting.request.is_new_call() {
            // Counted before it can be taken out again.
            measures.new_calls.inc();
            let put = self.new_calls.try_send(waiting);
            if put.is_err() {
                measures.new_calls.dec();
            }
            match put {
                Ok(()) => return Ok(()),
                Err(mpsc::error::TrySendError::Full(waiting)) if self.is_free(&waiting.request) => waiting,
                Err(mpsc::error::TrySendError::Full(_)) => return Err(ChargingError::Busy),
                Err(mpsc::error::TrySendError::Closed(_)) => return Err(ChargingError::Closed),
            }
        } else {
            waiting
        };
        measures.running.inc();
        self.running.send(waiting).map_err(|_| {
            measures.running.dec();
            ChargingError::Closed
        })
    }

    /// Whether it is a call to an emergency or service number.
    fn is_free(&self, request: &Request) -> bool {
        matches!(&request.what, What::Authorize(new) if self.dial_plan.borrow().is_free(&new.to))
    }
}

/// Takes from a tenant's queue, and answers. It ends with the engine.
struct Combiner {
    engine: WeakEngine,
    tenant: i64,
    of_running: mpsc::UnboundedReceiver<Waiting>,
    of_new_calls: mpsc::Receiver<Waiting>,
    /// What the database could not take, to be tried again.
    kept: Vec<Waiting>,
    /// How many of them are counted as kept.
    kept_shown: i64,
    known_plan: watch::Sender<DialPlan>,
    measures: ChargingMeasures,
}

impl Combiner {
    async fn run(mut self) {
        loop {
            let gathered = self.gather().await;
            let Some(engine) = self.engine.upgrade().filter(|_| !gathered.is_empty()) else { return };
            self.answer(&engine, gathered).await;
        }
    }

    /// All that waits, as much as fits into one transaction; waits for something, if nothing does. Nobody waits for a new call's
    /// answer who has gone, so that such a call is left out.
    async fn gather(&mut self) -> Vec<Waiting> {
        let mut gathered = std::mem::take(&mut self.kept);
        if gathered.is_empty() {
            let first = tokio::select! {
                biased;
                Some(waiting) = self.of_running.recv() => {
                    self.measures.running.dec();
                    Some(waiting)
                }
                Some(waiting) = self.of_new_calls.recv() => {
                    self.measures.new_calls.dec();
                    Some(waiting)
                }
                else => None,
            };
            gathered.extend(first);
        } else {
            tokio::time::sleep(PAUSE).await;
        }
        while gathered.len() < MOST_AT_ONCE
            && let Ok(waiting) = self.of_running.try_recv()
        {
            self.measures.running.dec();
            gathered.push(waiting);
        }
        while gathered.len() < MOST_AT_ONCE
            && let Ok(waiting) = self.of_new_calls.try_recv()
        {
            self.measures.new_calls.dec();
            if !waiting.answer.is_closed() {
                gathered.push(waiting);
            }
        }
        gathered
    }

    async fn answer(&mut self, engine: &Engine, gathered: Vec<Waiting>) {
        self.decide(engine, gathered).await;
        // Who does not wait any more for one that is kept has asked the same again. Of each the first is enough, which tells when it
        // was; of signs of life the last.
        let mut seen = HashSet::new();
        self.kept.retain(|kept| {
            !kept.answer.is_closed() || kept.request.is_beat() || seen.insert(kept.request.request.clone())
        });
        self.kept.reverse();
        self.kept.retain(|kept| {
            !kept.answer.is_closed() || !kept.request.is_beat() || seen.insert(kept.request.request.clone())
        });
        self.kept.reverse();
        let kept = i64::try_from(self.kept.len()).unwrap_or(i64::MAX);
        self.measures.kept.inc_by(kept - self.kept_shown);
        self.kept_shown = kept;
    }

    async fn decide(&mut self, engine: &Engine, gathered: Vec<Waiting>) {
        let (requests, answers): (Vec<_>, Vec<_>) =
            gathered.into_iter().map(|waiting| (waiting.request, waiting.answer)).unzip();
        let began = Instant::now();
        let outcome = batch::run(engine, self.tenant, &requests).await;
        self.measures.decided(requests.len(), began.elapsed());
        match outcome {
            Ok(outcome) => self.answer_all(answers, outcome),
            // One of them may be what the database does not take: each is tried by itself, so that it harms no other.
            Err(error) if requests.len() > 1 && !error.is_outage() => {
                for (request, answer) in requests.into_iter().zip(answers) {
                    self.alone(engine, Waiting { request, answer }).await;
                }
            }
            Err(error) => {
                let mut error = Some(error);
                for (request, answer) in requests.into_iter().zip(answers) {
                    let error = error.take().unwrap_or(ChargingError::Unavailable);
                    self.failed(Waiting { request, answer }, error);
                }
            }
        }
    }

    async fn alone(&mut self, engine: &Engine, waiting: Waiting) {
        match batch::run(engine, self.tenant, std::slice::from_ref(&waiting.request)).await {
            Ok(outcome) => self.answer_all(vec![waiting.answer], outcome),
            Err(error) => self.failed(waiting, error),
        }
    }

    /// While the database is away, what is said of calls that run is kept until it is back; a new call is not.
    fn failed(&mut self, waiting: Waiting, error: ChargingError) {
        if error.is_outage() && !waiting.request.is_new_call() {
            self.kept.push(waiting);
        } else {
            let _ = waiting.answer.send(Err(error));
        }
    }

    fn answer_all(&mut self, answers: Vec<oneshot::Sender<Result<Reply, ChargingError>>>, outcome: Outcome) {
        for (answer, verdict) in answers.into_iter().zip(outcome.verdicts) {
            // Who asked may have gone; the key tells him when he asks again.
            let _ = answer.send(verdict.map_err(ChargingError::Refused));
        }
        self.known_plan.send_if_modified(|known| {
            let is_new = *known != outcome.dial_plan;
            *known = outcome.dial_plan;
            is_new
        });
    }
}

//! Ours: calls that are charged while they run, through the engine's combiner.

use std::sync::Arc;

use anyhow::ensure;
use domain::charging::CutOff;
use domain::time::Instant;
use engine::calls::{Direction, Payer};
use engine::charging::{Ending, EndsAt, NewSession, Reply, Request, Step, What};
use engine::{Engine, TestClock};
use storage::Store;

use super::workload::Charging;
use crate::crowd;
use crate::figures::Result;
use crate::generate::{Prefixes, Random};

/// From the opening of a session to the answer, and to the end of the call, in milliseconds.
const RINGS: i64 = 5_000;
const ENDS: i64 = 55_000;
/// How long a session waits for its answer by default.
const PENDING: i64 = 120_000;
const OWNER: &str = "key:bench";

/// The engine, on a clock that each call moves on to its end.
pub(crate) struct Live {
    engine: Engine,
    clock: TestClock,
    prefixes: Arc<Prefixes>,
}

/// A call that was authorized, and when its session was opened.
pub(crate) struct Opened {
    session: String,
    opened_at: i64,
}

impl Live {
    pub(crate) fn new(store: &Store, prefixes: &Arc<Prefixes>) -> Result<Live> {
        let clock = TestClock::at(Instant::parse("2026-10-01T00:00:00Z")?);
        let engine = Engine::new(store.clone(), Arc::new(clock.clone()));
        Ok(Live { engine, clock, prefixes: prefixes.clone() })
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    async fn ask(&self, what: What) -> Result<Reply> {
        Ok(self.engine.charge(1, Request { owner: OWNER.to_owned(), key: None, what }).await?)
    }
}

impl Charging for Live {
    type Session = Opened;

    async fn authorize(&self, account: usize, number: u64) -> Result<Opened> {
        let new = NewSession {
            origin: format!("bench:{number}"),
            payer: Payer::Line(crowd::line(account)),
            direction: Direction::Outbound,
            from: String::new(),
            to: format!("+{}", self.prefixes.number(&mut Random::seeded(number))),
            agent: None,
            link: None,
            cut_off: CutOff::Movable,
            unpaid: false,
        };
        let Reply::Granted(grant) = self.ask(What::Authorize(new)).await? else {
            anyhow::bail!("a new session has ended");
        };
        Ok(Opened { session: grant.session, opened_at: grant.alive_until.millis() - PENDING })
    }

    async fn settle(&self, Opened { session, opened_at }: Opened) -> Result<()> {
        let ended_at = Instant::from_millis(opened_at + ENDS)?;
        self.clock.move_to(ended_at);
        let ending = Ending {
            answered_at: Some(Instant::from_millis(opened_at + RINGS)?),
            ended_at: EndsAt::At(ended_at),
            disposition: None,
            cause: Some(16),
        };
        let Reply::Ended(ended) = self.ask(What::Step { session, step: Step::Settle(ending) }).await? else {
            anyhow::bail!("a session that was settled goes on");
        };
        ensure!(!ended.end.charged.total()?.is_zero() && !ended.repeated, "a call was not charged: {ended:?}");
        Ok(())
    }
}

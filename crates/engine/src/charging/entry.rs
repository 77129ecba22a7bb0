use domain::charging::{self, End, EndCause, Stage};
use domain::time::Instant;
use storage::carried::CarriedRecord;
use storage::charging::{SessionRecord, Standing};

use super::authorize::Candidate;
use super::purse::Payer;
use super::stored::{Done, Event, Frozen, Priced, Stored};
use super::{Ended, Grant, Reply, Step};
use crate::changes::{Change, ChangeKind};

/// How much of a session's history is kept: of a longer one the oldest extensions are forgotten that nobody can ask for again.
const LONGEST_HISTORY: usize = 500;

/// A session in memory.
pub(super) struct Entry {
    pub(super) record: SessionRecord,
    pub(super) stored: Stored,
    pub(super) priced: Priced,
    /// The rest of its row, if it is opened by this batch.
    pub(super) opened: Option<storage::charging::OpenedCall>,
    /// How it stood before, if its call was charged already: what changes is a correction.
    pub(super) charged: Option<Standing>,
    /// Whether its end stands, whatever its switch tells.
    pub(super) closed: bool,
    pub(super) changed: bool,
    /// What trunks carried of its call, if this batch ends it.
    pub(super) carried: Vec<CarriedRecord>,
}

impl Entry {
    /// Who pays, and what is frozen of the price.
    pub(super) fn payer_and_frozen(&self) -> (Payer<'_>, &Frozen) {
        let frozen = &self.stored.frozen;
        let payer = Payer {
            customer: self.record.customer.as_deref().unwrap_or_default(),
            currency: frozen.currency,
            line: self.record.line.as_deref().unwrap_or_default(),
            included: frozen.included,
        };
        (payer, frozen)
    }

    pub(super) fn open(candidate: Candidate, owner: &str, session: charging::Session, now: Instant) -> Entry {
        let Candidate { mut opened, frozen, priced, .. } = candidate;
        owner.clone_into(&mut opened.owner);
        let record = SessionRecord {
            id: opened.id.clone(),
            origin: opened.origin.clone(),
            from_number: opened.from_number.clone(),
            to_number: opened.to_number.clone(),
            customer: opened.customer.clone(),
            line: opened.line.clone(),
            agent: opened.agent.clone(),
            owner: Some(opened.owner.clone()),
            started_at: Some(opened.started_at),
            standing: Standing {
                state: "live".to_owned(),
                currency: Some(frozen.currency.code().to_owned()),
                plan_version: frozen.plan_version.clone(),
                deck_version: frozen.deck_version.clone(),
                seen_at: now.millis(),
                version: 1,
                ..Standing::default()
            },
        };
        let stored = Stored::new(session, frozen);
        Entry {
            record,
            stored,
            priced,
            opened: Some(opened),
            charged: None,
            closed: false,
            changed: true,
            carried: Vec::new(),
        }
    }

    /// Notes what was done, and answers it.
    pub(super) fn done(
        &mut self,
        event: Event,
        key: Option<String>,
        asked: String,
        (now, lease): (Instant, i64),
    ) -> Reply {
        self.changed = true;
        self.touch(lease);
        let session = &self.stored.session;
        let alive_until = self.record.standing.wakes_at.map(Instant::clamped);
        let granted = alive_until.map(|_| session.granted.clone());
        let done = Done { at: now, event, key, asked, granted, held: session.held, alive_until };
        let history = &mut self.stored.history;
        if history.len() >= LONGEST_HISTORY
            && let Some(oldest) = history.iter().position(|done| done.event == Event::Extended && done.key.is_none())
        {
            history.remove(oldest);
        }
        history.push(done.clone());
        self.reply(&done, false)
    }

    /// Notes that the session lives, and what its switch tells with that; answers how it stands.
    pub(super) fn lives(&mut self, step: &Step, told: Instant, lease: i64) -> Reply {
        if let Step::Carry(carried) = step
            && self.stored.carried.iter().all(|known| known.leg != carried.leg)
        {
            self.stored.carried.push(carried.clone());
        }
        self.seen(told);
        self.changed = true;
        self.touch(lease);
        self.standing_reply()
    }

    /// Notes a sign of life.
    pub(super) fn seen(&mut self, at: Instant) {
        self.record.standing.seen_at = self.record.standing.seen_at.max(at.millis());
    }

    /// Sets when something falls due for the session by itself.
    pub(super) fn touch(&mut self, lease: i64) {
        let session = &self.stored.session;
        let lives_until = self.record.standing.seen_at.saturating_add(lease);
        self.record.standing.wakes_at = match &session.stage {
            Stage::Pending => Some(session.lapses_at.map_or(lives_until, Instant::millis)),
            Stage::Answered { .. } => Some(lives_until),
            Stage::Ended(_) => None,
        };
    }

    /// What is answered to what was done: what was granted then, or how the session ended.
    pub(super) fn reply(&self, done: &Done, repeated: bool) -> Reply {
        match (&done.granted, &self.stored.session.stage) {
            (None, Stage::Ended(end)) => Reply::Ended(Ended {
                session: self.record.id.clone(),
                end: end.clone(),
                currency: self.stored.frozen.currency,
                repeated,
            }),
            (granted, _) => Reply::Granted(Grant {
                session: self.record.id.clone(),
                granted: granted.clone().unwrap_or_else(|| self.stored.session.granted.clone()),
                held: done.held,
                currency: self.stored.frozen.currency,
                alive_until: done.alive_until.unwrap_or(done.at),
                repeated,
            }),
        }
    }

    /// Whether it is an emergency or service call whose switch was silent for too long: it goes on all the same.
    pub(super) fn is_lost_emergency(&self) -> bool {
        let lost = |end: &End| end.cause == EndCause::Lost;
        self.stored.frozen.free && matches!(&self.stored.session.stage, Stage::Ended(end) if lost(end))
    }

    /// That nothing limits the call.
    pub(super) fn unlimited(&self, now: Instant) -> Reply {
        Reply::Granted(Grant {
            session: self.record.id.clone(),
            granted: self.stored.session.granted.clone(),
            held: self.stored.session.held,
            currency: self.stored.frozen.currency,
            alive_until: now,
            repeated: false,
        })
    }

    /// How the session stands, as an answer.
    pub(super) fn standing_reply(&self) -> Reply {
        let session = &self.stored.session;
        let running = !matches!(session.stage, Stage::Ended(_));
        let done = Done {
            at: session.opened_at,
            event: Event::Extended,
            key: None,
            asked: String::new(),
            granted: running.then(|| session.granted.clone()),
            held: session.held,
            alive_until: self.record.standing.wakes_at.map(Instant::clamped),
        };
        self.reply(&done, false)
    }

    /// What listeners are told: the call has changed.
    pub(super) fn hint(&self, tenant: i64) -> Change {
        let SessionRecord { id, customer, agent, .. } = self.record.clone();
        Change { tenant, kind: ChangeKind::Call, id, customer, agent }
    }
}

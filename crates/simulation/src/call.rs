//! A call as its switch knows it: what truly happens, and what is told of it.

use domain::charging::CutOff;
use domain::time::Instant;
use engine::calls::{Direction, Disposition, Payer};
use engine::charging::{Ending, EndsAt, Grant, NewSession, Step};

use crate::land::{EMERGENCY, Land, NUMBERS};
use crate::random::Random;

/// Switches that carry calls. Each asks under a name of its own.
pub(crate) const SWITCHES: usize = 3;

/// A call that is charged while it runs.
pub(crate) struct Call {
    pub(crate) origin: String,
    pub(crate) switch: usize,
    pub(crate) line: usize,
    pub(crate) agent: Option<usize>,
    pub(crate) to: &'static str,
    pub(crate) cut_off: CutOff,
    payer: Payer,
    from: String,
    pub(crate) stage: Stage,
    /// The session, once its switch was told of it.
    pub(crate) session: Option<String>,
    /// When it is answered; never, where nobody takes it.
    pub(crate) answers_at: Option<Instant>,
    /// When it ends, or its caller gives up.
    pub(crate) ends_at: Instant,
    /// Whether the switch ends it when what is granted is over.
    obeys: bool,
    /// Whether the switch tells of the answer when it happens, and whether it does so again with the end.
    tells_answer: (bool, bool),
    /// The last second after the answer that was granted, and whether no more can be.
    pub(crate) granted: (i64, bool),
    /// The granted second for which more was asked last.
    asked_beyond: i64,
    /// When the switch gave a sign of life last.
    beat_at: Instant,
    /// What the engine was asked and has told.
    pub(crate) told: Told,
    /// How many messages its switch has sent of it.
    pub(crate) messages: u32,
}

/// How far a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The switch has asked, and waits.
    Asking,
    /// It was refused.
    Refused,
    Ringing,
    Talking,
    /// It is over, and its switch says so until it is heard.
    Over,
}

/// What the engine was asked of a call, and what it has told.
#[derive(Default)]
pub(crate) struct Told {
    /// When the engine was given its last sign of life, and told so.
    pub(crate) alive_at: Option<Instant>,
    /// When a sign of life was sent last, heard of or not.
    pub(crate) sent_at: Option<Instant>,
    /// Whether an answer was taken.
    pub(crate) answered: bool,
    /// Whether the end says when it was answered.
    pub(crate) answer_with_end: bool,
    /// Whether an end was sent.
    pub(crate) end_sent: bool,
    /// Whether a release was sent.
    pub(crate) release_sent: bool,
    /// Whether its charge may have been given back: what was refunded is not corrected.
    pub(crate) refunded: bool,
    /// What it was charged, in millionths, once its end was taken.
    pub(crate) charged: Option<i64>,
}

impl Call {
    /// A new call, as a seed decides.
    pub(crate) fn new(random: &mut Random, land: &Land, number: usize, now: Instant) -> Call {
        let line = random.place(land.lines.len());
        let agent = random.chance(35).then(|| random.place(land.agents.len()));
        let to = if random.chance(3) { EMERGENCY } else { random.one_of(&NUMBERS[..3]) };
        let Land { lines, .. } = land;
        let payer = if random.chance(50) {
            Payer::Line(lines[line].id.clone())
        } else {
            Payer::Number(lines[line].number.clone())
        };
        Call {
            origin: format!("pbx:{number}"),
            switch: random.place(SWITCHES),
            line,
            agent: agent.filter(|_| to != EMERGENCY),
            to,
            cut_off: if random.chance(15) { CutOff::Fixed } else { CutOff::Movable },
            payer,
            from: lines[line].number.clone(),
            stage: Stage::Asking,
            session: None,
            answers_at: None,
            ends_at: now,
            obeys: random.chance(80),
            tells_answer: random.one_of(&[(true, false), (true, true), (true, true), (false, true)]),
            granted: (0, false),
            asked_beyond: -1,
            beat_at: now,
            told: Told::default(),
            messages: 0,
        }
    }

    pub(crate) fn owner(&self) -> String {
        format!("key:switch-{}", self.switch)
    }

    pub(crate) fn new_session(&self, land: &Land) -> NewSession {
        NewSession {
            origin: self.origin.clone(),
            payer: self.payer.clone(),
            direction: Direction::Outbound,
            from: self.from.clone(),
            to: self.to.to_owned(),
            agent: self.agent.map(|agent| land.agents[agent].id.clone()),
            link: None,
            cut_off: self.cut_off,
            unpaid: false,
        }
    }

    /// The call was let through: it rings, and what becomes of it is decided.
    pub(crate) fn rings(&mut self, random: &mut Random, grant: &Grant, now: Instant) {
        self.session = Some(grant.session.clone());
        self.is_granted(grant);
        if self.stage != Stage::Asking {
            return;
        }
        self.stage = Stage::Ringing;
        let rings = random.one_of(&[0, 700, 5_000, 20_000, 20_000, 60_000, 150_000]);
        let begins = now.millis() + rings;
        if random.chance(85) {
            self.answers_at = Some(Instant::clamped(begins));
            let longest = random.one_of(&[1_500, 30_000, 90_000, 300_000, 300_000, 900_000, 20_000_000]);
            self.ends_at = Instant::clamped(begins + random.between(0, longest));
        } else {
            self.ends_at = Instant::clamped(begins);
        }
        self.beat_at = now;
    }

    /// What is granted; of several answers, in whatever order, the largest counts.
    pub(crate) fn is_granted(&mut self, grant: &Grant) {
        let seconds = grant.granted.seconds.unwrap_or(i64::MAX);
        if seconds >= self.granted.0 {
            self.granted = (seconds, grant.granted.must_end_at_seconds().is_some());
        }
    }

    /// What its switch says next, as time goes on.
    pub(crate) fn goes_on(&mut self, random: &mut Random, now: Instant, heartbeat_millis: i64) -> Vec<Step> {
        let mut says = Vec::new();
        if self.stage == Stage::Ringing {
            match self.answers_at {
                Some(answered_at) if answered_at <= now => {
                    self.stage = Stage::Talking;
                    if self.tells_answer.0 {
                        says.push(Step::Answer { answered_at: Some(answered_at) });
                    }
                }
                None if self.ends_at <= now => says.push(self.gives_up(random)),
                _ => {}
            }
        }
        if let (Stage::Talking, Some(answered_at)) = (self.stage, self.answers_at) {
            says.extend(self.talks(random, answered_at, now, heartbeat_millis));
        }
        says
    }

    /// What is said of a call that talks: that it ends, that it is to go on, or that it lives.
    fn talks(
        &mut self,
        random: &mut Random,
        answered_at: Instant,
        now: Instant,
        heartbeat_millis: i64,
    ) -> Option<Step> {
        let (granted, is_last) = self.granted;
        let cut_at = Instant::clamped(answered_at.millis().saturating_add(granted.saturating_mul(1000)));
        if is_last && self.obeys && cut_at <= now && cut_at < self.ends_at {
            self.ends_at = cut_at;
        }
        if self.ends_at <= now {
            return Some(self.hangs_up(random, answered_at));
        }
        let asks_at = cut_at.millis().saturating_sub(10_000);
        if now.millis() >= asks_at && !is_last && self.asked_beyond < granted {
            self.asked_beyond = granted;
            self.beat_at = now;
            return Some(Step::Extend);
        }
        let beats = now.millis_since(self.beat_at) >= heartbeat_millis;
        if beats {
            self.beat_at = now;
        }
        beats.then_some(Step::Beat)
    }

    /// Ends the call now, if it is not over.
    pub(crate) fn ends_now(&mut self, now: Instant) {
        if now < self.ends_at {
            self.ends_at = now;
        }
        if self.answers_at.is_some_and(|answers_at| answers_at > now) {
            self.answers_at = None;
        }
    }

    fn gives_up(&mut self, random: &mut Random) -> Step {
        self.stage = Stage::Over;
        if random.chance(60) {
            self.told.release_sent = true;
            return Step::Release;
        }
        self.told.end_sent = true;
        let ended_at = EndsAt::At(self.ends_at);
        Step::Settle(Ending { answered_at: None, ended_at, disposition: Some(Disposition::Busy), cause: Some(17) })
    }

    fn hangs_up(&mut self, random: &mut Random, answered_at: Instant) -> Step {
        self.stage = Stage::Over;
        self.told.end_sent = true;
        self.told.answer_with_end = self.tells_answer.1;
        let ended_at = if self.tells_answer.1 && random.chance(40) {
            EndsAt::After(self.ends_at.millis_since(answered_at))
        } else {
            EndsAt::At(self.ends_at)
        };
        let answered_at = Some(answered_at).filter(|_| self.tells_answer.1);
        Step::Settle(Ending { answered_at, ended_at, disposition: None, cause: Some(16) })
    }
}

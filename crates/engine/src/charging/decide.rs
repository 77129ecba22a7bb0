use domain::charging::{self, Effect, End, EndCause, Facts, FreeSeconds, SettleRefused, Stage};
use domain::invalid::Invalid;
use domain::limits::LimitReached;
use domain::money::{Amount, Overflow};
use domain::rating::Terms;
use domain::time::Instant;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::batch::{Asked, Batch};
use super::entry::Entry;
use super::purse::{Payer, Purses};
use super::save::Closing;
use super::stored::{Done, Event, Frozen, Stored};
use super::{ChargingError, Ending, EndsAt, NewSession, Refused, Reply, Step, What};
use crate::alerts::NewAlert;
use crate::calls::Disposition;
use crate::tenants::Settings;

type Decided = Result<Result<Reply, Refused>, ChargingError>;

/// Carries a refusal out as a value.
macro_rules! granted {
    ($outcome:expr) => {
        match $outcome {
            Ok(value) => value,
            Err(refused) => return Ok(Err(refused.into())),
        }
    };
}

impl Batch<'_> {
    /// Decides one request on what there is after those before it.
    pub(super) fn decide(&mut self, request: &Asked) -> Decided {
        match &request.what {
            What::Authorize(new) => self.authorize(new, &request.owner),
            What::Step { session, step } => self.step(session, step, request),
        }
    }

    fn authorize(&mut self, new: &NewSession, owner: &str) -> Decided {
        let asked = fingerprint(new)?;
        if let Some(entry) = self.of_origin(&new.origin) {
            return Ok(repeated_opening(entry, &asked, owner, new));
        }
        let candidate = match self.candidates.get(new.origin.as_str()) {
            Some((first, _)) if *first != new => return Ok(Err(Refused::KeyReused)),
            Some((_, Ok(candidate))) => candidate,
            Some((_, Err(refused))) => return Ok(Err(refused.clone())),
            None => return Ok(Err(Refused::OriginTaken(new.origin.clone()))),
        };
        let (payer, frozen) = candidate.payer_and_frozen();
        let terms = match candidate.priced.terms(frozen) {
            Ok(terms) => terms,
            Err(reason) => return Ok(Err(Refused::Unrated { reason: reason.into(), number: new.to.clone() })),
        };
        if let Some(guards) = &candidate.guards
            && let Err(reached) = guards.admit(&self.purses, &payer, self.live_calls, self.now)
        {
            let alert = NewAlert::of(payer.customer, payer.line, &new.to, &reached);
            self.alerts.extend(alert);
            return Ok(Err(Refused::Limit(reached)));
        }
        let means = Means { purses: &self.purses, settings: &self.tenant.settings, now: self.now };
        let facts = granted!(means.facts((&payer, frozen), terms, Amount::ZERO));
        let rules = self.tenant.settings.charging.rules();
        let step = match charging::authorize(candidate.opening(new), &facts, &rules, self.now) {
            Ok(step) => step,
            Err(charging::AuthorizeRefused::AboveCeiling { required, .. }) => {
                let reached = granted!(means.reached(&payer, frozen, required));
                self.alerts.extend(NewAlert::of(payer.customer, payer.line, &new.to, &reached));
                return Ok(Err(Refused::Limit(reached)));
            }
            Err(charging::AuthorizeRefused::Overflow(overflow)) => return Ok(Err(overflow.into())),
            Err(charging::AuthorizeRefused::InsufficientBalance { available, required }) => {
                let currency = frozen.currency;
                return Ok(Err(Refused::InsufficientBalance { available, required, currency }));
            }
        };
        granted!(apply(&mut self.purses, &payer, &step.effect)?);
        if let Some(guards) = &candidate.guards {
            guards.begun(&mut self.purses, &payer, self.now);
            self.live_calls += 1;
        }
        let Some((_, Ok(candidate))) = self.candidates.remove(new.origin.as_str()) else {
            return Ok(Err(Refused::OriginTaken(new.origin.clone())));
        };
        let mut entry = Entry::open(candidate, owner, step.session, self.now);
        let lease = self.tenant.settings.charging.lease_millis();
        let reply = entry.done(Event::Authorized, None, asked, (self.now, lease));
        self.changes.push(entry.hint(self.tenant.tenant));
        self.add(entry);
        Ok(Ok(reply))
    }

    fn step(&mut self, id: &str, step: &Step, request: &Asked) -> Decided {
        let not_found = || Ok(Err(Refused::NotFound(id.to_owned())));
        let Some(entry) = self.entries.get_mut(id) else { return not_found() };
        let own = matches!(step, Step::Tend | Step::Lengthen);
        if !own && entry.record.owner.as_deref() != Some(&request.owner) {
            return not_found();
        }
        let asked = step.asked();
        if let Some(known) = entry.stored.answered_before(step, &asked, request.key.as_deref()) {
            return Ok(known.map(|done| entry.reply(done, true)));
        }
        if entry.is_lost_emergency() && matches!(step, Step::Beat | Step::Extend) {
            return Ok(Ok(entry.unlimited(self.now)));
        }
        if let (true, Step::Settle(_), Stage::Ended(end)) = (entry.closed, step, &entry.stored.session.stage) {
            let (ended_at, charged) = (end.ended_at, granted!(end.charged.total()));
            return Ok(Err(SettleRefused::AlreadyEnded { ended_at, charged }.into()));
        }
        let (payer, frozen) = entry.payer_and_frozen();
        let terms = match entry.priced.terms(frozen) {
            Ok(terms) => terms,
            Err(reason) => return Err(ChargingError::Unreadable(id.to_owned(), reason.to_string())),
        };
        let settings = &self.tenant.settings;
        let (now, session) = (self.now, &entry.stored.session);
        let means = Means { purses: &self.purses, settings, now };
        let facts = granted!(means.facts((&payer, frozen), terms, session.held));
        let mut rules = settings.charging.rules();
        if entry.record.line.as_ref().is_some_and(|line| self.stopped.contains(line)) {
            // Nothing more is granted: the call lasts as long as it may already.
            rules.longest_call_seconds = session.granted.seconds.unwrap_or(rules.longest_call_seconds);
        }
        let lives_until = entry.record.standing.seen_at.saturating_add(settings.charging.lease_millis());
        let told = request.at.min(now);
        let context = Context { rules, seen_at: entry.record.standing.seen_at, lives_until, told, now };
        let outcome = granted!(take(step, session, &facts, &context));
        let (event, closed, after, effect) = match outcome {
            Taken::Nothing => return Ok(Ok(entry.standing_reply())),
            Taken::Alive => return Ok(Ok(entry.lives(step, told, settings.charging.lease_millis()))),
            Taken::Step(event, step) => (event, None, step.session, step.effect),
            Taken::Closed(event, settled) => (event, Some(settled.charge), settled.session, settled.effect),
        };
        granted!(apply(&mut self.purses, &payer, &effect)?);
        if let (Some(_), false) = (&closed, frozen.free) {
            let ends = !matches!(session.stage, Stage::Ended(_));
            granted!(self.purses.ended(&payer, &effect, ends, (settings.time_zone.date(now), now)));
            self.live_calls -= i64::from(ends);
        }
        if !own {
            entry.seen(told);
        }
        entry.stored.session = after;
        if let Some(charge) = closed {
            let closing = Closing { ending: step.ending(), charge, spend: effect.charge };
            // The purses have changed: what fails now fails with the whole batch.
            self.postings.extend(entry.close(closing, &settings.tax_rates).map_err(Refused::from)?);
            entry.count_carried(settings.currency);
        }
        let reply = entry.done(event, request.key.clone(), asked, (now, settings.charging.lease_millis()));
        self.changes.push(entry.hint(self.tenant.tenant));
        Ok(Ok(reply))
    }
}

/// What became of a step.
enum Taken {
    /// Nothing is due.
    Nothing,
    /// The session lives.
    Alive,
    Step(Event, charging::Step),
    Closed(Event, charging::Settled),
}

/// By what a step is taken, beside what the payer has.
struct Context {
    rules: charging::Settings,
    /// The last sign of life.
    seen_at: i64,
    /// Until when the next is waited for.
    lives_until: i64,
    /// When the step was told.
    told: Instant,
    now: Instant,
}

/// Takes a step of a session by the rules.
fn take(step: &Step, session: &charging::Session, facts: &Facts<'_>, context: &Context) -> Result<Taken, Refused> {
    let (rules, now) = (&context.rules, context.now);
    let running = !matches!(session.stage, Stage::Ended(_));
    Ok(match step {
        Step::Answer { answered_at } => Taken::Step(
            Event::Answered,
            charging::answer(session, answered_at.unwrap_or(context.told), facts, rules, now)?,
        ),
        Step::Extend => Taken::Step(Event::Extended, charging::extend(session, facts, rules, now)?),
        Step::Settle(ending) => {
            let event = if running { Event::Settled } else { Event::Corrected };
            Taken::Closed(event, charging::settle(session, ending.rule(session, context.told)?, facts, now)?)
        }
        Step::Release => {
            let at = charging::release(session, now)?;
            Taken::Closed(Event::Released, charging::Settled::without_charge(at, facts, now)?)
        }
        Step::Beat | Step::Carry(_) if running => Taken::Alive,
        Step::Tend if running => tend(session, facts, context)?,
        Step::Lengthen if running && session.granted.must_end_at_seconds().is_some() => {
            match charging::extend(session, facts, rules, now) {
                Ok(longer) if longer.session.granted != session.granted => Taken::Step(Event::Lengthened, longer),
                _ => Taken::Nothing,
            }
        }
        Step::Beat | Step::Carry(_) | Step::Tend | Step::Lengthen => Taken::Nothing,
    })
}

/// Ends a session that has lapsed, or whose last sign of life is too long ago.
fn tend(session: &charging::Session, facts: &Facts<'_>, context: &Context) -> Result<Taken, Refused> {
    let now = context.now;
    let lost = now.millis() >= context.lives_until;
    Ok(match (&session.stage, session.lapses_at) {
        (Stage::Pending, Some(lapses_at)) if now < lapses_at => Taken::Nothing,
        (Stage::Pending, Some(_)) => {
            let at = charging::expire(session, now)?;
            Taken::Closed(Event::Lapsed, charging::Settled::without_charge(at, facts, now)?)
        }
        _ if lost => {
            Taken::Closed(Event::Lost, charging::lose(session, Instant::clamped(context.seen_at), facts, now)?)
        }
        _ => Taken::Nothing,
    })
}

/// What payers have, and by which settings.
pub(super) struct Means<'f> {
    pub(super) purses: &'f Purses,
    pub(super) settings: &'f Settings,
    pub(super) now: Instant,
}

impl<'f> Means<'f> {
    /// What a step decides by, of a session that holds so much.
    pub(super) fn facts(
        &self,
        (payer, frozen): (&Payer<'f>, &'f Frozen),
        terms: Terms<'f>,
        held: Amount,
    ) -> Result<Facts<'f>, Overflow> {
        let (account, promotional) = self.purses.account(payer);
        let free = FreeSeconds {
            grants: self.purses.grants(payer.customer),
            agent: frozen.agent.as_ref().map_or("", |agent| &agent.id),
            order: self.settings.allowance_order,
            included_seconds: self.purses.included_left(payer),
        };
        let ceiling = frozen.caps.ceiling(self.spent_today(payer), account.held.minus(held)?)?;
        Ok(Facts { terms, account, promotional, free, ceiling })
    }

    /// The limit of money that a call passes whose start needs so much.
    pub(super) fn reached(
        &self,
        payer: &Payer<'_>,
        frozen: &Frozen,
        required: Amount,
    ) -> Result<LimitReached, Overflow> {
        let (account, _) = self.purses.account(payer);
        frozen.caps.reached(required, self.spent_today(payer), account.held)
    }

    fn spent_today(&self, payer: &Payer<'_>) -> Amount {
        let today = self.settings.time_zone.date(self.now);
        self.purses.traffic(payer).map_or(Amount::ZERO, |traffic| traffic.spent_on(today))
    }
}

/// Does to the payer what a step does; a refusal is a value, a conflict has the batch decided again.
fn apply(purses: &mut Purses, payer: &Payer<'_>, effect: &Effect) -> Result<Result<(), Refused>, ChargingError> {
    match purses.apply(payer, effect) {
        Err(ChargingError::Refused(refused)) => Ok(Err(refused)),
        other => other.map(Ok),
    }
}

/// The answer to an authorization whose origin is known.
fn repeated_opening(entry: &Entry, asked: &str, owner: &str, new: &NewSession) -> Result<Reply, Refused> {
    if entry.record.owner.as_deref() != Some(owner) {
        return Err(Refused::OriginTaken(new.origin.clone()));
    }
    match entry.stored.history.first() {
        Some(first) if first.asked == asked => Ok(entry.reply(first, true)),
        _ => Err(Refused::KeyReused),
    }
}

/// What tells one request to charge something new from another.
pub(crate) fn fingerprint(new: &impl Serialize) -> Result<String, ChargingError> {
    let text = serde_json::to_vec(new).map_err(|error| ChargingError::Unreadable(String::new(), error.to_string()))?;
    Ok(Sha256::digest(&text)[..12].iter().map(|byte| format!("{byte:02x}")).collect())
}

impl Step {
    /// What tells this step of a session from others.
    fn asked(&self) -> String {
        match self {
            Step::Answer { answered_at: None } => "answer now".to_owned(),
            Step::Answer { answered_at: Some(answered_at) } => format!("answer {}", answered_at.millis()),
            Step::Extend => "extend".to_owned(),
            Step::Settle(Ending { answered_at, ended_at, disposition, cause }) => {
                let answered_at = answered_at.map(Instant::millis);
                let ended_at = match ended_at {
                    EndsAt::Now => "now".to_owned(),
                    EndsAt::At(at) => at.millis().to_string(),
                    EndsAt::After(millis) => format!("+{millis}"),
                };
                format!("settle {answered_at:?} {ended_at} {disposition:?} {cause:?}")
            }
            Step::Release => "release".to_owned(),
            Step::Beat | Step::Carry(_) | Step::Tend | Step::Lengthen => String::new(),
        }
    }

    fn ending(&self) -> Option<&Ending> {
        match self {
            Step::Settle(ending) => Some(ending),
            _ => None,
        }
    }
}

impl Ending {
    /// The end as the rules take it, of a session that stands like this.
    fn rule(&self, session: &charging::Session, now: Instant) -> Result<charging::Ending, Invalid> {
        let answered_at = self.answered_at.or(session.answered_at());
        let ended_at = match self.ended_at {
            EndsAt::Now if is_open_to_correction(session) => {
                return Err(Invalid::at(
                    "/ended_at",
                    "is missing: the session ended without it, tell when the call did",
                ));
            }
            EndsAt::Now => now,
            EndsAt::At(at) => at,
            EndsAt::After(millis) => {
                let unanswered = || Invalid::at("/duration_seconds", "the call is not answered: tell answered_at too");
                let ended_at = answered_at.ok_or_else(unanswered)?.plus_millis(millis);
                ended_at.map_err(|error| Invalid::at("/duration_seconds", error.to_string()))?
            }
        };
        let as_told = |told: Disposition| (told == Disposition::Answered) == answered_at.is_some();
        if !self.disposition.is_none_or(as_told) {
            return Err(Invalid::at("/disposition", "only a call with an answer is answered"));
        }
        Ok(charging::Ending { answered_at: self.answered_at, ended_at })
    }
}

/// Whether the session ended without its true end.
fn is_open_to_correction(session: &charging::Session) -> bool {
    matches!(&session.stage, Stage::Ended(End { cause: EndCause::Lost | EndCause::Lapsed, .. }))
}

impl Stored {
    /// The answer that was given to this request before, or that its key was another's. Without a key (or with a new one) an answer,
    /// an end and a release are known by what they say; each extension is another.
    fn answered_before(&self, step: &Step, asked: &str, key: Option<&str>) -> Option<Result<&Done, Refused>> {
        let of_key = key.and_then(|key| self.history.iter().find(|done| done.key.as_deref() == Some(key)));
        if let Some(done) = of_key {
            return Some(if done.asked == asked { Ok(done) } else { Err(Refused::KeyReused) });
        }
        if !matches!(step, Step::Answer { .. } | Step::Settle(_) | Step::Release) {
            return None;
        }
        self.history.iter().find(|done| done.asked == asked).map(Ok)
    }
}

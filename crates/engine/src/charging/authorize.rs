use domain::charging::{self, Mode};
use domain::invalid::Invalid;
use domain::limits::Caps;
use domain::money::Currency;
use domain::time::Instant;
use storage::charging::OpenedCall;

use super::limits::Guards;
use super::load::priced;
use super::purse::Payer;
use super::stored::{Frozen, FrozenAgent, Included, Priced};
use super::{ChargingError, NewSession, Refused};
use crate::agents::{self, AgentError};
use crate::calls::directory::{CallNumber, HeldLine};
use crate::calls::record::check_texts;
use crate::calls::{self, Directory, Unrated};
use crate::{Scope, Work, blocks};

/// A call that may be let through, but for its money: its payer, and what is frozen of its price.
pub(super) struct Candidate {
    pub(super) opened: OpenedCall,
    pub(super) mode: Mode,
    pub(super) frozen: Frozen,
    pub(super) priced: Priced,
    /// None for an emergency or service number.
    pub(super) guards: Option<Guards>,
}

impl Candidate {
    pub(super) fn payer_and_frozen(&self) -> (Payer<'_>, &Frozen) {
        let payer = Payer {
            customer: self.opened.customer.as_deref().unwrap_or_default(),
            currency: self.frozen.currency,
            line: self.opened.line.as_deref().unwrap_or_default(),
            included: self.frozen.included,
        };
        (payer, &self.frozen)
    }

    /// How the session is opened.
    pub(super) fn opening(&self, new: &NewSession) -> charging::Opening {
        charging::Opening { mode: self.mode, cut_off: new.cut_off }
    }
}

/// A call that somebody wants to make.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) payer: &'a calls::Payer,
    /// The caller's number as the switch has it; may be empty.
    pub(super) from: &'a str,
    /// The number called, as it was dialled.
    pub(super) to: &'a str,
    /// The id of the paid agent who is called.
    pub(super) agent: Option<&'a str>,
    /// Whether nothing is charged: it comes from outside to the line, or goes back to who has called.
    pub(super) unpaid: bool,
}

/// Who would pay for a call, and what prices it.
pub(super) struct Checked<'d> {
    /// None may be known for an emergency or service number.
    pub(super) line: Option<&'d HeldLine>,
    pub(super) to: CallNumber,
    pub(super) frozen: Frozen,
    pub(super) priced: Priced,
    pub(super) guards: Option<Guards>,
}

/// The longest text that is kept of a caller's number.
const LONGEST_NUMBER: usize = 80;

/// Looks a new call's payer and prices up, and checks everything but the money.
pub(super) async fn candidate(
    work: &mut Work,
    directory: &Directory,
    new: &NewSession,
) -> Result<Result<Candidate, Refused>, ChargingError> {
    let link = new.link.as_deref().map(|link| ("/link", link));
    let texts = [("/from", new.from.as_str()), ("/to", new.to.as_str())].into_iter().chain(link);
    // An emergency call is not refused for what is said of its caller.
    let free = directory.number(&new.to).free;
    if let Err(invalid) = if free { check_texts(&new.origin, []) } else { check_texts(&new.origin, texts) } {
        return Ok(Err(invalid.into()));
    }
    let wanted =
        Wanted { payer: &new.payer, from: &new.from, to: &new.to, agent: new.agent.as_deref(), unpaid: new.unpaid };
    let Checked { line, to, frozen, priced, guards } = match check(work, directory, wanted).await? {
        Ok(checked) => checked,
        Err(refused) => return Ok(Err(refused)),
    };
    let prepaid = line.and_then(|line| directory.payee(line)).is_some_and(|payee| payee.prepaid);
    let opened = OpenedCall {
        id: work.id("call"),
        origin: new.origin.clone(),
        direction: new.direction.name().to_owned(),
        from_number: directory
            .number(&new.from)
            .text
            .chars()
            .filter(|c| !c.is_control())
            .take(LONGEST_NUMBER)
            .collect(),
        to_number: to.text,
        customer: line.map(|line| line.customer.clone()),
        line: line.map(|line| line.id.clone()),
        agent: new.agent.clone().filter(|_| !free),
        link: new.link.clone().filter(|_| !free),
        started_at: work.now().millis(),
        recorded_at: work.now().millis(),
        ..OpenedCall::default()
    };
    let mode = if prepaid { Mode::Prepaid } else { Mode::Postpaid };
    Ok(Ok(Candidate { opened, mode, frozen, priced, guards }))
}

/// Checks everything of a call but the money. An emergency or service number is never refused, whoever calls it.
pub(super) async fn check<'d>(
    scope: &mut impl Scope,
    directory: &'d Directory,
    wanted: Wanted<'_>,
) -> Result<Result<Checked<'d>, Refused>, ChargingError> {
    let to = directory.number(wanted.to);
    let to = CallNumber { free: to.free || wanted.unpaid, ..to };
    // Of who is called back a group may keep no number.
    if to.digits.is_empty() && wanted.agent.is_none() && !wanted.unpaid {
        return Ok(Err(Invalid::at("/to", "is no number that the dial plan reads").into()));
    }
    let line = match payer(directory, wanted, to.free, scope.now()) {
        Ok(line) => line,
        Err(refused) => return Ok(Err(refused)),
    };
    if let (false, Some(agent), Some(line)) = (to.free, wanted.agent, line)
        && blocks::any(scope, &line.customer, agent).await?
    {
        return Ok(Err(Refused::Blocked { agent: agent.to_owned() }));
    }
    let mut frozen = match freeze(scope, directory, wanted, (line, &to)).await? {
        Ok(frozen) => frozen,
        Err(reason) => return Ok(Err(Refused::Unrated { reason, number: to.text })),
    };
    let priced = priced(scope, &directory.tenant, &frozen).await?;
    let terms = match priced.terms(&frozen) {
        Ok(terms) => terms,
        Err(reason) => return Ok(Err(Refused::Unrated { reason: reason.into(), number: to.text })),
    };
    let payee = line.and_then(|line| Some((line, directory.payee(line)?)));
    let guards = match payee.filter(|_| !to.free) {
        Some(payee) => {
            let guards = Guards::of(&directory.tenant.settings, payee, &to, (&terms, scope.now()));
            Some(guards.map_err(Refused::from)?)
        }
        None => None,
    };
    frozen.caps = guards.as_ref().map(|guards| guards.limits.caps).unwrap_or_default();
    Ok(Ok(Checked { line, to, frozen, priced, guards }))
}

/// The line that pays. It must be somebody's, and neither closed nor suspended, but for an emergency or service number.
fn payer<'d>(
    directory: &'d Directory,
    wanted: Wanted<'_>,
    free: bool,
    now: Instant,
) -> Result<Option<&'d HeldLine>, Refused> {
    let line = directory.payer_at(wanted.payer, wanted.from, now).filter(|line| directory.payee(line).is_some());
    match line {
        _ if free => Ok(line),
        None if wanted.payer.is_untold() => Err(Invalid::at("/line", calls::MISSING_PAYER).into()),
        None => Err(Refused::UnknownLine),
        Some(line) if !line.is_held(now) => Err(Refused::LineClosed(line.id.clone())),
        Some(line) if line.suspended => Err(Refused::LineSuspended(line.id.clone())),
        Some(line) => Ok(Some(line)),
    }
}

/// Freezes what prices the call: the versions of now.
async fn freeze(
    scope: &mut impl Scope,
    directory: &Directory,
    wanted: Wanted<'_>,
    (line, to): (Option<&HeldLine>, &CallNumber),
) -> Result<Result<Frozen, Unrated>, ChargingError> {
    let now = scope.now();
    let payee = line.and_then(|line| directory.payee(line));
    let currency = payee.map_or(directory.tenant.settings.currency, |payee| payee.currency);
    let mut frozen = Frozen {
        currency,
        tax_rule: payee.map(|payee| payee.tax_rule.clone()).unwrap_or_default(),
        digits: to.digits.clone(),
        free: to.free,
        plan_version: line.and_then(|line| directory.plan_version(line, now)).map(str::to_owned),
        deck_version: None,
        agent: None,
        included: None,
        caps: Caps::default(),
    };
    if to.free {
        return Ok(Ok(frozen));
    }
    let Some(version) = &frozen.plan_version else { return Ok(Err(Unrated::NoPlan)) };
    let plan = crate::prices::plan(scope, &directory.tenant, version).await?;
    if plan.plan.currency != currency {
        return Ok(Err(Unrated::NoRate));
    }
    if let Some(id) = wanted.agent {
        frozen.agent = match called(scope, id, currency).await? {
            Ok(agent) => Some(agent),
            Err(reason) => return Ok(Err(reason)),
        };
        return Ok(Ok(frozen));
    }
    let deck = plan.plan.deck.as_deref();
    frozen.deck_version = deck.and_then(|deck| directory.deck_version(deck, now)).map(str::to_owned);
    frozen.included = line.and_then(|line| included(directory, line, now));
    Ok(Ok(frozen))
}

/// The agent who is called, at the price in the payer's currency.
pub(super) async fn called(
    scope: &mut impl Scope,
    id: &str,
    currency: Currency,
) -> Result<Result<FrozenAgent, Unrated>, ChargingError> {
    let agent = match agents::known(scope, id).await {
        Ok(agent) => agent,
        Err(AgentError::Storage(error)) => return Err(error.into()),
        Err(_) => None,
    };
    let Some(agent) = agent else { return Ok(Err(Unrated::UnknownAgent)) };
    Ok(match agent.rate_in(currency) {
        Some(rate) => Ok(FrozenAgent::new(id, rate, agent.share(), currency)),
        None => Err(Unrated::AgentWithoutPrice),
    })
}

/// The included minutes of the line for the period of now.
fn included(directory: &Directory, line: &HeldLine, now: Instant) -> Option<Included> {
    if !directory.has_included_minutes() {
        return None;
    }
    let period = directory.period(line, now)?;
    let seconds = directory.included_seconds(line, period);
    let (from, _) = period.instants(&directory.tenant.settings.time_zone);
    (seconds > 0).then(|| Included { period_from: from.millis(), seconds })
}

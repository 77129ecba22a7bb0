//! Whether the phones of agents are theirs: a short message asks, and the answer YES from that phone confirms it.

use domain::dial_plan::Number;
use domain::invalid::Invalid;
use domain::time::Instant;

use crate::agents::{self, AgentError};
use crate::sms::{self, NewSms, SmsAbout, SmsError};
use crate::tenants::{self, Settings, TenantError};
use crate::{Scope, Work};

/// How long it is waited until a phone is asked again, in milliseconds: whoever has it is not to be pestered.
const AGAIN_MILLIS: i64 = 600_000;
/// How long an answer counts, in milliseconds: seven days.
const ANSWERED_WITHIN_MILLIS: i64 = 7 * 86_400_000;

/// A phone of an agent outside, and whether it is known to be the agent's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneCheck {
    /// Its number: E.164 with its plus.
    pub number: String,
    /// When it was asked last; none, if it never was.
    pub asked_at: Option<Instant>,
    /// When it has answered that it is.
    pub confirmed_at: Option<Instant>,
}

/// Why a phone is not asked.
#[derive(Debug, thiserror::Error)]
pub enum PhoneCheckError {
    /// There is no such agent.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// The number is none of the agent's phones outside.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// There is no number that short messages are sent from.
    #[error("no short messages are sent: set the number that they are from (`sms.number` in the settings)")]
    NoSms,
    /// It has answered before.
    #[error("{0} has answered before: it is known to be the agent's")]
    Confirmed(String),
    /// It was asked just now.
    #[error("{number} was asked at {asked_at}: wait ten minutes for the answer before it is asked again")]
    TooSoon {
        /// The number.
        number: String,
        /// When it was asked.
        asked_at: Instant,
    },
    /// The message cannot be written down.
    #[error(transparent)]
    Sms(#[from] SmsError),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(PhoneCheckError: Agent, Tenant, Sms);

/// The phones of an agent outside, the first one first. Those with a line here need not be asked.
///
/// # Errors
/// There is no such agent, or the database does not answer.
pub async fn of_agent(scope: &mut impl Scope, agent: &str) -> Result<Vec<PhoneCheck>, PhoneCheckError> {
    let agent = agents::get(scope, agent).await?;
    let (settings, tenant) = (tenants::get(scope).await?.settings, scope.tenant());
    let asked = storage::phone_checks::of_agent(scope.tx(), tenant, &agent.id).await?;
    let check = |number: String| {
        let found = asked.iter().find(|check| check.number == number);
        PhoneCheck {
            asked_at: found.map(|check| Instant::clamped(check.asked_at)),
            confirmed_at: found.and_then(|check| check.confirmed_at).map(Instant::clamped),
            number,
        }
    };
    Ok(outside(&agent.details.phones, &settings).map(check).collect())
}

/// Asks a phone of an agent whether it is the agent's.
///
/// # Errors
/// It is none of the agent's, was asked just now, or has answered; or no short messages are sent.
pub async fn ask(work: &mut Work, agent: &str, number: &str) -> Result<PhoneCheck, PhoneCheckError> {
    let known = of_agent(work, agent).await?;
    let settings = tenants::get(work).await?.settings;
    let unknown =
        || Invalid::at("/number", "must be a phone of the agent's, a number of the world such as +441632960011");
    let number = settings.dial_plan.canonical(number).map_err(|_| unknown())?.to_string();
    let check = known.into_iter().find(|check| check.number == number).ok_or_else(unknown)?;
    let from = settings.sms.number.clone().ok_or(PhoneCheckError::NoSms)?;
    if check.confirmed_at.is_some() {
        return Err(PhoneCheckError::Confirmed(number));
    }
    let (tenant, now) = (work.tenant(), work.now());
    let not_after = now.millis() - AGAIN_MILLIS;
    if !storage::phone_checks::ask(&mut work.tx, tenant, (agent, &number), (now.millis(), not_after)).await? {
        return Err(PhoneCheckError::TooSoon { number, asked_at: check.asked_at.unwrap_or(now) });
    }
    let sender = tenants::get(work).await?.name;
    let text = sms::question(&settings.locale, &sender);
    let (cause, about) =
        (format!("check/{agent}/{number}/{}", now.millis()), SmsAbout::PhoneCheck { agent: agent.to_owned() });
    sms::send(work, NewSms { cause, from, to: number.clone(), text, about }).await?;
    work.audit::<()>("agent.phone_check", agent, None, None).await?;
    Ok(PhoneCheck { number, asked_at: Some(now), confirmed_at: None })
}

/// A phone answers YES: whether one of these agents was asked at it.
pub(crate) async fn confirm(work: &mut Work, agents: &[String], number: &str) -> Result<bool, storage::Error> {
    let (tenant, now) = (work.tenant(), work.now().millis());
    let mut is_confirmed = false;
    for agent in agents {
        let at = (now, now - ANSWERED_WITHIN_MILLIS);
        is_confirmed |= storage::phone_checks::confirm(&mut work.tx, tenant, (agent, number), at).await?;
    }
    Ok(is_confirmed)
}

/// The phones of an agent that have answered.
pub(crate) async fn confirmed(scope: &mut impl Scope, agent: &str) -> Result<Vec<String>, storage::Error> {
    let tenant = scope.tenant();
    let asked = storage::phone_checks::of_agent(scope.tx(), tenant, agent).await?;
    Ok(asked.into_iter().filter(|check| check.confirmed_at.is_some()).map(|check| check.number).collect())
}

/// Those of some phones that are numbers of the world, in canonical form.
fn outside<'a>(phones: &'a [String], settings: &'a Settings) -> impl Iterator<Item = String> + 'a {
    phones.iter().filter_map(|phone| match settings.dial_plan.canonical(phone) {
        Ok(number @ Number::E164(_)) => Some(number.to_string()),
        _ => None,
    })
}

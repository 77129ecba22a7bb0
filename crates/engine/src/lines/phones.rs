//! What a line's phone registers with: a secret of its own, or for somebody who is signed in a token that holds for minutes.

mod lookup;
mod register;

use domain::time::Instant;
use serde::Serialize;
use storage::phones::{PhoneRecord, SecretRecord, TokenRecord};

use super::{Line, LineError, LineState, get, has_changed};
use crate::agents::{self, AgentError};
use crate::people::{MachineError, Secret};
use crate::tenants::{self, TenantError};
use crate::{Reach, Scope, Work};
pub use lookup::{LookupError, PhoneLine, among, of_id, of_number};
pub(crate) use register::Phones;
pub use register::{RegisterError, RegisteredPhone, Registering, register};

/// What every secret of a phone begins with, so that scanners know a leaked one.
const SECRET_MARK: &str = "tph_";
/// What every token of a phone begins with.
const TOKEN_MARK: &str = "tpt_";
/// How long a token lets a phone register, in milliseconds: ten minutes.
const TOKEN_MILLIS: i64 = 10 * 60_000;

/// What a line's phone registers with, as it may be shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Phone {
    /// When its secret was made; `None`, if it has none.
    pub secret_made_at: Option<Instant>,
    /// Whether it registers without a secret, from the machine that Tollgate runs on: in the demo.
    pub open: bool,
}

/// A token with which a phone registers for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneToken {
    /// The token, which is shown this once and kept nowhere.
    pub token: Secret,
    /// From when on it opens nothing.
    pub expires_at: Instant,
}

/// Why a phone gets nothing to register with.
#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    /// There is no such line, or it is closed.
    #[error(transparent)]
    Line(#[from] LineError),
    /// Only the demo's lines are open.
    #[error("the tenant {0} is not the demo's: its lines register with a secret")]
    NotDemo(i64),
    /// The agent who asks could not be read.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// A line could not be read.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The machine gave no random numbers.
    #[error(transparent)]
    NoRandomness(#[from] MachineError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(PhoneError: Line, Agent, Tenant);

/// Makes a secret for the phone of a line, and answers it this once. The one that it had opens nothing from now on; who is registered
/// with it stays so.
///
/// # Errors
/// There is no such line, it is closed, or the machine gives no random numbers.
pub async fn make_secret(work: &mut Work, line: &str) -> Result<Secret, PhoneError> {
    let line = not_closed(get(work, line).await?)?;
    let secret = Secret::random(SECRET_MARK)?;
    let after = Phone { secret_made_at: Some(work.now()), ..line.phone };
    set_secret(work, &line, &after, Some(secret.hash())).await?;
    Ok(secret)
}

/// Takes the secret of a line's phone away: with it nobody registers any more. Where there is none, nothing changes.
///
/// # Errors
/// There is no such line, or the database does not do it.
pub async fn take_secret(work: &mut Work, line: &str) -> Result<(), PhoneError> {
    let line = get(work, line).await?;
    if line.phone.secret_made_at.is_some() {
        let after = Phone { secret_made_at: None, ..line.phone };
        set_secret(work, &line, &after, None).await?;
    }
    Ok(())
}

async fn set_secret(work: &mut Work, line: &Line, after: &Phone, hash: Option<String>) -> Result<(), PhoneError> {
    let record = SecretRecord {
        line: line.id.clone(),
        secret_hash: hash,
        secret_made_at: after.secret_made_at.map(Instant::millis),
    };
    let tenant = work.tenant();
    storage::phones::set_secret(&mut work.tx, tenant, &record).await?;
    work.audit("line.phone_secret", &line.id, Some(&line.phone), Some(after)).await?;
    has_changed(work, &line.id, &line.customer);
    Ok(())
}

/// Makes a token for the phone of a line: it registers with it for ten minutes, as often as it likes. It is for whose line it is, for an
/// agent of whose phones it is one, and for whoever reaches the whole tenant.
///
/// # Errors
/// There is no such line, it is closed, or the machine gives no random numbers.
pub async fn make_token(work: &mut Work, line: &str) -> Result<PhoneToken, PhoneError> {
    let line = own_phone(work, line).await?;
    let (tenant, now) = (work.tenant(), work.now());
    let token = Secret::random(TOKEN_MARK)?;
    let expires_at = Instant::clamped(now.millis() + TOKEN_MILLIS);
    let record = TokenRecord { line: line.clone(), token_hash: token.hash(), expires_at: expires_at.millis() };
    storage::phones::forget_tokens(&mut work.tx, tenant, now.millis()).await?;
    storage::phones::insert_token(&mut work.tx, tenant, &record).await?;
    work.audit("line.phone_token", &line, None, Some(&expires_at)).await?;
    Ok(PhoneToken { token, expires_at })
}

/// The lines of an agent's phones, the first one first: those of its phones that have a line here. A token for each is there for the agent.
///
/// # Errors
/// There is no such agent, or the database does not answer.
pub async fn of_agent(scope: &mut impl Scope, agent: &str) -> Result<Vec<PhoneLine>, PhoneError> {
    let agent = agents::get(scope, agent).await?;
    let dial_plan = tenants::get(scope).await?.settings.dial_plan;
    Ok(among(scope, &dial_plan, &agent.details.phones).await?)
}

/// The id of a line that is not closed, and whose phone is the one of who asks.
async fn own_phone(work: &mut Work, id: &str) -> Result<String, PhoneError> {
    let tenant = work.tenant();
    let record = storage::lines::get(&mut work.tx, tenant, id).await?;
    let Some(record) = record else { return Err(LineError::NotFound(id.to_owned()).into()) };
    let is_agents = match work.reach().clone() {
        Reach::Own { agent: Some(agent), .. } => is_phone_of(work, &agent, &record.number).await?,
        _ => false,
    };
    if !work.finds("line", id, |reach| is_agents || reach.customer(&record.customer)) {
        return Err(LineError::NotFound(id.to_owned()).into());
    }
    if record.closed_at.is_some() { Err(LineError::Closed(record.number).into()) } else { Ok(record.id) }
}

/// Whether an agent has a phone with this number.
async fn is_phone_of(work: &mut Work, agent: &str, number: &str) -> Result<bool, PhoneError> {
    let Some(agent) = agents::known(work, agent).await? else { return Ok(false) };
    let plan = tenants::get(work).await?.settings.dial_plan;
    let is_it = |phone: &String| plan.canonical(phone).is_ok_and(|phone| phone.to_string() == number);
    Ok(agent.details.phones.iter().any(is_it))
}

/// Has the phone of a line register without a secret, from the machine that Tollgate runs on: so that a newcomer tries the demo out
/// without one. There is no way to it from outside.
///
/// # Errors
/// The tenant is not the demo's, there is no such line, or it is closed.
pub async fn open_in_demo(work: &mut Work, line: &str) -> Result<(), PhoneError> {
    let tenant = tenants::get(work).await?;
    if !tenant.demo {
        return Err(PhoneError::NotDemo(tenant.tenant));
    }
    let line = not_closed(get(work, line).await?)?;
    storage::phones::open(&mut work.tx, tenant.tenant, &line.id).await?;
    let after = Phone { open: true, ..line.phone };
    work.audit("line.phone_open", &line.id, Some(&line.phone), Some(&after)).await?;
    has_changed(work, &line.id, &line.customer);
    Ok(())
}

fn not_closed(line: Line) -> Result<Line, LineError> {
    if line.state == LineState::Closed { Err(LineError::Closed(line.number)) } else { Ok(line) }
}

impl Phone {
    pub(super) fn of(record: &PhoneRecord) -> Phone {
        Phone { secret_made_at: record.secret_made_at.map(Instant::clamped), open: record.open == 1 }
    }
}

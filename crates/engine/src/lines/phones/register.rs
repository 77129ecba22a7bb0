//! The registration of a phone: which line is it of?
//!
//! Wrong numbers and secrets are counted by number and network (10 in 15 minutes) and by network (100 in 15 minutes); with more of them
//! all wrong ones are refused alike. What is right is neither counted nor refused: an office whose phones come back all at once has none
//! turned away, and nobody locks the right phone out by trying wrong secrets. Secrets are too long to be found by trying.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use domain::dial_plan::Number;
use domain::time::Instant;
use storage::lines::LineRecord;

use crate::network::Network;
use crate::secrets::digest;
use crate::tenants::{self, Tenant, TenantError};
use crate::tries::{Limit, MINUTE, pair};
use crate::{Actor, Engine, Reach, Role, Scope};

/// A phone that wants to register.
#[derive(Debug, Clone, Copy)]
pub struct Registering<'a> {
    /// The number that it says it has, in any form that its tenant's dial plan reads.
    pub number: Option<&'a str>,
    /// Its line's secret, or a token.
    pub token: Option<&'a str>,
    /// The address that it connects from: behind a proxy the one that the proxy names.
    pub peer: IpAddr,
}

/// A phone that may register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredPhone {
    /// The tenant.
    pub tenant: i64,
    /// Its line.
    pub line: String,
    /// Its number, in canonical form.
    pub number: String,
    /// Whose line it is.
    pub customer: String,
}

/// Why a phone does not register. The first three texts are what the protocol of phones has for it.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// It says no number.
    #[error("No phone number provided")]
    NoNumber,
    /// No line that is not closed has the number, or it is none.
    #[error("Invalid phone number")]
    InvalidNumber,
    /// The secret or token is missing, wrong, has expired, or is another line's.
    #[error("Invalid phone secret")]
    InvalidSecret,
    /// Too many wrong ones came from its network.
    #[error("Too many wrong registrations: try again in {retry_after_seconds} seconds")]
    TooMany {
        /// How long to wait, in seconds.
        retry_after_seconds: u64,
    },
    /// The settings of a tenant could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The database does not answer.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(RegisterError: Tenant);

/// What is known of phones in memory: each process has its own.
pub(crate) struct Phones {
    /// Wrong registrations of one number from one network.
    numbers: Limit,
    /// Wrong registrations of any number from one network.
    networks: Limit,
}

/// Says whose line a phone is of, if it may register.
///
/// # Errors
/// It may not.
pub async fn register(engine: &Engine, asked: &Registering<'_>) -> Result<RegisteredPhone, RegisterError> {
    let number = asked.number.map(str::trim).filter(|number| !number.is_empty()).ok_or(RegisterError::NoNumber)?;
    let (network, now) = (Network::of(asked.peer), engine.clock().now());
    let found = find(engine, number, asked).await;
    if let Err(error @ (RegisterError::InvalidNumber | RegisterError::InvalidSecret)) = &found {
        let phones = engine.phones();
        phones.look(number, network, now)?;
        phones.count(number, network, now);
        let number = shortened(number);
        tracing::warn!(target: "security", number, %network, reason = %error, "a phone did not register");
    }
    found
}

async fn find(engine: &Engine, number: &str, asked: &Registering<'_>) -> Result<RegisteredPhone, RegisterError> {
    let token = asked.token.filter(|token| !token.is_empty());
    if let Some((tenant, line)) = holder(engine, token).await? {
        return with_secret(engine, tenant, &line, number).await;
    }
    let mut lines = with_number(engine, number).await?;
    if lines.is_empty() {
        return Err(RegisterError::InvalidNumber);
    }
    if token.is_none() && asked.peer.to_canonical().is_loopback() {
        lines.retain(|held| held.in_demo);
        if let [only] = &lines[..]
            && is_open(engine, &only.record).await?
        {
            return Ok(RegisteredPhone::of(&only.record));
        }
    }
    Err(RegisterError::InvalidSecret)
}

/// The tenant and the line that a secret or a token is of.
async fn holder(engine: &Engine, token: Option<&str>) -> Result<Option<(i64, String)>, RegisterError> {
    let Some(token) = token else { return Ok(None) };
    let mut view = engine.view(&program(0)).await?;
    let now = view.now().millis();
    // Secrets and tokens have 256 bits: looking a hash up tells nothing about others.
    Ok(storage::phones::by_hash(view.tx(), &digest(token), now).await?)
}

/// The line that a secret is of, if the number is its own.
async fn with_secret(engine: &Engine, tenant: i64, line: &str, number: &str) -> Result<RegisteredPhone, RegisterError> {
    let mut view = engine.view(&program(tenant)).await?;
    let tenant = tenants::get(&mut view).await?;
    let Some(number) = canonical(&tenant, number) else { return Err(RegisterError::InvalidNumber) };
    let held = storage::lines::by_numbers(view.tx(), tenant.tenant, &[&number.to_string()]).await?;
    let held = held.into_iter().find(|line| line.closed_at.is_none()).ok_or(RegisterError::InvalidNumber)?;
    if held.id == line { Ok(RegisteredPhone::of(&held)) } else { Err(RegisterError::InvalidSecret) }
}

/// A line of some tenant.
struct Held {
    record: LineRecord,
    in_demo: bool,
}

/// The lines of all tenants that have the number, as each tenant reads it.
async fn with_number(engine: &Engine, number: &str) -> Result<Vec<Held>, RegisterError> {
    let mut readings: HashMap<i64, (String, bool)> = HashMap::new();
    for tenant in tenants::all(engine).await? {
        if let Some(number) = canonical(&tenant, number) {
            readings.insert(tenant.tenant, (number.to_string(), tenant.demo));
        }
    }
    let numbers: BTreeSet<&String> = readings.values().map(|(number, _)| number).collect();
    let mut view = engine.view(&program(0)).await?;
    let mut lines = Vec::new();
    for number in numbers {
        for record in storage::phones::lines_with(view.tx(), number).await? {
            if let Some((_, in_demo)) = readings.get(&record.tenant).filter(|(reading, _)| reading == number) {
                lines.push(Held { record, in_demo: *in_demo });
            }
        }
    }
    Ok(lines)
}

async fn is_open(engine: &Engine, line: &LineRecord) -> Result<bool, RegisterError> {
    let mut view = engine.view(&program(line.tenant)).await?;
    let phones = storage::phones::of_lines(view.tx(), line.tenant, &[&line.id]).await?;
    Ok(phones.iter().any(|phone| phone.open == 1))
}

fn program(tenant: i64) -> Actor {
    Actor::program(tenant, "softswitch")
}

fn canonical(tenant: &Tenant, number: &str) -> Option<Number> {
    tenant.settings.dial_plan.canonical(number).ok()
}

/// The end of a number, for logs.
fn shortened(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).take(40).collect();
    let end: String = digits[digits.len().saturating_sub(3)..].iter().collect();
    format!("...{end}")
}

impl RegisteredPhone {
    /// Who acts when the phone does something: it reaches what is its customer's.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor {
            tenant: self.tenant,
            name: format!("phone:{}", self.line),
            roles: Role::Customer.into(),
            reach: Reach::Own { customers: vec![self.customer.clone()], agent: None },
        }
    }

    fn of(record: &LineRecord) -> RegisteredPhone {
        RegisteredPhone {
            tenant: record.tenant,
            line: record.id.clone(),
            number: record.number.clone(),
            customer: record.customer.clone(),
        }
    }
}

impl Default for Phones {
    fn default() -> Self {
        Phones { numbers: Limit::new(10, 15 * MINUTE), networks: Limit::new(100, 15 * MINUTE) }
    }
}

impl Phones {
    fn look(&self, number: &str, network: Network, now: Instant) -> Result<(), RegisterError> {
        let number = self.numbers.look(&pair(number, network), now);
        number.and_then(|()| self.networks.look(&network.to_string(), now)).map_err(|retry_after_seconds| {
            tracing::warn!(target: "security", %network, retry_after_seconds, "a phone was refused: too many wrong tries");
            RegisterError::TooMany { retry_after_seconds }
        })
    }

    /// Counts a wrong registration. Who is refused for a number's sake is no further burden on the network.
    fn count(&self, number: &str, network: Network, now: Instant) {
        if self.numbers.take(&pair(number, network), now).is_ok() {
            // Where this was one too many, the next is refused.
            let _ = self.networks.take(&network.to_string(), now);
        }
    }
}

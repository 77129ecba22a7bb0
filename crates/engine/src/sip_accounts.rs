//! SIP accounts: what the phones of lines register at an Asterisk with. A line has one at most. It is known by the name of its account,
//! which is that of its endpoint, and never by what a phone says of itself.

use domain::dial_plan::Number;
use domain::time::Instant;
use serde::Serialize;
use storage::sip_accounts::SipAccountRecord;

use crate::lines::phones::LookupError;
use crate::lines::{self, Line, LineError, LineState};
use crate::people::{MachineError, Secret};
use crate::secrets::{md5, random_letters};
use crate::{Change, ChangeKind, Scope, Work, fields};

/// The realm that Asterisk asks for a password of.
pub const REALM: &str = "asterisk";

/// The longest name of an account.
const LONGEST_USERNAME: usize = 40;
/// How many random characters stand at its end, where there is room for them.
const RANDOM: usize = 6;

/// The account of a line, as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SipAccount {
    /// The line.
    #[serde(skip)]
    pub line: String,
    /// The name that its phone registers with.
    pub username: String,
    /// When it was made, or made anew.
    pub made_at: Instant,
    /// The name of the Asterisk that it registers at; `None` for the only one.
    pub asterisk: Option<String>,
}

/// An account as an Asterisk has to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provisioned {
    /// The tenant.
    pub tenant: i64,
    /// The line.
    pub line: String,
    /// The name of the endpoint.
    pub username: String,
    /// MD5 of name, realm and password (RFC 8760, section 2.3: HA1), in small hexadecimal digits. Who has it can register.
    pub digest: Secret,
    /// The name of the Asterisk; `None` for the only one.
    pub asterisk: Option<String>,
}

/// The line of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointLine {
    /// The tenant.
    pub tenant: i64,
    /// The line.
    pub line: String,
    /// Its number.
    pub number: Number,
    /// Whether it reaches emergency and service numbers only.
    pub suspended: bool,
}

/// Why a line gets no account, or none is shown.
#[derive(Debug, thiserror::Error)]
pub enum SipAccountError {
    /// The line has none.
    #[error("the line {0} has no SIP account")]
    None(String),
    /// There is no such line, or it is closed.
    #[error(transparent)]
    Line(#[from] LineError),
    /// The machine gave no random numbers.
    #[error(transparent)]
    NoRandomness(#[from] MachineError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(SipAccountError: Line);

/// Makes the account of a line, or gives the one that it has a new password, which is answered this once: with the one before nobody
/// registers any more. It keeps its name, and its Asterisk where none is given.
///
/// # Errors
/// There is no such line, it is closed, the Asterisk's name is none, or the machine gives no random numbers.
pub async fn make(
    work: &mut Work,
    line: &str,
    asterisk: Option<String>,
) -> Result<(SipAccount, Secret), SipAccountError> {
    let asterisk = fields::name_in_asterisk("/asterisk", asterisk).map_err(LineError::Invalid)?;
    let tenant = work.tenant();
    // Nobody closes it meanwhile.
    storage::lines::lock(&mut work.tx, tenant, line).await?;
    let line = lines::get(work, line).await?;
    if line.state == LineState::Closed {
        return Err(LineError::Closed(line.number).into());
    }
    let before = of_line(work, &line.id).await?;
    let known = before.clone();
    let account = SipAccount {
        line: line.id.clone(),
        username: match &known {
            Some(known) => known.username.clone(),
            None => new_username(tenant, &line.number)?,
        },
        made_at: work.now(),
        asterisk: asterisk.or(known.and_then(|known| known.asterisk)),
    };
    let password = Secret::typed()?;
    let digest = md5(&format!("{}:{REALM}:{}", account.username, password.reveal()));
    storage::sip_accounts::set(&mut work.tx, &account.record(tenant, digest)).await?;
    work.audit("line.sip_account", &line.id, before.as_ref(), Some(&account)).await?;
    has_changed(work, &line);
    Ok((account, password))
}

/// Takes the account of a line away: nobody registers with it any more. Where there is none, nothing changes.
///
/// # Errors
/// There is no such line, or the database does not do it.
pub async fn take(work: &mut Work, line: &str) -> Result<(), SipAccountError> {
    let line = lines::get(work, line).await?;
    Ok(end(work, &line).await?)
}

/// The same with a line that is at hand.
pub(crate) async fn end(work: &mut Work, line: &Line) -> Result<(), storage::Error> {
    let Some(account) = of_line(work, &line.id).await? else { return Ok(()) };
    let tenant = work.tenant();
    storage::sip_accounts::remove(&mut work.tx, tenant, &line.id).await?;
    work.audit("line.sip_account", &line.id, Some(&account), None).await?;
    has_changed(work, line);
    Ok(())
}

/// The account of a line.
///
/// # Errors
/// There is no such line, or it has none.
pub async fn get(scope: &mut impl Scope, line: &str) -> Result<SipAccount, SipAccountError> {
    let line = lines::get(scope, line).await?.id;
    of_line(scope, &line).await?.ok_or(SipAccountError::None(line))
}

/// The account of a line of the tenant, if it has one: for whoever connects calls, without regard to reach.
///
/// # Errors
/// The database does not answer.
pub async fn of_line(scope: &mut impl Scope, line: &str) -> Result<Option<SipAccount>, storage::Error> {
    let tenant = scope.tenant();
    Ok(storage::sip_accounts::of_line(scope.tx(), tenant, line).await?.map(SipAccount::of))
}

/// The accounts of all tenants, whatever the scope's: an Asterisk carries the calls of all.
///
/// # Errors
/// The database does not answer.
pub async fn all(scope: &mut impl Scope) -> Result<Vec<Provisioned>, storage::Error> {
    let provisioned = |record: SipAccountRecord| Provisioned {
        tenant: record.tenant,
        line: record.line,
        username: record.username,
        digest: Secret::new(record.digest),
        asterisk: Some(record.asterisk).filter(|name| !name.is_empty()),
    };
    Ok(storage::sip_accounts::all(scope.tx()).await?.into_iter().map(provisioned).collect())
}

/// The line whose phone has registered as this endpoint, of whatever tenant; `None` if the endpoint is no line's, or its line is closed.
///
/// # Errors
/// The line's number cannot be read, or the database does not answer.
pub async fn of_endpoint(scope: &mut impl Scope, username: &str) -> Result<Option<EndpointLine>, LookupError> {
    let Some(account) = storage::sip_accounts::by_username(scope.tx(), username).await? else { return Ok(None) };
    let tenant = account.tenant;
    let record = storage::lines::get(scope.tx(), tenant, &account.line).await?;
    let Some(record) = record.filter(|record| record.closed_at.is_none()) else { return Ok(None) };
    let suspended = storage::suspensions::suspended_among(scope.tx(), tenant, &[&record.id]).await?;
    let number =
        Number::read(&record.number).map_err(|fault| LookupError::Unreadable { line: record.id.clone(), fault })?;
    Ok(Some(EndpointLine { tenant, line: record.id, number, suspended: !suspended.is_empty() }))
}

/// Whether an endpoint is named as those of lines are, which begin with a `t` and the number of their tenant: no trunk may have such a
/// name, or else its calls would be taken for those of a phone.
pub(crate) fn is_named_so(endpoint: &str) -> bool {
    let number = endpoint.strip_prefix(['t', 'T']).and_then(|rest| rest.split_once('-')).map(|(number, _)| number);
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A name that no account has had: of the tenant, the line's number, and something random, which nobody guesses.
fn new_username(tenant: i64, number: &str) -> Result<String, MachineError> {
    let mut username = format!("t{tenant}-{}-", number.trim_start_matches('+'));
    let room = LONGEST_USERNAME.saturating_sub(username.len()).min(RANDOM);
    username.push_str(&random_letters::<RANDOM>()?[..room]);
    Ok(username)
}

fn has_changed(work: &mut Work, line: &Line) {
    let (tenant, id, customer) = (work.tenant(), line.id.clone(), Some(line.customer.clone()));
    work.tells(Change { tenant, kind: ChangeKind::SipAccount, id, customer, agent: None });
}

impl SipAccount {
    fn of(record: SipAccountRecord) -> Self {
        SipAccount {
            line: record.line,
            username: record.username,
            made_at: Instant::clamped(record.made_at),
            asterisk: Some(record.asterisk).filter(|name| !name.is_empty()),
        }
    }

    fn record(&self, tenant: i64, digest: String) -> SipAccountRecord {
        SipAccountRecord {
            tenant,
            line: self.line.clone(),
            username: self.username.clone(),
            digest,
            made_at: self.made_at.millis(),
            asterisk: self.asterisk.clone().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_accounts_have_room_and_are_known_as_such() {
        for (tenant, number, begins, length) in [
            (1, "0001", "t1-0001-", 14),
            (42, "+442079460018", "t42-442079460018-", 23),
            (i64::MAX, "+123456789012345", "t9223372036854775807-123456789012345-", 40),
        ] {
            let name = new_username(tenant, number).unwrap();
            assert!(name.starts_with(begins) && name.len() == length && is_named_so(&name), "{name}");
            assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'));
            assert_ne!(name, new_username(tenant, number).unwrap());
        }
        for (endpoint, is) in [
            ("t1-", true),
            ("T12-x", true),
            ("t-1", false),
            ("t1", false),
            ("t1x-2", false),
            ("trunk-1", false),
            ("1-2", false),
            ("world", false),
            ("", false),
        ] {
            assert_eq!(is_named_so(endpoint), is, "{endpoint}");
        }
    }

    #[test]
    fn the_digest_is_that_of_the_specification() {
        // RFC 2617, section 3.5.
        assert_eq!(md5("Mufasa:testrealm@host.com:Circle Of Life"), "939e7578ed9e3c518a452acee763bce9");
    }
}

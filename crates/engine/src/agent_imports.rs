//! Agents from a file: volunteers, a row each.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord, Trim};
use domain::dial_plan::DialPlan;
use domain::invalid::Invalid;

use crate::agents::{self, Agent, AgentError, Details};
use crate::people::invitations::{self, InvitationError, NewInvitation};
use crate::people::memberships::Grants;
use crate::tenants::{self, TenantError};
use crate::{Role, Work};

/// The most rows of a file.
const MOST_ROWS: usize = 5000;
/// What is read of a row.
const COLUMNS: [&str; 4] = ["name", "email", "phone", "languages"];

/// What a file of agents came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentImport {
    /// Its columns that nothing is made of.
    pub ignored_columns: Vec<String>,
    /// By row.
    pub rows: Vec<AgentRow>,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentRow {
    /// The line that it begins on; the first is 1.
    pub line: u64,
    /// What the agent is called.
    pub name: String,
    /// Its address.
    pub email: Option<String>,
    /// What became of it.
    pub outcome: RowOutcome,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowOutcome {
    /// This agent was made; and whether it was invited, or why not, where that was asked for.
    Created {
        /// Its id.
        agent: String,
        /// `None` where nobody asked for it.
        invited: Option<Result<(), String>>,
    },
    /// This agent has the address, or is known by the same name and phone.
    Exists(String),
    /// A field makes no sense.
    Refused(Invalid),
}

/// Why a file is not read.
#[derive(Debug, thiserror::Error)]
pub enum AgentImportError {
    /// It is no such file.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// An agent could not be read or made.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// An invitation could not be made.
    #[error(transparent)]
    Invitation(#[from] InvitationError),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(AgentImportError: Agent, Invitation, Tenant);

/// Makes an agent of each row, unless there is one already; and invites each to sign in as that agent, where that is asked for. A row that makes no
/// sense is refused alone.
///
/// # Errors
/// The file has no column `name`, too many rows, or is no CSV.
pub async fn import(work: &mut Work, text: &str, invites: bool) -> Result<AgentImport, AgentImportError> {
    let (columns, ignored_columns, records) = read(text)?;
    let plan = tenants::get(work).await?.settings.dial_plan;
    let mut known: Vec<Agent> = agents::all(work).await?;
    let mut rows = Vec::new();
    for record in &records {
        let cell = |name: &str| columns.get(name).and_then(|place| record.get(*place)).unwrap_or_default();
        let line = record.position().map_or(0, csv::Position::line);
        let row = (cell("name"), details(&cell, &plan));
        let email = Some(cell("email").to_owned()).filter(|email| !email.is_empty());
        let outcome = match row {
            (_, Err(invalid)) => RowOutcome::Refused(invalid),
            (name, Ok(details)) => made(work, &mut known, (name, details), invites).await?,
        };
        rows.push(AgentRow { line, name: cell("name").to_owned(), email, outcome });
    }
    Ok(AgentImport { ignored_columns, rows })
}

type Table = (BTreeMap<String, usize>, Vec<String>, Vec<StringRecord>);

/// Where the columns are, which are not read, and the rows.
fn read(text: &str) -> Result<Table, Invalid> {
    let wrong = |error: csv::Error| Invalid::at("", format!("is no CSV file: {error}"));
    // Of lines that end with both the reader counts each a record late.
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let mut reader = ReaderBuilder::new().trim(Trim::All).flexible(true).from_reader(text.as_bytes());
    let (mut columns, mut ignored) = (BTreeMap::new(), Vec::new());
    for (place, name) in reader.headers().map_err(wrong)?.iter().enumerate() {
        let name = name.to_lowercase();
        if COLUMNS.contains(&name.as_str()) {
            columns.insert(name, place);
        } else {
            ignored.push(name);
        }
    }
    if !columns.contains_key("name") {
        return Err(Invalid::at(
            "",
            format!("must have a first line with the columns {}: name at least", COLUMNS.join(", ")),
        ));
    }
    let records: Vec<StringRecord> = reader.records().take(MOST_ROWS + 1).collect::<Result<_, _>>().map_err(wrong)?;
    if records.len() > MOST_ROWS {
        return Err(Invalid::at("", format!("has more than {MOST_ROWS} rows")));
    }
    Ok((columns, ignored, records))
}

/// What a row says of an agent.
fn details<'a>(cell: &impl Fn(&str) -> &'a str, plan: &DialPlan) -> Result<Details, Invalid> {
    let phone = Some(cell("phone")).filter(|phone| !phone.is_empty()).map(|phone| plan.canonical(phone));
    let phone = phone.transpose().map_err(|error| Invalid::at("/phone", error.to_string()))?;
    let languages = cell("languages").split([';', ' ', '|']).map(str::trim).filter(|language| !language.is_empty());
    Ok(Details {
        phones: phone.into_iter().map(|number| number.to_string()).collect(),
        email: Some(cell("email").to_owned()).filter(|email| !email.is_empty()),
        languages: languages.map(str::to_owned).collect(),
        ..Details::default()
    })
}

async fn made(
    work: &mut Work,
    known: &mut Vec<Agent>,
    (name, details): (&str, Details),
    invites: bool,
) -> Result<RowOutcome, AgentImportError> {
    let same = |agent: &&Agent| match (&agent.details.email, &details.email) {
        (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
        (None, None) => agent.name == name && agent.details.phones == details.phones,
        _ => false,
    };
    if let Some(agent) = known.iter().find(same) {
        return Ok(RowOutcome::Exists(agent.id.clone()));
    }
    // What makes no sense is refused before anything is written.
    let agent = match agents::create(work, name.to_owned(), details).await {
        Ok(agent) => agent,
        Err(AgentError::Invalid(invalid)) => return Ok(RowOutcome::Refused(invalid)),
        Err(other) => return Err(other.into()),
    };
    let invited = if invites { Some(invited(work, &agent).await?) } else { None };
    let id = agent.id.clone();
    known.push(agent);
    Ok(RowOutcome::Created { agent: id, invited })
}

/// Invites an agent; why not, if it cannot be.
async fn invited(work: &mut Work, agent: &Agent) -> Result<Result<(), String>, AgentImportError> {
    let Some(email) = agent.details.email.clone() else { return Ok(Err("there is no e-mail address".to_owned())) };
    let new = NewInvitation {
        email,
        name: Some(agent.name.chars().take(100).collect()),
        language: agent.details.languages.first().cloned(),
        grants: Grants { roles: Role::Agent.into(), customers: Vec::new(), agent: Some(agent.id.clone()) },
    };
    match invitations::invite(work, new).await {
        Ok(_) => Ok(Ok(())),
        Err(error @ (InvitationError::Storage(_) | InvitationError::Machine(_))) => Err(error.into()),
        Err(why) => Ok(Err(why.to_string())),
    }
}

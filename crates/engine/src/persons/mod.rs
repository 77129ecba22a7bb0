//! People of whom something is held: customers, agents, those who sign in, and callers of groups.

mod accesses;
mod erase;
mod export;

use domain::dial_plan::NotANumber;
use domain::invalid::Invalid;
use storage::persons::Subject;

use crate::agents::{self, AgentError};
use crate::customers::{self, CustomerError};
use crate::groups::{self, GroupError};
use crate::people::memberships::{self, MembershipError};
use crate::tenants::{self, TenantError};
use crate::{Scope, fields};
pub use accesses::accesses;
pub use erase::{Erasure, Gone, Kept, Open, erase};
pub use export::export;

/// Somebody of whom something is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Person {
    /// A customer, by its id.
    Customer(String),
    /// An agent, by its id.
    Agent(String),
    /// A member of the tenant who signs in, by the user's id.
    Member(String),
    /// Whoever calls groups with this number.
    Caller(String),
}

/// Why what is held of somebody is not told.
#[derive(Debug, thiserror::Error)]
pub enum PersonError {
    /// There is no such customer.
    #[error(transparent)]
    Customer(#[from] CustomerError),
    /// There is no such agent.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// There is no such member.
    #[error(transparent)]
    Member(#[from] MembershipError),
    /// A group cannot be read.
    #[error(transparent)]
    Group(#[from] GroupError),
    /// The tenant's settings cannot be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Something is not over for which it is needed who it is.
    #[error("it is needed who it is, as long as something is not over: {}", told(.0))]
    Open(Vec<Open>),
    /// What is held cannot be written as JSON.
    #[error("what is held cannot be written: {0}")]
    Unwritable(#[from] serde_json::Error),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(PersonError: Customer, Agent, Member, Group, Tenant);

fn told(open: &[Open]) -> String {
    open.iter().map(|open| format!("{}: {}", open.what.replace('_', " "), open.figure)).collect::<Vec<_>>().join(", ")
}

/// Somebody who is there, by all names under which something is held.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Known {
    Customer(String),
    Agent(String),
    Member(String),
    /// A caller, by its number and its name in each group.
    Caller {
        number: String,
        groups: Vec<CallerOf>,
    },
}

/// A caller, as a group knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct CallerOf {
    group: String,
    name: String,
    /// Whether the group refuses its calls.
    is_blocked: bool,
}

impl Person {
    /// Its kind, in a word.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Person::Customer(_) => "customer",
            Person::Agent(_) => "agent",
            Person::Member(_) => "member",
            Person::Caller(_) => "caller",
        }
    }

    /// All names of somebody who is there. Of a caller nobody knows whether it is: every number has a name in each group.
    async fn known(&self, scope: &mut impl Scope) -> Result<Known, PersonError> {
        Ok(match self {
            Person::Customer(id) => Known::Customer(customers::get(scope, id).await?.id),
            Person::Agent(id) => Known::Agent(agents::get(scope, id).await?.id),
            Person::Member(id) => Known::Member(memberships::get(scope, id).await?.user.id),
            Person::Caller(number) => {
                let number = fields::required("/number", number.clone(), NotANumber::LONGEST)?;
                let dial_plan = tenants::get(scope).await?.settings.dial_plan;
                let number = dial_plan
                    .canonical(&number)
                    .map_err(|error| Invalid::at("/number", error.to_string()))?
                    .to_string();
                let groups = groups::all(scope).await?;
                let of = |group: &groups::Group| {
                    let name = group.pseudonym_of(&number);
                    let is_blocked =
                        group.details.answering.blocked.iter().any(|blocked| *blocked == name || *blocked == number);
                    CallerOf { group: group.id.clone(), name, is_blocked }
                };
                Known::Caller { groups: groups.iter().map(of).collect(), number }
            }
        })
    }
}

impl Known {
    /// Under what the database has to be asked for it.
    fn subjects(&self) -> Vec<Subject<'_>> {
        match self {
            Known::Customer(id) => vec![Subject::Customer(id)],
            Known::Agent(id) => vec![Subject::Agent(id)],
            Known::Member(id) => vec![Subject::User(id)],
            Known::Caller { number, groups } => {
                groups.iter().map(|CallerOf { group, name, .. }| Subject::Caller { group, name, number }).collect()
            }
        }
    }
}

//! People: users, who sign in once for all tenants, and their memberships, which say what they may do in each.
//!
//! A password is hashed outside of any transaction (it takes long, and writers wait for one another), by at most as many threads
//! as there are cores. Who does something for themselves is a [`SignedIn`](sessions::SignedIn); who does something as a member of
//! a tenant is an [`Actor`](crate::Actor), as everywhere.

mod confirm;
mod govern;
mod hashing;
mod limits;
mod password;
mod public_url;
pub(crate) mod tickets;

pub mod invitations;
pub mod letters;
pub mod memberships;
pub mod resets;
pub mod second_factor;
pub mod sessions;
pub mod set_up;
pub mod sign_in;
pub mod users;

use std::net::IpAddr;

use serde::Serialize;

pub use confirm::ConfirmError;
pub use hashing::Hashing;
pub use password::Password;
pub use public_url::{Page, PublicUrl};

pub use crate::secrets::{MachineError, Secret};
use crate::{Actor, Engine, Reach, Roles, Work};

/// The tenant of what belongs to none: of the program itself when it acts on users, and of the jobs that it then writes.
pub const NO_TENANT: i64 = 0;

/// Who asks, as far as the network tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The address that the request comes from: behind a proxy the one that the proxy names.
    pub address: IpAddr,
    /// What the browser calls itself.
    pub browser: String,
}

/// What is known of people in memory: each process has its own.
#[derive(Default)]
pub(crate) struct People {
    hasher: hashing::Hasher,
    limits: limits::Limits,
}

impl Engine {
    /// How passwords are hashed: how many were, and how many at once.
    #[must_use]
    pub fn hashing(&self) -> Hashing {
        self.people().hasher.counts()
    }
}

/// A user who does something that concerns no tenant.
fn nowhere(user: &str) -> Actor {
    let reach = Reach::Own { customers: Vec::new(), agent: None };
    Actor { tenant: NO_TENANT, name: format!("user:{user}"), roles: Roles::default(), reach }
}

/// The program itself, above all tenants.
fn program() -> Actor {
    Actor::program(NO_TENANT, "program")
}

/// Writes down what was done to a user, in each tenant where the user is a member: they all have a right to know.
async fn audit_everywhere<T: Serialize + Sync>(
    work: &mut Work,
    action: &str,
    user: &str,
    before: Option<&T>,
    after: Option<&T>,
) -> Result<(), storage::Error> {
    for membership in storage::memberships::of_user(&mut work.tx, user).await? {
        let mut record = work.change(action, user, before, after);
        record.tenant = membership.tenant;
        storage::audit::insert(&mut work.tx, &record).await?;
    }
    Ok(())
}

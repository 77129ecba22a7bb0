//! `tollgate user`: its arguments.

use clap::{Subcommand, ValueEnum};
use engine::Role;

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Make somebody who signs in, with a place in the tenant; a link to set the password is shown this once.
    #[command(after_help = "Examples:
  tollgate user create ada@example.org --name \"Ada Byron\" --role owner
  tollgate user create grace@example.org --name \"Grace Hopper\" --role customer --customer cus_...")]
    Create {
        /// The name to sign in with: the e-mail address, for most.
        sign_in: String,
        /// What the person is called.
        #[arg(long)]
        name: String,
        /// What the person may do: a role, or several with a comma between.
        #[arg(long = "role", value_name = "ROLE", value_enum, value_delimiter = ',', required = true)]
        roles: Vec<RoleName>,
        /// A customer whose records somebody with the role customer sees (its id).
        #[arg(long = "customer", value_name = "ID")]
        customers: Vec<String>,
        /// The agent record of somebody with the role agent (its id).
        #[arg(long, value_name = "ID")]
        agent: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// List the tenant's people.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show a link by which somebody sets a new password, good for an hour.
    ResetLink {
        /// The name to sign in with.
        sign_in: String,
    },
    /// Switch the second factor off of somebody who has lost it and all recovery codes.
    ResetSecondFactor {
        /// The name to sign in with.
        sign_in: String,
    },
    /// Let nobody sign in with a name any more; all its sessions end.
    Disable {
        /// The name to sign in with.
        sign_in: String,
    },
    /// Let somebody sign in again.
    Enable {
        /// The name to sign in with.
        sign_in: String,
    },
}

/// The roles that people have.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum RoleName {
    Owner,
    Admin,
    Clerk,
    Coordinator,
    Agent,
    Customer,
    Auditor,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Role {
        match name {
            RoleName::Owner => Role::Owner,
            RoleName::Admin => Role::Admin,
            RoleName::Clerk => Role::Clerk,
            RoleName::Coordinator => Role::Coordinator,
            RoleName::Agent => Role::Agent,
            RoleName::Customer => Role::Customer,
            RoleName::Auditor => Role::Auditor,
        }
    }
}

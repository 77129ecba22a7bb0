//! Who acts: in which tenant, in which roles, and whose records they reach.

use std::collections::BTreeSet;

/// Who does something, in which tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The tenant whose records are read and changed; there is no way to another's.
    pub tenant: i64,
    /// How the audit trail names them: `user:usr_...`, `key:key_...`, `cli`, `demo`.
    pub name: String,
    /// In which roles.
    pub roles: Roles,
    /// Whose records of the tenant.
    pub reach: Reach,
}

/// What somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Everything, the tenant itself included.
    Owner,
    /// Everything but what only the owner may.
    Admin,
    /// Customers and billing.
    Clerk,
    /// Groups and rosters.
    Coordinator,
    /// Answers calls: sees what concerns its own agent record.
    Agent,
    /// Pays: sees its own customer records.
    Customer,
    /// Reads everything, changes nothing.
    Auditor,
    /// A switch: reports calls. Only a key's, never a person's.
    Switch,
}

/// A set of roles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roles(BTreeSet<Role>);

/// Whose records somebody reaches within a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Everybody's.
    Tenant,
    /// Those of some customers and of an agent; all others are as if they were not there.
    Own {
        /// The customers' ids.
        customers: Vec<String>,
        /// The agent's id.
        agent: Option<String>,
    },
}

impl Actor {
    /// A part of the program itself, which may do everything in this tenant.
    #[must_use]
    pub fn program(tenant: i64, name: &str) -> Self {
        Actor { tenant, name: name.to_owned(), roles: Role::Owner.into(), reach: Reach::Tenant }
    }
}

impl Role {
    /// Every role, with its name.
    pub const ALL: [(Role, &'static str); 8] = [
        (Role::Owner, "owner"),
        (Role::Admin, "admin"),
        (Role::Clerk, "clerk"),
        (Role::Coordinator, "coordinator"),
        (Role::Agent, "agent"),
        (Role::Customer, "customer"),
        (Role::Auditor, "auditor"),
        (Role::Switch, "switch"),
    ];

    /// The role of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Role> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(role, _)| *role)
    }

    /// The role's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(role, _)| *role == self).map_or("", |(_, name)| name)
    }

    /// Whether the role is for everybody's records of the tenant; the others are for their own.
    #[must_use]
    pub fn reaches_all(self) -> bool {
        !matches!(self, Role::Agent | Role::Customer)
    }
}

impl Roles {
    /// The roles of these names, if all are names of roles.
    #[must_use]
    pub fn named<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        names.into_iter().map(Role::named).collect::<Option<_>>().map(Roles)
    }

    /// Whether this role is among them.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The roles, those that may more first.
    pub fn iter(&self) -> impl Iterator<Item = Role> {
        self.0.iter().copied()
    }

    /// Their names.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        self.iter().map(Role::name).collect()
    }

    /// Whether somebody with these roles may give a role to others, or take it from them: nobody gives what is above their own.
    #[must_use]
    pub fn may_give(&self, role: Role) -> bool {
        self.iter().any(|own| match own {
            Role::Owner => true,
            Role::Admin => role != Role::Owner,
            Role::Clerk => role == Role::Customer,
            _ => false,
        })
    }
}

impl From<Role> for Roles {
    fn from(role: Role) -> Self {
        Roles(BTreeSet::from([role]))
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        Roles(roles.into_iter().collect())
    }
}

impl Reach {
    /// Whether this customer's records are reached.
    #[must_use]
    pub fn customer(&self, id: &str) -> bool {
        match self {
            Reach::Tenant => true,
            Reach::Own { customers, .. } => customers.iter().any(|own| own == id),
        }
    }

    /// Whether this agent's records are reached.
    #[must_use]
    pub fn agent(&self, id: &str) -> bool {
        match self {
            Reach::Tenant => true,
            Reach::Own { agent, .. } => agent.as_deref() == Some(id),
        }
    }

    /// The agent, where the records of no customer are reached.
    pub(crate) fn only_agent(&self) -> Option<&str> {
        match self {
            Reach::Own { customers, agent } if customers.is_empty() => agent.as_deref(),
            _ => None,
        }
    }

    /// Whether the account of this customer or agent is reached.
    pub(crate) fn owner(&self, id: &str) -> bool {
        self.customer(id) || self.agent(id)
    }

    /// Whether everybody's records are reached: what is not for customers and agents is shown to those alone who have this reach.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        *self == Reach::Tenant
    }

    /// The customers whose records are reached; `None` for everybody's.
    pub(crate) fn customers(&self) -> Option<&[String]> {
        match self {
            Reach::Tenant => None,
            Reach::Own { customers, .. } => Some(customers),
        }
    }

    /// Whose records a list has that asks for a customer's, or for all.
    pub(crate) fn limited(&self, asked: Option<&str>) -> Limited {
        let among = |some: &[String]| Limited { customer: None, among: Some(some.to_vec()) };
        match (self, asked) {
            (Reach::Own { .. }, Some(asked)) if !self.customer(asked) => among(&[]),
            (Reach::Tenant, asked) | (Reach::Own { .. }, asked @ Some(_)) => {
                Limited { customer: asked.map(str::to_owned), among: None }
            }
            (Reach::Own { customers, .. }, None) => match &customers[..] {
                [only] => Limited { customer: Some(only.clone()), among: None },
                some => among(some),
            },
        }
    }
}

/// Whose records a list has: a customer's, those of some, or (with neither) everybody's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Limited {
    pub(crate) customer: Option<String>,
    pub(crate) among: Option<Vec<String>>,
}

//! The demo's people who sign in. Their passwords are their names: the demo is for a loopback address alone.

use engine::people::Password;
use engine::people::memberships::{self, Grants};
use engine::people::users::{self, NewUser, UserError};
use engine::{Actor, Engine, Role, Roles, agents, customers};

use super::actor;
use super::desk::NORA;
use super::people::{ADVISED, LANTERN};

/// What each is for, the name to sign in with (which is the password too), what the person is called, and the role.
pub(crate) const SIGN_INS: [(&str, &str, &str, Role); 7] = [
    ("the owner", "admin", "Alex Admin", Role::Owner),
    ("a clerk", "clerk", "Casey Clerk", Role::Clerk),
    ("an auditor", "auditor", "Robin Ledger", Role::Auditor),
    ("a customer", "lantern", "Dev Anand", Role::Customer),
    ("one with a balance", "greta", "Greta Lindqvist", Role::Customer),
    ("one without", "nora", "Nora Eriksen", Role::Customer),
    ("an adviser", "morgan", "Morgan Reyes", Role::Agent),
];

/// The reference of the customer whose records one sees who signs in with this name.
fn reference(sign_in: &str) -> &'static str {
    match sign_in {
        "greta" => ADVISED[0],
        "nora" => NORA,
        _ => LANTERN,
    }
}

/// Makes those of the demo's people who are not there yet.
pub(crate) async fn sign_ins(engine: &Engine) -> anyhow::Result<()> {
    let actor = actor();
    for (_, sign_in, name, role) in SIGN_INS {
        let new = NewUser {
            sign_in: sign_in.to_owned(),
            email: Some(format!("{sign_in}@example.org")),
            name: name.to_owned(),
            language: None,
            password: Some(Password::new(sign_in)),
        };
        let user = match users::create_demo(engine, &actor, new).await {
            Ok(user) => user,
            Err(UserError::Taken(_)) => continue,
            Err(error) => return Err(error.into()),
        };
        let grants = grants(engine, &actor, (sign_in, role)).await?;
        let given = engine.run(&actor, |work| {
            let (user, grants) = (user.id.clone(), grants.clone());
            Box::pin(async move { memberships::give(work, &user, grants).await })
        });
        given.await?;
    }
    Ok(())
}

/// The role, with the records that a customer or an agent of the demo sees.
async fn grants(engine: &Engine, actor: &Actor, (sign_in, role): (&str, Role)) -> anyhow::Result<Grants> {
    let mut view = engine.view(actor).await?;
    let mut grants = Grants { roles: Roles::from(role), customers: Vec::new(), agent: None };
    match role {
        Role::Customer => {
            let found = customers::page(&mut view, Some(reference(sign_in)), None, 1).await?;
            grants.customers = found.into_iter().map(|customer| customer.id).collect();
        }
        Role::Agent => grants.agent = agents::page(&mut view, None, 1).await?.into_iter().next().map(|agent| agent.id),
        _ => {}
    }
    Ok(grants)
}

//! `tollgate user`.

use std::process::ExitCode;

use engine::people::memberships::{self, Grants, Membership, MembershipError};
use engine::people::resets::{self, ResetError};
use engine::people::second_factor::{self, SecondFactorError};
use engine::people::users::{self, NewUser, User, UserError};
use engine::people::{NO_TENANT, Page};
use engine::{Actor, Engine, Role};
use serde_json::{Value, json};

use super::{engine_and_actor, say, say_json};
use crate::cli::UserCommand;
use crate::config::Config;

/// How many people are read at once.
const PAGE: i64 = 500;

pub(crate) async fn run(config: &Config, command: &UserCommand) -> anyhow::Result<ExitCode> {
    let (engine, actor) = engine_and_actor(config).await?;
    // Whoever has the machine may do with people what nobody may who signs in.
    let program = Actor::program(NO_TENANT, "cli");
    match command {
        UserCommand::Create { sign_in, name, roles, customers, agent, json } => {
            let roles = roles.iter().map(|role| Role::from(*role)).collect();
            let grants = Grants { roles, customers: customers.clone(), agent: agent.clone() };
            let membership = create(&engine, [&program, &actor], (sign_in, name), grants).await?;
            // Who signs in already goes on with the password that there is.
            let link = match membership.user.has_password {
                true => None,
                false => Some(link(config, &engine, &membership.user, &program).await?),
            };
            if *json {
                let mut member = shown(&membership);
                member["link"] = link.into();
                say_json(&member)?;
            } else {
                say(&row(&membership));
                say(&match link {
                    Some(link) => format!("The password is set by this link, once and within an hour:\n{link}"),
                    None => format!("{sign_in} signs in already, and has a place here too now."),
                });
            }
        }
        UserCommand::List { json } => {
            let members = all(&engine, &actor).await?;
            if *json {
                say_json(&members.iter().map(shown).collect::<Vec<_>>())?;
            } else {
                members.iter().for_each(|member| say(&row(member)));
            }
        }
        UserCommand::ResetLink { sign_in } => {
            let user = users::by_sign_in(&mut engine.view(&actor).await?, sign_in).await?;
            say(&link(config, &engine, &user, &program).await?);
        }
        UserCommand::ResetSecondFactor { sign_in } => {
            let user = users::by_sign_in(&mut engine.view(&actor).await?, sign_in).await?;
            let reset = engine.run(&program, |work| {
                let id = user.id.clone();
                Box::pin(async move { second_factor::reset(work, &id).await })
            });
            reset.await.map_err(|error: SecondFactorError| error)?;
            say(&format!("{sign_in} signs in with the password alone."));
        }
        UserCommand::Disable { sign_in } => {
            let user = users::by_sign_in(&mut engine.view(&actor).await?, sign_in).await?;
            let disabled = engine.run(&program, |work| {
                let id = user.id.clone();
                Box::pin(async move { users::disable(work, &id).await })
            });
            disabled.await.map_err(|error: UserError| error)?;
            say(&format!("Nobody signs in as {sign_in} any more."));
        }
        UserCommand::Enable { sign_in } => {
            let user = users::by_sign_in(&mut engine.view(&actor).await?, sign_in).await?;
            let enabled = engine.run(&program, |work| {
                let id = user.id.clone();
                Box::pin(async move { users::enable(work, &id).await })
            });
            enabled.await.map_err(|error: UserError| error)?;
            say(&format!("{sign_in} can sign in again."));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Makes the user, or takes the one that is there, and gives it a place.
async fn create(
    engine: &Engine,
    [program, actor]: [&Actor; 2],
    (sign_in, name): (&str, &str),
    grants: Grants,
) -> anyhow::Result<Membership> {
    let new =
        NewUser { sign_in: sign_in.to_owned(), email: None, name: name.to_owned(), language: None, password: None };
    let user = match users::create(engine, program, new).await {
        Err(UserError::Taken(_)) => users::by_sign_in(&mut engine.view(actor).await?, sign_in).await?,
        made => made?,
    };
    let given = engine.run(actor, |work| {
        let (user, grants) = (user.id.clone(), grants.clone());
        Box::pin(async move { memberships::give(work, &user, grants).await })
    });
    Ok(given.await.map_err(|error: MembershipError| error)?)
}

/// Everybody who has a place in the actor's tenant.
pub(super) async fn all(engine: &Engine, actor: &Actor) -> anyhow::Result<Vec<Membership>> {
    let mut view = engine.view(actor).await?;
    let mut all: Vec<Membership> = Vec::new();
    loop {
        let after = all.last().map(|last| last.user.id.clone());
        let page = memberships::page(&mut view, after.as_deref(), PAGE).await?;
        let last = page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
        all.extend(page);
        if last {
            return Ok(all);
        }
    }
}

async fn link(config: &Config, engine: &Engine, user: &User, program: &Actor) -> anyhow::Result<String> {
    let ticket = engine.run(program, |work| {
        let id = user.id.clone();
        Box::pin(async move { resets::ticket(work, &id).await })
    });
    let secret = ticket.await.map_err(|error: ResetError| error)?;
    Ok(config.public_url(config.listen)?.link(Page::Reset, &secret))
}

fn row(member: &Membership) -> String {
    let state = if member.user.active { "active" } else { "disabled" };
    let roles = member.grants.roles.names().join(",");
    format!("{:<30} {state:<8} {roles:<16} {}", member.user.sign_in, member.user.name)
}

fn shown(member: &Membership) -> Value {
    json!({
        "id": member.user.id,
        "sign_in": member.user.sign_in,
        "name": member.user.name,
        "state": if member.user.active { "active" } else { "disabled" },
        "second_factor": member.user.second_factor,
        "roles": member.grants.roles.names(),
        "customers": member.grants.customers,
        "agent": member.grants.agent,
    })
}

//! `tollgate key`.

use std::process::ExitCode;

use anyhow::Context;
use domain::time::Instant;
use engine::keys::{self, Key, KeyError};
use serde_json::json;

use super::{engine_and_actor, say, say_json};
use crate::cli::KeyCommand;
use crate::config::Config;

pub(crate) async fn run(config: &Config, command: &KeyCommand) -> anyhow::Result<ExitCode> {
    let (engine, actor) = engine_and_actor(config).await?;
    match command {
        KeyCommand::Create { name, role, expires_at, json } => {
            let expires_at = expires_at.as_deref().map(Instant::parse).transpose().context("--expires-at")?;
            let created = engine.run(&actor, |work| {
                let (name, role) = (name.clone(), (*role).into());
                Box::pin(async move { keys::create(work, &name, role, expires_at).await })
            });
            let (key, secret) = created.await?;
            if *json {
                say_json(&json!({"id": key.id, "name": key.name, "role": key.role.name(), "secret": secret}))?;
            } else {
                say(&format!("{}  {} ({})", key.id, key.name, key.role.name()));
                say(&format!("Secret, shown this once:\n{secret}"));
            }
        }
        KeyCommand::List { json } => {
            let all = keys::all(&mut engine.view(&actor).await?).await?;
            if *json {
                say_json(&all.iter().map(shown).collect::<Vec<_>>())?;
            } else {
                all.iter()
                    .for_each(|key| say(&format!("{}  {:<8} {:<8} {}", key.id, state(key), key.role.name(), key.name)));
            }
        }
        KeyCommand::Revoke { id } => {
            let revoked = engine.run(&actor, |work| {
                let id = id.clone();
                Box::pin(async move { keys::revoke(work, &id).await })
            });
            revoked.await.map_err(|error: KeyError| error)?;
            say(&format!("{id} opens nothing any more."));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn shown(key: &Key) -> serde_json::Value {
    json!({
        "id": key.id,
        "name": key.name,
        "role": key.role.name(),
        "state": state(key),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
    })
}

fn state(key: &Key) -> &'static str {
    if key.revoked_at.is_some() { "revoked" } else { "valid" }
}

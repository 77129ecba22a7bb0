//! `tollgate key`.

use std::process::ExitCode;

use anyhow::Context;
use domain::time::Instant;
use engine::keys::{self, Key, KeyError};
use engine::{Clock, Role, SystemClock};
use serde_json::json;

use super::{engine_and_actor, say, say_json};
use crate::cli::KeyCommand;
use crate::config::Config;

pub(crate) async fn run(config: &Config, command: &KeyCommand) -> anyhow::Result<ExitCode> {
    let (engine, actor) = engine_and_actor(config).await?;
    match command {
        KeyCommand::Create { name, scopes, expires_at, json } => {
            let expires_at = expires_at.as_deref().map(Instant::parse).transpose().context("--expires-at")?;
            let created = engine.run(&actor, |work| {
                let (name, scopes) = (name.clone(), scopes.iter().map(|scope| Role::from(*scope)).collect());
                Box::pin(async move { keys::create(work, &name, scopes, expires_at).await })
            });
            let (key, secret) = created.await?;
            if *json {
                say_json(&json!({"id": key.id, "name": key.name, "scopes": key.scopes.names(), "secret": secret}))?;
            } else {
                say(&format!("{}  {} ({})", key.id, key.name, key.scopes.names().join(", ")));
                say(&format!("Secret, shown this once:\n{secret}"));
            }
        }
        KeyCommand::List { json } => {
            let now = SystemClock.now();
            let all = keys::all(&mut engine.view(&actor).await?).await?;
            if *json {
                say_json(&all.iter().map(|key| shown(key, now)).collect::<Vec<_>>())?;
            } else {
                let row = |key: &Key| {
                    let scopes = key.scopes.names().join(",");
                    format!("{}  {:<8} {scopes:<16} {}", key.id, state(key, now), key.name)
                };
                all.iter().for_each(|key| say(&row(key)));
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

fn shown(key: &Key, now: Instant) -> serde_json::Value {
    json!({
        "id": key.id,
        "name": key.name,
        "scopes": key.scopes.names(),
        "state": state(key, now),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
    })
}

/// How the key is now: `valid`, `expired` or `revoked`.
pub(super) fn state(key: &Key, now: Instant) -> &'static str {
    match (key.revoked_at, key.expires_at) {
        (Some(_), _) => "revoked",
        (None, Some(expires_at)) if expires_at <= now => "expired",
        (None, _) => "valid",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_valid_until_it_expires_or_is_revoked() {
        let at = Instant::clamped;
        for (revoked_at, expires_at, now, expected) in [
            (None, None, 1_000, "valid"),
            (None, Some(1_000), 999, "valid"),
            (None, Some(1_000), 1_000, "expired"),
            (Some(500), Some(1_000), 1_000, "revoked"),
        ] {
            let key = Key {
                id: String::new(),
                name: String::new(),
                scopes: Role::Clerk.into(),
                created_at: at(0),
                expires_at: expires_at.map(at),
                revoked_at: revoked_at.map(at),
            };
            assert_eq!(state(&key, at(now)), expected);
        }
    }
}

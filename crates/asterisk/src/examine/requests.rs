//! What an Asterisk is asked about itself.

use std::collections::HashSet;

use domain::time::Instant;
use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Holder;
use crate::ari::{Ari, AriError, EVENTS};

impl Ari {
    pub(super) async fn version(&self) -> Result<String, AriError> {
        let Info { system } = self.look(&["asterisk", "info"]).await?;
        Ok(system.version)
    }

    /// What its clock shows.
    pub(super) async fn now(&self) -> Result<Instant, AriError> {
        let Pong { timestamp } = self.look(&["asterisk", "ping"]).await?;
        Instant::parse(&timestamp).map_err(|_| AriError::Unreadable("GET asterisk/ping".to_owned()))
    }

    pub(super) async fn running_modules(&self) -> Result<HashSet<String>, AriError> {
        let modules: Vec<Module> = self.look(&["asterisk", "modules"]).await?;
        Ok(modules.into_iter().filter(|module| module.status == "Running").map(|module| module.name).collect())
    }

    /// Who has our application's name: a Tollgate wants certain events.
    pub(super) async fn holder(&self) -> Result<Holder, AriError> {
        let application = &self.settings().application;
        let held: Option<Application> = self.look_for(&["applications", application]).await?;
        Ok(match held {
            None => Holder::Nobody,
            Some(Application { events_allowed: wanted }) => {
                let is_ours = wanted.len() == EVENTS.len() && wanted.iter().all(|event| EVENTS.contains(&&*event.kind));
                if is_ours { Holder::Tollgate } else { Holder::Another }
            }
        })
    }

    pub(super) async fn has_sound(&self, name: &str) -> Result<bool, AriError> {
        let found: Option<serde_json::Value> = self.look_for(&["sounds", name]).await?;
        Ok(found.is_some())
    }

    /// The endpoints that it says it does not reach; none, where it does not say.
    pub(super) async fn offline(&self) -> Result<HashSet<String>, AriError> {
        let all: Option<Vec<Endpoint>> = self.look_for(&["endpoints", "PJSIP"]).await?;
        let offline = all.into_iter().flatten().filter(|endpoint| endpoint.state == "offline");
        Ok(offline.map(|endpoint| endpoint.resource).collect())
    }

    /// Whether an endpoint may send its calls on by itself; `None`, where there is no such endpoint.
    pub(super) async fn may_transfer(&self, endpoint: &str) -> Result<Option<bool>, AriError> {
        let path = ["asterisk", "config", "dynamic", "res_pjsip", "endpoint", endpoint];
        let settings: Option<Vec<Setting>> = self.look_for(&path).await?;
        let is_allowed = |setting: Setting| setting.attribute == "allow_transfer" && setting.value == "true";
        Ok(settings.map(|settings| settings.into_iter().any(is_allowed)))
    }

    async fn look<T: DeserializeOwned>(&self, path: &[&str]) -> Result<T, AriError> {
        let answer = self.ask(Method::GET, path, &[], None).await?;
        serde_json::from_value(answer).map_err(|_| AriError::Unreadable(format!("GET {}", path.join("/"))))
    }

    /// The same of something that may not be there.
    async fn look_for<T: DeserializeOwned>(&self, path: &[&str]) -> Result<Option<T>, AriError> {
        match self.look(path).await {
            Err(AriError::Refused { status: 404, .. }) => Ok(None),
            found => found.map(Some),
        }
    }
}

#[derive(Deserialize)]
struct Info {
    system: System,
}

#[derive(Deserialize)]
struct System {
    version: String,
}

#[derive(Deserialize)]
struct Pong {
    timestamp: String,
}

#[derive(Deserialize)]
struct Module {
    name: String,
    status: String,
}

#[derive(Deserialize)]
struct Application {
    #[serde(default)]
    events_allowed: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Endpoint {
    resource: String,
    #[serde(default)]
    state: String,
}

#[derive(Deserialize)]
struct Setting {
    attribute: String,
    value: String,
}

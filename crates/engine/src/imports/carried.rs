//! Rows of an Asterisk's file whose calls Tollgate has carried there and charged while they ran: they are on record already, by another origin.

use std::collections::HashSet;

use super::asterisk::{live_origin, live_origins};
use super::{Format, ImportError, Options};
use crate::calls::FinishedCall;
use crate::{Actor, Engine, Scope};

/// The calls that were charged live at the Asterisk of a file.
pub(super) struct Carried<'a> {
    engine: &'a Engine,
    actor: &'a Actor,
    /// What the Asterisk is called; none, where nothing was charged at one of this name.
    system: Option<&'a str>,
}

/// Calls that are still to be recorded, and those that were charged live.
pub(super) struct Sorted {
    pub(super) others: Vec<FinishedCall>,
    pub(super) carried: Vec<FinishedCall>,
}

impl<'a> Carried<'a> {
    /// Finds out whether there are any: whoever has none pays for this one question.
    pub(super) async fn look(
        engine: &'a Engine,
        actor: &'a Actor,
        options: &'a Options,
    ) -> Result<Carried<'a>, ImportError> {
        let is_of_asterisk = matches!(options.format, Format::AsteriskCsv { .. }) && !options.system.is_empty();
        let mut system = Some(options.system.as_str()).filter(|_| is_of_asterisk);
        if let Some(name) = system {
            let (mut view, tenant) = (engine.view(actor).await?, actor.tenant);
            let any = storage::calls::any_origin_begins(view.tx(), tenant, &live_origin(name, "")).await?;
            system = system.filter(|_| any);
        }
        Ok(Carried { engine, actor, system })
    }

    /// Tells the calls that were charged live from the others. What is on record of them was there before their rows were written, and stays.
    pub(super) async fn sort(&self, calls: Vec<FinishedCall>) -> Result<Sorted, ImportError> {
        let Some(system) = self.system.filter(|_| !calls.is_empty()) else {
            return Ok(Sorted { others: calls, carried: Vec::new() });
        };
        let origins: HashSet<String> = calls.iter().flat_map(|call| live_origins(system, call)).collect();
        let origins: Vec<&str> = origins.iter().map(String::as_str).collect();
        let mut view = self.engine.view(self.actor).await?;
        let known = storage::calls::known_origins(view.tx(), self.actor.tenant, &origins).await?;
        let known: HashSet<String> = known.into_iter().collect();
        let is_carried = |call: &FinishedCall| live_origins(system, call).any(|origin| known.contains(&origin));
        let (carried, others) = calls.into_iter().partition(is_carried);
        Ok(Sorted { others, carried })
    }
}

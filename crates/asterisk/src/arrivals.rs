//! Calls that come in: whose they are is known by the endpoint that Asterisk has authenticated, never by what a caller says of itself.

use std::sync::Arc;

use domain::call_flow::{Cause, Party};
use engine::lines::phones;
use engine::tenants::TenantError;
use engine::trunks::{self, Trunk};
use engine::{Actor, StorageError, inbound_numbers, sip_accounts};

use crate::channels::Place;
use crate::pbx::Pbx;
use crate::said::Channel;
use crate::{Asterisk, NAME, names};

/// Why it is not known whose a call is, or where a phone is.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LookupError {
    #[error(transparent)]
    Line(#[from] phones::LookupError),
    #[error(transparent)]
    Tenant(#[from] TenantError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Asterisk {
    /// A channel has come to the application from the dialplan.
    pub(crate) fn arrives(&self, pbx: &Arc<Pbx>, channel: Channel, args: Vec<String>) {
        pbx.channels().arrives(&channel.id);
        let (Some(me), pbx) = (self.me.upgrade(), pbx.clone()) else { return };
        tokio::spawn(async move {
            // Its end is announced only to who asked for that.
            let taken_in = match pbx.ari.subscribe(&channel.id).await {
                Ok(()) => me.take_in(&pbx, &channel, &args).await,
                Err(error) => {
                    tracing::info!(%error, asterisk = pbx.name(), "a call that came in is gone, or would never be known to end");
                    Err(Cause::Failed)
                }
            };
            if let Err(cause) = taken_in {
                pbx.channels().is_turned_away(&channel.id);
                // It may be gone.
                let _ = pbx.ari.hang_up(&channel.id, cause.q850()).await;
            }
        });
    }

    async fn take_in(&self, pbx: &Pbx, channel: &Channel, args: &[String]) -> Result<(), Cause> {
        let Some(dialled) = args.get(1).filter(|dialled| !dialled.is_empty()) else {
            tracing::error!(
                asterisk = pbx.name(),
                "the dialplan does not say what was dialled: write Stasis(tollgate,out,${{EXTEN}})"
            );
            return Err(Cause::Failed);
        };
        let endpoint = channel.endpoint().unwrap_or_default();
        let found = self.caller_at(endpoint).await.map_err(|error| {
            tracing::error!(%error, asterisk = pbx.name(), "whose a call is is not known");
            Cause::Failed
        })?;
        let Some((tenant, caller)) = found else {
            // The dialplan may say whether the caller hides a number that the carrier tells.
            let is_hidden = args.get(2).is_some_and(|presentation| presentation.starts_with("prohib"));
            let caller = if is_hidden { "" } else { &channel.caller.number };
            return self.take_in_by_trunk(pbx, channel, [dialled, caller]).await;
        };
        let call = names::call_of_arrival(tenant, pbx.name(), &channel.id);
        let is_there = pbx.channels().has_arrived(&channel.id, &call, Place::of(&caller));
        if is_there {
            self.exchange.incoming(&call, caller, dialled.clone());
        }
        Ok(())
    }

    /// A call from outside: its tenant is known by the trunk.
    async fn take_in_by_trunk(&self, pbx: &Pbx, channel: &Channel, numbers: [&str; 2]) -> Result<(), Cause> {
        let endpoint = channel.endpoint().unwrap_or_default();
        let found = self.told_by_trunk(pbx, endpoint, numbers).await.map_err(|error| {
            tracing::error!(%error, asterisk = pbx.name(), "by which trunk a call came is not known");
            Cause::Failed
        })?;
        let Some((tenant, trunk, [dialled, caller])) = found else {
            tracing::warn!(
                asterisk = pbx.name(),
                endpoint,
                "a call of an endpoint that is neither a line's nor a trunk's that is on is turned away"
            );
            return Err(Cause::NotActive);
        };
        let call = names::call_of_arrival(tenant, pbx.name(), &channel.id);
        let place = Place::Trunk { id: trunk.id, most_calls: trunk.details.most_calls };
        let is_there = pbx.channels().has_arrived(&channel.id, &call, place);
        if is_there {
            self.exchange.incoming(&call, Party { line: None, number: caller }, dialled);
        }
        Ok(())
    }

    /// The trunk that is on with this endpoint, its tenant, and the numbers that it tells, in canonical form.
    async fn told_by_trunk(
        &self,
        pbx: &Pbx,
        endpoint: &str,
        numbers: [&str; 2],
    ) -> Result<Option<(i64, Trunk, [String; 2])>, LookupError> {
        let engine = self.exchange.engine();
        let found = {
            let mut view = engine.view(&Actor::program(0, NAME)).await?;
            match trunks::of_endpoint(&mut view, Some(pbx.name()), endpoint).await? {
                None => trunks::of_endpoint(&mut view, None, endpoint).await?,
                found => found,
            }
        };
        let Some((tenant, trunk)) = found.filter(|(_, trunk)| trunk.details.enabled) else { return Ok(None) };
        let mut view = engine.view(&Actor::program(tenant, NAME)).await?;
        let [dialled, caller] = numbers;
        let dialled = inbound_numbers::told_by_trunk(&mut view, dialled).await?;
        let caller = inbound_numbers::told_by_trunk(&mut view, caller).await?;
        Ok(Some((tenant, trunk, [dialled, caller])))
    }

    /// The line whose endpoint this is, and its tenant.
    async fn caller_at(&self, endpoint: &str) -> Result<Option<(i64, Party)>, LookupError> {
        let mut view = self.exchange.engine().view(&Actor::program(0, NAME)).await?;
        let found = sip_accounts::of_endpoint(&mut view, endpoint).await?;
        Ok(found.map(|line| (line.tenant, Party { line: Some(line.line), number: line.number.to_string() })))
    }

    /// What Asterisk dials to reach a party.
    pub(crate) async fn endpoint_of(&self, pbx: &Pbx, tenant: i64, party: &Party) -> Result<String, Cause> {
        let Some(line) = &party.line else { return Err(Cause::NoRecipient) };
        let found: Result<_, LookupError> = async {
            let mut view = self.exchange.engine().view(&Actor::program(tenant, NAME)).await?;
            Ok(sip_accounts::of_line(&mut view, line).await?)
        }
        .await;
        match found {
            Ok(Some(account)) => Ok(format!("PJSIP/{}", account.username)),
            Ok(None) => Err(Cause::NoRecipient),
            Err(error) => {
                tracing::error!(%error, asterisk = pbx.name(), "where a line's phone is is not known");
                Err(Cause::Failed)
            }
        }
    }
}

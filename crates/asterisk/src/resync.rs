//! Calls outlive our socket, and ourselves; they do not outlive Asterisk. What is there again after a break is found out here.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use domain::call_flow::{Cause, Event, Leg, Recorded};
use domain::time::Instant;
use engine::StorageError;
use engine::switching::{CallRef, Recovered};
use futures::future::join_all;

use crate::ari::AriError;
use crate::channels::Place;
use crate::pbx::Pbx;
use crate::said::Channel;
use crate::{Asterisk, NAME, names};

/// How long an Asterisk that is gone is waited for, in milliseconds: then its calls are over. Should it still carry them it ends them by itself.
const AWAITED_MILLIS: i64 = 60_000;

impl Asterisk {
    /// Takes up the calls that the last program carried, which was last there at `seen_at`, and carries calls from now on, for ever.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn carry(&self, seen_at: Instant) -> Result<(), StorageError> {
        for recovered in self.exchange.recover(NAME, seen_at).await? {
            match self.pbx_of(&recovered.call) {
                Some(pbx) => pbx.awaited().push(recovered),
                None => {
                    tracing::warn!(call = recovered.call.origin, "the Asterisk of a call is not among the settings");
                    self.exchange.back(&recovered, Vec::new());
                }
            }
        }
        for pbx in &self.all {
            self.give_up_later(pbx);
        }
        tokio::join!(self.provision(), join_all(self.all.iter().map(|pbx| self.listen(pbx))));
        Ok(())
    }

    /// The socket is there: what calls are?
    pub(crate) async fn meet(&self, pbx: &Arc<Pbx>) -> Result<(), AriError> {
        pbx.ari.want_events().await?;
        let there = pbx.ari.channels().await?;
        let ids: HashSet<&str> = there.iter().map(|channel| channel.id.as_str()).collect();
        let legs = there.iter().map(|channel| (names::without_try(&channel.id), channel.id.as_str())).collect();
        pbx.is_met();
        let awaited = std::mem::take(&mut *pbx.awaited());
        for recovered in &awaited {
            self.take_up(pbx, recovered, &legs).await;
        }
        let seen_at = pbx.lost_at().unwrap_or_else(|| self.now());
        let calls = pbx.channels().calls();
        for call in calls.iter().filter(|call| awaited.iter().all(|recovered| recovered.call != **call)) {
            let legs = pbx.channels().keep(call, &ids);
            self.join_again(pbx, call, &legs).await;
            self.exchange.post(call, Event::SwitchBack { legs, seen_at });
        }
        self.sweep(pbx, &there).await;
        self.keeps_what_is_left(pbx);
        Ok(())
    }

    /// A call of the last program: which of its legs are there, by their names and channels.
    async fn take_up(&self, pbx: &Pbx, recovered: &Recovered, there: &HashMap<&str, &str>) {
        let Recovered { call, legs, recorded, .. } = recovered;
        let mut back = Vec::new();
        for (leg, party) in legs {
            if let Some(channel) = there.get(names::channel(call, *leg).as_str()) {
                pbx.channels().is_back(channel, (call, *leg), Place::of(party));
                back.push(*leg);
            }
        }
        self.join_again(pbx, call, &back).await;
        if *recorded != Recorded::No && back.len() == legs.len() {
            let announced = *recorded == Recorded::Announced;
            if let Err(error) = self.goes_on_recording(pbx, call, announced).await {
                tracing::warn!(%error, call = call.origin, asterisk = pbx.name(), "a call is not recorded");
            }
        }
        self.exchange.back(recovered, back);
    }

    /// Subscriptions end with the socket, and bridges may.
    async fn join_again(&self, pbx: &Pbx, call: &CallRef, legs: &[Leg]) {
        if let Err(error) = self.try_to_join(pbx, call, legs).await {
            tracing::warn!(%error, call = call.origin, "a call that was taken up again may have no voices");
        }
    }

    async fn try_to_join(&self, pbx: &Pbx, call: &CallRef, legs: &[Leg]) -> Result<(), AriError> {
        let channels: Vec<String> = legs.iter().map(|leg| pbx.channels().of(call, *leg)).collect();
        for channel in &channels {
            pbx.ari.subscribe(channel).await?;
        }
        let bridge = names::bridge(call);
        let bridged = match pbx.ari.channels_of_bridge(&bridge).await {
            Err(error) if error.is_refusal() => Vec::new(),
            bridged => bridged?,
        };
        let apart = channels.iter().any(|channel| !bridged.contains(channel));
        match channels.as_slice() {
            [one, other] if apart => pbx.ari.bridge(&bridge, &[one.as_str(), other.as_str()]).await,
            _ => Ok(()),
        }
    }

    /// Ends what is left in our application of calls that are over. What is not in it is not ours.
    async fn sweep(&self, pbx: &Pbx, there: &[Channel]) {
        for channel in there {
            let is_ours = channel.is_in(&pbx.ari.settings().application) || names::is_ours(&channel.id);
            let is_known = pbx.channels().get(&channel.id).is_some();
            if is_ours && !is_known {
                tracing::info!(asterisk = pbx.name(), "a leg of a call that is over was ended");
                let _ = pbx.ari.hang_up(&channel.id, Cause::Failed.q850()).await;
            }
        }
    }

    /// An Asterisk is gone, which was last heard at `seen_at`.
    pub(crate) fn lose(&self, pbx: &Arc<Pbx>, seen_at: Instant) {
        pbx.is_lost(seen_at);
        for call in pbx.channels().calls() {
            self.exchange.post(&call, Event::SwitchLost { seen_at });
        }
        self.give_up_later(pbx);
    }

    /// Gives the calls of an Asterisk up that is not there again in time.
    fn give_up_later(&self, pbx: &Arc<Pbx>) {
        let (name, met) = (pbx.name().to_owned(), pbx.times_met());
        let until = Instant::clamped(self.now().millis() + AWAITED_MILLIS);
        self.at(until, move |asterisk| {
            let Some(pbx) = asterisk.all.iter().find(|pbx| pbx.name() == name && pbx.times_met() == met) else {
                return;
            };
            for recovered in std::mem::take(&mut *pbx.awaited()) {
                asterisk.exchange.back(&recovered, Vec::new());
            }
            let seen_at = pbx.lost_at().unwrap_or_else(|| asterisk.now());
            let calls = pbx.channels().calls();
            for call in calls {
                pbx.channels().keep(&call, &HashSet::new());
                asterisk.exchange.post(&call, Event::SwitchBack { legs: Vec::new(), seen_at });
            }
        });
    }
}

use std::collections::BTreeSet;

use domain::charging::Stage;

use super::ChargingError;
use super::batch::Batch;
use crate::calls::told;
use crate::ledger::Party;
use crate::webhooks::HookKind;
use crate::{Work, accounts};

impl Batch<'_> {
    /// Tells webhooks of calls that have ended, and customers whose balances are low. Where nobody wants to know, it costs nothing.
    pub(super) async fn tell(&self, work: &mut Work) -> Result<(), ChargingError> {
        if self.tenant.hooks.has(HookKind::CallEnded) {
            let is_over = |stage: &Stage| matches!(stage, Stage::Ended(_));
            let over = self.entries.values().filter(|entry| entry.changed && is_over(&entry.stored.session.stage));
            let (corrected, ended): (Vec<_>, Vec<_>) = over.partition(|entry| entry.charged.is_some());
            let [ended, corrected] =
                [ended, corrected].map(|some| some.iter().map(|entry| entry.record.id.as_str()).collect::<Vec<_>>());
            told::tell(work, &ended, &corrected).await?;
        }
        let settings = &self.tenant.settings;
        if !settings.low_balance.is_empty() {
            let payer = |party: &'_ Party| if let Party::Customer(id) = party { Some(id.clone()) } else { None };
            let payers: BTreeSet<String> = self.postings.iter().filter_map(|posting| payer(&posting.from)).collect();
            accounts::note_low(work, settings, &payers.iter().map(String::as_str).collect::<Vec<_>>()).await?;
        }
        Ok(())
    }
}

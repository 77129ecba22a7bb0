//! The SIP accounts of lines, written for Asterisk's `res_pjsip_config_wizard`.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use engine::sip_accounts::{self, Provisioned};
use engine::{Actor, Change, ChangeKind, Unheard};
use tokio::time::timeout;

use crate::arrivals::LookupError;
use crate::pbx::Pbx;
use crate::{Asterisk, NAME};

/// How long it is waited for more changes, so that a hundred new accounts are written once.
const GATHER: Duration = Duration::from_millis(50);
/// How long it is waited before what went wrong is tried again.
const PAUSE: Duration = Duration::from_secs(5);

const HEADER: &str =
    "; The SIP accounts of Tollgate's lines. Tollgate writes this file anew whenever an account changes:
; what anybody else writes into it is lost. The secrets are kept as digests alone.
";

impl Asterisk {
    /// Keeps the files with SIP accounts as the lines have them, for ever.
    pub(crate) async fn provision(&self) {
        let mut changes = self.exchange.engine().changes();
        loop {
            if let Err(error) = self.write_accounts().await {
                tracing::error!(%error, "the SIP accounts cannot be written for Asterisk; it is tried again");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
            loop {
                // One that is away is told when it is there.
                let again = if self.has_more_to_tell() { PAUSE } else { Duration::MAX };
                match timeout(again, changes.recv()).await {
                    Err(_) | Ok(Ok(Change { kind: ChangeKind::SipAccount, .. }) | Err(Unheard::Missed)) => break,
                    Ok(Ok(_) | Err(Unheard::Nothing)) => {}
                    Ok(Err(Unheard::Over)) => return,
                }
            }
            tokio::time::sleep(GATHER).await;
            changes.skip();
        }
    }

    fn has_more_to_tell(&self) -> bool {
        self.all.iter().any(|pbx| pbx.ari.settings().accounts.is_some() && !pbx.has_read_accounts())
    }

    async fn write_accounts(&self) -> Result<(), ProvisionError> {
        if self.all.iter().all(|pbx| pbx.ari.settings().accounts.is_none()) {
            return Ok(());
        }
        let accounts = self.accounts().await?;
        for (place, pbx) in self.all.iter().enumerate() {
            let is_here = |account: &&Provisioned| is_of(account, place, pbx.name());
            let settings = pbx.ari.settings();
            let Some(path) = &settings.accounts else { continue };
            let text = file(accounts.iter().filter(is_here), &settings.context);
            let has_changed = write(path, &text).await?;
            if has_changed || !pbx.has_read_accounts() {
                tell(pbx, has_changed).await;
            }
        }
        Ok(())
    }

    async fn accounts(&self) -> Result<Vec<Provisioned>, LookupError> {
        let mut view = self.exchange.engine().view(&Actor::program(0, NAME)).await?;
        Ok(sip_accounts::all(&mut view).await?)
    }
}

/// Whether an account is of the Asterisk at this place with this name: who names none has the first one.
pub(crate) fn is_of(account: &Provisioned, place: usize, asterisk: &str) -> bool {
    match &account.asterisk {
        Some(name) => name == asterisk,
        None => place == 0,
    }
}

/// Why the accounts are not written.
#[derive(Debug, thiserror::Error)]
enum ProvisionError {
    #[error(transparent)]
    Lookup(#[from] LookupError),
    #[error("{path}: {error}")]
    File { path: String, error: std::io::Error },
}

/// Writes the file where it has changed, in place: whose it is, and who may read it, is for the owner of the Asterisk to say. Whether it has.
async fn write(path: &Path, text: &str) -> Result<bool, ProvisionError> {
    let failed = |error| ProvisionError::File { path: path.display().to_string(), error };
    if tokio::fs::read_to_string(path).await.is_ok_and(|before| before == text) {
        return Ok(false);
    }
    tokio::fs::write(path, text).await.map_err(failed)?;
    Ok(true)
}

/// Has an Asterisk read its file. It may be away, or have been when the file was written.
async fn tell(pbx: &Pbx, is_new: bool) {
    let told = pbx.ari.reload("res_pjsip_config_wizard.so").await;
    pbx.reads_accounts(told.is_ok());
    match told {
        Ok(()) => tracing::info!(asterisk = pbx.name(), "the SIP accounts are written"),
        Err(error) if is_new => {
            tracing::warn!(%error, asterisk = pbx.name(), "Asterisk was not told of the SIP accounts; it is tried again");
        }
        Err(_) => {}
    }
}

fn file<'a>(accounts: impl Iterator<Item = &'a Provisioned>, context: &str) -> String {
    let mut text = HEADER.to_owned();
    for Provisioned { username, digest, .. } in accounts {
        let digest = digest.reveal();
        // A phone may send its calls nowhere by itself, and its voices go through Asterisk: so that they can be ended.
        let _ = write!(
            text,
            "
[{username}]
type = wizard
accepts_registrations = yes
accepts_auth = yes
sends_registrations = no
has_hint = no
aor/max_contacts = 1
aor/remove_existing = yes
inbound_auth/auth_type = md5
inbound_auth/username = {username}
inbound_auth/md5_cred = {digest}
endpoint/context = {context}
endpoint/allow = !all,g722,alaw,ulaw
endpoint/allow_transfer = no
endpoint/direct_media = no
endpoint/dtmf_mode = rfc4733
endpoint/rtp_symmetric = yes
endpoint/force_rport = yes
endpoint/rewrite_contact = yes
endpoint/trust_id_inbound = no
endpoint/send_pai = no
"
        );
    }
    text
}

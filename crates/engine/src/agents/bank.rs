//! Where agents are paid to. What the audit trail says of an account has its last four letters alone.

use domain::bic::Bic;
use domain::iban::Iban;
use domain::invalid::{self, Invalid};
use domain::sepa;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Agent, AgentError, at_version, get};
use crate::{Scope, Work, fields};

/// The bank account to which an agent is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BankAccount {
    /// Whose it is, where that is not the agent by its name.
    pub holder: Option<String>,
    /// Its number.
    pub iban: Iban,
    /// The bank.
    pub bic: Option<Bic>,
}

/// The longest name of a holder; of a file for the bank only the first 70 letters are in it.
const LONGEST_HOLDER: usize = 140;

/// An agent and its bank account, if there is one.
///
/// # Errors
/// There is no such agent, or the database does not answer.
pub async fn bank_account(scope: &mut impl Scope, id: &str) -> Result<(Agent, Option<BankAccount>), AgentError> {
    let agent = get(scope, id).await?;
    let account = stored(scope, id).await?;
    Ok((agent, account))
}

/// Sets an agent's bank account, or takes it away, if the agent is at this version. What is in files for the bank already stays there.
///
/// # Errors
/// There is no such agent, it was changed meanwhile, or a bank could not read the holder's name.
pub async fn set_bank_account(
    work: &mut Work,
    id: &str,
    account: Option<BankAccount>,
    version: i64,
) -> Result<(Agent, Option<BankAccount>), AgentError> {
    let before = at_version(work, id, version).await?;
    let account = account.map(BankAccount::checked).transpose()?;
    let known = stored(work, id).await?;
    let text = account.as_ref().map(|account| json!(account).to_string());
    let (tenant, agent) = (work.tenant(), Agent { version: version + 1, ..before });
    if !storage::agents::set_bank(&mut work.tx, tenant, (id, agent.version), text.as_deref()).await? {
        return Err(AgentError::Changed { current: agent.version });
    }
    let [known, now] = [&known, &account].map(|account| account.as_ref().map(BankAccount::written));
    work.audit("agent.bank_account", id, known.as_ref(), now.as_ref()).await?;
    Ok((agent, account))
}

async fn stored(scope: &mut impl Scope, id: &str) -> Result<Option<BankAccount>, AgentError> {
    let tenant = scope.tenant();
    let text = storage::agents::bank(scope.tx(), tenant, id).await?;
    Ok(text.map(|text| BankAccount::read(&text)).transpose()?)
}

impl BankAccount {
    /// The account that a stored text tells.
    pub(crate) fn read(text: &str) -> Result<Self, Invalid> {
        invalid::parse(text.as_bytes())
    }

    fn checked(self) -> Result<Self, Invalid> {
        let holder = fields::optional("/holder", self.holder, LONGEST_HOLDER)?;
        if holder.as_deref().is_some_and(|holder| sepa::name(holder).is_empty()) {
            return Err(Invalid::at("/holder", "has no letter that banks can read"));
        }
        Ok(BankAccount { holder, ..self })
    }

    /// What the audit trail says of it.
    fn written(&self) -> Value {
        json!({"holder": self.holder, "iban": format!("...{}", self.iban.last_four()), "bic": self.bic})
    }
}

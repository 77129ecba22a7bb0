//! Short mails about something that has happened, without a document or a one-time link.

use std::sync::Arc;

use domain::money::{Amount, Currency};
use domain::roster::ToldShift;
use domain::time::Date;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use crate::billing::LetterText;
use crate::customers::Customer;
use crate::jobs::{self, Handler, Job, JobFailure, NewJob, actor};
use crate::mailer::{Mail, Mailbox, Mailer};
use crate::people::PublicUrl;
use crate::recordings::Recording;
use crate::reminders::{self, ToldGap};
use crate::swaps::{SwapNews, ToldSwap};
use crate::tenants::{self, Tenant};
use crate::{Engine, Role, Scope, Work};

/// The jobs that send notices.
pub const NOTICES: &str = "notice";
/// Why nothing is mailed where nothing can be.
const NO_SERVER: &str = "no mail server is named";

/// A notice to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Whom it is to, if that is known.
    pub name: Option<String>,
    /// Where it goes.
    pub address: String,
    /// In which language, if that is known (BCP 47).
    pub language: Option<String>,
    /// What it is about.
    pub about: About,
}

/// What a notice is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum About {
    /// A customer has reached a limit against fraud; for those who run the lines.
    FraudAlert {
        /// What the customer is called.
        customer: String,
        /// The number of the line.
        line: String,
        /// What was reached, in English.
        detail: String,
        /// Whether the customer's lines were suspended for it.
        suspended: bool,
    },
    /// A prepaid balance is low; for the customer.
    LowBalance {
        /// What is left.
        balance: Amount,
        /// Of what.
        currency: Currency,
    },
    /// A card was not charged for an automatic top-up, which has ended; for the customer.
    TopUpFailed {
        /// What was to be charged.
        amount: Amount,
        /// Of what.
        currency: Currency,
        /// Why, as the payment provider says.
        reason: String,
    },
    /// A caller has left a message; for whoever has the line.
    Voicemail {
        /// The number of the line.
        line: String,
        /// The caller's number; empty where it is not known.
        from: String,
        /// How long the message is.
        seconds: i64,
    },
    /// A caller has left a message; for those whom its group names.
    GroupMessage {
        /// What the group is called.
        group: String,
        /// Its id.
        group_id: String,
        /// The caller's number, or what stands in its place; nothing, where nothing is kept of it.
        caller: Option<String>,
        /// How long the message is.
        seconds: i64,
        /// What was typed, or understood of what was spoken.
        transcript: Option<String>,
        /// Whether a mail without the transcript went before.
        #[serde(default)]
        follows: bool,
    },
    /// A call to a group was not answered, and no message left; for those whom the group names.
    MissedCall {
        /// What the group is called.
        group: String,
        /// Its id.
        group_id: String,
        /// The caller's number, or what stands in its place; nothing, where nothing is kept of it.
        caller: Option<String>,
        /// When, on the clock of the group.
        called_at: String,
    },
    /// An agent's shifts of a date; for the agent.
    Shifts {
        /// The agent's id.
        agent: String,
        /// The date on which the shifts begin.
        date: Date,
        /// The number of the mail: the first is the reminder.
        times: i64,
        /// Whether the agent was told of others before.
        changed: bool,
        /// The shifts, the first first.
        shifts: Vec<ToldShift>,
    },
    /// Too few will be on duty; for coordinators.
    Gaps {
        /// Where, by group.
        gaps: Vec<ToldGap>,
    },
    /// Somebody outside has called a number that leads nowhere; for those who run the lines.
    UnknownNumber {
        /// The number.
        number: String,
    },
    /// What has become of a shift that an agent offered; for whom it concerns.
    Swap {
        /// What.
        news: SwapNews,
        /// Which it is.
        swap: ToldSwap,
    },
    /// A webhook has failed for so long that nothing more is sent to it; for those who run the lines.
    WebhookDisabled {
        /// Its address without what follows the host: that may be a secret.
        url: String,
        /// Why, in English.
        because: String,
    },
}

impl Notice {
    /// The notice that a job is to send.
    fn of(job: &Job) -> serde_json::Result<Notice> {
        serde_json::from_str(&job.payload)
    }
}

/// Finds the words for notices.
pub trait NoticeWords: Send + Sync {
    /// The mail, in the name of the tenant; its links lead to this address.
    ///
    /// # Errors
    /// Why it cannot be written.
    fn notice(&self, notice: &Notice, tenant: &Tenant, url: &PublicUrl) -> Result<LetterText, String>;
}

/// Has notices sent after the commit, each once: its key names it.
///
/// # Errors
/// The database does not do it.
pub async fn send(work: &mut Work, notices: &[(String, Notice)]) -> Result<(), storage::Error> {
    let run_at = work.now();
    let job = |(key, notice): &(String, Notice)| NewJob {
        kind: NOTICES,
        key: format!("{NOTICES}/{key}/{}", notice.address),
        payload: serde_json::to_string(notice).unwrap_or_default(),
        run_at,
    };
    jobs::enqueue(work, &notices.iter().map(job).collect::<Vec<_>>()).await
}

/// Whether a notice was sent to an address, or is on its way.
///
/// # Errors
/// The database does not answer.
pub(crate) async fn was_sent(work: &mut Work, tenant: i64, key: &str, address: &str) -> Result<bool, storage::Error> {
    let key = format!("{NOTICES}/{key}/{address}");
    Ok(storage::jobs::id_of(&mut work.tx, tenant, &key).await?.is_some())
}

/// The same notice to each of the tenant's owners who has an address.
///
/// # Errors
/// The database does not do it.
pub async fn to_owners(work: &mut Work, key: &str, about: &About) -> Result<(), storage::Error> {
    to_members(work, Role::Owner, key, about).await
}

/// The same notice to each of the tenant's members who has a role and an address.
///
/// # Errors
/// The database does not do it.
pub(crate) async fn to_members(work: &mut Work, role: Role, key: &str, about: &About) -> Result<(), storage::Error> {
    let tenant = work.tenant();
    let members = storage::memberships::with_address(&mut work.tx, tenant, role.name()).await?;
    let notices = members.into_iter().filter_map(|member| {
        let notice =
            Notice { name: Some(member.name), address: member.email?, language: member.language, about: about.clone() };
        Some((key.to_owned(), notice))
    });
    send(work, &notices.collect::<Vec<_>>()).await
}

/// Tells prepaid customers that their balances are low: those who have an address.
///
/// # Errors
/// The database does not do it.
pub(crate) async fn low_balance(
    work: &mut Work,
    low: &[(String, i64)],
    currency: Currency,
) -> Result<(), storage::Error> {
    let (tenant, now) = (work.tenant(), work.now());
    let ids: Vec<&str> = low.iter().map(|(customer, _)| customer.as_str()).collect();
    let mut notices = Vec::new();
    for record in storage::customers::some(&mut work.tx, tenant, &ids).await? {
        let Ok(customer) = Customer::of(record) else { continue };
        let balance = low.iter().find(|(id, _)| *id == customer.id).map_or(0, |(_, balance)| *balance);
        let about = About::LowBalance { balance: Amount::from_micros(balance), currency };
        let (name, language) = (Some(customer.details.name()), customer.details.language.clone());
        if let Some(address) = customer.details.email {
            notices.push((format!("low/{}/{now}", customer.id), Notice { name, address, language, about }));
        }
    }
    send(work, &notices).await
}

/// Tells a customer that its card was not charged for this checkout, and why, if the customer has an address.
///
/// # Errors
/// The database does not do it.
pub(crate) async fn top_up_failed(
    work: &mut Work,
    customer: &Customer,
    checkout: &str,
    (amount, reason): (Amount, String),
) -> Result<(), storage::Error> {
    let Some(address) = customer.details.email.clone() else { return Ok(()) };
    let about = About::TopUpFailed { amount, currency: customer.currency, reason };
    let (name, language) = (Some(customer.details.name()), customer.details.language.clone());
    send(work, &[(format!("top_up/{checkout}"), Notice { name, address, language, about })]).await
}

/// Tells a customer that a caller has left a message, if the customer has an address.
///
/// # Errors
/// The database does not do it.
pub(crate) async fn voicemail(work: &mut Work, message: &Recording) -> Result<(), storage::Error> {
    let tenant = work.tenant();
    let (Some(line), Some(customer)) = (&message.line, &message.customer) else { return Ok(()) };
    let record = storage::customers::get(&mut work.tx, tenant, customer).await?;
    let Some(customer) = record.and_then(|record| Customer::of(record).ok()) else { return Ok(()) };
    let Some(line) = storage::lines::get(&mut work.tx, tenant, line).await? else { return Ok(()) };
    let about = About::Voicemail { line: line.number, from: message.from.clone(), seconds: message.seconds };
    let (name, language) = (Some(customer.details.name()), customer.details.language.clone());
    let Some(address) = customer.details.email else { return Ok(()) };
    send(work, &[(format!("voicemail/{}", message.id), Notice { name, address, language, about })]).await
}

/// Sends notices.
pub struct Notices {
    words: Arc<dyn NoticeWords>,
    /// Where none is, nothing is mailed.
    mailer: Option<Arc<dyn Mailer>>,
    url: PublicUrl,
}

impl Notices {
    /// One that writes in these words, with links to this address; it mails if there is a mailer.
    #[must_use]
    pub fn new(words: Arc<dyn NoticeWords>, mailer: Option<Arc<dyn Mailer>>, url: PublicUrl) -> Self {
        Notices { words, mailer, url }
    }

    async fn mail(&self, engine: &Engine, job: &Job) -> Result<String, JobFailure> {
        let notice = Notice::of(job).map_err(|error| JobFailure::GiveUp(error.to_string()))?;
        let Some(mailer) = &self.mailer else {
            return Ok(not_sent(engine, job, &notice, NO_SERVER).await?);
        };
        let actor = actor(job.tenant);
        let later = |error: String| JobFailure::Retry(error);
        let mut view = engine.view(&actor).await.map_err(|error| later(error.to_string()))?;
        let tenant = tenants::get(&mut view).await.map_err(|error| later(error.to_string()))?;
        let outdated = reminders::outdated(&mut view, &notice.about).await?;
        drop(view);
        if let Some(why) = outdated {
            return Ok(not_sent(engine, job, &notice, why).await?);
        }
        let LetterText { subject, text, html } =
            self.words.notice(&notice, &tenant, &self.url).map_err(JobFailure::Retry)?;
        let sent = format!("sent to {}", notice.address);
        let mail = Mail {
            from: Mailbox { name: Some(tenant.name), address: mailer.sender().address.clone() },
            to: Mailbox { name: notice.name, address: notice.address },
            reply_to: tenant.settings.seller.email.map(|address| Mailbox { name: None, address }),
            subject,
            text,
            html,
            attachments: Vec::new(),
            message_id: job.id.clone(),
            date: engine.clock().now(),
        };
        mailer.send(&mail).await?;
        reminders::settle(engine, job, &notice.about, None).await?;
        Ok(sent)
    }
}

/// Writes down that there is no mail, and says so.
async fn not_sent(engine: &Engine, job: &Job, notice: &Notice, why: &str) -> Result<String, storage::Error> {
    reminders::settle(engine, job, &notice.about, Some(why)).await?;
    Ok(format!("not sent: {why}"))
}

impl Handler for Notices {
    fn run<'a>(&'a self, engine: &'a Engine, job: &'a Job) -> BoxFuture<'a, Result<Option<String>, JobFailure>> {
        Box::pin(async move { self.mail(engine, job).await.map(Some) })
    }

    fn given_up<'a>(&'a self, work: &'a mut Work, job: &'a Job) -> BoxFuture<'a, Result<(), storage::Error>> {
        Box::pin(async move {
            match Notice::of(job) {
                Ok(notice) => reminders::given_up(work, job, &notice.about).await,
                // What nobody can read is nobody's reminder.
                Err(_) => Ok(()),
            }
        })
    }
}

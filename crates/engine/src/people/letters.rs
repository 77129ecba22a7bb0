//! Mails with one-time links. A link is made when its mail is written, so that its secret is nowhere but in the mail: a mail that
//! has to be written again has another link, and the one before opens nothing any more.

use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use storage::tickets::TicketRecord;

use super::tickets::{self, Kind};
use super::{Page, PublicUrl, invitations, program, resets};
use crate::billing::LetterText;
use crate::jobs::{self, Handler, Job, JobFailure, NewJob};
use crate::mailer::{Mail, Mailbox, Mailer};
use crate::swaps::{self, ToldSwap};
use crate::{Engine, Scope, Work};

/// The jobs that write to people.
pub const LETTERS: &str = "letter";

/// A mail with a one-time link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// What it is about.
    pub occasion: Occasion,
    /// In which language, if that is known (BCP 47).
    pub language: Option<String>,
    /// Whom it is to, if that is known.
    pub name: Option<String>,
    /// The link.
    pub link: String,
    /// How many hours the link opens something.
    pub valid_hours: u32,
}

/// What a mail is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Occasion {
    /// Somebody is to become a member of a tenant.
    Invitation {
        /// The tenant's name.
        tenant: String,
    },
    /// A user has forgotten the password.
    Reset {
        /// The name to sign in with.
        sign_in: String,
    },
    /// An agent may take a shift that another offers.
    Swap {
        /// The tenant's name.
        tenant: String,
        /// What is offered.
        swap: ToldSwap,
    },
}

/// Finds the words for mails.
pub trait Letters: Send + Sync {
    /// The mail.
    ///
    /// # Errors
    /// Why it cannot be written.
    fn write(&self, letter: &Letter) -> Result<LetterText, String>;
}

/// What a job is to do.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Payload {
    /// Send the link of a ticket.
    Ticket(String),
    /// Find out who asked for a reset by this name or address.
    Reset(String),
}

/// Has the link of a ticket mailed.
pub(crate) async fn send(work: &mut Work, ticket: &str) -> Result<(), storage::Error> {
    let (key, now) = (format!("{LETTERS}/{ticket}/{}", work.id("try")), work.now());
    enqueue(work, key, &Payload::Ticket(ticket.to_owned()), now).await
}

/// What the keys of resets begin with.
const RESETS: &str = "reset/";
/// Resets that wait at most: each is a row that anybody may have us write.
const MOST_RESETS: i64 = 1000;

/// Has a reset begun for whoever has this name or address; `false` if too many wait.
pub(super) async fn ask_reset(work: &mut Work, asked: &str) -> Result<bool, storage::Error> {
    let tenant = work.tenant();
    if storage::jobs::waiting(&mut work.tx, tenant, LETTERS, RESETS).await? >= MOST_RESETS {
        return Ok(false);
    }
    let (key, now) = (format!("{RESETS}{}", work.id("try")), work.now());
    enqueue(work, key, &Payload::Reset(asked.to_owned()), now).await?;
    Ok(true)
}

/// Empties the job of a reset that is begun: what somebody has typed is not kept, and a second try begins nothing.
pub(super) async fn forget_asked(work: &mut Work, job: &Job) -> Result<(), storage::Error> {
    let payload = serde_json::to_string(&Payload::Reset(String::new())).unwrap_or_default();
    storage::jobs::set_payload(&mut work.tx, job.tenant, &job.id, &payload).await
}

async fn enqueue(
    work: &mut Work,
    key: String,
    payload: &Payload,
    run_at: domain::time::Instant,
) -> Result<(), storage::Error> {
    let payload = serde_json::to_string(payload).unwrap_or_default();
    jobs::enqueue(work, &[NewJob { kind: LETTERS, key, payload, run_at }]).await
}

/// What has become of a link that nobody needs any more.
const ENDED: &str = "not sent: the link has ended";

/// Writes to people.
pub struct Post {
    letters: Arc<dyn Letters>,
    mailer: Option<Arc<dyn Mailer>>,
    url: PublicUrl,
}

impl Post {
    /// Writes mails in these words, with links to this address. Without a mailer, mails are given up.
    #[must_use]
    pub fn new(letters: Arc<dyn Letters>, mailer: Option<Arc<dyn Mailer>>, url: PublicUrl) -> Self {
        Post { letters, mailer, url }
    }

    async fn send(&self, engine: &Engine, job: &Job, ticket: &str) -> Result<&'static str, JobFailure> {
        let Some(mailer) = &self.mailer else {
            return Err(JobFailure::GiveUp("no mail server is named: the link cannot be sent".to_owned()));
        };
        let Some(addressed) = addressed(engine, ticket).await? else { return Ok(ENDED) };
        let secret = tickets::new_secret().map_err(|error| JobFailure::Retry(error.to_string()))?;
        let by = program();
        let renewed = engine.run(&by, |work| {
            let (ticket, hash, now) = (ticket.to_owned(), secret.hash(), work.now().millis());
            Box::pin(async move { storage::tickets::renew_secret(&mut work.tx, &ticket, &hash, now).await })
        });
        if !renewed.await.map_err(|error: storage::Error| JobFailure::from(error))? {
            return Ok(ENDED);
        }
        let letter = Letter { link: self.url.link(addressed.page, &secret), ..addressed.letter };
        let LetterText { subject, text, html } = self.letters.write(&letter).map_err(JobFailure::Retry)?;
        let sender = mailer.sender();
        let mail = Mail {
            from: Mailbox { name: addressed.from.or_else(|| sender.name.clone()), address: sender.address.clone() },
            to: Mailbox { name: letter.name, address: addressed.to },
            reply_to: None,
            subject,
            text,
            html,
            attachments: Vec::new(),
            // The next try has another link, and must not be taken for this one.
            message_id: format!("{}.{}", job.id, job.attempts),
            date: engine.clock().now(),
        };
        mailer.send(&mail).await?;
        Ok("sent")
    }
}

impl Handler for Post {
    fn run<'a>(&'a self, engine: &'a Engine, job: &'a Job) -> BoxFuture<'a, Result<Option<String>, JobFailure>> {
        Box::pin(async move {
            match serde_json::from_str(&job.payload).map_err(|error| JobFailure::GiveUp(error.to_string()))? {
                Payload::Ticket(ticket) => Ok(Some(self.send(engine, job, &ticket).await?.to_owned())),
                // Nobody learns by it whether there is such a person.
                Payload::Reset(asked) => {
                    resets::begin(engine, job, &asked).await.map(|()| None).map_err(JobFailure::from)
                }
            }
        })
    }
}

/// A mail without its link.
pub(crate) struct Addressed {
    pub(crate) to: String,
    pub(crate) from: Option<String>,
    pub(crate) page: Page,
    pub(crate) letter: Letter,
}

/// Whom the link of a ticket goes to; `None` where it opens nothing any more, or nobody is there to get it.
async fn addressed(engine: &Engine, ticket: &str) -> Result<Option<Addressed>, storage::Error> {
    let mut view = engine.view(&program()).await?;
    let now = view.now().millis();
    let Some(ticket) = storage::tickets::get(view.tx(), ticket).await? else { return Ok(None) };
    if ticket.ended_at.is_some() || ticket.expires_at <= now {
        return Ok(None);
    }
    if ticket.kind == Kind::Swap.name() {
        drop(view);
        swaps::addressed(engine, &ticket).await
    } else if ticket.kind == Kind::Invitation.name() {
        invitation(&mut view, ticket).await
    } else {
        reset(&mut view, ticket).await
    }
}

async fn invitation(scope: &mut impl Scope, ticket: TicketRecord) -> Result<Option<Addressed>, storage::Error> {
    let Some(number) = ticket.tenant else { return Ok(None) };
    let Some(tenant) = storage::tenants::get(scope.tx(), number).await? else { return Ok(None) };
    let Some(invitation) = invitations::read(&ticket) else { return Ok(None) };
    let occasion = Occasion::Invitation { tenant: tenant.name.clone() };
    let letter = letter(Kind::Invitation, occasion, invitation.language, invitation.name);
    Ok(Some(Addressed { to: invitation.email, from: Some(tenant.name), page: Page::Join, letter }))
}

async fn reset(scope: &mut impl Scope, ticket: TicketRecord) -> Result<Option<Addressed>, storage::Error> {
    let Some(member) = &ticket.member else { return Ok(None) };
    let user = storage::users::get(scope.tx(), member).await?.filter(|user| user.state == "active");
    let Some((user, to)) = user.and_then(|user| user.email.clone().map(|email| (user, email))) else { return Ok(None) };
    let letter = letter(Kind::Reset, Occasion::Reset { sign_in: user.sign_in }, user.language, Some(user.name));
    Ok(Some(Addressed { to, from: None, page: Page::Reset, letter }))
}

fn letter(kind: Kind, occasion: Occasion, language: Option<String>, name: Option<String>) -> Letter {
    let valid_hours = u32::try_from(kind.lasts().as_secs() / 3600).unwrap_or(u32::MAX);
    Letter { occasion, language, name, link: String::new(), valid_hours }
}

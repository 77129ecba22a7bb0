//! Short messages that a switch brings: they have arrived, whatever is there to pay for them.

use domain::invalid::Invalid;
use domain::message::{Side, Text};
use domain::money::Amount;
use sha2::{Digest, Sha256};
use storage::messages::MessageRecord;

use super::send::{Draft, begin, price, save};
use super::terms::Parties;
use super::{Channel, Message, MessageError, Refused, State};
use crate::calls::record::check_texts;
use crate::{Scope, Work, tenants};

/// A short message that has arrived for an agent.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// The switch and what the message is to it: the key of the request.
    pub origin: String,
    /// The number that it came from: that of a customer's line.
    pub from: String,
    /// The agent whom it is for.
    pub agent: String,
    /// What is written.
    pub text: Text,
}

/// What became of a short message that has arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// The message, as it is kept.
    pub message: Message,
    /// Why it is refused, by the name of the reason.
    pub refusal: Option<String>,
    /// How much more the customer would have needed.
    pub missing: Option<Amount>,
    /// Whether its sender is to be told that it was refused: once a local day in a conversation.
    pub tell_sender: bool,
    /// Whether it was known before, by the same request.
    pub repeated: bool,
}

/// Takes a short message that has arrived. It is charged if the balance covers it; else it is kept as refused, unseen by the agent.
/// The same again, by the same origin, gets the same answer.
///
/// # Errors
/// Nobody has the line, there is no such agent, the origin is another message's, or the database did not do it.
pub async fn arrived(work: &mut Work, arrival: Arrival) -> Result<Arrived, MessageError> {
    check_texts(&arrival.origin, [("/from", arrival.from.as_str())])?;
    let asked = fingerprint([&arrival.from, &arrival.agent, arrival.text.as_str()]);
    if let Some(known) = known(work, &arrival.origin, &asked).await? {
        return Ok(known);
    }
    let customer = sender(work, &arrival.from).await?;
    let parties = Parties::load(work, &customer, &arrival.agent).await?;
    let came = Came { origin: arrival.origin.clone(), asked: asked.clone(), text: arrival.text };
    match take(work, &parties, came).await? {
        Some((record, _)) => Arrived::of(work, record, false),
        // Another request with the origin was quicker.
        None => known(work, &arrival.origin, &asked).await?.ok_or(MessageError::OriginTaken(arrival.origin)),
    }
}

/// What has come of a customer by a switch.
pub(super) struct Came {
    pub(super) origin: String,
    /// What tells its request from another of the origin.
    pub(super) asked: String,
    pub(super) text: Text,
}

/// Takes what a customer has written, whatever is there to pay for it: the message as it is kept, and why it is refused; nothing, where there is one of its
/// origin.
pub(super) async fn take(
    work: &mut Work,
    parties: &Parties,
    came: Came,
) -> Result<Option<(MessageRecord, Option<Refused>)>, MessageError> {
    let mut conversation = begin(work, parties).await?;
    let draft = Draft { sender: Side::Customer, channel: Channel::Sms, text: came.text };
    let mut record = draft.record(work, parties, &conversation);
    (record.origin, record.asked) = (Some(came.origin), Some(came.asked));
    let refused = match parties.decide(work, draft.sender).await? {
        Ok(split) => {
            price(&mut record, &split)?;
            None
        }
        Err(refused) => {
            let today = tenants::get(work).await?.settings.time_zone.date(work.now()).to_string();
            let tells = refused != Refused::Blocked && conversation.told_on.as_ref() != Some(&today);
            refuse(&mut record, &refused, tells)?;
            if tells {
                conversation.told_on = Some(today);
            }
            Some(refused)
        }
    };
    let is_new = save(work, parties, (&mut conversation, &record)).await?;
    Ok(is_new.then_some((record, refused)))
}

/// The message of this origin, if it came by the same request.
async fn known(work: &mut Work, origin: &str, asked: &str) -> Result<Option<Arrived>, MessageError> {
    let tenant = work.tenant();
    match storage::messages::by_origin(&mut work.tx, tenant, origin).await? {
        None => Ok(None),
        Some(record) if record.asked.as_deref() == Some(asked) => Arrived::of(work, record, true).map(Some),
        Some(_) => Err(MessageError::OriginTaken(origin.to_owned())),
    }
}

/// The customer who has the line of this number.
async fn sender(work: &mut Work, from: &str) -> Result<String, MessageError> {
    let unknown = || Invalid::at("/from", "is the number of no customer's line");
    let number = tenants::get(work).await?.settings.dial_plan.canonical(from).map_err(|_| unknown())?.to_string();
    let tenant = work.tenant();
    let held = storage::lines::by_numbers(&mut work.tx, tenant, &[&number]).await?.pop();
    let open = held.filter(|line| line.closed_at.is_none());
    Ok(open.ok_or_else(unknown)?.customer)
}

fn refuse(record: &mut MessageRecord, refused: &Refused, tells: bool) -> Result<(), MessageError> {
    State::Refused.name().clone_into(&mut record.state);
    record.refusal = Some(refused.reason().to_owned());
    record.missing = refused.missing()?.map(Amount::micros);
    record.told = i64::from(tells);
    Ok(())
}

/// What tells the request of an origin from another.
pub(super) fn fingerprint(parts: [&str; 3]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hash.finalize()[..12].iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Arrived {
    fn of(work: &Work, record: MessageRecord, repeated: bool) -> Result<Arrived, MessageError> {
        Ok(Arrived {
            refusal: record.refusal.clone(),
            missing: record.missing.map(Amount::from_micros),
            tell_sender: record.told == 1,
            repeated,
            message: Message::of(record, work.actor())?,
        })
    }
}

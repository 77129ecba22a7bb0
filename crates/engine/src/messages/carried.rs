//! Conversations that short messages carry, too: each holds one of the tenant's numbers for that, and the two see nothing but this number of each other.

use domain::dial_plan::{DialPlan, Number};
use domain::message::{Side, Text};
use domain::sms::pool::{self, Held, Next};
use domain::time::Instant;
use storage::conversation_numbers::{self, HeldNumber};
use storage::messages::MessageRecord;

use super::arrived::{Came, fingerprint, take};
use super::send::{Draft, begin, price, save};
use super::terms::Parties;
use super::{Channel, MessageError, Refused};
use crate::sms::{self, NewSms, SmsAbout};
use crate::tenants::{self, Settings};
use crate::{Scope, Work};

/// Why a message does not go out as a short message.
const ALL_IN_USE: &str = "all numbers for conversations are in use: name more in the settings";

/// One of the two of a conversation, who has written to the number that it holds.
#[derive(Clone)]
pub(crate) struct Party {
    pub(crate) side: Side,
    pub(crate) customer: String,
    pub(crate) agent: String,
}

/// What came of a short message of one of the two.
pub(crate) enum Written {
    /// It stands in the conversation.
    Stands,
    /// It is refused; whether its sender is to be told, and why.
    Refused { why: Refused, tells: bool },
}

/// Where the two are reached.
struct Phones {
    customer: String,
    agent: String,
}

/// Who of a conversation has this phone, if it holds this number; none, where it cannot be told who of the two it is.
///
/// # Errors
/// The database does not answer, or a record cannot be read.
pub(crate) async fn party(
    scope: &mut impl Scope,
    settings: &Settings,
    (own, sender): (&str, &str),
) -> Result<Option<Party>, MessageError> {
    let tenant = scope.tenant();
    if !settings.sms.carries(own) || sender.is_empty() {
        return Ok(None);
    }
    let Some(held) = conversation_numbers::by_number(scope.tx(), tenant, own).await? else { return Ok(None) };
    let parties = Parties::load(scope, &held.customer, &held.agent).await?;
    let plan = &settings.dial_plan;
    let is_sender = |phone: &String| outside(phone, plan).is_some_and(|number| number == sender);
    let is_customer = parties.customer.details.verified_phone.as_ref().is_some_and(is_sender);
    let side = match (is_customer, parties.agent.details.phones.iter().any(is_sender)) {
        (true, false) => Side::Customer,
        (false, true) => Side::Agent,
        _ => return Ok(None),
    };
    Ok(Some(Party { side, customer: held.customer, agent: held.agent }))
}

/// Takes what one of the two has written, and passes it on. What a customer writes is charged as any message is, and kept as refused where it is; what
/// an agent writes is free, and not kept where it is refused. The same again, by the same origin, changes nothing.
///
/// # Errors
/// The origin is another message's, or the database did not do it.
pub(crate) async fn written(work: &mut Work, party: &Party, origin: &str, text: Text) -> Result<Written, MessageError> {
    let parties = Parties::load(work, &party.customer, &party.agent).await?;
    let asked = fingerprint([&party.customer, &party.agent, text.as_str()]);
    let came = Came { origin: origin.to_owned(), asked, text };
    if party.side == Side::Customer {
        let taken = take(work, &parties, came).await?;
        return Ok(match taken.and_then(|(record, refused)| Some((record.told == 1, refused?))) {
            Some((tells, why)) => Written::Refused { why, tells },
            None => Written::Stands,
        });
    }
    let mut conversation = begin(work, &parties).await?;
    let split = match parties.decide(work, Side::Agent).await? {
        Ok(split) => split,
        Err(why) => return Ok(Written::Refused { why, tells: true }),
    };
    let draft = Draft { sender: Side::Agent, channel: Channel::Sms, text: came.text };
    let mut record = draft.record(work, &parties, &conversation);
    (record.origin, record.asked) = (Some(came.origin), Some(came.asked));
    price(&mut record, &split)?;
    save(work, &parties, (&mut conversation, &record)).await?;
    Ok(Written::Stands)
}

/// Has a message go to the other one as a short message, where the tenant has numbers for that and both have phones. The conversation is locked.
pub(super) async fn carry(work: &mut Work, parties: &Parties, record: &MessageRecord) -> Result<(), MessageError> {
    let settings = tenants::get(work).await?.settings;
    let Some(phones) = Phones::of(parties, &settings) else { return Ok(()) };
    let from_agent = record.sender == Side::Agent.name();
    let (side, to) = if from_agent { (Side::Customer, phones.customer) } else { (Side::Agent, phones.agent) };
    let from = number(work, &settings, record).await?;
    let new = NewSms {
        cause: format!("message/{}", record.id),
        from: from.clone().unwrap_or_default(),
        to,
        // It stands in the conversation, and nowhere else.
        text: String::new(),
        about: SmsAbout::Message {
            message: record.id.clone(),
            conversation: record.conversation.clone(),
            customer: record.customer.clone(),
            agent: record.agent.clone(),
            to: side,
        },
    };
    match from {
        Some(_) => sms::send(work, new).await?,
        None => sms::withhold(work, new, ALL_IN_USE).await?,
    }
    Ok(())
}

/// The number that the conversation of a message holds from now on; none, where all are in use.
async fn number(work: &mut Work, settings: &Settings, record: &MessageRecord) -> Result<Option<String>, MessageError> {
    let (tenant, now) = (work.tenant(), work.now());
    if let Some(held) = conversation_numbers::of_conversation(&mut work.tx, tenant, &record.conversation).await? {
        if settings.sms.carries(&held.number) {
            conversation_numbers::used(&mut work.tx, tenant, &held.number, now.millis()).await?;
            return Ok(Some(held.number));
        }
        conversation_numbers::release(&mut work.tx, tenant, &held).await?;
    }
    let own = &settings.sms.conversation_numbers;
    // Another conversation may be quicker: then it is looked again.
    for _ in 0..=own.len() {
        let all = conversation_numbers::all(&mut work.tx, tenant).await?;
        let held: Vec<Held> = all.iter().map(held).collect();
        let number = match pool::next(own, &held, now) {
            Next::Exhausted => return Ok(None),
            Next::Free(number) => number,
            Next::Silent(number) => {
                for silent in all.iter().filter(|held| held.number == number) {
                    conversation_numbers::release(&mut work.tx, tenant, silent).await?;
                }
                number
            }
        };
        let new = HeldNumber {
            number: number.to_owned(),
            conversation: record.conversation.clone(),
            customer: record.customer.clone(),
            agent: record.agent.clone(),
            used_at: now.millis(),
        };
        if conversation_numbers::hold(&mut work.tx, tenant, &new).await? {
            return Ok(Some(new.number));
        }
    }
    Ok(None)
}

fn held(held: &HeldNumber) -> Held {
    Held { number: held.number.clone(), used_at: Instant::clamped(held.used_at) }
}

/// A phone's number in canonical form, if it is one of the world.
fn outside(phone: &str, plan: &DialPlan) -> Option<String> {
    plan.canonical(phone).ok().filter(|number| matches!(number, Number::E164(_))).map(|number| number.to_string())
}

impl Phones {
    /// None, where one of the two has none, or nobody could tell who of them writes.
    fn of(parties: &Parties, settings: &Settings) -> Option<Phones> {
        if settings.sms.conversation_numbers.is_empty() {
            return None;
        }
        let plan = &settings.dial_plan;
        let customer = outside(parties.customer.details.verified_phone.as_ref()?, plan)?;
        let agent = parties.agent.mobile(plan)?;
        let is_known = customer != agent && !settings.sms.carries(&customer) && !settings.sms.carries(&agent);
        is_known.then_some(Phones { customer, agent })
    }
}

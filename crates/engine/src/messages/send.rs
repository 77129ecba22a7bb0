use domain::message::{Side, Text, segments};
use domain::money::{Amount, Currency};
use domain::split::Split;
use domain::time::Instant;
use serde_json::json;
use storage::conversations::ConversationRecord;
use storage::messages::MessageRecord;
use storage::unbilled::UnbilledRecord;

use super::carried::carry;
use super::terms::{Parties, no_customer};
use super::{Channel, Message, MessageError, NewMessage, State, side};
use crate::calls::price::Parts;
use crate::changes::{Change, ChangeKind};
use crate::customers::Mode;
use crate::ledger::{self, Kind, LedgerError};
use crate::webhooks::{self, HookEvent, HookKind};
use crate::{Scope, Work, accounts, tenants};

/// Sends a message in the name of who asks: the customer or the agent of the conversation, and nobody else.
///
/// # Errors
/// There is no such customer or agent, the message is refused, or the database did not do it. Nothing is stored, nothing is charged.
pub async fn send(work: &mut Work, new: NewMessage) -> Result<Message, MessageError> {
    let Some(sender) = side(work.reach(), &new.customer, &new.agent) else {
        work.finds("customer", &new.customer, |_| false);
        return Err(no_customer(&new.customer).into());
    };
    let draft = Draft { sender, channel: Channel::App, text: new.text };
    let parties = Parties::load(work, &new.customer, &new.agent).await?;
    let mut conversation = begin(work, &parties).await?;
    let split = parties.decide(work, draft.sender).await??;
    let mut record = draft.record(work, &parties, &conversation);
    price(&mut record, &split)?;
    save(work, &parties, (&mut conversation, &record)).await?;
    Message::of(record, work.actor())
}

/// A message before it is known what becomes of it.
pub(super) struct Draft {
    pub(super) sender: Side,
    pub(super) channel: Channel,
    pub(super) text: Text,
}

/// The conversation of the two, locked.
pub(super) async fn begin(work: &mut Work, parties: &Parties) -> Result<ConversationRecord, MessageError> {
    let now = work.now().millis();
    let new = ConversationRecord {
        id: work.id("cnv"),
        customer: parties.customer.id.clone(),
        agent: parties.agent.id.clone(),
        created_at: now,
        messages: 0,
        last_at: now,
        shown_at: None,
        unread_by_customer: 0,
        unread_by_agent: 0,
        told_on: None,
    };
    let tenant = work.tenant();
    Ok(storage::conversations::begin(&mut work.tx, tenant, &new).await?)
}

/// Writes a message and its conversation, and charges it; `false`, where another message has its origin: then nothing is done.
pub(super) async fn save(
    work: &mut Work,
    parties: &Parties,
    (conversation, record): (&mut ConversationRecord, &MessageRecord),
) -> Result<bool, MessageError> {
    let tenant = work.tenant();
    if !storage::messages::insert_new(&mut work.tx, tenant, record).await? {
        return Ok(false);
    }
    count(conversation, record);
    storage::conversations::stand(&mut work.tx, tenant, conversation).await?;
    charge(work, parties, record).await?;
    // What is written is in no trail.
    let written = json!({
        "conversation": record.conversation, "customer": record.customer, "agent": record.agent, "sender": record.sender,
        "channel": record.channel, "segments": record.segments, "state": record.state, "currency": record.currency,
        "price": Amount::from_micros(record.price).to_string(),
    });
    work.audit("message.send", &record.id, None, Some(&written)).await?;
    tell(work, parties, record).await?;
    if record.state != State::Refused.name() {
        carry(work, parties, record).await?;
    }
    work.tells(Change {
        tenant,
        kind: ChangeKind::Conversation,
        id: record.conversation.clone(),
        customer: Some(record.customer.clone()),
        agent: (record.state != State::Refused.name()).then(|| record.agent.clone()),
    });
    Ok(true)
}

/// Has the webhooks told of a message that came through, without what it says.
async fn tell(work: &mut Work, parties: &Parties, record: &MessageRecord) -> Result<(), storage::Error> {
    if record.state == State::Refused.name() || !webhooks::wants(work, HookKind::MessageReceived).await? {
        return Ok(());
    }
    let currency = parties.customer.currency;
    let data = json!({
        "message": record.id, "conversation": record.conversation, "customer": record.customer, "agent": record.agent,
        "sender": record.sender, "channel": record.channel, "segments": record.segments,
        "price": Amount::from_micros(record.price).to_text(currency), "currency": currency.code(),
        "created_at": Instant::clamped(record.created_at).to_string(),
    });
    webhooks::raise(work, &[HookEvent { kind: HookKind::MessageReceived, id: record.id.clone(), data }]).await
}

/// Counts a message of the conversation.
fn count(conversation: &mut ConversationRecord, record: &MessageRecord) {
    conversation.messages = record.number;
    conversation.last_at = conversation.last_at.max(record.created_at);
    if record.state == State::Refused.name() {
        return;
    }
    conversation.shown_at = Some(conversation.shown_at.map_or(record.created_at, |at| at.max(record.created_at)));
    if record.sender == Side::Customer.name() {
        conversation.unread_by_agent += 1;
    } else {
        conversation.unread_by_customer += 1;
    }
}

/// Moves what a message costs, which was found to be there, and puts it on the next invoice of a postpaid customer.
async fn charge(work: &mut Work, parties: &Parties, record: &MessageRecord) -> Result<(), MessageError> {
    if record.price == 0 {
        return Ok(());
    }
    let parts = Parts {
        cause: &record.id,
        kind: Kind::Message,
        call: &record.id,
        customer: &record.customer,
        agent: Some(&record.agent),
        currency: parties.customer.currency,
        agent_part: Amount::from_micros(record.agent_part),
        tax: Amount::from_micros(record.tax),
        total: Amount::from_micros(record.price),
        promotional: Amount::ZERO,
    };
    let postings = parts.postings().map_err(LedgerError::from)?;
    ledger::post(work, &postings).await?;
    if parties.customer.mode == Mode::Postpaid {
        let waiting = UnbilledRecord {
            id: record.id.clone(),
            kind: "message".to_owned(),
            customer: record.customer.clone(),
            line: None,
            call: None,
            amount: Some(record.price),
            tax: Some(record.tax),
            name: Some(format!("Messages to {}", parties.agent.name)),
            created_at: record.created_at,
            document: None,
        };
        let tenant = work.tenant();
        storage::unbilled::insert(&mut work.tx, tenant, &[waiting]).await?;
        return Ok(());
    }
    let settings = tenants::get(work).await?.settings;
    Ok(accounts::note_low(work, &settings, &[&record.customer]).await?)
}

impl Draft {
    /// The message as it is stored, free of charge.
    pub(super) fn record(&self, work: &Work, parties: &Parties, conversation: &ConversationRecord) -> MessageRecord {
        let currency: Currency = parties.customer.currency;
        MessageRecord {
            id: work.id("msg"),
            conversation: conversation.id.clone(),
            number: conversation.messages + 1,
            customer: conversation.customer.clone(),
            agent: conversation.agent.clone(),
            sender: self.sender.name().to_owned(),
            channel: self.channel.name().to_owned(),
            origin: None,
            asked: None,
            text: self.text.as_str().to_owned(),
            segments: i64::try_from(segments(self.text.as_str())).unwrap_or(i64::MAX),
            state: State::Stored.name().to_owned(),
            refusal: None,
            missing: None,
            told: 0,
            currency: currency.code().to_owned(),
            price: 0,
            tax: 0,
            agent_part: 0,
            created_at: work.now().millis(),
            delivered_at: None,
            read_at: None,
        }
    }
}

/// Notes what a message is charged.
pub(super) fn price(record: &mut MessageRecord, split: &Split) -> Result<(), MessageError> {
    record.price = split.total()?.micros();
    record.tax = split.tax.micros();
    record.agent_part = split.agent.micros();
    Ok(())
}

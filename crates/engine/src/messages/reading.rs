//! Conversations and messages as they are shown, and marked by who gets them.

use std::collections::HashMap;

use domain::invalid::Invalid;
use domain::message::Side;
use domain::time::Instant;
use serde_json::json;
use storage::conversations::{self, ConversationRecord};
use storage::messages;

use super::{Conversation, Message, MessageError, State, side};
use crate::actor::Reach;
use crate::changes::{Change, ChangeKind};
use crate::{Scope, Work};

/// Whose conversations are asked for, among those that are reached.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Whose {
    /// All of them.
    #[default]
    Everybody,
    /// A customer's.
    Customer(String),
    /// An agent's.
    Agent(String),
}

/// One conversation.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn conversation(scope: &mut impl Scope, id: &str) -> Result<Conversation, MessageError> {
    let tenant = scope.tenant();
    let record = conversations::get(scope.tx(), tenant, id).await?;
    let own = record.filter(|record| scope.finds("conversation", id, |reach| is_shown(reach, record)));
    let record = own.ok_or_else(|| MessageError::NoSuchConversation(id.to_owned()))?;
    let shown = shown(scope, vec![record]).await?.pop();
    shown.ok_or_else(|| MessageError::NoSuchConversation(id.to_owned()))
}

/// A page of conversations, those with the newest messages first, before the time and the id of the last one seen. An agent's are those
/// that it sees, with the times of the last messages that it sees.
///
/// # Errors
/// The database does not answer.
pub async fn conversations(
    scope: &mut impl Scope,
    whose: &Whose,
    before: Option<(i64, &str)>,
    limit: i64,
) -> Result<Vec<Conversation>, MessageError> {
    let (customers, agent) = reached(scope.reach(), whose);
    let tenant = scope.tenant();
    let own = customers.as_deref().unwrap_or_default();
    let asked = [
        customers.as_deref().map(conversations::Whose::Customers),
        // Who is both has a conversation with itself as the customer, who sees all of it.
        agent.as_deref().map(|agent| conversations::Whose::Agent(agent, own)),
        (*whose == Whose::Everybody && scope.reach().is_whole()).then_some(conversations::Whose::Tenant),
    ];
    let mut records = Vec::new();
    for asked in asked.into_iter().flatten() {
        let page = conversations::page(scope.tx(), tenant, asked, before, limit).await?;
        // By what a list is sorted and cut, it is told and gone on from, whoever asks.
        records.extend(page.into_iter().map(|record| match asked {
            conversations::Whose::Agent(..) => {
                ConversationRecord { last_at: record.shown_at.unwrap_or(record.last_at), ..record }
            }
            conversations::Whose::Customers(_) | conversations::Whose::Tenant => record,
        }));
    }
    let mut shown = shown(scope, records).await?;
    shown.sort_by(|a, b| (b.last_at, &b.id).cmp(&(a.last_at, &a.id)));
    shown.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(shown)
}

/// A page of the messages of a conversation, the newest first, before that of a number. The agent sees none that was refused.
///
/// # Errors
/// There is no such conversation, or the database does not answer.
pub async fn list(
    scope: &mut impl Scope,
    id: &str,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Message>, MessageError> {
    let conversation = conversation(scope, id).await?;
    let with_refused = side(scope.reach(), &conversation.customer, &conversation.agent) != Some(Side::Agent);
    let tenant = scope.tenant();
    let records = messages::page(scope.tx(), tenant, (id, with_refused), before, limit).await?;
    records.into_iter().map(|record| Message::of(record, scope.actor())).collect()
}

/// Marks what the other one wrote as read, up to a message and with it: by the customer or the agent of the conversation.
///
/// # Errors
/// There is no such conversation or message, or the database did not do it.
pub async fn mark_read(work: &mut Work, id: &str, up_to: &str) -> Result<Conversation, MessageError> {
    let (tenant, now) = (work.tenant(), work.now().millis());
    let record = conversations::lock(&mut work.tx, tenant, id).await?;
    let own = record.filter(|record| work.finds("conversation", id, |reach| is_shown(reach, record)));
    let mut record = own.ok_or_else(|| MessageError::NoSuchConversation(id.to_owned()))?;
    let reader = side(work.reach(), &record.customer, &record.agent);
    let reader = reader.ok_or_else(|| MessageError::NoSuchConversation(id.to_owned()))?;
    let last = messages::get(&mut work.tx, tenant, up_to).await?;
    let hidden = |state: &str| reader == Side::Agent && state == State::Refused.name();
    let last = last.filter(|last| last.conversation == id && !hidden(&last.state));
    let last = last.ok_or_else(|| Invalid::at("/up_to", "is no message of this conversation"))?;
    let writer = reader.other().name();
    let read = messages::mark_read(&mut work.tx, tenant, (id, writer), last.number, now).await?;
    if read > 0 {
        let unread = match reader {
            Side::Customer => &mut record.unread_by_customer,
            Side::Agent => &mut record.unread_by_agent,
        };
        *unread -= i64::try_from(read).unwrap_or(i64::MAX);
        conversations::stand(&mut work.tx, tenant, &record).await?;
        let written = json!({"reader": reader, "up_to": up_to, "messages": read});
        work.audit("conversation.read", id, None, Some(&written)).await?;
        work.tells(hint(tenant, id, (&record.customer, &record.agent)));
    }
    conversation(work, id).await
}

/// Marks a message as delivered: by the one of the two who did not write it. One that was delivered or read before stays as it is.
///
/// # Errors
/// There is no such message, it is one's own, or the database did not do it.
pub async fn mark_delivered(work: &mut Work, id: &str) -> Result<Message, MessageError> {
    let (tenant, now) = (work.tenant(), work.now().millis());
    let gone = || MessageError::NotFound(id.to_owned());
    let record = messages::get(&mut work.tx, tenant, id).await?.ok_or_else(gone)?;
    let recipient = side(work.reach(), &record.customer, &record.agent);
    let refused = record.state == State::Refused.name();
    let is_there = recipient == Some(Side::Customer) || (recipient == Some(Side::Agent) && !refused);
    if !work.finds("message", id, |_| is_there) {
        return Err(gone());
    }
    if recipient.is_some_and(|recipient| recipient.name() == record.sender) {
        return Err(MessageError::NotTheirs(id.to_owned()));
    }
    if !messages::mark_delivered(&mut work.tx, tenant, id, now).await? {
        return Message::of(record, work.actor());
    }
    work.audit("message.deliver", id, None, Some(&json!({"conversation": record.conversation}))).await?;
    work.tells(hint(tenant, &record.conversation, (&record.customer, &record.agent)));
    let delivered = messages::get(&mut work.tx, tenant, id).await?.ok_or_else(gone)?;
    Message::of(delivered, work.actor())
}

/// Marks a message as delivered whose short message has reached the phone of who gets it.
///
/// # Errors
/// The database does not do it.
pub(crate) async fn delivered_by_sms(work: &mut Work, id: &str) -> Result<(), storage::Error> {
    let (tenant, now) = (work.tenant(), work.now().millis());
    if !messages::mark_delivered(&mut work.tx, tenant, id, now).await? {
        return Ok(());
    }
    let Some(record) = messages::get(&mut work.tx, tenant, id).await? else { return Ok(()) };
    work.audit("message.deliver", id, None, Some(&json!({"conversation": record.conversation}))).await?;
    work.tells(hint(tenant, &record.conversation, (&record.customer, &record.agent)));
    Ok(())
}

/// Whether a conversation is there for who has this reach: for an agent only if there is a message that it may see.
fn is_shown(reach: &Reach, record: &ConversationRecord) -> bool {
    reach.customer(&record.customer) || (reach.agent(&record.agent) && record.shown_at.is_some())
}

/// The customers and the agent whose conversations are listed.
fn reached(reach: &Reach, whose: &Whose) -> (Option<Vec<String>>, Option<String>) {
    match whose {
        Whose::Customer(id) => (Some(vec![id.clone()]).filter(|_| reach.customer(id)), None),
        Whose::Agent(id) => (None, Some(id.clone()).filter(|_| reach.agent(id))),
        Whose::Everybody => match reach {
            Reach::Tenant => (None, None),
            Reach::Own { customers, agent } => {
                (Some(customers.clone()).filter(|customers| !customers.is_empty()), agent.clone())
            }
        },
    }
}

/// The conversations as they are told to who asks, with the names of their agents.
async fn shown(scope: &mut impl Scope, records: Vec<ConversationRecord>) -> Result<Vec<Conversation>, MessageError> {
    let tenant = scope.tenant();
    let agents: Vec<&str> = records.iter().map(|record| record.agent.as_str()).collect();
    let names: HashMap<String, String> =
        storage::agents::names(scope.tx(), tenant, &agents).await?.into_iter().collect();
    let show = |record: ConversationRecord| {
        // The agent does not learn when a message came that it does not see.
        let of_agent = side(scope.reach(), &record.customer, &record.agent) == Some(Side::Agent);
        let last_at = record.shown_at.filter(|_| of_agent).unwrap_or(record.last_at);
        Conversation {
            agent_name: names.get(&record.agent).cloned().unwrap_or_default(),
            id: record.id,
            customer: record.customer,
            agent: record.agent,
            created_at: Instant::clamped(record.created_at),
            last_at: Instant::clamped(last_at),
            unread_by_customer: record.unread_by_customer,
            unread_by_agent: record.unread_by_agent,
        }
    };
    Ok(records.into_iter().map(show).collect())
}

fn hint(tenant: i64, conversation: &str, (customer, agent): (&str, &str)) -> Change {
    Change {
        tenant,
        kind: ChangeKind::Conversation,
        id: conversation.to_owned(),
        customer: Some(customer.to_owned()),
        agent: Some(agent.to_owned()),
    }
}

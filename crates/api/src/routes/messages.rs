//! Messages between customers and agents.

use axum::extract::State;
use axum::response::Response;
use domain::card::masked;
use domain::message::{Side, Text};
use domain::money::Amount;
use engine::Reach;
use engine::messages::{self, Arrival, Arrived, Channel, Message, NewMessage, Quote, State as MessageState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Posted};
use crate::guard::{CUSTOMER, Caller, PARTY, PAYERS, SWITCHES, TENANT, WRITERS};
use crate::params::Id;
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(send_message))
        .routes(routes!(quote_message))
        .routes(routes!(deliver_message))
        .routes(routes!(take_message))
}

/// A message to be sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"customer": "cus_0", "agent": "agt_0", "text": "Good evening, is there time for a question?"}))]
struct NewMessageDocument {
    /// The id of the customer who writes, or is written to.
    customer: String,
    /// The id of the agent who is written to, or writes.
    agent: String,
    /// 1 to 1,600 characters, without control characters other than newline and tab. Blanks at its ends are cut off.
    text: String,
}

/// A message.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MessageDocument {
    id: String,
    conversation: String,
    customer: String,
    agent: String,
    /// `customer` or `agent`.
    #[schema(value_type = String)]
    sender: Side,
    /// `app`, or `sms` for one that a switch brought.
    #[schema(value_type = String)]
    channel: Channel,
    /// Null for who may see that there is a message, but not what it says: clerks, auditors and switches.
    text: Option<String>,
    /// How many short messages (SMS) the text takes.
    segments: i64,
    /// `stored`, `delivered`, `read`; or `refused` for one that arrived and is not paid: its agent does not see it.
    #[schema(value_type = String)]
    state: MessageState,
    /// What it was charged, tax included; not for agents.
    price: Option<String>,
    /// The tax in the price; not for agents.
    tax: Option<String>,
    /// The agent's part of the price; not for customers.
    agent_part: Option<String>,
    currency: String,
    created_at: String,
    delivered_at: Option<String>,
    read_at: Option<String>,
}

/// What a message would cost.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"price": "0.99", "currency": "USD", "segments": 1, "available": "0.50", "missing": "0.49",
    "refusal": {"reason": "insufficient_balance", "detail": "0.50 is available, 0.99 is needed"}}))]
struct QuoteDocument {
    /// What it costs, tax included, however many segments it has; null where the agent takes no messages.
    price: Option<String>,
    currency: String,
    /// How many short messages (SMS) the text takes.
    segments: usize,
    /// Balance and credit limit, less what is held; null where there is no limit.
    available: Option<String>,
    /// How much more has to be there.
    missing: String,
    /// Why it would be refused; null where it would be taken.
    refusal: Option<MessageRefusal>,
}

/// Why a message would be refused.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MessageRefusal)]
struct MessageRefusal {
    /// `insufficient_balance`, `agent_without_price`, `blocked`, `suspended` or `customer_closed`.
    reason: String,
    /// The same in words.
    detail: String,
}

/// A short message that has arrived for an agent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"origin": "sms1:4711", "from": "0001", "agent": "agt_0", "text": "Good evening"}))]
struct ArrivalDocument {
    /// What the message is to its switch, and the key of this request: the same origin gets the same answer.
    origin: String,
    /// The number that it came from: that of a customer's line.
    from: String,
    /// The id of the agent whom it is for.
    agent: String,
    /// As that of any message.
    text: String,
}

/// What became of a short message that has arrived.
#[derive(Debug, Serialize, ToSchema)]
struct ArrivedDocument {
    message: MessageDocument,
    /// Why it is refused: as the `reason` of a quote's refusal; null where it is charged.
    refusal: Option<String>,
    /// How much more the customer would have needed; null where it is not the money.
    missing: Option<String>,
    /// Whether its sender is to be told now that it was refused: once a local day in a conversation.
    tell_sender: bool,
}

/// Send a message
///
/// By the customer or the agent of the conversation, each in its own name. What a customer writes costs the agent's price per message,
/// what an agent writes is free for both. A refused message is not stored. Where the tenant has numbers for conversations, and both have phones, the other one
/// gets it as a short message, too, and can answer that.
#[utoipa::path(post, path = "/messages", request_body = NewMessageDocument,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is stored, and charged.", body = MessageDocument), Refusals),
    extensions(("x-roles" = json!(WRITERS)), ("x-owner" = json!(PARTY))))]
async fn send_message(
    State(app): State<App>,
    caller: Caller,
    Posted { claim, body: Body(body) }: Posted<Body<NewMessageDocument>>,
) -> Result<Response, Problem> {
    let (new, reach) = (body.read()?, caller.0.reach.clone());
    app.once(&caller, claim, move |work| {
        let (new, reach) = (new.clone(), reach.clone());
        Box::pin(async move {
            let message = messages::send(work, new).await?;
            let location = format!("/api/v1/conversations/{}/messages", message.conversation);
            Ok(Answer::created(location, MessageDocument::seen(message, &reach)))
        })
    })
    .await
}

/// Ask what a message would cost
///
/// What sending checks is checked, and nothing is stored.
#[utoipa::path(post, path = "/messages/quote", request_body = NewMessageDocument,
    responses((status = 200, description = "Its price; or why it would be refused.", body = QuoteDocument), Refusals),
    extensions(("x-roles" = json!(PAYERS)), ("x-owner" = json!(CUSTOMER))))]
async fn quote_message(
    State(app): State<App>,
    Caller(actor): Caller,
    Body(body): Body<NewMessageDocument>,
) -> Result<Answer<QuoteDocument>, Problem> {
    let quote = messages::quote(&mut app.engine.view(&actor).await?, &body.read()?).await?;
    Ok(Answer::ok(QuoteDocument::of(quote)))
}

/// Mark a message as delivered
///
/// By who gets it, when its app has fetched it or shown it. One that was delivered or read before stays as it is. A message whose short message has reached the
/// phone of who gets it is marked so by itself.
#[utoipa::path(put, path = "/messages/{id}/delivered", params(("id" = String, Path)),
    responses((status = 200, description = "It is delivered.", body = MessageDocument), Refusals),
    extensions(("x-roles" = json!(WRITERS)), ("x-owner" = json!(PARTY))))]
async fn deliver_message(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Response, Problem> {
    let reach = caller.0.reach.clone();
    app.once(&caller, None, move |work| {
        let (id, reach) = (id.clone(), reach.clone());
        Box::pin(async move {
            let message = messages::mark_delivered(work, &id).await?;
            Ok(Answer::ok(MessageDocument::seen(message, &reach)))
        })
    })
    .await
}

/// Take a short message that has arrived
///
/// By a switch. It is charged if the customer's balance covers it. If not it is kept as refused, unseen by the agent; the answer says
/// what is missing, and whether to tell the sender.
#[utoipa::path(post, path = "/messages/arrived", request_body = ArrivalDocument,
    responses((status = 201, description = "It is kept.", body = ArrivedDocument), Refusals),
    extensions(("x-roles" = json!(SWITCHES)), ("x-owner" = json!(TENANT))))]
async fn take_message(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<ArrivalDocument>,
) -> Result<Response, Problem> {
    let ArrivalDocument { origin, from, agent, text } = body;
    // Whoever has sent it can't be told to leave something out.
    let text = Text::read(&masked(&text))?;
    let (arrival, reach) = (Arrival { origin, from, agent, text }, caller.0.reach.clone());
    app.once(&caller, None, move |work| {
        let (arrival, reach) = (arrival.clone(), reach.clone());
        Box::pin(async move {
            let arrived = messages::arrived(work, arrival).await?;
            let location = format!("/api/v1/conversations/{}/messages", arrived.message.conversation);
            let repeated = arrived.repeated;
            Ok(Answer::created(location, ArrivedDocument::of(arrived, &reach)).replayed(repeated))
        })
    })
    .await
}

impl NewMessageDocument {
    fn read(self) -> Result<NewMessage, Problem> {
        let text = Text::read(&self.text)?;
        Ok(NewMessage { customer: self.customer, agent: self.agent, text })
    }
}

impl MessageDocument {
    /// The message as it is told to whoever has this reach: how a price is split is the business of the tenant, and of who has a part.
    pub(super) fn seen(message: Message, reach: &Reach) -> Self {
        let side = messages::side(reach, &message.customer, &message.agent);
        let currency = message.currency;
        let paid = |amount: Amount| (side != Some(Side::Agent)).then(|| amount.to_text(currency));
        MessageDocument {
            price: paid(message.price),
            tax: paid(message.tax),
            agent_part: (side != Some(Side::Customer)).then(|| message.agent_part.to_text(currency)),
            id: message.id,
            conversation: message.conversation,
            customer: message.customer,
            agent: message.agent,
            sender: message.sender,
            channel: message.channel,
            text: message.text.map(|text| text.as_str().to_owned()),
            segments: message.segments,
            state: message.state,
            currency: currency.to_string(),
            created_at: message.created_at.to_string(),
            delivered_at: message.delivered_at.map(|at| at.to_string()),
            read_at: message.read_at.map(|at| at.to_string()),
        }
    }
}

impl QuoteDocument {
    fn of(quote: Quote) -> Self {
        let currency = quote.currency;
        let refusal = quote
            .refusal
            .map(|refused| MessageRefusal { reason: refused.reason().to_owned(), detail: refused.to_string() });
        QuoteDocument {
            price: quote.price.map(|price| price.to_text(currency)),
            currency: currency.to_string(),
            segments: quote.segments,
            available: quote.available.map(|available| available.to_text(currency)),
            missing: quote.missing.to_text(currency),
            refusal,
        }
    }
}

impl ArrivedDocument {
    fn of(arrived: Arrived, reach: &Reach) -> Self {
        let currency = arrived.message.currency;
        ArrivedDocument {
            message: MessageDocument::seen(arrived.message, reach),
            refusal: arrived.refusal,
            missing: arrived.missing.map(|missing| missing.to_text(currency)),
            tell_sender: arrived.tell_sender,
        }
    }
}

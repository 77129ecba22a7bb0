//! Conversations of customers and agents.

use axum::extract::State;
use axum::response::Response;
use domain::message::Side;
use engine::audit::{self, Seen};
use engine::messages::{self, Conversation, Whose};
use engine::{Reach, Role};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::messages::MessageDocument;
use crate::App;
use crate::answer::Answer;
use crate::body::Body;
use crate::guard::{Caller, PARTIES, PARTY, WRITERS};
use crate::paging::{Page, PageParams, Wanted, key_in_time};
use crate::params::{Id, Params};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_conversations))
        .routes(routes!(get_conversation))
        .routes(routes!(list_messages))
        .routes(routes!(read_conversation))
}

/// What a customer and an agent write to each other.
#[derive(Debug, Serialize, ToSchema)]
struct ConversationDocument {
    id: String,
    customer: String,
    agent: String,
    /// The name that customers know the agent by.
    agent_name: String,
    created_at: String,
    /// When the last message came; in a list of an agent's, the last one that the agent sees.
    last_at: String,
    /// How many messages who asks has not read; null for the staff.
    unread: Option<i64>,
    /// How many messages the customer has not read; for the staff.
    unread_by_customer: Option<i64>,
    /// How many messages the agent has not read; for the staff.
    unread_by_agent: Option<i64>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ConversationList {
    /// Those of this customer.
    customer: Option<String>,
    /// Those that this agent sees. Give one of the two, or none.
    agent: Option<String>,
    /// 1 to 500, 50 where it is not given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Up to where a conversation is read.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"up_to": "msg_0"}))]
struct ReadDocument {
    /// The id of the last message that was read.
    up_to: String,
}

/// List conversations
///
/// Those with the newest messages first; each with how many of its messages are unread.
#[utoipa::path(get, path = "/conversations", params(ConversationList),
    responses((status = 200, description = "A page.", body = Page<ConversationDocument>), Refusals),
    extensions(("x-roles" = json!(PARTIES)), ("x-owner" = json!(PARTY))))]
async fn list_conversations(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<ConversationList>,
) -> Result<Answer<Page<ConversationDocument>>, Problem> {
    let wanted = Wanted::read(list.limit.as_ref(), list.cursor.as_ref())?;
    let whose = match (list.customer, list.agent) {
        (None, None) => Whose::Everybody,
        (Some(customer), None) => Whose::Customer(customer),
        (None, Some(agent)) => Whose::Agent(agent),
        (Some(_), Some(_)) => return Err(Problem::parameter("agent", "is for another list: give customer or agent")),
    };
    let mut view = app.engine.view(&actor).await?;
    let rows = messages::conversations(&mut view, &whose, wanted.key_in_time()?, wanted.rows()).await?;
    let show = |row| ConversationDocument::seen(row, &actor.reach);
    Ok(Answer::ok(wanted.page(rows, |row| key_in_time(row.last_at.millis(), &row.id), show)))
}

/// Show a conversation
#[utoipa::path(get, path = "/conversations/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The conversation.", body = ConversationDocument), Refusals),
    extensions(("x-roles" = json!(PARTIES)), ("x-owner" = json!(PARTY))))]
async fn get_conversation(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<ConversationDocument>, Problem> {
    let conversation = messages::conversation(&mut app.engine.view(&actor).await?, &id).await?;
    Ok(Answer::ok(ConversationDocument::seen(conversation, &actor.reach)))
}

/// List the messages of a conversation
///
/// The newest first. Customers and agents read their own, owners and admins those of their tenant; to the rest of the staff the texts
/// are not told.
#[utoipa::path(get, path = "/conversations/{id}/messages", params(("id" = String, Path), PageParams),
    responses((status = 200, description = "A page.", body = Page<MessageDocument>), Refusals),
    extensions(("x-roles" = json!(PARTIES)), ("x-owner" = json!(PARTY))))]
async fn list_messages(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<MessageDocument>>, Problem> {
    let wanted = list.wanted()?;
    let before = wanted.key_in_time()?.map(|(number, _)| number);
    let mut view = app.engine.view(&actor).await?;
    let rows = messages::list(&mut view, &id, before, wanted.rows()).await?;
    let read = messages::conversation(&mut view, &id).await?;
    drop(view);
    // Whose it is reads its own; of the staff those read it to whom the texts are told.
    if actor.reach.is_whole() && (actor.roles.has(Role::Owner) || actor.roles.has(Role::Admin)) {
        for person in [&read.customer, &read.agent] {
            let seen = Seen { action: "conversation.view", subject: &id, person: Some(person), about: None::<&()> };
            audit::note_seen(&app.engine, &actor, seen).await?;
        }
    }
    let show = |row| MessageDocument::seen(row, &actor.reach);
    Ok(Answer::ok(wanted.page(rows, |row| key_in_time(row.number, &row.id), show)))
}

/// Mark a conversation as read
///
/// By its customer or its agent: all that the other one wrote, up to this message and with it.
#[utoipa::path(put, path = "/conversations/{id}/read", request_body = ReadDocument, params(("id" = String, Path)),
    responses((status = 200, description = "It is read.", body = ConversationDocument), Refusals),
    extensions(("x-roles" = json!(WRITERS)), ("x-owner" = json!(PARTY))))]
async fn read_conversation(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Body(ReadDocument { up_to }): Body<ReadDocument>,
) -> Result<Response, Problem> {
    let reach = caller.0.reach.clone();
    app.once(&caller, None, move |work| {
        let (id, up_to, reach) = (id.clone(), up_to.clone(), reach.clone());
        Box::pin(async move {
            let conversation = messages::mark_read(work, &id, &up_to).await?;
            Ok(Answer::ok(ConversationDocument::seen(conversation, &reach)))
        })
    })
    .await
}

impl ConversationDocument {
    /// The conversation as it is told to whoever has this reach.
    fn seen(conversation: Conversation, reach: &Reach) -> Self {
        let side = messages::side(reach, &conversation.customer, &conversation.agent);
        let (by_customer, by_agent) = (conversation.unread_by_customer, conversation.unread_by_agent);
        ConversationDocument {
            id: conversation.id,
            customer: conversation.customer,
            agent: conversation.agent,
            agent_name: conversation.agent_name,
            created_at: conversation.created_at.to_string(),
            last_at: conversation.last_at.to_string(),
            unread: side.map(|side| if side == Side::Customer { by_customer } else { by_agent }),
            unread_by_customer: side.is_none().then_some(by_customer),
            unread_by_agent: side.is_none().then_some(by_agent),
        }
    }
}

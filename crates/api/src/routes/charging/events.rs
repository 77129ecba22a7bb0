//! Services charged once.

use axum::extract::State;
use domain::invalid::Invalid;
use engine::charging::{ChargedEvent, EventPayer, NewEvent};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{in_time, text};
use crate::App;
use crate::answer::Answer;
use crate::body::Body;
use crate::fields;
use crate::guard::{Caller, SWITCHES, TENANT};
use crate::problem::{Problem, Refusals};

/// A service that is to be charged once, at a stated price. Either its line or its customer is given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"origin": "pbx1:sms-4711", "line": "0001", "amount": "0.10", "description": "Text message to +442079460018"}))]
pub(super) struct NewEventDocument {
    /// What the service is to its switch, and the key of this request: the same origin gets the same answer.
    #[schema(value_type = String)]
    origin: Option<String>,
    /// The id or the number of the line that pays.
    line: Option<String>,
    /// The id of the customer who pays.
    customer: Option<String>,
    /// Its price, above zero: with its tax for a prepaid customer, without for a postpaid one.
    #[schema(value_type = String)]
    amount: Box<RawValue>,
    /// The customer's where it is not given; another one is refused.
    currency: Option<String>,
    /// What it is, as the invoice calls it.
    description: String,
}

/// A service that was charged.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EventDocument {
    id: String,
    origin: String,
    customer: String,
    line: Option<String>,
    amount: String,
    /// The tax in it.
    tax: String,
    currency: String,
    description: String,
    charged_at: String,
}

/// Charge a service once
///
/// A prepaid customer pays at once; where there is too little, nothing is charged. A postpaid one finds it on the next invoice, up to
/// the credit limit.
#[utoipa::path(post, path = "/charging/events", request_body = NewEventDocument,
    responses((status = 201, description = "It is charged.", body = EventDocument), Refusals),
    extensions(("x-roles" = json!(SWITCHES)), ("x-owner" = json!(TENANT))))]
pub(super) async fn charge_event(
    State(app): State<App>,
    Caller(caller): Caller,
    Body(document): Body<NewEventDocument>,
) -> Result<Answer<EventDocument>, Problem> {
    let event = in_time(app.engine.charge_event(&caller, &document.read()?)).await?;
    let (location, repeated) = (format!("/api/v1/customers/{}/ledger", event.customer), event.repeated);
    Ok(Answer::created(location, EventDocument::of(event)).replayed(repeated))
}

impl NewEventDocument {
    fn read(self) -> Result<NewEvent, Problem> {
        let payer = match (self.line, self.customer) {
            (Some(line), None) => EventPayer::Line(line),
            (None, Some(customer)) => EventPayer::Customer(customer),
            (Some(_), Some(_)) => return Err(Invalid::at("/customer", "is the line's: give one of them").into()),
            (None, None) => return Err(Invalid::at("/line", "is missing: give line or customer").into()),
        };
        Ok(NewEvent {
            origin: fields::required("/origin", self.origin)?,
            payer,
            amount: fields::amount_above_zero("/amount", &self.amount)?,
            currency: fields::currency("/currency", self.currency.as_ref())?,
            description: self.description,
        })
    }
}

impl EventDocument {
    fn of(event: ChargedEvent) -> Self {
        EventDocument {
            id: event.id,
            origin: event.origin,
            customer: event.customer,
            line: event.line,
            amount: text(event.amount, event.currency),
            tax: text(event.tax, event.currency),
            currency: event.currency.to_string(),
            description: event.description,
            charged_at: event.charged_at.to_string(),
        }
    }
}

//! Letting a call through.

use axum::extract::State;
use domain::charging::CutOff;
use domain::invalid::Invalid;
use engine::calls::Direction;
use engine::charging::{NewSession, Reply, What};
use serde::Deserialize;
use utoipa::ToSchema;

use super::GrantDocument;
use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Posted};
use crate::fields;
use crate::guard::{Caller, SWITCHES, TENANT};
use crate::problem::{Problem, Refusals};
use crate::routes::paying::Paying;

/// A call that is to be let through.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"origin": "pbx1:1795166377.45", "line": "0001", "to": "+442079460018"}))]
pub(super) struct NewSessionDocument {
    /// What the call is to its switch, and the key of this request: the same origin gets the same answer.
    #[schema(value_type = String)]
    origin: Option<String>,
    /// The id or the number of the line that pays. Without it the account code pays, else the line with the caller's number.
    line: Option<String>,
    /// What the switch calls the payer: a customer's external reference, else the number of a line.
    account_code: Option<String>,
    /// `outbound` where it is not given.
    #[schema(value_type = Option<String>, pattern = "^(outbound|inbound|internal)$")]
    direction: Option<Direction>,
    /// The caller's number.
    from: Option<String>,
    /// The number called, in any form that the dial plan reads; a call to an agent needs none.
    to: Option<String>,
    /// The id of the paid agent who is called.
    agent: Option<String>,
    /// What the switch's records of one conversation have in common.
    link: Option<String>,
    /// `movable` where it is not given: the switch can move the end of the call while it runs, and extends the session. With `fixed`
    /// all that the money reaches for is granted, and held, at the start.
    #[schema(value_type = Option<String>, pattern = "^(movable|fixed)$")]
    cut_off: Option<CutOff>,
}

/// Authorize a call
///
/// Opens a session: money is held for the first seconds, and nothing is charged. It is answered, or released, before `alive_until`;
/// else it lapses, and nothing is charged. An emergency number is never refused.
#[utoipa::path(post, path = "/charging/sessions", request_body = NewSessionDocument,
    responses((status = 201, description = "The call may be put through.", body = GrantDocument), Refusals),
    extensions(("x-roles" = json!(SWITCHES)), ("x-owner" = json!(TENANT))))]
pub(super) async fn authorize_call(
    State(app): State<App>,
    caller: Caller,
    Posted { claim, body: Body(document) }: Posted<Body<NewSessionDocument>>,
) -> Result<Answer<GrantDocument>, Problem> {
    let (new, payer) = document.read()?;
    let refused = |problem: Problem| {
        problem.placed(|pointer| if pointer == "/line" { payer.to_owned() } else { pointer.to_owned() })
    };
    match app.charge(&caller, claim, What::Authorize(new)).await.map_err(refused)? {
        Reply::Granted(grant) => {
            let (location, repeated) = (format!("/api/v1/charging/sessions/{}", grant.session), grant.repeated);
            Ok(Answer::created(location, GrantDocument::of(grant)).replayed(repeated))
        }
        Reply::Ended(ended) => Err(Problem::internal(format!("the session {} ended as it was opened", ended.session))),
    }
}

impl NewSessionDocument {
    /// What it says, and the field that tells who pays.
    fn read(self) -> Result<(NewSession, &'static str), Problem> {
        let direction = self.direction.unwrap_or_default();
        let paying = Paying::if_told(self.line, self.account_code, self.from, direction);
        let to = match (self.to, &self.agent) {
            (Some(to), _) => to,
            (None, Some(_)) => String::new(),
            (None, None) => return Err(Invalid::at("/to", "is missing: say which number or agent is called").into()),
        };
        let new = NewSession {
            origin: fields::required("/origin", self.origin)?,
            payer: paying.payer,
            direction,
            from: paying.from,
            to,
            agent: self.agent,
            link: self.link,
            cut_off: self.cut_off.unwrap_or(CutOff::Movable),
            unpaid: false,
        };
        Ok((new, paying.field))
    }
}

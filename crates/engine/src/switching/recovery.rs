use std::collections::HashMap;

use domain::call_flow::{Charge, Command, Flow, Stage};
use domain::charging;
use domain::time::Instant;
use storage::flows::FlowRecord;

use super::money::{Open, origin_of};
use super::port::CallRef;
use crate::Scope;
use crate::charging::{ChargingError, Session};

/// A call's flow, and what is known of its money.
#[derive(Debug, Clone)]
pub struct Way {
    /// Where it stands.
    pub flow: Flow,
    /// How often that was written down.
    pub version: i64,
    /// The sessions of its parts.
    pub sessions: HashMap<u8, Open>,
}

/// A call of the last program, as the next one takes it up.
#[derive(Debug, Clone)]
pub struct TakenUp {
    /// How it goes on.
    pub way: Way,
    /// What is to be done first.
    pub first: Vec<Command>,
    /// When it was last proved alive.
    pub seen_at: Instant,
    /// The customers who pay for it: what comes in for them lengthens it.
    pub customers: Vec<String>,
}

/// Why a call of the last program cannot be taken up.
#[derive(Debug, thiserror::Error)]
pub enum TakeUpError {
    /// Where it stands was written down in a form that is not known.
    #[error("where the call stands cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// The session of a part cannot be read.
    #[error(transparent)]
    Session(#[from] ChargingError),
    /// The database does not answer.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

/// Takes a call up again that the last program drove, which was last there at `seen_at`: as it was written down last, with what its sessions
/// tell beside that.
///
/// # Errors
/// What was written down cannot be read, or the database does not answer.
pub async fn take_up(
    scope: &mut impl Scope,
    call: &CallRef,
    record: &FlowRecord,
    seen_at: Instant,
) -> Result<TakenUp, TakeUpError> {
    let mut flow: Flow = serde_json::from_str(&record.flow)?;
    let (mut open, mut sessions, mut customers) = (HashMap::new(), Vec::new(), Vec::new());
    for part in 0..flow.parts.len() {
        let part = u8::try_from(part).unwrap_or(u8::MAX);
        let origin = origin_of(call, part);
        let record = storage::charging::by_origins(scope.tx(), call.tenant, &[&origin]).await?.pop();
        let session = record.map(Session::of).transpose()?;
        if let Some(session) = &session {
            // It gives no sign of life before its legs are there again.
            open.insert(part, Open { id: session.id.clone(), beats_at: None });
            customers.extend(session.customer.clone());
        }
        sessions.push(session.map(|session| session.session));
    }
    let on_record: Vec<_> = sessions.iter().map(Option::as_ref).collect();
    let seen_at = flow.recovered(&on_record, seen_at);
    let first = unheard_answers(&flow, &on_record);
    Ok(TakenUp { way: Way { flow, version: record.version, sessions: open }, first, seen_at, customers })
}

/// The answers, those to trunks first, of which charging may not have heard.
fn unheard_answers(flow: &Flow, sessions: &[Option<&charging::Session>]) -> Vec<Command> {
    let Stage::Talking { answered_at, .. } = flow.stage else { return Vec::new() };
    let pending =
        |session: &Option<&charging::Session>| session.is_some_and(|session| session.stage == charging::Stage::Pending);
    let is_pending = |part: u8| sessions.get(usize::from(part)).is_some_and(pending);
    let of_pending = |command: &Command| matches!(command, Command::Charge { session, .. } if is_pending(*session));
    let carried = flow.carries().filter(of_pending);
    let parts = (0..=u8::MAX).take(sessions.len()).filter(|part| is_pending(*part));
    let answers = parts.map(|session| Command::Charge { session, charge: Charge::Answer(answered_at) });
    carried.chain(answers).collect()
}

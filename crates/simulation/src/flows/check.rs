//! What must hold of calls that went by the flow.

use domain::call_flow::{Cause, Leg};
use domain::charging::{End, EndCause, Stage};
use domain::money::Amount;
use engine::charging::{self, Event, Session};
use engine::switching::origin_of;
use engine::{Scope, View};

use super::{Call, SWITCH};
use crate::Fault;
use crate::check::{Sums, of};
use crate::fault::holds;
use crate::process::TENANT;
use crate::world::World;

/// More parts than a call has.
const MOST_PARTS: u8 = 6;
/// Why emergency calls end, where no program has died.
const ENDS_OF_EMERGENCIES: [Cause; 7] = [
    Cause::HungUp,
    Cause::Busy,
    Cause::NoAnswer,
    Cause::NoRecipient,
    Cause::Lost,
    Cause::Unconfirmed,
    // The program has died before both talked.
    Cause::Failed,
];

impl World {
    /// Every call is over, and was charged for what happened.
    pub(crate) async fn check_flows(&self, view: &mut View, sums: &mut Sums) -> Result<(), Fault> {
        let running = storage::flows::running(view.tx(), SWITCH).await?;
        holds!(running.is_empty(), "{} calls of the exchange are kept as running", running.len());
        for call in &self.exchange.calls {
            self.check_flow(view, call, sums).await.map_err(|fault| of(&call.call.origin, fault))?;
        }
        Ok(())
    }

    async fn check_flow(&self, view: &mut View, call: &Call, sums: &mut Sums) -> Result<(), Fault> {
        let told = &call.told;
        if let Some(ending) = told.ending.filter(|_| told.free) {
            holds!(ENDS_OF_EMERGENCIES.contains(&ending.cause), "an emergency call ended: {:?}", ending.cause);
        }
        holds!(!told.is_cut_early, "was cut off while more could be had");
        for part in 0..MOST_PARTS {
            let origin = origin_of(&call.call, part);
            let record = storage::charging::by_origins(view.tx(), TENANT, &[&origin]).await?.pop();
            let Some(record) = record else {
                holds!(!told.was_granted(part), "part {part} was granted, and has no session");
                continue;
            };
            let session = charging::get(view, &record.id).await?;
            let Some((payer, number)) = told.parts.get(usize::from(part)) else {
                return Err(Fault(format!("part {part} was charged, and nobody has asked for it")));
            };
            holds!(session.line == *payer, "part {part} is paid by {:?}, not by {payer:?}", session.line);
            holds!(session.to == *number, "part {part} is charged as a call to {}, not to {number}", session.to);
            let line = self.land.lines.iter().position(|line| Some(&line.id) == payer.as_ref());
            let line = line.ok_or_else(|| Fault(format!("nobody pays for part {part}")))?;
            let Stage::Ended(end) = &session.session.stage else {
                return Err(Fault(format!("part {part} is still {:?}", session.session.stage)));
            };
            check_part(call, part, &session, end).map_err(|fault| of(&format!("part {part}"), fault))?;
            self.check_price(view, &session, (line, None, number), sums).await?;
        }
        Ok(())
    }
}

/// A part is charged from the caller's confirmation to the end; for nothing where there was none, and never for what was not granted.
fn check_part(call: &Call, part: u8, session: &Session, end: &End) -> Result<(), Fault> {
    let (told, charged) = (&call.told, end.charged.total()?);
    holds!(!told.free || charged == Amount::ZERO, "an emergency call costs {charged}");
    let was_given_up = session.history.iter().any(|done| matches!(done.event, Event::Lapsed | Event::Lost));
    let was_late = session.session.lapses_at.is_some_and(|lapses_at| told.confirmed_at >= Some(lapses_at));
    let refused = told.refused == Some(part) && !was_given_up && !was_late && !told.is_forgotten;
    holds!(!refused, "was let go no further while both talked");
    // Of what nobody has forgotten, and charging has not closed by itself, all is known.
    let is_known = !told.is_forgotten && !told.is_given_up;
    let was_settled = told.confirmed_at.is_none() || end.cause == EndCause::Settled;
    holds!(!is_known || was_settled, "ended as {:?}", end.cause);
    let Some(answered_at) = end.answered_at else {
        holds!(charged == Amount::ZERO, "was not answered, and costs {charged}");
        holds!(
            !is_known || told.confirmed_at.is_none(),
            "was answered at {:?}, which charging does not know",
            told.confirmed_at
        );
        return Ok(());
    };
    holds!(Some(answered_at) == told.confirmed_at, "was answered at {:?}, not at {answered_at}", told.confirmed_at);
    let millis = end.ended_at.millis_since(answered_at);
    let granted = session.session.granted.seconds;
    holds!(granted.is_none_or(|granted| millis <= granted * 1000), "lasted {millis} ms, {granted:?} s were granted");
    // What ended just before the program died may be known to nobody: it is charged until then.
    let parted_at = told.leg.and_then(|leg| call.phones.parted_at([Leg::FIRST, leg])).max(told.died_at());
    holds!(
        parted_at.is_none_or(|parted_at| end.ended_at <= parted_at.max(answered_at)),
        "was charged until {}, its legs parted at {parted_at:?}",
        end.ended_at
    );
    holds!(!is_known || Some(end.ended_at) == told.ended_at, "ended at {:?}, not at {}", told.ended_at, end.ended_at);
    Ok(())
}

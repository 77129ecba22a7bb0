//! Calls that we place: each party has a call of its own, and both meet in a conference of Twilio's. So each can be asked before it talks, told something
//! while it does, and ended at any time; a `<Dial>` with a limit could not follow a top-up.

use domain::call_flow::{Action, Cause, Leg, Words};
use domain::time::Instant;
use engine::switching::{CallRef, Recovered};

use super::calls::{Called, State, Todo};
use super::program::Verb;
use super::{NAME, Twilio};
use crate::rest::{CallChange, Instructions, RestError};
use crate::twiml::{CallResponse, Hangup};

/// The part of Twilio that places calls: their names begin with it.
pub(super) const PLACES: &str = "placed";
/// The key that says yes.
const YES: char = '1';
/// How much later than told Twilio ends a call by itself, in seconds: it counts whole ones, and is the second to do so.
const SECOND_LINE_SECONDS: i64 = 2;
/// The longest that Twilio lets a call last, in seconds.
const LONGEST_SECONDS: u32 = 14_400;

/// Whether we have placed a call.
pub(super) fn is_placed(call: &CallRef) -> bool {
    call.origin
        .strip_prefix(NAME)
        .and_then(|rest| rest.strip_prefix('/'))
        .is_some_and(|name| name.strip_prefix(PLACES).is_some_and(|rest| rest.starts_with(':')))
}

/// What a leg is called in its conference.
pub(super) fn label(leg: Leg) -> String {
    format!("leg-{}", leg.0)
}

fn labelled(label: &str) -> Option<Leg> {
    label.strip_prefix("leg-")?.parse().ok().map(Leg)
}

impl State {
    pub(super) fn act_in_placed(&mut self, actions: &[Action]) -> Vec<Todo> {
        let mut todo = Vec::new();
        for action in actions {
            match action {
                Action::RingLeg { leg, party, seconds, caller, .. } => {
                    self.called.insert(*leg, Called::placed());
                    let (number, seconds, caller) = (party.number.clone(), *seconds, caller.clone());
                    todo.push(Todo::Ring { leg: *leg, number, seconds, caller });
                }
                Action::Prompt { leg, words } => {
                    if let Some(called) = self.called.get_mut(leg) {
                        called.asked = Some(words.clone());
                    }
                    self.says(*leg, Verb::ask(words));
                }
                Action::RingBack(leg) => self.goes_to_room(*leg),
                Action::Bridge(one, other) => [*one, *other].into_iter().for_each(|leg| self.goes_to_room(leg)),
                Action::Warn { leg, remaining_seconds } => todo.push(self.tells(*leg, warning(*remaining_seconds))),
                Action::Announce { leg, text } => todo.push(self.tells(*leg, text.clone())),
                // With the one who pays the conference ends.
                Action::EndLegAt { leg: Leg::FIRST, at } => todo.push(Todo::EndAt(Leg::FIRST, *at)),
                Action::EndLeg { leg, cause } => todo.extend(self.ends_placed(*leg, *cause)),
                // Ordinary phones show no text, and what they press both hear.
                _ => {}
            }
        }
        todo
    }

    fn goes_to_room(&mut self, leg: Leg) {
        let Some(called) = self.called.get_mut(&leg) else { return };
        if !std::mem::replace(&mut called.is_in_room, true) {
            called.asked = None;
            self.says(leg, Verb::Room);
        }
    }

    fn tells(&mut self, leg: Leg, text: String) -> Todo {
        self.told.push(text);
        Todo::Tell(leg, self.told.len() - 1)
    }

    /// Who calls, and has not hung up, hears why the call is over.
    fn ends_placed(&mut self, leg: Leg, cause: Cause) -> Option<Todo> {
        let is_there = self.called.get(&leg).is_some_and(|called| called.answered_at.is_some() && !called.is_over());
        let why = why_over(cause).filter(|_| leg == Leg::FIRST && is_there);
        let ended = self.ends(leg)?;
        Some(why.map_or(ended, |words| Todo::TellWhy(leg, words)))
    }

    /// A leg that is asked has pressed something: whether it is asked again, since that was no yes.
    pub(super) fn asks_again(&mut self, leg: Leg, digits: &str) -> bool {
        let asked = self.called.get(&leg).and_then(|called| called.asked.clone());
        let again = asked.filter(|_| !digits.contains(YES));
        let is_asked_again = again.is_some();
        again.into_iter().for_each(|words| self.says(leg, Verb::ask(&words)));
        is_asked_again
    }

    /// Somebody, or something, has taken a phone up.
    pub(super) fn is_taken_up(&mut self, leg: Leg, at: Instant) {
        if let Some(called) = self.called.get_mut(&leg) {
            called.answered_at.get_or_insert(at);
        }
    }
}

impl Twilio {
    /// Has a party hear something while it talks.
    pub(super) fn tells(&self, call: &CallRef, leg: Leg, place: usize) {
        let (Some(me), call) = (self.me.upgrade(), call.clone()) else { return };
        tokio::spawn(async move {
            let mut url = me.addresses(&call).of("voice/said", Some(leg));
            url.query_pairs_mut().append_pair("said", &place.to_string());
            let told = async {
                let Some((conference, parties)) = me.room(&call).await? else { return Ok(()) };
                match parties.into_iter().find(|(known, _)| *known == leg) {
                    Some((_, sid)) => me.client.announce(&conference, &sid, &url).await,
                    None => Ok(()),
                }
            };
            if let Err(error) = told.await {
                tracing::warn!(%error, call = call.origin, "a party does not hear what it was to be told");
            }
        });
    }

    /// Tells a leg why the call is over, and ends it.
    pub(super) fn tells_why(&self, call: &CallRef, leg: Leg, words: &Words) {
        let response = CallResponse::new().with(super::program::said(words)).with(Hangup);
        self.changes(call, leg, CallChange::GoOn(Instructions::Here(response)));
    }

    /// Has Twilio end a leg by itself, should we not be there to do it.
    pub(super) fn ends_at(&self, call: &CallRef, leg: Leg, at: Option<Instant>) {
        let answered_at = self.calls().get(call).and_then(|state| state.called(leg)?.answered_at);
        // Of one that was taken up before we were there it is not known how long it lasts already.
        let Some(answered_at) = answered_at else { return };
        let seconds = at.map(|at| (at.millis_since(answered_at).max(0) + 999) / 1000 + SECOND_LINE_SECONDS);
        let seconds = seconds.and_then(|seconds| u32::try_from(seconds).ok()).unwrap_or(LONGEST_SECONDS);
        self.changes(call, leg, CallChange::EndAfter { seconds: seconds.min(LONGEST_SECONDS) });
    }

    /// Ends a call that we have placed.
    pub(super) fn ends_placed(&self, call: &CallRef, leg: Leg) {
        self.changes(call, leg, CallChange::End);
    }

    fn changes(&self, call: &CallRef, leg: Leg, change: CallChange) {
        let (Some(me), call) = (self.me.upgrade(), call.clone()) else { return };
        tokio::spawn(async move {
            let sid = me.calls().get(&call).and_then(|state| state.called(leg)?.sid.clone());
            let sid =
                match sid {
                    // The program before has placed it.
                    None if is_placed(&call) => me.room(&call).await.ok().flatten().and_then(|(_, parties)| {
                        parties.into_iter().find(|(known, _)| *known == leg).map(|(_, sid)| sid)
                    }),
                    known => known,
                };
            if let Some(sid) = sid {
                me.change(&sid, &change).await;
            }
        });
    }

    /// The conference of a call, and who is in it.
    async fn room(&self, call: &CallRef) -> Result<Option<(String, Vec<(Leg, String)>)>, RestError> {
        let Some(conference) = self.client.conference(self.addresses(call).call).await? else { return Ok(None) };
        let parties = self.client.participants(&conference).await?;
        let legs = parties.into_iter().filter_map(|party| Some((labelled(party.label.as_deref()?)?, party.call)));
        Ok(Some((conference, legs.collect())))
    }

    /// Which legs of a call that the program before has placed still talk. Where Twilio does not say, all of them: else they would talk on unpaid.
    pub(super) async fn still_talk(&self, recovered: &Recovered) -> Vec<Leg> {
        let all = || recovered.legs.iter().map(|(leg, _)| *leg).collect();
        match self.room(&recovered.call).await {
            Ok(found) => {
                found.map(|(_, parties)| parties).unwrap_or_default().into_iter().map(|(leg, _)| leg).collect()
            }
            Err(error) => {
                tracing::warn!(%error, call = recovered.call.origin, "Twilio does not say who still talks");
                all()
            }
        }
    }
}

fn english(text: impl Into<String>) -> Words {
    Words { language: Some("en".to_owned()), ..Words::new(text, None) }
}

fn warning(seconds: i64) -> String {
    match seconds {
        120.. => format!("The call ends in {} minutes.", seconds / 60),
        60.. => "The call ends in one minute.".to_owned(),
        _ => format!("The call ends in {seconds} seconds."),
    }
}

/// What who calls hears at the end; nothing, where nobody has to be told.
fn why_over(cause: Cause) -> Option<Words> {
    match cause {
        Cause::Busy | Cause::NoAnswer | Cause::Unreachable | Cause::Lost | Cause::Failed | Cause::Congestion => {
            Some(english("Sorry, your call is not answered just now. It costs you nothing. Please try again later."))
        }
        Cause::CutOff => Some(english("Your balance is used up. Goodbye.")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_that_we_place_are_known_by_their_names() {
        let call = |origin: &str| CallRef { tenant: 1, origin: origin.to_owned() };
        assert!(is_placed(&call("twilio/placed:flow_k1")));
        for other in ["twilio/CA0123", "twilio/placed", "asterisk/placed:flow_1", "placed:flow_1"] {
            assert!(!is_placed(&call(other)), "{other}");
        }
        assert_eq!((labelled("leg-1"), labelled("leg-"), labelled("1")), (Some(Leg(1)), None, None));
        assert_eq!(labelled(&label(Leg::FIRST)), Some(Leg::FIRST));
    }

    #[test]
    fn warnings_are_rounded_to_what_can_be_said() {
        let said = [300, 120, 90, 60, 30].map(warning);
        assert_eq!(said[0], "The call ends in 5 minutes.");
        assert_eq!(
            said[1..4],
            ["The call ends in 2 minutes.", "The call ends in one minute.", "The call ends in one minute."]
        );
        assert_eq!(said[4], "The call ends in 30 seconds.");
    }
}

//! A script at work.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::{Action, Condition, Failure, Script};
use crate::handset::Handset;
use crate::telephone::{Heard, Input, Speaker, State, Telephone};

/// How long the exchange may take for a change of the call blocking.
const ANSWER: Duration = Duration::from_secs(15);
/// How long a handset that is to be lifted waits until the exchange knows its phone.
const REGISTRATION: Duration = Duration::from_secs(10);

/// Runs a script to its end, or to the first command that fails.
pub(crate) async fn run(script: &Script, handset: &mut Handset) -> Result<(), Failure> {
    let mut runner = Runner { handset, heard_up_to: 0 };
    for step in &script.steps {
        let outcome = runner.perform(&step.action).await;
        outcome.map_err(|reason| Failure { line: step.line, command: step.text.clone(), reason })?;
    }
    Ok(())
}

struct Runner<'a> {
    handset: &'a mut Handset,
    /// The lines up to here have been expected already.
    heard_up_to: usize,
}

impl Runner<'_> {
    async fn perform(&mut self, action: &Action) -> Result<(), String> {
        if let (Some(reason), false) = (self.handset.ended(), matches!(action, Action::Wait(Condition::Replaced, _))) {
            return Err(format!("the phone has ended: {reason}"));
        }
        match action {
            Action::Lift => {
                self.until(REGISTRATION, Telephone::is_registered).await?;
                self.act(Input::Lift)
            }
            Action::PutDown => self.act(Input::PutDown),
            Action::Answer => {
                self.require(self.state() == State::Rings, "the phone does not ring")?;
                self.act(Input::Lift)
            }
            Action::Dial(number) => {
                self.require(
                    self.telephone().heard() == Heard::DialTone,
                    "there is no dial tone; use off_hook before",
                )?;
                self.act(Input::Dial(number.clone()))
            }
            Action::Press(keys) => {
                self.require(self.telephone().is_off_hook(), "the handset is down; use off_hook before")?;
                keys.chars().try_for_each(|key| self.act(Input::Key(key)))
            }
            Action::Tones(keys) => {
                self.require(self.telephone().has_call(), "there is no call")?;
                keys.chars().try_for_each(|key| self.act(Input::Key(key)))
            }
            Action::Say(text) => {
                let heard = self.state() == State::Talking || self.telephone().is_recording();
                self.require(heard, "nobody hears it: no call is up")?;
                self.require(self.telephone().is_registered(), "nobody hears it: the connection is lost")?;
                self.act(Input::Text(text.clone()))
            }
            Action::Block(change, number) => {
                self.act(Input::Block(*change, number.clone()))?;
                self.until(ANSWER, |telephone| !telephone.has_questions()).await?;
                match self.telephone().refusal() {
                    Some(reason) => Err(reason.to_owned()),
                    None => Ok(()),
                }
            }
            Action::Sleep(duration) => self.sleep(*duration).await,
            Action::Wait(condition, limit) => self.wait(condition, *limit).await,
            Action::Expect(text, limit) => self.expect(text, *limit).await,
        }
    }

    fn telephone(&self) -> &Telephone {
        self.handset.telephone()
    }

    fn state(&self) -> State {
        self.telephone().state()
    }

    fn act(&mut self, input: Input) -> Result<(), String> {
        self.handset.take(input);
        Ok(())
    }

    fn require(&self, holds: bool, else_told: &str) -> Result<(), String> {
        if holds { Ok(()) } else { Err(format!("{else_told} ({})", self.situation())) }
    }

    async fn sleep(&mut self, duration: Duration) -> Result<(), String> {
        let end = Instant::now() + duration;
        while timeout_at(end, self.handset.turn()).await.is_ok() {}
        Ok(())
    }

    async fn wait(&mut self, condition: &Condition, limit: Duration) -> Result<(), String> {
        if *condition != Condition::Replaced {
            return self.until(limit, |telephone| is_met(condition, telephone)).await;
        }
        let end = Instant::now() + limit;
        while self.handset.ended().is_none() {
            self.turn_before(end, limit).await?;
        }
        Ok(())
    }

    async fn expect(&mut self, text: &str, limit: Duration) -> Result<(), String> {
        let from = self.heard_up_to;
        let found = |telephone: &Telephone| {
            let mut said = telephone.paper().since(from);
            let heard = |speaker: &Speaker| matches!(speaker, Speaker::Party(_) | Speaker::Exchange);
            said.find(|(_, line)| heard(&line.speaker) && line.text.contains(text)).map(|(index, _)| index)
        };
        let outcome = self.until(limit, |telephone| found(telephone).is_some()).await;
        if let Some(index) = found(self.telephone()) {
            self.heard_up_to = index + 1;
        }
        outcome
    }

    async fn until(&mut self, limit: Duration, holds: impl Fn(&Telephone) -> bool) -> Result<(), String> {
        let end = Instant::now() + limit;
        while !holds(self.telephone()) {
            if let Some(reason) = self.handset.ended() {
                return Err(format!("the phone has ended: {reason}"));
            }
            self.turn_before(end, limit).await?;
        }
        Ok(())
    }

    async fn turn_before(&mut self, end: Instant, limit: Duration) -> Result<(), String> {
        if timeout_at(end, self.handset.turn()).await.is_ok() {
            return Ok(());
        }
        Err(format!("not within {} ({})", shown(limit), self.situation()))
    }

    /// What the phone is doing instead, for whoever looks for the mistake.
    fn situation(&self) -> String {
        let telephone = self.telephone();
        let hook = if telephone.is_off_hook() { "off hook" } else { "on hook" };
        let last = telephone.paper().lines().next_back().map(|line| format!("; last line: {}", line.text));
        format!("{hook}, heard: {}{}", telephone.heard().words(), last.unwrap_or_default())
    }
}

fn shown(limit: Duration) -> String {
    let millis = limit.as_millis();
    if millis.is_multiple_of(1_000) { format!("{} s", millis / 1_000) } else { format!("{millis} ms") }
}

fn is_met(condition: &Condition, telephone: &Telephone) -> bool {
    match condition {
        Condition::Registered => telephone.is_registered(),
        Condition::Lost => telephone.is_lost(),
        Condition::Replaced => false,
        Condition::OnHook => !telephone.is_off_hook(),
        Condition::DialTone => telephone.heard() == Heard::DialTone,
        // Or what follows from it: a quick answer must not make a script wait for what is past.
        Condition::Ringing => {
            matches!(telephone.state(), State::Rings | State::CalleeRings | State::Answering | State::Talking)
        }
        Condition::Connected => telephone.state() == State::Talking,
        Condition::Busy => telephone.heard() == Heard::Busy,
        Condition::FastBusy => telephone.heard() == Heard::FastBusy,
        Condition::Unobtainable => telephone.heard() == Heard::Unobtainable,
        Condition::NotPossible(None) => telephone.not_possible().is_some(),
        Condition::NotPossible(reason) => telephone.not_possible() == reason.as_deref(),
        Condition::Prompt => telephone.is_prompted(),
        Condition::Record => telephone.is_recording(),
        Condition::Warning => telephone.warned().is_some(),
        Condition::Ended => telephone.has_ended(),
        Condition::Charged => telephone.charge().is_some(),
    }
}

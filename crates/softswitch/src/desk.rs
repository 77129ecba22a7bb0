//! Takes what phones say, in the order in which they say it.

use domain::call_flow::{Cause, Event};
use engine::lines::phones::RegisteredPhone;
use engine::lines::{LineError, blocking};
use engine::switching::EventError;
use engine::tenants;
use engine::{Actor, StorageError};
use socketioxide::extract::AckSender;
use tokio::sync::mpsc;

use crate::phone::{Item, Phone};
use crate::said::{BLOCKING, Blocking, Invalid, Message, Said};
use crate::seats::{Dialling, Line, Part, Step};
use crate::told::Told;
use crate::{NAME, Softswitch};

/// A registered phone at its seat.
pub(crate) struct Desk<'a> {
    softswitch: &'a Softswitch,
    line: Line,
    phone: Phone,
}

impl Softswitch {
    /// Serves a phone until it is gone, or dropped.
    pub(crate) async fn serve(&self, phone: Phone, registered: RegisteredPhone, mut queue: mpsc::Receiver<Item>) {
        let line = Line { tenant: registered.tenant, id: registered.line };
        let desk = Desk { softswitch: self, line, phone };
        let silent = loop {
            let item = tokio::select! {
                biased;
                () = desk.phone.dropped() => None,
                item = queue.recv() => item,
            };
            match item {
                Some(Item::Said { event, said, answer }) => desk.hear(&event, said, answer).await,
                Some(Item::Gone { silent }) => break silent,
                None => break std::time::Duration::ZERO,
            }
        };
        self.leave(&desk.line, desk.phone.id(), silent);
        desk.phone.disconnect();
    }
}

impl Desk<'_> {
    async fn hear(&self, event: &str, said: Result<Said, Invalid>, answer: AckSender) {
        let done = match said {
            Ok(said) => self.take(said, answer).await,
            Err(Invalid) if event == BLOCKING => {
                self.block(None, answer).await;
                Ok(())
            }
            Err(invalid) => Err(invalid),
        };
        if let Err(Invalid) = done {
            self.phone.tell(Told::Invalid { event: event.to_owned() });
        }
    }

    async fn take(&self, said: Said, answer: AckSender) -> Result<(), Invalid> {
        match said {
            Said::MakeCall { number } => self.call(number).await,
            Said::Acknowledged { caller } => {
                let rung = |part: &Part| part.step == Step::Rung && part.other == caller;
                self.advance(|part| rung(part).then_some(Step::Acknowledged)).await
            }
            Said::Accepted => self.advance(accepted).await,
            Said::Refused { caller, cause } => self.refuse(&caller, cause),
            Said::HungUp => self.hang_up(Cause::HungUp),
            Said::Talk { text } => self.talk(text).await,
            Said::Dtmf { digits } => self.press(&digits).await,
            Said::Signal(signal) => self.softswitch.seats().signal(&self.line, self.phone.id(), &signal),
            Said::Blocking(what) => {
                self.block(Some(what), answer).await;
                Ok(())
            }
            Said::Recorded(message) => self.leave_message(message).await,
        }
    }

    async fn call(&self, number: String) -> Result<(), Invalid> {
        let (softswitch, now) = (self.softswitch, self.softswitch.now());
        let is_hindered = softswitch.seats().is_hindered(&self.line, now);
        let at_any_time = is_hindered && self.is_free(&number).await;
        if at_any_time {
            // Whatever call it is in, or is called by: it wants help.
            self.hang_up(Cause::HungUp)?;
        }
        let call = softswitch.exchange.new_call(NAME, self.line.tenant);
        let dialling = Dialling { number, now, at_any_time };
        let begun = softswitch.seats().call(&self.line, self.phone.id(), &call, &dialling);
        match begun {
            Ok(party) => softswitch.exchange.incoming(&call, party, dialling.number),
            Err(reason) => self.phone.tell(Told::NotPossible(reason)),
        }
        Ok(())
    }

    /// Whether an emergency or service number is dialled. Where that cannot be found out it is taken for one: they are never refused.
    async fn is_free(&self, number: &str) -> bool {
        let plan = self.softswitch.dial_plan(self.line.tenant).await;
        plan.map_or(true, |plan| plan.is_free(number))
    }

    /// Goes a step further in its call, if the exchange takes it.
    async fn advance(&self, next: impl FnOnce(&Part) -> Option<Step>) -> Result<(), Invalid> {
        let advanced = self.softswitch.seats().advance(&self.line, self.phone.id(), next)?;
        let event = match advanced.step {
            Step::Acknowledged => Event::LegRinging(advanced.leg),
            _ => Event::LegAnswered(advanced.leg),
        };
        let taken = self.softswitch.exchange.event(&advanced.call, event).await;
        if taken.is_err() {
            self.softswitch.seats().step_back(&self.line, &advanced);
        }
        made_sense(taken)
    }

    fn refuse(&self, caller: &str, cause: Cause) -> Result<(), Invalid> {
        let rings = |part: &mut Part| matches!(part.step, Step::Rung | Step::Acknowledged) && part.other == caller;
        if !self.softswitch.seats().own(&self.line, self.phone.id()).is_some_and(rings) {
            return Err(Invalid);
        }
        // It is rung in no other call: whoever says that it is busy declines.
        self.hang_up(if cause == Cause::Busy { Cause::HungUp } else { cause })
    }

    /// Whatever the call is at, or without a call, a phone may hang up: the other may just have done so.
    fn hang_up(&self, cause: Cause) -> Result<(), Invalid> {
        let was_asked = self.part(Part::message_was_asked_at).is_ok();
        let hung_up = self.softswitch.seats().hang_up(&self.line, self.phone.id());
        if let Some((call, leg)) = hung_up {
            self.softswitch.cut(&call, leg);
            if was_asked {
                // It leaves no message: nobody has to wait for one.
                let (seconds, reference) = (0, String::new());
                self.softswitch.exchange.post(&call, Event::Recorded { leg, seconds, reference });
            }
            self.softswitch.exchange.post(&call, Event::LegEnded { leg, cause, at: None });
        }
        Ok(())
    }

    async fn talk(&self, text: String) -> Result<(), Invalid> {
        let part = self.part(|part| (part.step == Step::Talking).then(|| (part.call.clone(), part.leg)))?;
        let (call, leg) = part;
        made_sense(self.softswitch.exchange.event(&call, Event::Text { leg, text }).await)
    }

    async fn press(&self, keys: &str) -> Result<(), Invalid> {
        let (call, leg, digits) = self.part(|part| Some((part.call.clone(), part.leg, part.press(keys))))?;
        match digits {
            Some(digits) => made_sense(self.softswitch.exchange.event(&call, Event::Digits { leg, digits }).await),
            None => Ok(()),
        }
    }

    async fn leave_message(&self, message: Message) -> Result<(), Invalid> {
        let (call, leg, asked_at) =
            self.part(|part| part.message_was_asked_at().map(|at| (part.call.clone(), part.leg, at)))?;
        let (seconds, reference) = match message {
            Message::Text(text) => (0, text),
            Message::Audio(audio) => {
                let seconds = self.softswitch.now().millis_since(asked_at).max(0) / 1000;
                (u32::try_from(seconds).unwrap_or(u32::MAX), audio)
            }
        };
        made_sense(self.softswitch.exchange.event(&call, Event::Recorded { leg, seconds, reference }).await)
    }

    /// Changes the list and answers with it; what makes no sense is an error, and answered with the list as it stays.
    async fn block(&self, what: Option<Blocking>, answer: AckSender) {
        let stays = |error: LineError| {
            tracing::debug!(%error, line = self.line.id, "a phone's list of blocked numbers stays as it is");
        };
        let changed = match what {
            Some(what) => self.blocked(what).await.map_err(stays).ok(),
            None => None,
        };
        match changed {
            Some(list) => {
                // Whoever does not wait for an answer is told all the same.
                let _ = answer.send(&list);
                self.phone.tell(Told::Blocking(list));
            }
            None => {
                self.phone.tell(Told::Invalid { event: BLOCKING.to_owned() });
                if let Ok(list) = self.blocked(Blocking::List).await.map_err(stays) {
                    let _ = answer.send(&list);
                }
            }
        }
    }

    async fn blocked(&self, what: Blocking) -> Result<Vec<String>, LineError> {
        let (engine, line) = (self.softswitch.exchange.engine(), self.line.id.clone());
        let actor = Actor::program(self.line.tenant, NAME);
        let (number, is_added) = match what {
            Blocking::List => return blocking::list(&mut engine.view(&actor).await?, &line).await,
            Blocking::Add(number) => (number, true),
            Blocking::Remove(number) => (number, false),
        };
        let changed = engine.run(&actor, |work| {
            let (line, number) = (line.clone(), number.clone());
            Box::pin(async move {
                match is_added {
                    true => blocking::add(work, &line, &number).await,
                    false => blocking::remove(work, &line, &number).await,
                }
            })
        });
        changed.await
    }

    fn part<T>(&self, read: impl FnOnce(&mut Part) -> Option<T>) -> Result<T, Invalid> {
        self.softswitch.seats().own(&self.line, self.phone.id()).and_then(read).ok_or(Invalid)
    }
}

/// The called phone answers once it rings; the caller's is ready to talk once it was told of that.
fn accepted(part: &Part) -> Option<Step> {
    match part.step {
        Step::Acknowledged => Some(Step::Accepted),
        Step::Connected => Some(Step::Ready),
        _ => None,
    }
}

fn made_sense(taken: Result<(), EventError>) -> Result<(), Invalid> {
    taken.map_err(|_| Invalid)
}

impl Softswitch {
    /// How the tenant's people dial.
    pub(crate) async fn dial_plan(&self, tenant: i64) -> Result<domain::dial_plan::DialPlan, tenants::TenantError> {
        let actor = Actor::program(tenant, NAME);
        let mut view = self.exchange.engine().view(&actor).await.map_err(|error: StorageError| error)?;
        Ok(tenants::get(&mut view).await?.settings.dial_plan)
    }
}

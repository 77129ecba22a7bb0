//! What the exchange says. Nothing that it could say brings a telephone down: what is unknown, out of order, or of another
//! type than it should be changes nothing.

use std::time::Duration;

use serde_json::{Value, json};

use super::dialling::DialPlan;
use super::heard::for_reason;
use super::money::{Charge, Meter, clock, seconds};
use super::paper::printable;
use super::{Caller, Command, Heard, RESUMES, Speaker, Stage, Telephone, send};

const NOT_BLOCKED: &str = "the exchange does not take this number: emergency and service numbers always get through";

impl Telephone {
    pub(super) fn hear(&mut self, name: &str, args: &[Value], now: Duration) -> Vec<Command> {
        let told = args.first().unwrap_or(&Value::Null);
        let text = told.as_str();
        match (name, text) {
            ("registered", _) => return self.hear_registered(text, now),
            ("dial_plan", _) => self.plan = DialPlan::read(told),
            ("call_request", _) => return self.hear_request(told, now),
            ("callee_ringing", _) => self.hear_ringing(),
            ("call_not_possible", Some(reason)) => self.hear_not_possible(reason),
            ("call_cancelled", _) => self.hear_cancelled(),
            ("call_connected", _) => return self.hear_connected(now),
            ("call_resumed", _) => self.hear_resumed(told, now),
            ("call_ended", _) => self.hear_ended(now),
            ("call_charged", _) => self.hear_charge(told),
            ("talk", Some(text)) => self.hear_talk(text),
            ("dtmf", Some(digits)) => self.hear_dtmf(digits),
            ("meter", _) if self.has_call() => self.meter = Meter::read(told).or(self.meter.take()),
            ("warning", _) => return self.hear_warning(told),
            ("prompt", _) => self.hear_prompt(told),
            ("record", _) => self.hear_record(told),
            ("call_blocking", _) => self.hear_blocking(told),
            ("error", Some(code)) => self.hear_error(code),
            ("replaced", _) => return self.hear_replaced(),
            _ => {}
        }
        Vec::new()
    }

    fn hear_registered(&mut self, number: Option<&str>, now: Duration) -> Vec<Command> {
        if let Some(number) = number {
            self.number = printable(number);
        }
        let known = std::mem::replace(&mut self.registered, true);
        if self.lost_at.take().is_some() {
            self.note("The connection with the exchange is there again.");
            self.keep_or_lose_call(now);
        } else if !known {
            self.note(&format!("The exchange knows this phone as {}.", self.number));
        }
        if self.hang_up_owed { vec![send("hang_up", vec![])] } else { Vec::new() }
    }

    /// After a lost connection: a call that was up goes on, once the exchange says so. One that was not yet up is lost.
    fn keep_or_lose_call(&mut self, now: Duration) {
        match &self.stage {
            Stage::Talking { .. } => self.resumes_by = Some(now + RESUMES),
            Stage::Calling { .. } | Stage::Answering { .. } => self.lose_call(),
            Stage::Rings { caller, .. } => {
                let caller = caller.shown.clone();
                self.miss(&caller);
            }
            _ => {}
        }
    }

    /// The exchange says that the line is in a call: this phone had it, or the one before it.
    fn hear_resumed(&mut self, told: &Value, now: Duration) {
        self.resumes_by = None;
        if std::mem::take(&mut self.hang_up_owed) || matches!(self.stage, Stage::Talking { .. }) {
            return;
        }
        let party = told.get("with").and_then(Value::as_str).map_or_else(|| "an unknown number".to_owned(), printable);
        let seconds = told.get("seconds").and_then(seconds).unwrap_or(0);
        self.begin_call();
        self.note(&format!("The call with {party} goes on."));
        self.stage = Stage::Talking { party, since: now.saturating_sub(Duration::from_secs(seconds)) };
    }

    fn hear_error(&mut self, code: &str) {
        match (code, &self.stage) {
            ("invalid_call_blocking", _) if self.questions > self.refused => {
                self.refused += 1;
                self.questions -= 1;
                self.refusal = Some(NOT_BLOCKED.to_owned());
                self.note(&format!("Call blocking: {NOT_BLOCKED}."));
            }
            ("invalid_make_call", Stage::Calling { .. }) => self.hear_not_possible("error"),
            ("invalid_call_accepted", Stage::Answering { .. }) => self.hear_cancelled(),
            ("too_many_events", _) => self.note("That was too much at once: the exchange did not take all of it."),
            _ => self.note("The exchange did not take that."),
        }
    }

    fn hear_request(&mut self, told: &Value, now: Duration) -> Vec<Command> {
        let shown = match told {
            Value::String(number) => printable(number),
            Value::Null => "an unknown number".to_owned(),
            _ => return Vec::new(),
        };
        let caller = Caller { told: told.clone(), shown };
        match &self.stage {
            Stage::OnHook => {
                self.note(&format!("A call from {}. Lift the handset to answer.", caller.shown));
                self.begin_call();
                self.stage = Stage::Rings { caller, since: now, struck_at: now };
                vec![send("call_acknowledged", vec![told.clone()]), Command::Bell]
            }
            Stage::Rings { caller, .. } if caller.told == *told => vec![send("call_acknowledged", vec![told.clone()])],
            _ => vec![send("call_refused", vec![told.clone(), json!("busy")])],
        }
    }

    fn hear_ringing(&mut self) {
        match &mut self.stage {
            Stage::Calling { rings, .. } => *rings = true,
            // A group has taken the call, and those on duty are rung.
            Stage::Talking { .. } => self.note("A phone rings."),
            _ => {}
        }
    }

    fn hear_not_possible(&mut self, reason: &str) {
        let number = match &self.stage {
            Stage::Calling { number, .. } => number.clone(),
            Stage::Answering { caller } => caller.shown.clone(),
            _ => return,
        };
        let (heard, meaning) = for_reason(reason);
        self.end_call(heard);
        self.not_possible = Some(reason.to_owned());
        self.note(&format!("No call with {number}: {meaning}."));
    }

    fn hear_cancelled(&mut self) {
        match &self.stage {
            Stage::Rings { caller, .. } => {
                let caller = caller.shown.clone();
                self.miss(&caller);
            }
            Stage::Answering { .. } => {
                self.end_call(Heard::FastBusy);
                self.note("The caller has gone.");
            }
            _ => {}
        }
    }

    fn hear_connected(&mut self, now: Duration) -> Vec<Command> {
        // A text phone has its audio ready: the caller says so at once.
        let (party, commands) = match &self.stage {
            Stage::Calling { number, .. } => (number.clone(), vec![send("call_accepted", vec![])]),
            Stage::Answering { caller } => (caller.shown.clone(), Vec::new()),
            _ => return Vec::new(),
        };
        self.note(&format!("Connected with {party}."));
        self.stage = Stage::Talking { party, since: now };
        commands
    }

    fn hear_ended(&mut self, now: Duration) {
        match self.stage {
            Stage::Rings { .. } => self.hear_cancelled(),
            Stage::Talking { since, .. } => {
                self.end_call(Heard::FastBusy);
                self.note(&format!("The call is over: {}.", clock(now.saturating_sub(since).as_secs())));
            }
            _ if self.has_call() => {
                self.end_call(Heard::FastBusy);
                self.note("The call is over.");
            }
            _ => {}
        }
    }

    fn hear_charge(&mut self, told: &Value) {
        let Some(charge) = Charge::read(told) else { return };
        let cost = charge.cost.as_ref().map(|cost| format!(" and cost {cost}")).unwrap_or_default();
        let why = match charge.reason.as_deref() {
            Some("cut_off") => " The balance was used up.",
            Some("ended_by_staff") => " The exchange ended it.",
            _ => "",
        };
        self.note(&format!("The call took {}{cost}.{why}", clock(charge.seconds)));
        self.charge = Some(charge);
    }

    fn hear_talk(&mut self, text: &str) {
        if let Stage::Talking { party, .. } = &self.stage {
            let party = party.clone();
            self.paper.write(Speaker::Party(party), text);
        }
    }

    fn hear_dtmf(&mut self, digits: &str) {
        if let Stage::Talking { party, .. } = &self.stage {
            let pressed = format!("{party} presses {digits}");
            self.note(&pressed);
        }
    }

    fn hear_warning(&mut self, told: &Value) -> Vec<Command> {
        let Some(left) = told.get("remaining_seconds").and_then(seconds).filter(|_| self.has_call()) else {
            return Vec::new();
        };
        self.warned = Some(left);
        self.note(&format!("The balance allows {left} more seconds of this call."));
        vec![Command::Bell]
    }

    fn hear_prompt(&mut self, told: &Value) {
        let text = told.get("text").or(Some(told)).and_then(Value::as_str);
        if !self.is_off_hook() {
            return;
        }
        self.prompted = true;
        if let Stage::Calling { prompted, .. } = &mut self.stage {
            *prompted = true;
        }
        self.paper.write(Speaker::Exchange, text.unwrap_or("(a voice, which this phone cannot play)"));
    }

    fn hear_record(&mut self, told: &Value) {
        if !self.has_call() {
            return;
        }
        self.recording = true;
        let within = told.get("max_seconds").and_then(seconds).map(|most| format!(" within {most} s"));
        self.note(&format!("Type your message{}.", within.unwrap_or_default()));
    }

    fn hear_replaced(&mut self) -> Vec<Command> {
        let why = format!("another phone has taken the line {} over", self.number);
        self.note(&format!("This phone ends: {why}."));
        self.registered = false;
        self.stage = Stage::OnHook;
        vec![Command::Quit(why)]
    }
}

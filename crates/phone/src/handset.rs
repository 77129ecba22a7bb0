//! A telephone with its connection: carries out what the telephone wants, and brings it what happens.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};

use crate::client::{ConnectError, Connection, Event, Options, SendError};
use crate::journal::{Journal, Style};
use crate::telephone::{Command, Input, Telephone};

/// How often a telephone is told that time goes by.
const TICK: Duration = Duration::from_millis(100);
/// So many answers of the exchange may wait to be taken; a phone asks one thing at a time.
const ANSWERS: usize = 16;

/// How an exchange says that a phone will never be let in as it is: the protocol's texts. One that closes has others, such as `Invalid
/// namespace`.
const FINAL: [&str; 3] = ["No phone number provided", "Invalid phone number", "Invalid phone secret"];

/// Which phone it is, and where its exchange.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The line's number.
    pub number: String,
    /// The exchange's address, such as `http://localhost:3000`.
    pub url: String,
    /// The line's secret; none for an open line.
    pub secret: Option<String>,
    /// How it tells what happens.
    pub style: Style,
}

/// The exchange's answer to a question, or why there is none.
struct Answer {
    event: &'static str,
    value: Result<Value, String>,
}

/// A telephone that is connected.
pub(crate) struct Handset {
    telephone: Telephone,
    connection: Connection,
    journal: Journal,
    began: Instant,
    tick: Interval,
    answering: mpsc::Sender<Answer>,
    answers: mpsc::Receiver<Answer>,
    bells: usize,
    ended: Option<String>,
}

impl Handset {
    pub(crate) async fn open(settings: &Settings) -> Result<Handset, ConnectError> {
        let mut auth = json!({"phoneNumber": settings.number});
        if let Some(secret) = &settings.secret {
            auth["token"] = secret.as_str().into();
        }
        // Whatever else keeps an exchange from taking a phone back that it knew, such as its closing, passes.
        let passes = |refusal: &str| !FINAL.contains(&refusal);
        let options = Options { passes, ..Options::default() };
        let connection = Connection::open_with(&settings.url, auth, options).await?;
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let (answering, answers) = mpsc::channel(ANSWERS);
        Ok(Handset {
            telephone: Telephone::new(&settings.number),
            connection,
            journal: Journal::new(settings.style),
            began: Instant::now(),
            tick,
            answering,
            answers,
            bells: 0,
            ended: None,
        })
    }

    pub(crate) fn telephone(&self) -> &Telephone {
        &self.telephone
    }

    /// The time of the telephone.
    pub(crate) fn now(&self) -> Duration {
        self.began.elapsed()
    }

    /// How often the bell has struck.
    pub(crate) fn bells(&self) -> usize {
        self.bells
    }

    /// Why the phone has ended, once it has.
    pub(crate) fn ended(&self) -> Option<&str> {
        self.ended.as_deref()
    }

    /// Waits for the next that happens, a tenth of a second at most, and takes it. May be dropped while it waits: nothing gets lost.
    pub(crate) async fn turn(&mut self) {
        tokio::select! {
            event = self.connection.next(), if self.ended.is_none() => self.take_event(event),
            Some(Answer { event, value }) = self.answers.recv() => {
                self.journal.answered(event, &value);
                self.take(Input::Answer(value));
            }
            _ = self.tick.tick() => self.take(Input::Tick),
        }
    }

    fn take_event(&mut self, event: Event) {
        match event {
            Event::Received { name, args } => {
                self.journal.heard(&name, &args);
                self.take(Input::FromExchange { name, args });
            }
            Event::Lost { reason } => {
                self.journal.happened("connection_lost", Some(&reason));
                self.take(Input::Lost);
            }
            // The telephone is back when the exchange says that it is registered.
            Event::Again => self.journal.happened("connection_again", None),
            Event::Closed { reason } => self.end(reason),
        }
    }

    /// Takes what the user does, and does what follows from it.
    pub(crate) fn take(&mut self, input: Input) {
        for command in self.telephone.take(input, self.began.elapsed()) {
            match command {
                Command::Send { event, args } => {
                    self.journal.sent(event, &args);
                    if let Err(error) = self.connection.send(event, args) {
                        self.not_sent(&error);
                    }
                }
                Command::Ask { event, args } => {
                    self.journal.sent(event, &args);
                    let (sender, answers) = (self.connection.sender(), self.answering.clone());
                    tokio::spawn(async move {
                        let value = sender.ask(event, args).await.map_err(|error| error.to_string());
                        let _ = answers.send(Answer { event, value }).await;
                    });
                }
                Command::Bell => {
                    self.bells += 1;
                    self.journal.happened("bell", None);
                }
                Command::Quit(reason) => self.end(reason),
            }
        }
        self.journal.said(self.telephone.paper());
    }

    /// The connection broke an instant ago: the telephone hears of it next.
    fn not_sent(&self, error: &SendError) {
        self.journal.happened("not_sent", Some(&error.to_string()));
    }

    fn end(&mut self, reason: String) {
        self.journal.happened("phone_ended", Some(&reason));
        self.ended.get_or_insert(reason);
    }

    /// Hangs up and goes.
    pub(crate) async fn close(mut self) {
        self.take(Input::PutDown);
        self.connection.close().await;
    }
}

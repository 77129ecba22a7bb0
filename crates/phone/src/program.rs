//! The phone as a program: on a screen, by a script, or only listening.

use thiserror::Error;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::client::ConnectError;
use crate::handset::{Handset, Settings};
use crate::screen;
use crate::script::{self, Failure, Script};

/// Why a phone did not end well.
#[derive(Debug, Error)]
pub enum PhoneError {
    /// It could not be connected.
    #[error("{0}{advice}", advice = advice(.0))]
    Connect(ConnectError),
    /// The exchange has no open line of this number.
    #[error("the exchange has no line {number} (or it is closed): GET /api/v1/lines lists those that there are")]
    NoLine {
        /// The number.
        number: String,
    },
    /// The secret is not the line's.
    #[error(
        "the given secret is wrong: it is not that of the line {number}, or not any more; \
         POST /api/v1/lines/ID/phone-secret makes a new one"
    )]
    WrongSecret {
        /// The line's number.
        number: String,
    },
    /// The exchange has ended it.
    #[error("the phone has ended: {reason}")]
    Ended {
        /// Why.
        reason: String,
    },
    /// A command of the script failed.
    #[error(transparent)]
    Script(#[from] Failure),
    /// A signal has ended it before the script was through.
    #[error("stopped by a signal before the script was through")]
    Stopped,
    /// The terminal or the signals cannot be used.
    #[error("the terminal cannot be used: {0}")]
    Terminal(#[from] std::io::Error),
}

/// What to do about a phone that the exchange refuses, or that finds none.
fn advice(error: &ConnectError) -> &'static str {
    match error {
        ConnectError::Refused { message } => match message.as_str() {
            "No phone number provided" => ": name the phone's number, as in: tollgate phone 0001",
            "Invalid phone secret" => {
                ": give the line's secret with --secret-file FILE or in TOLLGATE_PHONE_SECRET; only the demo's lines need none, and \
                 only from the same machine"
            }
            _ => "",
        },
        ConnectError::Unreachable { .. } | ConnectError::TimedOut { .. } => {
            ": is the exchange running there? Start one with tollgate serve or tollgate demo, or name its address after the number"
        }
        ConnectError::Insecure { .. } => {
            ": its certificate must be for that name, and from somebody whom this machine trusts"
        }
        ConnectError::NoExchange { .. } => ": name the address of a Tollgate server after the number",
        ConnectError::Address { .. } => "",
    }
}

/// A phone that the exchange has let in.
async fn open(settings: &Settings) -> Result<Handset, PhoneError> {
    let number = || settings.number.clone();
    Handset::open(settings).await.map_err(|error| match &error {
        ConnectError::Refused { message } => match message.as_str() {
            "Invalid phone number" => PhoneError::NoLine { number: number() },
            "Invalid phone secret" if settings.secret.is_some() => PhoneError::WrongSecret { number: number() },
            _ => PhoneError::Connect(error),
        },
        _ => PhoneError::Connect(error),
    })
}

/// Runs a phone on the terminal's screen until its user or a signal ends it.
pub async fn on_screen(settings: &Settings) -> Result<(), PhoneError> {
    let mut stop = Stop::new()?;
    let mut handset = open(settings).await?;
    let shown = screen::run(&mut handset, &settings.url, &mut stop).await;
    let outcome = shown.map_err(PhoneError::Terminal).and(ended(&handset));
    handset.close().await;
    outcome
}

/// Runs a phone by a script.
pub async fn by_script(settings: &Settings, script: &Script) -> Result<(), PhoneError> {
    let mut stop = Stop::new()?;
    let mut handset = open(settings).await?;
    let outcome = tokio::select! {
        outcome = script::run(script, &mut handset) => outcome.map_err(PhoneError::Script),
        () = stop.wait() => Err(PhoneError::Stopped),
    };
    handset.close().await;
    outcome
}

/// Runs a phone that nobody operates, and that tells what happens, until a signal ends it.
pub async fn listen(settings: &Settings) -> Result<(), PhoneError> {
    let mut stop = Stop::new()?;
    let mut handset = open(settings).await?;
    let outcome = loop {
        tokio::select! {
            () = handset.turn() => {}
            () = stop.wait() => break Ok(()),
        }
        if handset.ended().is_some() {
            break ended(&handset);
        }
    };
    handset.close().await;
    outcome
}

fn ended(handset: &Handset) -> Result<(), PhoneError> {
    match handset.ended() {
        Some(reason) => Err(PhoneError::Ended { reason: reason.to_owned() }),
        None => Ok(()),
    }
}

/// The signals that end a phone: it hangs up and leaves the terminal as it was.
pub(crate) struct Stop([Signal; 3]);

impl Stop {
    fn new() -> std::io::Result<Stop> {
        Ok(Stop([signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?, signal(SignalKind::hangup())?]))
    }

    /// Waits for one of them.
    pub(crate) async fn wait(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }
}

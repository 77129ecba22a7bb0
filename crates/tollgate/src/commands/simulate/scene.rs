use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde::Serialize;
use twilio_double::{Asked, Double, Party};

use crate::cli::SimulateCallArgs;

/// How often is looked for what goes on.
const LOOKS_EVERY: Duration = Duration::from_millis(20);
/// How long nothing may happen: callers wait in queues.
const PATIENCE: Duration = Duration::from_secs(600);
/// How long the server has to fetch a message and have it deleted.
const FETCHES_WITHIN: Duration = Duration::from_secs(20);
/// How often a caller is asked for keys who presses the same each time.
const MOST_ASKED: usize = 5;
/// Bytes a second of audio whose header does not say: telephone quality.
const USUAL_RATE: u32 = 8000;

/// The message that a caller leaves.
#[derive(Debug)]
pub(super) struct Message {
    audio: Vec<u8>,
    seconds: u32,
}

impl Message {
    pub(super) fn read(path: &Path) -> anyhow::Result<Message> {
        let audio = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        if !(audio.starts_with(b"RIFF") && audio.get(8..12) == Some(b"WAVE")) {
            bail!("{} is no WAVE file", path.display());
        }
        let rate = audio.get(28..32).and_then(|bytes| bytes.try_into().ok()).map_or(USUAL_RATE, u32::from_le_bytes);
        let seconds = u32::try_from(audio.len())? / rate.max(1);
        Ok(Message { audio, seconds: seconds.max(1) })
    }
}

/// Something that happens.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Step {
    Calls { from: String, to: String },
    Hears { words: String },
    Presses { keys: String },
    Rings { number: String, name: Option<String>, outcome: &'static str },
    Talk { with: Vec<String>, seconds: u32 },
    LeavesMessage { seconds: u32 },
    Fetched { transcript: Option<String> },
    Over { status: &'static str },
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Calls { from, to } => write!(f, "{from} calls {to}"),
            Step::Hears { words } => write!(f, "  the caller hears: {words}"),
            Step::Presses { keys } => write!(f, "  the caller presses {keys}"),
            Step::Rings { number, name, outcome } => {
                let who = name.as_ref().map_or_else(|| number.clone(), |name| format!("{name} ({number})"));
                write!(f, "  the phone of {who} rings: {outcome}")
            }
            Step::Talk { with, seconds } => write!(f, "  the caller talks with {} for {seconds} s", with.join(", ")),
            Step::LeavesMessage { seconds } => write!(f, "  the caller leaves a message of {seconds} s"),
            Step::Fetched { transcript: None } => write!(f, "  the message is fetched, and deleted at Twilio"),
            Step::Fetched { transcript: Some(text) } => {
                write!(f, "  the message is fetched, understood as \"{text}\", and deleted at Twilio")
            }
            Step::Over { status } => write!(f, "  the call is over: {status}"),
        }
    }
}

/// A call, and those who may take part.
pub(super) struct Scene<'a> {
    pub(super) args: &'a SimulateCallArgs,
    pub(super) double: &'a Double,
    /// Whose phones there are: names by number.
    pub(super) names: &'a BTreeMap<String, String>,
    /// The phones that are taken up.
    pub(super) answering: Vec<String>,
    pub(super) message: Option<Message>,
}

impl Scene<'_> {
    /// Plays the call to its end, and tells what happens.
    pub(super) async fn play(&self, tell: &mut dyn FnMut(Step)) -> anyhow::Result<()> {
        let (from, to) = (&self.args.from, &self.args.to);
        tell(Step::Calls { from: from.clone(), to: to.clone() });
        let mut caller = self.double.calls(from, to).await?;
        let (mut heard, mut asked, mut changed) = (0, 0, Instant::now());
        loop {
            let words = caller.heard();
            if words.len() > heard {
                words[heard..].iter().for_each(|words| tell(Step::Hears { words: words.clone() }));
                (heard, changed) = (words.len(), Instant::now());
            }
            if caller.is_gone() {
                tell(Step::Over { status: caller.status() });
                return self.is_fetched(tell).await;
            }
            let ringing = self.double.ringing();
            let who = ringing.iter().find(|number| self.answering.contains(number)).or(ringing.first());
            if let Some(number) = who {
                self.rings(number, tell).await?;
            } else if caller.asked() == Asked::Message {
                caller = self.leaves(caller, tell).await?;
            } else if caller.asked() == Asked::Keys && asked < MOST_ASKED {
                asked += 1;
                tell(Step::Presses { keys: self.args.keys.clone() });
                caller = caller.presses(&self.args.keys).await?;
            } else if changed.elapsed() > PATIENCE {
                bail!("nothing has happened for {} s", PATIENCE.as_secs());
            } else {
                tokio::time::sleep(LOOKS_EVERY).await;
                continue;
            }
            changed = Instant::now();
        }
    }

    /// A phone rings: it is taken up, or not.
    async fn rings(&self, number: &str, tell: &mut dyn FnMut(Step)) -> anyhow::Result<()> {
        let phone = self.double.rings(number).await?;
        let mut told = |outcome| {
            tell(Step::Rings { number: number.to_owned(), name: self.names.get(number).cloned(), outcome });
        };
        if !self.answering.iter().any(|answering| answering == number) {
            told("nobody answers");
            phone.does_not_answer().await?;
            return Ok(());
        }
        told("taken up");
        let mut phone = phone.answers().await?;
        if phone.asked() == Asked::Keys {
            phone = phone.presses("1").await?;
        }
        let started = Instant::now();
        while phone.talks_with().is_empty() && !phone.is_gone() && started.elapsed() < FETCHES_WITHIN {
            tokio::time::sleep(LOOKS_EVERY).await;
        }
        let with = vec![self.names.get(number).cloned().unwrap_or_else(|| number.to_owned())];
        if !phone.talks_with().is_empty() {
            tell(Step::Talk { with, seconds: self.args.talk });
            self.double.let_pass(self.args.talk).await;
        }
        if !phone.is_gone() {
            phone.hangs_up().await?;
        }
        Ok(())
    }

    async fn leaves(&self, caller: Party, tell: &mut dyn FnMut(Step)) -> anyhow::Result<Party> {
        let Some(Message { audio, seconds }) = &self.message else { return Ok(caller.hangs_up().await?) };
        tell(Step::LeavesMessage { seconds: *seconds });
        Ok(caller.leaves_message(audio, *seconds).await?)
    }

    /// What was left is fetched by the server, understood, and deleted.
    async fn is_fetched(&self, tell: &mut dyn FnMut(Step)) -> anyhow::Result<()> {
        let Some(left) = self.double.recordings().pop().filter(|_| self.message.is_some()) else { return Ok(()) };
        let mut transcript = None;
        if let Some(text) = &self.args.transcript {
            // Nothing is understood where nobody wants to know, nor of less than two seconds.
            let is_told = self.double.transcribes(&left.sid, Some(text)).await.is_ok();
            transcript = Some(text.clone()).filter(|_| is_told);
        }
        let started = Instant::now();
        while self.double.recordings().iter().any(|recorded| recorded.sid == left.sid) {
            if started.elapsed() > FETCHES_WITHIN {
                bail!("the server has not fetched the message within {} s", FETCHES_WITHIN.as_secs());
            }
            tokio::time::sleep(LOOKS_EVERY).await;
        }
        tell(Step::Fetched { transcript });
        Ok(())
    }
}

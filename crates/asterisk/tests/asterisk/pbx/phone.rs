//! A phone that does what a test tells it.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(10);

/// What is louder is no silence.
const LOUD: u16 = 500;
/// What is shorter is no tone: the samples of 100 milliseconds.
const SHORTEST: usize = 800;

/// Whether phones take calls without being told to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answering {
    /// At the first ring.
    ByItself,
    /// When the test has it `accept`.
    ByHand,
}

impl Answering {
    pub(super) fn setting(self) -> &'static str {
        match self {
            Answering::ByItself => "auto",
            Answering::ByHand => "manual",
        }
    }
}

/// A registered baresip, steered by netstrings of JSON over TCP.
pub(crate) struct Phone {
    number: u16,
    sip_port: u16,
    stream: TcpStream,
    received: Vec<u8>,
    /// What has happened and no test has asked for yet.
    events: VecDeque<Value>,
}

impl Phone {
    pub(super) async fn of(number: u16, control_port: u16, sip_port: u16) -> Phone {
        let stream = TcpStream::connect(("127.0.0.1", control_port)).await.unwrap();
        Phone { number, sip_port, stream, received: Vec::new(), events: VecDeque::new() }
    }

    /// Its extension.
    pub(crate) fn number(&self) -> u16 {
        self.number
    }

    /// Its own files below a run folder: `received.wav` is what it has heard in its last call, complete when that is over.
    pub(crate) fn folder(&self, run_folder: &Path) -> PathBuf {
        run_folder.join("phones").join(self.number.to_string())
    }

    /// What the other phone hears of this one: a tone of so many hertz.
    pub(crate) fn tone(&self) -> u32 {
        440 * u32::from(self.number - 100)
    }

    /// The tone that it has heard in the second half of its last call, which is over; no sound is 0.
    pub(crate) fn heard(&self, run_folder: &Path) -> u32 {
        let samples = self.received(run_folder);
        tone_of(&samples[samples.len() / 2..])
    }

    /// The tones that it has heard in its last call so far, by the half second; what was before it heard anything is left out, and what was
    /// before the answer may be, after it.
    pub(crate) fn heard_by_halves(&self, run_folder: &Path) -> Vec<u32> {
        self.received(run_folder).chunks_exact(4000).map(tone_of).collect()
    }

    fn received(&self, run_folder: &Path) -> Vec<i16> {
        let recording = std::fs::read(self.folder(run_folder).join("received.wav")).unwrap_or_default();
        let header = 44.min(recording.len());
        recording[header..].chunks_exact(2).map(|sample| i16::from_le_bytes([sample[0], sample[1]])).collect()
    }

    /// Calls a number.
    pub(crate) async fn dial(&mut self, number: &str) {
        let address = format!("sip:{number}@127.0.0.1:{}", self.sip_port);
        self.order("dial", &address).await;
    }

    /// Takes the call that rings.
    pub(crate) async fn accept(&mut self) {
        self.order("accept", "").await;
    }

    /// Ends its call, or declines the one that rings.
    pub(crate) async fn hang_up(&mut self) {
        self.order("hangup", "").await;
    }

    /// Would have whom it talks to call another number, and be gone itself.
    pub(crate) async fn transfer(&mut self, number: &str) {
        let address = format!("sip:{number}@127.0.0.1:{}", self.sip_port);
        self.order("transfer", &address).await;
    }

    /// Presses keys in a call.
    pub(crate) async fn send_digits(&mut self, digits: &str) {
        for digit in digits.chars() {
            self.order("sndcode", &digit.to_string()).await;
            // Asterisk takes a digit that follows without a pause for the same one.
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }

    /// Waits until something has happened to the phone that no earlier call of this has told: `CALL_INCOMING`, `CALL_RINGING`,
    /// `CALL_ESTABLISHED`, `CALL_CLOSED` (with the reason in `param`). What came before it is passed over.
    pub(crate) async fn until(&mut self, kind: &str) -> Value {
        let mut passed = Vec::new();
        loop {
            while let Some(event) = self.events.pop_front() {
                if event["type"] == kind {
                    return event;
                }
                passed.push(event);
            }
            let Ok(message) = tokio::time::timeout(PATIENCE, self.next_message()).await else {
                panic!("phone {} has waited for {kind} in vain; it has seen {passed:?}", self.number);
            };
            self.events.push_back(message);
        }
    }

    /// Whether a call has come that no test has asked for yet.
    pub(crate) async fn has_rung(&mut self) -> bool {
        self.has_told("CALL_INCOMING").await
    }

    /// Whether something has happened to it that no test has asked for yet.
    pub(crate) async fn has_told(&mut self, kind: &str) -> bool {
        // What it has told before it answers is known then.
        self.order("about", "").await;
        self.events.iter().any(|event| event["type"] == kind)
    }

    /// Gives an order, and waits until the phone has taken it.
    async fn order(&mut self, command: &str, parameters: &str) {
        let text = json!({ "command": command, "params": parameters, "token": command }).to_string();
        self.stream.write_all(format!("{}:{text},", text.len()).as_bytes()).await.unwrap();
        loop {
            let Ok(message) = tokio::time::timeout(PATIENCE, self.next_message()).await else {
                panic!("phone {} does not answer to {command}", self.number);
            };
            if message["response"] == true {
                assert_eq!(message["ok"], true, "phone {} to {command} {parameters}: {message}", self.number);
                return;
            }
            self.events.push_back(message);
        }
    }

    async fn next_message(&mut self) -> Value {
        loop {
            if let Some(colon) = self.received.iter().position(|byte| *byte == b':') {
                let length: usize = str::from_utf8(&self.received[..colon]).unwrap().parse().unwrap();
                if let Some(text) = self.received.get(colon + 1..colon + 1 + length)
                    && self.received.len() > colon + 1 + length
                {
                    let message = serde_json::from_slice(text).unwrap();
                    self.received.drain(..colon + 2 + length);
                    return message;
                }
            }
            let read = self.stream.read_buf(&mut self.received).await.unwrap();
            assert!(read > 0, "phone {} is gone", self.number);
        }
    }
}

/// The tone of some samples, in hertz: that of most of their waves.
fn tone_of(samples: &[i16]) -> u32 {
    let mut starts = Vec::new();
    let mut is_low = false;
    for (at, sample) in samples.iter().enumerate() {
        // Silence is not quite still.
        if sample.unsigned_abs() > LOUD {
            if *sample > 0 && is_low {
                starts.push(at);
            }
            is_low = *sample < 0;
        }
    }
    let mut waves: Vec<usize> = starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
    waves.sort_unstable();
    let Some(usual) = waves.get(waves.len() / 2).copied() else { return 0 };
    // Where others keep the machine busy some of the sound is lost: a wave that spans it is as long as none is.
    waves.retain(|wave| wave.abs_diff(usual) <= 1);
    let heard: usize = waves.iter().sum();
    if heard < SHORTEST { 0 } else { u32::try_from(waves.len() * 8000 / heard).unwrap() }
}

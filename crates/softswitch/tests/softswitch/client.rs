//! A phone of the test: Socket.IO 4 over a WebSocket, every frame as it is on the wire.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// How long something may take that has to come.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long is waited for what must not come.
const QUIET: Duration = Duration::from_millis(150);

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A phone.
pub(crate) struct Client {
    frames: mpsc::UnboundedReceiver<String>,
    says: mpsc::UnboundedSender<Say>,
    task: JoinHandle<()>,
}

enum Say {
    Frame(Message),
    /// Answers no ping any more.
    PlayDead,
}

/// A connection that has opened, and not yet registered.
pub(crate) async fn open(address: &str) -> Socket {
    let (mut socket, _) = connect_async(format!("ws://{address}/socket.io/?EIO=4&transport=websocket")).await.unwrap();
    let opened = socket.next().await.unwrap().unwrap();
    assert!(opened.to_text().unwrap().starts_with("0{"), "{opened}");
    socket
}

impl Client {
    /// Connects with this handshake: the phone, or the message of the refusal.
    pub(crate) async fn connect(address: &str, auth: Value) -> Result<Client, String> {
        let mut socket = open(address).await;
        let joins = if auth.is_null() { "40".to_owned() } else { format!("40{auth}") };
        socket.send(Message::text(joins)).await.unwrap();
        let answer = loop {
            let frame = socket.next().await.unwrap().unwrap().to_text().unwrap().to_owned();
            if frame == "2" {
                socket.send(Message::text("3")).await.unwrap();
            } else {
                break frame;
            }
        };
        if let Some(refusal) = answer.strip_prefix("44") {
            let refusal: Value = serde_json::from_str(refusal).unwrap();
            assert_eq!(refusal.as_object().unwrap().len(), 1, "{refusal}");
            return Err(refusal["message"].as_str().unwrap().to_owned());
        }
        assert!(answer.starts_with("40{"), "{answer}");
        Ok(Client::over(socket))
    }

    fn over(socket: Socket) -> Client {
        let (hears, frames) = mpsc::unbounded_channel();
        let (says, mut said) = mpsc::unbounded_channel();
        let task = tokio::spawn(async move {
            let (mut sink, mut stream) = socket.split();
            let mut dead = false;
            loop {
                tokio::select! {
                    said = said.recv() => match said {
                        Some(Say::Frame(frame)) => drop(sink.send(frame).await),
                        Some(Say::PlayDead) => dead = true,
                        None => break,
                    },
                    frame = stream.next() => match frame {
                        Some(Ok(Message::Text(text))) if text == "2" => {
                            if !dead {
                                let _ = sink.send(Message::text("3")).await;
                            }
                        }
                        Some(Ok(Message::Text(text))) => drop(hears.send(text.to_string())),
                        Some(Ok(_)) => {}
                        Some(Err(_)) | None => break,
                    },
                }
            }
        });
        Client { frames, says, task }
    }

    /// Sends a frame as it is.
    pub(crate) fn send(&self, frame: impl Into<String>) {
        let _ = self.says.send(Say::Frame(Message::text(frame.into())));
    }

    /// Sends bytes, as they follow an event that announces them.
    pub(crate) fn send_bytes(&self, bytes: Vec<u8>) {
        let _ = self.says.send(Say::Frame(Message::binary(bytes)));
    }

    /// Says an event.
    pub(crate) fn says(&self, event: &str, arguments: Value) {
        let mut all = vec![json!(event)];
        match arguments {
            Value::Null => {}
            Value::Array(arguments) => all.extend(arguments),
            argument => all.push(argument),
        }
        self.send(format!("42{}", Value::Array(all)));
    }

    /// The next frame.
    pub(crate) async fn frame(&mut self) -> Option<String> {
        tokio::time::timeout(PATIENCE, self.frames.recv()).await.expect("nothing comes")
    }

    /// The next frame is this event.
    pub(crate) async fn hears(&mut self, event: Value) {
        let event = if event.is_array() { event } else { json!([event]) };
        assert_eq!(self.frame().await.as_deref(), Some(format!("42{event}").as_str()));
    }

    /// The next event, as the array that it is; what is measured each second is passed over.
    pub(crate) async fn event(&mut self) -> Value {
        loop {
            let frame = self.frame().await.expect("the connection ended");
            let event: Value = serde_json::from_str(frame.strip_prefix("42").expect(&frame)).unwrap();
            if event[0] != "meter" {
                return event;
            }
        }
    }

    /// The next event has this name: its first argument.
    pub(crate) async fn told(&mut self, name: &str) -> Value {
        let event = self.event().await;
        assert_eq!(event[0], name, "{event}");
        event[1].clone()
    }

    /// Waits for an event, and passes the others over: its first argument.
    pub(crate) async fn waits_for(&mut self, name: &str) -> Value {
        loop {
            let event = self.event().await;
            if event[0] == name {
                return event[1].clone();
            }
        }
    }

    /// What it was told that nobody has asked for yet.
    pub(crate) fn not_asked_for(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.frames.try_recv().ok()).collect()
    }

    /// Nothing comes.
    pub(crate) async fn hears_nothing(&mut self) {
        if let Ok(frame) = tokio::time::timeout(QUIET, self.frames.recv()).await {
            panic!("{frame:?}");
        }
    }

    /// It is sent away, or its connection ends.
    pub(crate) async fn is_dropped(&mut self) {
        while let Some(frame) = self.frame().await {
            if frame == "41" || frame == "1" {
                return;
            }
        }
    }

    /// Answers no ping any more.
    pub(crate) fn plays_dead(&self) {
        let _ = self.says.send(Say::PlayDead);
    }

    /// Its connection is torn.
    pub(crate) async fn dies(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

//! One WebSocket connection, from its opening to its end.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};
use url::Url;

use super::packet::{self, Opened, Packet};
use super::{ConnectError, Event, Options, Outgoing};

/// From so many unanswered questions on, those that nobody waits for any more are forgotten.
const QUESTIONS: usize = 64;

/// How a session ended.
pub(super) enum End {
    /// Nobody wants it any more.
    Unwanted,
    /// The exchange ended it.
    ByExchange,
    /// It broke.
    Lost { reason: String },
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A connection that has joined the namespace.
pub(super) struct Session {
    socket: Socket,
    silence: Duration,
    longest: usize,
    questions: HashMap<u64, oneshot::Sender<Value>>,
    next_id: u64,
}

impl Session {
    /// Connects and registers.
    pub(super) async fn open(address: &Url, auth: &Value, options: &Options) -> Result<Session, ConnectError> {
        let within = options.connect_within;
        match timeout(within, connect(address, auth, options)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(ConnectError::TimedOut { address: shown(address), within }),
        }
    }

    /// Carries events both ways until the connection ends.
    pub(super) async fn run(mut self, outgoing: &mut mpsc::Receiver<Outgoing>, inbox: &mpsc::Sender<Event>) -> End {
        let mut dead_at = Instant::now() + self.silence;
        loop {
            let outcome = tokio::select! {
                () = inbox.closed() => {
                    self.take_leave(outgoing).await;
                    return End::Unwanted;
                }
                () = tokio::time::sleep_until(dead_at) => Err(lost("nothing was heard from the exchange any more")),
                frame = self.socket.next() => {
                    dead_at = Instant::now() + self.silence;
                    self.take(frame, inbox).await
                }
                Some(event) = outgoing.recv() => self.send(event).await,
            };
            if let Err(end) = outcome {
                return end;
            }
        }
    }

    async fn take(&mut self, frame: Option<Result<Message, Error>>, inbox: &mpsc::Sender<Event>) -> Result<(), End> {
        let text = match frame {
            None => return Err(lost("the exchange has closed the connection")),
            Some(Err(error)) => return Err(lost(error)),
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(_)) => return Ok(()),
        };
        match packet::read(&text) {
            Some(Packet::Ping) => self.write(packet::PONG.to_owned()).await,
            Some(Packet::End) => Err(lost("the exchange has closed the connection")),
            Some(Packet::Left) => Err(End::ByExchange),
            Some(Packet::Event { name, args }) => {
                // Nobody there to take it: the next turn sees that, too.
                let _ = inbox.send(Event::Received { name, args }).await;
                Ok(())
            }
            Some(Packet::Answer { id, value }) => {
                if let Some(asker) = self.questions.remove(&id) {
                    let _ = asker.send(value);
                }
                Ok(())
            }
            Some(Packet::Open(_) | Packet::Joined | Packet::Refused { .. }) => Ok(()),
            None => {
                tracing::debug!(bytes = text.len(), "a frame that makes no sense was ignored");
                Ok(())
            }
        }
    }

    async fn send(&mut self, event: Outgoing) -> Result<(), End> {
        let id = event.answer.as_ref().map(|_| self.next_id);
        let text = packet::write(id, &event.event, &event.args);
        if text.len() > self.longest {
            // It would cost the connection. An asker learns of it, for nobody answers.
            tracing::debug!(event = event.event, bytes = text.len(), "an event is longer than the exchange takes");
            return Ok(());
        }
        if let Some(asker) = event.answer {
            if self.questions.len() >= QUESTIONS {
                self.questions.retain(|_, asker| !asker.is_closed());
            }
            self.questions.insert(self.next_id, asker);
            self.next_id += 1;
        }
        self.write(text).await
    }

    async fn write(&mut self, text: String) -> Result<(), End> {
        match timeout(self.silence, self.socket.send(Message::text(text))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(lost(error)),
            Err(_) => Err(lost("the exchange takes nothing any more")),
        }
    }

    async fn take_leave(&mut self, outgoing: &mut mpsc::Receiver<Outgoing>) {
        while let Ok(event) = outgoing.try_recv() {
            if self.send(event).await.is_err() {
                return;
            }
        }
        let _ = self.write(packet::LEAVE.to_owned()).await;
        let _ = self.socket.close(None).await;
    }
}

fn lost(reason: impl ToString) -> End {
    End::Lost { reason: reason.to_string() }
}

async fn connect(address: &Url, auth: &Value, options: &Options) -> Result<Session, ConnectError> {
    let config = WebSocketConfig::default()
        .max_message_size(Some(options.longest_frame))
        .max_frame_size(Some(options.longest_frame));
    let (mut socket, _) = connect_async_with_config(address.as_str(), Some(config), true).await.map_err(|error| {
        let reason = error.to_string();
        match error {
            Error::Tls(_) => ConnectError::Insecure { address: shown(address), reason },
            Error::Io(error) if error.kind() == ErrorKind::InvalidData => {
                ConnectError::Insecure { address: shown(address), reason: error.to_string() }
            }
            Error::Http(_) | Error::Protocol(_) | Error::HttpFormat(_) => {
                ConnectError::NoExchange { address: shown(address), reason }
            }
            _ => ConnectError::Unreachable { address: shown(address), reason },
        }
    })?;
    let mut transport: Option<Opened> = None;
    loop {
        match packet::read(&text_frame(&mut socket, address).await?) {
            Some(Packet::Open(opened)) => {
                say(&mut socket, packet::join(auth), address).await?;
                transport = Some(opened);
            }
            Some(Packet::Ping) => say(&mut socket, packet::PONG.to_owned(), address).await?,
            Some(Packet::Refused { message }) => return Err(ConnectError::Refused { message }),
            Some(Packet::Joined) => match transport {
                Some(Opened { silence, longest }) => {
                    return Ok(Session { socket, silence, longest, questions: HashMap::new(), next_id: 0 });
                }
                None => return Err(no_exchange(address)),
            },
            _ => return Err(no_exchange(address)),
        }
    }
}

fn no_exchange(address: &Url) -> ConnectError {
    let reason = "what it says is not Socket.IO 4".to_owned();
    ConnectError::NoExchange { address: shown(address), reason }
}

async fn text_frame(socket: &mut Socket, address: &Url) -> Result<String, ConnectError> {
    loop {
        let reason = match socket.next().await {
            Some(Ok(Message::Text(text))) => return Ok(text.to_string()),
            Some(Ok(Message::Close(_))) | None => "it closed the connection".to_owned(),
            Some(Ok(_)) => continue,
            Some(Err(error)) => error.to_string(),
        };
        return Err(ConnectError::Unreachable { address: shown(address), reason });
    }
}

async fn say(socket: &mut Socket, text: String, address: &Url) -> Result<(), ConnectError> {
    let unreachable = |error: Error| ConnectError::Unreachable { address: shown(address), reason: error.to_string() };
    socket.send(Message::text(text)).await.map_err(unreachable)
}

/// The address as people write it: without what every exchange has in common.
fn shown(address: &Url) -> String {
    let whole = address.as_str();
    whole.split("/socket.io/").next().unwrap_or(whole).replacen("ws", "http", 1)
}

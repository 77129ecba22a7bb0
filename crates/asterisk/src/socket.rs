//! Hears what an Asterisk says, for as long as the program runs: the socket breaks, Asterisk restarts, and all goes on.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::time::Instant;
use futures::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderValue, header};
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::pbx::Pbx;
use crate::said::Said;
use crate::{Asterisk, Settings};

/// How long it is waited before a socket that broke is made anew.
const PAUSE: Duration = Duration::from_millis(500);
/// How long a socket may take to be made.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often an Asterisk that says nothing is asked whether it is there.
const SILENCE: Duration = Duration::from_secs(5);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

impl Asterisk {
    /// Hears one Asterisk for ever.
    pub(crate) async fn listen(&self, pbx: &Arc<Pbx>) {
        let mut said = false;
        loop {
            match connect(pbx.ari.settings()).await {
                Ok(socket) => {
                    said = false;
                    let seen_at = self.converse(pbx, socket).await;
                    tracing::error!(asterisk = pbx.name(), "Asterisk is gone: what becomes of its calls is not known");
                    self.lose(pbx, seen_at);
                }
                Err(error) if !said => {
                    said = true;
                    tracing::error!(%error, asterisk = pbx.name(), "Asterisk cannot be reached; it is tried again and again");
                }
                Err(_) => {}
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Hears what comes by a socket until it breaks: when something was last heard.
    async fn converse(&self, pbx: &Arc<Pbx>, mut socket: Socket) -> Instant {
        let mut seen_at = self.now();
        if let Err(error) = self.meet(pbx).await {
            tracing::error!(%error, asterisk = pbx.name(), "Asterisk does not say which calls it has");
            return seen_at;
        }
        tracing::info!(asterisk = pbx.name(), "Asterisk is there");
        let mut asked = false;
        loop {
            match timeout(SILENCE, socket.next()).await {
                Ok(Some(Ok(message))) => {
                    (seen_at, asked) = (self.now(), false);
                    if let Message::Text(text) = message {
                        self.read(pbx, &text);
                    }
                }
                // It ends now, and was there until now: unless this is what becomes of our question to one that was there no more.
                Ok(Some(Err(_)) | None) => return if asked { seen_at } else { self.now() },
                Err(_) if asked => return seen_at,
                Err(_) => {
                    asked = true;
                    if socket.send(Message::Ping(tungstenite::Bytes::new())).await.is_err() {
                        return seen_at;
                    }
                }
            }
        }
    }

    fn read(&self, pbx: &Arc<Pbx>, text: &str) {
        match serde_json::from_str::<Said>(text) {
            Ok(said) => self.hear(pbx, said),
            Err(error) => tracing::warn!(%error, asterisk = pbx.name(), "an event cannot be read"),
        }
    }
}

async fn connect(settings: &Settings) -> Result<Socket, tungstenite::Error> {
    let Settings { url, user, password, application, .. } = settings;
    let mut url = url.clone();
    // Both are such that the other can be set.
    let _ = url.set_scheme(if url.scheme() == "https" { "wss" } else { "ws" });
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().push("events");
    }
    url.query_pairs_mut().append_pair("app", application).append_pair("subscribeAll", "false");
    let mut request = url.as_str().into_client_request()?;
    let credentials = format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}")));
    let mut value = HeaderValue::from_str(&credentials).map_err(tungstenite::http::Error::from)?;
    value.set_sensitive(true);
    request.headers_mut().insert(header::AUTHORIZATION, value);
    match timeout(PATIENCE, connect_async(request)).await {
        Ok(connected) => Ok(connected?.0),
        Err(late) => Err(tungstenite::Error::Io(late.into())),
    }
}

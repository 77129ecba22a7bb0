//! The reference: connects calls over ARI, and does nothing else. What Tollgate asks of Asterisk to connect a call it asks, too, in the same
//! order; the second line of defence, which belongs to charging, it leaves out.

use std::sync::Arc;

use futures::StreamExt;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::company::TRUNK;
use super::kit::{APPLICATION, Kit, PASSWORD, USER};
use crate::figures::Result;

/// The events that it needs.
const EVENTS: [&str; 3] = ["StasisStart", "ChannelStateChange", "ChannelDestroyed"];
/// What the ids of dialled legs begin with; the rest is the id of the leg that came in.
const LEG: &str = "leg-";

/// A driver, connected.
pub(super) struct Driver {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    ari: Arc<Ari>,
}

struct Ari {
    client: reqwest::Client,
    url: String,
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    args: Vec<String>,
    channel: Option<Channel>,
}

#[derive(Deserialize)]
struct Channel {
    id: String,
    state: String,
}

impl Driver {
    pub(super) async fn connect(kit: &Kit) -> Result<Driver> {
        let url = kit.url();
        let address = format!("{}/events?app={APPLICATION}&api_key={USER}:{PASSWORD}", url.replacen("http", "ws", 1));
        let (socket, _) = connect_async(address).await?;
        let ari = Ari { client: reqwest::Client::builder().no_proxy().build()?, url };
        let allowed: Vec<Value> = EVENTS.iter().map(|event| json!({"type": event})).collect();
        let filter = ari.client.put(format!("{}/applications/{APPLICATION}/eventFilter", ari.url));
        let filter = filter.json(&json!({"allowed": allowed})).basic_auth(USER, Some(PASSWORD));
        filter.send().await?.error_for_status()?;
        Ok(Driver { socket, ari: Arc::new(ari) })
    }

    /// Connects whatever comes, until Asterisk is gone.
    pub(super) async fn drive(mut self) {
        while let Some(Ok(message)) = self.socket.next().await {
            let Message::Text(text) = message else { continue };
            let Ok(event) = serde_json::from_str::<Event>(&text) else { continue };
            let ari = self.ari.clone();
            // A request that comes to nothing leaves a call that is not set up, or not ended: that its caller sees.
            tokio::spawn(async move { ari.take(event).await });
        }
    }
}

impl Ari {
    async fn take(&self, Event { kind, args, channel }: Event) -> Result<()> {
        let Some(Channel { id, state }) = channel else { return Ok(()) };
        let first = id.strip_prefix(LEG);
        match (kind.as_str(), first, state.as_str()) {
            ("StasisStart", None, _) => self.dial_out(&id, args.get(1).map_or("", String::as_str)).await,
            ("StasisStart", Some(_), _) => self.post(&format!("channels/{id}/dial"), &[("timeout", "90")]).await,
            ("ChannelStateChange", Some(first), "Ringing") => self.post(&format!("channels/{first}/ring"), &[]).await,
            ("ChannelStateChange", Some(first), "Up") => self.post(&format!("channels/{first}/answer"), &[]).await,
            ("ChannelStateChange", None, "Up") => {
                self.post(&format!("bridges/bridge-{id}"), &[("type", "mixing,dtmf_events")]).await?;
                let both = format!("{id},{LEG}{id}");
                let query = [("channel", both.as_str()), ("inhibitConnectedLineUpdates", "true")];
                self.post(&format!("bridges/bridge-{id}/addChannel"), &query).await
            }
            ("ChannelDestroyed", None, _) => {
                self.delete(&format!("channels/{LEG}{id}")).await?;
                self.delete(&format!("bridges/bridge-{id}")).await
            }
            ("ChannelDestroyed", Some(first), _) => self.delete(&format!("channels/{first}")).await,
            _ => Ok(()),
        }
    }

    async fn dial_out(&self, id: &str, number: &str) -> Result<()> {
        let source = format!("channel:{id}");
        self.post(&format!("applications/{APPLICATION}/subscription"), &[("eventSource", &source)]).await?;
        let (endpoint, leg) = (format!("PJSIP/{number}@{TRUNK}"), format!("{LEG}{id}"));
        let query = [
            ("endpoint", endpoint.as_str()),
            ("app", APPLICATION),
            ("appArgs", "leg"),
            ("channelId", leg.as_str()),
            ("originator", id),
        ];
        self.post("channels/create", &query).await
    }

    async fn post(&self, path: &str, query: &[(&str, &str)]) -> Result<()> {
        let request = self.client.post(format!("{}/{path}", self.url)).query(query);
        request.basic_auth(USER, Some(PASSWORD)).send().await?.error_for_status()?.bytes().await?;
        Ok(())
    }

    async fn delete(&self, path: &str) -> Result<()> {
        let request = self.client.delete(format!("{}/{path}", self.url));
        // What is gone already needs no end.
        request.basic_auth(USER, Some(PASSWORD)).send().await?.bytes().await?;
        Ok(())
    }
}

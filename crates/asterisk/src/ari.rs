//! What an Asterisk is asked: its REST interface, request by request.

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use url::Url;

use crate::Settings;
use crate::said::{Channel, Recording};

/// How long an answer is waited for: each takes milliseconds, so that one that is late will not come.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many requests are under way at once, and how many connections are kept for the next ones. Asterisk hangs up on whoever has more connections
/// than its `sessionlimit`, 100 as it comes.
const AT_ONCE: usize = 32;

/// How long a file is waited for.
const FILE_PATIENCE: Duration = Duration::from_secs(120);

/// The events that calls need; of some forty that a call makes, eleven.
pub(crate) const EVENTS: [&str; 9] = [
    "StasisStart",
    "StasisEnd",
    "ChannelStateChange",
    "Dial",
    "ChannelDestroyed",
    "ChannelDtmfReceived",
    "PlaybackFinished",
    "RecordingFinished",
    "RecordingFailed",
];

/// The REST interface of one Asterisk.
#[derive(Debug)]
pub(crate) struct Ari {
    client: Client,
    turns: Semaphore,
    settings: Settings,
}

/// Why a request has come to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AriError {
    /// Nothing comes back.
    #[error("it does not answer: {0}")]
    Silent(#[from] reqwest::Error),
    /// It does not do it: the channel is gone, the endpoint is not there, or the like.
    #[error("it answers {status} to {request}: {message}")]
    Refused {
        /// The request.
        request: String,
        /// The status.
        status: u16,
        /// What it says.
        message: String,
    },
    /// What it answers is not what this request is answered with.
    #[error("its answer to {0} cannot be read")]
    Unreadable(String),
}

/// A bridge, as it is listed.
#[derive(Debug, Deserialize)]
pub(crate) struct Bridge {
    /// The channels in it.
    pub(crate) channels: Vec<String>,
}

/// A leg that is to be dialled.
pub(crate) struct NewChannel<'a> {
    /// The id that it is to have.
    pub(crate) id: &'a str,
    /// Whom it leads to: `PJSIP/...`.
    pub(crate) endpoint: &'a str,
    /// The channel on whose behalf it is dialled, if there is one.
    pub(crate) originator: Option<&'a str>,
    /// The number that is shown; empty, where none is to be.
    pub(crate) caller: &'a str,
    /// Whether the others see that number, too, in place of its own.
    pub(crate) is_masked: bool,
    /// The origin of the call, which Asterisk's own records then show.
    pub(crate) origin: &'a str,
}

impl Ari {
    /// # Errors
    /// The machine has no means for it.
    pub(crate) fn new(settings: Settings) -> Result<Ari, reqwest::Error> {
        let client = Client::builder().timeout(PATIENCE).pool_max_idle_per_host(AT_ONCE).no_proxy().build()?;
        Ok(Ari { client, turns: Semaphore::new(AT_ONCE), settings })
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Says which events are wanted. The application is there once its socket is.
    pub(crate) async fn want_events(&self) -> Result<(), AriError> {
        let allowed: Vec<Value> = EVENTS.iter().map(|event| json!({"type": event})).collect();
        let path = ["applications", &self.settings.application, "eventFilter"];
        self.ask(Method::PUT, &path, &[], Some(json!({"allowed": allowed}))).await.map(drop)
    }

    /// Has the end of a channel that came in announced.
    pub(crate) async fn subscribe(&self, channel: &str) -> Result<(), AriError> {
        let source = format!("channel:{channel}");
        let path = ["applications", &self.settings.application, "subscription"];
        self.ask(Method::POST, &path, &[("eventSource", &source)], None).await.map(drop)
    }

    pub(crate) async fn channels(&self) -> Result<Vec<Channel>, AriError> {
        let listed = self.ask(Method::GET, &["channels"], &[], None).await?;
        serde_json::from_value(listed).map_err(|_| AriError::Unreadable("GET channels".to_owned()))
    }

    /// Makes a channel that rings nowhere yet: it says when it is ready to be dialled.
    pub(crate) async fn create(&self, new: &NewChannel<'_>) -> Result<(), AriError> {
        let mut query = vec![
            ("endpoint", new.endpoint),
            ("app", self.settings.application.as_str()),
            ("appArgs", "leg"),
            ("channelId", new.id),
        ];
        query.extend(new.originator.map(|originator| ("originator", originator)));
        let mut variables = json!({
            // What the called party is shown is whom the new channel is connected to.
            "CONNECTEDLINE(num,i)": new.caller,
            "CONNECTEDLINE(name,i)": "",
            "TOLLGATE_CALL": new.origin,
        });
        if new.caller.is_empty() {
            variables["CONNECTEDLINE(pres,i)"] = "prohib".into();
        }
        if new.is_masked {
            variables["CALLERID(num)"] = new.caller.into();
            variables["CALLERID(name)"] = "".into();
        }
        let variables = json!({"variables": variables});
        self.ask(Method::POST, &["channels", "create"], &query, Some(variables)).await.map(drop)
    }

    pub(crate) async fn dial(&self, channel: &str, seconds: u32) -> Result<(), AriError> {
        let seconds = seconds.to_string();
        let query = [("timeout", seconds.as_str())];
        self.ask(Method::POST, &["channels", channel, "dial"], &query, None).await.map(drop)
    }

    pub(crate) async fn ring(&self, channel: &str) -> Result<(), AriError> {
        self.ask(Method::POST, &["channels", channel, "ring"], &[], None).await.map(drop)
    }

    /// Has a channel hear what comes before its call is answered. Asterisks before 22.6 cannot.
    pub(crate) async fn progress(&self, channel: &str) -> Result<(), AriError> {
        self.ask(Method::POST, &["channels", channel, "progress"], &[], None).await.map(drop)
    }

    pub(crate) async fn stop_ringing(&self, channel: &str) -> Result<(), AriError> {
        self.ask(Method::DELETE, &["channels", channel, "ring"], &[], None).await.map(drop)
    }

    pub(crate) async fn answer(&self, channel: &str) -> Result<(), AriError> {
        self.ask(Method::POST, &["channels", channel, "answer"], &[], None).await.map(drop)
    }

    pub(crate) async fn wait_with_music(&self, channel: &str) -> Result<(), AriError> {
        self.ask(Method::POST, &["channels", channel, "moh"], &[], None).await.map(drop)
    }

    pub(crate) async fn stop_music(&self, channel: &str) -> Result<(), AriError> {
        self.ask(Method::DELETE, &["channels", channel, "moh"], &[], None).await.map(drop)
    }

    /// Ends a channel, with a cause by ITU-T Q.850.
    pub(crate) async fn hang_up(&self, channel: &str, cause: u16) -> Result<(), AriError> {
        let cause = cause.to_string();
        self.ask(Method::DELETE, &["channels", channel], &[("reason_code", &cause)], None).await.map(drop)
    }

    /// Has Asterisk end a channel by itself in so many milliseconds, whatever becomes of us; never, without a time.
    pub(crate) async fn end_in(&self, channel: &str, millis: Option<i64>) -> Result<(), AriError> {
        let millis = millis.map_or(0, |millis| millis.max(1));
        let seconds = format!("{}.{:03}", millis / 1000, millis % 1000);
        let query = [("variable", "TIMEOUT(absolute)"), ("value", seconds.as_str())];
        self.ask(Method::POST, &["channels", channel, "variable"], &query, None).await.map(drop)
    }

    /// Plays something; tones have commas, which a query would be split at.
    pub(crate) async fn play(&self, channel: &str, playback: &str, media: &[&str]) -> Result<(), AriError> {
        let path = ["channels", channel, "play", playback];
        self.ask(Method::POST, &path, &[], Some(json!({"media": media}))).await.map(drop)
    }

    /// Stops what is played: what is asked of its channel next would wait for its end.
    pub(crate) async fn stop_playing(&self, playback: &str) -> Result<(), AriError> {
        self.ask(Method::DELETE, &["playbacks", playback], &[], None).await.map(drop)
    }

    /// Records what is said on a channel, after a beep.
    pub(crate) async fn record(&self, channel: &str, recording: &NewRecording<'_>) -> Result<(), AriError> {
        let (most, silence) = (recording.seconds.to_string(), recording.silence_seconds.to_string());
        let query = [
            ("name", recording.name),
            ("format", "wav"),
            ("maxDurationSeconds", most.as_str()),
            ("maxSilenceSeconds", silence.as_str()),
            ("terminateOn", recording.end),
            ("beep", "true"),
            ("ifExists", "overwrite"),
        ];
        self.ask(Method::POST, &["channels", channel, "record"], &query, None).await.map(drop)
    }

    /// Records what is said in a bridge.
    pub(crate) async fn record_bridge(&self, bridge: &str, name: &str) -> Result<(), AriError> {
        let query = [("name", name), ("format", "wav"), ("ifExists", "overwrite")];
        self.ask(Method::POST, &["bridges", bridge, "record"], &query, None).await.map(drop)
    }

    /// Plays something to all in a bridge.
    pub(crate) async fn play_to_bridge(&self, bridge: &str, playback: &str, media: &str) -> Result<(), AriError> {
        let path = ["bridges", bridge, "play", playback];
        self.ask(Method::POST, &path, &[], Some(json!({"media": media}))).await.map(drop)
    }

    /// A recording's file.
    pub(crate) async fn recording(&self, name: &str) -> Result<Vec<u8>, AriError> {
        let path = ["recordings", "stored", name, "file"];
        let asked = self.client.get(self.address(&path, &[])).timeout(FILE_PATIENCE);
        self.answer_to(asked, format!("GET {}", path.join("/"))).await
    }

    /// The names of what is recorded and kept.
    pub(crate) async fn recordings(&self) -> Result<Vec<String>, AriError> {
        let listed = self.ask(Method::GET, &["recordings", "stored"], &[], None).await?;
        let stored: Vec<Recording> =
            serde_json::from_value(listed).map_err(|_| AriError::Unreadable("GET recordings".to_owned()))?;
        Ok(stored.into_iter().map(|Recording { name, .. }| name).collect())
    }

    /// Asks for a recording under way; a refusal, where there is none.
    pub(crate) async fn is_recording(&self, name: &str) -> Result<(), AriError> {
        self.ask(Method::GET, &["recordings", "live", name], &[], None).await.map(drop)
    }

    /// Asks for something that is played; a refusal, where it is not.
    pub(crate) async fn is_playing(&self, playback: &str) -> Result<(), AriError> {
        self.ask(Method::GET, &["playbacks", playback], &[], None).await.map(drop)
    }

    pub(crate) async fn delete_recording(&self, name: &str) -> Result<(), AriError> {
        self.ask(Method::DELETE, &["recordings", "stored", name], &[], None).await.map(drop)
    }

    /// Lets channels talk; a bridge that is there already takes them in. None is told who the others are: Asterisk would tell it what phones say
    /// of themselves.
    pub(crate) async fn bridge(&self, bridge: &str, channels: &[&str]) -> Result<(), AriError> {
        self.make_bridge(bridge).await?;
        self.add_to_bridge(bridge, &channels.join(","), false).await
    }

    /// Lets a channel hear another that hears nothing of it: neither its voice nor its keys.
    pub(crate) async fn let_hear(&self, bridge: &str, listener: &str, heard: &str) -> Result<(), AriError> {
        self.make_bridge(bridge).await?;
        self.add_to_bridge(bridge, listener, true).await?;
        self.add_to_bridge(bridge, heard, false).await
    }

    /// Lets a channel be heard in the bridge in which it is.
    pub(crate) async fn let_talk(&self, bridge: &str, channel: &str) -> Result<(), AriError> {
        self.add_to_bridge(bridge, channel, false).await
    }

    async fn make_bridge(&self, bridge: &str) -> Result<(), AriError> {
        match self.ask(Method::POST, &["bridges", bridge], &[("type", "mixing,dtmf_events")], None).await {
            // It is there.
            Err(AriError::Refused { status: 409, .. }) => Ok(()),
            made => made.map(drop),
        }
    }

    async fn add_to_bridge(&self, bridge: &str, channels: &str, is_mute: bool) -> Result<(), AriError> {
        let mut query = vec![("channel", channels), ("inhibitConnectedLineUpdates", "true")];
        if is_mute {
            query.extend([("mute", "true"), ("absorbDTMF", "true")]);
        }
        self.ask(Method::POST, &["bridges", bridge, "addChannel"], &query, None).await.map(drop)
    }

    /// Takes a channel out of the bridge in which Asterisk keeps one that it has dialled: there it cannot be recorded.
    pub(crate) async fn take_aside(&self, bridge: &str, channel: &str) -> Result<(), AriError> {
        self.bridge(bridge, &[channel]).await?;
        let path = ["bridges", bridge, "removeChannel"];
        self.ask(Method::POST, &path, &[("channel", channel)], None).await?;
        self.take_bridge_down(bridge).await
    }

    pub(crate) async fn channels_of_bridge(&self, bridge: &str) -> Result<Vec<String>, AriError> {
        let listed = self.ask(Method::GET, &["bridges", bridge], &[], None).await?;
        let Bridge { channels } =
            serde_json::from_value(listed).map_err(|_| AriError::Unreadable("GET bridges".to_owned()))?;
        Ok(channels)
    }

    pub(crate) async fn take_bridge_down(&self, bridge: &str) -> Result<(), AriError> {
        self.ask(Method::DELETE, &["bridges", bridge], &[], None).await.map(drop)
    }

    /// Has a module read its configuration again.
    pub(crate) async fn reload(&self, module: &str) -> Result<(), AriError> {
        self.ask(Method::PUT, &["asterisk", "modules", module], &[], None).await.map(drop)
    }

    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Option<Value>,
    ) -> Result<Value, AriError> {
        let request = format!("{method} {}", path.join("/"));
        let mut asked = self.client.request(method, self.address(path, query));
        if let Some(body) = body {
            asked = asked.json(&body);
        }
        let answer = self.answer_to(asked, request.clone()).await?;
        if answer.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&answer).map_err(|_| AriError::Unreadable(request))
    }

    /// Sends a request, and waits for the whole answer.
    async fn answer_to(&self, asked: RequestBuilder, request: String) -> Result<Vec<u8>, AriError> {
        let Settings { user, password, .. } = &self.settings;
        // Nobody closes it: each gets a turn.
        let _turn = self.turns.acquire().await;
        let answer = asked.basic_auth(user, Some(password)).send().await.map_err(reqwest::Error::without_url)?;
        let (status, bytes) = (answer.status(), answer.bytes().await.map_err(reqwest::Error::without_url)?);
        if status.is_success() {
            return Ok(bytes.into());
        }
        let message = serde_json::from_slice::<Refusal>(&bytes);
        let message = message.map_or_else(|_| String::from_utf8_lossy(&bytes).into_owned(), Refusal::into_text);
        Err(AriError::Refused { request, status: status.as_u16(), message })
    }

    fn address(&self, path: &[&str], query: &[(&str, &str)]) -> Url {
        let mut address = self.settings.url.clone();
        if let Ok(mut segments) = address.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        if !query.is_empty() {
            address.query_pairs_mut().extend_pairs(query);
        }
        address
    }
}

/// A message that is to be taken.
pub(crate) struct NewRecording<'a> {
    /// What it is called.
    pub(crate) name: &'a str,
    /// How long it may be, in seconds.
    pub(crate) seconds: u32,
    /// The silence that ends it, in seconds.
    pub(crate) silence_seconds: u32,
    /// The key that ends it: `none`, `any`, `*` or `#`.
    pub(crate) end: &'a str,
}

/// What Asterisk says where it does not do something.
#[derive(Deserialize)]
struct Refusal {
    #[serde(alias = "error")]
    message: String,
}

impl Refusal {
    fn into_text(self) -> String {
        self.message
    }
}

impl AriError {
    /// Whether it was understood, and is not done.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self, AriError::Refused { .. })
    }

    /// Whether what was asked for is not there.
    pub(crate) fn is_not_there(&self) -> bool {
        matches!(self, AriError::Refused { status: 404, .. })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::future::join_all;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    /// How many connections there are, and the most that there were.
    #[derive(Default)]
    struct Connections {
        open: AtomicUsize,
        most: AtomicUsize,
    }

    /// Answers whatever is asked, after a while, on one connection.
    async fn answer(mut connection: TcpStream, connections: Arc<Connections>) {
        let open = connections.open.fetch_add(1, Ordering::Relaxed) + 1;
        connections.most.fetch_max(open, Ordering::Relaxed);
        let mut asked = [0; 4096];
        while connection.read(&mut asked).await.is_ok_and(|length| length > 0) {
            tokio::time::sleep(Duration::from_millis(20)).await;
            connection.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
        }
        connections.open.fetch_sub(1, Ordering::Relaxed);
    }

    #[tokio::test]
    async fn many_requests_at_once_take_few_connections_and_are_all_answered() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let ari = Ari::new(Settings {
            name: "pbx".to_owned(),
            url: format!("http://{}/ari", listener.local_addr().unwrap()).parse().unwrap(),
            user: "tollgate".to_owned(),
            password: "secret".to_owned(),
            application: "tollgate".to_owned(),
            accounts: None,
            context: "tollgate".to_owned(),
        });
        let (ari, connections) = (ari.unwrap(), Arc::new(Connections::default()));
        let counted = connections.clone();
        let asterisk = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(answer(connection, counted.clone()));
            }
        });
        let answers = join_all((0..300).map(|_| ari.ring("a-channel"))).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        let most = connections.most.load(Ordering::Relaxed);
        assert!((1..=2 * AT_ONCE).contains(&most), "{most} connections");
        asterisk.abort();
    }
}

//! A server that speaks as Asterisk's REST interface does, and says what captures say.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Json, Router};
use domain::time::Instant;
use engine::{Clock, TestClock};
use futures::SinkExt;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Message, Role};

use super::tape::{Answer, Ask, Tape};

/// How long nothing must have been asked before time passes: what is on its way is to arrive in its own instant.
const QUIET: Duration = Duration::from_millis(120);
/// Time that nobody would notice passes at once.
const UNNOTICED_MILLIS: i64 = 20;

/// The double of an Asterisk. Its time is that of the test's clock, which it moves to when the next event is due.
pub(crate) struct Double {
    shared: Arc<Shared>,
    pub(crate) port: u16,
    _tasks: JoinSet<()>,
}

struct Shared {
    clock: TestClock,
    state: Mutex<Playing>,
}

#[derive(Default)]
struct Playing {
    /// The channels that there are, by the names that they have here.
    tapes: HashMap<String, Tape>,
    /// Who is called next, and after that.
    called: VecDeque<Tape>,
    /// The names of channels that are gone. Asterisk may stop to listen for a name only after another channel has it, of which it then tells
    /// no more than that it comes and goes.
    deaf_for: HashSet<String>,
    due: Vec<Due>,
    asked: Vec<String>,
    socket: Option<mpsc::UnboundedSender<String>>,
    is_met: bool,
    last: Option<tokio::time::Instant>,
}

/// An event that is still to come.
struct Due {
    at: Instant,
    channel: String,
    event: Value,
}

impl Double {
    pub(crate) async fn start(clock: TestClock) -> Double {
        let shared = Arc::new(Shared { clock, state: Mutex::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let routes = Router::new().route("/ari/events", any(events)).fallback(asked).with_state(shared.clone());
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, routes).await.unwrap() });
        tasks.spawn(play(shared.clone()));
        Double { shared, port, _tasks: tasks }
    }

    /// Whether somebody hears it, and has asked which channels there are.
    pub(crate) fn is_met(&self) -> bool {
        self.shared.state().is_met
    }

    /// A call comes in; who is called then, one after the other.
    pub(crate) fn arrives(&self, channel: &str, mut caller: Tape, called: Vec<Tape>) {
        let (mut state, now) = (self.shared.state(), self.shared.clock.now());
        state.asked.clear();
        state.called = called.into();
        let said = caller.begin();
        state.tapes.insert(channel.to_owned(), caller);
        state.will_say(channel, now, said);
    }

    /// Who is called, one after the other, in a call that does not come in.
    pub(crate) fn answers(&self, called: Vec<Tape>) {
        self.shared.state().called = called.into();
    }

    /// What was asked since the call came in: method, path and query.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.shared.state().asked.clone()
    }

    /// Whether nothing is left to be said, and no channel is there.
    pub(crate) fn is_over(&self) -> bool {
        let state = self.shared.state();
        state.tapes.is_empty() && state.due.is_empty()
    }

    /// Who was to be called and was not.
    pub(crate) fn left(&self) -> usize {
        self.shared.state().called.len()
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, Playing> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, method: &Method, path: &str, query: &HashMap<String, String>) -> Answer {
        let mut state = self.state();
        state.last = Some(tokio::time::Instant::now());
        let no_content = Answer { status: 204, body: Value::Null };
        match (method.as_str(), path) {
            ("GET", "/channels") => {
                state.is_met = true;
                return Answer { status: 200, body: json!([]) };
            }
            ("GET", _) => return not_found(),
            _ => {}
        }
        let Some((ask, channel)) = Ask::read(method.as_str(), path, query) else { return no_content };
        let cause = query.get("reason_code").map(|cause| format!(" {cause}")).unwrap_or_default();
        state.asked.push(format!("{ask:?} {channel}{cause}"));
        if ask == Ask::Make
            && let Some(mut tape) = state.called.pop_front()
        {
            tape.is_called(&channel);
            state.tapes.insert(channel.clone(), tape);
        }
        if ask == Ask::End {
            state.due.retain(|due| due.channel != channel);
        }
        let Some(tape) = state.tapes.get_mut(&channel) else { return not_found() };
        let told = tape.ask(ask);
        let (answer, said) = told.unwrap_or((no_content, Vec::new()));
        state.will_say(&channel, self.clock.now(), said);
        // Of what ends or was never made nothing more comes than what is due.
        if ask == Ask::End || answer.status >= 500 {
            state.tapes.remove(&channel);
        }
        answer
    }

    /// Says what is due, or lets time pass.
    fn step(&self) {
        let mut state = self.state();
        let Some(next) = state.due.first().map(|due| due.at) else { return };
        let (now, quiet) = (self.clock.now(), state.last.is_none_or(|last| last.elapsed() >= QUIET));
        if next > now {
            let missing = next.millis_since(now);
            if quiet || missing <= UNNOTICED_MILLIS {
                self.clock.move_to(Instant::clamped(now.millis() + missing.min(1000)));
            }
            if quiet {
                // What is due in this second is to be done before the next one.
                state.last = Some(tokio::time::Instant::now());
            }
            return;
        }
        let Due { channel, event, .. } = state.due.remove(0);
        if event["type"] == "ChannelDestroyed" && event["channel"]["id"] == channel.as_str() {
            state.tapes.remove(&channel);
            state.deaf_for.insert(channel.clone());
        } else if state.deaf_for.contains(&channel) && event["type"] != "StasisStart" && event["type"] != "StasisEnd" {
            return;
        }
        state.last = Some(tokio::time::Instant::now());
        state.socket.as_ref().expect("somebody hears").send(event.to_string()).unwrap();
    }
}

impl Playing {
    fn will_say(&mut self, channel: &str, now: Instant, said: Vec<super::tape::Said>) {
        self.due.extend(said.into_iter().map(|(after, event)| {
            let after = i64::try_from(after.as_millis()).unwrap();
            Due { at: Instant::clamped(now.millis() + after), channel: channel.to_owned(), event }
        }));
        self.due.sort_by_key(|due| due.at);
    }
}

/// As it was captured.
fn not_found() -> Answer {
    Answer { status: 404, body: json!({"message": "Channel not found"}) }
}

async fn play(shared: Arc<Shared>) {
    loop {
        tokio::time::sleep(Duration::from_millis(2)).await;
        shared.step();
    }
}

async fn asked(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let path = uri.path().strip_prefix("/ari").unwrap_or_default();
    let Answer { status, body } = shared.answer(&method, path, &query);
    let status = StatusCode::from_u16(status).unwrap();
    if body.is_null() { status.into_response() } else { (status, Json(body)).into_response() }
}

async fn events(State(shared): State<Arc<Shared>>, mut request: Request) -> Response {
    let (sender, mut said) = mpsc::unbounded_channel::<String>();
    shared.state().socket = Some(sender);
    let key = derive_accept_key(request.headers()[header::SEC_WEBSOCKET_KEY].as_bytes());
    tokio::spawn(async move {
        let upgraded = hyper::upgrade::on(&mut request).await.unwrap();
        let mut socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, None).await;
        while let Some(event) = said.recv().await {
            socket.send(Message::text(event)).await.unwrap();
        }
    });
    let headers = [
        (header::CONNECTION, HeaderValue::from_static("upgrade")),
        (header::UPGRADE, HeaderValue::from_static("websocket")),
        (header::SEC_WEBSOCKET_ACCEPT, HeaderValue::from_str(&key).unwrap()),
    ];
    (StatusCode::SWITCHING_PROTOCOLS, HeaderMap::from_iter(headers)).into_response()
}

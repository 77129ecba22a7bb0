//! The provider's REST interface, as far as the scenarios need it: it writes down what it is asked, and has every recording.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use twilio::form::Form;

/// A call that was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    pub(crate) sid: String,
    pub(crate) form: Form,
    pub(crate) is_ended: bool,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Provider {
    calls: Arc<Mutex<Vec<Placed>>>,
    messages: Arc<Mutex<Vec<Form>>>,
}

impl Provider {
    /// Starts it: its address.
    pub(crate) async fn start(&self) -> String {
        let routes = Router::new()
            .route("/2010-04-01/Accounts/{account}/Calls.json", post(place))
            .route("/2010-04-01/Accounts/{account}/Calls/{sid}", post(change))
            .route("/2010-04-01/Accounts/{account}/Messages.json", post(send))
            .route(
                "/2010-04-01/Accounts/{account}/Recordings/{sid}",
                get(async || b"RIFF".to_vec()).delete(async || StatusCode::NO_CONTENT),
            )
            .with_state(self.clone());
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        address
    }

    pub(crate) fn placed(&self) -> Vec<Placed> {
        self.calls.lock().unwrap().clone()
    }

    /// The short messages that it was asked to send since this was called last.
    pub(crate) fn sent(&self) -> Vec<Form> {
        std::mem::take(&mut *self.messages.lock().unwrap())
    }
}

fn answer(status: StatusCode, sid: &str) -> Response {
    (status, format!(r#"{{"sid": "{sid}", "status": "queued"}}"#)).into_response()
}

async fn send(State(provider): State<Provider>, body: String) -> Response {
    let mut messages = provider.messages.lock().unwrap();
    messages.push(Form::read(body.as_bytes()).unwrap());
    answer(StatusCode::CREATED, &format!("SMsent{}", messages.len()))
}

async fn place(State(provider): State<Provider>, body: String) -> Response {
    let mut placed = provider.calls.lock().unwrap();
    let sid = format!("CAplaced{}", placed.len());
    placed.push(Placed { sid: sid.clone(), form: Form::read(body.as_bytes()).unwrap(), is_ended: false });
    answer(StatusCode::CREATED, &sid)
}

async fn change(State(provider): State<Provider>, Path((_, sid)): Path<(String, String)>, body: String) -> Response {
    let sid = sid.trim_end_matches(".json");
    let ends = Form::read(body.as_bytes()).unwrap().get("Status") == Some("completed");
    for call in provider.calls.lock().unwrap().iter_mut().filter(|call| call.sid == sid) {
        call.is_ended |= ends;
    }
    answer(StatusCode::OK, sid)
}

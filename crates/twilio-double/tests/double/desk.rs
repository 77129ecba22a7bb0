//! Somebody who is asked by webhooks: it checks who asks, notes what is said, and answers what it was told to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use twilio::form::Form;
use twilio::rest::{Client, Settings};
use twilio::signature::{Body, Received, SETTINGS_HEADER, SIGNATURE_HEADER, Tokens};
use twilio::webhook::{IDEMPOTENCY_HEADER, Webhook};
use twilio_double::{Account, Double, Line};
use url::Url;

pub(crate) const SID: &str = "AC00000000000000000000000000000001";
pub(crate) const TOKEN: &str = "a-token";
pub(crate) const GROUP: &str = "+441632960000";
pub(crate) const CALLER: &str = "+441632960555";
pub(crate) const ANN: &str = "+441632960011";
pub(crate) const BOB: &str = "+441632960012";
/// Where the world believes that the desk is.
const PUBLIC: &str = "https://tollgate.example/";

#[derive(Default)]
struct Notes {
    documents: BTreeMap<String, Vec<(u16, String)>>,
    told: Vec<(String, Webhook)>,
    refused: Vec<String>,
}

/// The desk, and the double that asks it.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) double: Double,
    pub(crate) at: Url,
    notes: Arc<Mutex<Notes>>,
}

pub(crate) fn url(path: &str) -> Url {
    Url::parse(PUBLIC).unwrap().join(path).unwrap()
}

impl Desk {
    /// A desk with the group's number, which asks at `/voice` and `/sms`.
    pub(crate) async fn open() -> Desk {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let real = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let account = Account { sid: SID.to_owned(), token: TOKEN.to_owned() };
        let (double, at) = Double::start(account, Some((url("/"), real))).await.unwrap();
        let notes = Arc::new(Mutex::new(Notes::default()));
        let app = Router::new().fallback(answer).with_state(notes.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        let line = Line {
            voice_url: Some(url("/voice")),
            voice_fallback_url: Some(url("/static")),
            status_callback: Some(url("/status")),
            sms_url: Some(url("/sms")),
            ..Line::default()
        };
        double.has_number(GROUP, line);
        Desk { double, at, notes }
    }

    /// Under this path it answers with this document, the last one again and again.
    pub(crate) fn answers(&self, path: &str, document: &str) -> &Desk {
        self.answers_with(path, 200, document)
    }

    pub(crate) fn answers_with(&self, path: &str, status: u16, document: &str) -> &Desk {
        let mut notes = self.notes.lock().unwrap();
        notes.documents.entry(path.to_owned()).or_default().push((status, document.to_owned()));
        drop(notes);
        self
    }

    /// What was said under a path, in this order.
    pub(crate) fn told(&self, path: &str) -> Vec<Webhook> {
        let notes = self.notes.lock().unwrap();
        assert_eq!(notes.refused, [] as [String; 0]);
        notes.told.iter().filter(|(at, _)| at == path).map(|(_, webhook)| webhook.clone()).collect()
    }

    /// What was not taken for Twilio's, and why.
    pub(crate) fn refused(&self) -> Vec<String> {
        self.notes.lock().unwrap().refused.clone()
    }

    pub(crate) fn client(&self) -> Client {
        let settings = Settings::new(SID, TOKEN).unwrap().at(self.at.as_str()).unwrap();
        Client::new(settings).unwrap()
    }

    pub(crate) fn no_faults(&self) {
        assert_eq!(self.double.faults(), [] as [String; 0]);
    }
}

async fn answer(State(notes): State<Arc<Mutex<Notes>>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let form = Form::read(&body).unwrap();
    let public = url(&uri.to_string());
    let received = Received {
        url: public.as_str(),
        body: Body::Form(&form),
        signature: header(SIGNATURE_HEADER),
        settings: header(SETTINGS_HEADER),
    };
    let mut notes = notes.lock().unwrap();
    if let Err(refused) = Tokens::new([TOKEN]).check(&received) {
        notes.refused.push(format!("{uri}: {refused}"));
        return StatusCode::FORBIDDEN.into_response();
    }
    let webhook = Webhook::of(&form, header(IDEMPOTENCY_HEADER));
    notes.told.push((uri.to_string(), webhook));
    let Some(documents) = notes.documents.get_mut(&uri.to_string()) else {
        return StatusCode::NO_CONTENT.into_response();
    };
    let (status, document) = if documents.len() > 1 { documents.remove(0) } else { documents[0].clone() };
    (StatusCode::from_u16(status).unwrap(), [(CONTENT_TYPE, "text/xml")], document).into_response()
}

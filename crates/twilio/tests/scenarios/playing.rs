//! Plays the steps of a case: posts what Twilio would post, to the addresses that our documents name.

use std::collections::HashMap;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use domain::time::Instant;
use engine::Clock;
use engine::switching::Exchange;
use serde_json::Value;
use tower::ServiceExt;
use twilio::form::Form;
use twilio::rest::{Client, Settings};
use twilio::signature::{Algorithm, SIGNATURE_HEADER, Tokens, sign};
use twilio::switch::{AccountSettings, Twilio, routes};

use crate::expected;
use crate::provider::Provider;
use crate::scenarios::{Case, Scene};
use crate::world::World;

pub(crate) const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
const TOKEN: &str = "12345678901234567890123456789012";
pub(crate) const PUBLIC: &str = "https://line.example.org";
pub(crate) const CALL: &str = "CAcaller";

/// A case that is played.
pub(crate) struct Playing {
    pub(crate) scene: Scene,
    pub(crate) provider: Provider,
    rest: Settings,
    pub(crate) exchange: Exchange,
    routes: Router,
    running: tokio::task::JoinHandle<()>,
    /// The last document for who has called, and the last of each leg by its number.
    pub(crate) document: String,
    pub(crate) legs: HashMap<String, String>,
    pub(crate) http: u16,
    /// How many calls were placed before this step.
    pub(crate) placed_before: usize,
    posted: u32,
    /// Every document that was answered.
    pub(crate) documents: Vec<String>,
}

impl Drop for Playing {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl Playing {
    pub(crate) async fn new(world: World, case: &Case) -> Playing {
        let scene = Scene::new(world, case, |_| None).await;
        let exchange = Exchange::new(&scene.world.engine);
        let provider = Provider::default();
        let rest = Settings::new(ACCOUNT, TOKEN).unwrap().at(&provider.start().await).unwrap();
        let settings = AccountSettings {
            tenant: 1,
            account: ACCOUNT.to_owned(),
            tokens: Tokens::new([TOKEN]),
            public_url: PUBLIC.parse().unwrap(),
        };
        let twilio = Twilio::new(&exchange, settings, Client::new(rest.clone()).unwrap());
        exchange.attach(twilio.clone());
        Playing {
            scene,
            provider,
            rest,
            routes: routes(twilio),
            running: tokio::spawn(exchange.clone().run()),
            exchange,
            document: String::new(),
            legs: HashMap::new(),
            http: 0,
            placed_before: 0,
            posted: 0,
            documents: Vec::new(),
        }
    }

    /// Who asks the provider.
    pub(crate) fn client(&self) -> Client {
        Client::new(self.rest.clone()).unwrap()
    }

    /// Plays a step: what did not come of it.
    pub(crate) async fn plays(&mut self, step: &Value) -> Vec<String> {
        self.placed_before = self.provider.placed().len();
        match step["event"].as_str().unwrap() {
            "incoming" => self.incoming(step).await,
            "leg" => self.leg(step).await,
            "digits" => {
                let number = step["number"].as_str().unwrap();
                let action = expected::attribute(&self.legs[number], "Gather", "action").unwrap();
                let digits = step["digits"].as_str().unwrap();
                let (_, document) = self.posts(&action, &[("CallSid", "CAleg"), ("Digits", digits)]).await;
                self.legs.insert(number.to_owned(), document);
            }
            "dial_action" => {
                let action = expected::attribute(&self.document, "Dial", "action").unwrap();
                self.document = self.posts_params(&action, step).await;
            }
            "recording" => {
                let told = expected::attribute(&self.document, "Record", "recordingStatusCallback").unwrap();
                self.posts_params(&told, step).await;
            }
            "transcription" => {
                let told = expected::attribute(&self.document, "Record", "transcribeCallback").unwrap();
                self.posts_params(&told, step).await;
            }
            "caller_hangup" => self.caller_is_gone().await,
            "call_end" => {
                let action = expected::attribute(&self.document, "Enqueue", "action").unwrap();
                let (_, document) = self.posts(&action, &[("CallSid", CALL), ("QueueResult", "bridged")]).await;
                self.document = document;
            }
            "clock" => {
                let clock = &self.scene.world.clock;
                let now = clock.now().millis() + step["advance_s"].as_i64().unwrap() * 1000;
                clock.move_to(Instant::clamped(now));
            }
            other => panic!("{other}"),
        }
        expected::faults(self, step).await
    }

    async fn incoming(&mut self, step: &Value) {
        let mut fields = vec![("CallSid", CALL), ("CallStatus", "ringing"), ("Direction", "inbound")];
        fields.extend(params(step));
        let signature = match step["signature"].as_str() {
            Some("wrong") => Some("AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
            Some("none") => None,
            _ => Some(""),
        };
        let headers = step["headers"].as_object().cloned().unwrap_or_default();
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
        let url = format!("{PUBLIC}/webhooks/twilio/voice");
        let (status, document) = self.posts_signed(&url, &fields, (signature, &headers)).await;
        (self.http, self.document) = (status, document);
    }

    async fn leg(&mut self, step: &Value) {
        let (number, result) = (step["number"].as_str().unwrap(), step["result"].as_str().unwrap());
        let placed = self.provider.placed().into_iter().find(|placed| placed.form.get("To") == Some(number));
        if result == "answered" {
            let url = match &placed {
                Some(placed) => placed.form.get("Url").unwrap().to_owned(),
                None => expected::attribute(&self.document, "Number", "url").unwrap(),
            };
            let (_, document) = self.posts(&url, &[("CallSid", "CAleg"), ("CallStatus", "in-progress")]).await;
            self.legs.insert(number.to_owned(), document);
        } else {
            assert!(placed.is_none());
            let action = expected::attribute(&self.document, "Dial", "action").unwrap();
            let (_, document) = self.posts(&action, &[("CallSid", CALL), ("DialCallStatus", result)]).await;
            self.document = document;
        }
    }

    async fn caller_is_gone(&mut self) {
        let url = format!("{PUBLIC}/webhooks/twilio/voice/status");
        self.posts(&url, &[("CallSid", CALL), ("CallStatus", "completed"), ("CallDuration", "9")]).await;
        // There is no recording, and that is told.
        if let Some(told) = expected::attribute(&self.document, "Record", "recordingStatusCallback") {
            self.posts(&told, &[("CallSid", CALL), ("RecordingStatus", "absent")]).await;
        }
    }

    async fn posts_params(&mut self, url: &str, step: &Value) -> String {
        let mut fields = vec![("CallSid", CALL)];
        fields.extend(params(step));
        self.posts(url, &fields).await.1
    }

    pub(crate) async fn posts(&mut self, url: &str, fields: &[(&str, &str)]) -> (u16, String) {
        self.posts_signed(url, fields, (Some(""), &[])).await
    }

    /// Posts something, signed rightly where the signature is empty; each time with another token.
    async fn posts_signed(
        &mut self,
        url: &str,
        fields: &[(&str, &str)],
        (signature, headers): (Option<&str>, &[(&str, &str)]),
    ) -> (u16, String) {
        self.posted += 1;
        let form: Form = fields.iter().copied().chain([("AccountSid", ACCOUNT)]).collect();
        let token = format!("token-{}", self.posted);
        let answered = self.posts_form(url, &form, (&token, signature, headers)).await;
        if answered.1.starts_with("<?xml") {
            self.documents.push(answered.1.clone());
        }
        answered
    }

    /// Posts a form as it is.
    pub(crate) async fn posts_form(
        &self,
        url: &str,
        form: &Form,
        (token, signature, headers): (&str, Option<&str>, &[(&str, &str)]),
    ) -> (u16, String) {
        let path = url.strip_prefix(PUBLIC).unwrap();
        let mut request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("I-Twilio-Idempotency-Token", token);
        let right = sign(Algorithm::HmacSha1, TOKEN, url, form);
        if let Some(signature) = signature {
            request = request.header(SIGNATURE_HEADER, if signature.is_empty() { &right } else { signature });
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answered = self.routes.clone().oneshot(request.body(Body::from(form.to_body())).unwrap()).await.unwrap();
        let status = answered.status().as_u16();
        let body = axum::body::to_bytes(answered.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }
}

fn params(step: &Value) -> Vec<(&str, &str)> {
    let params = step["params"].as_object();
    params.into_iter().flatten().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect()
}

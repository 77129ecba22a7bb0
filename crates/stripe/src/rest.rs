//! What Stripe is asked: to make a page, or to charge a card that it keeps. It is asked again where no answer came, always with the same key, so
//! that one page is made, and charged once.

mod settings;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use hyper::{Method, Request, StatusCode};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::{sleep, timeout};
use url::form_urlencoded::Serializer;

pub use settings::{Settings, SettingsError};

/// The version of the interface that requests are written for.
const VERSION: &str = "2025-03-31.basil";
/// How often something is asked at most.
const MOST_TRIES: u32 = 3;
/// How long is waited before something is asked again, at first.
const PAUSE: Duration = Duration::from_millis(300);
/// The largest answer, in bytes.
const LARGEST_ANSWER: usize = 1024 * 1024;

/// A page to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewSession<'a> {
    /// What we call it: Stripe says it in every event about it, and makes one page of one reference.
    pub reference: &'a str,
    /// How much, as Stripe writes amounts.
    pub number: i64,
    /// ISO 4217.
    pub currency: &'a str,
    /// What the page says is paid.
    pub name: &'a str,
    /// Where the receipt goes.
    pub email: Option<&'a str>,
    /// Where the customer goes from there.
    pub back: &'a str,
    /// Whether Stripe is to keep the card, to be charged when nobody is there.
    pub keep_card: bool,
}

/// A card to be charged.
#[derive(Debug, Clone, Copy)]
pub struct NewCharge<'a> {
    /// What we call it: Stripe says it in every event about it, and charges once for one reference.
    pub reference: &'a str,
    /// How much, as Stripe writes amounts.
    pub number: i64,
    /// ISO 4217.
    pub currency: &'a str,
    /// What Stripe calls who has let it keep the card.
    pub payer: &'a str,
}

/// A card that Stripe keeps.
#[derive(Debug, Clone, Deserialize)]
struct Card {
    id: String,
}

#[derive(Debug, Deserialize)]
struct Cards {
    data: Vec<Card>,
}

/// What came of a charge.
#[derive(Debug, Clone, Deserialize)]
pub struct Charged {
    /// Stripe's id of it.
    pub id: String,
    /// `succeeded`, `processing`, or what else it is.
    pub status: String,
}

/// A question.
#[derive(Debug, Clone)]
struct Question<'a> {
    method: Method,
    path: String,
    /// What follows the path, or stands in the body.
    form: String,
    /// For what is done once.
    key: Option<&'a str>,
}

/// A page that was made.
#[derive(Debug, Clone, Deserialize)]
pub struct Session {
    /// Stripe's id of it.
    pub id: String,
    /// Where it is.
    pub url: String,
    /// The second at which it ends.
    pub expires_at: i64,
}

/// Why Stripe has not done what it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RestError {
    /// It could not be reached, or has not answered.
    #[error("Stripe does not answer: {reason}")]
    Silent {
        /// What happened.
        reason: String,
    },
    /// It is not well, or is asked for too much.
    #[error("Stripe answers {status}")]
    Unwell {
        /// The status of its answer.
        status: u16,
    },
    /// It refuses.
    #[error("Stripe refuses it ({status}): {message}")]
    Refused {
        /// The status of its answer.
        status: u16,
        /// What it says.
        message: String,
    },
    /// Its answer is not what it should be.
    #[error("Stripe's answer cannot be read")]
    Unreadable,
}

#[derive(Deserialize)]
struct Refusal {
    error: Reason,
}

#[derive(Deserialize)]
struct Reason {
    message: Option<String>,
}

/// Stripe's interface, for one account.
#[derive(Debug)]
pub struct Client {
    settings: Settings,
    client: legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Client {
    /// Nothing is asked yet. Stripe is known by the certificates that this machine trusts.
    ///
    /// # Errors
    /// What of TLS there is not.
    pub fn new(settings: Settings) -> Result<Client, rustls::Error> {
        let trusted = rustls_native_certs::load_native_certs();
        for error in trusted.errors {
            tracing::warn!("Stripe: some certificates that this machine trusts cannot be read: {error}");
        }
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(trusted.certs);
        let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().build();
        Ok(Client { settings, client: legacy::Client::builder(TokioExecutor::new()).build(connector) })
    }

    /// Has a page made.
    ///
    /// # Errors
    /// Stripe refuses it, or has not answered, however often it was asked.
    pub async fn begin(&self, new: &NewSession<'_>) -> Result<Session, RestError> {
        self.ask(&Question::post("checkout/sessions", new.form(), new.reference)).await
    }

    /// Charges the card that Stripe keeps of a payer; none, where it keeps none.
    ///
    /// # Errors
    /// Stripe refuses it, or has not answered, however often it was asked.
    pub async fn charge(&self, new: &NewCharge<'_>) -> Result<Option<Charged>, RestError> {
        let cards = format!("customers/{}/payment_methods", new.payer);
        let cards: Cards = self.ask(&Question::get(cards, "type=card&limit=1")).await?;
        let Some(card) = cards.data.first() else { return Ok(None) };
        let charged: Charged = self.ask(&Question::post("payment_intents", new.form(&card.id), new.reference)).await?;
        if charged.status != "processing" {
            return Ok(Some(charged));
        }
        // Under its key a question is answered for ever as it was at first.
        self.ask(&Question::get(format!("payment_intents/{}", charged.id), "")).await.map(Some)
    }

    async fn ask<T: DeserializeOwned>(&self, question: &Question<'_>) -> Result<T, RestError> {
        let mut tried = 1;
        loop {
            let error = match self.ask_once(question).await {
                Ok((status, body)) if status.is_success() => {
                    return serde_json::from_slice(&body).map_err(|_| RestError::Unreadable);
                }
                Ok((status, _)) if is_unwell(status) => RestError::Unwell { status: status.as_u16() },
                Ok((status, body)) => {
                    let said = serde_json::from_slice::<Refusal>(&body).ok().and_then(|refusal| refusal.error.message);
                    return Err(RestError::Refused { status: status.as_u16(), message: said.unwrap_or_default() });
                }
                Err(error) => error,
            };
            if tried == MOST_TRIES {
                return Err(error);
            }
            sleep(PAUSE * tried).await;
            tried += 1;
        }
    }

    async fn ask_once(&self, question: &Question<'_>) -> Result<(StatusCode, Bytes), RestError> {
        let silent = |error: &dyn Error| RestError::Silent { reason: error.to_string() };
        let request = self.request(question)?;
        let patience = self.settings.patience;
        let asked = async {
            let answer = self.client.request(request).await.map_err(|error| silent(&error))?;
            let status = answer.status();
            let body = Limited::new(answer.into_body(), LARGEST_ANSWER).collect().await;
            Ok((status, body.map_err(|error| silent(&*error))?.to_bytes()))
        };
        let none = |_| RestError::Silent { reason: format!("nothing came within {patience:?}") };
        timeout(patience, asked).await.map_err(none).flatten()
    }

    fn request(&self, question: &Question<'_>) -> Result<Request<Full<Bytes>>, RestError> {
        let mut address = self.settings.base.clone();
        address.set_path(&format!("/v1/{}", question.path));
        let reads = question.method == Method::GET;
        address.set_query((reads && !question.form.is_empty()).then_some(&question.form));
        let body = if reads { Bytes::new() } else { Bytes::from(question.form.clone()) };
        let request = Request::builder()
            .method(question.method.clone())
            .uri(address.as_str())
            .header(AUTHORIZATION, format!("Bearer {}", self.settings.secret))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(USER_AGENT, "tollgate")
            .header("Stripe-Version", VERSION);
        let request = match question.key {
            Some(key) => request.header("Idempotency-Key", key),
            None => request,
        };
        // An address and a secret of text are always a request; the error would show neither.
        let unwritten = |_| RestError::Silent { reason: "the request cannot be written".to_owned() };
        request.body(Full::from(body)).map_err(unwritten)
    }
}

/// Whether it may be well later: 409 says that the same is being done.
fn is_unwell(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::CONFLICT)
}

impl<'a> Question<'a> {
    fn post(path: &str, form: String, key: &'a str) -> Self {
        Question { method: Method::POST, path: path.to_owned(), form, key: Some(key) }
    }

    fn get(path: String, query: &str) -> Self {
        Question { method: Method::GET, path, form: query.to_owned(), key: None }
    }
}

impl NewCharge<'_> {
    fn form(&self, card: &str) -> String {
        let number = self.number.to_string();
        let currency = self.currency.to_ascii_lowercase();
        let mut form = Serializer::new(String::new());
        form.extend_pairs([
            ("amount", number.as_str()),
            ("currency", &currency),
            ("customer", self.payer),
            ("payment_method", card),
            // What leads to a page of its own is of no use where nobody is there.
            ("payment_method_types[0]", "card"),
            ("off_session", "true"),
            ("confirm", "true"),
            ("metadata[checkout]", self.reference),
        ]);
        form.finish()
    }
}

impl NewSession<'_> {
    fn form(&self) -> String {
        let number = self.number.to_string();
        let currency = self.currency.to_ascii_lowercase();
        let mut form = Serializer::new(String::new());
        form.extend_pairs([
            ("mode", "payment"),
            ("client_reference_id", self.reference),
            ("metadata[checkout]", self.reference),
            ("payment_intent_data[metadata][checkout]", self.reference),
            ("line_items[0][quantity]", "1"),
            ("line_items[0][price_data][currency]", &currency),
            ("line_items[0][price_data][unit_amount]", &number),
            ("line_items[0][price_data][product_data][name]", self.name),
            ("success_url", self.back),
            ("cancel_url", self.back),
        ]);
        form.extend_pairs(self.email.map(|email| ("customer_email", email)));
        if self.keep_card {
            form.extend_pairs([
                ("customer_creation", "always"),
                ("payment_intent_data[setup_future_usage]", "off_session"),
            ]);
        }
        form.finish()
    }
}

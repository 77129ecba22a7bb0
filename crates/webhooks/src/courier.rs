use std::sync::Arc;
use std::time::Duration;

use engine::webhooks::{Answer, Courier, Parcel};
use futures::future::BoxFuture;
use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HOST, USER_AGENT};
use rustls::{ClientConfig, RootCertStore};
use tokio::time::{Instant, timeout_at};

use crate::policy::{Policy, Target};
use crate::signature::signatures;
use crate::wire;

/// How long one webhook may take, from the resolving of its name to the last byte that is read.
const PATIENCE: Duration = Duration::from_secs(5);

/// Sends webhooks over HTTPS.
pub struct HttpCourier {
    policy: Policy,
    tls: Arc<ClientConfig>,
    patience: Duration,
}

impl HttpCourier {
    /// Sends where this policy allows it. Receivers are known by the certificates that this machine trusts.
    ///
    /// # Errors
    /// What of TLS there is not.
    pub fn new(policy: Policy) -> Result<Self, rustls::Error> {
        let trusted = rustls_native_certs::load_native_certs();
        for error in trusted.errors {
            tracing::warn!("webhooks: some certificates that this machine trusts cannot be read: {error}");
        }
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(trusted.certs);
        if roots.is_empty() {
            tracing::warn!("webhooks: this machine trusts no certificate, so that nothing can be sent over HTTPS");
        }
        let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(HttpCourier { policy, tls: Arc::new(tls), patience: PATIENCE })
    }

    /// The same courier with another patience.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        HttpCourier { patience, ..self }
    }

    async fn carry(&self, parcel: &Parcel) -> Result<Answer, String> {
        let deadline = Instant::now() + self.patience;
        let target = self.policy.target(&parcel.url).map_err(|refused| format!("the address {refused}"))?;
        let request = request(&target, parcel).map_err(|error| error.to_string())?;
        match timeout_at(deadline, wire::ask(&target, &self.tls, request, deadline)).await {
            Ok(answer) => answer.map_err(|fault| fault.to_string()),
            Err(_) => Err(format!("there was no answer within {:?}", self.patience)),
        }
    }
}

fn request(target: &Target, parcel: &Parcel) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
    let url = &target.url;
    let seconds = parcel.sent_at.millis().div_euclid(1000);
    let secrets = parcel.secrets.iter().map(engine::people::Secret::reveal);
    Request::post(&url[url::Position::BeforePath..url::Position::AfterQuery])
        .header(HOST, &url[url::Position::BeforeHost..url::Position::AfterPort])
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, "tollgate")
        .header("webhook-id", &parcel.id)
        .header("webhook-timestamp", seconds)
        .header("webhook-signature", signatures(secrets, &parcel.id, seconds, &parcel.body))
        .body(Full::from(parcel.body.clone()))
}

impl Courier for HttpCourier {
    fn check<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move { self.policy.check(url).await.map_err(|refused| refused.to_string()) })
    }

    fn send<'a>(&'a self, parcel: &'a Parcel) -> BoxFuture<'a, Result<Answer, String>> {
        Box::pin(self.carry(parcel))
    }
}

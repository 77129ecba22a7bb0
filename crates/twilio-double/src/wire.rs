//! Requests, as Twilio makes them.

use std::sync::PoisonError;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Request, Response};
use twilio::form::Form;
use twilio::signature::{Algorithm, SIGNATURE_HEADER, sign};
use twilio::webhook::IDEMPOTENCY_HEADER;
use url::Url;

use crate::double::Inner;
use crate::post::{Posted, Signing};

impl Inner {
    /// Posts once, and notes what comes back.
    pub(crate) async fn post(&self, url: &Url, fields: Vec<(String, String)>, token: &str) -> Posted {
        let answer = match self.request(url, &fields, token) {
            Ok(request) => match self.client.execute(request).await {
                Ok(answer) => read(answer).await,
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        };
        let (status, content_type, answer) = match answer {
            Ok((status, content_type, answer)) => (Some(status), content_type, answer),
            Err(error) => (None, String::new(), error.to_string()),
        };
        let posted = Posted { url: url.clone(), fields, token: token.to_owned(), status, content_type, answer };
        self.with_post(|post| post.posted.push(posted.clone()));
        self.changed.notify_waiters();
        posted
    }

    fn request(&self, url: &Url, fields: &[(String, String)], token: &str) -> Result<Request, reqwest::Error> {
        let form: Form = fields.iter().cloned().collect();
        let (signing, headers) = self.with_post(|post| (post.signing.clone(), post.headers.clone()));
        let signed_with = match signing {
            Signing::AsTwilio => Some(self.world(|world| world.account.token.clone())),
            Signing::With(token) => Some(token),
            Signing::Not => None,
        };
        let request = self.client.post(self.reached(url)).body(form.to_body()).header(IDEMPOTENCY_HEADER, token);
        let mut request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded; charset=UTF-8");
        if let Some(signed_with) = signed_with {
            let signature = sign(Algorithm::HmacSha1, &signed_with, url.as_str(), &form);
            request = request.header(SIGNATURE_HEADER, signature);
        }
        headers.into_iter().fold(request, |request, (name, value)| request.header(name, value)).build()
    }

    /// Where an address really is.
    fn reached(&self, url: &Url) -> String {
        let url = url.as_str();
        let reach = self.reach.lock().unwrap_or_else(PoisonError::into_inner);
        let reached = reach.as_ref().and_then(|(public, real)| {
            let rest = url.strip_prefix(public.as_str().trim_end_matches('/'))?;
            let is_there = rest.is_empty() || rest.starts_with(['/', '?']);
            is_there.then(|| format!("{}{rest}", real.as_str().trim_end_matches('/')))
        });
        reached.unwrap_or_else(|| url.to_owned())
    }
}

/// The status, the media type and the body.
async fn read(answer: Response) -> Result<(u16, String, String), reqwest::Error> {
    let status = answer.status().as_u16();
    let content_type = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let content_type = content_type.to_owned();
    Ok((status, content_type, answer.text().await?))
}

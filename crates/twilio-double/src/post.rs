//! What is posted: signed, again where nothing comes back, and late or twice where that is told.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use twilio::form::Form;
use twilio::signature::{Algorithm, SIGNATURE_HEADER, sign};
use twilio::webhook::IDEMPOTENCY_HEADER;
use url::Url;

use crate::double::Inner;
use crate::world::document::read;
use crate::world::{AnswerIs, Errand, World};

/// How long an answer is waited for, as Twilio does.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);
/// How often something is posted at most.
const MOST_TRIES: usize = 3;

/// Something that was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// Where.
    pub url: Url,
    /// What.
    pub fields: Vec<(String, String)>,
    /// What a repetition of it has, too.
    pub token: String,
    /// The status of the answer; none where none came.
    pub status: Option<u16>,
    /// The answer.
    pub answer: String,
}

impl Posted {
    /// The value under a name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The order in which callbacks come that were held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// As it happened.
    AsHappened,
    /// The last first.
    Reversed,
}

/// What is done with callbacks.
#[derive(Debug, Default)]
pub(crate) struct Post {
    pub(crate) posted: Vec<Posted>,
    /// Those that are held back, if they are.
    pub(crate) held: Option<Vec<Errand>>,
    /// How often each callback comes, in addition.
    pub(crate) repetitions: usize,
}

impl Inner {
    /// Posts what has to be posted, and what that leads to, until there is nothing.
    pub(crate) async fn run(&self) {
        // One at a time, in the order in which they were made.
        let _turn = self.turn.lock().await;
        while let Some(errand) = self.next_errand() {
            let is_callback = errand.answer == AnswerIs::Nothing;
            let repetitions = if is_callback { self.with_post(|post| post.repetitions) } else { 0 };
            let mut answer = self.posts_until_it_is_taken(&errand, &errand.url, &[]).await;
            if let (Err(fault), Some(fallback)) = (&answer, &errand.fallback) {
                let code = fault.split(':').next().unwrap_or_default().to_owned();
                let more = [("ErrorCode".to_owned(), code), ("ErrorUrl".to_owned(), errand.url.to_string())];
                answer = self.posts_until_it_is_taken(&errand, fallback, &more).await;
            }
            for _ in 0..repetitions {
                let again = self.posts_until_it_is_taken(&errand, &errand.url, &[]).await;
                self.world(|world| again.err().into_iter().for_each(|fault| world.fault(fault)));
            }
            self.world(|world| world.answered(errand, answer));
        }
    }

    fn next_errand(&self) -> Option<Errand> {
        loop {
            let errand = self.world(|world| world.errands.pop_front())?;
            let is_callback = errand.answer == AnswerIs::Nothing;
            let is_held = |post: &mut crate::post::Post| match &mut post.held {
                Some(held) if is_callback => {
                    held.push(errand.clone());
                    true
                }
                _ => false,
            };
            if !self.with_post(is_held) {
                return Some(errand);
            }
        }
    }

    /// Posts, and again where the other side fails; answers the body.
    async fn posts_until_it_is_taken(
        &self,
        errand: &Errand,
        url: &Url,
        more: &[(String, String)],
    ) -> Result<String, String> {
        let mut fault = String::new();
        for _ in 0..MOST_TRIES {
            match self.posts(errand, url, more).await {
                Ok((status, _, body)) if status.is_success() && errand.answer == AnswerIs::Nothing => return Ok(body),
                Ok((status, kind, body)) if status.is_success() => {
                    if kind.contains("xml") {
                        return Ok(body);
                    }
                    return Err(format!("12300: {url} answers {kind:?}, which is no document"));
                }
                Ok((status, _, body)) if status.is_server_error() => {
                    fault = format!("11200: {url} answers {status}: {body}");
                }
                Ok((status, _, body)) => return Err(format!("11200: {url} answers {status}: {body}")),
                Err(error) => fault = format!("11205: {url} does not answer: {error}"),
            }
        }
        Err(fault)
    }

    async fn posts(
        &self,
        errand: &Errand,
        url: &Url,
        more: &[(String, String)],
    ) -> Result<(StatusCode, String, String), reqwest::Error> {
        let fields: Vec<(String, String)> = errand.fields.iter().chain(more).cloned().collect();
        let form: Form = fields.iter().cloned().collect();
        let token = self.world(|world| world.account.token.clone());
        let signature = sign(Algorithm::HmacSha1, &token, url.as_str(), &form);
        let request = self.client.post(self.reached(url)).body(form.to_body()).header(SIGNATURE_HEADER, signature);
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded; charset=UTF-8");
        let sent = request.header(IDEMPOTENCY_HEADER, &errand.token).send().await;
        let answer = match sent {
            Ok(answer) => {
                let status = answer.status();
                let kind = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
                let kind = kind.to_owned();
                answer.text().await.map(|body| (status, kind, body))
            }
            Err(error) => Err(error),
        };
        let (status, said) = match &answer {
            Ok((status, _, body)) => (Some(status.as_u16()), body.clone()),
            Err(_) => (None, String::new()),
        };
        let posted = Posted { url: url.clone(), fields, token: errand.token.clone(), status, answer: said };
        self.with_post(|post| post.posted.push(posted));
        self.changed.notify_waiters();
        answer
    }

    /// Where an address really is.
    fn reached(&self, url: &Url) -> String {
        let url = url.as_str();
        let reached = self.reach.as_ref().and_then(|(public, real)| {
            let rest = url.strip_prefix(public.as_str().trim_end_matches('/'))?;
            Some(format!("{}{rest}", real.as_str().trim_end_matches('/')))
        });
        reached.unwrap_or_else(|| url.to_owned())
    }
}

impl World {
    /// What has come back is followed.
    fn answered(&mut self, errand: Errand, answer: Result<String, String>) {
        let Errand { url, answer: is, .. } = errand;
        let document = match (&is, answer) {
            (AnswerIs::Nothing, Ok(_)) => return,
            (AnswerIs::Nothing, Err(fault)) => return self.fault(fault),
            (_, answer) => answer.and_then(|body| read(&body)),
        };
        match (is, document) {
            (AnswerIs::Followed { leg, revision }, document) => {
                if self.leg(&leg).is_some_and(|leg| leg.revision != revision || leg.status.is_over()) {
                    // It has something else to do by now.
                    return document.err().into_iter().for_each(|fault| self.fault(fault));
                }
                match document {
                    Ok(steps) => self.follow(&leg, steps, Some(url)),
                    Err(fault) => self.gives_up(&leg, fault),
                }
            }
            (_, Err(fault)) => self.fault(fault),
            (AnswerIs::Waiting { leg, revision }, Ok(steps)) => {
                if self.leg(&leg).is_some_and(|leg| leg.revision == revision) {
                    self.hears_meanwhile(&leg, &steps);
                }
            }
            (AnswerIs::Announced { room, leg }, Ok(steps)) => self.announced(&room, &leg, steps.iter()),
            (AnswerIs::Reply { from, to }, Ok(steps)) => self.replies(&from, &to, &url, steps.iter()),
            (AnswerIs::Nothing, Ok(_)) => {}
        }
    }
}

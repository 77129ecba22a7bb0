//! What is posted: signed, again where nothing comes back, and late or twice where that is told.

use std::time::Duration;

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
    /// The media type of the answer.
    pub content_type: String,
    /// The answer; why there is none, where none came.
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

/// How requests are signed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Signing {
    /// With the account's token.
    #[default]
    AsTwilio,
    /// With another one.
    With(String),
    /// Not at all.
    Not,
}

/// What is done with callbacks.
#[derive(Debug, Default)]
pub(crate) struct Post {
    pub(crate) posted: Vec<Posted>,
    /// Those that are held back, if they are.
    pub(crate) held: Option<Vec<Errand>>,
    /// How often each callback comes, in addition.
    pub(crate) repetitions: usize,
    pub(crate) signing: Signing,
    /// What comes with each request besides what Twilio sends.
    pub(crate) headers: Vec<(String, String)>,
}

impl Inner {
    /// Posts what has to be posted, and what that leads to, until there is nothing.
    pub(crate) async fn run(&self) {
        // One at a time, in the order in which they were made.
        let _turn = self.turn.lock().await;
        while let Some(mut errand) = self.next_errand() {
            let is_callback = errand.answer == AnswerIs::Nothing;
            let repetitions = if is_callback { self.with_post(|post| post.repetitions) } else { 0 };
            let mut answer = self.posts_until_it_is_taken(&errand, &errand.url, &[]).await;
            if let (Err(fault), Some(fallback)) = (&answer, errand.fallback.take()) {
                let code = fault.split(':').next().unwrap_or_default().to_owned();
                let more = [("ErrorCode".to_owned(), code), ("ErrorUrl".to_owned(), errand.url.to_string())];
                answer = self.posts_until_it_is_taken(&errand, &fallback, &more).await;
                errand.url = fallback;
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
            let is_held = |post: &mut Post| match &mut post.held {
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
        let fields: Vec<_> = errand.fields.iter().chain(more).cloned().collect();
        let mut fault = String::new();
        for _ in 0..MOST_TRIES {
            let Posted { status, content_type, answer, .. } = self.post(url, fields.clone(), &errand.token).await;
            let is_document = errand.answer != AnswerIs::Nothing;
            match status {
                Some(200..=299) if is_document && !content_type.contains("xml") => {
                    return Err(format!("12300: {url} answers {content_type:?}, which is no document"));
                }
                Some(200..=299) => return Ok(answer),
                Some(status @ 500..) => fault = format!("11200: {url} answers {status}: {answer}"),
                Some(status) => return Err(format!("11200: {url} answers {status}: {answer}")),
                None => fault = format!("11205: {url} does not answer: {answer}"),
            }
        }
        Err(fault)
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

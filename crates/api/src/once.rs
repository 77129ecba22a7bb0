//! Changes, done once: with an `Idempotency-Key` the same request gets the same answer, however often it is sent.

use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use engine::Work;
use engine::idempotency::{self, Claim, Claimed};
use futures::future::BoxFuture;
use serde::Serialize;

use crate::App;
use crate::answer::{Answer, REPLAYED, json};
use crate::guard::Caller;
use crate::problem::{KEY_REUSED, Problem};

/// What came of a change.
enum Done<T> {
    Now(Answer<T>, String),
    Before(idempotency::Answer),
}

impl App {
    /// Makes a change in one transaction, and keeps its answer in the same one under the request's key, if it has one. A refusal
    /// leaves nothing, the key included. A second request with the key waits for the first to end.
    pub(crate) async fn once<T, F>(&self, caller: &Caller, claim: Option<Claim>, change: F) -> Result<Response, Problem>
    where
        T: Serialize + Send + Sync + 'static,
        F: for<'w> Fn(&'w mut Work) -> BoxFuture<'w, Result<Answer<T>, Problem>> + Send + Sync + 'static,
    {
        let change = Arc::new(change);
        let done = self.engine.run(&caller.0, |work| {
            let (claim, change) = (claim.clone(), change.clone());
            Box::pin(async move { claimed(work, claim.as_ref(), change.as_ref()).await })
        });
        Ok(match done.await? {
            Done::Now(answer, text) => answer.written(text),
            Done::Before(answer) => replayed(answer),
        })
    }

    /// The same for a change that may be refused and have something written nevertheless, such as that somebody has tried: a refusal within
    /// the outcome leaves that, and nothing else.
    pub(crate) async fn once_or_refused<T, F>(
        &self,
        caller: &Caller,
        claim: Option<Claim>,
        change: F,
    ) -> Result<Response, Problem>
    where
        T: Serialize + Send + Sync + 'static,
        F: for<'w> Fn(&'w mut Work) -> BoxFuture<'w, Result<Result<Answer<T>, Problem>, Problem>>
            + Send
            + Sync
            + 'static,
    {
        let change = Arc::new(change);
        let done = self.engine.run(&caller.0, |work| {
            let (claim, change) = (claim.clone(), change.clone());
            Box::pin(async move { claimed_or_refused(work, claim.as_ref(), change.as_ref()).await })
        });
        Ok(match done.await?? {
            Done::Now(answer, text) => answer.written(text),
            Done::Before(answer) => replayed(answer),
        })
    }

    /// Makes a change that takes more than one transaction and is safe to make again. Its answer is kept after the last one.
    pub(crate) async fn once_in_steps<T: Serialize + Sync>(
        &self,
        caller: &Caller,
        claim: Option<Claim>,
        change: impl Future<Output = Result<Answer<T>, Problem>> + Send,
    ) -> Result<Response, Problem> {
        let Some(claim) = claim else {
            let answer = change.await?;
            return Ok(answer.written(answer.text()?));
        };
        // Only looked up: this transaction is dropped, and the claim with it.
        match idempotency::claim(&mut self.engine.begin(&caller.0).await?, &claim).await? {
            Claimed::Done(answer) => return Ok(replayed(answer)),
            Claimed::Reused => return Err(reused()),
            Claimed::New => {}
        }
        let answer = change.await?;
        let text = answer.text()?;
        let kept = idempotency::Answer { status: answer.status.as_u16(), body: text.clone() };
        self.engine
            .run(&caller.0, |work| {
                let (claim, kept) = (claim.clone(), kept.clone());
                Box::pin(async move {
                    if idempotency::claim(work, &claim).await? == Claimed::New {
                        idempotency::keep(work, &claim, &kept).await?;
                    }
                    Ok::<_, Problem>(())
                })
            })
            .await?;
        Ok(answer.written(text))
    }
}

async fn claimed<T: Serialize>(
    work: &mut Work,
    claim: Option<&Claim>,
    change: &(impl for<'w> Fn(&'w mut Work) -> BoxFuture<'w, Result<Answer<T>, Problem>> + Sync),
) -> Result<Done<T>, Problem> {
    if let Some(before) = answered_before(work, claim).await? {
        return Ok(Done::Before(before));
    }
    let answer = change(work).await?;
    kept(work, claim, answer).await
}

async fn claimed_or_refused<T: Serialize>(
    work: &mut Work,
    claim: Option<&Claim>,
    change: &(impl for<'w> Fn(&'w mut Work) -> BoxFuture<'w, Result<Result<Answer<T>, Problem>, Problem>> + Sync),
) -> Result<Result<Done<T>, Problem>, Problem> {
    if let Some(before) = answered_before(work, claim).await? {
        return Ok(Ok(Done::Before(before)));
    }
    match change(work).await? {
        Ok(answer) => Ok(Ok(kept(work, claim, answer).await?)),
        Err(refusal) => {
            if let Some(claim) = claim {
                idempotency::release(work, claim).await?;
            }
            Ok(Err(refusal))
        }
    }
}

/// Claims the request's key, if it has one; the answer that was given under it before.
async fn answered_before(work: &mut Work, claim: Option<&Claim>) -> Result<Option<idempotency::Answer>, Problem> {
    let Some(claim) = claim else { return Ok(None) };
    match idempotency::claim(work, claim).await? {
        Claimed::New => Ok(None),
        Claimed::Done(answer) => Ok(Some(answer)),
        Claimed::Reused => Err(reused()),
    }
}

/// Keeps an answer under the request's key, if it has one.
async fn kept<T: Serialize>(work: &mut Work, claim: Option<&Claim>, answer: Answer<T>) -> Result<Done<T>, Problem> {
    let text = answer.text()?;
    if let Some(claim) = claim {
        let kept = idempotency::Answer { status: answer.status.as_u16(), body: text.clone() };
        idempotency::keep(work, claim, &kept).await?;
    }
    Ok(Done::Now(answer, text))
}

fn replayed(answer: idempotency::Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = json(status, answer.body);
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

fn reused() -> Problem {
    let detail = "the Idempotency-Key was used for a request with another method, address or body: take a new key";
    Problem::new(KEY_REUSED, detail)
}

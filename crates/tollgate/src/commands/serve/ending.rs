//! How the server ends: first it says that it will, so that others take over; then it lets what is under way come to an end, for a while.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use api::Readiness;
use engine::switching::Exchange;
use softswitch::Softswitch;
use storage::Store;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use super::systemd;

/// How long what is under way may take in all, once the end has begun: who starts programs kills one that takes longer than half a minute.
const LONGEST: Duration = Duration::from_secs(25);
/// How long requests may take before calls are handed over all the same: most take less, and callers are not to wait for the others.
const BEFORE_CALLS: Duration = Duration::from_secs(2);
/// How long connections to the database may take to be given back.
const CLOSING: Duration = Duration::from_secs(3);

/// Tells everything in the program that the end has begun.
pub(super) struct Ending {
    begun: watch::Sender<bool>,
    readiness: Readiness,
    delay: Duration,
}

impl Ending {
    /// Not yet. Once it is asked for, it begins after so long.
    pub(super) fn after(delay: Duration) -> Ending {
        Ending { begun: watch::Sender::new(false), readiness: Readiness::default(), delay }
    }

    /// Says to those who ask whether the server takes more.
    pub(super) fn readiness(&self) -> Readiness {
        self.readiness.clone()
    }

    /// Ready when it has begun.
    pub(super) fn begun(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut told = self.begun.subscribe();
        async move {
            // Whoever would say it is gone: then the program is at its end.
            let _ = told.wait_for(|begun| *begun).await;
        }
    }
}

/// What runs until the end.
pub(super) struct Running {
    pub(super) store: Store,
    pub(super) exchange: Exchange,
    pub(super) phones: Arc<Softswitch>,
    pub(super) live_calls: JoinSet<()>,
    pub(super) jobs: JoinHandle<()>,
    pub(super) requests: JoinHandle<anyhow::Result<()>>,
}

impl Running {
    /// Runs until somebody asks the program to end, or requests cannot be taken; then ends it in good order. Who asks again does not wait for that.
    ///
    /// # Errors
    /// Requests could not be taken, or a task of the program panicked.
    pub(super) async fn until_asked(mut self, ending: Ending, mut signals: Signals) -> anyhow::Result<ExitCode> {
        let failed = tokio::select! {
            () = signals.next() => None,
            ended = &mut self.requests => Some(ended),
        };
        tracing::info!("the server ends");
        ending.readiness.end();
        systemd::stopping();
        tokio::select! {
            () = signals.next() => {
                tracing::warn!("the server was asked to end again: what was under way is broken off");
                Ok(ExitCode::FAILURE)
            }
            ended = self.end(&ending, failed.is_some()) => {
                if let Some(failed) = failed {
                    failed??;
                }
                ended.map(|()| ExitCode::SUCCESS)
            }
        }
    }

    async fn end(self, ending: &Ending, without_requests: bool) -> anyhow::Result<()> {
        if !without_requests {
            sleep(ending.delay).await;
        }
        ending.begun.send_replace(true);
        match timeout(LONGEST, self.in_order(without_requests)).await {
            Ok(ended) => ended,
            Err(_) => {
                tracing::warn!("the server does not come to an end: what was under way is broken off");
                Ok(())
            }
        }
    }

    async fn in_order(mut self, without_requests: bool) -> anyhow::Result<()> {
        // Their requests have no end by themselves.
        self.phones.close().await;
        let answered = match without_requests {
            true => Some(Ok(Ok(()))),
            false => timeout(BEFORE_CALLS, &mut self.requests).await.ok(),
        };
        // Whatever went wrong, calls are written down, and another program may take them up.
        self.exchange.close().await;
        self.live_calls.shutdown().await;
        let jobs = self.jobs.await;
        let answered = match answered {
            Some(answered) => answered,
            None => self.requests.await,
        };
        if timeout(CLOSING, self.store.close()).await.is_err() {
            tracing::warn!("the database is still in use: what was not committed is undone");
        }
        answered.context("requests could not be taken")??;
        jobs.context("jobs could not be run")
    }
}

/// What asks the program to end. It is listened for from the beginning, so that whoever has got a first answer can end it in good order.
#[cfg(unix)]
pub(super) struct Signals {
    interrupted: tokio::signal::unix::Signal,
    terminated: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    pub(super) fn listen() -> std::io::Result<Signals> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals { interrupted: signal(SignalKind::interrupt())?, terminated: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupted.recv() => {}
            _ = self.terminated.recv() => {}
        }
    }
}

/// What asks the program to end.
#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub(super) fn listen() -> std::io::Result<Signals> {
        Ok(Signals)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}

//! The listening side: connections, their time limits, and the orderly end.

use std::future::Future;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};

/// How long connections may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// From the opening of a connection, or the last answer on it, to the end of a request's headers.
    pub header: Duration,
    /// For requests under way, once the service is to end.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { header: Duration::from_secs(10), drain: Duration::from_secs(30) }
    }
}

/// Serves until `shutdown` is ready; then takes no more connections and lets the requests under way end.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, shutdown: impl Future<Output = ()>) {
    let connections = GracefulShutdown::new();
    tokio::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        match accepted {
            Ok((stream, _)) => answer(stream, router.clone(), limits, &connections),
            Err(error) => {
                // Out of file handles, most likely: connections that end give some back.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(limits.drain, connections.shutdown()).await.is_err() {
        tracing::warn!("requests were still under way when the service ended");
    }
}

fn answer(stream: TcpStream, router: Router, limits: Limits, connections: &GracefulShutdown) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection is gone already");
        return;
    }
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let watched = connections.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = watched.await {
            tracing::debug!(%error, "a connection ended early");
        }
    });
}

//! The listening side: connections, their time limits, and the orderly end.

use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tower::{Service, ServiceExt};

use crate::entrance::Peer;
use crate::tls::Tls;

/// How often the certificate's files are looked at.
const RENEWAL: Duration = Duration::from_secs(60);
/// How many requests a client has under way on one connection of HTTP/2.
const MOST_STREAMS: u32 = 100;

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
///
/// # Errors
/// The certificate can't be used for HTTPS.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    tls: Option<Tls>,
    limits: Limits,
    shutdown: impl Future<Output = ()>,
) -> Result<(), rustls::Error> {
    let connections = GracefulShutdown::new();
    let acceptor = tls.as_ref().map(Tls::acceptor).transpose()?;
    let mut renewal = tokio::time::interval(RENEWAL);
    tokio::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = renewal.tick() => {
                tls.iter().for_each(Tls::renew);
                continue;
            }
            () = &mut shutdown => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connection = Connection { peer: Peer(peer.ip()), router: router.clone(), limits };
                tokio::spawn(connection.answer(stream, acceptor.clone(), connections.watcher()));
            }
            Err(error) => {
                // Out of file handles, most likely: connections that end give some back.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    if timeout(limits.drain, connections.shutdown()).await.is_err() {
        tracing::warn!("requests were still under way when the service ended");
    }
    Ok(())
}

/// A connection and what is needed to answer on it.
struct Connection {
    peer: Peer,
    router: Router,
    limits: Limits,
}

impl Connection {
    async fn answer(self, stream: TcpStream, acceptor: Option<TlsAcceptor>, watcher: Watcher) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection is gone already");
            return;
        }
        let Some(acceptor) = acceptor else { return self.http1(stream, watcher).await };
        match self.encrypted(stream, acceptor).await {
            Some(stream) if stream.get_ref().1.alpn_protocol() == Some(b"h2") => self.http2(stream, watcher).await,
            Some(stream) => self.http1(stream, watcher).await,
            None => {}
        }
    }

    /// The stream within TLS, unless the client does not speak it, or takes too long.
    async fn encrypted(&self, stream: TcpStream, acceptor: TlsAcceptor) -> Option<TlsStream<TcpStream>> {
        match timeout(self.limits.header, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => return Some(stream),
            Ok(Err(error)) => tracing::debug!(%error, "a connection is not of TLS"),
            Err(_) => tracing::debug!("a connection dawdled over TLS"),
        }
        None
    }

    async fn http1(self, stream: impl AsyncRead + AsyncWrite + Unpin + 'static, watcher: Watcher) {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(self.limits.header);
        watched(http.serve_connection(TokioIo::new(stream), self.service()), watcher).await;
    }

    async fn http2(self, stream: impl AsyncRead + AsyncWrite + Unpin + 'static, watcher: Watcher) {
        let mut http = http2::Builder::new(TokioExecutor::new());
        http.timer(TokioTimer::new()).max_concurrent_streams(MOST_STREAMS);
        http.keep_alive_interval(self.limits.header).keep_alive_timeout(self.limits.header);
        watched(http.serve_connection(TokioIo::new(stream), self.service()), watcher).await;
    }

    /// The router, told from whom the requests come.
    fn service(&self) -> TowerToHyperService<impl Answers> {
        let peer = self.peer;
        TowerToHyperService::new(self.router.clone().map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            request
        }))
    }
}

/// Answers requests as they come from a connection.
trait Answers:
    Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static
{
}

impl<T> Answers for T where
    T: Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static
{
}

async fn watched<C: GracefulConnection<Error = hyper::Error>>(connection: C, watcher: Watcher) {
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended early");
    }
}

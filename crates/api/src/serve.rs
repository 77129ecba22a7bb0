//! The listening side: connections, their time limits, and the orderly end.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::Future;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, Version, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tower::{Service, ServiceExt};

use crate::entrance::Peer;
use crate::patience::Patience;
use crate::tls::Tls;

/// How often the certificate's files are looked at.
const RENEWAL: Duration = Duration::from_secs(60);
/// How many requests a client has under way on one connection of HTTP/2.
const MOST_STREAMS: u32 = 100;

/// How long connections may take, and how many there may be.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// From the opening of a connection, or the last answer on it, to the end of a request's headers.
    pub header: Duration,
    /// For the other side to read something of what it is sent.
    pub write: Duration,
    /// For requests under way, once the service is to end.
    pub drain: Duration,
    /// How many connections one address may have open, where it is not of this machine; behind a proxy all come from one.
    pub each_client: Option<usize>,
}

impl Default for Limits {
    fn default() -> Self {
        let (header, half_a_minute) = (Duration::from_secs(10), Duration::from_secs(30));
        Limits { header, write: half_a_minute, drain: half_a_minute, each_client: Some(256) }
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
    let acceptor = tls.as_ref().map(Tls::acceptor).transpose()?;
    let router = router.layer(from_fn(chunks_end_the_connection));
    let ending = watch::Sender::new(false);
    let door = Door {
        router,
        acceptor,
        limits,
        connections: GracefulShutdown::new(),
        open: OpenConnections::default(),
        ending: Ending(ending.subscribe()),
    };
    let mut renewal = tokio::time::interval(RENEWAL);
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => door.let_in(stream, peer.ip()),
                // Out of file handles, most likely: connections that end give some back.
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
            _ = renewal.tick() => tls.iter().for_each(Tls::renew),
            () = &mut shutdown => break,
        }
    }
    drop(listener);
    ending.send_replace(true);
    if timeout(limits.drain, door.connections.shutdown()).await.is_err() {
        tracing::warn!("requests were still under way when the service ended");
    }
    Ok(())
}

/// Closes the connection after a request in chunks. Where a length came with them, a proxy before us may have gone by that, and what we would take for
/// the next request be the rest of this one (RFC 9112, section 6.3); that there was one cannot be seen here any more.
async fn chunks_end_the_connection(request: Request, next: Next) -> Response {
    let is_chunked = request.version() < Version::HTTP_2 && request.headers().contains_key(header::TRANSFER_ENCODING);
    let mut response = next.run(request).await;
    if is_chunked {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// What lets connections in.
struct Door {
    router: Router,
    acceptor: Option<TlsAcceptor>,
    limits: Limits,
    connections: GracefulShutdown,
    open: OpenConnections,
    ending: Ending,
}

/// Tells requests that have no end by themselves that the service ends.
#[derive(Debug, Clone)]
pub(crate) struct Ending(watch::Receiver<bool>);

impl Ending {
    /// Of a service that never ends.
    pub(crate) fn never() -> Ending {
        Ending(watch::Sender::new(false).subscribe())
    }

    /// Ready when the end has begun.
    pub(crate) async fn begun(mut self) {
        if self.0.wait_for(|ending| *ending).await.is_err() {
            std::future::pending().await
        }
    }
}

impl Door {
    fn let_in(&self, stream: TcpStream, address: IpAddr) {
        let Some(place) = Place::taken(&self.open, address, self.limits.each_client) else {
            tracing::debug!("an address has as many connections as it may");
            return;
        };
        let connection = Connection {
            peer: Peer(address),
            place: Arc::new(place),
            router: self.router.clone(),
            limits: self.limits,
            ending: self.ending.clone(),
        };
        tokio::spawn(connection.answer(stream, self.acceptor.clone(), self.connections.watcher()));
    }
}

/// How many connections each address has open.
type OpenConnections = Arc<Mutex<HashMap<IpAddr, usize>>>;

/// The place that a connection takes up.
struct Place {
    open: OpenConnections,
    address: IpAddr,
}

impl Place {
    /// A place for one more connection of this address, unless it has as many as it may.
    fn taken(open: &OpenConnections, address: IpAddr, most: Option<usize>) -> Option<Self> {
        let mut counts = open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_default();
        if most.is_some_and(|most| *count >= most) && !address.to_canonical().is_loopback() {
            return None;
        }
        *count += 1;
        Some(Place { open: open.clone(), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        match counts.get_mut(&self.address) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(counts.remove(&self.address)),
        }
    }
}

/// A connection and what is needed to answer on it.
struct Connection {
    peer: Peer,
    /// Kept by the connection, and by what its requests are turned into: a WebSocket keeps its request.
    place: Arc<Place>,
    router: Router,
    limits: Limits,
    ending: Ending,
}

impl Connection {
    async fn answer(self, stream: TcpStream, acceptor: Option<TlsAcceptor>, watcher: Watcher) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection is gone already");
            return;
        }
        let stream = Patience::new(stream, self.limits.write);
        let Some(acceptor) = acceptor else { return self.http1(stream, watcher).await };
        match self.encrypted(stream, acceptor).await {
            Some(stream) if stream.get_ref().1.alpn_protocol() == Some(b"h2") => self.http2(stream, watcher).await,
            Some(stream) => self.http1(stream, watcher).await,
            None => {}
        }
    }

    /// The stream within TLS, unless the client does not speak it, or takes too long.
    async fn encrypted<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
        acceptor: TlsAcceptor,
    ) -> Option<TlsStream<S>> {
        match timeout(self.limits.header, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => return Some(stream),
            Ok(Err(error)) => tracing::debug!(%error, "a connection is not of TLS"),
            Err(_) => tracing::debug!("a connection dawdled over TLS"),
        }
        None
    }

    async fn http1(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, watcher: Watcher) {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(self.limits.header);
        // What a connection is upgraded to (WebSocket) ends with the program, which waits for requests alone: it waits as long as there are
        // watchers. The library does not watch over connections that can be upgraded by itself.
        let connection = http.serve_connection(TokioIo::new(stream), self.service()).with_upgrades();
        tokio::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = self.ending.clone().begun() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        noted(ended);
        drop(watcher);
    }

    async fn http2(self, stream: impl AsyncRead + AsyncWrite + Unpin + 'static, watcher: Watcher) {
        let mut http = http2::Builder::new(TokioExecutor::new());
        http.timer(TokioTimer::new()).max_concurrent_streams(MOST_STREAMS);
        http.keep_alive_interval(self.limits.header).keep_alive_timeout(self.limits.header);
        watched(http.serve_connection(TokioIo::new(stream), self.service()), watcher).await;
    }

    /// The router, told from whom the requests come.
    fn service(&self) -> TowerToHyperService<impl Answers> {
        let (peer, place, ending) = (self.peer, self.place.clone(), self.ending.clone());
        TowerToHyperService::new(self.router.clone().map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            request.extensions_mut().insert(place.clone());
            request.extensions_mut().insert(ending.clone());
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
    noted(watcher.watch(connection).await);
}

fn noted(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_connections_and_this_machine_as_many_as_it_likes() {
        let open = OpenConnections::default();
        let (address, other, own) = ("203.0.113.7", "203.0.113.8", "::ffff:127.0.0.1");
        let taken = |address: &str, most| Place::taken(&open, address.parse().unwrap(), most);
        let first = taken(address, Some(2));
        let second = taken(address, Some(2));
        assert!(first.is_some() && second.is_some() && taken(address, Some(2)).is_none());
        assert!(taken(other, Some(2)).is_some() && taken(address, None).is_some());
        let many: Vec<_> = (0..5).map(|_| taken(own, Some(2))).collect();
        assert!(many.iter().all(Option::is_some));
        drop(first);
        assert!(taken(address, Some(2)).is_some());
        drop((second, many));
        assert!(open.lock().unwrap().is_empty());
    }
}

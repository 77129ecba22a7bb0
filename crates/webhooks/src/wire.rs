//! One request on one connection.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use engine::webhooks::{Answer, KEPT_ANSWER};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

use crate::policy::{Refused, Target};

/// The most that is read of an answer, in bytes: of its head and of what follows.
const MOST_READ: usize = 64 * 1024;

/// Why no answer came.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("the address {0}")]
    Refused(#[from] Refused),
    #[error("the host cannot be reached: {0}")]
    Unreachable(io::Error),
    #[error("no secure connection came about: {0}")]
    Tls(io::Error),
    #[error("the receiver does not speak HTTP: {0}")]
    Http(#[from] hyper::Error),
}

/// Connects to the target and asks; reads as much of the answer as comes until `deadline`, once it has begun.
pub(crate) async fn ask(
    target: &Target,
    tls: &Arc<ClientConfig>,
    request: Request<Full<Bytes>>,
    deadline: Instant,
) -> Result<Answer, Fault> {
    let stream = connect(&target.addresses().await?).await?;
    if !target.is_secure() {
        return exchange(stream, request, deadline).await;
    }
    let name = ServerName::try_from(target.host.clone());
    let name = name.map_err(|error| Fault::Tls(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
    let stream = TlsConnector::from(tls.clone()).connect(name, stream).await.map_err(Fault::Tls)?;
    exchange(stream, request, deadline).await
}

/// A connection to the first of the addresses that takes one.
async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, Fault> {
    TcpStream::connect(addresses).await.map_err(Fault::Unreachable)
}

async fn exchange<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    request: Request<Full<Bytes>>,
    deadline: Instant,
) -> Result<Answer, Fault> {
    let (mut sender, connection) =
        http1::Builder::new().max_buf_size(MOST_READ).handshake(TokioIo::new(stream)).await?;
    // Ends with this function, whatever becomes of the answer.
    let mut under_way = JoinSet::new();
    under_way.spawn(connection);
    let mut response = sender.send_request(request).await?;
    let status = response.status().as_u16();
    let mut read = Vec::new();
    // The status has come: the rest is only kept for people to look at.
    let _ = timeout_at(deadline, read_some(&mut response, &mut read)).await;
    Ok(Answer { status, text: beginning(&read) })
}

/// Reads until there is enough to look at, the answer ends or the connection breaks.
async fn read_some(response: &mut Response<Incoming>, read: &mut Vec<u8>) {
    while let Some(Ok(frame)) = response.frame().await {
        if let Some(data) = frame.data_ref() {
            read.extend_from_slice(data);
        }
        if read.len() >= KEPT_ANSWER {
            return;
        }
    }
}

/// The beginning as text, of as many bytes as are kept.
fn beginning(read: &[u8]) -> String {
    let text = String::from_utf8_lossy(&read[..read.len().min(KEPT_ANSWER)]);
    let end = (0..=text.len().min(KEPT_ANSWER)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text[..end].to_owned()
}

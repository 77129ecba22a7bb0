//! Connections whose other side does not read what it is sent.

use std::future::Future;
use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// A stream that fails when for so long nothing of what is written could be sent: whoever waits for the other side to read, also of a
/// WebSocket, waits no longer.
#[derive(Debug)]
pub(crate) struct Patience<S> {
    stream: S,
    lasts: Duration,
    /// Runs while something waits to be sent.
    runs_out: Option<Pin<Box<Sleep>>>,
}

impl<S> Patience<S> {
    pub(crate) fn new(stream: S, lasts: Duration) -> Self {
        Patience { stream, lasts, runs_out: None }
    }

    /// What came of a write, or that it took too long.
    fn awaited<T>(&mut self, written: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.runs_out = None;
            return written;
        }
        let runs_out = self.runs_out.get_or_insert_with(|| Box::pin(sleep(self.lasts)));
        runs_out.as_mut().poll(context).map(|()| Err(ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patience<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patience<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.awaited(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.awaited(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.awaited(flushed, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut_down = Pin::new(&mut self.stream).poll_shutdown(context);
        self.awaited(shut_down, context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    const LASTS: Duration = Duration::from_millis(200);

    #[tokio::test]
    async fn who_does_not_read_is_given_up() {
        let (ours, theirs) = duplex(16);
        let mut ours = Patience::new(ours, LASTS);
        assert_eq!(ours.write_all(&[7; 64]).await.unwrap_err().kind(), ErrorKind::TimedOut);
        drop(theirs);
    }

    /// Slowly, longer than patience lasts in all.
    #[tokio::test]
    async fn who_reads_slowly_is_not() {
        let (ours, mut theirs) = duplex(16);
        let mut ours = Patience::new(ours, LASTS);
        let reads = async {
            for _ in 0..8 {
                tokio::time::sleep(LASTS / 4).await;
                theirs.read_exact(&mut [0; 16]).await.unwrap();
            }
        };
        let (written, ()) = tokio::join!(ours.write_all(&[7; 128]), reads);
        written.unwrap();
        // What nobody writes meanwhile takes no patience.
        tokio::time::sleep(2 * LASTS).await;
        ours.write_all(&[7; 16]).await.unwrap();
    }
}

//! What lies between the program and its database: it carries bytes, swallows them without a word, or refuses to.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

/// Carries connections to a socket, by a thread of its own: a test may wait for a program that waits for its database. It ends with the test.
pub(crate) struct Strait {
    address: SocketAddr,
    state: watch::Sender<State>,
    runtime: Option<Runtime>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// As a partition does: nobody hears anything, and nothing ends.
    Swallowing,
    /// As a machine without the server does: every connection ends.
    Refusing,
}

impl Strait {
    pub(crate) fn to(socket: &Path) -> Strait {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let (address, state) = (listener.local_addr().unwrap(), watch::Sender::new(State::Open));
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.spawn(carry_all(listener, socket.to_owned(), state.clone()));
        Strait { address, state, runtime: Some(runtime) }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn open(&self) {
        self.state.send_replace(State::Open);
    }

    pub(crate) fn swallow(&self) {
        self.state.send_replace(State::Swallowing);
    }

    pub(crate) fn refuse(&self) {
        self.state.send_replace(State::Refusing);
    }
}

impl Drop for Strait {
    fn drop(&mut self) {
        // A runtime may not be waited for within another.
        self.runtime.take().unwrap().shutdown_background();
    }
}

async fn carry_all(listener: std::net::TcpListener, socket: PathBuf, state: watch::Sender<State>) {
    let listener = TcpListener::from_std(listener).unwrap();
    loop {
        let (near, _) = listener.accept().await.unwrap();
        tokio::spawn(carry(near, socket.clone(), state.subscribe()));
    }
}

/// Carries one connection. One that was swallowed is broken when the strait opens again: what was lost does not come any more.
async fn carry(mut near: TcpStream, socket: PathBuf, mut state: watch::Receiver<State>) {
    if *state.borrow_and_update() == State::Open
        && let Ok(mut far) = UnixStream::connect(&socket).await
    {
        tokio::select! {
            _ = copy_bidirectional(&mut near, &mut far) => return,
            _ = state.changed() => {}
        }
    }
    let _ = state.wait_for(|state| *state != State::Swallowing).await;
}

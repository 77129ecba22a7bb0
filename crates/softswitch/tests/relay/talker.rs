//! Somebody who talks through the relay to somebody who listens: coturn's own client, which sends fifty packets a second and goes on
//! whatever happens.

use std::net::UdpSocket;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use softswitch::IceServer;
use tokio::time::sleep;

use crate::coturn::Coturn;

/// How long after the end of a call something may still be relayed.
const GRACE: Duration = Duration::from_secs(2);

pub(crate) struct Talker {
    child: Child,
    heard: Arc<AtomicUsize>,
}

impl Talker {
    /// Asks for the relay with these credentials.
    pub(crate) fn start(coturn: &Coturn, server: &IceServer) -> Talker {
        let listener = UdpSocket::bind("127.0.0.1:0").unwrap();
        let to = listener.local_addr().unwrap().port();
        let of = |half: &Option<String>| half.clone().unwrap();
        let mut command = Command::new("turnutils_uclient");
        command.args(["-c", "-n", "100000", "-z", "20", "-u", &of(&server.username), "-w", &of(&server.credential)]);
        command.args(["-p", &coturn.port.to_string(), "-e", "127.0.0.1", "-r", &to.to_string(), "127.0.0.1"]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let heard = Arc::new(AtomicUsize::new(0));
        let counted = heard.clone();
        std::thread::spawn(move || {
            let mut packet = [0; 2048];
            while listener.recv(&mut packet).is_ok() {
                counted.fetch_add(1, Ordering::Relaxed);
            }
        });
        Talker { child, heard }
    }

    /// How many packets reached the listener.
    pub(crate) fn heard(&self) -> usize {
        self.heard.load(Ordering::Relaxed)
    }

    /// Waits until the listener hears something.
    pub(crate) async fn speaks(&self) {
        let (since, before) = (Instant::now(), self.heard());
        while self.heard() < before + 10 {
            assert!(since.elapsed() < Duration::from_secs(20), "nothing is relayed");
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// What was heard last was heard within the grace after now.
    pub(crate) async fn falls_silent(&self) {
        sleep(GRACE).await;
        let heard = self.heard();
        sleep(Duration::from_secs(2)).await;
        assert_eq!(self.heard(), heard, "the relay goes on");
    }
}

impl Drop for Talker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

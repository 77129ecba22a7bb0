//! A relay of the test's own: coturn on free ports of the loopback address, ended with the test.

use std::fs::File;
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use softswitch::relay::{Admin, RelaySettings};
use tempfile::TempDir;

/// What it shares with Tollgate.
pub(crate) const SECRET: &str = "seven grey herons";
/// What opens its command line.
pub(crate) const ADMIN_PASSWORD: &str = "at dawn";

pub(crate) struct Coturn {
    child: Child,
    folder: TempDir,
    /// Where browsers reach it.
    pub(crate) port: u16,
    /// Its command line.
    pub(crate) admin: SocketAddr,
}

impl Coturn {
    pub(crate) fn start() -> Coturn {
        let folder = TempDir::new().unwrap();
        let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let admin = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let configuration = format!(
            "listening-ip=127.0.0.1\nrelay-ip=127.0.0.1\nlistening-port={port}\nno-tls\nno-dtls\n\
             use-auth-secret\nstatic-auth-secret={SECRET}\nrealm=tollgate\n\
             cli-ip=127.0.0.1\ncli-port={}\ncli-password={ADMIN_PASSWORD}\n\
             allow-loopback-peers\ndenied-peer-ip=0.0.0.0-255.255.255.255\nallowed-peer-ip=127.0.0.1\nlog-file=stdout\nsimple-log\npidfile={folder}/pid\nuserdb={folder}/users\n",
            admin.port(),
            folder = folder.path().display()
        );
        std::fs::write(folder.path().join("turnserver.conf"), configuration).unwrap();
        let log = File::create(folder.path().join("log")).unwrap();
        let mut command = Command::new("turnserver");
        command.arg("-c").arg(folder.path().join("turnserver.conf")).stdin(Stdio::null());
        let child = command.stdout(log.try_clone().unwrap()).stderr(log).spawn();
        let mut coturn =
            Coturn { child: child.expect("coturn is installed: `make test` does it"), folder, port, admin };
        coturn.wait();
        coturn
    }

    /// Its command line is the last that it opens.
    fn wait(&mut self) {
        let since = Instant::now();
        while TcpStream::connect(self.admin).is_err() {
            let log = || std::fs::read_to_string(self.folder.path().join("log")).unwrap();
            assert!(self.child.try_wait().unwrap().is_none(), "{}", log());
            assert!(since.elapsed() < Duration::from_secs(20), "{}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("turn:127.0.0.1:{}?transport=udp", self.port)
    }

    pub(crate) fn settings(&self) -> RelaySettings {
        let admin = Admin { address: self.admin, password: ADMIN_PASSWORD.to_owned() };
        RelaySettings { urls: vec![self.url()], secret: SECRET.to_owned(), admin: Some(admin) }
    }
}

impl Drop for Coturn {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

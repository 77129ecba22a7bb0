//! The relay's door for administrators: coturn's command line, a plain telnet dialogue that belongs on a loopback address.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long the relay may take for one answer.
const PATIENCE: Duration = Duration::from_secs(1);
/// The longest answer: a session takes some 500 bytes, and a list shows 256 of them at most.
const LONGEST_ANSWER: usize = 1 << 20;
/// What coturn says first, where it waits for a password, and where it waits for a command.
const GREETING: &str = "TURN Server";
const PASSWORD_WANTED: &str = "Enter password: \r\n";
const COMMAND_WANTED: &str = "> ";

/// Where the relay's sessions are ended: coturn's `cli-ip` and `cli-port` with its `cli-password`.
#[derive(Clone)]
pub struct Admin {
    /// Where it is. The password is sent as it is: a loopback address, or a network that nobody listens to.
    pub address: SocketAddr,
    /// What opens it.
    pub password: String,
}

/// Why the relay's sessions could not be ended.
#[derive(Debug, Error)]
pub enum AdminError {
    /// Nobody listens, or the connection broke off.
    #[error(
        "the relay's command line at {address} does not answer ({error}): see cli-ip and cli-port in the relay's configuration"
    )]
    Broken {
        /// Where it should be.
        address: SocketAddr,
        /// What happened.
        error: io::Error,
    },
    /// It accepts connections and says nothing more.
    #[error("the relay's command line at {0} took more than {limit} s for an answer", limit = PATIENCE.as_secs())]
    Slow(SocketAddr),
    /// The password is another one.
    #[error("the relay's command line at {0} refuses the password: see cli-password in the relay's configuration")]
    WrongPassword(SocketAddr),
    /// It speaks something else.
    #[error("what answers at {0} is not coturn's command line")]
    NotCoturn(SocketAddr),
}

impl Admin {
    /// Whether the door can be opened.
    ///
    /// # Errors
    /// Why not.
    pub async fn check(&self) -> Result<(), AdminError> {
        Dialogue::open(self).await.map(|_| ())
    }

    /// Ends all sessions of each of these legs, by the names that their user names end with; how many each had. A session
    /// carries nothing more as soon as it is ended.
    pub(super) async fn end_sessions(&self, names: &[String]) -> Result<Vec<(String, usize)>, AdminError> {
        let mut dialogue = Dialogue::open(self).await?;
        let mut found = Vec::with_capacity(names.len());
        for name in names {
            let list = dialogue.command(&format!("psp :{name}")).await?;
            let mut ended = 0;
            for session in sessions(&list) {
                dialogue.command(&format!("cs {session}")).await?;
                ended += 1;
            }
            found.push((name.clone(), ended));
        }
        Ok(found)
    }
}

/// The ids in a list of sessions: `1) id=001000000000000003, user <...>:`.
fn sessions(list: &str) -> impl Iterator<Item = &str> {
    list.lines().filter_map(|line| line.split_once(") id=")?.1.split_once(',')).map(|(id, _)| id)
}

/// A connection that may give commands.
struct Dialogue {
    stream: TcpStream,
    address: SocketAddr,
}

impl Dialogue {
    async fn open(admin: &Admin) -> Result<Self, AdminError> {
        let address = admin.address;
        let broken = |error| AdminError::Broken { address, error };
        let connecting = timeout(PATIENCE, TcpStream::connect(address)).await;
        let stream = connecting.map_err(|_| AdminError::Slow(address))?.map_err(broken)?;
        let mut dialogue = Dialogue { stream, address };
        let is_coturn = |heard: &str| GREETING.starts_with(heard) || heard.starts_with(GREETING);
        let greeting = dialogue.read(|heard| heard.ends_with(PASSWORD_WANTED) || !is_coturn(heard)).await?;
        if !is_coturn(&greeting) {
            return Err(AdminError::NotCoturn(address));
        }
        let answer = dialogue.command(&admin.password).await?;
        if answer.ends_with(PASSWORD_WANTED) { Err(AdminError::WrongPassword(address)) } else { Ok(dialogue) }
    }

    /// Says something; what is answered, up to where the next word is awaited.
    async fn command(&mut self, line: &str) -> Result<String, AdminError> {
        let address = self.address;
        let sent = self.stream.write_all(format!("{line}\r\n").as_bytes()).await;
        sent.map_err(|error| AdminError::Broken { address, error })?;
        let command_wanted = |heard: &str| {
            heard.strip_suffix(COMMAND_WANTED).is_some_and(|rest| rest.is_empty() || rest.ends_with('\n'))
        };
        self.read(|heard| command_wanted(heard) || heard.ends_with(PASSWORD_WANTED)).await
    }

    /// Reads until `enough` was heard.
    async fn read(&mut self, enough: impl Fn(&str) -> bool) -> Result<String, AdminError> {
        let (stream, address) = (&mut self.stream, self.address);
        let reading = async {
            let (mut heard, mut piece) = (Vec::new(), [0; 4096]);
            loop {
                match stream.read(&mut piece).await.map_err(|error| AdminError::Broken { address, error })? {
                    0 => return Err(AdminError::Broken { address, error: io::ErrorKind::UnexpectedEof.into() }),
                    length => heard.extend_from_slice(&piece[..length]),
                }
                let text = String::from_utf8_lossy(&heard);
                if enough(&text) {
                    return Ok(text.into_owned());
                }
                if heard.len() > LONGEST_ANSWER {
                    return Err(AdminError::NotCoturn(address));
                }
            }
        };
        timeout(PATIENCE, reading).await.map_err(|_| AdminError::Slow(address))?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_from_a_list() {
        let list = "\r\n    1) id=001000000000000003, user <1795230021:call1-1>:\r\n      realm: tollgate\r\n\
                    \r\n    2) id=000000000000000001, user <1795230021:call1-2>:\r\n\r\n  Total sessions: 2\r\n\r\n> ";
        let ids: Vec<&str> = sessions(list).collect();
        assert_eq!(ids, ["001000000000000003", "000000000000000001"]);
    }
}

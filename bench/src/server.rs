//! The real binary, run as a user runs it.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::figures::Result;

/// How long a start may take before it is given up: a demo is made in it, or a large database opened.
const PATIENCE: Duration = Duration::from_secs(120);
/// Between two looks whether it answers.
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// The `tollgate` that was built beside this program, in a process of its own that ends with this value.
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
}

/// What a process has in memory, in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    pub(crate) resident: u64,
    /// The most that it ever was.
    pub(crate) peak: u64,
}

impl Server {
    /// Starts `tollgate serve` or `tollgate demo` on a database, in a folder without any configuration: the server, and how long
    /// it took to its first answer.
    pub(crate) fn start(command: &str, database: &str, folder: &Path) -> Result<(Server, Duration)> {
        let program = std::env::current_exe()?.with_file_name("tollgate");
        // A port that is free now; whoever takes it meanwhile makes the start fail.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut run = Command::new(&program);
        run.args([command, "--database-url", database, "--log", "error", "--listen", &address.to_string()]);
        run.current_dir(folder).env_clear().stdin(Stdio::null()).stdout(Stdio::null());
        let begun = Instant::now();
        let child = run.spawn().with_context(|| format!("{} could not be run: build it", program.display()))?;
        let mut server = Server { child, address };
        while !answers(address).unwrap_or(false) {
            if let Some(status) = server.child.try_wait()? {
                bail!("`tollgate {command}` ended before it answered ({status})");
            }
            if begun.elapsed() > PATIENCE {
                bail!("`tollgate {command}` did not answer within {PATIENCE:.0?}");
            }
            std::thread::sleep(LOOK_EVERY);
        }
        Ok((server, begun.elapsed()))
    }

    /// Where it is reached.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it has in memory now.
    pub(crate) fn memory(&self) -> Result<Memory> {
        let file = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(&file).with_context(|| format!("{file} tells the memory, on Linux only"))?;
        let bytes = |field: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(field));
            let kibibytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
            Ok::<_, anyhow::Error>(kibibytes.with_context(|| format!("{file} has no {field}"))? * 1024)
        };
        Ok(Memory { resident: bytes("VmRSS")?, peak: bytes("VmHWM")? })
    }

    /// Ends it as a user does, so that it leaves its database in order.
    pub(crate) fn end(mut self) -> Result<()> {
        Command::new("kill").arg(self.child.id().to_string()).status()?;
        let status = self.child.wait()?;
        anyhow::ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Where it has ended already, there is nothing to be done.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether the server says that it and its database are ready.
fn answers(address: SocketAddr) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect(address)?;
    write!(stream, "GET /health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.starts_with("HTTP/1.1 200 "))
}

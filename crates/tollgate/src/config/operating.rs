//! What those who run the server want of it.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::ensure;

use crate::cli::OperatingArgs;

/// The longest that a server goes on after it was asked to end, in seconds.
const LONGEST_DELAY: u16 = 300;

/// What those who run the server want of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operating {
    /// Where Prometheus reads metrics.
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// How long a server that was asked to end goes on.
    pub(crate) shutdown_delay: Duration,
}

impl Operating {
    pub(super) fn load(args: &OperatingArgs, file: (Option<SocketAddr>, Option<u16>)) -> anyhow::Result<Operating> {
        let (metrics_listen, seconds) = file;
        let seconds = args.shutdown_delay.or(seconds).unwrap_or(0);
        ensure!(seconds <= LONGEST_DELAY, "shutdown_delay_seconds: {LONGEST_DELAY} at most");
        Ok(Operating {
            metrics_listen: args.metrics_listen.or(metrics_listen),
            shutdown_delay: Duration::from_secs(seconds.into()),
        })
    }
}

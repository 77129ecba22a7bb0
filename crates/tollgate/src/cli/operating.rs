//! What those who run the server want of it.

use std::net::SocketAddr;

use clap::Args;

/// What those who run the server want of it.
#[derive(Debug, Args)]
pub(crate) struct OperatingArgs {
    /// Where Prometheus reads metrics, such as 127.0.0.1:9464: not where the world comes in [default: nowhere].
    #[arg(long, global = true, value_name = "ADDRESS", env = "TOLLGATE_METRICS_LISTEN", value_parser = super::address)]
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// How long a server that was asked to end goes on, saying at /readyz that it does: until load balancers have noticed [default: 0].
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        env = "TOLLGATE_SHUTDOWN_DELAY",
        value_parser = clap::value_parser!(u16).range(..=300)
    )]
    pub(crate) shutdown_delay: Option<u16>,
}

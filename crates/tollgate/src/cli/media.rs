//! How the voices of calls travel.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// How the voices of calls between browsers travel, and the relay for them.
#[derive(Debug, Args)]
pub(crate) struct MediaArgs {
    /// How voices travel between browsers: from one to the other, through the relay alone, or not at all [default: direct].
    #[arg(long, global = true, value_name = "POLICY", env = "TOLLGATE_MEDIA_POLICY", value_enum)]
    pub(crate) media_policy: Option<PolicyName>,
    /// Where browsers reach the relay, such as "turn:turn.example.com:3478?transport=udp" [default: there is none].
    #[arg(long = "turn-url", global = true, value_name = "URL", env = "TOLLGATE_TURN_URLS", value_delimiter = ',')]
    pub(crate) turn_urls: Vec<String>,
    /// The file with the secret that the relay shares with Tollgate (coturn's static-auth-secret).
    #[arg(long, global = true, value_name = "FILE", env = "TOLLGATE_TURN_SECRET_FILE")]
    pub(crate) turn_secret_file: Option<PathBuf>,
    /// Where the relay's sessions are ended when a call is over, such as 127.0.0.1:5766 (coturn's cli-ip and cli-port).
    #[arg(long, global = true, value_name = "ADDRESS", env = "TOLLGATE_TURN_ADMIN", value_parser = super::address)]
    pub(crate) turn_admin: Option<SocketAddr>,
    /// The file with the password for that (coturn's cli-password).
    #[arg(long, global = true, value_name = "FILE", env = "TOLLGATE_TURN_ADMIN_PASSWORD_FILE")]
    pub(crate) turn_admin_password_file: Option<PathBuf>,
}

/// How voices travel between browsers.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum PolicyName {
    /// From one to the other.
    Direct,
    /// Through the relay alone.
    Relay,
    /// Not at all: what is said is typed.
    Text,
}

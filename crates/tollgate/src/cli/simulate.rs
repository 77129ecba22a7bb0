//! `tollgate simulate` on the command line.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Plays what comes from outside against a running server.
#[derive(Debug, Subcommand)]
pub(crate) enum SimulateCommand {
    /// A call from the world by Twilio: its webhooks, the phones that ring, and the message that is left.
    Call(SimulateCallArgs),
}

#[derive(Debug, Args)]
#[command(
    after_help = "The server's configuration names an account at Twilio and, in the place of Twilio, an address of this machine, where the command
listens while it runs:

  [twilio]
  account = \"AC00000000000000000000000000000000\"
  auth_token_file = \"token.txt\"
  rest_url = \"http://127.0.0.1:4010\"

Twilio itself is asked nothing, and nobody's phone rings. The command reads the same configuration, and the database for whose phones they are.

Examples:
  tollgate simulate call --to +441632960000                            nobody answers, and no message is left
  tollgate simulate call --to +441632960000 --answer Noor              Noor presses 1, and talks for half a minute
  tollgate simulate call --to +441632960000 --voicemail message.wav --transcript \"Please call back\"
  tollgate simulate call --to +441632960000 --at 2026-12-24T23:30:00Z --key tg_...      of a demo with --test-clock

Exit codes: 0 the call was led to its end, 1 it was not, or the server answered what Twilio does not take."
)]
pub(crate) struct SimulateCallArgs {
    /// The number that is called.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) to: String,
    /// Who calls.
    #[arg(long, value_name = "NUMBER", default_value = "+441632960999")]
    pub(crate) from: String,
    /// Who takes the call, if the phone rings: an agent's name, or a number. Nobody else does.
    #[arg(long, value_name = "NAME")]
    pub(crate) answer: Vec<String>,
    /// For how many seconds they talk; none of them has to be waited for.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub(crate) talk: u32,
    /// What the caller presses when asked for keys, such as for a language.
    #[arg(long, value_name = "KEYS", default_value = "1")]
    pub(crate) keys: String,
    /// The message that the caller leaves when asked for one: a WAVE file. Without one the caller hangs up.
    #[arg(long, value_name = "FILE")]
    pub(crate) voicemail: Option<PathBuf>,
    /// What is understood of the message.
    #[arg(long, value_name = "TEXT", requires = "voicemail")]
    pub(crate) transcript: Option<String>,
    /// Move the server's clock there first: only of a server with --test-clock, whose clock never goes back.
    #[arg(long, value_name = "INSTANT", requires = "key")]
    pub(crate) at: Option<String>,
    /// An owner's key, which moves the clock.
    #[arg(long, env = "TOLLGATE_KEY", hide_env_values = true)]
    pub(crate) key: Option<String>,
    /// Where the server listens [default: by --listen].
    #[arg(long, value_name = "URL")]
    pub(crate) server: Option<String>,
    /// What happens as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

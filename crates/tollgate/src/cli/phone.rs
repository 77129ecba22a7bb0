//! `tollgate phone` on the command line.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
#[command(
    // The options of every command matter least here.
    help_template = "{about-with-newline}\n{usage-heading} {usage}{after-help}\n\n{all-args}",
    after_help = "The line's secret is read from --secret-file, or from the environment variable TOLLGATE_PHONE_SECRET; the demo's lines need \
none on the machine that the demo runs on.

Examples:
  tollgate phone 0001                                     a phone on this terminal, of the exchange on this machine
  tollgate phone 0001 http://localhost:8080               of one that listens elsewhere
  tollgate phone 0002 https://phones.example.org --secret-file secret.txt
  tollgate phone 0001 --script call.txt                   a phone without hands
  printf 'wait ringing 1m\\nanswer\\nsay hello\\nwait ended 5m\\n' | tollgate phone 0002 --script -
  tollgate phone 0001 --json                              every event as a JSON line; nobody answers

call.txt:
  # A remark begins with # and a space. A time is 500ms, 5s or 2m; without one, 10 seconds are waited.
  wait registered
  off_hook
  dial 0002
  wait connected 20s
  say hello
  expect \"hello\" 10s
  hang_up
  wait charged

Commands: off_hook, on_hook, hang_up, answer, dial NUMBER, press KEYS (as the dial plan takes them), dtmf KEYS, say TEXT,
  expect \"TEXT\" [TIME], sleep TIME, block NUMBER, unblock NUMBER, wait CONDITION [TIME]
Conditions: registered, lost, replaced, on_hook, dial_tone, ringing (there or here), connected, busy, fast_busy, unobtainable,
  not_possible [REASON], prompt, record, warning, ended, charged

Exit codes: 0 all went well, 1 a command of the script failed, 2 the script or the command line makes no sense,
  3 the exchange cannot be reached, refuses the phone, or has ended it, 130 stopped by a signal"
)]
pub(crate) struct PhoneArgs {
    /// The line's number.
    pub(crate) number: String,
    /// Where the exchange is [default: where the server is reached by --public-url or --listen, or http://localhost:3000].
    #[arg(value_name = "URL")]
    pub(crate) exchange: Option<String>,
    /// A file with the line's secret.
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_file: Option<PathBuf>,
    /// Do what this file says, a command a line, without a screen; - for standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) script: Option<PathBuf>,
    /// Every event as a JSON line on standard output, without a screen.
    #[arg(long)]
    pub(crate) json: bool,
}

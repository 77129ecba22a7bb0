//! `tollgate phone`.

use std::io::{IsTerminal, Read, stdin, stdout};
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use phone::script::Script;
use phone::{PhoneError, Settings, Style};

use super::complain;
use crate::cli::{Global, PhoneArgs};
use crate::config::Config;

const VARIABLE: &str = "TOLLGATE_PHONE_SECRET";
/// Nobody writes a longer script, and nobody a longer secret.
const LONGEST_FILE: u64 = 1024 * 1024;

const NO_SENSE: u8 = 2;
const NO_EXCHANGE: u8 = 3;
const STOPPED: u8 = 130;

pub(crate) fn run(args: &PhoneArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let script = match args.script.as_deref().map(script).transpose() {
        Ok(script) => script,
        Err(error) => return Ok(makes_no_sense(&super::with_causes(&error))),
    };
    let on_screen = script.is_none() && !args.json;
    if on_screen && !(stdin().is_terminal() && stdout().is_terminal()) {
        return Ok(makes_no_sense(
            "the phone needs a terminal to be seen and operated on; without one, use --script FILE or --json",
        ));
    }
    let secret = match secret(args.secret_file.as_deref()) {
        Ok(secret) => secret,
        Err(error) => return Ok(makes_no_sense(&super::with_causes(&error))),
    };
    let style = match (on_screen, args.json) {
        (true, _) => Style::Silent,
        (false, true) => Style::Json,
        (false, false) => Style::Text,
    };
    let url = match &args.exchange {
        Some(url) => url.clone(),
        None => configured(global).context("where is the exchange? Name its address after the number")?,
    };
    let settings = Settings { number: args.number.clone(), url, secret, style };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        match &script {
            Some(script) => phone::by_script(&settings, script).await,
            None if on_screen => phone::on_screen(&settings).await,
            None => phone::listen(&settings).await,
        }
    });
    let Err(error) = outcome else { return Ok(ExitCode::SUCCESS) };
    complain(&error.to_string());
    Ok(match error {
        PhoneError::Script(_) | PhoneError::Terminal(_) => ExitCode::FAILURE,
        PhoneError::Connect(_)
        | PhoneError::NoLine { .. }
        | PhoneError::WrongSecret { .. }
        | PhoneError::Ended { .. } => ExitCode::from(NO_EXCHANGE),
        PhoneError::Stopped => ExitCode::from(STOPPED),
    })
}

/// Where the server is reached that this configuration is for.
fn configured(global: &Global) -> anyhow::Result<String> {
    let config = Config::load(global)?;
    let mut listening = config.listen;
    if listening.ip().is_unspecified() {
        listening.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    Ok(config.public_url(listening)?.as_str().to_owned())
}

fn makes_no_sense(told: &str) -> ExitCode {
    complain(told);
    ExitCode::from(NO_SENSE)
}

fn script(path: &Path) -> anyhow::Result<Script> {
    let (name, text) = if path == Path::new("-") {
        ("standard input".to_owned(), text_of(stdin().lock()))
    } else {
        (path.display().to_string(), std::fs::File::open(path).map_err(anyhow::Error::from).and_then(text_of))
    };
    let text = text.with_context(|| format!("cannot read the script in {name}"))?;
    Script::parse(&text).with_context(|| format!("the script in {name} makes no sense"))
}

/// The line's secret, if one is given; never from the command line, where everybody on the machine could read it.
fn secret(file: Option<&Path>) -> anyhow::Result<Option<String>> {
    let Some(file) = file else {
        return Ok(std::env::var(VARIABLE).ok().filter(|secret| !secret.is_empty()));
    };
    let text = std::fs::File::open(file).map_err(anyhow::Error::from).and_then(text_of);
    let text = text.with_context(|| format!("cannot read the secret in {}", file.display()))?;
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.is_empty() {
        bail!("there is no secret in {}", file.display());
    }
    Ok(Some(secret.to_owned()))
}

fn text_of(source: impl Read) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    source.take(LONGEST_FILE + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len())? > LONGEST_FILE {
        bail!("it is longer than {LONGEST_FILE} bytes");
    }
    String::from_utf8(bytes).context("it is not UTF-8 text")
}

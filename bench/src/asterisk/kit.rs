//! An Asterisk of the kit in `scripts/asterisk`, and who calls by it.

use std::fmt::Write as _;
use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use asterisk::{Fact, Holder, Settings, Wanted};
use engine::SystemClock;
use engine::sip_accounts::Provisioned;

use super::company::Company;
use super::{A_SECOND, TALK, calls_of_round};
use crate::figures::Result;
use crate::latencies::Latencies;
use crate::timing::WARM_UP;

pub(super) const USER: &str = "bench";
pub(super) const PASSWORD: &str = "bench";
pub(super) const APPLICATION: &str = "tollgate";
/// Whom all call: a number of nobody here.
const NUMBER: &str = "+442079460018";
/// Below the ports that systems give to whoever asks for any, and above those of the tests.
const VOICES: [u16; 2] = [28_000, 32_000];
/// How long something of the kit may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where the programs are.
pub(super) struct Trees {
    asterisk: String,
    sip: String,
}

impl Trees {
    /// `None`, where this machine has none.
    pub(super) fn find() -> Result<Option<Trees>> {
        let found = Command::new(scripts().join("find-asterisk.sh")).stderr(Stdio::null()).output()?;
        let said = String::from_utf8(found.stdout)?;
        let mut lines = said.lines().map(str::to_owned);
        let trees = lines.next().zip(lines.next()).map(|(asterisk, sip)| Trees { asterisk, sip });
        Ok(trees.filter(|_| found.status.success()))
    }
}

/// A round of calls.
pub(super) struct Round {
    /// How long the set-ups took that were counted.
    pub(super) set_up: Latencies,
    /// What `sipp` complains about, where a call was lost.
    pub(super) lost: Option<String>,
}

/// An Asterisk that runs until this is dropped, with a far end that answers whoever calls.
pub(super) struct Kit {
    folder: PathBuf,
    guard: Child,
    sip_tree: String,
    http: u16,
    sip: u16,
}

impl Kit {
    pub(super) fn start(trees: &Trees) -> Result<Kit> {
        // Asterisk's user has to reach it, and its path has to be short.
        let folder = tempfile::Builder::new().prefix("bench").tempdir()?.keep();
        let mut guard = Command::new(scripts().join("asterisk/guard.sh"));
        guard.arg(&folder).stdin(Stdio::piped()).stdout(Stdio::null()).process_group(0);
        let guard = guard.spawn()?;
        let http = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let (sip, far_end) = (free()?, free()?);
        let kit = Kit { folder, guard, sip_tree: trees.sip.clone(), http, sip };
        let mut run = Command::new(scripts().join("asterisk/run.sh"));
        run.arg(&kit.folder).arg(&trees.asterisk).envs([
            ("HTTP_PORT", http.to_string()),
            ("SIP_PORT", sip.to_string()),
            ("RTP_START", VOICES[0].to_string()),
            ("RTP_END", VOICES[1].to_string()),
            // The endpoint `answer` of the kit is at the next port.
            ("UAS_BASE", (far_end - 1).to_string()),
            ("ARI_USER", USER.to_owned()),
            ("ARI_PASSWORD", PASSWORD.to_owned()),
            ("ARI_APP", APPLICATION.to_owned()),
            ("VERBOSE_LOG", "0".to_owned()),
        ]);
        let started = run.stdin(Stdio::null()).output()?;
        ensure!(started.status.success(), "Asterisk does not start: {}", String::from_utf8_lossy(&started.stderr));
        kit.far_end(far_end)?;
        Ok(kit)
    }

    /// Its REST interface.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/ari", self.http)
    }

    fn accounts_file(&self) -> PathBuf {
        self.folder.join("etc/tollgate_pjsip_wizard.conf")
    }

    /// Writes a configuration of Tollgate that steers it.
    pub(super) fn configure(&self, folder: &Path) -> Result<()> {
        fs::write(folder.join("password"), PASSWORD)?;
        let configuration = format!(
            "[[asterisk]]\nname = \"pbx\"\nurl = \"{}\"\nuser = \"{USER}\"\npassword_file = \"password\"\napplication = \"{APPLICATION}\"\n\
             accounts = \"{}\"\ncontext = \"from-phone\"\n",
            self.url(),
            self.accounts_file().display(),
        );
        Ok(fs::write(folder.join("tollgate.toml"), configuration)?)
    }

    /// Waits until Tollgate steers it, and it knows the accounts.
    pub(super) async fn is_steered(&self, accounts: &[Provisioned]) -> Result<()> {
        let settings = Settings {
            name: "pbx".to_owned(),
            url: Settings::address(&self.url())?,
            user: USER.to_owned(),
            password: PASSWORD.to_owned(),
            application: APPLICATION.to_owned(),
            accounts: Some(self.accounts_file()),
            context: "from-phone".to_owned(),
        };
        let wanted = Wanted { accounts: accounts.to_vec(), trunks: Vec::new() };
        let begun = Instant::now();
        loop {
            let found = asterisk::examine(&SystemClock, std::slice::from_ref(&settings), &wanted).await?;
            let holds = |is: &dyn Fn(&Fact) -> bool| found.iter().any(|finding| is(&finding.fact));
            let knows = holds(
                &|fact| matches!(fact, Fact::Accounts { unwritten, unknown, .. } if unwritten.is_empty() && unknown.is_empty()),
            );
            if knows && holds(&|fact| matches!(fact, Fact::Application(Holder::Tollgate))) {
                return Ok(());
            }
            ensure!(begun.elapsed() < PATIENCE, "Tollgate and Asterisk do not meet: {found:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Writes what the callers sign in with.
    pub(super) fn write_callers(&self, company: &Company) -> Result<()> {
        let mut text = "SEQUENTIAL\n".to_owned();
        for (username, password) in &company.callers {
            writeln!(text, "{username};{NUMBER};[authentication username={username} password={password}]")?;
        }
        Ok(fs::write(self.folder.join("callers.csv"), text)?)
    }

    /// A round of calls, of which each is to be answered, and ended by its caller. Those that warm up are not counted.
    pub(super) fn calls(&self) -> Result<Round> {
        let talk = TALK.as_millis().to_string();
        fs::write(self.folder.join("caller.xml"), include_str!("caller.xml").replace("TALK", &talk))?;
        let made = calls_of_round();
        let mut callers = self.sipp("caller", free()?);
        callers.args(["-inf", "callers.csv", "-r", &A_SECOND.to_string(), "-m", &made.to_string()]);
        callers.args(["-l", &made.to_string(), "-recv_timeout", "20000", "-trace_rtt", "-rtt_freq", "1"]);
        let child = callers.arg(format!("127.0.0.1:{}", self.sip)).spawn()?;
        let times = self.folder.join(format!("caller_{}_rtt.csv", child.id()));
        let done = child.wait_with_output()?;
        let text = fs::read_to_string(&times).with_context(|| format!("{} has the times", times.display()))?;
        // In milliseconds, with their fractions.
        let took = text.lines().skip(1).filter_map(|line| line.split(';').nth(1)?.trim().parse().ok());
        let took = took.map(|millis: f64| Ok(Duration::try_from_secs_f64(millis)? / 1000));
        let took = took.collect::<Result<Vec<Duration>>>()?;
        let answered = took.len();
        let lost = (!done.status.success() || answered != made)
            .then(|| format!("calls were lost, {answered} of {made} were answered: {}", self.errors("caller")));
        let warm_up = A_SECOND * usize::try_from(WARM_UP.as_secs())?;
        Ok(Round { set_up: Latencies::of(took.into_iter().skip(warm_up).collect()), lost })
    }

    /// Rings and answers at once, whoever calls, until all ends.
    fn far_end(&self, port: u16) -> Result<()> {
        fs::write(self.folder.join("called.xml"), include_str!("called.xml"))?;
        let mut called = self.sipp("called", port).process_group(0).spawn()?;
        let begun = Instant::now();
        while UdpSocket::bind(("127.0.0.1", port)).is_ok() {
            if called.try_wait()?.is_some() || begun.elapsed() > PATIENCE {
                bail!("the far end does not start: {}", self.errors("called"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// `sipp` with a scenario, which the guard ends with all else.
    fn sipp(&self, scenario: &str, port: u16) -> Command {
        let mut sipp = Command::new(scripts().join("asterisk/sip/sipp.sh"));
        sipp.args(["-sf", &format!("{scenario}.xml"), "-i", "127.0.0.1", "-p", &port.to_string()])
            .args(["-nostdin", "-skip_rlimit", "-trace_err", "-error_file"])
            .arg(self.folder.join(format!("{scenario}.err")))
            .env("TOLLGATE_SIP_TREE", &self.sip_tree)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        sipp
    }

    /// The beginning of what a scenario complains about.
    fn errors(&self, scenario: &str) -> String {
        let text = fs::read_to_string(self.folder.join(format!("{scenario}.err"))).unwrap_or_default();
        let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).take(12).collect();
        lines.join("\n")
    }
}

impl Drop for Kit {
    fn drop(&mut self) {
        // Its input ends, and so it does its work.
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }
}

/// A port of UDP that is free now.
fn free() -> Result<u16> {
    Ok(UdpSocket::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts")
}

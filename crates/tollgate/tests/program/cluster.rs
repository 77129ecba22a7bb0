//! PostgreSQL servers of the test's own: one that writes, and one that confirms each of its commits and takes over when it dies.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::databases::execute;

/// Longest wait for a server to do something.
const PATIENCE: Duration = Duration::from_secs(30);
const NAMES: [&str; 2] = ["a", "b"];
const SETTINGS: &str =
    "-c listen_addresses= -c max_connections=100 -c fsync=off -c wal_keep_size=64MB -c max_wal_senders=4";

/// Two servers, of which the first writes. They are ended with the test.
pub(crate) struct Cluster {
    folder: tempfile::TempDir,
    programs: PathBuf,
    primary: usize,
}

impl Cluster {
    /// One server with an empty database.
    pub(crate) async fn start() -> Cluster {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/find-postgres.sh");
        let found = Command::new(script).output().unwrap();
        let programs = PathBuf::from(String::from_utf8(found.stdout).unwrap().trim());
        let cluster = Cluster { folder: tempfile::tempdir_in("/tmp").unwrap(), programs, primary: 0 };
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(cluster.folder.path()));
        }
        let data = cluster.data(0);
        let flags = ["--username=tollgate", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"];
        cluster.program("initdb", &[&["-D", &data], &flags[..]].concat()).await;
        cluster.start_server(0).await;
        execute(&cluster.address_of(0, "postgres"), "CREATE DATABASE tollgate").await;
        cluster
    }

    /// The address that names both servers.
    pub(crate) fn address(&self) -> String {
        let [first, second] = [0, 1].map(|place| host(&self.folder_of(place)));
        format!("postgres://tollgate@{first},{second}/tollgate")
    }

    /// The address of the server that writes.
    pub(crate) fn primary(&self) -> String {
        self.address_of(self.primary, "tollgate")
    }

    /// The socket of the server that writes.
    pub(crate) fn socket(&self) -> PathBuf {
        PathBuf::from(self.folder_of(self.primary)).join(".s.PGSQL.5432")
    }

    /// Makes a standby of the server that writes, which from then on waits for it at each commit.
    pub(crate) async fn follow(&self) {
        let standby = 1 - self.primary;
        let data = self.data(standby);
        run(Command::new("rm").args(["-rf", &data]));
        let from = self.folder_of(self.primary);
        let flags = ["-U", "tollgate", "-R", "-c", "fast", "-X", "stream", "--no-sync"];
        self.program("pg_basebackup", &[&["-D", &data, "-h", &from], &flags[..]].concat()).await;
        self.start_server(standby).await;
        execute(&self.primary(), "ALTER SYSTEM SET synchronous_standby_names = '*'").await;
        execute(&self.primary(), "SELECT pg_reload_conf()").await;
        let begun = Instant::now();
        while !self.is_followed().await {
            assert!(begun.elapsed() < PATIENCE, "the standby does not follow");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Kills the server that writes, with all its sessions at once, as a power cut would.
    pub(crate) fn kill(&self) {
        let file = Path::new(&self.data(self.primary)).join("postmaster.pid");
        let text = std::fs::read_to_string(file).unwrap();
        let id = text.lines().next().unwrap();
        // Stopped first, it neither tells its sessions anything nor starts others.
        run(Command::new("kill").args(["-STOP", id]));
        run(Command::new("pkill").args(["-KILL", "-P", id]));
        run(Command::new("kill").args(["-KILL", id]));
        // What it leaves behind is taken for that of a server that runs.
        let begun = Instant::now();
        while self.any_process_of(self.primary) {
            assert!(begun.elapsed() < PATIENCE, "the server does not die");
            std::thread::sleep(Duration::from_millis(5));
        }
        // A dead process that nobody has asked about yet counts as one that lives, for a server that starts.
        for left in [format!("{}/postmaster.pid", self.data(self.primary)), format!("{}.lock", self.socket().display())]
        {
            let _ = std::fs::remove_file(left);
        }
    }

    /// Whether any process works in a server's folder: all of them do.
    fn any_process_of(&self, place: usize) -> bool {
        let data = self.data(place);
        let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
        let mut folders = processes.filter_map(|process| std::fs::read_link(process.path().join("cwd")).ok());
        folders.any(|folder| folder == Path::new(&data))
    }

    /// Starts the server again that was killed.
    pub(crate) async fn start_again(&self) {
        self.start_server(self.primary).await;
    }

    /// Has the standby write from now on.
    pub(crate) async fn promote(&mut self) {
        self.primary = 1 - self.primary;
        self.program("pg_ctl", &["promote", "-w", "-s", "-D", &self.data(self.primary)]).await;
    }

    async fn is_followed(&self) -> bool {
        let asked = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming'";
        let from = self.folder_of(self.primary);
        self.program("psql", &["-h", &from, "-U", "tollgate", "-Atqc", asked, "postgres"]).await.trim() == "1"
    }

    async fn start_server(&self, place: usize) {
        let (data, folder) = (self.data(place), self.folder_of(place));
        let log = format!("{folder}/log");
        let settings = format!("{SETTINGS} -c cluster_name={} -c unix_socket_directories={folder}", NAMES[place]);
        self.program("mkdir", &["-p", &folder]).await;
        self.program("pg_ctl", &["start", "-w", "-s", "-D", &data, "-l", &log, "-o", &settings]).await;
    }

    /// Runs a program of PostgreSQL's as a user that it takes, and expects it to succeed: what it says. Others go on meanwhile.
    async fn program(&self, name: &str, args: &[&str]) -> String {
        let mut command = self.command(name);
        command.args(args);
        tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap()
    }

    fn command(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let program = if program.exists() { program } else { PathBuf::from(name) };
        let mut command = if is_root() { Command::new("runuser") } else { Command::new(&program) };
        if is_root() {
            command.args(["-u", "postgres", "--"]).arg(program);
        }
        command.current_dir(self.folder.path());
        command
    }

    fn folder_of(&self, place: usize) -> String {
        self.folder.path().join(NAMES[place]).display().to_string()
    }

    fn data(&self, place: usize) -> String {
        self.folder.path().join(format!("{}.data", NAMES[place])).display().to_string()
    }

    fn address_of(&self, place: usize, database: &str) -> String {
        format!("postgres://tollgate@{}/{database}", host(&self.folder_of(place)))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for place in [0, 1].into_iter().filter(|place| Path::new(&self.data(*place)).join("postmaster.pid").exists()) {
            let _ = self.command("pg_ctl").args(["stop", "-s", "-m", "immediate", "-D", &self.data(place)]).output();
        }
    }
}

/// A folder with a socket in the place of a host.
fn host(folder: &str) -> String {
    folder.replace('/', "%2F")
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {out}{err}");
    out.into_owned()
}

//! Terminal phones against the real server: by scripts, and under a real terminal.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::certificate::Certificate;
use crate::run::{Folder, Said};
use crate::server::Server;

/// A phone by script, at work beside the test; the exchange knows it.
fn start(folder: &Folder, server: &Server, number: &str, script: &str) -> Child {
    let name = format!("{number}.txt");
    folder.write(&name, script);
    let mut child = folder.spawn(&["phone", number, &server.address, "--script", &name]);
    let mut line = String::new();
    BufReader::with_capacity(1, child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, format!("- The exchange knows this phone as {number}.\n"));
    child
}

fn end(child: Child) -> Said {
    Said::of(child.wait_with_output().unwrap())
}

fn phone(folder: &Folder, server: &Server, number: &str, script: &str) -> Said {
    end(start(folder, server, number, script))
}

/// The arguments of the first event of this name that the phone heard or sent.
fn first<'a>(events: &'a [Value], name: &str) -> &'a Value {
    let found = events.iter().find(|event| event["event"] == name);
    &found.unwrap_or_else(|| panic!("no {name} in {events:#?}"))["args"]
}

#[tokio::test(flavor = "multi_thread")]
async fn two_phones_talk_by_script_and_the_caller_pays() {
    let folder = Folder::new();
    let server = Server::demo(&folder, &folder.sqlite(), &[]);
    let called =
        "wait ringing 30s\nanswer\nwait connected\nexpect \"hello\"\nsay hello yourself\nexpect \"bye\"\nwait ended\n";
    let called = start(&folder, &server, "0002", called);
    let calls = "wait registered\noff_hook\nwait dial_tone\npress 0002\n\
        wait connected 20s\nsay hello\nexpect \"hello yourself\"\nsleep 1500ms\nsay bye\nhang_up\nwait charged\n";
    let said = folder.run_with_input(&["phone", "0001", &server.address, "--script", "-", "--json"], calls);
    assert_eq!(said.code, Some(0), "{}{}", said.err, said.out);
    let called = end(called);
    assert_eq!(called.code, Some(0), "{}{}", called.err, called.out);
    assert!(called.out.contains("0001: hello\nme: hello yourself\n0001: bye\n"), "{}", called.out);

    let events: Vec<Value> = said.out.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    assert_eq!(first(&events, "make_call"), &json!(["0002"]));
    let meter = &first(&events, "meter")[0];
    let charged = &first(&events, "call_charged")[0];
    assert!(charged["seconds"].as_i64().unwrap() >= 1, "{charged}");
    assert_eq!(charged["currency"], meter["currency"]);
    let (_, calls) = server.get("/api/v1/calls?limit=1").await;
    let call = &calls["items"][0];
    let paid = [&call["from"], &call["to"], &call["price"]["total"], &call["price"]["currency"]];
    assert_eq!(
        paid,
        [&json!("0001"), &json!("0002"), &charged["cost"], &charged["currency"]],
        "the same in the history"
    );
}

#[test]
fn what_keeps_a_phone_from_ringing_is_told() {
    let folder = Folder::new();
    let server = Server::demo(&folder, &folder.sqlite(), &[]);
    folder.write("secret", "tph_of_another_line\n");
    let nowhere = "http://127.0.0.1:1";
    for (args, code, told) in [
        (&["phone", "0001", &server.address][..], 2, "without one, use --script FILE or --json"),
        (&["phone", "0001", &server.address, "--script", "missing"], 2, "cannot read the script in missing"),
        (&["phone", "0001", &server.address, "--script", "secret"], 2, "line 1: \"tph_of_another_line\" is no command"),
        (
            &["phone", "0001", &server.address, "--json", "--secret-file", "missing"],
            2,
            "cannot read the secret in missing",
        ),
        (
            &["phone", "0001", &server.address, "--json", "--secret-file", "secret"],
            3,
            "the given secret is wrong: it is not that of the line 0001",
        ),
        (&["phone", "9876", &server.address, "--json"], 3, "the exchange has no line 9876 (or it is closed)"),
        (&["phone", "9876", "--public-url", &server.address, "--json"], 3, "the exchange has no line 9876"),
        (&["phone", "0001", "--listen", "127.0.0.1:1", "--json"], 3, "http://localhost:1"),
        (&["phone", "", &server.address, "--json"], 3, "name the phone's number"),
        (&["phone", "0001", nowhere, "--json"], 3, "Start one with tollgate serve or tollgate demo"),
        (&["phone", "0001", "localhost:3000", "--json"], 3, "write it like http://localhost:3000"),
    ] {
        let said = folder.run(args);
        assert_eq!(said.code, Some(code), "{args:?}: {}", said.err);
        assert!(said.err.contains(told), "{args:?}: {}", said.err);
    }
    for (script, code, told) in [
        (
            "wait registered\noff_hook\ndial 9876\nwait not_possible no_recipient 5s\nwait unobtainable\n\
            # a line sets a call up each second\non_hook\nsleep 1200ms\noff_hook\ndial 0001\nwait not_possible dialed_self 5s\nwait busy",
            0,
            "",
        ),
        ("wait registered\nblock 0003\nunblock 0003", 0, ""),
        ("wait registered\nwait connected 300ms", 1, "line 2: wait connected 300ms: not within 300 ms"),
    ] {
        let said = phone(&folder, &server, "0001", script);
        assert_eq!(said.code, Some(code), "{script}: {}", said.err);
        assert!(said.err.contains(told), "{script}: {}", said.err);
    }
    // The newest phone of a line has it.
    let first = start(&folder, &server, "0001", "wait registered\nwait replaced 20s");
    let second = phone(&folder, &server, "0001", "wait registered\nsleep 1s\noff_hook\nwait dial_tone");
    assert_eq!((end(first).code, second.code), (Some(0), Some(0)));
}

#[test]
fn a_phone_rings_by_https_where_the_certificate_is_trusted() {
    let folder = Folder::new();
    let [certificate, key] = Certificate::of(7).pem();
    folder.write("certificate.pem", &certificate);
    folder.write("key.pem", key);
    folder.write("another.pem", &Certificate::of(8).pem()[0]);
    folder.write("script", "wait registered");
    let files = ["--tls-certificate", "certificate.pem", "--tls-key", "key.pem"];
    let server = Server::demo(&folder, &folder.sqlite(), &files);
    for (trusted, code, told) in
        [("certificate.pem", 0, ""), ("another.pem", 3, " is not trusted: invalid peer certificate")]
    {
        let mut command = folder.command(&["phone", "0001", &server.address, "--script", "script"]);
        let said = Said::of(command.env("SSL_CERT_FILE", trusted).output().unwrap());
        assert_eq!(said.code, Some(code), "{trusted}: {}", said.err);
        assert!(said.err.contains(told), "{trusted}: {}", said.err);
    }
}

/// A terminal of 80x24 with a shell in it.
struct Terminal {
    folder: Folder,
}

impl Terminal {
    fn open() -> Terminal {
        let terminal = Terminal { folder: Folder::new() };
        terminal.tmux(&["new-session", "-d", "-x", "80", "-y", "24", "env PS1='shell> ' sh"]);
        terminal
    }

    fn tmux(&self, args: &[&str]) -> String {
        let socket = self.folder.path().join("tmux");
        let mut command = Command::new("tmux");
        command.args(["-f", "/dev/null", "-S"]).arg(socket).args(args).current_dir(self.folder.path());
        command.env("TERM", "xterm-256color").env("LC_ALL", "C.UTF-8").env_remove("TMUX").env_remove("NO_COLOR");
        let run = command.output().expect("tmux is missing: `make test` installs it");
        assert!(run.status.success(), "{args:?}: {}", String::from_utf8_lossy(&run.stderr));
        String::from_utf8(run.stdout).unwrap()
    }

    fn press(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys"][..], keys].concat());
    }

    fn type_text(&self, text: &str) {
        self.tmux(&["send-keys", "-l", text]);
    }

    fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p"])
    }

    /// Waits until the screen shows it.
    fn expect(&self, what: &str) -> String {
        let began = Instant::now();
        loop {
            let screen = self.screen();
            if screen.contains(what) {
                return screen;
            }
            assert!(began.elapsed() < Duration::from_secs(20), "never {what:?} on\n{screen}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Starts a phone; its process id is in the file `pid`.
    fn run_phone(&self, number: &str, url: &str) {
        let binary = env!("CARGO_BIN_EXE_tollgate");
        self.type_text(&format!("clear; sh -c 'echo $$ >pid; exec {binary} phone {number} {url}'; echo \"ended $?\""));
        self.press(&["Enter"]);
        self.expect("Exchange  connected");
    }

    /// The phone has ended so, and the terminal is a shell's again: with echo, whole lines, a cursor, and what stood there before.
    fn expect_restored(&self, ended: &str) {
        self.expect(ended);
        assert_eq!(self.tmux(&["display-message", "-p", "#{alternate_on} #{cursor_flag}"]).trim(), "0 1");
        self.type_text("clear; stty -a");
        self.press(&["Enter"]);
        let modes = self.expect("icanon");
        assert!(modes.contains(" echo ") && !modes.contains("-icanon"), "{modes}");
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}

#[test]
fn a_phone_under_a_real_terminal() {
    let folder = Folder::new();
    let server = Server::demo(&folder, &folder.sqlite(), &[]);
    let script = "wait registered\nwait ringing 60s\nanswer\nwait connected\nexpect \"good morning\" 30s\n\
        say good morning to you\nwait ended 30s\non_hook\noff_hook\ndial 0001\nwait ringing 20s\nwait connected 20s\nwait ended 30s\n";
    let other = start(&folder, &server, "0002", script);
    let terminal = Terminal::open();
    terminal.run_phone("0001", &server.address);
    terminal.expect("Handset   on hook");
    terminal.press(&["Enter"]);
    terminal.expect("Heard     dial tone");
    terminal.type_text("90002");
    terminal.expect("Handset   in a call");
    terminal.type_text("good morning");
    terminal.press(&["Enter"]);
    terminal.expect("me: good morning");
    terminal.expect("0002: good morning to you");
    terminal.expect("Time      0:00:02");
    let screen = terminal.expect(" USD");
    assert!(screen.contains("┌ This call ─"), "{screen}");
    terminal.press(&["F4"]);
    terminal.expect("The call took 0:00:0");
    // Now the other one calls.
    terminal.expect("Heard     the bell: a call");
    terminal.press(&["Space"]);
    terminal.expect("Connected with 0002.");
    terminal.tmux(&["resize-window", "-x", "60", "-y", "20"]);
    terminal.expect("please make it larger");
    terminal.tmux(&["resize-window", "-x", "100", "-y", "30"]);
    terminal.expect("Handset   in a call");
    terminal.press(&["F10"]);
    terminal.expect_restored("ended 0");
    let other = end(other);
    assert_eq!(other.code, Some(0), "{}{}", other.err, other.out);
    assert!(other.out.contains("0001: good morning\n"), "{}", other.out);
}

#[test]
fn signals_give_the_terminal_back() {
    let folder = Folder::new();
    let server = Server::demo(&folder, &folder.sqlite(), &[]);
    let terminal = Terminal::open();
    for signal in ["TERM", "INT"] {
        terminal.run_phone("0001", &server.address);
        let pid = std::fs::read_to_string(terminal.folder.path().join("pid")).unwrap();
        assert!(Command::new("kill").args([&format!("-{signal}"), pid.trim()]).status().unwrap().success());
        terminal.expect_restored("ended 0");
    }
    terminal.run_phone("0001", &server.address);
    drop(server);
    terminal.expect("Exchange  lost, trying again");
    terminal.press(&["C-c"]);
    terminal.expect_restored("ended 0");
}

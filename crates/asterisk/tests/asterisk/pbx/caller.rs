//! Somebody outside who calls in over the trunk.

use std::fs::File;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::ports::Block;
use super::script;

/// A call from outside; dropped, the caller is gone without a word.
pub(crate) struct Caller {
    child: Option<Child>,
}

impl Caller {
    pub(super) fn start(run_folder: &Path, ports: &Block, scenario: &str, number: &str) -> Caller {
        let folder = run_folder.join("uas");
        let port = ports.next_caller();
        let errors = folder.join(format!("{scenario}-{port}.err"));
        let said = File::create(folder.join(format!("{scenario}-{port}.out"))).unwrap();
        let mut sipp = Command::new(script("sip/sipp.sh"));
        sipp.args(["-sf", &format!("{scenario}.xml"), "-s", number, "-i", "127.0.0.1", "-m", "1"])
            .args(["-p", &port.to_string(), "-cp", &(port + 1).to_string()])
            .args(["-min_rtp_port", &(port + 2).to_string(), "-max_rtp_port", &(port + 5).to_string()])
            .args(["-nostdin", "-skip_rlimit", "-trace_err", "-error_file"])
            .arg(&errors)
            .arg(format!("127.0.0.1:{}", ports.sip()))
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stderr(said.try_clone().unwrap())
            .stdout(said)
            .process_group(0);
        if let Some(tree) = std::env::var_os("TOLLGATE_TEST_SIP") {
            sipp.env("TOLLGATE_SIP_TREE", tree);
        }
        let child = sipp.spawn().unwrap();
        // Whoever stops the far ends stops the callers, too.
        let mut list = File::options().append(true).create(true).open(folder.join("pids")).unwrap();
        writeln!(list, "{}", child.id()).unwrap();
        Caller { child: Some(child) }
    }

    /// Whether the call went as the scenario says, once it is over.
    pub(crate) async fn went_as_planned(mut self) -> bool {
        let mut child = self.child.take().unwrap();
        tokio::task::spawn_blocking(move || child.wait().unwrap().success()).await.unwrap()
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

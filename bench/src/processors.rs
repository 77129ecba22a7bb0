//! What other processes take of the processors.

use std::fs;
use std::time::Duration;

use anyhow::Context;

use crate::figures::Result;

/// In how many parts Linux counts a second (`USER_HZ`), which is the same on every machine that it runs on.
const TICKS: u32 = 100;

/// The processor time of all processes of this name, as long as they live.
pub(crate) fn of(name: &str) -> Result<Duration> {
    let mut ticks = 0;
    for process in fs::read_dir("/proc").context("processor time is read from /proc, which Linux has")? {
        // One that ends meanwhile counts no more.
        let Ok(stat) = fs::read_to_string(process?.path().join("stat")) else { continue };
        ticks += of_process(&stat, name).unwrap_or(0);
    }
    Ok(Duration::from_secs(ticks) / TICKS)
}

/// The ticks of a process by its `stat`, if it has this name.
fn of_process(stat: &str, name: &str) -> Option<u64> {
    let (head, tail) = stat.rsplit_once(')')?;
    let (_, command) = head.split_once('(')?;
    if command != name {
        return None;
    }
    // From the third field on; the 14th and 15th are its time as a user's program, and as the kernel.
    let fields: Vec<&str> = tail.split_whitespace().collect();
    Some(fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_known_by_its_name() {
        let stat = "42 (post gres) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 1 0 100 1000 10";
        assert_eq!(of_process(stat, "post gres"), Some(300));
        assert_eq!(of_process(stat, "postgres"), None);
    }
}

//! What the operating system knows of this program, under the names that all programs' metrics have.

use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use cpu_time::ProcessTime;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// What the operating system knows of this program.
#[derive(Debug, Default)]
pub(super) struct Process {
    processor: Counter<f64, AtomicU64>,
    resident: Gauge,
    virtually: Gauge,
    files: Gauge,
    most_files: Gauge,
    started: Gauge<f64, AtomicU64>,
}

impl Process {
    /// Has a registry show it, as of the last look.
    pub(super) fn register(&self, registry: &mut Registry) {
        let began = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64());
        self.started.set(began);
        registry.register(
            "process_start_time_seconds",
            "When the program began, in seconds since 1970",
            self.started.clone(),
        );
        registry.register("process_cpu_seconds", "Time of processors that it has used", self.processor.clone());
        // Told by files that Linux alone has.
        if cfg!(target_os = "linux") {
            registry.register("process_resident_memory_bytes", "Memory that it has", self.resident.clone());
            registry.register("process_virtual_memory_bytes", "Memory that it may have", self.virtually.clone());
            registry.register("process_open_fds", "Files and connections that it has open", self.files.clone());
            registry.register("process_max_fds", "How many it may have open", self.most_files.clone());
        }
    }

    /// Looks.
    pub(super) fn look(&self) {
        if let Ok(used) = ProcessTime::try_now() {
            self.processor.inner().store(used.as_duration().as_secs_f64().to_bits(), Ordering::Relaxed);
        }
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        for (name, gauge) in [("VmRSS:", &self.resident), ("VmSize:", &self.virtually)] {
            let kilobytes = first_number(&status, name).unwrap_or(0);
            gauge.set(kilobytes.saturating_mul(1024));
        }
        let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
        self.most_files.set(first_number(&limits, "Max open files").unwrap_or(0));
        let files = fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
        self.files.set(i64::try_from(files).unwrap_or(i64::MAX));
    }
}

/// The first number of the line that begins with this name.
fn first_number(text: &str, name: &str) -> Option<i64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

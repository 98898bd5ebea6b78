//! Real time, and CPU and memory of processes.

use std::fs;
use std::time::{Duration, Instant};

use rustix::event::Timespec;

use crate::stats::as_float;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn secs(self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub(crate) fn read_clock() -> Instant {
    Instant::now()
}

pub(crate) fn pause_ms(ms: u64) {
    pause_for(Duration::from_millis(ms));
}

#[expect(clippy::disallowed_methods, reason = "a benchmark waits for other processes")]
pub(crate) fn pause_for(span: Duration) {
    std::thread::sleep(span);
}

pub(crate) fn timespec_of_ms(ms: u32) -> Timespec {
    Timespec { tv_sec: i64::from(ms / 1_000), tv_nsec: i64::from(ms % 1_000) * 1_000_000 }
}

/// CPU time of all threads of a process, in seconds, from `schedstat`.
pub(crate) fn cpu_s(pid: u32) -> f64 {
    let Ok(tasks) = fs::read_dir(format!("/proc/{pid}/task")) else {
        return 0.0;
    };
    let mut total_ns = 0;
    for task in tasks.flatten() {
        let stat = fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
        let ran = stat.split_whitespace().next().and_then(|ns| ns.parse::<u64>().ok());
        total_ns += ran.unwrap_or(0);
    }
    as_float(total_ns) / 1e9
}

/// Resident memory of a process in bytes, kernel memory not counted.
pub(crate) fn memory_bytes(pid: u32) -> u64 {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Rss:"));
    let kb = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kb.unwrap_or(0) * 1_024
}

/// Raises the limit of open files to the hard limit and returns it.
pub(crate) fn raise_open_files_limit() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let _raised = setrlimit(Resource::Nofile, raised).is_ok();
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// The system's load average over the last minute.
pub(crate) fn load_average() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let first = text.split_whitespace().next();
    first.and_then(|number| number.parse().ok()).unwrap_or(0.0)
}

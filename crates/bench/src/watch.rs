//! Real time, memory and CPU: what a bench measures.

use std::fs;
use std::time::{Duration, Instant};

use rustix::event::Timespec;

/// A stopwatch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watch(Instant);

impl Watch {
    #[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn secs(self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

/// The real instant, on the clock that never jumps.
#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Lets real time pass.
pub(crate) fn pause(ms: u64) {
    pause_for(Duration::from_millis(ms));
}

/// Lets real time pass, finer.
#[expect(clippy::disallowed_methods, reason = "a bench waits for other programs")]
pub(crate) fn pause_for(span: Duration) {
    std::thread::sleep(span);
}

pub(crate) fn timespec(ms: u32) -> Timespec {
    Timespec { tv_sec: i64::from(ms / 1_000), tv_nsec: i64::from(ms % 1_000) * 1_000_000 }
}

/// The CPU seconds all threads of a program have used.
pub(crate) fn cpu_s(program: u32) -> f64 {
    let Ok(tasks) = fs::read_dir(format!("/proc/{program}/task")) else {
        return 0.0;
    };
    let mut total_ns = 0;
    for task in tasks.flatten() {
        let stat = fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
        let ran = stat.split_whitespace().next().and_then(|ns| ns.parse::<u64>().ok());
        total_ns += ran.unwrap_or(0);
    }
    ns_as_s(total_ns)
}

/// The memory a program holds, in bytes, without what the kernel holds for it.
pub(crate) fn memory_bytes(program: u32) -> u64 {
    let rollup = fs::read_to_string(format!("/proc/{program}/smaps_rollup")).unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Rss:"));
    let kb = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kb.unwrap_or(0) * 1_024
}

/// How many files one program may hold open here, raised as far as it may be.
pub(crate) fn open_files_max() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let _raised = setrlimit(Resource::Nofile, raised).is_ok();
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "seconds of a bench are few")]
fn ns_as_s(ns: u64) -> f64 {
    ns as f64 / 1e9
}

/// The middle of the values; 0 when there are none.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let upper = values.get(values.len() / 2);
    let lower = values.get(values.len().saturating_sub(1) / 2);
    upper.zip(lower).map_or(0.0, |(upper, lower)| f64::midpoint(*upper, *lower))
}

//! The test machine: cores, scheduling, address, and CPU time stolen by its hypervisor.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::process::{Command, Stdio};

use nix::ifaddrs::getifaddrs;
use nix::net::if_::InterfaceFlags;
use nix::sched::{CpuSet, sched_setaffinity};
use nix::unistd::Pid;

use crate::stats::as_float;

/// SCHED_RR priority of server and client.
const RT_PRIORITY: &str = "20";

#[derive(Clone, Copy, Debug)]
pub(super) struct Machine {
    /// An address other than loopback, because Janus offers no loopback candidates. The packets do
    /// not leave the machine.
    pub(super) host: IpAddr,
    pub(super) has_address: bool,
    /// The server and the client are pinned to one core each.
    pub(super) has_own_cores: bool,
    /// Both run under SCHED_RR.
    pub(super) is_realtime: bool,
}

impl Machine {
    /// Picks the address, and pins this process, the client, to the second core under SCHED_RR.
    pub(super) fn prepare() -> Self {
        let found = find_address();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut own = CpuSet::new();
        let has_own_cores =
            cores > 1 && own.set(1).is_ok() && sched_setaffinity(Pid::from_raw(0), &own).is_ok();
        let mut urgent = Command::new("chrt");
        urgent.args(["-r", "-p", RT_PRIORITY]).arg(std::process::id().to_string());
        let urgent = urgent.stdout(Stdio::null()).stderr(Stdio::null()).status();
        Self {
            host: found.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            has_address: found.is_some(),
            has_own_cores,
            is_realtime: urgent.is_ok_and(|status| status.success()),
        }
    }

    /// The command for a server: pinned to the first core, with the client's priority.
    pub(super) fn server_command(self, program: &str) -> Command {
        let mut words = Vec::new();
        if self.is_realtime {
            words.extend(["chrt", "-r", RT_PRIORITY]);
        }
        if self.has_own_cores {
            words.extend(["taskset", "-c", "0"]);
        }
        words.push(program);
        let mut words = words.into_iter();
        let mut command = Command::new(words.next().unwrap_or(program));
        command.args(words);
        command
    }

    pub(super) fn describe(self) -> String {
        let cores = if self.has_own_cores {
            "one core each for server and client"
        } else {
            "server and client share the cores"
        };
        let urgent = if self.is_realtime {
            "both under SCHED_RR"
        } else {
            "both under the default scheduler"
        };
        format!("{cores}, {urgent}")
    }
}

/// The first IPv4 address that is up and not loopback.
fn find_address() -> Option<IpAddr> {
    getifaddrs().ok()?.find_map(|one| {
        let is_fit = one.flags.contains(InterfaceFlags::IFF_UP)
            && !one.flags.contains(InterfaceFlags::IFF_LOOPBACK);
        let address = one.address.filter(|_| is_fit)?;
        Some(IpAddr::V4(address.as_sockaddr_in()?.ip()))
    })
}

/// `/proc/stat`, in ticks of 10 ms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct CpuTimes {
    total: u64,
    stolen: u64,
}

impl CpuTimes {
    pub(super) fn now() -> Self {
        Self::read(&fs::read_to_string("/proc/stat").unwrap_or_default())
    }

    fn read(stat: &str) -> Self {
        let line = stat.lines().find(|line| line.starts_with("cpu "));
        let numbers = line.unwrap_or_default().split_whitespace().skip(1);
        let numbers: Vec<u64> = numbers.filter_map(|number| number.parse().ok()).collect();
        Self {
            // Guest time is contained in user time.
            total: numbers.iter().take(8).sum(),
            stolen: numbers.get(7).copied().unwrap_or(0),
        }
    }

    /// Returns the share of the CPU time since `before` that the hypervisor gave to others.
    pub(super) fn stolen_since(self, before: Self) -> f64 {
        let total = self.total.saturating_sub(before.total).max(1);
        as_float(self.stolen.saturating_sub(before.stolen)) / as_float(total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stolen_time_is_a_share_of_all_time() {
        let before = CpuTimes::read("cpu  100 0 50 800 0 0 0 50 7 7\ncpu0 1 2 3\n");
        let after = CpuTimes::read("cpu  150 0 60 820 0 0 0 70 9 9\n");
        assert_eq!(before.total, 1_000);
        assert!((after.stolen_since(before) - 0.2).abs() < 1e-9);
        assert!(CpuTimes::default().stolen_since(after).abs() < 1e-9);
    }
}

//! The machine that is measured on: which core is whose, which address all speak over, and how
//! much others took of it meanwhile.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::process::{Command, Stdio};

use nix::ifaddrs::getifaddrs;
use nix::net::if_::InterfaceFlags;
use nix::sched::{CpuSet, sched_setaffinity};
use nix::unistd::Pid;

/// How urgent server and client are, both alike, among what waits for real time.
const URGENCY: &str = "20";

/// How programs are run here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Machine {
    /// An address of this machine that is not loopback: Janus tells nobody of those. What goes
    /// to it does not leave the machine.
    pub(super) here: IpAddr,
    /// Whether that is a real one.
    pub(super) has_address: bool,
    /// Whether the server and the client each have a core of their own.
    pub(super) has_cores: bool,
    /// Whether both go before everything else here.
    pub(super) is_urgent: bool,
}

impl Machine {
    /// Looks around, and puts this program, the client, on the second core.
    pub(super) fn take() -> Self {
        let found = address();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut own = CpuSet::new();
        let has_cores =
            cores > 1 && own.set(1).is_ok() && sched_setaffinity(Pid::from_raw(0), &own).is_ok();
        let mut urgent = Command::new("chrt");
        urgent.args(["-r", "-p", URGENCY]).arg(std::process::id().to_string());
        let urgent = urgent.stdout(Stdio::null()).stderr(Stdio::null()).status();
        Self {
            here: found.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            has_address: found.is_some(),
            has_cores,
            is_urgent: urgent.is_ok_and(|status| status.success()),
        }
    }

    /// The command that runs a server: on the first core, as urgent as the client.
    pub(super) fn server(self, program: &str) -> Command {
        let mut words = Vec::new();
        if self.is_urgent {
            words.extend(["chrt", "-r", URGENCY]);
        }
        if self.has_cores {
            words.extend(["taskset", "-c", "0"]);
        }
        words.push(program);
        let mut words = words.into_iter();
        let mut command = Command::new(words.next().unwrap_or(program));
        command.args(words);
        command
    }

    /// In words.
    pub(super) fn words(self) -> String {
        let cores = if self.has_cores {
            "a core each for server and client"
        } else {
            "server and client share what cores there are"
        };
        let urgent = if self.is_urgent {
            "both before everything else (SCHED_RR)"
        } else {
            "beside everything else"
        };
        format!("{cores}, {urgent}")
    }
}

/// The first address of this machine that others could use.
fn address() -> Option<IpAddr> {
    getifaddrs().ok()?.find_map(|one| {
        let is_fit = one.flags.contains(InterfaceFlags::IFF_UP)
            && !one.flags.contains(InterfaceFlags::IFF_LOOPBACK);
        let address = one.address.filter(|_| is_fit)?;
        Some(IpAddr::V4(address.as_sockaddr_in()?.ip()))
    })
}

/// What the cores did so far, in hundredths of a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cores {
    total: u64,
    stolen: u64,
}

impl Cores {
    pub(super) fn now() -> Self {
        Self::read(&fs::read_to_string("/proc/stat").unwrap_or_default())
    }

    fn read(stat: &str) -> Self {
        let line = stat.lines().find(|line| line.starts_with("cpu "));
        let numbers = line.unwrap_or_default().split_whitespace().skip(1);
        let numbers: Vec<u64> = numbers.filter_map(|number| number.parse().ok()).collect();
        Self {
            // Guests' time is counted among the others' already.
            total: numbers.iter().take(8).sum(),
            stolen: numbers.get(7).copied().unwrap_or(0),
        }
    }

    /// The part of the machine that its host gave to others since `before`.
    pub(super) fn stolen_since(self, before: Self) -> f64 {
        let total = self.total.saturating_sub(before.total).max(1);
        super::as_float(self.stolen.saturating_sub(before.stolen)) / super::as_float(total)
    }
}

/// How many programs waited for a core in the last minute.
pub(super) fn load_average() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let first = text.split_whitespace().next();
    first.and_then(|word| word.parse().ok()).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_host_took_is_a_part_of_all() {
        let before = Cores::read("cpu  100 0 50 800 0 0 0 50 7 7\ncpu0 1 2 3\n");
        let after = Cores::read("cpu  150 0 60 820 0 0 0 70 9 9\n");
        assert_eq!(before.total, 1_000);
        assert!((after.stolen_since(before) - 0.2).abs() < 1e-9);
        assert!(Cores::default().stolen_since(after).abs() < 1e-9);
    }
}

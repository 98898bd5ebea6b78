//! The open-file limit of the process, and the number of sitters it allows.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Number of files the program needs for itself: database, listeners, log, timers.
const OWN: u64 = 200;
/// One file in this many of the rest is reserved for page requests; the others are for sitters.
const FOR_PAGES: u64 = 5;

/// The limits of open files (`RLIMIT_NOFILE`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Files {
    /// Soft limit: allowed now.
    pub(crate) now: u64,
    /// Hard limit: the process can raise the soft limit up to this.
    pub(crate) most: u64,
}

impl Files {
    /// Returns the current limits.
    pub(crate) fn allowed() -> Self {
        let limit = getrlimit(Resource::Nofile);
        let most = limit.maximum.unwrap_or(u64::MAX);
        Self { now: limit.current.unwrap_or(u64::MAX), most }
    }

    /// Raises the soft limit to the hard limit, and returns the limits afterwards. Logs a failure.
    pub(crate) fn raised() -> Self {
        let limit = getrlimit(Resource::Nofile);
        let wanted = Rlimit { current: limit.maximum, maximum: limit.maximum };
        if let Err(error) = setrlimit(Resource::Nofile, wanted) {
            tracing::warn!(%error, "the open-file limit could not be raised");
        }
        Self::allowed()
    }

    /// Returns the number of people who can sit at once with this many files, up to `most`.
    pub(crate) fn sitters(files: u64, most: u32) -> u32 {
        let left = files.saturating_sub(OWN);
        let sitters = left.saturating_sub(left / FOR_PAGES);
        u32::try_from(sitters).unwrap_or(u32::MAX).min(most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_shared_between_those_who_sit_and_those_who_read() {
        assert_eq!(Files::sitters(1_200, 15_000), 800);
        assert_eq!(Files::sitters(1_048_576, 15_000), 15_000);
        assert_eq!(Files::sitters(100, 15_000), 0);
    }

    #[test]
    fn raising_reaches_what_the_system_allows() {
        let raised = Files::raised();
        assert_eq!(raised.now, raised.most);
    }
}

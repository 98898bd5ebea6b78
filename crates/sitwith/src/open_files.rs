//! The open-file limit of the process, and the number of sitters it allows.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Number of files the program needs for itself: database, listeners, log, timers.
const OWN_FILES: u64 = 200;
/// One file in this many of the rest is reserved for page requests; the others are for sitters.
const PAGE_SHARE_DIVISOR: u64 = 5;

/// The limits of open files (`RLIMIT_NOFILE`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OpenFileLimit {
    /// Soft limit: allowed now.
    pub(crate) soft: u64,
    /// Hard limit: the process can raise the soft limit up to this.
    pub(crate) hard: u64,
}

impl OpenFileLimit {
    /// Returns the current limits.
    pub(crate) fn current() -> Self {
        let limit = getrlimit(Resource::Nofile);
        let most = limit.maximum.unwrap_or(u64::MAX);
        Self { soft: limit.current.unwrap_or(u64::MAX), hard: most }
    }

    /// Raises the soft limit to the hard limit, and returns the limits afterwards. Logs a failure.
    pub(crate) fn raise() -> Self {
        let limit = getrlimit(Resource::Nofile);
        let wanted = Rlimit { current: limit.maximum, maximum: limit.maximum };
        if let Err(error) = setrlimit(Resource::Nofile, wanted) {
            tracing::warn!(%error, "the open-file limit could not be raised");
        }
        Self::current()
    }

    /// Returns the number of people who can sit at once with this many files, up to `most`.
    pub(crate) fn sitters_within(files: u64, most: u32) -> u32 {
        let left = files.saturating_sub(OWN_FILES);
        let sitters = left.saturating_sub(left / PAGE_SHARE_DIVISOR);
        u32::try_from(sitters).unwrap_or(u32::MAX).min(most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_shared_between_those_who_sit_and_those_who_read() {
        assert_eq!(OpenFileLimit::sitters_within(1_200, 15_000), 800);
        assert_eq!(OpenFileLimit::sitters_within(1_048_576, 15_000), 15_000);
        assert_eq!(OpenFileLimit::sitters_within(100, 15_000), 0);
    }

    #[test]
    fn raising_reaches_what_the_system_allows() {
        let raised = OpenFileLimit::raise();
        assert_eq!(raised.soft, raised.hard);
    }
}

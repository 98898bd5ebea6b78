//! How many files and connections the system lets us have open, and what that means for people.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files the program needs for itself: database, listeners, log, timers.
const OWN: u64 = 200;
/// Of the rest, one in so many is kept for pages being read beside those who sit.
const FOR_PAGES: u64 = 5;

/// What the system allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Files {
    /// What is allowed now.
    pub(crate) now: u64,
    /// What it could be raised to; only the machine's owner can go beyond.
    pub(crate) most: u64,
}

impl Files {
    /// What the system allows now.
    pub(crate) fn allowed() -> Self {
        let limit = getrlimit(Resource::Nofile);
        let most = limit.maximum.unwrap_or(u64::MAX);
        Self { now: limit.current.unwrap_or(u64::MAX), most }
    }

    /// Raises what is allowed as far as it goes.
    pub(crate) fn raised() -> Self {
        let limit = getrlimit(Resource::Nofile);
        let wanted = Rlimit { current: limit.maximum, maximum: limit.maximum };
        if let Err(error) = setrlimit(Resource::Nofile, wanted) {
            tracing::warn!(%error, "the open-file limit could not be raised");
        }
        Self::allowed()
    }

    /// How many people can sit at once with this many files, up to `most`.
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

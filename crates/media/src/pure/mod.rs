//! Small machines without any packet's bytes or connection in them: numbers and times in, numbers
//! out. The hub is made of them.
//!
//! * [`rewrite`]: sequence numbers, times and picture numbers of what goes into one slot;
//! * [`slots`]: which slot carries whom;
//! * [`loud`]: the loudest voices, and who speaks;
//! * [`layers`]: how much of each face a line carries;
//! * [`trust`]: how far an estimate of a line is to be believed;
//! * [`tries`]: when more of a line is asked for;
//! * [`keyframes`]: how often a whole picture is asked for;
//! * [`frames`]: packets in a stream of bytes;
//! * [`bucket`]: how much of something is taken in a time.

pub mod bucket;
pub mod frames;
pub mod keyframes;
pub mod layers;
pub mod loud;
pub mod rewrite;
pub mod slots;
pub mod tries;
pub mod trust;

/// Some time to begin at, in tests.
#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "an Instant has no other beginning; all times in tests are counted from it by hand"
)]
pub(crate) fn beginning() -> std::time::Instant {
    std::time::Instant::now()
}

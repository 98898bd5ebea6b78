//! Pure algorithms: numbers and times in, decisions out. The hub's machines are built from them.
//!
//! * [`rewrite`]: RTP sequence numbers, timestamps and VP8 picture ids of one slot;
//! * [`slots`]: assignment of seats to slots;
//! * [`speakers`]: active speakers;
//! * [`allocator`]: a link's bitrate, divided into simulcast layers;
//! * [`estimate`]: a link's bitrate from BWE, delays and losses;
//! * [`probe`]: when to probe for a higher bitrate;
//! * [`keyframes`]: throttling of keyframe requests;
//! * [`frames`]: RFC 4571 framing;
//! * [`bucket`]: rate limits.

pub mod allocator;
pub mod bucket;
pub mod estimate;
pub mod frames;
pub mod keyframes;
pub mod probe;
pub mod rewrite;
pub mod slots;
pub mod speakers;

/// The start of time in tests.
#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "an Instant has no other origin; all times in tests are counted from it by hand"
)]
pub(crate) fn test_epoch() -> std::time::Instant {
    std::time::Instant::now()
}

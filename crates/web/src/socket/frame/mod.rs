//! The framing of RFC 6455, server side, without I/O.
//!
//! Bytes go in as they were read, in pieces of any size; whole messages come out. Frames from
//! browsers are small and mostly arrive whole: they are unmasked in place and not copied. Only an
//! incomplete frame or message is kept, in one small box.
//!
//! No extension is supported: the upgrade offers none, so any reserved bit is a fault.
//!
//! This folder uses the standard library alone and nothing around it: `fuzz/` builds it separately.

mod fault;
mod parser;
mod small_frame;

pub use fault::ProtocolFault;
pub use parser::{BrowserMessage, FrameParser};
pub use small_frame::SmallFrame;

/// Maximum size of a message from a browser, over all of its frames, in bytes.
pub const MESSAGE_MAX: usize = 1_024;
/// Maximum payload of a ping, pong or close, in bytes.
pub const CONTROL_MAX: usize = 125;

#[cfg(test)]
mod tests;

//! The framing of RFC 6455, server side, without any input or output of its own.
//!
//! Bytes go in as they were read, in pieces of any size; whole messages come out. Frames from
//! browsers are small and mostly arrive whole: those are unmasked where they lie and copied
//! nowhere. Only a frame or message that is still incomplete is kept, in one small box.
//!
//! No extension is spoken: the upgrade offers none, so any reserved bit is a fault.
//!
//! This folder uses nothing but the standard library and nothing around it: `fuzz/` builds it
//! alone.

mod fault;
mod reader;
mod small;

pub use fault::Fault;
pub use reader::{Heard, Reader};
pub use small::Small;

/// The longest message a browser may send, over all of its frames.
pub const MESSAGE_MAX: usize = 1_024;
/// The longest payload of a ping, pong or close.
pub const CONTROL_MAX: usize = 125;

#[cfg(test)]
mod tests;

//! Text to vectors: the embedding model that lets answers of one meaning find each other.
//!
//! [`Insight`] is the handle a home holds. Behind it one thread of low priority reads one text
//! after the other; nothing a person wrote leaves the machine or is written down here.

mod handle;

pub use handle::{About, EmbedNo, Insight, Read, WAITING_MAX};

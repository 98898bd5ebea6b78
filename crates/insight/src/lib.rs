//! Text to vectors: the embedding model that lets answers of one meaning find each other.
//!
//! [`Insight`] is the handle a home holds. Behind it one thread of low priority reads one text
//! after the other; nothing a person wrote leaves the machine or is written down here. A model is
//! one file, a [`pack`](pack::Pack), inside the program or in the home's folder.

mod handle;
mod model;
pub mod pack;
mod pieces;
mod thread;
mod tongue;

pub use handle::{EmbedNo, Insight, Read, WAITING_MAX};

//! Text embeddings: the model that lets shares of similar meaning find each other.
//!
//! [`Insight`] is the handle a home holds. One low-priority thread behind it embeds texts one by
//! one; no text leaves the machine or is logged. A model is one file, a [`pack`](pack::Pack), built
//! into the program or in the home's folder.

mod embedder;
mod handle;
mod language;
mod model;
pub mod pack;
mod tokenizer;

pub use handle::{EmbedNo, Embedding, Insight, WAITING_MAX};

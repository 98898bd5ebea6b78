//! The guide's pages of a round: asking, reading first, sewing, opening, reading aloud.

mod aloud;
mod asking;
mod scene;
mod seeing;
mod sewing;

//! The model against its reference, and against hostile packs.

mod hostile;
mod reference;

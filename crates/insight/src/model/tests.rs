//! The model against its reference, and against packs that somebody else wrote.

mod hostile;
mod reference;

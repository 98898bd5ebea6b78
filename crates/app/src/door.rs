//! The door: who comes in, as what, and for how long.

pub mod guests;
pub mod invitations;
pub mod sessions;
pub mod sign_in;

//! The door: who comes in, as what, and for how long.

pub mod arrive;
pub mod guests;
pub mod invitations;
pub mod sessions;

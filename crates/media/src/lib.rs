//! The forwarding of sound and picture (SFU): what one browser gives, up, goes to those who may
//! hear and see it, down. Nothing is mixed, nothing decoded, nothing recorded.
//!
//! * [`Media`]: the handle the rest of the home uses; never blocks;
//! * `hub`: the forwarding itself, without input and output of its own, on time that is handed in;
//! * `drive`: threads, batched UDP and TCP around it.
//!
//! [`sitwith_core::sit::media`] has the words between the room, which decides who may be heard
//! and seen, and this crate, which obeys: nothing is forwarded that no rule names.

mod drive;
mod handle;
pub mod hub;
pub mod pure;
mod settings;
mod turn;

pub use drive::{ADDRESSES_MAX, Counts, is_public, own_addresses};
pub use handle::{DownNo, Media, Offer, UpNo};
pub use settings::{Chance, Fill, PEERS_MAX, SPLIT_AT, Settings, StartNo, WORKERS_MAX};
pub use turn::{PASS_S, Turn, TurnPass};

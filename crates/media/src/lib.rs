//! The media server (SFU): forwards the audio and video that one browser publishes ("up") to those
//! that may hear and see it ("down"). Nothing is mixed, transcoded or recorded.
//!
//! * [`Sfu`]: the handle for the rest of the home, never blocking;
//! * [`hub`]: one worker's forwarding, without I/O or clock;
//! * [`pure`]: its algorithms;
//! * `workers`: threads, batched UDP and TCP around the hubs.
//!
//! [`sitwith_core::sit::media`] defines the rules that a room sets and the events that it
//! gets back: nothing is forwarded that no rule names.

pub mod hub;
pub mod pure;
mod settings;
mod sfu;
mod turn;
mod workers;

pub use settings::{
    FillRandom, PEERS_MAX, RandomSource, SPLIT_AT, SfuSettings, StartError, WORKERS_MAX,
};
pub use sfu::{DownError, NumberedSdpOffer, Sfu, UpError};
pub use turn::{CREDENTIAL_TTL_S, TurnCredential, TurnServer};
pub use workers::{ADDRESSES_MAX, TrafficCounts, is_public, own_addresses};

//! The use cases of a home, its living sits and rounds, and its background jobs. A use case checks
//! permission first, reads, decides in `core` and writes once.

pub mod access;
pub mod base;
mod cohorts;
pub mod door;
pub mod events;
pub mod fail;
pub mod help;
pub mod home;
pub mod jobs;
pub mod keeper;
pub mod limits;
pub mod live;
mod live_rounds;
pub mod mail;
pub mod media;
pub mod notices;
pub mod noun;
pub mod nouns;
pub mod rate_limits;
pub mod requests;
pub mod rounds;
mod secret;
pub mod settings;
pub mod settings_store;
pub mod sits;
pub mod you;
pub mod zones;

pub use sitwith_store::Broken;

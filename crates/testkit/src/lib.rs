//! A whole home in a test. For tests only: nothing that is served depends on it.
//!
//! Use it from a crate's `tests/` folder. In `src/` a test would meet two copies of its own
//! crate, one of them under this kit, and their types do not fit each other.

pub mod both;
#[cfg(feature = "web")]
pub mod browser;
#[cfg(feature = "home")]
pub mod cohorts;
pub mod existing;
#[cfg(feature = "home")]
pub mod home;
#[cfg(feature = "home")]
pub mod media;
pub mod people;
#[cfg(feature = "home")]
pub mod proofs;
#[cfg(feature = "home")]
pub mod rounds;
#[cfg(feature = "home")]
pub mod sits;
pub mod temp;

pub use both::both;
#[cfg(feature = "web")]
pub use browser::{TestBrowser, TestPage};
#[cfg(feature = "home")]
pub use home::TestHome;
/// What reads shares, for [`TestHome::reading`], and what it makes of a text.
#[cfg(feature = "home")]
pub use sitwith_insight::{Embedding, Insight};
pub use temp::TempFolder;

//! A whole home in a test. For tests only: no product crate depends on it.
//!
//! Use it from a crate's `tests/` folder. A unit test in `src/` would link two copies of its own
//! crate, one of them through this kit, and their types do not match.

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

pub use both::on_both_engines;
#[cfg(feature = "web")]
pub use browser::{TestBrowser, TestPage};
#[cfg(feature = "home")]
pub use home::TestHome;
/// The embedder of shares, for [`TestHome::with_insight`], and its result.
#[cfg(feature = "home")]
pub use sitwith_insight::{Embedding, Insight};
pub use temp::TempFolder;

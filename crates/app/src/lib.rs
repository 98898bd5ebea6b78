//! What people do in a home: use cases, running sits and jobs. A use case checks permission
//! first, reads, decides in `core` and writes once.

pub mod fail;
pub mod gates;
pub mod home;
pub mod limits;
pub mod notes;
pub mod settings;
pub mod sits;
pub mod unsure;

pub use sitwith_store::Broken;

//! What people do in a home: use cases, running sits and jobs. A use case checks permission
//! first, reads, decides in `core` and writes once.

pub mod fail;
pub mod home;
pub mod limits;
pub mod settings;

pub use sitwith_store::Broken;

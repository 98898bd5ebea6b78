//! The home on the web: pages, forms and the live socket.

pub mod assets;
pub mod fail;
pub mod page;
pub mod router;
pub mod session;
pub mod state;

//! The home on the web: pages, forms and the live socket.

pub mod account;
pub mod assets;
pub mod client;
pub mod csrf;
pub mod fail;
pub mod form_body;
pub mod forms;
pub mod guide;
pub mod headers;
pub mod help;
pub mod keeper;
pub mod media;
pub mod page;
mod path_ids;
pub mod phrases;
mod removed;
pub mod room;
pub mod rounds;
pub mod route;
pub mod router;
pub mod serve;
pub mod session;
pub mod sits;
pub mod socket;
pub mod state;
pub mod welcome;

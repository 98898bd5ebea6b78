//! A live practice: its plan, its run, its bells, its breath and the people in it.
//!
//! **To follow a bell**: [`plan::Phase`] says which bells a phase has; [`run::build_timeline`] lays
//! the phases out in time from the planned beginning and the guide's changes, and gives every
//! [`bell::Strike`] its instant; [`room::Room`] holds the [`run::Timeline`] of a live sit and
//! writes it into a frame ([`frame::write_timeline`]); `sitwith_app::live` sends that frame to
//! every open connection; the browser schedules the sound. No message is sent when the bell rings:
//! the instant was known long before.

pub mod bell;
pub mod breath;
pub mod conn;
pub mod format;
pub mod frame;
pub mod kind;
pub mod lag;
pub mod media;
pub mod plan;
pub mod presence;
pub mod room;
pub mod run;
pub mod script;
pub mod spoken;
pub mod templates;

//! The round as a machine.

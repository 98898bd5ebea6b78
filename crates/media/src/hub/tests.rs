//! The hub with real browsers' counterparts.

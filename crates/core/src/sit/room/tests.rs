//! The room's rules, one by one.

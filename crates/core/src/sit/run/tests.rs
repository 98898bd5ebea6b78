//! The running order's rules, one by one.

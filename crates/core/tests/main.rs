//! Tests of the core from outside: whole sits in virtual time, and the protocol page.

#[cfg(test)]
mod protocol;
#[cfg(test)]
mod sim;

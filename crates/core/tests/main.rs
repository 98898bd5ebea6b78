//! Tests of the core from outside: whole sits and rounds in virtual time, and the protocol page.

#[cfg(test)]
mod chance;
#[cfg(test)]
mod protocol;
#[cfg(test)]
mod round;
#[cfg(test)]
mod sim;
#[cfg(test)]
mod themes;

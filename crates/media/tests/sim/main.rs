//! Whole rooms of sound and picture in virtual time: a hub and browsers (each a str0m agent with
//! real keys) over lines that delay, lose, double and shuffle as a seed says. A test that fails
//! prints its seed; run again with it, the same packets are lost at the same times.

#[cfg(test)]
mod chance;
#[cfg(test)]
mod give;
#[cfg(test)]
mod line;
#[cfg(test)]
mod peer;
#[cfg(test)]
mod watch;
#[cfg(test)]
mod world;

#[cfg(test)]
mod basic;
#[cfg(test)]
mod churn;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod long;
#[cfg(test)]
mod narrow;
#[cfg(test)]
mod poor;
#[cfg(test)]
mod random;
#[cfg(test)]
mod repeats;
#[cfg(test)]
mod rubbish;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod starved;
#[cfg(test)]
mod switches;

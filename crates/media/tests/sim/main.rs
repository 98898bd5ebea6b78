//! Whole rooms in virtual time: a hub and browsers (str0m agents with real keys) over links that
//! delay, lose, duplicate and reorder packets as the seed says. A failing test prints its seed;
//! with it, the same packets are lost at the same times.

#[cfg(test)]
mod dice;
#[cfg(test)]
mod link;
#[cfg(test)]
mod peer;
#[cfg(test)]
mod publisher;
#[cfg(test)]
mod subscriber;
#[cfg(test)]
mod world;

#[cfg(test)]
mod basic;
#[cfg(test)]
mod churn;
#[cfg(test)]
mod cpu_pressure;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod long;
#[cfg(test)]
mod lossy;
#[cfg(test)]
mod low_bitrate;
#[cfg(test)]
mod malformed;
#[cfg(test)]
mod random;
#[cfg(test)]
mod red;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod switches;

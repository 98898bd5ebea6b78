//! Whole rooms in virtual time: a hub and browsers (str0m agents with real keys) over links that
//! delay, lose, duplicate and reorder packets as the seed says. A failing test prints its seed;
//! with it, the same packets are lost at the same times.

mod dice;
mod link;
mod peer;
mod publisher;
mod subscriber;
mod world;

mod basic;
mod churn;
mod cpu_pressure;
mod faults;
mod long;
mod lossy;
mod low_bitrate;
mod malformed;
mod random;
mod red;
mod rules;
mod switches;

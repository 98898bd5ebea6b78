//! Rules about the house itself: its floors, its files, its words, what it is built on. Each rule
//! has its reason beside it; a list of exceptions has a reason for each entry.

mod architecture;
mod built_on;
mod circles;
mod files;
mod floors;
mod forgotten;
mod house;
mod names;
mod routes;
mod words;

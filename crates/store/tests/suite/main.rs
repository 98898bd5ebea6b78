//! What the store promises, on both engines. One file per promise; `statements` asks both engines
//! to prepare every statement of every aggregate.

mod blocks;
mod cut;
mod durable;
mod erased;
mod errors;
mod existing;
mod migrations;
mod reads;
mod serving;
mod sits;
mod statements;
mod table;
mod values;
mod writes;

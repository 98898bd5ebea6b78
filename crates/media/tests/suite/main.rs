//! The forwarding from outside: whole rooms in virtual time, and the worker threads over sockets.

#[cfg(test)]
mod sim;
#[cfg(test)]
mod sockets;

//! The home as browsers meet it: the door, the sits, the room, rounds and sockets.

#[cfg(test)]
mod door;
#[cfg(test)]
mod outline;
#[cfg(test)]
mod room;
#[cfg(test)]
mod rounds;
#[cfg(test)]
mod sits;
#[cfg(test)]
mod socket;

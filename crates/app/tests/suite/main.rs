//! What people do, each use case with a whole home around it. One folder per noun.

#[cfg(test)]
mod door;
#[cfg(test)]
mod live;
#[cfg(test)]
mod rounds;
#[cfg(test)]
mod sits;

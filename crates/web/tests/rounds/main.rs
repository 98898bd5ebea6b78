//! Rounds as browsers meet them.

#[cfg(test)]
mod attack;
#[cfg(test)]
mod guide;
#[cfg(test)]
mod pages;

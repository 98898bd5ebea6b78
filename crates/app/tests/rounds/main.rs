//! Rounds, with a whole home around them: from the posing to the vanishing of the words.

#[cfg(test)]
mod guiding;
#[cfg(test)]
mod kept;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod large;
#[cfg(test)]
mod life;
#[cfg(test)]
mod line;
#[cfg(test)]
mod offering;
#[cfg(test)]
mod scene;
#[cfg(test)]
mod two_homes;
#[cfg(test)]
mod who;

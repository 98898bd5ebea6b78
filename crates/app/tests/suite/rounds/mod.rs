//! Rounds, with a whole home around them: from the posing to the vanishing of the words.

mod guiding;
mod kept;
mod killed;
mod large;
mod life;
mod line;
mod offering;
mod scene;
mod two_homes;
mod who;

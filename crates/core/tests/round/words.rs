//! What people of the simulation write, and what a model makes of it: directions in clusters.

use sitwith_core::id::ShareId;
use sitwith_core::round::{Share, ShareEmbedding, ShareText};
use sitwith_core::themes::Vector;
use sitwith_core::time::Instant;

use crate::chance::Dice;

/// How many numbers a vector of the simulation has.
const NUMBERS: usize = 48;
/// How many thoughts there are in a round.
pub(super) const THOUGHTS: usize = 5;

/// A number between -1 and 1.
fn spread(dice: &mut Dice) -> f32 {
    let number = u16::try_from(dice.next() % 2_001).unwrap();
    f32::from(number) / 1_000.0 - 1.0
}

/// The thoughts of a round: each a direction.
pub(super) fn thoughts(dice: &mut Dice) -> Vec<Vec<f32>> {
    let thought = |_| (0..NUMBERS).map(|_| spread(dice)).collect();
    (0..THOUGHTS).map(thought).collect()
}

/// A direction near this thought, or a direction of its own.
fn direction(thought: Option<&Vec<f32>>, dice: &mut Dice) -> Vector {
    let numbers: Vec<f32> = match thought {
        Some(thought) => thought.iter().map(|number| number + spread(dice) * 0.7).collect(),
        None => (0..NUMBERS).map(|_| spread(dice)).collect(),
    };
    Vector::new(&numbers).unwrap()
}

/// An id made of chance alone, as a home makes them.
pub(super) fn chance_id(dice: &mut Dice) -> ShareId {
    id_at(Instant::from_ms(0), dice)
}

/// An id that tells its time, as a careless home would make them.
pub(super) fn id_at(at: Instant, dice: &mut Dice) -> ShareId {
    let mut chance = [0; 10];
    chance[..8].copy_from_slice(&dice.next().to_be_bytes());
    ShareId::new(at, chance)
}

/// Words near one of the thoughts, or somebody's own; what the model makes of them comes later.
pub(super) fn written(id: ShareId, dice: &mut Dice) -> Share {
    const WORDS: [&str; 12] = [
        "rest",
        "I matter",
        "leise\nsein",
        "מנוחה",
        "🧵 thread",
        "breath",
        "stuck",
        "é",
        "open",
        "a door",
        "…",
        "\u{200F}x\u{200E}",
    ];
    let count = dice.range(1, 9);
    let words: Vec<_> = (0..count).map(|_| *dice.pick(&WORDS)).collect();
    let mut share = Share::new(id, ShareText::new(&words.join(" ")).unwrap());
    share.may_read_aloud = dice.one_in(3);
    share.may_show_beyond = dice.one_in(4);
    share
}

/// What the model makes of words about this thought.
pub(super) fn read(thoughts: &[Vec<f32>], thought: usize, dice: &mut Dice) -> ShareEmbedding {
    match dice.range(0, 19) {
        0 => ShareEmbedding::OtherLanguage,
        1 => ShareEmbedding::TooShort,
        2 | 3 => ShareEmbedding::Vector(direction(None, dice)),
        _ => ShareEmbedding::Vector(direction(thoughts.get(thought), dice)),
    }
}

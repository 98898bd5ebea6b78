//! The round as a machine.

mod edits;
mod opening;
mod posed;
mod restart;

use super::*;
use crate::id::RoundId;
use crate::round::{DrawSeed, ShareText, ThemeEdit, ThemeLabel};
use crate::themes::Vector;

pub(super) const EIGHT: Instant = Instant::from_ms(1_790_000_000_000);

pub(super) fn secs(secs: i64) -> Instant {
    EIGHT + Span::from_secs(secs)
}

pub(super) fn facts(reads_first: bool) -> RoundSettings {
    RoundSettings { id: RoundId::new(EIGHT, [1; 10]), reads_first, draw_seed: DrawSeed([42; 16]) }
}

pub(super) fn posed() -> Round {
    Round::new(facts(false), StoredRound::default(), EIGHT)
}

/// Ids spread so that consecutive numbers are not consecutive in order.
pub(super) fn id(number: u32) -> ShareId {
    let mixed = u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut chance = [7; 10];
    chance[..8].copy_from_slice(&mixed.to_be_bytes());
    ShareId::new(Instant::from_ms(0), chance)
}

/// A vector near the axis of its theme, slightly different for each share.
pub(super) fn near(axis: usize, number: u32) -> Vector {
    let mut numbers = vec![0.0_f32; 48];
    numbers[axis] = 1.0;
    let own = usize::try_from(number).unwrap() % 23;
    numbers[20 + own] += 0.35;
    numbers[20 + (own * 7 + 3) % 28] += 0.2;
    Vector::new(&numbers).unwrap()
}

/// Share `number` of the theme of this axis, embedded already.
pub(super) fn share(number: u32, axis: usize) -> Share {
    let words = ShareText::new(&format!("words {number} of thought {axis}")).unwrap();
    Share { embedding: ShareEmbedding::Vector(near(axis, number)), ..Share::new(id(number), words) }
}

/// Offers a share and lets one picture interval pass.
pub(super) fn offer(round: &mut Round, share: Share, at: i64) {
    round.handle(RoundInput::ShareAdded(share), secs(at));
    round.handle(RoundInput::Tick, secs(at + 2));
}

/// Number of shares that stand alone in [`opened`] rounds.
pub(super) const LONERS: usize = 3;

/// Shares that stand alone; compared with them others are similar.
pub(super) fn loners() -> [Share; LONERS] {
    [(90, 13), (91, 14), (92, 15)].map(|(number, axis)| share(number, axis))
}

/// An opened round with this number of shares in each theme, and [`LONERS`] others.
pub(super) fn opened(themes: &[u32]) -> Round {
    let mut round = posed();
    let mut number = 0;
    for (axis, answers) in themes.iter().enumerate() {
        for _ in 0..*answers {
            round.handle(RoundInput::ShareAdded(share(number, axis)), EIGHT);
            number += 1;
        }
    }
    for share in loners() {
        round.handle(RoundInput::ShareAdded(share), EIGHT);
    }
    round.handle(RoundInput::Close, secs(60));
    assert_eq!(round.step(), RoundStep::Opened);
    assert_eq!(round.picture().themes.len(), themes.len());
    round
}

/// Ids of the shown shares: by theme, and those that stand alone.
pub(super) fn shown(round: &Round) -> (Vec<Vec<ShareId>>, Vec<ShareId>) {
    let picture = round.picture();
    let ids = |patches: &[crate::round::Patch]| {
        let mut ids: Vec<_> = patches.iter().map(|patch| patch.id).collect();
        ids.sort_unstable();
        ids
    };
    let themes = picture.themes.iter().map(|theme| ids(&theme.patches));
    (themes.collect(), ids(&picture.alone))
}

pub(super) fn count(round: &Round) -> usize {
    let (themes, alone) = shown(round);
    themes.concat().len() + alone.len()
}

/// Applies effects to rows as a home keeps them.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows(pub(super) StoredRound);

impl Rows {
    pub(super) fn keep(&mut self, effects: &[RoundOutput], now: Instant) {
        let kept = &mut self.0;
        let mut share = |id: ShareId, change: &dyn Fn(&mut Share)| {
            let row = kept.shares.iter_mut().find(|share| share.id == id);
            change(row.expect("what is changed is there"));
        };
        for effect in effects {
            match effect {
                RoundOutput::SharesReleased { batch, shares } => {
                    for id in shares {
                        share(*id, &|row| row.shown_in = Some(*batch));
                    }
                }
                RoundOutput::SharesSewn(sewn) => {
                    for (id, theme) in sewn {
                        share(*id, &|row| row.theme = *theme);
                    }
                }
                RoundOutput::ShareSetAside(id, aside) => {
                    share(*id, &|row| row.is_set_aside = *aside);
                }
                RoundOutput::ThemesChanged(themes) => kept.themes.clone_from(themes),
                RoundOutput::StepChanged(step) => {
                    kept.step = *step;
                    if *step == RoundStep::Closed {
                        kept.closed_at = Some(now);
                    }
                }
                RoundOutput::NewsReady => {}
            }
        }
    }
}

//! Rounds for tests: any number of answers, short and long, in several scripts.

use std::sync::Arc;

use sitwith_app::rounds::{Mine, MyShare, RoundFacts, Seen, Sewn};
use sitwith_core::id::{RoundId, ShareId, SitId};
use sitwith_core::round::{Keeps, Label, Patch, Picture, Step, Theme};
use sitwith_core::time::Instant;

/// Answers of several lengths and scripts.
const SAID: [&str; 14] = [
    "I matter, too.",
    "I learned that it is all right to rest, and that nobody falls apart when I do.",
    "My needs are not a bother.",
    "People came. I only had to open the door.",
    "When I saw how stuck I was in the old ways of being, a new one opened, slowly, and it has \
     stayed open since, even on the days on which I would rather not look at it at all. I did not \
     know that one may stand in a door for so long.",
    "אני לא לבד",
    "تعلمت أن أطلب المساعدة وأن أستريح قليلاً",
    "🌱🙏🏽",
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenaufbewahrungsort",
    "Saying no to one thing was saying yes to me.",
    "I am still in it.\nI do not know yet.",
    "Fuck, that was hard. And here I am.",
    "Resting was the brave part.",
    "<b>\"&\"</b>",
];

/// Returns answer number `n`.
pub(super) fn patch(n: usize) -> Patch {
    let mut chance = [0; 10];
    chance[..8].copy_from_slice(&(n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
    Patch {
        id: ShareId::new(Instant::from_ms(0), chance),
        words: Arc::from(SAID[n % SAID.len()]),
        signed: (n % 7 == 3).then(|| Arc::from("Amara")),
        aloud: n.is_multiple_of(2),
        beyond: n.is_multiple_of(3),
        other_tongue: false,
    }
}

/// Returns a picture of `n` answers: themes of three and more, and some that stand alone.
pub(super) fn picture(n: usize) -> Picture {
    let mut all = (0..n).map(patch);
    let mut themes = Vec::new();
    let sizes = [5_usize, 4, 3, 9, 3, 6, 3, 14];
    let alone = n.min(2 + n / 10);
    let mut left = n - alone;
    while left >= 3 {
        let number = themes.len();
        let size = sizes[number % sizes.len()].min(left);
        let size = if left - size < 3 { left } else { size };
        left -= size;
        let patches: Vec<_> = all.by_ref().take(size).collect();
        let label = match number % 4 {
            0 => Label::Named("Rest is allowed".into()),
            1 => Label::Quote(patches[0].id),
            2 => Label::Shared(vec!["door".into(), "open".into()]),
            _ => Label::Wordless,
        };
        themes.push(Theme {
            number: u32::try_from(number).unwrap_or(0),
            dye: u8::try_from(number % 7).unwrap_or(0),
            label,
            patches,
        });
    }
    Picture { v: 1, themes, alone: all.collect(), sewn: true }
}

/// Returns a round with this picture, as seen by somebody who has answered.
pub(super) fn seen(step: Step, picture: Option<Picture>) -> Seen {
    let at = Instant::from_ms(1_790_000_000_000);
    Seen {
        facts: RoundFacts {
            id: RoundId::new(at, [1; 10]),
            sit: SitId::new(at, [2; 10]),
            sit_title: "Tuesday evening".to_owned(),
            guide_name: "Marit".to_owned(),
            prompt: "Think of a hard time that is behind you. What did it leave you with?"
                .to_owned(),
            help: String::new(),
            reads_first: false,
            keeps: Keeps::Nothing,
            run: None,
            phase: None,
            place: 0,
        },
        step,
        mine: Mine::Shared(MyShare {
            id: patch(0).id,
            words: patch(0).words,
            signed: false,
            aloud: false,
            beyond: true,
            is_shown: true,
        }),
        offered: 9,
        closes_at: None,
        vanishes_at: None,
        is_kept_quilt: false,
        picture: picture.map(Arc::new),
        aside: Vec::new(),
        sewn_by: Sewn::Machine,
        is_guide: false,
        v: 1,
    }
}

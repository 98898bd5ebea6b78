//! Rounds for tests: any number of answers, short and long, in several scripts.

use std::sync::Arc;

use sitwith_app::rounds::{OwnPart, OwnShare, RoundFacts, RoundView, SewnBy};
use sitwith_core::id::{RoundId, ShareId, SitId};
use sitwith_core::round::{Keeps, Patch, Picture, RoundStep, Theme, ThemeLabel};
use sitwith_core::time::Instant;

/// Answers of several lengths and scripts.
const WORDS: [&str; 14] = [
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
pub(super) fn fixture_patch(n: usize) -> Patch {
    let mut chance = [0; 10];
    chance[..8].copy_from_slice(&(n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
    Patch {
        id: ShareId::new(Instant::from_ms(0), chance),
        words: Arc::from(WORDS[n % WORDS.len()]),
        signed_by: (n % 7 == 3).then(|| Arc::from("Amara")),
        may_read_aloud: n.is_multiple_of(2),
        may_show_beyond: n.is_multiple_of(3),
        is_other_language: false,
    }
}

/// Returns a picture of `n` answers: themes of three and more, and some that stand alone.
pub(super) fn fixture_picture(n: usize) -> Picture {
    let mut all = (0..n).map(fixture_patch);
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
            0 => ThemeLabel::NamedByGuide("Rest is allowed".into()),
            1 => ThemeLabel::Quote(patches[0].id),
            2 => ThemeLabel::SharedWords(vec!["door".into(), "open".into()]),
            _ => ThemeLabel::Wordless,
        };
        themes.push(Theme {
            number: u32::try_from(number).unwrap_or(0),
            dye: u8::try_from(number % 7).unwrap_or(0),
            label,
            patches,
        });
    }
    Picture { version: 1, themes, alone: all.collect(), sewn: true }
}

/// Returns a round with this picture, as seen by somebody who has answered.
pub(super) fn fixture_round(step: RoundStep, picture: Option<Picture>) -> RoundView {
    let at = Instant::from_ms(1_790_000_000_000);
    RoundView {
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
            prompt_index: 0,
        },
        step,
        own_part: OwnPart::Shared(OwnShare {
            id: fixture_patch(0).id,
            words: fixture_patch(0).words,
            signed: false,
            aloud: false,
            beyond: true,
            is_shown: true,
        }),
        share_count: 9,
        closes_at: None,
        vanishes_at: None,
        is_kept_quilt: false,
        picture: picture.map(Arc::new),
        aside: Vec::new(),
        sewn_by: SewnBy::Machine,
        is_guide: false,
        version: 1,
    }
}

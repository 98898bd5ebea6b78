//! The rounds of the demonstration: one that takes shares and has some already, and one whose quilt
//! is opened. The words are invented; posing and sharing go through the same functions as for
//! people.

use sitwith_app::fail::{Denied, Fail};
use sitwith_app::home::Home;
use sitwith_app::rounds::{self, Keeps, RoundDraft, RoundStep, ShareDraft};
use sitwith_core::id::{GuestId, RoundId, SitId};
use sitwith_core::member::{Guest, Person};
use sitwith_core::time::Instant;

use super::people::{MARIT, build_member};
use super::sits;
use crate::config::FatalError;
use crate::open::startup_error;

/// A share: index of the person (from [`FIRST_GUEST_INDEX`] on a guest), words, and signed or not.
type DemoShare = (usize, &'static str, bool);

/// Index of the first guest.
const FIRST_GUEST_INDEX: usize = 100;
/// Names of guests.
const GUEST_NAMES: [&str; 8] = ["Bea", "Yusuf", "Mila", "Owen", "Priya", "Anselm", "Tove", "Idris"];

/// Prompt of the open round. Of the members whose sign-in links are printed only guides have shared
/// in it, so that a visitor can.
const KIND_PROMPT: &str = "What was kind to you this week?";
const KIND_HELP: &str = "It may be very small. A door held open counts.";
const KIND_SHARES: [DemoShare; 17] = [
    (0, "My neighbour brought me soup.", true),
    (100, "A neighbour left a pot of soup at my door.", false),
    (7, "My neighbour cooked soup for us.", false),
    (101, "The neighbour from upstairs brought me warm soup.", false),
    (8, "Soup from a neighbour, still warm.", false),
    (102, "My neighbour brought soup to the door and went again.", false),
    (1, "A friend called just to listen.", true),
    (103, "My friend phoned and only listened.", false),
    (9, "A friend called and listened for an hour.", true),
    (104, "An old friend called me after two years.", false),
    (10, "My friend called in the evening and let me talk.", false),
    (105, "The morning sun on the kitchen floor.", false),
    (11, "I sat in the morning sun for ten minutes.", false),
    (106, "The sun came through the kitchen window this morning.", false),
    (12, "Morning sun after a week of rain.", true),
    (107, "The bus driver saw me running and waited.", false),
    (13, "Nothing was. I am writing it down anyway.", false),
];

/// Prompt of the opened round.
const LEFT_PROMPT: &str = "Think of a hard time that is behind you. What did it leave you with?";
const LEFT_HELP: &str = "One line is plenty. What you learned, more than what happened.";
const LEFT_SHARES: [DemoShare; 13] = [
    (2, "I am allowed to rest before everything is done.", false),
    (5, "That I may rest, even when the list is long.", false),
    (8, "Rest is nothing I have to earn.", true),
    (11, "I can rest without being ill first.", false),
    (3, "People wanted to help me. I had only never asked.", false),
    (6, "When I asked for help at last, three people came.", false),
    (9, "Asking for help was the hardest part, and the part that helped.", false),
    (4, "Even the worst feeling went away again by itself.", true),
    (7, "A feeling that seems endless still passes.", false),
    (10, "Fear passes. I have seen it pass.", false),
    (12, "A good pair of shoes, and a dog that does not care what I earn.", false),
    (13, "I do not know yet. I am still in the middle of it.", false),
    (1, "I sing again, badly, in the kitchen.", false),
];

/// Poses the open round and the opened round, unless they exist.
pub(super) async fn ensure_rounds(home: &Home) -> Result<(), FatalError> {
    let Some(short) = sits::find_short_sit(home).await.map_err(startup_error)? else {
        return Ok(());
    };
    let now = home.clock.now();
    let marit = Person::Member(build_member(MARIT, now));
    let briefs = rounds::list_rounds(home, &marit, short.id).await.map_err(denied_error)?;
    let stands = |step| {
        let mut alone = briefs.iter().filter(|brief| brief.at.is_none());
        alone.any(|brief| brief.step == step && !brief.is_kept_quilt)
    };
    if !stands(RoundStep::Posed) {
        pose_with_shares(home, short.id, (KIND_PROMPT, KIND_HELP), &KIND_SHARES).await?;
    }
    if !stands(RoundStep::Opened) {
        let round =
            pose_with_shares(home, short.id, (LEFT_PROMPT, LEFT_HELP), &LEFT_SHARES).await?;
        rounds::pass_round(home, &marit, round).await.map_err(denied_error)?;
        let led = home.access(&marit).led_round(round).await.map_err(denied_error)?;
        rounds::close_round(home, &led).await.map_err(denied_error)?;
    }
    Ok(())
}

async fn pose_with_shares(
    home: &Home,
    sit: SitId,
    (prompt, help): (&str, &str),
    answers: &[DemoShare],
) -> Result<RoundId, FatalError> {
    let now = home.clock.now();
    let marit = Person::Member(build_member(MARIT, now));
    let posing = RoundDraft {
        prompt: prompt.to_owned(),
        help: help.to_owned(),
        reads_first: false,
        keeps: Keeps::Nothing,
        hours: rounds::ROUND_HOURS_MAX,
    };
    let led = home.access(&marit).led_sit(sit).await.map_err(denied_error)?;
    let round = rounds::pose_round(home, &led, &posing).await.map_err(failed_error)?;
    for (place, words, signed) in answers {
        let offering = ShareDraft {
            words: (*words).to_owned(),
            signed: *signed,
            aloud: place % 3 != 1,
            beyond: place % 2 == 0,
            key: format!("demo {place}"),
            is_reviewed: true,
        };
        let who = build_person(*place, sit, now);
        rounds::submit_share(home, &who, round, offering).await.map_err(failed_error)?;
    }
    Ok(round)
}

/// Returns the person at this index: a member, or a guest.
fn build_person(place: usize, sit: SitId, now: Instant) -> Person {
    let Some(guest) = place.checked_sub(FIRST_GUEST_INDEX) else {
        return Person::Member(build_member(place, now));
    };
    let name = GUEST_NAMES.get(guest).copied().unwrap_or(GUEST_NAMES[0]);
    let number = u8::try_from(place).unwrap_or(u8::MAX);
    Person::Guest(Guest {
        id: GuestId::new(now, [number; 10]),
        name: name.to_owned(),
        sit,
        came_at: now,
    })
}

fn denied_error(denied: Denied) -> FatalError {
    match denied {
        Denied::Refused(refused) => {
            FatalError(format!("the demonstration's rounds cannot be made: {refused:?}"))
        }
        Denied::Broken(broken) => startup_error(broken),
    }
}

fn failed_error<N: std::fmt::Debug>(fail: Fail<N>) -> FatalError {
    match fail {
        Fail::Refused(refused) => denied_error(refused.into()),
        Fail::No(no) => FatalError(format!("the demonstration's rounds cannot be made: {no:?}")),
        Fail::Broken(broken) => startup_error(broken),
    }
}

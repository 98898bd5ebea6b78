//! Somebody curious, who tries to find out who wrote what.
//!
//! She sits in the round and sees every version of the picture, every count of answers, and who
//! comes and leaves, all with their times. We give her more than she could ever see: she is told
//! who answered, in which order, and whose answers are in which batch; only who of them wrote
//! which is left to find. Whatever she looks at, she is not to find more than chance: of a batch
//! of any size, whoever guesses blindly finds one author right in the mean.
//!
//! Homes that leak show that she would notice: one that shows answers as they come, one whose ids
//! hold the time, one that appends, and one that draws the lowest ids first.

use std::collections::{BTreeMap, BTreeSet};

use sitwith_core::id::{RoundId, ShareId};
use sitwith_core::round::{DrawSeed, Picture, Round, RoundInput, RoundSettings, StoredRound};
use sitwith_core::time::{Instant, Span};

use super::Dice;
use super::words::{THOUGHTS, chance_id, id_at, read, thoughts, written};

const EIGHT: Instant = Instant::from_ms(1_790_000_000_000);
const ANSWERS_MS: i64 = 300_000;

/// How a home holds its rounds.
#[derive(Clone, Copy, PartialEq)]
enum Home {
    Ours,
    /// Every answer is shown as it comes.
    ShowsAtOnce,
    /// Ids hold the time at which they were made.
    TimedIds,
    /// What comes later stands further down.
    Appends,
    /// Batches as large as ours, the lowest ids first.
    LowestFirst,
}

/// Somebody's answer, as the simulation knows it.
struct Answer {
    person: usize,
    id: ShareId,
    at: Instant,
    is_signed: bool,
}

/// One version of what is shown: ids in the order in which they stand, each with its theme.
struct Version {
    shown: Vec<(ShareId, Option<u32>)>,
}

/// Everything that can be seen of a round, and the truth.
struct Seen {
    versions: Vec<Version>,
    /// How many offered, as it was told, and when.
    counts: Vec<(Instant, u32)>,
    /// Who came, and when. Who left tells no more: whoever answered was here.
    came: BTreeMap<usize, Instant>,
    answers: Vec<Answer>,
    /// The person who is curious: her own answer she knows.
    curious: usize,
}

fn shown(picture: &Picture) -> Vec<(ShareId, Option<u32>)> {
    let themes = picture.themes.iter();
    let sewn = themes.flat_map(|theme| {
        let patches = theme.patches.iter();
        patches.map(|patch| (patch.id, Some(theme.number)))
    });
    let alone = picture.alone.iter().map(|patch| (patch.id, None));
    sewn.chain(alone).collect()
}

/// A round in one home, seen by somebody curious.
fn watch(home: Home, seed: u64) -> Seen {
    let dice = &mut Dice::new(seed);
    let people = usize::try_from(dice.range(3, 24)).unwrap();
    let facts = RoundSettings {
        id: RoundId::new(EIGHT, [1; 10]),
        reads_first: false,
        draw_seed: DrawSeed(u128::from(dice.next()).to_be_bytes()),
    };
    let mut round = Round::new(facts, StoredRound::default(), EIGHT);
    let thoughts = thoughts(dice);
    let mut came = BTreeMap::new();
    let mut events = BTreeMap::new();
    let mut answers = Vec::new();
    for person in 0..people {
        let at = EIGHT + Span::from_ms(dice.range(0, ANSWERS_MS / 2));
        came.insert(person, at);
        let answered = at + Span::from_ms(dice.range(1_000, ANSWERS_MS / 2 - 10_000));
        if dice.one_in(7) {
            events.insert((answered, person), RoundInput::PersonPassed);
            continue;
        }
        let id = match home {
            Home::TimedIds => id_at(answered, dice),
            _ => chance_id(dice),
        };
        let mut share = written(id, dice);
        share.signed_by = dice.one_in(6).then(|| "Ana".into());
        // Somebody's thought depends on who she is and not on when she answers; and the model
        // takes its time.
        let made = read(&thoughts, dice.below(THOUGHTS), dice);
        let read_at = answered + Span::from_ms(dice.range(15, 4_000));
        events.insert((read_at, people + person), RoundInput::ShareRead(id, made));
        answers.push(Answer { person, id, at: answered, is_signed: share.signed_by.is_some() });
        events.insert((answered, person), RoundInput::ShareAdded(share));
    }
    let closes_at = EIGHT + Span::from_ms(ANSWERS_MS);
    events.insert((closes_at, 2 * people), RoundInput::Close);
    answers.sort_by_key(|answer| (answer.at, answer.person));
    let curious = dice.below(people);
    let (mut versions, mut counts) = (Vec::new(), vec![(EIGHT, 0)]);
    let mut look = |round: &Round, at: Instant| {
        versions.push(Version { shown: shown(round.picture()) });
        counts.push((at, round.share_count()));
    };
    while let Some(((at, _), input)) = events.pop_first() {
        while let Some(due) = round.wake_at().filter(|due| *due <= at) {
            round.handle(RoundInput::Tick, due);
            look(&round, due);
        }
        round.handle(input, at);
        look(&round, at);
    }
    let mut seen = Seen { versions, counts, came, answers, curious };
    if !matches!(home, Home::Ours | Home::TimedIds) {
        leak(home, &mut seen);
    }
    seen
}

/// What a home shows that does not do as ours.
fn leak(home: Home, seen: &mut Seen) {
    const BATCH: usize = 3;
    let mut waiting: Vec<ShareId> = Vec::new();
    let mut shown: Vec<(ShareId, Option<u32>)> = Vec::new();
    let last = seen.answers.last().map_or(EIGHT, |answer| answer.at);
    seen.versions.clear();
    for answer in &seen.answers {
        waiting.push(answer.id);
        let due = match home {
            Home::ShowsAtOnce => waiting.len(),
            _ if answer.at == last => waiting.len(),
            _ if waiting.len() >= 2 * BATCH => BATCH,
            _ => 0,
        };
        if home == Home::LowestFirst {
            waiting.sort_unstable();
        }
        shown.extend(waiting.drain(..due).map(|id| (id, None)));
        if home == Home::LowestFirst {
            shown.sort_unstable();
        }
        seen.versions.push(Version { shown: shown.clone() });
    }
}

/// Unsigned answers that were first shown together, not the curious one's own: the patches in
/// the order in which they stood, and their authors in the order in which they answered.
struct Batch {
    version: usize,
    patches: Vec<ShareId>,
    authors: Vec<usize>,
    /// How many unsigned answers there were in it, with her own.
    unsigned: usize,
}

impl Seen {
    fn answer(&self, id: ShareId) -> &Answer {
        let found = self.answers.iter().find(|answer| answer.id == id);
        found.expect("somebody wrote it")
    }

    fn batches(&self) -> Vec<Batch> {
        let mut known = BTreeSet::new();
        let mut batches = Vec::new();
        for (version, seen) in self.versions.iter().enumerate() {
            let new = seen.shown.iter().map(|(id, _)| *id);
            let new: Vec<_> = new.filter(|id| known.insert(*id)).collect();
            let unsigned = |id: &&ShareId| !self.answer(**id).is_signed;
            let all: Vec<_> = new.iter().filter(unsigned).copied().collect();
            let others = all.iter().filter(|id| self.answer(**id).person != self.curious);
            let patches: Vec<_> = others.copied().collect();
            let by = self.answers.iter().filter(|answer| patches.contains(&answer.id));
            if !patches.is_empty() {
                batches.push(Batch {
                    version,
                    authors: by.map(|answer| answer.person).collect(),
                    unsigned: all.len(),
                    patches,
                });
            }
        }
        batches
    }

    fn theme(&self, version: usize, id: ShareId) -> Option<u32> {
        let shown = self.versions.get(version).map(|version| &version.shown)?;
        shown.iter().find(|(one, _)| *one == id)?.1
    }

    fn place(&self, version: usize, id: ShareId) -> usize {
        let shown = &self.versions[version].shown;
        shown.iter().position(|(one, _)| *one == id).unwrap_or(0)
    }
}

/// What somebody curious looks at: a mark of each patch that may tell how late it came.
type Look = fn(&Seen, &Batch, ShareId) -> i64;

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap()
}

const LOOKS: [(&str, Look); 8] = [
    ("where it stands at first", |seen, batch, id| whole(seen.place(batch.version, id))),
    ("where it stands at last", |seen, _, id| whole(seen.place(seen.versions.len() - 1, id))),
    ("its id", |_, _, id| i64::try_from(id.number() >> 66).unwrap()),
    // Whoever was passed over by the lowest would have been shown before, had it been there.
    ("whether its id is lower than what was shown before", |seen, batch, id| {
        let before = batch.version.checked_sub(1).map(|before| &seen.versions[before].shown);
        let highest = before.and_then(|shown| shown.iter().map(|(id, _)| *id).max());
        i64::from(highest.is_some_and(|highest| id < highest))
    }),
    ("its theme at first", |seen, batch, id| seen.theme(batch.version, id).map_or(-1, i64::from)),
    ("its theme at last", |seen, _, id| {
        seen.theme(seen.versions.len() - 1, id).map_or(-1, i64::from)
    }),
    ("how often it moved", |seen, batch, id| {
        let themes = (batch.version..seen.versions.len()).map(|version| seen.theme(version, id));
        let themes: Vec<_> = themes.collect();
        whole(themes.windows(2).filter(|pair| pair[0] != pair[1]).count())
    }),
    ("how much of what was there before stands after it", |seen, batch, id| {
        let shown = &seen.versions[batch.version].shown;
        let after = shown.iter().skip(seen.place(batch.version, id) + 1);
        let before = batch.version.checked_sub(1).map(|before| &seen.versions[before].shown);
        let was_there = |id| before.is_some_and(|shown| shown.iter().any(|(one, _)| *one == id));
        whole(after.filter(|(id, _)| was_there(*id)).count())
    }),
];

/// In which order she lays the authors beside the patches.
type Lay = fn(&Seen, &Batch) -> Vec<usize>;

const LAYS: [(&str, Lay); 4] = [
    ("who answered first", |_, batch| batch.authors.clone()),
    ("who answered last", |_, batch| batch.authors.iter().rev().copied().collect()),
    ("who came first", |seen, batch| {
        let mut authors = batch.authors.clone();
        authors.sort_by_key(|author| seen.came[author]);
        authors
    }),
    // Whoever answered just before the count rose was the third, the sixth, the ninth.
    ("who made the count rise", |seen, batch| {
        let mut authors = batch.authors.clone();
        authors.sort_by_key(|author| {
            let at = seen.answers.iter().find(|answer| answer.person == *author).map(|a| a.at);
            let rises = seen.counts.windows(2).filter(|pair| pair[0].1 < pair[1].1);
            let waits = rises.filter_map(|pair| Some(pair[1].0.since(at?).ms().unsigned_abs()));
            waits.min()
        });
        authors
    }),
];

/// How somebody curious fared over many rounds.
#[derive(Default)]
struct Fare {
    found: f64,
    /// What blind guessing finds among as many people as a batch has to have at least.
    fair: f64,
    batches: f64,
    /// Batches of fewer than three.
    thin: u32,
}

impl Fare {
    /// Whether she found more than chance can make: 4.5 standard deviations, so that one in
    /// 290,000 looks would be called lucky. Of a batch laid at random one is right in the mean,
    /// give or take one.
    fn is_caught(&self) -> bool {
        self.found > self.fair + 4.5 * self.batches.sqrt()
    }
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}

/// Tries one way of looking in many rounds of one home.
fn attack(rounds: &[Seen], look: Look, lay: Lay) -> Fare {
    let mut fare = Fare::default();
    for (seed, seen) in (0..).zip(rounds) {
        let dice = &mut Dice::new(seed);
        let unsigned = seen.answers.iter().filter(|answer| !answer.is_signed);
        if unsigned.count() < 3 {
            // Fewer than three cannot be hidden from each other; there is no theme of them either.
            continue;
        }
        for batch in seen.batches() {
            let mut patches = batch.patches.clone();
            // Where her look tells nothing, she guesses.
            patches.sort_by_cached_key(|id| (look(seen, &batch, *id), dice.next()));
            let guesses = patches.iter().zip(lay(seen, &batch));
            let right = guesses.filter(|(id, guess)| seen.answer(**id).person == *guess);
            fare.found += number(right.count());
            // Three are two beside herself.
            fare.fair += number(patches.len()) / number(patches.len().max(2));
            fare.batches += 1.0;
            fare.thin += u32::from(batch.unsigned < 3);
        }
    }
    fare
}

fn rounds(home: Home) -> Vec<Seen> {
    (0..2_500).map(|seed| watch(home, seed)).collect()
}

/// By which looks somebody curious finds out more than by chance; and how many batches were thin.
fn caught(home: Home) -> (BTreeSet<&'static str>, u32) {
    let rounds = rounds(home);
    let (mut caught, mut thin) = (BTreeSet::new(), 0);
    for (what, look) in LOOKS {
        for (order, lay) in LAYS {
            let fare = attack(&rounds, look, lay);
            assert!(fare.batches > 2_000.0, "too little was seen");
            if fare.is_caught() {
                let (found, fair) = (fare.found, fare.fair);
                eprintln!("{what}, {order}: {found} where {fair} is fair");
                caught.insert(what);
            }
            thin = fare.thin;
        }
    }
    (caught, thin)
}

#[test]
fn somebody_curious_finds_nothing_out() {
    let (caught, thin) = caught(Home::Ours);
    assert_eq!((caught, thin), (BTreeSet::new(), 0));
}

#[test]
fn she_would_notice_answers_that_are_shown_as_they_come() {
    let (caught, thin) = caught(Home::ShowsAtOnce);
    assert_eq!(caught.len(), LOOKS.len(), "there is nothing to guess");
    assert!(thin > 0);
}

#[test]
fn she_would_notice_ids_that_hold_the_time() {
    assert!(caught(Home::TimedIds).0.contains("its id"));
}

#[test]
fn she_would_notice_answers_that_are_appended() {
    assert!(caught(Home::Appends).0.contains("where it stands at first"));
}

#[test]
fn she_would_notice_lots_that_follow_the_ids() {
    let what = "whether its id is lower than what was shown before";
    assert!(caught(Home::LowestFirst).0.contains(what));
}

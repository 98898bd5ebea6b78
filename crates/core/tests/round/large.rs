//! A round of thousands: how often it shows and tells, and that all of it is there at the end.

use sitwith_core::id::RoundId;
use sitwith_core::round::release::{BATCH_MAX, PICTURE_INTERVAL_MIN, picture_interval};
use sitwith_core::round::{
    DrawSeed, Round, RoundInput, RoundOutput, RoundSettings, RoundStep, Share, ShareEmbedding,
    StoredRound,
};
use sitwith_core::time::{Instant, Span};

use super::Dice;
use super::words::{THOUGHTS, chance_id, read, thoughts, written};

const EIGHT: Instant = Instant::from_ms(1_790_000_000_000);
const PEOPLE: usize = 5_000;
/// Everybody answers within this time: a storm.
const ANSWERS: Span = Span::from_mins(2);

/// What the machine handed out, counted.
#[derive(Debug, Default)]
struct Work {
    told: usize,
    batches: Vec<usize>,
    shown: usize,
}

impl Work {
    fn note(&mut self, effects: &[RoundOutput]) {
        for effect in effects {
            match effect {
                RoundOutput::NewsReady => self.told += 1,
                RoundOutput::SharesReleased { shares, .. } => {
                    self.batches.push(shares.len());
                    self.shown += shares.len();
                }
                _ => {}
            }
        }
    }
}

/// Lets time pass until `at`, as a home does.
fn pass(round: &mut Round, at: Instant, work: &mut Work) {
    while let Some(due) = round.wake_at().filter(|due| *due <= at) {
        work.note(&round.handle(RoundInput::Tick, due));
    }
}

#[test]
fn five_thousand_answer_in_two_minutes() {
    let dice = &mut Dice::new(5_000);
    let facts = RoundSettings {
        id: RoundId::new(EIGHT, [1; 10]),
        reads_first: false,
        draw_seed: DrawSeed([9; 16]),
    };
    let mut round = Round::new(facts, StoredRound::default(), EIGHT);
    round.handle(RoundInput::PeopleCounted(u32::try_from(PEOPLE).unwrap()), EIGHT);
    let thoughts = thoughts(dice);
    let mut work = Work::default();
    let step = ANSWERS.ms() / i64::try_from(PEOPLE).unwrap();
    for number in 0..PEOPLE {
        let at = EIGHT + Span::from_ms(step * i64::try_from(number).unwrap());
        pass(&mut round, at, &mut work);
        let share = written(chance_id(dice), dice);
        let id = share.id;
        work.note(&round.handle(RoundInput::ShareAdded(share), at));
        let made = read(&thoughts, dice.below(THOUGHTS), dice);
        work.note(&round.handle(RoundInput::ShareRead(id, made), at));
    }
    let every = picture_interval(PEOPLE);
    let most = usize::try_from(ANSWERS.ms() / every.ms()).unwrap() + 1;
    assert!(every > PICTURE_INTERVAL_MIN && work.told <= most, "{} of {most}", work.told);
    assert!(work.batches.len() > 3 && work.batches.iter().all(|size| *size >= BATCH_MAX));
    assert!(work.shown > PEOPLE / 2, "{} are shown while people answer", work.shown);
    let closes_at = EIGHT + ANSWERS;
    pass(&mut round, closes_at, &mut work);
    work.note(&round.handle(RoundInput::Close, closes_at));
    assert_eq!((round.step(), work.shown), (RoundStep::Opened, PEOPLE));
    let picture = round.picture();
    let sewn: usize = picture.themes.iter().map(|theme| theme.patches.len()).sum();
    assert_eq!(sewn + picture.alone.len(), PEOPLE);
    assert!(sewn > PEOPLE / 2, "{sewn} in themes");
    let shares: Vec<Share> = round.shares().cloned().collect();
    for share in shares.iter().take(50) {
        round.handle(RoundInput::ShareWithdrawn(share.id), closes_at + PICTURE_INTERVAL_MIN);
    }
    assert_eq!(round.shares().len(), PEOPLE - 50);
    assert!(shares.iter().all(|share| share.embedding != ShareEmbedding::Pending));
}

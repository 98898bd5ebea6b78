//! A home with a sit that is in its round, and people who say something.

use std::future::Future;

use sitwith_app::access::{LeadsRound, LeadsRun};
use sitwith_app::fail::{Denied, Fail, Refused};
use sitwith_app::jobs;
use sitwith_app::rounds::{
    self, OwnPart, Picture, RoundStep, RoundView, ShareDraft, ShareOutcome, SubmitShareNo,
    submit_share,
};
use sitwith_app::sits::open_run;
use sitwith_core::id::{GuestId, RoundId, RunId, SitId};
use sitwith_core::member::{Guest, Member, Person};
use sitwith_core::sit::plan::{Keeps, Phase, PhaseCourse, PhaseKind, Plan, RoundPlan};
use sitwith_core::themes::Vector;
use sitwith_core::time::Span;
use sitwith_insight::{Embedding, Insight};
use sitwith_store::{Store, shares};
use sitwith_testkit::proofs::{leads_round, leads_run};
use sitwith_testkit::sits::{draft_tuesdays, make_as_ana};
use sitwith_testkit::{TestHome, people};

/// How often a test looks whether something has come before it gives up.
const LOOKS: usize = 20_000;
/// From every test's beginning to the middle of the sit's first minute of writing.
const TO_THE_ROUND: Span = Span::from_secs(31 * 60 + 30);
/// How long people write.
pub(crate) const WRITTEN_FOR: Span = Span::from_mins(10);
/// How long the sit closes after that.
pub(crate) const CLOSING: Span = Span::from_mins(1);

/// Words of which the first tells the meaning, as far as [`read`] knows.
pub(crate) const MEANINGS: [&str; 5] = ["rest", "river", "mother", "bread", "snow"];

/// What the model of these tests reads: the first word says the direction, the rest moves it a
/// little.
pub(crate) fn read(text: &str) -> Embedding {
    let first = text.split_whitespace().next().unwrap_or_default();
    if first == "hm" {
        return Embedding::TooShort;
    }
    if first == "γειά" {
        return Embedding::OtherLanguage;
    }
    let mut numbers = [0.0_f32; 24];
    let place = MEANINGS.iter().position(|meaning| *meaning == first);
    let stir =
        text.bytes().fold(7_u32, |stir, byte| stir.wrapping_mul(31).wrapping_add(u32::from(byte)));
    for (step, number) in (0_u32..).zip(&mut numbers) {
        let small = stir.wrapping_mul(2_654_435_761).rotate_left(step) % 1_000;
        *number = f32::from(u16::try_from(small).unwrap()) / 1_000.0 * 0.05;
    }
    match place {
        Some(place) => numbers[place] += 1.0,
        // Words of no known meaning point where no others do.
        None => numbers[usize::try_from(5 + stir % 19).unwrap()] += 1.0,
    }
    Embedding::Vector(Vector::new(&numbers).unwrap())
}

/// A home in the middle of a round.
pub(crate) struct Scene {
    pub(crate) home: TestHome,
    pub(crate) sit: SitId,
    pub(crate) run: RunId,
    pub(crate) round: RoundId,
}

/// What a round is to be.
#[derive(Clone, Copy, Default)]
pub(crate) struct Wish {
    pub(crate) reads_first: bool,
    pub(crate) keeps: Keeps,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::with(Wish::default()).await
    }

    pub(crate) async fn with(wish: Wish) -> Self {
        Self::in_home(TestHome::with_insight(Insight::from_fn(read)).await, wish).await
    }

    /// On a database that a test has opened itself.
    pub(crate) async fn on(store: Store, wish: Wish) -> Self {
        let home = TestHome::on_store_with_insight(store, Insight::from_fn(read)).await;
        home.set_up().await;
        Self::in_home(home, wish).await
    }

    pub(crate) async fn in_home(home: TestHome, wish: Wish) -> Self {
        let round = RoundPlan {
            prompt: Some("What have you learned?".to_owned()),
            reads_first: wish.reads_first,
            keeps: wish.keeps,
            ..RoundPlan::default()
        };
        let written = Phase::from_course(PhaseCourse::Round(round), secs(WRITTEN_FOR));
        let plan = Plan {
            phases: vec![
                Phase::new(PhaseKind::Arrive, 60),
                written,
                Phase::new(PhaseKind::Close, secs(CLOSING)),
            ],
            ..Plan::default()
        };
        let sit = make_as_ana(&home, draft_tuesdays(plan)).await;
        home.advance(Span::from_mins(20));
        let opened = open_run(&home.home, &member(people::ben()), sit).await;
        let run = opened.unwrap().run.id;
        home.advance(TO_THE_ROUND - Span::from_mins(20));
        let round = rounds::find_current_round(&home.home, &member(people::ben()), sit).await;
        let round = round.unwrap().expect("everybody writes now");
        Self { home, sit, run, round }
    }

    /// The same database under a program that was started anew.
    pub(crate) async fn restarted(&self) -> Self {
        Self { home: self.home.restarted().await, sit: self.sit, run: self.run, round: self.round }
    }

    pub(crate) async fn see(&self, who: &Person) -> RoundView {
        let seen = rounds::view_round(&self.home.home, who, self.round).await;
        seen.unwrap_or_else(|fail| panic!("{fail:?}"))
    }

    pub(crate) async fn see_no(&self, who: &Person) -> Option<Refused> {
        refused(rounds::view_round(&self.home.home, who, self.round).await)
    }

    /// Ana, shown to lead the round.
    pub(crate) async fn led(&self) -> LeadsRound {
        leads_round(&self.home, self.round).await
    }

    /// Ana, shown to lead the run.
    pub(crate) async fn run_led(&self) -> LeadsRun {
        leads_run(&self.home, self.run).await
    }

    /// Somebody offers words, unsigned.
    pub(crate) async fn say(&self, who: &Person, words: &str) {
        let shared = self.offer(who, offering(words)).await;
        assert!(matches!(shared, Ok(ShareOutcome::Kept)), "it is kept");
    }

    pub(crate) async fn offer(
        &self,
        who: &Person,
        offering: ShareDraft,
    ) -> Result<ShareOutcome, SubmitShareNo> {
        match submit_share(&self.home.home, who, self.round, offering).await {
            Ok(shared) => Ok(shared),
            Err(Fail::No(no)) => Err(no),
            Err(fail) => panic!("{fail:?}"),
        }
    }

    pub(crate) async fn pass(&self, who: &Person) {
        rounds::pass_round(&self.home.home, who, self.round).await.unwrap();
    }

    pub(crate) async fn withdraw(&self, who: &Person) {
        rounds::withdraw_share(&self.home.home, who, self.round).await.unwrap();
    }

    /// A guest of this sit, one of many.
    pub(crate) fn guest(&self, number: u16) -> Person {
        guest_of(self.sit, number)
    }

    /// The picture, once it is as it should be.
    pub(crate) async fn picture(&self, who: &Person, is_so: impl Fn(&Picture) -> bool) -> Picture {
        for _ in 0..LOOKS {
            let seen = self.see(who).await;
            if let Some(picture) = seen.picture.filter(|picture| is_so(picture)) {
                return Picture::clone(&picture);
            }
            tokio::task::yield_now().await;
        }
        panic!("the picture never was so: {:?}", self.see(who).await.picture);
    }

    /// Waits until everything was read, and lets the time of a batch pass.
    pub(crate) async fn next_batch(&self) {
        until(|| async { self.unread().await == 0 }).await;
        self.home.advance(Span::from_secs(3));
    }

    async fn unread(&self) -> usize {
        let mut tx = self.home.home.store.read().await.unwrap();
        let rows = shares::list_shares(&mut tx, self.round).await.unwrap();
        rows.iter().filter(|row| row.read_as.is_none()).count()
    }

    /// Waits until the round has come so far.
    pub(crate) async fn has_come(&self, who: &Person, step: RoundStep) {
        until(|| async { self.see(who).await.step == step }).await;
    }

    /// Lets the time of writing end, and waits for the quilt.
    pub(crate) async fn opens(&self, who: &Person) -> Picture {
        self.home.advance(WRITTEN_FOR);
        self.has_come(who, RoundStep::Opened).await;
        self.picture(who, |_| true).await
    }

    /// What the home does by itself.
    pub(crate) async fn tick(&self) {
        let mut forget_at = self.home.home.clock.now() + Span::from_days(9);
        jobs::run_due_jobs(&self.home.home, &mut forget_at).await.unwrap();
    }

    /// What somebody's own words are now.
    pub(crate) async fn own(&self, who: &Person) -> Option<String> {
        match self.see(who).await.own_part {
            OwnPart::Shared(mine) => Some(mine.words.to_string()),
            OwnPart::Passed | OwnPart::Nothing => None,
        }
    }
}

/// Why something was refused, if it was.
pub(crate) fn refused<T>(outcome: Result<T, Denied>) -> Option<Refused> {
    match outcome {
        Ok(_) => None,
        Err(Denied::Refused(refused)) => Some(refused),
        Err(Denied::Broken(broken)) => panic!("{broken}"),
    }
}

/// An offering with a key of its own for these words.
pub(crate) fn offering(words: &str) -> ShareDraft {
    let sum =
        words.bytes().fold(5_u64, |sum, byte| sum.wrapping_mul(131).wrapping_add(u64::from(byte)));
    ShareDraft {
        words: words.to_owned(),
        signed: false,
        aloud: false,
        beyond: false,
        key: format!("key {sum}"),
        is_reviewed: false,
    }
}

/// All words of a picture.
pub(crate) fn words(picture: &Picture) -> Vec<String> {
    let sewn = picture.themes.iter().flat_map(|theme| &theme.patches);
    let mut words: Vec<_> =
        sewn.chain(&picture.alone).map(|patch| patch.words.to_string()).collect();
    words.sort();
    words
}

pub(crate) fn guest_of(sit: SitId, number: u16) -> Person {
    let mut chance = [0; 10];
    chance[..2].copy_from_slice(&number.to_be_bytes());
    Person::Guest(Guest {
        id: GuestId::new(people::BEGIN, chance),
        ..people::build_guest("Gil", sit)
    })
}

pub(crate) fn member(member: Member) -> Person {
    Person::Member(member)
}

/// Looks until it is so, while everything else goes on. No time passes.
pub(crate) async fn until<Fut: Future<Output = bool>>(mut look: impl FnMut() -> Fut) {
    for _ in 0..LOOKS {
        if look().await {
            return;
        }
        // The round works beside the tasks: what is waited for may need its thread.
        let others = tokio::task::spawn_blocking(std::thread::yield_now);
        others.await.unwrap();
    }
    panic!("it never was so");
}

fn secs(span: Span) -> u32 {
    u32::try_from(span.secs()).unwrap()
}

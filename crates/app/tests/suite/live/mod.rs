//! Living sits: entering, changes that are kept before they are shown, slow lines, the end, and
//! a home that is killed in the middle.

mod asking;
mod changes;
mod ending;
mod entering;
mod lines;
mod many;
mod media;
mod removing;

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard};

use bytes::Bytes;
use sitwith_app::access::LeadsRun;
use sitwith_app::home::Home;
use sitwith_app::live::ticket::Ticket;
use sitwith_app::live::{EnterNo, EnterOptions, EnteredSit, LiveSit, SitSocket, TrySendOutcome};
use sitwith_core::id::{GuestId, RunId, SitId};
use sitwith_core::member::{Guest, Member, Person};
use sitwith_core::sit::bell::Bell;
use sitwith_core::sit::plan::{Phase, PhaseCourse, PhaseKind, Plan, RoundPlan};
use sitwith_core::sit::run::{RunChange, RunFacts};
use sitwith_core::sits::Run;
use sitwith_core::time::{Instant, Span};
use sitwith_store::{Broken, guests, runs};
use sitwith_testkit::sits::{draft_tuesdays, make_as_ana};
use sitwith_testkit::{TestHome, people, proofs};

/// When the run of these tests is planned: five minutes after every test's beginning.
const PLANNED: Instant = Instant::from_ms(people::BEGIN.ms() + 5 * 60_000);

/// How often a test looks whether something has come before it gives up.
const LOOKS: usize = 2_000_000;

/// A home with one run whose door is open: a minute of arriving, ten of silence, one of closing.
struct Place {
    home: TestHome,
    sit: SitId,
    run: RunId,
}

impl Place {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(settle: impl FnOnce(&mut RunFacts)) -> Self {
        let home = TestHome::new().await;
        let phases = vec![
            Phase::new(PhaseKind::Arrive, 60),
            Phase::new(PhaseKind::Silence, 600).with_bells(Some(Bell::Large), Some(Bell::Large)),
            Phase::new(PhaseKind::Close, 60),
        ];
        let plan = Plan::new(phases);
        let mut facts = RunFacts { plan, planned_at: PLANNED, is_led: true, begins_itself: false };
        settle(&mut facts);
        let sit = make_as_ana(&home, draft_tuesdays(facts.plan.clone())).await;
        let run = RunId::new(people::BEGIN, [9; 10]);
        let row = Run { id: run, sit, facts, over_at: None };
        let row = &row;
        let opened: Result<Run, Broken> = home
            .home
            .store
            .write(|mut tx| async move {
                let opened = runs::open_run(&mut tx, row).await?;
                Ok(tx.done(opened))
            })
            .await;
        opened.unwrap();
        Self { home, sit, run }
    }

    fn home(&self) -> &Home {
        &self.home.home
    }

    async fn sit(&self) -> Arc<LiveSit> {
        self.home().live.open(self.run).await.unwrap()
    }

    /// Somebody is shown to lead the run.
    async fn led_by(&self, who: &Person) -> Option<LeadsRun> {
        self.home().access(who).led_run(self.run).await.ok()
    }

    /// Ana is shown to lead the run.
    async fn led(&self) -> LeadsRun {
        self.led_by(&guide()).await.unwrap()
    }

    async fn ticket(&self, who: &Person, quiet: bool) -> String {
        proofs::seal_ticket(&self.home, who, self.run, quiet).await
    }

    async fn enter(&self, who: &Person) -> Seated {
        self.enter_as(who, false, EnterOptions::default()).await.unwrap()
    }

    async fn enter_as(
        &self,
        who: &Person,
        quiet: bool,
        coming: EnterOptions,
    ) -> Result<Seated, EnterNo> {
        let line = Arc::new(FakeLine::default());
        let ticket = self.ticket(who, quiet).await;
        let offered = Arc::<FakeLine>::clone(&line);
        let entered = self.home().live.enter(&ticket, offered, coming).await?;
        Ok(Seated { entered, line })
    }

    /// A guest of this sit, with a row.
    async fn guest(&self, name: &str) -> Person {
        let guest = &people::build_guest(name, self.sit);
        let kept: Result<(), Broken> = self
            .home()
            .store
            .write(|mut tx| async move {
                guests::insert_guest(&mut tx, guest).await?;
                Ok(tx.done(()))
            })
            .await;
        kept.unwrap();
        Person::Guest(Guest::clone(guest))
    }

    async fn kept_changes(&self) -> Vec<RunChange> {
        let mut tx = self.home().store.read().await.unwrap();
        runs::list_changes(&mut tx, self.run).await.unwrap()
    }

    /// The same database under a program that was started anew.
    async fn restarted(&self) -> Self {
        Self { home: self.home.restarted().await, sit: self.sit, run: self.run }
    }
}

/// A guest without a row, one of many.
fn one_of_many(number: u16, sit: SitId) -> Person {
    let mut chance = [0; 10];
    chance[..2].copy_from_slice(&number.to_be_bytes());
    let id = GuestId::new(people::BEGIN, chance);
    Person::Guest(Guest { id, ..people::build_guest("Gil", sit) })
}

fn member(member: Member) -> Person {
    Person::Member(member)
}

fn guide() -> Person {
    member(people::ana())
}

/// Somebody who has entered by a line of ours.
struct Seated {
    entered: EnteredSit,
    line: Arc<FakeLine>,
}

impl Seated {
    fn say(&self, text: &str) {
        self.entered.sit.handle_message(self.entered.conn, text).unwrap();
    }

    fn lose(&self) {
        self.entered.sit.socket_lost(self.entered.conn);
    }

    fn drained(&self) {
        self.line.takes(Mood::Takes);
        self.entered.sit.socket_drained(self.entered.conn);
    }

    /// Waits for a frame with these words in it, and forgets those before it.
    async fn hears(&self, words: &str) -> String {
        until(|| {
            let mut frames = self.line.frames();
            let place = frames.iter().position(|frame| frame.contains(words))?;
            frames.drain(..=place).next_back()
        })
        .await
        .unwrap_or_else(|| panic!("{words} was not heard, but {:?}", self.line.frames()))
    }

    /// Waits until the line is closed.
    async fn is_closed(&self) -> u16 {
        until(|| *self.line.closed.lock().unwrap()).await.expect("the line is closed")
    }

    /// What was heard and not asked for yet.
    fn heard(&self) -> Vec<String> {
        self.line.frames().clone()
    }
}

/// Looks until there is something, while everything else goes on. No time passes.
async fn until<T>(mut look: impl FnMut() -> Option<T>) -> Option<T> {
    for _ in 0..LOOKS {
        if let Some(found) = look() {
            return Some(found);
        }
        tokio::task::yield_now().await;
    }
    None
}

/// Looks until it is so.
async fn until_true(mut is_so: impl FnMut() -> bool) {
    assert!(until(|| is_so().then_some(())).await.is_some(), "it never was so");
}

/// Lets time pass in steps, and everything happen in each.
async fn pass(place: &Place, span: Span) {
    for _ in 0..10 {
        place.home.advance(Span::from_ms(span.ms() / 10));
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
    }
}

/// How a line of ours meets what it is offered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mood {
    Takes = 0,
    Behind = 1,
    Gone = 2,
    Breaks = 3,
}

#[derive(Default)]
struct FakeLine {
    frames: Mutex<Vec<String>>,
    closed: Mutex<Option<u16>>,
    mood: AtomicU8,
}

impl FakeLine {
    fn takes(&self, mood: Mood) {
        self.mood.store(mood as u8, Ordering::SeqCst);
    }

    fn frames(&self) -> MutexGuard<'_, Vec<String>> {
        self.frames.lock().unwrap()
    }
}

impl SitSocket for FakeLine {
    fn try_send(&self, frame: &Bytes) -> TrySendOutcome {
        let mood = self.mood.load(Ordering::SeqCst);
        assert_ne!(mood, Mood::Breaks as u8, "this line breaks, as its test wants");
        if mood == Mood::Behind as u8 {
            return TrySendOutcome::Behind;
        }
        if mood == Mood::Gone as u8 {
            return TrySendOutcome::Gone;
        }
        let start = frame.iter().position(|byte| *byte == b'{').unwrap();
        let text = std::str::from_utf8(&frame[start..]).unwrap();
        self.frames().push(text.to_owned());
        TrySendOutcome::Accepted
    }

    fn close(&self, code: u16, _why: &'static str) {
        *self.closed.lock().unwrap() = Some(code);
    }
}

//! One evening: twelve people in a room with a sitter, a guide, and somebody who does nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use sitwith_app::live::{EnterOptions, EnteredSit, SitSocket, TrySendOutcome};
use sitwith_app::rounds::{self, ShareDraft};
use sitwith_app::sits::open_run;
use sitwith_core::id::{RoundId, RunId, SitId};
use sitwith_core::member::{Member, Person};
use sitwith_core::sit::plan::{Phase, PhaseCourse, PhaseKind, Plan, RoundPlan};
use sitwith_core::themes::Vector;
use sitwith_core::time::Span;
use sitwith_testkit::proofs::seal_ticket;
use sitwith_testkit::rounds::{count_unread, list_hands};
use sitwith_testkit::sits::{draft_tuesdays, make_as_ana};
use sitwith_testkit::{Embedding, Insight, TestBrowser, TestHome, people};

use super::tells::{FRAME, Got, Secrets, tells};

/// How many people take part, beside the three who watch.
pub(super) const PEOPLE: usize = 12;
/// How often it is looked whether everything was read before the evening is given up.
const LOOKS: usize = 20_000;
/// What the answers begin with: the model of these evenings goes by it.
const MEANINGS: [&str; 3] = ["rest", "river", "snow"];

/// What was learned on one evening. People are numbers.
pub(super) struct Evening {
    /// In which order they came into the room.
    pub(super) came: Vec<usize>,
    /// In which order they left it, who left.
    left: Vec<usize>,
    /// In which order they answered.
    pub(super) answers: Vec<usize>,
    /// The answers as the opened quilt lists them.
    pub(super) listed: Vec<usize>,
    /// The answers as they lie in the opened quilt.
    pub(super) quilted: Vec<usize>,
    /// The answers as they lie on the guide's table.
    pub(super) on_table: Vec<usize>,
    /// The answers in the order in which they were first seen.
    pub(super) seen_first: Vec<usize>,
    /// What told whose an answer is.
    pub(super) told: Vec<String>,
}

impl Evening {
    /// Those who left in the order in which they did, then the others as they came.
    pub(super) fn left_first(&self) -> Vec<usize> {
        let others = self.came.iter().filter(|who| !self.left.contains(who));
        self.left.iter().chain(others).copied().collect()
    }

    /// Those whose words stand in the end, in the order in which they answered.
    pub(super) fn answered(&self) -> Vec<usize> {
        let stands = self.answers.iter().filter(|who| self.listed.contains(who));
        stands.copied().collect()
    }
}

/// A line that notes what it is offered.
#[derive(Default)]
struct Ear(Mutex<Vec<String>>);

impl SitSocket for Ear {
    fn try_send(&self, frame: &Bytes) -> TrySendOutcome {
        let start = frame.iter().position(|byte| *byte == b'{').unwrap();
        let text = String::from_utf8_lossy(&frame.slice(start..)).into_owned();
        self.0.lock().unwrap().push(text);
        TrySendOutcome::Accepted
    }

    fn close(&self, _code: u16, _why: &'static str) {}
}

/// Somebody who watches.
struct Watcher {
    browser: TestBrowser,
    ear: Arc<Ear>,
    pages: &'static [&'static str],
    has_acted: bool,
}

struct World {
    home: TestHome,
    sit: SitId,
    run: RunId,
    round: RoundId,
    watchers: Vec<Watcher>,
    lines: BTreeMap<usize, EnteredSit>,
    secrets: Secrets,
    told: Vec<String>,
    seen_first: Vec<usize>,
}

fn name(who: usize) -> String {
    format!("Gil {}", char::from(b'A' + u8::try_from(who).unwrap()))
}

/// What somebody says. The test knows from it whose it is; that it has to do with their number,
/// nobody can see.
fn said(seed: u64, who: usize) -> String {
    let number = seed * 1_000 + u64::try_from(who).unwrap() + 1;
    // Fibonacci hashing: near numbers come to lie far apart.
    let mark = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    let meaning = MEANINGS[usize::try_from(mark / 7 % 3).unwrap()];
    format!("{meaning} and what {mark} has to do with it")
}

fn read(text: &str) -> Embedding {
    let first = text.split(' ').next().unwrap_or_default();
    let place = MEANINGS.iter().position(|meaning| *meaning == first);
    let mut numbers = [0.01_f32; 8];
    numbers[place.unwrap_or(7)] = 1.0;
    let stir = text.bytes().fold(0_u8, u8::wrapping_add);
    numbers[3] = f32::from(stir) / 2_550.0;
    Embedding::Vector(Vector::new(&numbers).unwrap())
}

/// Everybody, in an order of chance: each time another.
fn shuffled(chance: &mut u64) -> Vec<usize> {
    let mut all: Vec<_> = (0..PEOPLE).collect();
    for place in (1..PEOPLE).rev() {
        // Knuth's linear congruential generator (MMIX); its upper bits are the good ones.
        *chance =
            chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from(*chance >> 40).unwrap() % (place + 1);
        all.swap(place, other);
    }
    all
}

/// Watches one evening.
pub(super) async fn evening(seed: u64) -> Evening {
    let mut chance = 1_000 + seed;
    let (came, acts) = (shuffled(&mut chance), shuffled(&mut chance));
    let mut world = World::new(seed).await;
    for who in &came {
        world.comes(*who).await;
    }
    let mut left = Vec::new();
    let mut answers = Vec::new();
    for (turn, who) in acts.iter().enumerate() {
        // The fourth who acts passes; all others answer.
        if turn == 3 {
            world.passes(*who).await;
        } else {
            world.answers(seed, *who).await;
            answers.push(*who);
        }
        match turn {
            // Three leave as soon as they have answered, and one of them comes back.
            1 | 6 | 9 => {
                world.leaves(*who);
                left.push(*who);
            }
            7 => world.comes(acts[6]).await,
            // One takes it back.
            8 => world.takes_back(acts[2]).await,
            _ => {}
        }
        world.look(&["/part"]).await;
    }
    world.home.advance(Span::from_mins(10));
    world.settle().await;
    world.is_opened().await;
    world.look(&["", "/part", "/part?list=1", "/picture.svg", "/keepsake"]).await;
    let listed = world.order(seed, 0, "/part?list=1").await;
    let quilted = world.order(seed, 0, "/part").await;
    let on_table = world.order(seed, 1, "/guide").await;
    world.look(&["/aloud"]).await;
    // In the end she who did nothing passes, and sees what all see.
    world.watchers[2].has_acted = true;
    let pass = format!("/rounds/{}/pass", world.round);
    let passed = world.watchers[2].browser.post(&pass, &[]);
    assert_eq!(passed.await.status, 303);
    assert_eq!(world.order(seed, 2, "/part?list=1").await, listed, "all see the same");
    world.frames();
    world.home.home.live.stop().await;
    world.home.home.rounds.stop().await;
    Evening {
        came,
        left,
        answers,
        listed,
        quilted,
        on_table,
        seen_first: world.seen_first,
        told: world.told,
    }
}

impl World {
    async fn new(seed: u64) -> Self {
        let home = TestHome::with_insight(Insight::from_fn(read)).await;
        let prompt = Some("What have you learned?".to_owned());
        let written = PhaseCourse::Round(RoundPlan { prompt, ..RoundPlan::default() });
        let written = Phase::from_course(written, 600);
        let phases =
            vec![Phase::new(PhaseKind::Arrive, 60), written, Phase::new(PhaseKind::Close, 600)];
        let sit = make_as_ana(&home, draft_tuesdays(Plan::new(phases))).await;
        home.advance(Span::from_mins(20));
        let ben = Person::Member(people::ben());
        let run = open_run(&home.home, &ben, sit).await.unwrap().run.id;
        home.advance(Span::from_mins(11) + Span::from_secs(30));
        let round = rounds::find_current_round(&home.home, &ben, sit).await.unwrap().unwrap();
        let everybody = (0..PEOPLE).map(|who| people::build_guest(&name(who), sit));
        let secrets = Secrets {
            ids: everybody.map(|guest| guest.id.to_string()).collect(),
            names: (0..PEOPLE).map(name).collect(),
            hands: Vec::new(),
            words: (0..PEOPLE).map(|who| said(seed, who)).collect(),
        };
        let mut world = Self {
            home,
            sit,
            run,
            round,
            watchers: Vec::new(),
            lines: BTreeMap::new(),
            secrets,
            told: Vec::new(),
            seen_first: Vec::new(),
        };
        world.watches(people::ben(), true, &[]).await;
        world.watches(people::ana(), true, &["/guide", "/aloud"]).await;
        world.watches(people::cleo(), false, &[]).await;
        world
    }

    async fn watches(&mut self, who: Member, acts: bool, pages: &'static [&'static str]) {
        let mut browser = self.home.browser_of(&who).await;
        if acts {
            let passed = browser.post(&format!("/rounds/{}/pass", self.round), &[]).await;
            assert_eq!(passed.status, 303);
        }
        let ear = Arc::new(Ear::default());
        self.enter(&Person::Member(who), Arc::<Ear>::clone(&ear)).await;
        self.watchers.push(Watcher { browser, ear, pages, has_acted: acts });
    }

    async fn enter(&self, who: &Person, ear: Arc<Ear>) -> EnteredSit {
        let home = &self.home.home;
        let ticket = seal_ticket(&self.home, who, self.run, false).await;
        home.live.enter(&ticket, ear, EnterOptions::default()).await.unwrap()
    }

    fn person(&self, who: usize) -> Person {
        Person::Guest(people::build_guest(&name(who), self.sit))
    }

    async fn comes(&mut self, who: usize) {
        let entered = self.enter(&self.person(who), Arc::default()).await;
        self.lines.insert(who, entered);
        self.home.advance(Span::from_ms(900));
    }

    fn leaves(&mut self, who: usize) {
        if let Some(entered) = self.lines.remove(&who) {
            entered.sit.handle_message(entered.conn, r#"{"k":"leave"}"#).unwrap();
        }
        self.home.advance(Span::from_ms(900));
    }

    async fn answers(&mut self, seed: u64, who: usize) {
        let words = said(seed, who);
        let offering = ShareDraft {
            key: words.clone(),
            words,
            signed: false,
            aloud: who.is_multiple_of(2),
            beyond: who.is_multiple_of(3),
            is_reviewed: true,
        };
        let shared =
            rounds::submit_share(&self.home.home, &self.person(who), self.round, offering).await;
        assert!(shared.is_ok());
        self.settle().await;
    }

    async fn passes(&mut self, who: usize) {
        rounds::pass_round(&self.home.home, &self.person(who), self.round).await.unwrap();
        self.settle().await;
    }

    async fn takes_back(&mut self, who: usize) {
        rounds::withdraw_share(&self.home.home, &self.person(who), self.round).await.unwrap();
        self.settle().await;
    }

    /// Waits until everything was read, and lets a batch's time pass.
    async fn settle(&mut self) {
        for _ in 0..LOOKS {
            if count_unread(&self.home).await == 0 {
                self.secrets.hands = list_hands(&self.home).await;
                self.home.advance(Span::from_ms(2_500));
                for _ in 0..50 {
                    tokio::task::spawn_blocking(std::thread::yield_now).await.unwrap();
                }
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("the answers were never read");
    }

    async fn is_opened(&mut self) {
        for _ in 0..LOOKS {
            let page = self.get(0, "/part").await;
            if page.body.contains("data-step=\"opened\"") {
                return;
            }
            self.home.advance(Span::from_ms(500));
        }
        panic!("it was never opened");
    }

    /// Everybody who watches opens these pages of the round, and their own.
    async fn look(&mut self, pages: &[&str]) {
        for watcher in 0..self.watchers.len() {
            let own = self.watchers[watcher].pages;
            for path in pages.iter().chain(own) {
                let got = self.get(watcher, path).await;
                self.note(&got);
            }
        }
        self.frames();
    }

    async fn get(&mut self, watcher: usize, path: &str) -> Got {
        let watching = &mut self.watchers[watcher];
        let what = format!("/rounds/{}{path}", self.round);
        let page = watching.browser.get(&what).await;
        let headers = page.headers.iter();
        let headers = headers.map(|(name, value)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        Got { what, headers: headers.collect(), body: page.body, has_acted: watching.has_acted }
    }

    /// Looks for what tells, and notes which answers are seen for the first time.
    fn note(&mut self, got: &Got) {
        self.told.extend(tells(got, &self.secrets));
        let mut new: Vec<(usize, usize)> = Vec::new();
        for (who, words) in self.secrets.words.iter().enumerate() {
            if let Some(place) = got.body.find(words.as_str())
                && !self.seen_first.contains(&who)
            {
                new.push((place, who));
            }
        }
        new.sort_unstable();
        self.seen_first.extend(new.into_iter().map(|(_, who)| who));
    }

    /// Every frame that was heard since it was looked at last.
    fn frames(&mut self) {
        for watcher in &self.watchers {
            for frame in std::mem::take(&mut *watcher.ear.0.lock().unwrap()) {
                let got = Got {
                    what: FRAME.to_owned(),
                    headers: Vec::new(),
                    // Who sits here by name is told to all: that is what presence is for.
                    body: frame,
                    has_acted: watcher.has_acted,
                };
                self.told.extend(tells(&got, &self.secrets));
            }
        }
    }

    /// In which order the answers stand on a page.
    async fn order(&mut self, seed: u64, watcher: usize, path: &str) -> Vec<usize> {
        let got = self.get(watcher, path).await;
        self.note(&got);
        let places = (0..PEOPLE).filter_map(|who| Some((got.body.find(&said(seed, who))?, who)));
        let mut places: Vec<_> = places.collect();
        places.sort_unstable();
        assert!(places.len() >= 8, "{path}: {}", got.body);
        places.into_iter().map(|(_, who)| who).collect()
    }
}

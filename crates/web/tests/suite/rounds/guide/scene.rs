//! A round between two sits, people who answer it, and the guide's browser.

use sitwith_app::rounds::{
    self, Keeps, OwnPart, RoundDraft, RoundStep, RoundView, ShareDraft, fresh_round_id, pose_round,
};
use sitwith_core::id::{RoundId, SitId};
use sitwith_core::member::Person;
use sitwith_core::round::{Patch, ThemeLabel};
use sitwith_core::sit::templates::plan_templates;
use sitwith_core::themes::Vector;
use sitwith_testkit::proofs::leads_sit;
use sitwith_testkit::sits::{draft_tuesdays, make_as_ana};
use sitwith_testkit::{Embedding, Insight, TestBrowser, TestHome, TestPage, people};

/// How often a test looks whether something has come before it gives up.
const LOOKS: usize = 100_000;
/// Words that tell a meaning to the model of these tests, wherever they stand.
const MEANINGS: [&str; 3] = ["rest", "help", "pass"];

/// The model of these tests: a known word says the direction, anything else points where no other
/// text does.
fn read(text: &str) -> Embedding {
    let stir = text
        .bytes()
        .fold(7_usize, |stir, byte| stir.wrapping_mul(31).wrapping_add(usize::from(byte)));
    let known = MEANINGS.iter().position(|meaning| text.contains(meaning));
    let mut numbers = [0.0_f32; 40];
    numbers[known.unwrap_or(3 + stir % 37)] = 1.0;
    numbers[3 + (stir / 37) % 37] += 0.1;
    Embedding::Vector(Vector::new(&numbers).unwrap())
}

/// A home in which a round stands open.
pub(super) struct Scene {
    pub(super) home: TestHome,
    pub(super) sit: SitId,
    pub(super) round: RoundId,
}

/// How somebody offers words.
#[derive(Clone, Copy, Default)]
pub(super) struct Manner {
    pub(super) signed: bool,
    pub(super) aloud: bool,
    pub(super) beyond: bool,
}

impl Scene {
    /// A round that the guide reads first, or not.
    pub(super) async fn new(reads_first: bool) -> Self {
        let home = TestHome::with_insight(Insight::from_fn(read)).await;
        let sit = make_as_ana(&home, draft_tuesdays(plan_templates().remove(0).2)).await;
        let posing = RoundDraft {
            prompt: "What did it leave you with?".to_owned(),
            help: "One line is plenty.".to_owned(),
            reads_first,
            keeps: Keeps::Nothing,
            hours: 24,
        };
        let round = pose_round(&home.home, &leads_sit(&home, sit).await, &posing).await.unwrap();
        Self { home, sit, round }
    }

    /// The same with nine answers in three themes, two that stand alone, closed and gathered.
    /// Ana has passed.
    pub(super) async fn closed() -> Self {
        let scene = Self::new(true).await;
        for (place, words) in WORDS.iter().enumerate() {
            let manner =
                Manner { signed: place == 4, aloud: place % 2 == 0, beyond: place % 3 == 0 };
            scene.says(&format!("guest {place}"), words, manner).await;
        }
        let mut ana = scene.ana().await;
        let passed = ana.post(&scene.guide(), &[("do", "pass")]).await;
        assert_eq!(passed.status, 303);
        let closed = ana.post(&scene.guide(), &[("do", "close")]).await;
        assert_eq!(closed.status, 303);
        scene
            .until(|seen| {
                let picture = seen.picture.as_ref();
                picture.is_some_and(|picture| picture.themes.len() == MEANINGS.len())
            })
            .await;
        scene
    }

    /// A guest of this name offers words.
    pub(super) async fn says(&self, name: &str, words: &str, manner: Manner) {
        let guest = Person::Guest(people::build_guest(name, self.sit));
        let offering = ShareDraft {
            words: words.to_owned(),
            signed: manner.signed,
            aloud: manner.aloud,
            beyond: manner.beyond,
            key: fresh_round_id(&self.home.home).to_string(),
            is_reviewed: true,
        };
        let shared = rounds::submit_share(&self.home.home, &guest, self.round, offering).await;
        assert!(shared.is_ok(), "{name}");
        let seen = rounds::view_round(&self.home.home, &guest, self.round).await.unwrap();
        assert!(matches!(seen.own_part, OwnPart::Shared(_)));
    }

    /// Waits until the round stands so for Ana.
    pub(super) async fn until(&self, stands: impl Fn(&RoundView) -> bool) -> RoundView {
        let ana = Person::Member(people::ana());
        for _ in 0..LOOKS {
            let seen = rounds::view_round(&self.home.home, &ana, self.round).await.unwrap();
            if stands(&seen) {
                return seen;
            }
            tokio::task::yield_now().await;
        }
        panic!("it never came to that");
    }

    /// How the round stands for Ana.
    pub(super) async fn seen(&self) -> RoundView {
        self.until(|_| true).await
    }

    pub(super) async fn step(&self) -> RoundStep {
        self.seen().await.step
    }

    /// What this theme is called now.
    pub(super) async fn label(&self, theme: u32) -> ThemeLabel {
        let picture = self.seen().await.picture.unwrap();
        let mut themes = picture.themes.iter();
        let found = themes.find(|found| found.number == theme);
        found.unwrap().label.clone()
    }

    /// The theme in which these words stand.
    pub(super) async fn theme_of(&self, words: &str) -> u32 {
        let picture = self.seen().await.picture.unwrap();
        let has = |patches: &[Patch]| patches.iter().any(|patch| &*patch.words == words);
        let mut themes = picture.themes.iter();
        themes.find(|theme| has(&theme.patches)).unwrap().number
    }

    /// The name under which these words are ticked.
    pub(super) async fn share_of(&self, words: &str) -> String {
        let seen = self.seen().await;
        let picture = seen.picture.unwrap();
        let themes = picture.themes.iter().flat_map(|theme| &theme.patches);
        let mut all = themes.chain(&picture.alone).chain(&seen.aside);
        all.find(|patch| &*patch.words == words).unwrap().id.to_string()
    }

    /// The path of the guide's page.
    pub(super) fn guide(&self) -> String {
        format!("/rounds/{}/guide", self.round)
    }

    pub(super) async fn ana(&self) -> TestBrowser {
        self.home.browser_of(&people::ana()).await
    }

    /// Ana presses a button.
    pub(super) async fn press(&self, form: &[(&str, &str)]) -> TestPage {
        self.ana().await.post(&self.guide(), form).await
    }
}

/// What is said in [`RoomScene::closed`]: three each of three meanings, and two of none.
pub(super) const WORDS: [&str; 11] = [
    "I may rest.",
    "Let it rest.",
    "A rest is no sin.",
    "I asked for help.",
    "There was help.",
    "To help is to be helped.",
    "All things pass.",
    "This will pass as well.",
    "It did pass.",
    "A dog called Toffee.",
    "I sing in the kitchen.",
];

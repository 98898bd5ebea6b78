//! Formats of rounds, as plain files: who gets the feather next, for how long, and the silence in
//! between. Shipped ones are in `programs/formats/`; a home may add its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::plan::{PhaseNo, Plan, PlanNo, WRITTEN_FORMAT, is_format_name};
use crate::time::Span;

/// Maximum size of a format's file, in bytes.
pub const FORMAT_BYTES_MAX: usize = 8 * 1_024;
/// Maximum number of formats of a home.
pub const FORMATS_MAX: usize = 40;
/// Maximum length of a format's title, in characters.
pub const FORMAT_TITLE_CHARS_MAX: usize = 60;
/// Maximum length of the words for the guide and of those for all, in characters.
pub const FORMAT_WORDS_CHARS_MAX: usize = 600;
/// Minimum time before the soft bell of a turn, in seconds, if there is one.
pub const TURN_BELL_S_MIN: u16 = 10;
/// Maximum time before the soft bell of a turn, in seconds.
pub const TURN_BELL_S_MAX: u16 = 1_800;
/// Maximum silence between two turns, in seconds.
pub const TURN_SILENCE_S_MAX: u16 = 300;
/// Maximum of the suggested number of words per turn.
pub const TURN_WORDS_MAX: u16 = 200;
/// Maximum number of questions of an inquiry.
pub const QUESTIONS_MAX: usize = 9;
/// Maximum length of a question, in characters.
pub const QUESTION_CHARS_MAX: usize = 200;

/// The order in which people get the feather.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeatherOrder {
    /// No feather: everybody writes.
    Written,
    /// By seat, or whom it is handed to.
    Passed,
    /// By readiness; nobody sees who is ready.
    Readiness,
    /// Anybody may take it from the middle.
    Free,
    /// A volunteer, together with the guide.
    Volunteer,
}

/// Number of turns per person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TurnLimit {
    /// No limit.
    #[default]
    Any,
    /// Everybody once before anybody has it twice.
    OnceBeforeTwice,
    /// Once only.
    Once,
}

/// The effect of a pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PassRule {
    /// It counts as a turn.
    #[default]
    Rests,
    /// The feather comes back once, after everybody else has had it.
    Returns,
}

/// People who may take the feather from the middle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeatherTakers {
    /// Anybody.
    #[default]
    Anyone,
    /// Guides.
    Guide,
}

/// People muted while somebody holds the feather.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeatherMutes {
    /// Everybody except its holder.
    #[default]
    Others,
    /// Nobody.
    Nobody,
}

/// The format of a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    /// Short name, the same as the file's.
    pub name: Box<str>,
    /// Display title.
    pub title: Box<str>,
    /// Instructions for everybody.
    pub for_all: Box<str>,
    /// Instructions for the guide.
    pub for_guide: Box<str>,
    /// The order in which people get the feather.
    pub order: FeatherOrder,
    /// Time after which a soft bell reminds the speaker; it ends nothing.
    pub bell_after: Option<Span>,
    /// Minimum silence between two turns.
    pub silence: Span,
    /// Number of turns per person.
    pub each: TurnLimit,
    /// The effect of a pass.
    pub pass: PassRule,
    /// True if its holder may hand it to somebody.
    pub may_hand_over: bool,
    /// True if a guide may call for last words.
    pub last_words: bool,
    /// Suggested maximum number of words per turn; not enforced.
    pub turn_words_max: Option<u16>,
    /// People who may take the feather from the middle.
    pub takers: FeatherTakers,
    /// People it mutes while it is held.
    pub mutes: FeatherMutes,
    /// Questions to the volunteer, in order.
    pub questions: Vec<Box<str>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormatFile {
    title: String,
    order: FeatherOrder,
    #[serde(default)]
    for_all: String,
    #[serde(default)]
    for_guide: String,
    #[serde(default)]
    seconds: u16,
    #[serde(default)]
    silence: u16,
    #[serde(default)]
    each: TurnLimit,
    #[serde(default)]
    pass: PassRule,
    #[serde(default)]
    gives: bool,
    #[serde(default)]
    last_words: bool,
    #[serde(default)]
    words: u16,
    #[serde(default)]
    takes: FeatherTakers,
    #[serde(default)]
    mutes: FeatherMutes,
    #[serde(default)]
    questions: Vec<String>,
}

/// Reason a file is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatNo {
    /// The name is not valid.
    #[error("a format is called by small letters, figures and hyphens")]
    BadName,
    /// The file is larger than [`FORMAT_BYTES_MAX`].
    #[error("a format's file has at most {FORMAT_BYTES_MAX} bytes")]
    TooLarge,
    /// The home has [`FORMATS_MAX`] formats already.
    #[error("a home has at most {FORMATS_MAX} formats")]
    TooMany,
    /// The file is not valid TOML of this shape.
    #[error("it cannot be read: {0}")]
    NotToml(Box<str>),
    /// A value is out of range or contradicts another.
    #[error("{0}")]
    Impossible(&'static str),
}

impl Format {
    /// Parses and validates a format's file.
    pub fn parse_file(name: &str, text: &str) -> Result<Self, FormatNo> {
        if !is_format_name(name) {
            return Err(FormatNo::BadName);
        }
        if text.len() > FORMAT_BYTES_MAX {
            return Err(FormatNo::TooLarge);
        }
        let file: FormatFile =
            toml::from_str(text).map_err(|error| FormatNo::NotToml(error.message().into()))?;
        file.check(name).map_err(FormatNo::Impossible)?;
        let trimmed = |words: &str| words.trim().into();
        Ok(Self {
            name: name.into(),
            title: trimmed(&file.title),
            for_all: trimmed(&file.for_all),
            for_guide: trimmed(&file.for_guide),
            order: file.order,
            bell_after: (file.seconds > 0).then(|| Span::from_secs(file.seconds.into())),
            silence: Span::from_secs(file.silence.into()),
            each: file.each,
            pass: file.pass,
            may_hand_over: file.gives,
            last_words: file.last_words,
            turn_words_max: (file.words > 0).then_some(file.words),
            takers: file.takes,
            mutes: file.mutes,
            questions: file.questions.iter().map(|asks| trimmed(asks)).collect(),
        })
    }
}

impl FormatFile {
    fn check(&self, name: &str) -> Result<(), &'static str> {
        let too_long = |words: &str, most: usize| words.chars().count() > most;
        let fits = |must: bool, why: &'static str| if must { Ok(()) } else { Err(why) };
        let asks = |asks: &String| !asks.trim().is_empty() && !too_long(asks, QUESTION_CHARS_MAX);
        fits(
            !self.title.trim().is_empty() && !too_long(&self.title, FORMAT_TITLE_CHARS_MAX),
            "title needs one to sixty characters",
        )?;
        fits(
            !too_long(&self.for_all, FORMAT_WORDS_CHARS_MAX)
                && !too_long(&self.for_guide, FORMAT_WORDS_CHARS_MAX),
            "for_all and for_guide hold at most 600 characters each",
        )?;
        fits(
            self.seconds == 0 || (TURN_BELL_S_MIN..=TURN_BELL_S_MAX).contains(&self.seconds),
            "seconds is 0 for no bell, or 10 to 1800",
        )?;
        fits(self.silence <= TURN_SILENCE_S_MAX, "silence is at most 300 seconds")?;
        fits(self.words <= TURN_WORDS_MAX, "words is at most 200")?;
        fits(
            self.questions.len() <= QUESTIONS_MAX && self.questions.iter().all(asks),
            "questions are at most nine, of one to 200 characters each",
        )?;
        fits(
            self.pass == PassRule::Rests || self.order == FeatherOrder::Passed,
            "pass = \"returns\" needs order = \"passed\"",
        )?;
        fits(
            self.questions.is_empty() || self.order == FeatherOrder::Volunteer,
            "questions need order = \"volunteer\"",
        )?;
        fits(
            (self.order == FeatherOrder::Written) == (name == WRITTEN_FORMAT),
            "order = \"written\" belongs to the format called written",
        )
    }
}

/// The formats a home knows.
#[derive(Clone, Debug, Default)]
pub struct Formats {
    known: BTreeMap<Box<str>, Arc<Format>>,
}

/// Names and texts of the shipped formats.
pub const SHIPPED_FORMATS: [(&str, &str); 6] = [
    (WRITTEN_FORMAT, include_str!("../../../../programs/formats/written.toml")),
    ("council", include_str!("../../../../programs/formats/council.toml")),
    ("worship-sharing", include_str!("../../../../programs/formats/worship-sharing.toml")),
    ("popcorn", include_str!("../../../../programs/formats/popcorn.toml")),
    ("one-word", include_str!("../../../../programs/formats/one-word.toml")),
    ("inquiry", include_str!("../../../../programs/formats/inquiry.toml")),
];

impl Formats {
    /// The formats that ship.
    ///
    /// # Panics
    /// Never: a test reads every one.
    pub fn shipped() -> Self {
        let mut formats = Self::default();
        for (name, text) in SHIPPED_FORMATS {
            formats.add_file(name, text).expect("the shipped formats are read in a test");
        }
        formats
    }

    /// Adds a format, replacing the one of this name if there is one.
    pub fn add_file(&mut self, name: &str, text: &str) -> Result<(), FormatNo> {
        let format = Format::parse_file(name, text)?;
        if self.known.len() >= FORMATS_MAX && self.find(name).is_none() {
            return Err(FormatNo::TooMany);
        }
        self.known.insert(name.into(), Arc::new(format));
        Ok(())
    }

    /// Finds a format by its short name.
    pub fn find(&self, name: &str) -> Option<&Arc<Format>> {
        self.known.get(name)
    }

    /// All formats: the shipped ones in the order above, then the home's own by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Format>> {
        let shipped = SHIPPED_FORMATS.iter().filter_map(|(name, _)| self.find(name));
        let is_own = |name: &str| SHIPPED_FORMATS.iter().all(|(shipped, _)| *shipped != name);
        let own = self.known.iter().filter(move |(name, _)| is_own(name));
        shipped.chain(own.map(|(_, format)| format))
    }

    /// Checks that the formats of all rounds of this plan are known.
    pub fn check_plan(&self, plan: &Plan) -> Result<(), PlanNo> {
        let is_unknown = |name: &str| self.find(name).is_none();
        let unknown =
            plan.phases.iter().position(|phase| phase.spoken_format().is_some_and(is_unknown));
        let why = PhaseNo::Format;
        unknown.map_or(Ok(()), |index| Err(PlanNo::Phase { index, why }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::{Phase, PhaseCourse, PhaseKind, RoundPlan};
    use super::*;

    #[test]
    fn every_shipped_format_can_be_read() {
        let formats = Formats::shipped();
        let names: Vec<_> = formats.iter().map(|format| &*format.name).collect();
        let shipped = SHIPPED_FORMATS.map(|(name, _)| name);
        assert_eq!(names, shipped);
        for format in formats.iter() {
            assert!(!format.for_all.is_empty() && !format.for_guide.is_empty(), "{}", format.name);
        }
    }

    #[test]
    fn what_ships_is_what_each_is_known_for() {
        let formats = Formats::shipped();
        let find = |name| formats.find(name).unwrap();
        let council = find("council");
        assert_eq!((council.order, council.pass), (FeatherOrder::Passed, PassRule::Returns));
        assert!(council.may_hand_over);
        let sharing = find("worship-sharing");
        assert_eq!(
            (sharing.order, sharing.each),
            (FeatherOrder::Readiness, TurnLimit::OnceBeforeTwice)
        );
        assert!((20..=60).contains(&sharing.silence.secs()));
        assert!(find("popcorn").last_words);
        assert_eq!(find("one-word").each, TurnLimit::Once);
        assert_eq!(find("inquiry").questions.len(), 3);
    }

    #[test]
    fn a_format_says_what_is_the_matter_with_it() {
        let no = |text: &str| Format::parse_file("own", text).unwrap_err().to_string();
        assert!(no("title = ").starts_with("it cannot be read: "));
        assert!(no("title = \"A\"\norder = \"shouted\"").contains("unknown variant"));
        assert!(no("title = \"A\"\norder = \"free\"\nloud = true").contains("loud"));
        let with = |more: &str| no(&format!("title = \"A\"\norder = \"free\"\n{more}"));
        assert_eq!(with("seconds = 5"), "seconds is 0 for no bell, or 10 to 1800");
        assert_eq!(with("silence = 301"), "silence is at most 300 seconds");
        assert_eq!(with("pass = \"returns\""), "pass = \"returns\" needs order = \"passed\"");
        assert_eq!(with("questions = [\"Why?\"]"), "questions need order = \"volunteer\"");
        assert_eq!(
            with(&format!("for_all = \"{}\"", "a".repeat(601))),
            "for_all and for_guide hold at most 600 characters each"
        );
        assert_eq!(no("title = \" \"\norder = \"free\""), "title needs one to sixty characters");
        let written = no("title = \"A\"\norder = \"written\"");
        assert_eq!(written, "order = \"written\" belongs to the format called written");
        assert_eq!(Format::parse_file("Own", "").unwrap_err(), FormatNo::BadName);
        assert_eq!(
            Format::parse_file("own", &"#".repeat(FORMAT_BYTES_MAX + 1)).unwrap_err(),
            FormatNo::TooLarge
        );
    }

    #[test]
    fn the_format_in_the_manual_can_be_read() {
        let manual = include_str!("../../../../docs/manual/guide.md");
        let (_, section) = manual.split_once("### A format of your own").unwrap();
        let lines = section.lines().filter_map(|line| line.strip_prefix("    "));
        let text: String = lines.map(|line| format!("{line}\n")).collect();
        let format = Format::parse_file("fire", &text).unwrap();
        assert_eq!(&*format.title, "By the fire");
        assert_eq!(text.lines().count(), 14, "it shows every field");
    }

    #[test]
    fn a_home_may_add_its_own_and_change_those_that_ship() {
        let mut formats = Formats::shipped();
        formats.add_file("fire", "title = \"By the fire\"\norder = \"free\"").unwrap();
        formats.add_file("council", "title = \"Our council\"\norder = \"passed\"").unwrap();
        assert_eq!(&*formats.find("council").unwrap().title, "Our council");
        let last = formats.iter().last().unwrap();
        assert_eq!(&*last.name, "fire");
        for n in 0..100 {
            let added = formats.add_file(&format!("own-{n}"), "title = \"A\"\norder = \"free\"");
            assert_eq!(added.is_ok(), n < FORMATS_MAX - SHIPPED_FORMATS.len() - 1, "{n}");
        }
    }

    #[test]
    fn a_plan_knows_its_formats() {
        let held = |format: &str| {
            let format = Some(format.into());
            Phase::from_course(
                PhaseCourse::Round(RoundPlan { format, ..RoundPlan::default() }),
                600,
            )
        };
        let mut round = Phase::new(PhaseKind::Round, 600);
        let plan = |round: &Phase| Plan {
            phases: vec![Phase::new(PhaseKind::Arrive, 60), round.clone()],
            ..Plan::default()
        };
        let formats = Formats::shipped();
        assert_eq!(formats.check_plan(&plan(&round)), Ok(()));
        assert!(round.is_written_round());
        for (name, _) in SHIPPED_FORMATS {
            round = held(name);
            assert_eq!(formats.check_plan(&plan(&round)), Ok(()));
            assert_eq!(plan(&round).check(), Ok(()));
            assert_eq!(round.is_written_round(), name == WRITTEN_FORMAT);
        }
        round = held("shouting");
        let no = formats.check_plan(&plan(&round)).unwrap_err();
        assert_eq!(no, PlanNo::Phase { index: 1, why: PhaseNo::Format });
        round = held("Not a name");
        assert_eq!(plan(&round).check().unwrap_err(), no);
    }

    proptest::proptest! {
        #[test]
        fn no_text_at_all_breaks_the_reading_of_a_format(
            text in "([a-z_]{1,9} = (\"[a-z-]{0,9}\"|[0-9]{1,6}|true|\\[\\])\n|\\PC{0,20}){0,9}",
            base in proptest::bool::ANY,
        ) {
            let start = if base { "title = \"A\"\norder = \"free\"\n" } else { "" };
            if let Ok(format) = Format::parse_file("own", &format!("{start}{text}")) {
                proptest::prop_assert!(!format.title.is_empty());
                proptest::prop_assert!(format.silence <= Span::from_secs(TURN_SILENCE_S_MAX.into()));
            }
        }
    }
}

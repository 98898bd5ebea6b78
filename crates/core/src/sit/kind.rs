//! The kinds of phase, one row each: everything that differs by kind is a value in its [`KindRow`].
//! Nothing else compares kinds, neither here nor in the browser, which gets [`KindRow::flags`] with
//! every segment of the timeline.
//!
//! To add a kind: add a variant here with its row, and a variant of
//! [`PhaseCourse`](super::plan::PhaseCourse) with the fields that only this kind has.

use serde::{Deserialize, Serialize};

use super::bell::Bell;

/// The kind of a phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PhaseKind {
    /// People come in and settle.
    Arrive,
    /// The guide greets everybody.
    Welcome,
    /// A guided practice, with a script or the guide's own words.
    Practice,
    /// Nobody says anything.
    Silence,
    /// Everybody breathes in phase.
    Breathe,
    /// A prompt, and words for those who have some.
    Round,
    /// A soft ending.
    Close,
}

/// The fields the plan editor offers for one kind only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditorFields {
    /// Title, words, length and bells, which every kind has.
    Plain,
    /// The time between interval bells.
    Interval,
    /// The four lengths of a breath.
    Breath,
    /// A script, and the library to start it from.
    Script,
    /// The prompt, its help, the format, and what becomes of the shares.
    Round,
}

/// Behaviour of a kind of phase, and its texts on pages.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "a table of independent properties")]
pub struct KindRow {
    /// The kind's word in plans, forms and frames.
    pub word: &'static str,
    /// Default title.
    pub title: &'static str,
    /// Everybody may speak; otherwise guides only. Spoken rounds follow their feather instead.
    pub everyone_speaks: bool,
    /// Faces may be seen.
    pub shows_faces: bool,
    /// Nobody is disturbed: no speakers are announced, no pause bell or gesture is passed on. If a
    /// sit begins without its guide, only these phases remain.
    pub is_silent: bool,
    /// The page stays calm: it has no gesture or pause bell, and a round is put aside.
    pub is_still: bool,
    /// The feather may be raised.
    pub may_raise: bool,
    /// A round is held in it.
    pub poses_round: bool,
    /// People arrive in it, so no other way in is announced.
    pub is_door: bool,
    /// "Come to the close" goes here, and new phases are added before it.
    pub is_closing: bool,
    /// Text under the title in the room if the plan has none.
    pub under: &'static str,
    /// Line on the page of a led sit; `{title}` is replaced by the phase's title.
    pub outline: &'static str,
    /// The same line for a sit that nobody leads.
    pub outline_unled: &'static str,
    /// Length of a new phase in the editor, in seconds.
    pub usual_length_s: u32,
    /// The bell at both ends of a new phase in the editor.
    pub usual_bell: Option<Bell>,
    /// Fields in the editor beyond those of every kind.
    pub fields: EditorFields,
    /// CSS class of its dye in the editor.
    pub dye: &'static str,
    /// One word for the strip of the plan.
    pub short: &'static str,
    /// Label in the list of phases to add.
    pub choice: &'static str,
    /// Description in the editor, one line.
    pub about: &'static str,
}

const ARRIVE: KindRow = KindRow {
    word: "arrive",
    title: "Arriving",
    everyone_speaks: true,
    shows_faces: true,
    is_silent: false,
    is_still: false,
    may_raise: true,
    poses_round: false,
    is_door: true,
    is_closing: false,
    under: "Come in as you are. There is nothing to do yet.",
    outline: "The door opens a little early. Come when you like.",
    outline_unled: "The door opens a little early. Come when you like.",
    usual_length_s: 5 * 60,
    usual_bell: None,
    fields: EditorFields::Plain,
    dye: "d-woad",
    short: "Arriving",
    choice: "Arriving: the door, a few words",
    about: "The door is open. People come in and settle.",
};

const WELCOME: KindRow = KindRow {
    word: "welcome",
    title: "Welcome",
    everyone_speaks: true,
    shows_faces: true,
    is_silent: false,
    is_still: false,
    may_raise: true,
    poses_round: false,
    is_door: false,
    is_closing: false,
    under: "A few words to begin with.",
    outline: "A few words of welcome.",
    outline_unled: "Words of welcome, to read.",
    usual_length_s: 3 * 60,
    usual_bell: None,
    fields: EditorFields::Plain,
    dye: "d-walnut",
    short: "Welcome",
    choice: "A welcome",
    about: "Your words, spoken or to read.",
};

const PRACTICE: KindRow = KindRow {
    word: "practice",
    title: "Practice",
    everyone_speaks: false,
    shows_faces: true,
    is_silent: false,
    is_still: true,
    may_raise: true,
    poses_round: false,
    is_door: false,
    is_closing: false,
    under: "Follow the words, or your own way.",
    outline: "A guided practice: {title}.",
    outline_unled: "A guided practice: {title}.",
    usual_length_s: 10 * 60,
    usual_bell: None,
    fields: EditorFields::Script,
    dye: "d-lichen",
    short: "Guided",
    choice: "A guided practice",
    about: "A script, shown line by line.",
};

const SILENCE: KindRow = KindRow {
    word: "silence",
    title: "Silence",
    everyone_speaks: false,
    shows_faces: false,
    is_silent: true,
    is_still: true,
    may_raise: false,
    poses_round: false,
    is_door: false,
    is_closing: false,
    under: "When the thread comes round to you, the bell rings.",
    outline: "Silence, together. The page grows quiet too.",
    outline_unled: "Silence, together. The page grows quiet too.",
    usual_length_s: 10 * 60,
    usual_bell: Some(Bell::Middle),
    fields: EditorFields::Interval,
    dye: "d-indigo",
    short: "Silence",
    choice: "Silence",
    about: "The page grows quiet.",
};

const BREATHE: KindRow = KindRow {
    word: "breathe",
    title: "Breathing together",
    everyone_speaks: false,
    shows_faces: true,
    is_silent: false,
    is_still: true,
    may_raise: true,
    poses_round: false,
    is_door: false,
    is_closing: false,
    under: "Breathe with us, or in your own time.",
    outline: "We breathe together for a while.",
    outline_unled: "We breathe together for a while.",
    usual_length_s: 5 * 60,
    usual_bell: None,
    fields: EditorFields::Breath,
    dye: "d-rosehip",
    short: "Breath",
    choice: "Breathing together",
    about: "A light that all breathe with.",
};

const ROUND: KindRow = KindRow {
    word: "round",
    title: "A few words, if you have some",
    everyone_speaks: false,
    shows_faces: true,
    is_silent: false,
    is_still: false,
    may_raise: true,
    poses_round: true,
    is_door: false,
    is_closing: false,
    under: "A few words for those who have some. Silence counts as taking part.",
    outline: "Words, for those who have some.",
    outline_unled: "Words, for those who have some.",
    usual_length_s: 10 * 60,
    usual_bell: None,
    fields: EditorFields::Round,
    dye: "d-madder",
    short: "Words",
    choice: "Words, for those who have some",
    about: "A question, and time for a few words.",
};

const CLOSE: KindRow = KindRow {
    word: "close",
    title: "Closing",
    everyone_speaks: true,
    shows_faces: true,
    is_silent: false,
    is_still: false,
    may_raise: true,
    poses_round: false,
    is_door: false,
    is_closing: true,
    under: "We are coming to the end, softly.",
    outline: "We close. You go gently.",
    outline_unled: "We close. You go gently.",
    usual_length_s: 3 * 60,
    usual_bell: None,
    fields: EditorFields::Plain,
    dye: "d-weld",
    short: "Close",
    choice: "A close",
    about: "A few words, then the door.",
};

impl PhaseKind {
    /// Every kind, in the order in which they usually come.
    pub const ALL: [Self; 7] = [
        Self::Arrive,
        Self::Welcome,
        Self::Practice,
        Self::Silence,
        Self::Breathe,
        Self::Round,
        Self::Close,
    ];

    /// Kind of the waiting before the beginning.
    pub const WAITING: Self = Self::Arrive;

    /// Kind of a new phase in the editor, and of a silence that a guide inserts.
    pub const USUAL: Self = Self::Silence;

    /// The row of this kind.
    pub const fn row(self) -> &'static KindRow {
        match self {
            Self::Arrive => &ARRIVE,
            Self::Welcome => &WELCOME,
            Self::Practice => &PRACTICE,
            Self::Silence => &SILENCE,
            Self::Breathe => &BREATHE,
            Self::Round => &ROUND,
            Self::Close => &CLOSE,
        }
    }

    /// Parses the kind's word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.row().word == word)
    }
}

impl KindRow {
    /// Names of the properties that a browser acts on, sent with each segment of the timeline.
    pub fn flags(&self) -> impl Iterator<Item = &'static str> {
        let flags = [
            ("silent", self.is_silent),
            ("still", self.is_still),
            ("raise", self.may_raise),
            ("round", self.poses_round),
        ];
        flags.into_iter().filter(|(_, is_set)| *is_set).map(|(name, _)| name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_row_belongs_to_its_kind() {
        for kind in PhaseKind::ALL {
            let row = kind.row();
            assert_eq!(PhaseKind::from_word(row.word), Some(kind));
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{}\"", row.word));
        }
        assert_eq!(PhaseKind::from_word("lesson"), None);
    }

    #[test]
    fn kinds_are_told_apart_in_the_editor() {
        let rows = PhaseKind::ALL.map(PhaseKind::row);
        let differs = |of: fn(&KindRow) -> &'static str| {
            let words: BTreeSet<_> = rows.iter().map(|row| of(row)).collect();
            assert_eq!(words.len(), rows.len());
        };
        differs(|row| row.short);
        differs(|row| row.choice);
        differs(|row| row.about);
        differs(|row| row.under);
    }

    #[test]
    fn the_flags_say_what_the_page_does() {
        let flags = |kind: PhaseKind| kind.row().flags().collect::<Vec<_>>().join(" ");
        assert_eq!(flags(PhaseKind::Welcome), "raise");
        assert_eq!(flags(PhaseKind::Practice), "still raise");
        assert_eq!(flags(PhaseKind::Silence), "silent still");
        assert_eq!(flags(PhaseKind::Round), "raise round");
    }

    #[test]
    fn rows_do_not_contradict_themselves() {
        for row in PhaseKind::ALL.map(PhaseKind::row) {
            assert!(!row.is_silent || (row.is_still && !row.everyone_speaks && !row.may_raise));
            assert!(row.shows_faces || !row.everyone_speaks, "no voices of everybody unseen");
        }
        assert!(PhaseKind::USUAL.row().is_silent && PhaseKind::WAITING.row().is_door);
    }
}

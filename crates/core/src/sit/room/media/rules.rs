//! Who may be heard and seen: a pure function of the state of the sit, a guide's wishes for this
//! segment, and the people with microphone or camera on.
//!
//! | where the sit stands | heard | seen |
//! | --- | --- | --- |
//! | waiting, arriving, welcome, closing, a round whose feather mutes nobody | all | all |
//! | practice, breathing, a written round | guides | all |
//! | silence | guides | nobody |
//! | a spoken round, while the feather lies | guides | all |
//! | a spoken round, while it is held | who holds it; if that is a guide, guides | all |
//! | the silence of a pause, after the end | nobody | nobody |
//!
//! A guide's wish overrides all rows but the last; a feather given by a guide overrides a wish:
//! then its holder and guides are heard. In guided segments of a sit that nobody leads, nobody is
//! heard.

use crate::sit::kind::PhaseKind;
use crate::sit::media::{AudibleSitters, MediaRules, SharedMediaRules};
pub use crate::sit::room::scene::FeatherHolder;

/// State of the sit that matters to voices and faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloorState {
    /// Everybody may speak.
    Open,
    /// Only guides may speak.
    Guided,
    /// Only guides may speak, and nobody is seen.
    Silent,
    /// A spoken round whose feather mutes others, with its holder if it is held.
    Round(Option<FeatherHolder>),
    /// The silence of a pause bell.
    Paused,
    /// The sit is over.
    Over,
}

impl FloorState {
    /// The state for a segment of this kind, spoken rounds aside.
    pub const fn of_kind(kind: PhaseKind) -> Self {
        let row = kind.row();
        match (row.everyone_speaks, row.shows_faces) {
            (true, _) => Self::Open,
            (false, true) => Self::Guided,
            (false, false) => Self::Silent,
        }
    }
}

/// A guide's wish about voices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoiceWish {
    /// Guides only.
    One,
    /// Everybody.
    All,
}

/// Guides' wishes for the current segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FloorWish {
    /// People to be heard.
    pub voices: Option<VoiceWish>,
    /// True to hide faces, false to show them.
    pub dim: Option<bool>,
    /// Seat whose face is to be large.
    pub spotlight: Option<u32>,
    /// Seat to which the feather was given, outside of spoken rounds.
    pub feather_given_to: Option<u32>,
}

/// A person present by name with microphone or camera on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FloorSource {
    /// Their seat.
    pub seat: u32,
    /// True if the microphone is on.
    pub mic: bool,
    /// True if the camera is on.
    pub cam: bool,
    /// True for a guide.
    pub guide: bool,
    /// Sequence number of turning on, so that faces keep their order.
    pub turned_on: u64,
}

/// Input of the rules.
#[derive(Clone, Copy, Debug)]
pub struct FloorCase<'a> {
    /// State of the sit.
    pub stand: FloorState,
    /// Guides' wishes.
    pub wish: FloorWish,
    /// True if anybody leads.
    pub is_led: bool,
    /// People with microphone or camera on.
    pub on: &'a [FloorSource],
    /// Number of people present.
    pub people: u32,
}

impl FloorCase<'_> {
    /// The people who may be heard.
    pub const fn audible(&self) -> AudibleSitters {
        let guides = if self.is_led { AudibleSitters::Guides } else { AudibleSitters::Nobody };
        match (self.stand, self.wish.feather_given_to, self.wish.voices) {
            (FloorState::Paused | FloorState::Over, _, _) => AudibleSitters::Nobody,
            (_, Some(_), _) => AudibleSitters::Feather,
            (_, None, Some(VoiceWish::All)) | (FloorState::Open, None, None) => AudibleSitters::All,
            (FloorState::Round(Some(_)), None, None) => AudibleSitters::Feather,
            (_, None, _) => guides,
        }
    }

    /// Seat of the feather's holder, if they sit by name.
    pub fn feather_seat(&self) -> Option<u32> {
        self.wish.feather_given_to.or(match self.stand {
            FloorState::Round(holder) => holder?.seat,
            _ => None,
        })
    }

    /// Returns true if faces are hidden.
    pub fn faces_rest(&self) -> bool {
        match self.stand {
            FloorState::Paused | FloorState::Over => true,
            FloorState::Silent => self.wish.dim != Some(false),
            FloorState::Open | FloorState::Guided | FloorState::Round(_) => {
                self.wish.dim == Some(true)
            }
        }
    }

    /// The rules for the forwarder.
    pub fn media_rules(&self) -> SharedMediaRules {
        let voices = self.on.iter().filter(|one| one.mic && self.may_speak(one));
        let feather = self.feather_seat();
        let is_kept = |one: &&FloorSource| one.guide || feather == Some(one.seat);
        let always = voices.clone().filter(is_kept).map(|one| one.seat);
        let spotlight = self.wish.spotlight;
        let mut faces: Vec<&FloorSource> = self.on.iter().filter(|one| one.cam).collect();
        if self.faces_rest() {
            faces.clear();
        }
        let rank = |one: &&FloorSource| {
            let (is_lit, is_feather) = (spotlight == Some(one.seat), feather == Some(one.seat));
            (!is_lit, !is_feather, !one.guide, one.turned_on)
        };
        faces.sort_by_key(rank);
        let faces: Vec<u32> = faces.into_iter().map(|one| one.seat).collect();
        MediaRules {
            always: always.collect(),
            voices: voices.map(|one| one.seat).collect(),
            spotlight: spotlight.filter(|seat| faces.contains(seat)),
            faces,
            people: self.people,
        }
        .into()
    }

    fn may_speak(&self, one: &FloorSource) -> bool {
        match self.audible() {
            AudibleSitters::All => true,
            AudibleSitters::Guides => one.guide,
            AudibleSitters::Nobody => false,
            AudibleSitters::Feather => {
                let with_guides = match self.stand {
                    FloorState::Round(Some(holder)) if self.wish.feather_given_to.is_none() => {
                        holder.is_guide
                    }
                    _ => true,
                };
                self.feather_seat() == Some(one.seat) || (one.guide && with_guides)
            }
        }
    }
}

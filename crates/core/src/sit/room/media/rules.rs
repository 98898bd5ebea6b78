//! Who may be heard and seen: a pure function of where the sit stands, what a guide wishes for
//! this part of it, and who is on.
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
//! A guide's wish goes before all but the last row; a feather that was given goes before a wish:
//! then its holder and guides are heard. A guided part of a sit that nobody leads has nobody.

use crate::sit::kind::PhaseKind;
use crate::sit::media::{HeardBy, Rules, SharedRules};
pub use crate::sit::room::scene::Holder;

/// Where the sit stands, as far as voices and faces go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// Everybody may speak.
    Open,
    /// One voice leads.
    Guided,
    /// The same, and nobody is looked at.
    Silent,
    /// A spoken round whose feather mutes others; it lies, or somebody of this seat holds it.
    /// Someone who sits quietly has no seat here.
    Round(Option<Holder>),
    /// The silence of a pause bell.
    Paused,
    /// The sit is over.
    Over,
}

impl Stand {
    /// Where a part of this kind stands, spoken rounds apart.
    pub const fn of(kind: PhaseKind) -> Self {
        let row = kind.row();
        match (row.everyone_speaks, row.shows_faces) {
            (true, _) => Self::Open,
            (false, true) => Self::Guided,
            (false, false) => Self::Silent,
        }
    }
}

/// What a guide wishes of voices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voices {
    /// Guides only.
    One,
    /// Everybody.
    All,
}

/// What guides wish for this part of the sit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Who is to be heard.
    pub voices: Option<Voices>,
    /// Whether faces are to rest.
    pub dim: Option<bool>,
    /// Whose face is to be large.
    pub spotlight: Option<u32>,
    /// Whom the feather was given to, outside of spoken rounds.
    pub given: Option<u32>,
}

/// Somebody who is on, sits by name and is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// Their seat.
    pub seat: u32,
    /// Whether their microphone is on.
    pub mic: bool,
    /// Whether their camera is on.
    pub cam: bool,
    /// Whether they lead.
    pub guide: bool,
    /// Grows with each who turns something on: faces keep their order.
    pub since: u64,
}

/// What is to be ruled on.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// Where the sit stands.
    pub stand: Stand,
    /// What guides wish.
    pub wish: Wish,
    /// Whether anybody leads.
    pub is_led: bool,
    /// Who is on.
    pub on: &'a [Source],
    /// How many people are here.
    pub people: u32,
}

impl Case<'_> {
    /// Who may be heard.
    pub const fn heard(&self) -> HeardBy {
        let guides = if self.is_led { HeardBy::Guides } else { HeardBy::Nobody };
        match (self.stand, self.wish.given, self.wish.voices) {
            (Stand::Paused | Stand::Over, _, _) => HeardBy::Nobody,
            (_, Some(_), _) => HeardBy::Feather,
            (_, None, Some(Voices::All)) | (Stand::Open, None, None) => HeardBy::All,
            (Stand::Round(Some(_)), None, None) => HeardBy::Feather,
            (_, None, _) => guides,
        }
    }

    /// The seat that holds the feather, if somebody does who sits by name.
    pub fn feather(&self) -> Option<u32> {
        self.wish.given.or(match self.stand {
            Stand::Round(holder) => holder?.seat,
            _ => None,
        })
    }

    /// Whether faces rest.
    pub fn rests(&self) -> bool {
        match self.stand {
            Stand::Paused | Stand::Over => true,
            Stand::Silent => self.wish.dim != Some(false),
            Stand::Open | Stand::Guided | Stand::Round(_) => self.wish.dim == Some(true),
        }
    }

    /// What may be forwarded.
    pub fn rules(&self) -> SharedRules {
        let voices = self.on.iter().filter(|one| one.mic && self.may_speak(one));
        let feather = self.feather();
        let is_kept = |one: &&Source| one.guide || feather == Some(one.seat);
        let always = voices.clone().filter(is_kept).map(|one| one.seat);
        let spotlight = self.wish.spotlight;
        let mut faces: Vec<&Source> = self.on.iter().filter(|one| one.cam).collect();
        if self.rests() {
            faces.clear();
        }
        let rank = |one: &&Source| {
            let (is_lit, is_feather) = (spotlight == Some(one.seat), feather == Some(one.seat));
            (!is_lit, !is_feather, !one.guide, one.since)
        };
        faces.sort_by_key(rank);
        let faces: Vec<u32> = faces.into_iter().map(|one| one.seat).collect();
        Rules {
            always: always.collect(),
            voices: voices.map(|one| one.seat).collect(),
            spotlight: spotlight.filter(|seat| faces.contains(seat)),
            faces,
            people: self.people,
        }
        .into()
    }

    fn may_speak(&self, one: &Source) -> bool {
        match self.heard() {
            HeardBy::All => true,
            HeardBy::Guides => one.guide,
            HeardBy::Nobody => false,
            HeardBy::Feather => {
                let with_guides = match self.stand {
                    Stand::Round(Some(holder)) if self.wish.given.is_none() => holder.is_guide,
                    _ => true,
                };
                self.feather() == Some(one.seat) || (one.guide && with_guides)
            }
        }
    }
}

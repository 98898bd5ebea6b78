//! Voices and faces in these sits: people turn things on and off, guides wish, and at every moment
//! what the room has ruled is what a plain reading of the promises gives.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde::Deserialize;
use sitwith_core::sit::format::Formats;
use sitwith_core::sit::frame::ClientMessage;
use sitwith_core::sit::frame::media::FacesShown;
use sitwith_core::sit::media::{FloorCommand, MediaRules};
use sitwith_core::sit::plan::PhaseKind;
use sitwith_core::sit::spoken::FeatherAction;
use sitwith_core::time::Instant;

use super::world::World;

/// What the home should know of voices and faces, kept as plainly as can be.
#[derive(Default)]
pub(super) struct Media {
    /// When everybody was told of it last.
    pub(super) told_at: Option<Instant>,
    /// What the forwarding was told last.
    pub(super) ruled: MediaRules,
    one_voice: Option<bool>,
    dim: Option<bool>,
    /// The person the feather was given to.
    given: Option<usize>,
    /// The part of the sit these are for.
    part: Option<String>,
    /// Where the feather of a round was told to be: of which part, and with which seat.
    feather: Option<(usize, Option<Option<u32>>)>,
}

impl Media {
    pub(super) fn told_feather(&mut self, text: &str) {
        #[derive(Deserialize)]
        struct Told {
            n: usize,
            lies: String,
            seat: Option<u32>,
        }
        let told: Told = serde_json::from_str(text).unwrap();
        let held = (told.lies == "held").then_some(told.seat);
        self.feather = Some((told.n, held));
    }
}

impl World {
    /// What somebody says of voices and faces.
    pub(super) fn of_media(&mut self) -> ClientMessage {
        let dice = &mut self.dice;
        let leads = [
            FloorCommand::OneVoice,
            FloorCommand::AllVoices,
            FloorCommand::OwnVoices,
            FloorCommand::Calm,
            FloorCommand::AskMute,
            FloorCommand::Give,
            FloorCommand::Give,
            FloorCommand::Take,
            FloorCommand::Dim,
            FloorCommand::Undim,
            FloorCommand::Spotlight,
            FloorCommand::Unspotlight,
        ];
        let to = Some(dice.secs(0, 12));
        match dice.range(0, 9) {
            0 => ClientMessage::Caption { text: "Hello".into() },
            1 => ClientMessage::Want { see: FacesShown::Faces, tall: 90 },
            2 => ClientMessage::Raise { on: dice.one_in(2) },
            3..=5 => ClientMessage::Lead { lead: *dice.pick(&leads), to },
            _ => {
                let (mic, cam) = (!dice.one_in(3), !dice.one_in(3));
                ClientMessage::Mine { mic, cam }
            }
        }
    }

    /// What the home should make of what somebody said, before it has heard it.
    pub(super) fn note_media(&mut self, person: usize, said: &ClientMessage) {
        self.forget_media();
        let one = &mut self.people[person];
        match said {
            ClientMessage::Mine { mic, cam } => {
                one.on = (*mic && !one.is_hushed, *cam && !one.is_hushed);
            }
            ClientMessage::Raise { on } => {
                let may = !one.is_hushed && !self.room.is_silent(self.now);
                one.raised = *on && (may || one.raised);
            }
            ClientMessage::Lead { lead, to } if one.guide => self.note_lead(*lead, *to),
            ClientMessage::Feather { act, to } if self.media.given.is_some() => {
                let is_holder = self.media.given == Some(person);
                let is_guide = self.people[person].guide;
                match act {
                    FeatherAction::Lay | FeatherAction::Pass if is_holder => {
                        self.media.given = None;
                    }
                    FeatherAction::Give if is_holder || is_guide => self.give(*to),
                    FeatherAction::Skip if is_guide => self.give_next(),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn note_lead(&mut self, lead: FloorCommand, to: Option<u32>) {
        match lead {
            FloorCommand::OneVoice => self.media.one_voice = Some(true),
            FloorCommand::AllVoices => self.media.one_voice = Some(false),
            FloorCommand::OwnVoices => self.media.one_voice = None,
            FloorCommand::Dim => self.media.dim = Some(true),
            FloorCommand::Undim => self.media.dim = Some(false),
            FloorCommand::Take => self.media.given = None,
            FloorCommand::Give if self.round().is_none() => self.give(to),
            _ => {}
        }
    }

    fn give(&mut self, to: Option<u32>) {
        let sits = |one: &super::people::Person| {
            let place = self.room.seat_and_quiet(one.who).map(|(seat, _)| seat);
            one.is_here && !one.is_hushed && place == to
        };
        if let Some(to) = self.people.iter().position(sits) {
            self.media.given = Some(to);
        }
    }

    /// To the next by seat who raised it, around the room; to nobody when nobody has.
    fn give_next(&mut self) {
        let seat = |number: usize| self.room.seat_and_quiet(self.people[number].who).unwrap().0;
        let given = self.media.given.map(seat);
        let raised = (0..self.people.len()).filter(|number| self.people[*number].raised);
        let after = |number: &usize| (Some(seat(*number)) <= given, seat(*number));
        self.media.given = raised.min_by_key(after);
    }

    /// Who is quiet or gone has nothing on and no feather; a wish ends with its part of the sit.
    pub(super) fn forget_media(&mut self) {
        for (number, one) in self.people.iter_mut().enumerate() {
            if one.is_hushed || !one.is_here {
                (one.on, one.raised) = ((false, false), false);
                self.media.given = self.media.given.filter(|given| *given != number);
            }
        }
        let segment = self.room.timeline().segment_at(self.now);
        let part = segment.map(|segment| segment.key.to_string());
        if part != self.media.part {
            self.media.part = part;
            (self.media.one_voice, self.media.dim, self.media.given) = (None, None, None);
        }
        let holder = self.round().flatten().flatten();
        for (number, one) in self.people.iter_mut().enumerate() {
            let seat = self.room.seat_and_quiet(one.who).map(|(seat, _)| seat);
            let holds = seat.is_some() && seat == holder;
            one.raised &= !holds && self.media.given != Some(number);
        }
    }

    /// In a spoken round: who holds the feather, if anybody does, as far as that is told.
    fn round(&self) -> Option<Option<Option<u32>>> {
        static FORMATS: OnceLock<Formats> = OnceLock::new();
        let segments = self.room.timeline().segments.iter().enumerate().rev();
        let mut begun = segments.filter(|(_, segment)| segment.starts_at <= self.now);
        let (n, segment) = begun.next()?;
        let phase = &self.facts.plan.phases[usize::from(segment.phase?)];
        FORMATS.get_or_init(Formats::shipped).find(phase.spoken_format()?)?;
        let told = self.media.feather.filter(|(told, _)| *told == n);
        Some(told.and_then(|(_, held)| held))
    }

    /// What is ruled is what is promised.
    pub(super) fn check_rules(&mut self) {
        self.forget_media();
        let timeline = self.room.timeline();
        let kind = timeline.segment_at(self.now).map(|segment| segment.kind);
        let is_still = timeline.is_over(self.now) || timeline.is_paused(self.now);
        let round = self.round();
        let (mut voices, mut faces) = (BTreeSet::new(), BTreeSet::new());
        for (number, one) in self.people.iter().enumerate() {
            let Some((seat, _)) = self.room.seat_and_quiet(one.who) else {
                continue;
            };
            let holds = round == Some(Some(Some(seat)));
            let by_itself = match (kind, round) {
                (_, Some(Some(holder))) => {
                    let guide = self.people.iter().find(|other| {
                        let place = self.room.seat_and_quiet(other.who).map(|(seat, _)| seat);
                        other.guide && place.is_some() && place == holder
                    });
                    // Somebody who holds it quietly is not told of: then only guides may speak,
                    // and they may only if it is one of them.
                    holds || (one.guide && (guide.is_some() || holder.is_none()))
                }
                (_, Some(None)) => one.guide,
                (
                    Some(
                        PhaseKind::Practice
                        | PhaseKind::Breathe
                        | PhaseKind::Silence
                        | PhaseKind::Round,
                    ),
                    None,
                ) => one.guide,
                (_, None) => true,
            };
            let may = match (self.media.given, self.media.one_voice) {
                (Some(given), _) => given == number || one.guide,
                (None, Some(true)) => one.guide,
                (None, Some(false)) => true,
                (None, None) => by_itself,
            };
            if one.on.0 && may && !is_still {
                voices.insert(seat);
            }
            let is_dim = match self.media.dim {
                Some(dim) => dim,
                None => kind == Some(PhaseKind::Silence),
            };
            if one.on.1 && !is_dim && !is_still {
                faces.insert(seat);
            }
        }
        let ruled: BTreeSet<u32> = self.media.ruled.voices.iter().copied().collect();
        if round == Some(Some(None)) && self.media.given.is_none() {
            // See above: the plain reading cannot know whether a quiet holder leads.
            assert!(ruled.is_subset(&voices), "{ruled:?} of {voices:?}");
        } else {
            assert_eq!(ruled, voices, "voices at {:?}", self.now);
        }
        let ruled: BTreeSet<u32> = self.media.ruled.faces.iter().copied().collect();
        assert_eq!(ruled, faces, "faces at {:?}", self.now);
        self.tally.heard += u64::try_from(voices.len()).unwrap();
    }
}

//! How much of each face one line carries. Sound is not touched here: what is divided is what is
//! left beside it. Faces go one after the other when the line grows narrow, those that matter
//! least first, and come back slowly, so that a line that wavers does not flicker.

use std::time::{Duration, Instant};

use sitwith_core::sit::media::{Carries, FACE_SLOTS_MAX};

/// How tall the pictures of the layers are, lowest first, in pixels. Browsers give the first two
/// or all three.
pub const TALL: [u16; 3] = [180, 360, 720];
/// More is sent only when so much of the line stays free, in hundredths.
pub const SPARE: u64 = 15;
/// After something was taken away nothing is given back for so long.
pub const WAIT: Duration = Duration::from_secs(4);
/// And when that was too early, for twice as long each time, up to this.
pub const WAIT_MAX: Duration = Duration::from_secs(50);
/// A line that carries so much more than when it was too early is another line: nothing of it has
/// to be waited for twice. In hundredths.
const ANOTHER: u64 = 150;
/// Something that stays for so long was not too early.
const STEADY: Duration = Duration::from_secs(20);
/// A tile may be this much taller than its picture, in hundredths.
const STRETCH: u32 = 140;

/// One layer that arrives from somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Which: its place in [`TALL`].
    pub layer: u8,
    /// Its bit/s.
    pub bits: u64,
}

/// A face that is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Face<'a> {
    /// Whose.
    pub seat: u32,
    /// Whether it is asked for large: the spotlight, or who speaks.
    pub large: bool,
    /// What arrives of it now, lowest first.
    pub layers: &'a [Layer],
}

impl Face<'_> {
    /// The place in `layers` of the smallest that fills a tile of this height.
    fn wish(&self, tall: u16) -> Option<usize> {
        let last = self.layers.len().checked_sub(1)?;
        if self.large {
            return Some(last);
        }
        let fills = |layer: &Layer| {
            let pixels = TALL.get(usize::from(layer.layer));
            let pixels = pixels.map_or(u32::MAX, |tall| u32::from(*tall));
            u32::from(tall) * 100 <= pixels.saturating_mul(STRETCH)
        };
        Some(self.layers.iter().position(fills).unwrap_or(last))
    }

    fn bits(&self, place: Option<usize>) -> u64 {
        place.and_then(|place| self.layers.get(place)).map_or(0, |layer| layer.bits)
    }
}

/// What one face is given: the place of a layer in its `layers`, or nothing.
type Places = [Option<usize>; FACE_SLOTS_MAX];

/// One down connection's division.
#[derive(Clone, Debug)]
pub struct Layers {
    given: Vec<(u32, Option<u8>)>,
    lowered: Option<Instant>,
    raised: Option<Instant>,
    /// What the line carried when something was given back last.
    raised_at: u64,
    wait: Duration,
}

impl Default for Layers {
    fn default() -> Self {
        Self {
            given: Vec::with_capacity(FACE_SLOTS_MAX),
            lowered: None,
            raised: None,
            raised_at: 0,
            wait: WAIT,
        }
    }
}

impl Layers {
    /// Divides a line of `budget` bit/s (none: as much as there is) among the faces, those that
    /// matter most first, shown in tiles of `tall` pixels. At most [`FACE_SLOTS_MAX`] are looked
    /// at. What is given is read from [`Self::given`].
    pub fn divide(
        &mut self,
        faces: &[Face<'_>],
        tall: u16,
        budget: Option<u64>,
        now: Instant,
    ) -> Carries {
        let faces = faces.get(..FACE_SLOTS_MAX).unwrap_or(faces);
        let most = budget.unwrap_or(u64::MAX);
        let can = share(faces, tall, most);
        let safe = share(faces, tall, most - most / 100 * SPARE);
        let before = self.before(faces);
        if most.saturating_mul(100) >= self.raised_at.saturating_mul(ANOTHER) {
            self.wait = WAIT;
        }
        let waits = self.lowered.is_some_and(|at| now.saturating_duration_since(at) < self.wait);
        let mut places = Places::default();
        for (n, place) in places.iter_mut().enumerate().take(faces.len()) {
            let of = |places: &Places| places.get(n).copied().flatten();
            let (can, safe, had) = (of(&can), of(&safe), of(&before));
            *place = match (waits && budget.is_some(), safe > had) {
                (false, true) => safe,
                _ => can.min(had),
            };
        }
        // What one face gave up may have gone to another: together they must still fit.
        if sum(faces, &places) > most {
            places = can;
        }
        if sum(faces, &places) > sum(faces, &before) {
            self.raised_at = most;
        }
        self.remember((faces, tall), &places, &before, now);
        carries(faces, &places, tall)
    }

    /// Which layer of each face is sent, in the order they were asked for.
    pub fn given(&self) -> &[(u32, Option<u8>)] {
        &self.given
    }

    /// Whether nothing is sent of anybody.
    pub fn gives_nothing(&self) -> bool {
        self.given.iter().all(|given| given.1.is_none())
    }

    /// Which layer of this seat's face is sent.
    pub fn of(&self, seat: u32) -> Option<u8> {
        self.given.iter().find(|given| given.0 == seat)?.1
    }

    /// What a line must carry so that one layer more is given, in bit/s: to the first face that
    /// has less than it wants. None when all have what they want.
    pub fn next(&self, faces: &[Face<'_>], tall: u16) -> Option<u64> {
        let places = self.before(faces);
        let mut lacks = faces.iter().zip(&places);
        let (face, place) = lacks.find(|(face, place)| **place < face.wish(tall))?;
        let more = face.bits(Some(place.map_or(0, |place| place + 1)));
        let whole = sum(faces, &places).saturating_sub(face.bits(*place)) + more;
        Some(whole * 100 / (100 - SPARE))
    }

    /// The places of what is given now, or of what is next below it when that arrives no more.
    fn before(&self, faces: &[Face<'_>]) -> Places {
        let mut places = Places::default();
        for (place, face) in places.iter_mut().zip(faces) {
            *place = self.of(face.seat).and_then(|had| {
                let below = face.layers.iter().filter(|layer| layer.layer <= had);
                below.count().checked_sub(1)
            });
        }
        places
    }

    fn remember(
        &mut self,
        (faces, tall): (&[Face<'_>], u16),
        places: &Places,
        before: &Places,
        now: Instant,
    ) {
        let pairs = || places.iter().zip(before).zip(faces);
        // A smaller tile, or a layer that is no longer given, says nothing about the line.
        let lowered = |((place, had), face): ((&Option<usize>, &Option<usize>), &Face<'_>)| {
            *place < (*had).min(face.wish(tall))
        };
        if pairs().any(lowered) {
            let since = |at: Option<Instant>| at.map(|at| now.saturating_duration_since(at));
            if since(self.raised).is_some_and(|gone| gone < STEADY) {
                self.wait = (self.wait * 2).min(WAIT_MAX);
            } else if since(self.lowered).is_none_or(|gone| gone > self.wait + STEADY) {
                self.wait = WAIT;
            }
            self.lowered = Some(now);
            self.raised = None;
        } else if pairs().any(|((place, had), _)| place > had) && self.lowered.is_some() {
            self.raised = Some(now);
        }
        self.given.clear();
        let layer = |face: &Face<'_>, place: usize| face.layers.get(place).map(|l| l.layer);
        self.given.extend(
            faces
                .iter()
                .zip(places)
                .map(|(face, place)| (face.seat, place.and_then(|place| layer(face, place)))),
        );
    }
}

/// What so much carries: those asked for large first and whole, then something of everybody, then
/// more of those that matter most.
fn share(faces: &[Face<'_>], tall: u16, budget: u64) -> Places {
    let mut places = Places::default();
    let mut left = budget;
    let mut give = |place: &mut Option<usize>, face: &Face<'_>, up_to: Option<usize>| {
        while up_to > *place {
            let next = Some(place.map_or(0, |place| place + 1));
            let cost = face.bits(next).saturating_sub(face.bits(*place));
            if cost > left {
                return;
            }
            left -= cost;
            *place = next;
        }
    };
    let large = |face: &Face<'_>| face.large;
    for (place, face) in places.iter_mut().zip(faces).filter(|pair| large(pair.1)) {
        give(place, face, face.wish(tall));
    }
    for (place, face) in places.iter_mut().zip(faces) {
        give(place, face, face.wish(tall).map(|_| 0));
    }
    for (place, face) in places.iter_mut().zip(faces) {
        give(place, face, face.wish(tall));
    }
    places
}

fn sum(faces: &[Face<'_>], places: &Places) -> u64 {
    let each = faces.iter().zip(places);
    each.fold(0, |sum, (face, place)| sum.saturating_add(face.bits(*place)))
}

fn carries(faces: &[Face<'_>], places: &Places, tall: u16) -> Carries {
    let all = faces.iter().zip(places);
    if all.clone().all(|(face, place)| *place >= face.wish(tall)) {
        Carries::All
    } else if all.clone().any(|(_, place)| place.is_some()) {
        Carries::Some
    } else {
        Carries::Sound
    }
}

#[cfg(test)]
mod tests;

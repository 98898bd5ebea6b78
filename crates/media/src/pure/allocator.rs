//! Allocates a link's bitrate to faces, after audio was deducted. When bitrate falls, the least
//! important faces are dropped first and at once; they come back with a delay that grows, so that a
//! fluctuating link does not make them flicker.

use std::time::{Duration, Instant};

use sitwith_core::sit::media::{DownlinkCapacity, FACE_SLOTS_MAX};

/// Picture heights of the simulcast layers in pixels, smallest first. Browsers send the first two
/// or all three.
pub const LAYER_HEIGHTS: [u16; 3] = [180, 360, 720];
/// Share of the budget that stays free when a layer is added, in percent.
pub const HEADROOM_PERCENT: u64 = 15;
/// Delay from a decrease to the next increase.
pub const RAISE_DELAY: Duration = Duration::from_secs(4);
/// Limit of that delay, which doubles when an increase did not last.
pub const RAISE_DELAY_MAX: Duration = Duration::from_secs(50);
/// A budget above this share of the one at the last increase resets the delay, in percent: it is
/// another link.
const NEW_LINK_PERCENT: u64 = 150;
/// An increase that lasts for this time was right.
const STABLE_AFTER: Duration = Duration::from_secs(20);
/// A layer may be upscaled by this much before the next one is chosen, in percent.
const UPSCALE_MAX_PERCENT: u32 = 140;

/// A simulcast layer that is received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaceLayer {
    /// Index in [`LAYER_HEIGHTS`].
    pub layer: u8,
    /// Bitrate in bit/s.
    pub bps: u64,
}

/// A face that a browser wants.
#[derive(Clone, Copy, Debug)]
pub struct FaceRequest<'a> {
    /// Publisher's seat.
    pub seat: u32,
    /// Send the largest layer: the spotlight, or the active speaker.
    pub large: bool,
    /// Layers that are received, smallest first.
    pub layers: &'a [FaceLayer],
}

impl FaceRequest<'_> {
    /// Index in `layers` of the smallest layer for a tile of `height` pixels.
    fn wanted_index(&self, height: u16) -> Option<usize> {
        let last = self.layers.len().checked_sub(1)?;
        if self.large {
            return Some(last);
        }
        let fills = |layer: &FaceLayer| {
            let pixels = LAYER_HEIGHTS.get(usize::from(layer.layer));
            let pixels = pixels.map_or(u32::MAX, |height| u32::from(*height));
            u32::from(height) * 100 <= pixels.saturating_mul(UPSCALE_MAX_PERCENT)
        };
        Some(self.layers.iter().position(fills).unwrap_or(last))
    }

    fn bps_at(&self, index: Option<usize>) -> u64 {
        index.and_then(|index| self.layers.get(index)).map_or(0, |layer| layer.bps)
    }
}

/// For each face the index in its `layers`; none: nothing is sent.
type LayerIndexes = [Option<usize>; FACE_SLOTS_MAX];

/// Allocation of one down.
#[derive(Clone, Debug)]
pub struct LayerAllocator {
    allocated: Vec<(u32, Option<u8>)>,
    lowered_at: Option<Instant>,
    raised_at: Option<Instant>,
    /// Budget at the last increase, in bit/s.
    raised_budget: u64,
    raise_delay: Duration,
}

impl Default for LayerAllocator {
    fn default() -> Self {
        Self {
            allocated: Vec::with_capacity(FACE_SLOTS_MAX),
            lowered_at: None,
            raised_at: None,
            raised_budget: 0,
            raise_delay: RAISE_DELAY,
        }
    }
}

impl LayerAllocator {
    /// Allocates `budget` bit/s (none: unlimited) to faces in tiles of `height` pixels, given in
    /// order of importance. Faces beyond [`FACE_SLOTS_MAX`] are ignored. Returns how much of the
    /// wish fits; the layers are in [`Self::allocated`].
    pub fn allocate(
        &mut self,
        faces: &[FaceRequest<'_>],
        height: u16,
        budget: Option<u64>,
        now: Instant,
    ) -> DownlinkCapacity {
        let faces = faces.get(..FACE_SLOTS_MAX).unwrap_or(faces);
        let budget_bps = budget.unwrap_or(u64::MAX);
        let fits = allocate_fresh(faces, height, budget_bps);
        let fits_with_headroom =
            allocate_fresh(faces, height, budget_bps - budget_bps / 100 * HEADROOM_PERCENT);
        let before = self.current_indexes(faces);
        if budget_bps.saturating_mul(100) >= self.raised_budget.saturating_mul(NEW_LINK_PERCENT) {
            self.raise_delay = RAISE_DELAY;
        }
        let is_delayed =
            self.lowered_at.is_some_and(|at| now.saturating_duration_since(at) < self.raise_delay);
        let mut indexes = LayerIndexes::default();
        for (n, index) in indexes.iter_mut().enumerate().take(faces.len()) {
            let of = |indexes: &LayerIndexes| indexes.get(n).copied().flatten();
            let (fits, safe, had) = (of(&fits), of(&fits_with_headroom), of(&before));
            *index = match (is_delayed && budget.is_some(), safe > had) {
                (false, true) => safe,
                _ => fits.min(had),
            };
        }
        // Bitrate released by one face may have gone to another: the sum must fit as well.
        if total_bps(faces, &indexes) > budget_bps {
            indexes = fits;
        }
        if total_bps(faces, &indexes) > total_bps(faces, &before) {
            self.raised_budget = budget_bps;
        }
        self.store_allocation((faces, height), &indexes, &before, now);
        fitting_share(faces, &indexes, height)
    }

    /// Layer of each face by seat, in the order of the request.
    pub fn allocated(&self) -> &[(u32, Option<u8>)] {
        &self.allocated
    }

    /// True when no face is sent.
    pub fn sends_nothing(&self) -> bool {
        self.allocated.iter().all(|sent| sent.1.is_none())
    }

    /// Layer sent of this seat's face.
    pub fn layer_of(&self, seat: u32) -> Option<u8> {
        self.allocated.iter().find(|sent| sent.0 == seat)?.1
    }

    /// Bitrate at which one more layer is sent, in bit/s, for the first face that has less than it
    /// wants. None when all have what they want.
    pub fn next_step_bps(&self, faces: &[FaceRequest<'_>], height: u16) -> Option<u64> {
        let indexes = self.current_indexes(faces);
        let mut lacks = faces.iter().zip(&indexes);
        let (face, index) = lacks.find(|(face, index)| **index < face.wanted_index(height))?;
        let more = face.bps_at(Some(index.map_or(0, |index| index + 1)));
        let whole = total_bps(faces, &indexes).saturating_sub(face.bps_at(*index)) + more;
        Some(whole * 100 / (100 - HEADROOM_PERCENT))
    }

    /// Indexes of what is sent now, or of the next smaller layer that is still received.
    fn current_indexes(&self, faces: &[FaceRequest<'_>]) -> LayerIndexes {
        let mut indexes = LayerIndexes::default();
        for (index, face) in indexes.iter_mut().zip(faces) {
            *index = self.layer_of(face.seat).and_then(|had| {
                let below = face.layers.iter().filter(|layer| layer.layer <= had);
                below.count().checked_sub(1)
            });
        }
        indexes
    }

    fn store_allocation(
        &mut self,
        (faces, height): (&[FaceRequest<'_>], u16),
        indexes: &LayerIndexes,
        before: &LayerIndexes,
        now: Instant,
    ) {
        let pairs = || indexes.iter().zip(before).zip(faces);
        // A smaller tile or a layer that has ended is no decrease of the link.
        let lowered =
            |((index, had), face): ((&Option<usize>, &Option<usize>), &FaceRequest<'_>)| {
                *index < (*had).min(face.wanted_index(height))
            };
        if pairs().any(lowered) {
            let since = |at: Option<Instant>| at.map(|at| now.saturating_duration_since(at));
            if since(self.raised_at).is_some_and(|elapsed| elapsed < STABLE_AFTER) {
                self.raise_delay = (self.raise_delay * 2).min(RAISE_DELAY_MAX);
            } else if since(self.lowered_at)
                .is_none_or(|elapsed| elapsed > self.raise_delay + STABLE_AFTER)
            {
                self.raise_delay = RAISE_DELAY;
            }
            self.lowered_at = Some(now);
            self.raised_at = None;
        } else if pairs().any(|((index, had), _)| index > had) && self.lowered_at.is_some() {
            self.raised_at = Some(now);
        }
        self.allocated.clear();
        let layer = |face: &FaceRequest<'_>, index: usize| face.layers.get(index).map(|l| l.layer);
        self.allocated.extend(
            faces
                .iter()
                .zip(indexes)
                .map(|(face, index)| (face.seat, index.and_then(|index| layer(face, index)))),
        );
    }
}

/// An allocation without history: first the largest layer of those requested large, then the
/// smallest of all, then larger ones in order of importance.
fn allocate_fresh(faces: &[FaceRequest<'_>], height: u16, budget: u64) -> LayerIndexes {
    let mut indexes = LayerIndexes::default();
    let mut left = budget;
    let mut give = |index: &mut Option<usize>, face: &FaceRequest<'_>, up_to: Option<usize>| {
        while up_to > *index {
            let next = Some(index.map_or(0, |index| index + 1));
            let cost = face.bps_at(next).saturating_sub(face.bps_at(*index));
            if cost > left {
                return;
            }
            left -= cost;
            *index = next;
        }
    };
    let large = |face: &FaceRequest<'_>| face.large;
    for (index, face) in indexes.iter_mut().zip(faces).filter(|pair| large(pair.1)) {
        give(index, face, face.wanted_index(height));
    }
    for (index, face) in indexes.iter_mut().zip(faces) {
        give(index, face, face.wanted_index(height).map(|_| 0));
    }
    for (index, face) in indexes.iter_mut().zip(faces) {
        give(index, face, face.wanted_index(height));
    }
    indexes
}

fn total_bps(faces: &[FaceRequest<'_>], indexes: &LayerIndexes) -> u64 {
    let each = faces.iter().zip(indexes);
    each.fold(0, |sum, (face, index)| sum.saturating_add(face.bps_at(*index)))
}

fn fitting_share(
    faces: &[FaceRequest<'_>],
    indexes: &LayerIndexes,
    height: u16,
) -> DownlinkCapacity {
    let all = faces.iter().zip(indexes);
    if all.clone().all(|(face, index)| *index >= face.wanted_index(height)) {
        DownlinkCapacity::AllWanted
    } else if all.clone().any(|(_, index)| index.is_some()) {
        DownlinkCapacity::SomeFaces
    } else {
        DownlinkCapacity::SoundOnly
    }
}

#[cfg(test)]
mod tests;

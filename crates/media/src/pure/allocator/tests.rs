//! Allocation of a link's bitrate.

use proptest::prelude::*;

use super::*;
use crate::pure::test_epoch;

const SEC: Duration = Duration::from_secs(1);

/// Two layers as browsers send them.
const BOTH: &[FaceLayer] =
    &[FaceLayer { layer: 0, bps: 100_000 }, FaceLayer { layer: 1, bps: 400_000 }];

fn face_request(seat: u32) -> FaceRequest<'static> {
    FaceRequest { seat, large: false, layers: BOTH }
}

fn small_faces(count: u32) -> Vec<FaceRequest<'static>> {
    (0..count).map(face_request).collect()
}

fn sent_layers(layers: &LayerAllocator) -> Vec<Option<u8>> {
    layers.allocated().iter().map(|sent| sent.1).collect()
}

#[test]
fn an_unlimited_budget_sends_all_that_is_wanted() {
    let mut layers = LayerAllocator::default();
    let now = test_epoch();
    assert_eq!(layers.allocate(&small_faces(3), 360, None, now), DownlinkCapacity::AllWanted);
    assert_eq!(sent_layers(&layers), [Some(1); 3]);
    assert_eq!(layers.allocate(&small_faces(3), 180, None, now), DownlinkCapacity::AllWanted);
    assert_eq!(sent_layers(&layers), [Some(0); 3]);
    assert_eq!(layers.allocate(&[], 180, None, now), DownlinkCapacity::AllWanted);
}

#[test]
fn all_faces_are_sent_small_before_any_is_sent_large() {
    let mut layers = LayerAllocator::default();
    let now = test_epoch();
    let carries = layers.allocate(&small_faces(3), 360, Some(800_000), now);
    assert_eq!(carries, DownlinkCapacity::SomeFaces);
    assert_eq!(sent_layers(&layers), [Some(1), Some(0), Some(0)]);
}

#[test]
fn the_spotlight_is_sent_large_before_others_are_sent() {
    let mut layers = LayerAllocator::default();
    let mut faces = small_faces(4);
    faces[0].large = true;
    layers.allocate(&faces, 90, Some(620_000), test_epoch());
    assert_eq!(sent_layers(&layers), [Some(1), Some(0), None, None]);
}

#[test]
fn a_budget_for_no_face_leaves_audio() {
    let mut layers = LayerAllocator::default();
    let carries = layers.allocate(&small_faces(2), 180, Some(50_000), test_epoch());
    assert_eq!(carries, DownlinkCapacity::SoundOnly);
    assert_eq!(sent_layers(&layers), [None, None]);
}

#[test]
fn faces_are_dropped_at_once_and_come_back_with_a_delay() {
    let mut layers = LayerAllocator::default();
    let start = test_epoch();
    let seen =
        |layers: &LayerAllocator| layers.allocated().iter().filter(|sent| sent.1.is_some()).count();
    layers.allocate(&small_faces(5), 180, Some(1_000_000), start);
    assert_eq!(seen(&layers), 5);
    layers.allocate(&small_faces(5), 180, Some(250_000), start + SEC);
    assert_eq!(seen(&layers), 2);
    layers.allocate(&small_faces(5), 180, Some(1_000_000), start + SEC * 2);
    assert_eq!(seen(&layers), 2);
    layers.allocate(&small_faces(5), 180, Some(1_000_000), start + SEC + RAISE_DELAY);
    assert_eq!(seen(&layers), 5);
}

#[test]
fn a_fluctuating_budget_does_not_flicker() {
    let mut layers = LayerAllocator::default();
    let start = test_epoch();
    let mut changes = 0;
    let mut before = Vec::new();
    // Ten minutes in which the budget alternates between two values.
    for n in 0..600 {
        let budget = if n % 2 == 0 { 600_000 } else { 250_000 };
        layers.allocate(&small_faces(5), 180, Some(budget), start + SEC * n);
        changes += usize::from(before != sent_layers(&layers));
        before = sent_layers(&layers);
    }
    assert!(changes <= 30, "{changes}");
}

#[test]
fn an_increase_needs_headroom() {
    let mut layers = LayerAllocator::default();
    let now = test_epoch();
    layers.allocate(&small_faces(2), 180, Some(210_000), now);
    assert_eq!(sent_layers(&layers), [Some(0), None]);
    layers.allocate(&small_faces(2), 180, Some(240_000), now);
    assert_eq!(sent_layers(&layers), [Some(0), Some(0)]);
    // A layer that is sent stays until it really does not fit.
    layers.allocate(&small_faces(2), 180, Some(200_000), now);
    assert_eq!(sent_layers(&layers), [Some(0), Some(0)]);
}

#[test]
fn a_smaller_tile_does_not_delay_the_next_increase() {
    let mut layers = LayerAllocator::default();
    let now = test_epoch();
    let budget = Some(5_000_000);
    layers.allocate(&small_faces(2), 360, budget, now);
    layers.allocate(&small_faces(2), 180, budget, now);
    assert_eq!(sent_layers(&layers), [Some(0), Some(0)]);
    layers.allocate(&small_faces(2), 360, budget, now);
    assert_eq!(sent_layers(&layers), [Some(1), Some(1)]);
}

#[test]
fn a_layer_that_ends_is_replaced_by_another() {
    let mut layers = LayerAllocator::default();
    let now = test_epoch();
    layers.allocate(&small_faces(1), 360, None, now);
    let low = [FaceRequest { layers: &BOTH[..1], ..face_request(0) }];
    assert_eq!(layers.allocate(&low, 360, None, now), DownlinkCapacity::AllWanted);
    assert_eq!(sent_layers(&layers), [Some(0)]);
    let high = [FaceRequest { layers: &BOTH[1..], ..face_request(0) }];
    assert_eq!(layers.allocate(&high, 180, None, now), DownlinkCapacity::AllWanted);
    assert_eq!(sent_layers(&layers), [Some(1)]);
    let none = [FaceRequest { layers: &[], ..face_request(0) }];
    assert_eq!(layers.allocate(&none, 180, None, now), DownlinkCapacity::AllWanted);
    assert_eq!(sent_layers(&layers), [None]);
}

/// A seat, "send the largest layer", and the bitrates of its layers in bit/s.
fn wanted_face() -> impl Strategy<Value = (u32, bool, Vec<u64>)> {
    let bps = prop::collection::vec(1u64..900_000, 0..4);
    (0u32..30, any::<bool>(), bps)
}

proptest! {
    #[test]
    fn the_allocation_fits_the_budget_and_uses_received_layers(
        steps in prop::collection::vec(
            (
                prop::collection::vec(wanted_face(), 0..30),
                0u16..800,
                prop::option::of(0u64..5_000_000),
                0u64..20,
            ),
            1..20,
        ),
    ) {
        let mut layers = LayerAllocator::default();
        let mut now = test_epoch();
        for (wanted, height, budget, wait) in steps {
            now += SEC * u32::try_from(wait).unwrap();
            let arrive: Vec<Vec<FaceLayer>> = wanted
                .iter()
                .map(|face| {
                    let mut bps: Vec<u64> = face.2.iter().copied().take(3).collect();
                    bps.sort_unstable();
                    bps.into_iter().zip(0u8..).map(|(bps, layer)| FaceLayer { layer, bps }).collect()
                })
                .collect();
            let mut seats = std::collections::BTreeSet::new();
            let faces: Vec<FaceRequest<'_>> = wanted
                .iter()
                .zip(&arrive)
                .filter(|(face, _)| seats.insert(face.0))
                .map(|(face, layers)| FaceRequest { seat: face.0, large: face.1, layers })
                .collect();
            let carries = layers.allocate(&faces, height, budget, now);
            let mut sum = 0;
            for (face, sent) in faces.iter().zip(layers.allocated()) {
                prop_assert_eq!(face.seat, sent.0);
                if let Some(layer) = sent.1 {
                    sum += face.layers.iter().find(|one| one.layer == layer).unwrap().bps;
                }
            }
            prop_assert!(budget.is_none_or(|budget| sum <= budget));
            let anything = layers.allocated().iter().any(|sent| sent.1.is_some());
            prop_assert!(anything || carries != DownlinkCapacity::SomeFaces);
            prop_assert!(budget.is_some() || carries == DownlinkCapacity::AllWanted);
        }
    }
}

#[test]
fn the_next_step_is_one_layer_more_for_the_first_face_that_lacks_one() {
    let mut layers = LayerAllocator::default();
    let now = test_epoch();
    let with_headroom = |bps: u64| Some(bps * 100 / (100 - HEADROOM_PERCENT));
    layers.allocate(&small_faces(2), 360, Some(50_000), now);
    assert_eq!(layers.next_step_bps(&small_faces(2), 360), with_headroom(100_000));
    layers.allocate(&small_faces(2), 360, Some(800_000), now + SEC + RAISE_DELAY);
    assert_eq!(sent_layers(&layers), [Some(1), Some(0)]);
    assert_eq!(layers.next_step_bps(&small_faces(2), 360), with_headroom(800_000));
    layers.allocate(&small_faces(2), 360, None, now + SEC + RAISE_DELAY * 2);
    assert_eq!(layers.next_step_bps(&small_faces(2), 360), None);
    assert_eq!(layers.next_step_bps(&[], 360), None);
}

#[test]
fn a_far_larger_budget_than_at_the_last_increase_is_not_delayed() {
    let mut layers = LayerAllocator::default();
    let mut now = test_epoch();
    // Raised too early again and again, so that the delay has grown.
    for _ in 0..4 {
        layers.allocate(&small_faces(1), 180, Some(50_000), now);
        now += RAISE_DELAY_MAX + SEC;
        layers.allocate(&small_faces(1), 180, Some(150_000), now);
        assert_eq!(sent_layers(&layers), [Some(0)]);
        now += SEC;
    }
    layers.allocate(&small_faces(1), 180, Some(50_000), now);
    now += RAISE_DELAY + SEC;
    layers.allocate(&small_faces(1), 180, Some(150_000), now);
    assert_eq!(sent_layers(&layers), [None], "the increase is delayed");
    layers.allocate(&small_faces(1), 180, Some(150_000 * NEW_LINK_PERCENT / 100), now);
    assert_eq!(sent_layers(&layers), [Some(0)], "it is another link");
}

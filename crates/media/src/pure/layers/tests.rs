//! How a line is divided.

use proptest::prelude::*;

use super::*;
use crate::pure::beginning;

const SEC: Duration = Duration::from_secs(1);

/// Two layers as browsers give them.
const BOTH: &[Layer] = &[Layer { layer: 0, bits: 100_000 }, Layer { layer: 1, bits: 400_000 }];

fn face(seat: u32) -> Face<'static> {
    Face { seat, large: false, layers: BOTH }
}

fn faces(many: u32) -> Vec<Face<'static>> {
    (0..many).map(face).collect()
}

fn given(layers: &Layers) -> Vec<Option<u8>> {
    layers.given().iter().map(|given| given.1).collect()
}

#[test]
fn a_line_without_an_end_carries_all_that_is_wanted() {
    let mut layers = Layers::default();
    let now = beginning();
    assert_eq!(layers.divide(&faces(3), 360, None, now), Carries::All);
    assert_eq!(given(&layers), [Some(1); 3]);
    assert_eq!(layers.divide(&faces(3), 180, None, now), Carries::All);
    assert_eq!(given(&layers), [Some(0); 3]);
    assert_eq!(layers.divide(&[], 180, None, now), Carries::All);
}

#[test]
fn everybody_is_seen_small_before_anybody_is_seen_large() {
    let mut layers = Layers::default();
    let now = beginning();
    let carries = layers.divide(&faces(3), 360, Some(800_000), now);
    assert_eq!(carries, Carries::Some);
    assert_eq!(given(&layers), [Some(1), Some(0), Some(0)]);
}

#[test]
fn the_spotlight_is_seen_large_before_others_are_seen() {
    let mut layers = Layers::default();
    let mut faces = faces(4);
    faces[0].large = true;
    layers.divide(&faces, 90, Some(620_000), beginning());
    assert_eq!(given(&layers), [Some(1), Some(0), None, None]);
}

#[test]
fn a_line_that_carries_no_face_carries_sound() {
    let mut layers = Layers::default();
    let carries = layers.divide(&faces(2), 180, Some(50_000), beginning());
    assert_eq!(carries, Carries::Sound);
    assert_eq!(given(&layers), [None, None]);
}

#[test]
fn faces_go_at_once_and_come_back_slowly() {
    let mut layers = Layers::default();
    let start = beginning();
    let seen = |layers: &Layers| layers.given().iter().filter(|given| given.1.is_some()).count();
    layers.divide(&faces(5), 180, Some(1_000_000), start);
    assert_eq!(seen(&layers), 5);
    layers.divide(&faces(5), 180, Some(250_000), start + SEC);
    assert_eq!(seen(&layers), 2);
    layers.divide(&faces(5), 180, Some(1_000_000), start + SEC * 2);
    assert_eq!(seen(&layers), 2);
    layers.divide(&faces(5), 180, Some(1_000_000), start + SEC + WAIT);
    assert_eq!(seen(&layers), 5);
}

#[test]
fn a_line_that_wavers_does_not_flicker() {
    let mut layers = Layers::default();
    let start = beginning();
    let mut changes = 0;
    let mut before = Vec::new();
    // Ten minutes in which every second one says much and the next little.
    for n in 0..600 {
        let budget = if n % 2 == 0 { 600_000 } else { 250_000 };
        layers.divide(&faces(5), 180, Some(budget), start + SEC * n);
        changes += usize::from(before != given(&layers));
        before = given(&layers);
    }
    assert!(changes <= 30, "{changes}");
}

#[test]
fn a_budget_just_at_the_edge_gives_nothing_more() {
    let mut layers = Layers::default();
    let now = beginning();
    layers.divide(&faces(2), 180, Some(210_000), now);
    assert_eq!(given(&layers), [Some(0), None]);
    layers.divide(&faces(2), 180, Some(240_000), now);
    assert_eq!(given(&layers), [Some(0), Some(0)]);
    // What is given stays until it really does not fit.
    layers.divide(&faces(2), 180, Some(200_000), now);
    assert_eq!(given(&layers), [Some(0), Some(0)]);
}

#[test]
fn a_smaller_tile_does_not_make_the_line_a_poor_one() {
    let mut layers = Layers::default();
    let now = beginning();
    let much = Some(5_000_000);
    layers.divide(&faces(2), 360, much, now);
    layers.divide(&faces(2), 180, much, now);
    assert_eq!(given(&layers), [Some(0), Some(0)]);
    layers.divide(&faces(2), 360, much, now);
    assert_eq!(given(&layers), [Some(1), Some(1)]);
}

#[test]
fn a_layer_that_is_no_longer_given_is_replaced_by_what_is() {
    let mut layers = Layers::default();
    let now = beginning();
    layers.divide(&faces(1), 360, None, now);
    let low = [Face { layers: &BOTH[..1], ..face(0) }];
    assert_eq!(layers.divide(&low, 360, None, now), Carries::All);
    assert_eq!(given(&layers), [Some(0)]);
    let high = [Face { layers: &BOTH[1..], ..face(0) }];
    assert_eq!(layers.divide(&high, 180, None, now), Carries::All);
    assert_eq!(given(&layers), [Some(1)]);
    let none = [Face { layers: &[], ..face(0) }];
    assert_eq!(layers.divide(&none, 180, None, now), Carries::All);
    assert_eq!(given(&layers), [None]);
}

/// A seat, whether its face is wanted large, and the bit/s of its layers.
fn wanted() -> impl Strategy<Value = (u32, bool, Vec<u64>)> {
    let bits = prop::collection::vec(1u64..900_000, 0..4);
    (0u32..30, any::<bool>(), bits)
}

proptest! {
    #[test]
    fn what_is_given_fits_and_was_there(
        steps in prop::collection::vec(
            (
                prop::collection::vec(wanted(), 0..30),
                0u16..800,
                prop::option::of(0u64..5_000_000),
                0u64..20,
            ),
            1..20,
        ),
    ) {
        let mut layers = Layers::default();
        let mut now = beginning();
        for (wanted, tall, budget, wait) in steps {
            now += SEC * u32::try_from(wait).unwrap();
            let arrive: Vec<Vec<Layer>> = wanted
                .iter()
                .map(|face| {
                    let mut bits: Vec<u64> = face.2.iter().copied().take(3).collect();
                    bits.sort_unstable();
                    bits.into_iter().zip(0u8..).map(|(bits, layer)| Layer { layer, bits }).collect()
                })
                .collect();
            let mut seats = std::collections::BTreeSet::new();
            let faces: Vec<Face<'_>> = wanted
                .iter()
                .zip(&arrive)
                .filter(|(face, _)| seats.insert(face.0))
                .map(|(face, layers)| Face { seat: face.0, large: face.1, layers })
                .collect();
            let carries = layers.divide(&faces, tall, budget, now);
            let mut sum = 0;
            for (face, given) in faces.iter().zip(layers.given()) {
                prop_assert_eq!(face.seat, given.0);
                if let Some(layer) = given.1 {
                    sum += face.layers.iter().find(|one| one.layer == layer).unwrap().bits;
                }
            }
            prop_assert!(budget.is_none_or(|budget| sum <= budget));
            let anything = layers.given().iter().any(|given| given.1.is_some());
            prop_assert!(anything || carries != Carries::Some);
            prop_assert!(budget.is_some() || carries == Carries::All);
        }
    }
}

#[test]
fn what_is_tried_next_is_one_layer_more_for_the_first_who_lacks_one() {
    let mut layers = Layers::default();
    let now = beginning();
    let with_room = |bits: u64| Some(bits * 100 / (100 - SPARE));
    layers.divide(&faces(2), 360, Some(50_000), now);
    assert_eq!(layers.next(&faces(2), 360), with_room(100_000));
    layers.divide(&faces(2), 360, Some(800_000), now + SEC + WAIT);
    assert_eq!(given(&layers), [Some(1), Some(0)]);
    assert_eq!(layers.next(&faces(2), 360), with_room(800_000));
    layers.divide(&faces(2), 360, None, now + SEC + WAIT * 2);
    assert_eq!(layers.next(&faces(2), 360), None);
    assert_eq!(layers.next(&[], 360), None);
}

#[test]
fn a_line_that_carries_far_more_than_when_it_was_too_early_is_not_waited_for_twice() {
    let mut layers = Layers::default();
    let mut now = beginning();
    // Given too early again and again, so that the wait has grown.
    for _ in 0..4 {
        layers.divide(&faces(1), 180, Some(50_000), now);
        now += WAIT_MAX + SEC;
        layers.divide(&faces(1), 180, Some(150_000), now);
        assert_eq!(given(&layers), [Some(0)]);
        now += SEC;
    }
    layers.divide(&faces(1), 180, Some(50_000), now);
    now += WAIT + SEC;
    layers.divide(&faces(1), 180, Some(150_000), now);
    assert_eq!(given(&layers), [None], "the same line is waited for");
    layers.divide(&faces(1), 180, Some(150_000 * ANOTHER / 100), now);
    assert_eq!(given(&layers), [Some(0)], "this is another");
}

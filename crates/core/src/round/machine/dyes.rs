//! Dyes of themes: each keeps its dye, and neighbours differ.

use std::collections::BTreeMap;

const DYE_COUNT: u8 = 7;
/// Number of themes on either side that count as neighbours: on a wide screen a row has two themes,
/// so that the third one before may be above.
const NEIGHBOURS_EACH_SIDE: usize = 3;

/// Assigns each theme of `order` a dye that no neighbour has. Assigned dyes stay; where two equal
/// ones have become neighbours, the older theme keeps it.
pub(super) fn assign_dyes(order: &[u32], dyes: &mut BTreeMap<u32, u8>) {
    let mut places: Vec<_> = order.iter().copied().zip(0_usize..).collect();
    // Themes with a dye come first, older before younger; new ones follow in the order of the
    // quilt, so that a new quilt uses the dyes in their fixed order.
    places.sort_by_key(|(number, place)| match dyes.contains_key(number) {
        true => (false, *number, *place),
        false => (true, 0, *place),
    });
    let mut settled: Vec<Option<u8>> = vec![None; order.len()];
    for (number, place) in places {
        let from = place.saturating_sub(NEIGHBOURS_EACH_SIDE);
        let near: Vec<u8> = settled
            .iter()
            .skip(from)
            .take(place + NEIGHBOURS_EACH_SIDE + 1 - from)
            .filter_map(|dye| *dye)
            .collect();
        let had = dyes.get(&number).copied();
        let dye = had
            .filter(|dye| *dye < DYE_COUNT && !near.contains(dye))
            .or_else(|| {
                let used = |dye: u8| settled.iter().filter(|one| **one == Some(dye)).count();
                let free = (0..DYE_COUNT).filter(|dye| !near.contains(dye));
                free.min_by_key(|dye| (used(*dye), *dye))
            })
            .unwrap_or(0);
        if let Some(one) = settled.get_mut(place) {
            *one = Some(dye);
        }
        dyes.insert(number, dye);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_dyes_of_a_new_quilt_go_round_in_their_order() {
        let mut dyes = BTreeMap::new();
        let order: Vec<u32> = (0..20).rev().collect();
        assign_dyes(&order, &mut dyes);
        let given: Vec<_> = order.iter().map(|number| dyes[number]).collect();
        let expected: Vec<_> = (0..20).map(|n| n % DYE_COUNT).collect();
        assert_eq!(given, expected);
    }

    #[test]
    fn a_theme_keeps_its_dye_when_others_come() {
        let mut dyes = BTreeMap::new();
        assign_dyes(&[4, 2], &mut dyes);
        let before = dyes.clone();
        assign_dyes(&[2, 9, 4, 1], &mut dyes);
        assert_eq!((dyes[&2], dyes[&4]), (before[&2], before[&4]));
    }

    proptest! {
        #[test]
        fn neighbours_differ_whatever_happened_before(
            before in prop::collection::btree_map(0_u32..40, 0_u8..7, 0..40),
            mut order in Just((0_u32..40).collect::<Vec<_>>()).prop_shuffle(),
            length in 0_usize..40,
        ) {
            order.truncate(length);
            let mut dyes = before;
            assign_dyes(&order, &mut dyes);
            for (place, number) in order.iter().enumerate() {
                for near in order.iter().skip(place + 1).take(NEIGHBOURS_EACH_SIDE) {
                    prop_assert_ne!(dyes[number], dyes[near]);
                }
            }
            let again = dyes.clone();
            assign_dyes(&order, &mut dyes);
            prop_assert_eq!(again, dyes, "what differs already stays");
        }
    }
}

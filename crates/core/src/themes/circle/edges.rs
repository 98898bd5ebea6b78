//! Who is let into a theme at last, and who is let go.

#![expect(clippy::indexing_slicing, reason = "points and groups are numbered from nought")]

use super::Likeness;
use crate::themes::THEME_MIN;
use crate::themes::alike::Pairs;
use crate::themes::order::count;
use crate::themes::points::Points;

/// Lets those who stand alone into the theme that has the three answers most like theirs, when
/// these are well alike.
pub(super) fn welcomed(
    likeness: &Likeness,
    points: &Points,
    well: i64,
    groups: &[usize],
) -> Vec<usize> {
    let mut sizes = vec![0; count(groups)];
    for (point, group) in groups.iter().enumerate() {
        sizes[*group] += points.weight(point) as usize;
    }
    let mut welcomed = groups.to_vec();
    for point in (0..likeness.side).filter(|point| sizes[groups[*point]] == 1) {
        let mut near: Vec<(i32, usize)> = likeness.row(point).iter().copied().zip(0..).collect();
        near.retain(|(_, other)| sizes[groups[*other]] >= THEME_MIN);
        near.sort_by_key(|(like, other)| (-i64::from(*like), *other));
        // How many of each theme have been met, and how like they are together.
        let mut met = vec![(0, 0); sizes.len()];
        let mut best: Option<(i64, usize)> = None;
        for (like, other) in near {
            let group = groups[other];
            let (number, sum) = &mut met[group];
            for _ in 0..points.weight(other).min(3) {
                *number += 1;
                *sum += i64::from(like);
                if *number == 3 && *sum >= 3 * well && best.is_none_or(|(most, _)| *sum > most) {
                    best = Some((*sum, group));
                }
            }
        }
        if let Some((_, group)) = best {
            welcomed[point] = group;
        }
    }
    welcomed
}

/// What three answers have to have in common to be no chance. Chance is what those have in
/// common who are in different themes: all pairs would not do, as in a small circle one theme that
/// is close makes any other look like chance.
pub(super) fn firm(likeness: &Likeness, points: &Points, groups: &[usize]) -> i64 {
    let mut apart = Pairs::default();
    for (a, group) in groups.iter().enumerate() {
        let row = likeness.row(a).iter().zip(groups).enumerate();
        for (b, (like, other)) in row.skip(a + 1) {
            if group != other {
                apart.add(*like, f64::from(points.weight(a)) * f64::from(points.weight(b)));
            }
        }
    }
    apart.firm(points.of_input().len())
}

/// Lets go of one of each theme of three that is not firm: of the one that is least like the
/// others. Three who are all of a circle are nobody's chance.
pub(super) fn loosen(likeness: &Likeness, points: &Points, firm: i64, groups: &mut [usize]) {
    let mut members = vec![Vec::new(); count(groups)];
    for (point, group) in groups.iter().enumerate() {
        members[*group].push(point);
    }
    let mut next = members.len();
    let answers = points.of_input().len();
    for theme in members {
        let size: usize = theme.iter().map(|of| points.weight(*of) as usize).sum();
        if size != THEME_MIN || size == answers {
            continue;
        }
        // What one answer has in common with the other two.
        let with_others = |point: usize| {
            let like = |other: &usize| {
                let same = u32::from(*other == point);
                i64::from(likeness.row(point)[*other]) * i64::from(points.weight(*other) - same)
            };
            theme.iter().map(like).sum::<i64>()
        };
        let all: i64 =
            theme.iter().map(|point| with_others(*point) * i64::from(points.weight(*point))).sum();
        let loosest = theme.iter().min_by_key(|point| with_others(**point));
        if let Some(loosest) = loosest
            && all < 6 * firm
        {
            groups[*loosest] = next;
            next += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::themes::points::LIKE_ONE;

    /// Two that are near, one that is not far from them, and the rest.
    fn loosened(vectors: &[[f32; 3]], groups: &[usize], firm: f64) -> Vec<usize> {
        let rows: Vec<&[f32]> = vectors.iter().map(|vector| &vector[..]).collect();
        let points = Points::of(&rows).unwrap();
        let mut groups = groups.to_vec();
        #[expect(clippy::cast_possible_truncation, reason = "at most 2^31")]
        let firm = (firm * LIKE_ONE) as i64;
        loosen(&Likeness::of(&points), &points, firm, &mut groups);
        groups
    }

    // As points are sorted: by their numbers.
    const FAR: [f32; 3] = [-1.0, 0.0, 0.1];
    const LOOSE: [f32; 3] = [0.6, 0.8, 0.0];
    const NEAR: [[f32; 3]; 2] = [[0.98, 0.0, 0.2], [0.98, 0.2, 0.0]];

    #[test]
    fn of_three_that_may_be_chance_the_nearest_two_stay() {
        let circle = [FAR, LOOSE, NEAR[0], NEAR[1]];
        assert_eq!(loosened(&circle, &[1, 0, 0, 0], 0.9), [1, 2, 0, 0]);
        assert_eq!(loosened(&circle, &[1, 0, 0, 0], 0.1), [1, 0, 0, 0]);
    }

    #[test]
    fn those_who_say_the_same_stay_together() {
        let circle = [FAR, LOOSE, NEAR[0], NEAR[0]];
        assert_eq!(loosened(&circle, &[1, 0, 0], 0.95), [1, 2, 0]);
    }

    #[test]
    fn a_close_theme_does_not_make_another_of_three_look_like_chance() {
        // Three say nearly the same, three others a similar thing, and one something else.
        let axes = |like: usize, much: f32, own: usize| -> [f32; 9] {
            std::array::from_fn(|axis| match axis {
                axis if axis == like => much,
                axis if axis == own => 1.0,
                _ => 0.0,
            })
        };
        let near = [1, 2, 3].map(|own| axes(0, 2.0, own));
        let similar = [5, 6, 7].map(|own| axes(4, 1.0, own));
        let said: Vec<[f32; 9]> =
            [near, similar].concat().into_iter().chain([axes(8, 1.0, 8)]).collect();
        let rows: Vec<&[f32]> = said.iter().map(|vector| &vector[..]).collect();
        let points = Points::of(&rows).unwrap();
        let mut groups = vec![0; points.len()];
        for (point, group) in points.of_input().iter().zip([0, 0, 0, 1, 1, 1, 2]) {
            groups[*point] = group;
        }
        let before = groups.clone();
        let likeness = Likeness::of(&points);
        let firm = firm(&likeness, &points, &groups);
        loosen(&likeness, &points, firm, &mut groups);
        assert_eq!(groups, before);
    }

    #[test]
    fn larger_themes_and_three_who_are_all_are_left_as_they_are() {
        let three = [LOOSE, NEAR[0], NEAR[1]];
        assert_eq!(loosened(&three, &[0, 0, 0], 0.99), [0, 0, 0]);
        let four = [FAR, LOOSE, NEAR[0], NEAR[1]];
        assert_eq!(loosened(&four, &[0, 0, 0, 0], 0.99), [0, 0, 0, 0]);
    }
}

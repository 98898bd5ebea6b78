//! Property tests: after any actions in a circle, the feather's rules hold.

use proptest::prelude::*;

use super::*;

/// Something that happens in a circle.
#[derive(Clone, Copy, Debug)]
enum Happens {
    Act(u8, FeatherAction, u32),
    Passes(i64),
    Leaves(u8),
    Comes(u8),
    IsLost(u8),
    IsBack(u8),
    Hushes(u8),
}

fn anything() -> impl Strategy<Value = Happens> {
    let acts = [
        FeatherAction::Take,
        FeatherAction::Take,
        FeatherAction::Lay,
        FeatherAction::Lay,
        FeatherAction::Pass,
        FeatherAction::Give,
        FeatherAction::Skip,
        FeatherAction::Last,
        FeatherAction::Again,
        FeatherAction::Next,
    ];
    let act = proptest::sample::select(acts.to_vec());
    let n = || 0_u8..6;
    prop_oneof![
        8 => (n(), act, 0_u32..7).prop_map(|(n, act, to)| Happens::Act(n, act, to)),
        3 => (1_i64..40).prop_map(Happens::Passes),
        1 => n().prop_map(Happens::Leaves),
        1 => n().prop_map(Happens::Comes),
        1 => n().prop_map(Happens::IsLost),
        1 => n().prop_map(Happens::IsBack),
        1 => n().prop_map(Happens::Hushes),
    ]
}

impl Round {
    fn happens(&mut self, happens: Happens) {
        let seated = |seats: &Self, n: u8| seats.seats.0.contains_key(&u32::from(n));
        match happens {
            Happens::Act(n, act, to) if seated(self, n) => {
                let _refused = self.by(n, act, Some(to)).is_err();
            }
            Happens::Passes(s) => self.after(secs(s)),
            Happens::Leaves(n) => drop(self.seats.0.remove(&u32::from(n))),
            Happens::Comes(n) => self.seats.sits(n),
            Happens::IsLost(n) if seated(self, n) => self.seats.with(n, |one| one.is_near = false),
            Happens::IsBack(n) if seated(self, n) => self.seats.with(n, |one| one.is_near = true),
            Happens::Hushes(n) if seated(self, n) => {
                self.seats.with(n, |one| one.is_named = !one.is_named);
            }
            _ => {}
        }
        self.after(Span::from_ms(0));
    }
}

/// A model of turns, derived from the actions alone.
#[derive(Default)]
struct Turns {
    /// People who have spoken since everybody could speak again.
    spoke: BTreeSet<Sitter>,
    /// People who passed or were skipped.
    passed: BTreeSet<Sitter>,
    /// Instant at which the feather was last laid down.
    laid_at: Option<Instant>,
}

impl Turns {
    fn note(
        &mut self,
        before: FeatherView,
        act: Option<(u8, FeatherAction)>,
        is_new: bool,
        pass: PassRule,
    ) {
        let holder = match before.position {
            FeatherPosition::Held(holder) => Some(holder),
            FeatherPosition::Middle | FeatherPosition::Silence => None,
        };
        match act {
            Some((0, FeatherAction::Again)) => {
                *self = Self { laid_at: self.laid_at, ..Self::default() }
            }
            Some((n, FeatherAction::Lay)) if holder == Some(who(n)) => {
                self.spoke.insert(who(n));
            }
            Some((_, FeatherAction::Give)) if is_new => self.spoke.extend(holder),
            // Where a pass counts as a turn it is like any other.
            Some((n, FeatherAction::Pass)) if pass == PassRule::Rests => {
                self.spoke.insert(who(n));
            }
            Some((0, FeatherAction::Skip)) if pass == PassRule::Rests => self.spoke.extend(holder),
            Some((n, FeatherAction::Pass)) => drop(self.passed.insert(who(n))),
            Some((0, FeatherAction::Skip)) => self.passed.extend(holder),
            _ => {}
        }
    }

    /// The feather has a new holder.
    fn turn(
        &mut self,
        holder: Sitter,
        each: TurnLimit,
        seats: &Seats,
    ) -> Result<(), TestCaseError> {
        if !self.spoke.contains(&holder) {
            return Ok(());
        }
        prop_assert_ne!(each, TurnLimit::Once, "a second word");
        if each == TurnLimit::OnceBeforeTwice {
            let order = seats.eligible_in_order();
            let had = |who: &Sitter| self.spoke.contains(who) || self.passed.contains(who);
            prop_assert!(order.iter().all(|(_, who)| had(who)), "twice before everybody once");
            self.spoke.clear();
            self.passed.clear();
        }
        Ok(())
    }
}

const SPOKEN: [&str; 5] = ["council", "worship-sharing", "popcorn", "one-word", "inquiry"];

/// Runs all actions and compares every step with the model.
fn check(format: &str, happens: Vec<Happens>) -> Result<(), TestCaseError> {
    let mut round = Round::new(format, 6);
    let mut turns = Turns::default();
    for one in happens {
        let (before, waits) = (round.circle.view(), round.circle.ready.clone());
        round.happens(one);
        let view = round.circle.view();
        let act = match one {
            Happens::Act(n, act, _) if round.seats.0.contains_key(&u32::from(n)) => Some((n, act)),
            _ => None,
        };
        let is_new = view.turn != before.turn;
        turns.note(before, act, is_new, round.circle.format.pass);
        if let FeatherPosition::Held(holder) = view.position {
            prop_assert!(
                round.seats.present_seat(holder).is_some(),
                "it is with nobody who is here"
            );
            prop_assert!(!round.circle.ready.contains(&holder));
            prop_assert_eq!(round.circle.status_of(holder), FeatherStatus::Holds);
            if is_new {
                turns.turn(holder, round.circle.format.each, &round.seats)?;
            }
            if is_new && format == "worship-sharing" {
                let silence = round.circle.format.silence;
                let laid_at = turns.laid_at;
                prop_assert!(laid_at.is_none_or(|laid| laid + silence <= round.now), "too soon");
                let asked = act == Some((0, FeatherAction::Take))
                    || act.is_some_and(|(n, _)| who(n) == holder);
                prop_assert!(asked || waits.contains(&holder), "nobody is called on");
            }
        }
        if matches!(before.position, FeatherPosition::Held(_)) && before.position != view.position {
            turns.laid_at = Some(round.now);
        }
        let due = round.circle.wake_at();
        prop_assert!(due.is_none_or(|due| due > round.now), "it would never rest");
    }
    Ok(())
}

#[test]
fn whoever_passed_and_takes_it_when_all_have_had_it_begins_anew() {
    use FeatherAction::{Lay, Pass, Take};
    use Happens::{Act as Does, Comes, Hushes, Passes};
    let happens = vec![
        Does(1, Take, 0),
        Does(2, Pass, 0),
        Does(4, Pass, 0),
        Does(1, Lay, 0),
        Does(0, Take, 0),
        Passes(30),
        Does(3, Pass, 0),
        Does(0, Lay, 0),
        Passes(30),
        Hushes(5),
        Does(4, Take, 0),
        Does(4, Lay, 0),
        Comes(5),
        Passes(30),
        Does(0, Take, 0),
    ];
    check("worship-sharing", happens).expect("a new time round has begun with the fourth");
}

proptest! {
    #[test]
    fn whatever_happens_the_feather_goes_to_nobody_who_may_not_have_it(
        format in proptest::sample::select(SPOKEN.to_vec()),
        happens in proptest::collection::vec(anything(), 0..120),
    ) {
        check(format, happens)?;
    }
}

//! Tests of the feather's rules; property tests are in `chance`.

mod chance;

use std::collections::BTreeMap;

use super::super::format::Formats;
use super::*;
use crate::id::GuestId;

const EIGHT: Instant = Instant::from_ms(1_790_000_000_000);

fn secs(secs: i64) -> Span {
    Span::from_secs(secs)
}

fn who(n: u8) -> Sitter {
    Sitter::Guest(GuestId::new(EIGHT, [n; 10]))
}

/// Somebody in a seat.
#[derive(Clone, Copy)]
struct Seated {
    who: Sitter,
    is_near: bool,
    is_named: bool,
}

/// People by their seats.
#[derive(Clone, Default)]
struct Seats(BTreeMap<u32, Seated>);

impl Seats {
    /// This number of people, each by name and connected.
    fn of(n: u8) -> Self {
        let mut seats = Self::default();
        (0..n).for_each(|n| seats.sits(n));
        seats
    }

    fn sits(&mut self, n: u8) {
        let seated = Seated { who: who(n), is_near: true, is_named: true };
        self.0.insert(n.into(), seated);
    }

    fn with(&mut self, n: u8, change: impl FnOnce(&mut Seated)) {
        change(self.0.get_mut(&n.into()).unwrap());
    }
}

impl CircleSeating for Seats {
    fn present_seat(&self, who: Sitter) -> Option<u32> {
        self.0.iter().find(|(_, seated)| seated.who == who).map(|(seat, _)| *seat)
    }

    fn is_connected(&self, who: Sitter) -> bool {
        self.0.values().any(|seated| seated.who == who && seated.is_near)
    }

    fn eligible_in_order(&self) -> Vec<(u32, Sitter)> {
        let here = self.0.iter().filter(|(_, seated)| seated.is_near && seated.is_named);
        here.map(|(seat, seated)| (*seat, seated.who)).collect()
    }

    fn named_count(&self) -> usize {
        self.0.values().filter(|seated| seated.is_named).count()
    }
}

/// A round of this format; the guide is person 0.
struct Round {
    circle: FeatherCircle,
    seats: Seats,
    now: Instant,
}

impl Round {
    fn new(format: &str, people: u8) -> Self {
        let format = Arc::clone(Formats::shipped().find(format).unwrap());
        Self { circle: FeatherCircle::new(format, EIGHT), seats: Seats::of(people), now: EIGHT }
    }

    fn does(&mut self, n: u8, act: FeatherAction) -> Result<(), FeatherNo> {
        self.by(n, act, None)
    }

    fn gives(&mut self, n: u8, to: u32) -> Result<(), FeatherNo> {
        self.by(n, FeatherAction::Give, Some(to))
    }

    fn by(&mut self, n: u8, act: FeatherAction, to: Option<u32>) -> Result<(), FeatherNo> {
        let by = FeatherActor { sitter: who(n), is_guide: n == 0, to_seat: to };
        self.circle.handle_action(by, act, &self.seats, self.now)
    }

    fn after(&mut self, span: Span) {
        self.now += span;
        self.circle.follow_people(&self.seats, self.now);
    }

    /// Number of the holder.
    fn holder(&self) -> Option<u32> {
        self.circle.holder().and_then(|who| self.seats.present_seat(who))
    }
}

#[test]
fn in_council_the_feather_goes_from_seat_to_seat_and_rests_when_all_have_had_it() {
    let mut round = Round::new("council", 4);
    assert_eq!(round.circle.view().position, FeatherPosition::Middle);
    round.does(2, FeatherAction::Take).unwrap();
    for n in [2, 3, 0, 1] {
        assert_eq!(round.holder(), Some(u32::from(n)));
        round.does(n, FeatherAction::Lay).unwrap();
    }
    assert_eq!(round.circle.view().position, FeatherPosition::Middle);
    // Another pass, for people who have more to say.
    assert_eq!(round.circle.status_of(who(1)), FeatherStatus::MayTake);
    round.does(1, FeatherAction::Take).unwrap();
    assert_eq!(round.circle.status_of(who(2)), FeatherStatus::MayTake, "a new round for everybody");
}

#[test]
fn a_pass_comes_back_once_when_the_others_have_had_the_feather() {
    let mut round = Round::new("council", 3);
    round.does(0, FeatherAction::Take).unwrap();
    round.does(0, FeatherAction::Pass).unwrap();
    assert_eq!(round.holder(), Some(1));
    round.does(1, FeatherAction::Pass).unwrap();
    round.does(2, FeatherAction::Lay).unwrap();
    assert_eq!(round.holder(), Some(0), "it comes back");
    round.does(0, FeatherAction::Pass).unwrap();
    assert_eq!(round.holder(), Some(1));
    round.does(1, FeatherAction::Lay).unwrap();
    assert_eq!(round.circle.view().position, FeatherPosition::Middle, "and only once");
}

#[test]
fn the_last_who_passes_is_not_asked_again_at_once() {
    let mut round = Round::new("council", 2);
    round.does(0, FeatherAction::Take).unwrap();
    round.does(0, FeatherAction::Lay).unwrap();
    round.does(1, FeatherAction::Pass).unwrap();
    assert_eq!(round.circle.view().position, FeatherPosition::Middle);
    assert_eq!(round.circle.status_of(who(0)), FeatherStatus::MayTake);
}

#[test]
fn the_feather_can_be_handed_to_somebody_by_name_who_has_not_had_it() {
    let mut round = Round::new("council", 4);
    assert_eq!(round.gives(1, 3), Err(FeatherNo::NotNow), "only its holder hands it on");
    round.does(1, FeatherAction::Take).unwrap();
    round.gives(1, 3).unwrap();
    assert_eq!(round.holder(), Some(3));
    assert_eq!(round.gives(3, 1), Err(FeatherNo::TheyHad));
    assert_eq!(round.gives(3, 3), Err(FeatherNo::NotNow));
    assert_eq!(round.gives(3, 9), Err(FeatherNo::NotNow));
    round.seats.with(2, |seated| seated.is_named = false);
    assert_eq!(round.gives(3, 2), Err(FeatherNo::NotNow), "a quiet seat cannot be found out");
    assert_eq!(round.holder(), Some(3));
    round.gives(3, 0).unwrap();
    let mut popcorn = Round::new("popcorn", 3);
    popcorn.does(1, FeatherAction::Take).unwrap();
    assert_eq!(popcorn.gives(1, 2), Err(FeatherNo::NotNow), "nobody is called on");
}

#[test]
fn whoever_sits_quietly_or_is_off_the_line_is_passed_over_and_may_still_take_it() {
    let mut round = Round::new("council", 4);
    round.seats.with(1, |seated| seated.is_named = false);
    round.seats.with(2, |seated| seated.is_near = false);
    round.does(0, FeatherAction::Take).unwrap();
    round.does(0, FeatherAction::Lay).unwrap();
    assert_eq!(round.holder(), Some(3));
    round.does(3, FeatherAction::Lay).unwrap();
    assert_eq!(round.circle.view().position, FeatherPosition::Middle);
    assert_eq!(
        round.circle.status_of(who(3)),
        FeatherStatus::HadTurn,
        "somebody whose seat is kept has not had it"
    );
    round.does(1, FeatherAction::Take).unwrap();
    assert_eq!(round.holder(), Some(1));
}

#[test]
fn out_of_silence_nobody_speaks_before_the_silence_is_over_and_the_first_ready_is_first() {
    let mut round = Round::new("worship-sharing", 4);
    round.does(1, FeatherAction::Take).unwrap();
    assert_eq!(round.holder(), Some(1));
    round.after(secs(10));
    round.does(3, FeatherAction::Take).unwrap();
    round.does(2, FeatherAction::Take).unwrap();
    assert_eq!(round.circle.status_of(who(3)), FeatherStatus::Ready);
    assert_eq!(round.holder(), Some(1), "being ready disturbs nobody");
    round.does(1, FeatherAction::Lay).unwrap();
    assert_eq!(round.circle.view().position, FeatherPosition::Silence);
    let silence = round.circle.format().silence;
    assert_eq!(round.circle.wake_at(), Some(round.now + silence));
    round.after(silence - Span::from_ms(1));
    assert_eq!(round.circle.view().position, FeatherPosition::Silence);
    round.after(Span::from_ms(1));
    assert_eq!(round.holder(), Some(3));
    round.does(2, FeatherAction::Lay).unwrap();
    assert_eq!(round.circle.status_of(who(2)), FeatherStatus::MayTake, "not ready after all");
    round.does(3, FeatherAction::Lay).unwrap();
    round.after(silence);
    assert_eq!(round.circle.view().position, FeatherPosition::Middle);
    assert_eq!(round.circle.wake_at(), None);
    assert_eq!(round.does(1, FeatherAction::Take), Err(FeatherNo::Had));
    round.does(0, FeatherAction::Pass).unwrap();
    round.does(2, FeatherAction::Take).unwrap();
    assert_eq!(round.holder(), Some(2), "the silence was over");
    round.does(2, FeatherAction::Lay).unwrap();
    // All have spoken or passed: people may get ready again.
    round.does(1, FeatherAction::Take).unwrap();
    round.after(silence);
    assert_eq!(round.holder(), Some(1));
}

/// 0 and 1 have spoken, in a circle of this size; it is the silence afterwards.
fn two_have_spoken(people: u8) -> Round {
    let mut round = Round::new("worship-sharing", people);
    for n in 0..2 {
        round.does(n, FeatherAction::Take).unwrap();
        round.does(n, FeatherAction::Lay).unwrap();
        if n == 0 {
            round.after(round.circle.format().silence);
        }
    }
    round
}

#[test]
fn whoever_comes_while_somebody_waits_to_speak_twice_is_waited_for() {
    let mut round = two_have_spoken(2);
    round.does(1, FeatherAction::Take).unwrap();
    assert_eq!(round.circle.status_of(who(1)), FeatherStatus::Ready, "both have spoken");
    round.seats.sits(2);
    round.after(round.circle.format().silence);
    assert_eq!(round.holder(), None, "somebody new has not");
    round.does(2, FeatherAction::Take).unwrap();
    assert_eq!(round.holder(), Some(2));
}

#[test]
fn whoever_has_not_spoken_comes_before_whoever_was_ready_earlier_and_has() {
    let mut round = two_have_spoken(3);
    // A quiet person is not waited for, and still comes first.
    round.seats.with(2, |seated| seated.is_named = false);
    round.after(Span::from_ms(0));
    round.does(1, FeatherAction::Take).unwrap();
    round.does(2, FeatherAction::Take).unwrap();
    round.after(round.circle.format().silence);
    assert_eq!(round.holder(), Some(2));
}

#[test]
fn a_guide_may_open_the_round_for_second_words() {
    let mut round = Round::new("worship-sharing", 3);
    round.does(1, FeatherAction::Take).unwrap();
    round.does(1, FeatherAction::Lay).unwrap();
    assert_eq!(round.does(1, FeatherAction::Again), Err(FeatherNo::NotNow), "sitters do not");
    assert_eq!(round.does(1, FeatherAction::Take), Err(FeatherNo::Had));
    round.does(0, FeatherAction::Again).unwrap();
    assert_eq!(round.does(1, FeatherAction::Take), Ok(()));
}

#[test]
fn popcorn_is_one_at_a_time_as_often_as_it_comes_with_a_call_for_last_words() {
    let mut round = Round::new("popcorn", 3);
    round.does(1, FeatherAction::Take).unwrap();
    assert_eq!(round.does(2, FeatherAction::Take), Err(FeatherNo::NotNow));
    round.does(1, FeatherAction::Lay).unwrap();
    round.does(1, FeatherAction::Take).unwrap();
    round.does(1, FeatherAction::Lay).unwrap();
    assert_eq!(round.does(2, FeatherAction::Last), Err(FeatherNo::NotNow));
    round.does(0, FeatherAction::Last).unwrap();
    assert!(round.circle.view().is_last);
    round.does(2, FeatherAction::Take).unwrap();
    assert_eq!(round.holder(), Some(2), "it is a call, not a gate");
}

#[test]
fn one_word_goes_round_once_and_a_pass_is_a_word() {
    let mut round = Round::new("one-word", 3);
    round.does(0, FeatherAction::Take).unwrap();
    round.does(0, FeatherAction::Lay).unwrap();
    round.does(1, FeatherAction::Pass).unwrap();
    round.does(2, FeatherAction::Lay).unwrap();
    assert_eq!(round.circle.view().position, FeatherPosition::Middle);
    for n in 0..3 {
        assert_eq!(round.does(n, FeatherAction::Take), Err(FeatherNo::Had));
    }
    round.seats.sits(3);
    round.does(3, FeatherAction::Take).unwrap();
    assert_eq!(round.holder(), Some(3), "who comes late has a word, too");
}

#[test]
fn an_inquiry_shows_one_question_after_the_other_and_stops_at_any_of_them() {
    let mut round = Round::new("inquiry", 3);
    assert_eq!(round.circle.view().question, None);
    assert_eq!(round.does(0, FeatherAction::Next), Err(FeatherNo::NotNow));
    round.does(2, FeatherAction::Take).unwrap();
    assert_eq!(round.circle.view().question, Some(0));
    assert_eq!(round.does(1, FeatherAction::Next), Err(FeatherNo::NotNow));
    round.does(0, FeatherAction::Next).unwrap();
    round.does(2, FeatherAction::Next).unwrap();
    assert_eq!(round.circle.view().question, Some(2));
    round.does(0, FeatherAction::Next).unwrap();
    assert_eq!(round.circle.view().question, Some(2), "there are three");
    round.does(2, FeatherAction::Lay).unwrap();
    assert_eq!(round.circle.view().question, None);
    round.does(1, FeatherAction::Take).unwrap();
    round.does(1, FeatherAction::Pass).unwrap();
    assert_eq!(round.holder(), None, "it can be stopped at the first question");
    round.does(1, FeatherAction::Take).unwrap();
    assert_eq!(round.circle.view().question, Some(0));
}

#[test]
fn the_bell_of_a_turn_is_soft_and_takes_nothing_away() {
    let mut round = Round::new("council", 2);
    round.does(0, FeatherAction::Take).unwrap();
    assert_eq!(round.circle.view().bell_at, Some(EIGHT + secs(180)));
    round.after(secs(3_600));
    assert_eq!(round.holder(), Some(0));
}

#[test]
fn a_pause_moves_what_is_to_come() {
    let mut round = Round::new("worship-sharing", 2);
    round.does(0, FeatherAction::Take).unwrap();
    let (from, to) = (EIGHT + secs(60), EIGHT + secs(90));
    round.circle.shift_for_pause(from, to);
    assert_eq!(round.circle.view().bell_at, Some(EIGHT + secs(270)));
    round.does(0, FeatherAction::Lay).unwrap();
    round.circle.shift_for_pause(EIGHT + secs(1), EIGHT + secs(31));
    assert_eq!(round.circle.wake_at(), Some(EIGHT + secs(60)));
    round.circle.shift_for_pause(EIGHT + secs(61), EIGHT + secs(91));
    assert_eq!(round.circle.wake_at(), Some(EIGHT + secs(60)));
}

#[test]
fn the_feather_of_somebody_who_is_gone_lies_in_the_middle_and_is_still_theirs_to_take() {
    let mut round = Round::new("council", 3);
    round.does(1, FeatherAction::Take).unwrap();
    round.seats.with(1, |seated| seated.is_near = false);
    round.after(secs(1));
    assert_eq!(round.holder(), Some(1), "their seat is kept, and the feather with it");
    round.seats.0.remove(&1);
    round.after(secs(1));
    assert_eq!(round.circle.view().position, FeatherPosition::Middle);
    round.seats.sits(1);
    round.does(1, FeatherAction::Take).unwrap();
    assert_eq!(round.holder(), Some(1));
}

#[test]
fn a_guide_lets_the_feather_go_on() {
    let mut round = Round::new("council", 3);
    round.does(1, FeatherAction::Take).unwrap();
    assert_eq!(round.does(2, FeatherAction::Skip), Err(FeatherNo::NotNow));
    round.does(0, FeatherAction::Skip).unwrap();
    assert_eq!(round.holder(), Some(2));
    round.does(2, FeatherAction::Lay).unwrap();
    round.does(0, FeatherAction::Lay).unwrap();
    assert_eq!(round.holder(), Some(1), "what was let go comes back as a pass does");
}

#[test]
fn a_home_may_let_only_its_guides_take_the_feather() {
    let mut formats = Formats::default();
    let text = "title = \"Handed\"\norder = \"passed\"\ntakes = \"guide\"\ngives = true";
    formats.add_file("handed", text).unwrap();
    let format = Arc::clone(formats.find("handed").unwrap());
    let mut round = Round { circle: FeatherCircle::new(format, EIGHT), ..Round::new("council", 3) };
    assert_eq!(round.does(1, FeatherAction::Take), Err(FeatherNo::Guide));
    round.does(0, FeatherAction::Take).unwrap();
    round.gives(0, 2).unwrap();
    assert_eq!(round.holder(), Some(2));
}

//! The stored form of a sit (texts, schedule, audience, plan) and of its runs.

use crate::calendar::{CalendarRule, Repeats};
use crate::id::{CohortId, MemberId, RunId, SitId};
use crate::member::{Member, Person};
use crate::sit::plan::Plan;
use crate::sit::run::{DOOR_OPENS_BEFORE, RunChange, RunFacts, build_timeline};
use crate::time::{Instant, Span};

/// Maximum length of a sit's title, in characters.
pub const SIT_TITLE_CHARS_MAX: usize = 80;
/// Maximum length of a sit's description, in characters.
pub const SIT_WORDS_CHARS_MAX: usize = 2_000;

/// The audience of a sit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenTo {
    /// The members of the home.
    Home,
    /// Members, and everyone who has the link.
    Link,
}

impl OpenTo {
    /// The word under which it is stored.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Link => "link",
        }
    }

    /// Parses the stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Home, Self::Link].into_iter().find(|open_to| open_to.word() == word)
    }
}

/// A member named as co-guide or stand-in of a sit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leader {
    /// Id of the member.
    pub id: MemberId,
    /// Display name.
    pub name: String,
}

/// One live practice, with all its occurrences.
#[derive(Clone, Debug, PartialEq)]
pub struct Sit {
    /// Id of the sit.
    pub id: SitId,
    /// Title.
    pub title: String,
    /// Description by the guide.
    pub words: String,
    /// Schedule.
    pub rule: CalendarRule,
    /// The audience of a sit.
    pub open_to: OpenTo,
    /// True if the first page shows it, with its link, to strangers.
    pub is_shown: bool,
    /// True if a guide leads it.
    pub is_led: bool,
    /// True if it begins by itself at its planned time. A sit that nobody leads always does.
    pub begins_itself: bool,
    /// The secret part of the link for guests.
    pub link: String,
    /// The plan.
    pub plan: Plan,
    /// The guide who created it.
    pub guide: MemberId,
    /// Display name of that guide.
    pub guide_name: String,
    /// Instant of creation.
    pub made_at: Instant,
    /// Instant of the last change.
    pub changed_at: Instant,
    /// Number of changes so far, for calendars.
    pub sequence: u32,
    /// Instant at which it was ended for good.
    pub ended_at: Option<Instant>,
    /// Members who lead it as well, sorted by name. Members who are no longer guides of the home
    /// are left out.
    pub co_guides: Vec<Leader>,
    /// Leads it as well, on days when none of the others can come.
    pub stand_in: Option<Leader>,
    /// The cohort it belongs to. If set, the sit is open to that cohort only, whatever `open_to`
    /// says.
    pub cohort: Option<CohortId>,
}

impl Sit {
    /// Returns true if this person may come to the sit and see its page. `cohorts` are those they
    /// belong to, as a member or a guide.
    pub fn is_open_for(&self, who: &Person, cohorts: &[CohortId]) -> bool {
        match who {
            Person::Member(member) => {
                self.cohort.is_none_or(|cohort| cohorts.contains(&cohort)) || self.is_led_by(member)
            }
            Person::Guest(guest) => guest.sit == self.id && self.is_by_link(),
            Person::Stranger => false,
        }
    }

    /// Returns true if guests may come by its link. A cohort's sit takes none.
    pub fn is_by_link(&self) -> bool {
        self.open_to == OpenTo::Link && self.cohort.is_none()
    }

    /// Returns true if this person may see that the sit exists, and when, without being able to
    /// enter: strangers see the sits that a guide wanted shown.
    pub fn is_shown_to(&self, who: &Person) -> bool {
        *who == Person::Stranger && self.is_shown && self.cohort.is_none()
    }

    /// Returns true if this member may change and lead the sit: the guide who created it, its
    /// co-guides and its stand-in, as long as they are guides of the home, and every keeper.
    pub fn is_led_by(&self, member: &Member) -> bool {
        let is_named = || self.named_guides().any(|leader| leader.id == member.id);
        let roles = member.roles;
        roles.keeper || (roles.guide && (self.guide == member.id || is_named()))
    }

    /// Its co-guides and its stand-in.
    pub fn named_guides(&self) -> impl Iterator<Item = &Leader> {
        self.co_guides.iter().chain(&self.stand_in)
    }

    /// The facts that are frozen when the door of the run planned for `planned_at` opens.
    pub fn run_facts(&self, planned_at: Instant) -> RunFacts {
        RunFacts {
            plan: self.plan.clone(),
            planned_at,
            is_led: self.is_led,
            begins_itself: self.begins_itself,
        }
    }
}

/// A sit while it is live, on one day, as frozen when its door opens.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Id of the run.
    pub id: RunId,
    /// Id of its sit.
    pub sit: SitId,
    /// The plan and the instant it was to begin.
    pub facts: RunFacts,
    /// Instant at which it ended, if it has.
    pub over_at: Option<Instant>,
}

/// The run that a person would enter now: the live one or the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextRun {
    /// Id of the run, once somebody has opened its door.
    pub run: Option<RunId>,
    /// Planned beginning.
    pub planned_at: Instant,
    /// Instant from which people can enter.
    pub opens_at: Instant,
    /// Actual or expected beginning; `None` while it waits for its guide.
    pub begins_at: Option<Instant>,
    /// Expected end.
    pub ends_at: Instant,
}

impl NextRun {
    /// Returns true if people can enter at `now`.
    pub fn is_open(&self, now: Instant) -> bool {
        now >= self.opens_at
    }

    /// Returns true if it has begun at `now`.
    pub fn has_begun(&self, now: Instant) -> bool {
        self.begins_at.is_some_and(|begins_at| begins_at <= now)
    }
}

/// The last run of a sit that was opened, with its changes.
#[derive(Clone, Debug)]
pub struct LastRun {
    /// The run.
    pub run: Run,
    /// Changes made so far, oldest first.
    pub changes: Vec<RunChange>,
}

impl LastRun {
    /// Beginning and end, actual or expected, with the guide's changes applied.
    fn begin_and_end(&self) -> (Option<Instant>, Option<Instant>) {
        let timeline = build_timeline(&self.run.facts, &self.changes);
        (timeline.begun_at, self.run.over_at.or_else(|| timeline.ends_at()))
    }
}

impl Sit {
    /// The run that a person would enter at `now`, given the last run that was opened.
    pub fn next_run(&self, last: Option<&LastRun>, now: Instant) -> Option<NextRun> {
        let Some(last) = last else {
            return self.next_unopened_run(None, now);
        };
        let (begins_at, over_at) = last.begin_and_end();
        if over_at.is_some_and(|over_at| over_at <= now) {
            return self.next_unopened_run(Some((&last.run, over_at)), now);
        }
        let facts = &last.run.facts;
        Some(NextRun {
            run: Some(last.run.id),
            planned_at: facts.planned_at,
            opens_at: facts.planned_at - DOOR_OPENS_BEFORE,
            begins_at,
            ends_at: over_at.unwrap_or(facts.planned_at + facts.plan.length()),
        })
    }

    /// The next run that nobody has opened yet. `last` is the run before it, with its end.
    fn next_unopened_run(
        &self,
        last: Option<(&Run, Option<Instant>)>,
        now: Instant,
    ) -> Option<NextRun> {
        if self.ended_at.is_some() {
            return None;
        }
        let length = self.plan.length();
        let is_past = |at: Instant| last.is_some_and(|(run, _)| at <= run.facts.planned_at);
        let mut times = self.rule.occurrences_from(now - length + Span::from_ms(1));
        let time = times.find(|time| !is_past(time.at))?;
        let opens_at = match self.rule.repeats {
            Repeats::Once | Repeats::Weekly => time.at - DOOR_OPENS_BEFORE,
            Repeats::EveryMinutes { every_mins } => {
                let before = time.at - Span::from_mins(i64::from(every_mins));
                let same = last.filter(|(run, _)| run.facts.planned_at >= before);
                same.and_then(|(_, over_at)| over_at).unwrap_or(before + length).min(time.at)
            }
        };
        Some(NextRun {
            run: None,
            planned_at: time.at,
            opens_at,
            begins_at: build_timeline(&self.run_facts(time.at), &[]).begun_at,
            ends_at: time.at + length,
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;
    use crate::id::GuestId;
    use crate::member::{Guest, Role, Roles};
    use crate::sit::plan::{Phase, PhaseKind};
    use crate::sit::run::RunAction;

    const NOON: Instant = Instant::from_ms(1_793_620_800_000 - 12 * 3_600_000);

    fn sit(repeats: Repeats) -> Sit {
        Sit {
            id: SitId::new(NOON, [1; 10]),
            title: "Tuesdays".to_owned(),
            words: String::new(),
            rule: CalendarRule {
                zone: "UTC".to_owned(),
                day: date(2026, 11, 2),
                wall_time: time(0, 0, 0, 0),
                repeats,
                ends_on: None,
                exceptions: Vec::new(),
            },
            open_to: OpenTo::Home,
            is_shown: false,
            is_led: true,
            begins_itself: false,
            link: "secret".to_owned(),
            plan: Plan { phases: vec![Phase::new(PhaseKind::Silence, 240)], ..Plan::default() },
            guide: MemberId::new(NOON, [2; 10]),
            guide_name: "Marit".to_owned(),
            made_at: NOON,
            changed_at: NOON,
            sequence: 0,
            ended_at: None,
            co_guides: Vec::new(),
            stand_in: None,
            cohort: None,
        }
    }

    fn last(sit: &Sit, planned_at: Instant, over_at: Option<Instant>) -> LastRun {
        let id = RunId::new(NOON, [3; 10]);
        let run = Run { id, sit: sit.id, facts: sit.run_facts(planned_at), over_at };
        LastRun { run, changes: Vec::new() }
    }

    #[test]
    fn the_door_opens_a_quarter_of_an_hour_before() {
        let sit = sit(Repeats::Weekly);
        let first = sit.rule.next_from(NOON - Span::from_days(30)).unwrap().at;
        let next = sit.next_run(None, first - Span::from_mins(16)).unwrap();
        assert_eq!(next.planned_at, first);
        assert!(!next.is_open(first - Span::from_mins(16)));
        assert!(next.is_open(first - Span::from_mins(15)));
        assert!(!next.has_begun(first - Span::from_mins(15)));
    }

    #[test]
    fn a_run_that_was_made_longer_is_still_the_one_to_come_to() {
        let sit = sit(Repeats::Weekly);
        let first = sit.rule.next_from(NOON - Span::from_days(30)).unwrap().at;
        let mut last = last(&sit, first, None);
        let begin = RunChange { at: first, what: RunAction::Begin };
        let longer =
            RunChange { at: first + Span::from_secs(60), what: RunAction::Extend { s: 1_800 } };
        last.changes = vec![begin, longer];
        let late = first + Span::from_mins(30);
        let next = sit.next_run(Some(&last), late).unwrap();
        assert_eq!((next.run, next.planned_at), (Some(last.run.id), first));
        assert!(next.ends_at > late);
    }

    #[test]
    fn after_a_run_is_over_the_next_one_is_not_the_same_again() {
        let sit = sit(Repeats::Weekly);
        let first = sit.rule.next_from(NOON - Span::from_days(30)).unwrap().at;
        // Closed early: the planned time is not over yet.
        let now = first + Span::from_mins(2);
        let next = sit.next_run(Some(&last(&sit, first, Some(now))), now).unwrap();
        assert_eq!(next.run, None);
        assert_eq!(next.planned_at, first + Span::from_days(7));
    }

    #[test]
    fn an_often_sit_opens_its_door_as_soon_as_the_run_before_is_over() {
        let sit = sit(Repeats::EveryMinutes { every_mins: 5 });
        let first = sit.rule.next_from(NOON + Span::from_days(2)).unwrap().at;
        let during = sit.next_run(None, first + Span::from_mins(3)).unwrap();
        assert_eq!(during.planned_at, first);
        let between = first + Span::from_mins(4);
        let next = sit.next_run(None, between).unwrap();
        assert_eq!(next.planned_at, first + Span::from_mins(5));
        assert!(next.is_open(between));
    }

    fn member(number: u8, roles: Roles) -> Member {
        Member {
            id: MemberId::new(NOON, [number; 10]),
            name: format!("Member {number}"),
            email: format!("{number}@example.org"),
            zone: None,
            roles,
            shows_usually: false,
            joined_at: NOON,
        }
    }

    #[test]
    fn a_sit_is_led_by_its_maker_those_named_on_it_and_keepers() {
        let mut sit = sit(Repeats::Weekly);
        let leader = |number| Leader { id: member(number, Roles::default()).id, name: "L".into() };
        sit.co_guides = vec![leader(3)];
        sit.stand_in = Some(leader(4));
        let guide = Roles::default().with(Role::Guide);
        for (number, roles, leads) in [
            (2, guide, true),
            (3, guide, true),
            (4, guide, true),
            (5, guide, false),
            (2, Roles::default(), false),
            (3, Roles::default().with(Role::Listener), false),
            (6, Roles::default().with(Role::Keeper), true),
        ] {
            assert_eq!(sit.is_led_by(&member(number, roles)), leads, "{number} {roles:?}");
        }
    }

    #[test]
    fn a_sit_of_a_cohort_is_open_to_the_cohort_and_whoever_leads_it() {
        let cohort = CohortId::new(NOON, [8; 10]);
        let (mine, other) = ([cohort], [CohortId::new(NOON, [9; 10])]);
        let mut sit = sit(Repeats::Weekly);
        sit.open_to = OpenTo::Link;
        sit.is_shown = true;
        let came_at = NOON;
        let id = GuestId::new(NOON, [1; 10]);
        let guest = Person::Guest(Guest { id, name: "Gil".into(), sit: sit.id, came_at });
        let ben = Person::Member(member(7, Roles::default()));
        assert!(sit.is_open_for(&ben, &[]) && sit.is_open_for(&guest, &[]));
        assert!(sit.is_shown_to(&Person::Stranger));
        sit.cohort = Some(cohort);
        assert!(sit.is_open_for(&ben, &mine));
        assert!(!sit.is_open_for(&ben, &other) && !sit.is_open_for(&ben, &[]));
        assert!(!sit.is_open_for(&guest, &mine), "guests never");
        assert!(!sit.is_shown_to(&Person::Stranger));
        let guide = Roles::default().with(Role::Guide);
        assert!(sit.is_open_for(&Person::Member(member(2, guide)), &[]), "who made it");
        assert!(!sit.is_open_for(&Person::Member(member(5, guide)), &[]), "another guide");
        let keeper = Roles::default().with(Role::Keeper);
        assert!(sit.is_open_for(&Person::Member(member(6, keeper)), &[]));
    }

    #[test]
    fn an_ended_sit_has_no_next_run() {
        let mut sit = sit(Repeats::Weekly);
        sit.ended_at = Some(NOON);
        assert_eq!(sit.next_run(None, NOON), None);
    }
}

//! Sits: how often they come back, for whom they are, and plans with everything a plan may hold.

use jiff::civil::{date, time};
use sitwith_core::calendar::{CalendarRule, Repeats, RuleException};
use sitwith_core::sit::bell::Bell;
use sitwith_core::sit::breath::Breath;
use sitwith_core::sit::plan::{Keeps, Phase, PhaseCourse, PhaseKind, Plan, RoundPlan};
use sitwith_core::sit::script::Script;
use sitwith_core::sit::templates::plan_templates;
use sitwith_core::sits::{Leader, OpenTo, Sit};
use sitwith_store::{Broken, Tx, sits};
use sitwith_testkit::existing;
use sitwith_testkit::people::ana;

use super::{NOW, ago, people, sit};

/// The sits of the home, the first of them the one that guests come to.
pub(super) fn all() -> Vec<Sit> {
    let weekly = Sit {
        id: sit(1),
        title: "Tuesdays \u{2013} 'quoted', 100 %".to_owned(),
        words: "Two\nlines, and a \\.".to_owned(),
        rule: CalendarRule {
            zone: "America/Toronto".to_owned(),
            day: date(2026, 10, 20),
            wall_time: time(19, 30, 0, 0),
            repeats: Repeats::Weekly,
            ends_on: Some(date(2027, 3, 30)),
            exceptions: vec![
                RuleException { day: date(2026, 11, 24), moved_to: None },
                RuleException {
                    day: date(2026, 12, 1),
                    moved_to: Some(date(2026, 12, 2).at(20, 15, 30, 0)),
                },
            ],
        },
        open_to: OpenTo::Link,
        is_shown: true,
        is_led: true,
        begins_itself: false,
        link: existing::COME_LINK.to_owned(),
        plan: everything(),
        guide: ana().id,
        guide_name: ana().name,
        made_at: ago(60),
        changed_at: ago(9),
        sequence: 2,
        ended_at: None,
        co_guides: vec![Leader { id: people::noor().id, name: people::noor().name }],
        stand_in: None,
        cohort: None,
    };
    let often = Sit {
        id: sit(2),
        title: "Just sit".to_owned(),
        words: String::new(),
        rule: rule(Repeats::EveryMinutes { every_mins: 20 }),
        open_to: OpenTo::Home,
        is_shown: false,
        is_led: false,
        begins_itself: true,
        link: "often".to_owned(),
        plan: ready("short"),
        sequence: 0,
        ..weekly.clone()
    };
    let once = Sit {
        id: sit(3),
        title: "Once".to_owned(),
        rule: rule(Repeats::Once),
        is_shown: false,
        begins_itself: true,
        link: "once".to_owned(),
        plan: Plan { sealed: true, ..ready("council") },
        guide: people::uma().id,
        ..weekly.clone()
    };
    vec![weekly, often, once]
}

fn rule(repeats: Repeats) -> CalendarRule {
    CalendarRule {
        zone: "Europe/Berlin".to_owned(),
        day: date(2026, 11, 2),
        wall_time: time(7, 0, 15, 0),
        repeats,
        ends_on: None,
        exceptions: Vec::new(),
    }
}

/// Writes the sits down; the last one has ended.
pub(super) async fn sits(tx: &mut Tx) -> Result<(), Broken> {
    for sit in all() {
        sits::insert_sit(tx, &sit).await?;
    }
    let once = all().remove(2);
    sits::update_sit(tx, &Sit { sequence: 3, ended_at: Some(NOW), ..once }).await
}

fn ready(name: &str) -> Plan {
    let found = plan_templates().into_iter().find(|(known, ..)| *known == name);
    found.expect("there is such a plan").2
}

/// A plan with every kind of phase, every bell and everything a phase may have.
fn everything() -> Plan {
    let words = "In the morning, in the evening.\n'Quoted', 100 %.";
    let script = "Sit as you like.\n[pause 20]\nFeel your feet \u{1f33f}.\n";
    let mut phases: Vec<_> = PhaseKind::ALL.map(|kind| Phase::new(kind, 300)).to_vec();
    for phase in &mut phases {
        match &mut phase.course {
            PhaseCourse::Arrive => *phase = phase.clone().with_text("Coming in", words),
            PhaseCourse::Welcome => phase.opens_with = Some(Bell::Soft),
            PhaseCourse::Practice { script: own } => *own = Script::parse(script).ok(),
            PhaseCourse::Silence { every_s } => {
                *every_s = Some(120);
                (phase.opens_with, phase.closes_with) = (Some(Bell::Middle), Some(Bell::Large));
            }
            PhaseCourse::Breathe { breath: own } => *own = breath(),
            PhaseCourse::Round(round) => *round = written(),
            _ => phase.closes_with = Some(Bell::Large),
        }
    }
    for format in ["written", "council", "fire-of-our-own"] {
        let round = RoundPlan { format: Some(format.into()), ..RoundPlan::default() };
        phases.insert(6, Phase::from_course(PhaseCourse::Round(round), 600));
    }
    let plan = Plan::new(phases);
    plan.check().expect("it can be sat");
    plan
}

const fn breath() -> Breath {
    Breath { in_ms: 4_000, hold_ms: 2_000, out_ms: 6_000, rest_ms: 1_000 }
}

fn written() -> RoundPlan {
    RoundPlan {
        prompt: Some("What was kind to you?".to_owned()),
        help: "It may be very small.".to_owned(),
        reads_first: true,
        keeps: Keeps::Quilt,
        ..RoundPlan::default()
    }
}

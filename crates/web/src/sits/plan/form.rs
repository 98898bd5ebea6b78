//! The editor's form exactly as typed: valid or not, it is shown again.

use std::collections::BTreeMap;

use jiff::ToSpan;
use sitwith_core::calendar::{Repeats, day_of, zone_of};
use sitwith_core::id::SitId;
use sitwith_core::sit::bell::Bell;
use sitwith_core::sit::breath::Breath;
use sitwith_core::sit::plan::{PHASES_MAX, Phase, PhaseKind, Plan};
use sitwith_core::sits::{OpenTo, Sit};
use sitwith_core::time::Instant;

/// A form's fields in the order in which the browser sends them.
pub(super) type FormPairs = Vec<(String, String)>;

/// Default time of day of a new sit.
const USUAL_TIME: &str = "19:30";
/// Default interval of a sit that repeats often, in minutes.
const USUAL_EVERY: &str = "5";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PlanForm {
    /// The id a new sit will have, so that submitting twice makes one sit.
    pub(super) id: String,
    pub(super) title: String,
    pub(super) words: String,
    pub(super) day: String,
    pub(super) time: String,
    pub(super) zone: String,
    pub(super) repeats: String,
    pub(super) every: String,
    pub(super) last: String,
    pub(super) open: String,
    pub(super) is_shown: bool,
    pub(super) is_led: bool,
    pub(super) begins_itself: bool,
    pub(super) is_sealed: bool,
    pub(super) phases: Vec<PhaseForm>,
    /// The phase that was removed last, to be put back.
    pub(super) removed: Option<PhaseForm>,
    /// Kind of the phase to add.
    pub(super) add: String,
    /// The button that gets the focus: the one that was pressed.
    pub(super) focus: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PhaseForm {
    pub(super) kind: String,
    pub(super) title: String,
    pub(super) words: String,
    pub(super) mins: String,
    pub(super) opens: String,
    pub(super) closes: String,
    pub(super) every: String,
    /// Seconds to breathe in, hold, breathe out, rest.
    pub(super) breath: [String; 4],
    pub(super) script: String,
    pub(super) library: String,
    pub(super) prompt: String,
    pub(super) help: String,
    /// Name of the format; empty for a written round.
    pub(super) format: String,
    /// [`CHECKED`] when the guide reads the answers first.
    pub(super) reads: String,
    pub(super) keeps: String,
    pub(super) is_unfolded: bool,
}

/// Value of a checked checkbox.
pub(super) const CHECKED: &str = "yes";
/// Names of the breath's fields, after the phase's prefix.
pub(super) const BREATH_FIELDS: [&str; 4] = ["in", "hold", "out", "rest"];
/// Prefix of the removed phase's fields.
pub(super) const REMOVED_PREFIX: &str = "gone";

/// Returns the button that was pressed; Enter in a field presses `look`.
pub(super) fn pressed_button(pairs: &FormPairs) -> &str {
    pairs.iter().find(|(name, _)| name == "do").map_or("look", |(_, value)| value.as_str())
}

impl PlanForm {
    /// Reads a submitted form. Unknown fields are ignored.
    pub(super) fn from_pairs(pairs: &FormPairs) -> Self {
        let mut typed = Self::default();
        let mut phases: BTreeMap<usize, PhaseForm> = BTreeMap::new();
        let mut gone = PhaseForm::default();
        for (name, value) in pairs {
            // Browsers send line ends as CR LF.
            let value = value.replace("\r\n", "\n");
            match name.split_once('-') {
                Some((REMOVED_PREFIX, field)) => gone.set_field(field, value),
                Some((prefix, field)) => {
                    let place = prefix.strip_prefix('p').and_then(|place| place.parse().ok());
                    if let Some(place) = place.filter(|place| *place <= PHASES_MAX) {
                        phases.entry(place).or_default().set_field(field, value);
                    }
                }
                None => typed.set_field(name, value),
            }
        }
        typed.phases = phases.into_values().filter(PhaseForm::is_known).collect();
        typed.removed = Some(gone).filter(PhaseForm::is_known);
        typed
    }

    /// Returns the form of an existing sit.
    pub(super) fn from_sit(sit: &Sit) -> Self {
        let rule = &sit.rule;
        let every = match rule.repeats {
            Repeats::EveryMinutes { every_mins } => every_mins.to_string(),
            Repeats::Once | Repeats::Weekly => USUAL_EVERY.to_owned(),
        };
        Self {
            title: sit.title.clone(),
            words: sit.words.clone(),
            day: rule.day.to_string(),
            time: format_time(rule.wall_time),
            zone: rule.zone.clone(),
            repeats: rule.repeats.word().to_owned(),
            every,
            last: rule.ends_on.map(|day| day.to_string()).unwrap_or_default(),
            open: sit.open_to.word().to_owned(),
            is_shown: sit.is_shown,
            is_led: sit.is_led,
            begins_itself: sit.begins_itself,
            is_sealed: sit.plan.sealed,
            phases: sit.plan.phases.iter().map(PhaseForm::from_phase).collect(),
            add: PhaseKind::USUAL.row().word.to_owned(),
            ..Self::default()
        }
    }

    /// Returns the form of a new sit: weekly, from tomorrow evening, for members, led by its guide.
    pub(super) fn new_sit(
        id: SitId,
        title: String,
        plan: &Plan,
        (zone, now): (&str, Instant),
    ) -> Self {
        let today = day_of(&zone_of(zone), now);
        let tomorrow = today.checked_add(1.day()).unwrap_or(today);
        Self {
            id: id.to_string(),
            title,
            day: tomorrow.to_string(),
            time: USUAL_TIME.to_owned(),
            zone: zone.to_owned(),
            repeats: Repeats::Weekly.word().to_owned(),
            every: USUAL_EVERY.to_owned(),
            open: OpenTo::Home.word().to_owned(),
            is_led: true,
            is_sealed: plan.sealed,
            phases: plan.phases.iter().map(PhaseForm::from_phase).collect(),
            add: PhaseKind::USUAL.row().word.to_owned(),
            ..Self::default()
        }
    }

    fn set_field(&mut self, name: &str, value: String) {
        match name {
            "id" => self.id = value,
            "title" => self.title = value,
            "words" => self.words = value,
            "day" => self.day = value,
            "time" => self.time = value,
            "zone" => self.zone = value,
            "repeats" => self.repeats = value,
            "every" => self.every = value,
            "last" => self.last = value,
            "open" => self.open = value,
            "shown" => self.is_shown = value == "yes",
            "led" => self.is_led = value == "yes",
            "begins" => self.begins_itself = value == "yes",
            "sealed" => self.is_sealed = value == "yes",
            "add" => self.add = value,
            _ => {}
        }
    }
}

impl PhaseForm {
    pub(super) fn from_phase(phase: &Phase) -> Self {
        let bell = |bell: Option<Bell>| bell.map_or("", Bell::word).to_owned();
        let breath = phase.breath().unwrap_or_default();
        let round = phase.round_plan().cloned().unwrap_or_default();
        Self {
            kind: phase.kind().row().word.to_owned(),
            title: phase.title.clone(),
            words: phase.words.clone(),
            mins: format_length(phase.length_s),
            opens: bell(phase.opens_with),
            closes: bell(phase.closes_with),
            every: phase.interval_bell_s().map(format_length).unwrap_or_default(),
            breath: format_breath(breath),
            script: phase.script().map(ToString::to_string).unwrap_or_default(),
            prompt: round.prompt.unwrap_or_default(),
            help: round.help,
            format: round.format.map(String::from).unwrap_or_default(),
            reads: if round.reads_first { CHECKED } else { "" }.to_owned(),
            keeps: round.keeps.word().to_owned(),
            ..Self::default()
        }
    }

    /// Returns a new phase of this kind with its defaults.
    pub(super) fn of_kind(kind: PhaseKind) -> Self {
        let (row, bell) = (kind.row(), kind.row().usual_bell);
        let phase = Phase::new(kind, row.usual_length_s).with_bells(bell, bell);
        let mut phase = Self::from_phase(&phase);
        phase.is_unfolded = true;
        phase
    }

    /// Returns its kind; [`PhaseKind::USUAL`] if the word is unknown.
    pub(super) fn kind(&self) -> PhaseKind {
        PhaseKind::from_word(&self.kind).unwrap_or(PhaseKind::USUAL)
    }

    fn is_known(&self) -> bool {
        PhaseKind::from_word(&self.kind).is_some()
    }

    fn set_field(&mut self, field: &str, value: String) {
        let breath = BREATH_FIELDS.iter().position(|part| *part == field);
        if let Some(part) = breath.and_then(|place| self.breath.get_mut(place)) {
            *part = value;
            return;
        }
        match field {
            "kind" => self.kind = value,
            "title" => self.title = value,
            "words" => self.words = value,
            "mins" => self.mins = value,
            "opens" => self.opens = value,
            "closes" => self.closes = value,
            "every" => self.every = value,
            "script" => self.script = value,
            "library" => self.library = value,
            "prompt" => self.prompt = value,
            "help" => self.help = value,
            "format" => self.format = value,
            "reads" => self.reads = value,
            "keeps" => self.keeps = value,
            _ => {}
        }
    }

    /// Returns its fields as name (without the prefix) and value.
    pub(super) fn pairs(&self) -> Vec<(&'static str, &str)> {
        let mut pairs = vec![
            ("kind", self.kind.as_str()),
            ("title", &self.title),
            ("words", &self.words),
            ("mins", &self.mins),
            ("opens", &self.opens),
            ("closes", &self.closes),
            ("every", &self.every),
            ("script", &self.script),
            ("prompt", &self.prompt),
            ("help", &self.help),
            ("format", &self.format),
            ("reads", &self.reads),
            ("keeps", &self.keeps),
        ];
        pairs.extend(BREATH_FIELDS.into_iter().zip(self.breath.iter().map(String::as_str)));
        pairs
    }
}

/// Formats seconds as minutes: "5" for five minutes, "3:30" for three and a half.
pub(super) fn format_length(secs: u32) -> String {
    if secs.is_multiple_of(60) {
        (secs / 60).to_string()
    } else {
        format!("{}:{:02}", secs / 60, secs % 60)
    }
}

/// Parses minutes, such as "5", "3:30", "0.5" or "0,5". Returns seconds.
pub(super) fn parse_length_s(text: &str) -> Option<u32> {
    let text = text.trim();
    if let Some((mins, secs)) = text.split_once(':') {
        let (mins, secs) = (mins.parse::<u32>().ok()?, secs.parse::<u32>().ok()?);
        return (secs < 60).then_some(mins.checked_mul(60)?.checked_add(secs)?);
    }
    if let Some((mins, part)) = text.split_once(['.', ',']) {
        let mins = mins.parse::<u32>().ok()?.checked_mul(60)?;
        let tenths = part.get(..1)?.parse::<u32>().ok()?;
        return (part.len() == 1).then_some(mins.checked_add(tenths * 6)?);
    }
    text.parse::<u32>().ok()?.checked_mul(60)
}

/// Formats a time of day; with seconds only if they are not zero.
fn format_time(time: jiff::civil::Time) -> String {
    let form = if time.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
    time.strftime(form).to_string()
}

fn format_breath(breath: Breath) -> [String; 4] {
    breath.lengths_ms().map(|ms| {
        if ms.is_multiple_of(1_000) {
            (ms / 1_000).to_string()
        } else {
            format!("{}.{}", ms / 1_000, ms % 1_000 / 100)
        }
    })
}

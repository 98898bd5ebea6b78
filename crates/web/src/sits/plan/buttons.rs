//! Buttons of the editor, which change the form alone. None of them stores anything.

use sitwith_core::sit::plan::{PHASE_S_MAX, PHASES_MAX, PhaseKind};
use sitwith_core::{prompts, scripts};

use super::form::{PhaseForm, PlanForm, format_length, parse_length_s};

/// Outcome of a pressed button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pressed {
    /// Show the form again.
    ShowAgain,
    /// Save the sit.
    Keep,
}

impl PlanForm {
    /// Performs a button's action: `keep`, `add`, `back`, or one for a phase with its index, such
    /// as `later-2`.
    pub(super) fn press_button(&mut self, button: &str) -> Pressed {
        match button.split_once('-') {
            Some((what, place)) => {
                if let Ok(place) = place.parse() {
                    self.press_phase(what, place);
                }
            }
            None => match button {
                "keep" => return Pressed::Keep,
                "add" => self.add_phase(),
                "back" => self.put_back(),
                _ => {}
            },
        }
        Pressed::ShowAgain
    }

    fn press_phase(&mut self, what: &str, place: usize) {
        let last = self.phases.len().saturating_sub(1);
        let Some(phase) = self.phases.get_mut(place) else {
            return;
        };
        let mut to = place;
        match what {
            "less" => phase.step_length(|secs| secs.saturating_sub(1) / 60 * 60),
            "more" => phase.step_length(|secs| (secs / 60 + 1) * 60),
            "script" => phase.append_script(),
            "prompt" => phase.insert_prompt(),
            "earlier" if place > 0 => {
                to = place - 1;
                self.phases.swap(place, to);
            }
            "later" if place < last => {
                to = place + 1;
                self.phases.swap(place, to);
            }
            "remove" => {
                self.removed = Some(self.phases.remove(place));
                self.focus = Some("back".to_owned());
                return;
            }
            _ => {}
        }
        self.focus = Some(format!("{what}-{to}"));
    }

    fn add_phase(&mut self) {
        if self.phases.len() >= PHASES_MAX {
            return;
        }
        let kind = PhaseKind::from_word(&self.add).unwrap_or(PhaseKind::USUAL);
        // The closing phase stays last: a new phase is inserted before it.
        let closes = self.phases.last().is_some_and(|phase| phase.kind().row().is_closing);
        let place = self.phases.len() - usize::from(closes && !kind.row().is_closing);
        self.phases.insert(place, PhaseForm::of_kind(kind));
        self.focus = Some(format!("earlier-{place}"));
    }

    fn put_back(&mut self) {
        if self.phases.len() < PHASES_MAX
            && let Some(phase) = self.removed.take()
        {
            self.phases.push(phase);
            self.focus = Some(format!("earlier-{}", self.phases.len() - 1));
        }
    }
}

impl PhaseForm {
    fn step_length(&mut self, step: impl FnOnce(u32) -> u32) {
        if let Some(stepped) = parse_length_s(&self.mins).map(step)
            && (1..=PHASE_S_MAX).contains(&stepped)
        {
            self.mins = format_length(stepped);
        }
    }

    /// Inserts a prompt of the library. It replaces a library prompt; words the guide wrote stay,
    /// and the prompt is appended.
    fn insert_prompt(&mut self) {
        self.is_unfolded = true;
        let Some(shipped) = prompts::find_prompt(&self.library) else {
            return;
        };
        let library = prompts::shipped_prompts();
        let is_shipped = |words: &str| {
            let words = words.trim();
            words.is_empty() || library.iter().any(|one| one.asks == words || one.help == words)
        };
        if is_shipped(&self.prompt) {
            self.prompt = shipped.asks;
        } else if !self.prompt.contains(&shipped.asks) {
            self.prompt = format!("{}\n{}", self.prompt.trim_end(), shipped.asks);
        }
        if is_shipped(&self.help) {
            self.help = shipped.help;
        }
    }

    /// Appends a library script to the present one.
    fn append_script(&mut self) {
        self.is_unfolded = true;
        let Some(shipped) = scripts::find_script(&self.library) else {
            return;
        };
        if !self.script.is_empty() && !self.script.ends_with('\n') {
            self.script.push('\n');
        }
        self.script.push_str(shipped.text);
    }
}

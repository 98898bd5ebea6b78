//! The prompts that ship with a home: a plain file in `programs/prompts/`, for a guide to start
//! from. They ask for what was learned, not for what happened.

use serde::Deserialize;

/// Hint about the expected length, shown beside a prompt.
pub const SHARE_LENGTH_HINT: &str = "One to three sentences are plenty.";

const SHIPPED_PROMPTS: &str = include_str!("../../../programs/prompts/prompts.toml");

/// One prompt of the library.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prompt {
    /// Short name, unique in the library.
    pub name: String,
    /// Heading under which it is listed.
    pub group: String,
    /// The question.
    pub asks: String,
    /// Help text under the question.
    pub help: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PromptFile {
    prompt: Vec<Prompt>,
}

/// Returns all shipped prompts, grouped.
///
/// # Panics
/// Never: a test reads the file.
pub fn shipped_prompts() -> Vec<Prompt> {
    let file: PromptFile =
        toml::from_str(SHIPPED_PROMPTS).expect("the shipped prompts are read in a test");
    file.prompt
}

/// Finds a shipped prompt by its short name.
pub fn find_prompt(name: &str) -> Option<Prompt> {
    shipped_prompts().into_iter().find(|prompt| prompt.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::sit::plan::{PROMPT_CHARS_MAX, PROMPT_HELP_CHARS_MAX};

    #[test]
    fn every_shipped_prompt_fits_into_a_plan() {
        let library = shipped_prompts();
        assert!(library.len() >= 24, "{}", library.len());
        let names: BTreeSet<_> = library.iter().map(|prompt| &prompt.name).collect();
        assert_eq!(names.len(), library.len());
        for prompt in &library {
            assert!(prompt.asks.chars().count() <= PROMPT_CHARS_MAX, "{}", prompt.name);
            assert!(prompt.help.chars().count() <= PROMPT_HELP_CHARS_MAX, "{}", prompt.name);
            assert!(!prompt.asks.is_empty() && !prompt.help.is_empty() && !prompt.group.is_empty());
            assert_eq!(find_prompt(&prompt.name).as_ref(), Some(prompt));
        }
    }

    #[test]
    fn groups_stand_together() {
        let mut groups: Vec<_> = shipped_prompts().into_iter().map(|prompt| prompt.group).collect();
        groups.dedup();
        let different: BTreeSet<_> = groups.iter().collect();
        assert_eq!(different.len(), groups.len());
    }

    /// Nobody is asked for what happened to them, and nobody is cheered on.
    #[test]
    fn a_prompt_asks_for_the_learning_and_not_for_the_details() {
        let never = [
            "what happened to you",
            "tell us what happened",
            "describe",
            "in detail",
            "trauma",
            "worst",
            "pain",
            "abuse",
            "death",
            "died",
            "violence",
            "diagnos",
            "symptom",
            "why did you",
            "!",
        ];
        for prompt in shipped_prompts() {
            let text = format!("{} {}", prompt.asks, prompt.help).to_lowercase();
            for word in never {
                assert!(!text.contains(word), "{}: {word}", prompt.name);
            }
        }
    }
}

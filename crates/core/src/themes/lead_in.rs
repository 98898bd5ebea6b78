//! Strips lead-ins such as "I learned that" before a share is embedded.
//!
//! "I learned that I can rest" and "I learned that the harbour was closed" share a beginning and no
//! meaning, yet a sentence embedding would place them close to each other. Only the model reads the
//! stripped text: shares are stored and shown as they were written.

/// Words before the sentence proper.
const LEAD_INS: [&str; 12] = [
    "and", "but", "honestly", "maybe", "ok", "perhaps", "so", "today", "um", "well", "yeah", "yes",
];
const PRONOUNS: [&str; 6] = ["i", "we", "i've", "we've", "i'm", "we're"];
/// Words between the pronoun and the verb.
const AUXILIARIES: [&str; 16] = [
    "again", "also", "am", "are", "did", "do", "finally", "had", "have", "just", "now", "really",
    "still", "then", "was", "were",
];
/// Always part of a lead-in.
const LEARNING_VERBS: [&str; 12] = [
    "discovered",
    "discovering",
    "learned",
    "learning",
    "learnt",
    "realise",
    "realised",
    "realising",
    "realize",
    "realized",
    "realizing",
    "relearned",
];
/// May carry meaning ("I feel tired"), so only stripped before "that" or "how".
const THINKING_VERBS: [&str; 26] = [
    "believe",
    "believed",
    "feel",
    "feeling",
    "felt",
    "figured",
    "find",
    "found",
    "guess",
    "knew",
    "know",
    "notice",
    "noticed",
    "noticing",
    "remember",
    "remembered",
    "saw",
    "see",
    "seeing",
    "sense",
    "sensed",
    "think",
    "thinking",
    "thought",
    "understand",
    "understood",
];
/// A shorter remainder says too little without its lead-in.
const REMAINING_WORDS_MIN: usize = 3;

/// The part of a share that the model embeds.
pub fn strip_lead_in(text: &str) -> &str {
    let text = text.trim();
    let mut rest = Remaining(text);
    while rest.skip_word(&LEAD_INS) {}
    let said = rest.0;
    if !rest.skip_frame() {
        rest = Remaining(said);
    }
    let is_enough = rest.0.split_whitespace().nth(REMAINING_WORDS_MIN - 1).is_some();
    if is_enough { rest.0 } else { text }
}

/// The text not consumed yet.
#[derive(Clone, Copy)]
struct Remaining<'a>(&'a str);

impl Remaining<'_> {
    /// Skips one word if it is listed.
    fn skip_word(&mut self, words: &[&str]) -> bool {
        let end = self.0.find(char::is_whitespace).unwrap_or(self.0.len());
        let (word, rest) = self.0.split_at(end);
        let word = word.trim_end_matches([',', ':', '.', ';']);
        let word = word.to_lowercase().replace('\u{2019}', "'");
        let is_listed = words.contains(&word.as_str());
        if is_listed {
            self.0 = rest.trim_start();
        }
        is_listed
    }

    /// Skips a frame like "I learned that", "It turns out", "How"; returns whether there was one.
    fn skip_frame(&mut self) -> bool {
        if self.skip_word(&["that", "how"]) {
            return true;
        }
        let start = *self;
        self.skip_word(&["it"]);
        if self.skip_word(&["turns", "turned"]) {
            return self.skip_word(&["out"]) && (self.skip_word(&["that"]) || !self.0.is_empty());
        }
        *self = start;
        if self.skip_word(&PRONOUNS) {
            while self.skip_word(&AUXILIARIES) {}
        }
        if self.skip_word(&LEARNING_VERBS) {
            while self.skip_word(&["again", "today"]) {}
            self.skip_word(&["that", "how"]);
            return true;
        }
        if self.skip_word(&THINKING_VERBS) {
            self.skip_word(&["out"]);
            return self.skip_word(&["that", "how"]);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::strip_lead_in;

    #[test]
    fn what_only_says_that_something_was_learned_is_left_out() {
        for (text, said) in [
            ("I learned that we can rest now", "we can rest now"),
            ("I\u{2019}ve finally learned how to ask", "to ask"),
            ("  Well, I realised the sea is loud. ", "the sea is loud."),
            ("It turns out nobody minds much", "nobody minds much"),
            ("I found out that bees dance at noon", "bees dance at noon"),
            ("That the trains are late", "the trains are late"),
            ("And noticing how tired I was", "tired I was"),
        ] {
            let kept = if said.split(' ').count() < 3 { text } else { said };
            assert_eq!(strip_lead_in(text), kept, "{text}");
        }
    }

    #[test]
    fn words_with_a_meaning_of_their_own_stay() {
        for text in [
            "I feel tired and alone",
            "I found a new home",
            "I learned that I matter",
            "I see my sister every week",
            "it turns me upside down",
            "learned",
            "that",
            "",
            "\u{1f33f}",
        ] {
            assert_eq!(strip_lead_in(text), text);
        }
    }
}

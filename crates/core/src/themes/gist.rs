//! What an answer says, without the words that only say that it was learned, noticed or felt.
//!
//! "I learned that I can rest" and "I learned that the harbour was closed" begin alike and say
//! nothing alike, and a model that reads whole sentences takes the beginning for meaning. So the
//! model is given the gist. Nobody else ever is: answers are kept and shown as they were written.

/// Words somebody may begin with before saying anything.
const OPENERS: [&str; 12] = [
    "and", "but", "honestly", "maybe", "ok", "perhaps", "so", "today", "um", "well", "yeah", "yes",
];
const WHO: [&str; 6] = ["i", "we", "i've", "we've", "i'm", "we're"];
/// Words between who and what they did.
const BETWEEN: [&str; 16] = [
    "again", "also", "am", "are", "did", "do", "finally", "had", "have", "just", "now", "really",
    "still", "then", "was", "were",
];
/// What follows these is what was learned.
const LEARNED: [&str; 12] = [
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
/// These may carry meaning of their own ("I feel tired"), unless "that" or "how" follows.
const THOUGHT: [&str; 26] = [
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
/// So many words at least have to be left: a shorter rest says too little without its beginning.
const REST_MIN: usize = 3;

/// The part of an answer the model is to read.
pub fn gist(text: &str) -> &str {
    let text = text.trim();
    let mut rest = Rest(text);
    while rest.skip(&OPENERS) {}
    let said = rest.0;
    if !rest.skip_frame() {
        rest = Rest(said);
    }
    let is_enough = rest.0.split_whitespace().nth(REST_MIN - 1).is_some();
    if is_enough { rest.0 } else { text }
}

/// What has not been read yet.
#[derive(Clone, Copy)]
struct Rest<'a>(&'a str);

impl Rest<'_> {
    /// Skips one word, if it is one of these.
    fn skip(&mut self, words: &[&str]) -> bool {
        let end = self.0.find(char::is_whitespace).unwrap_or(self.0.len());
        let (word, rest) = self.0.split_at(end);
        let word = word.trim_end_matches([',', ':', '.', ';']);
        let word = word.to_lowercase().replace('\u{2019}', "'");
        let is_one = words.contains(&word.as_str());
        if is_one {
            self.0 = rest.trim_start();
        }
        is_one
    }

    /// Skips "I learned that", "It turns out", "How"; says whether there was anything like it.
    fn skip_frame(&mut self) -> bool {
        if self.skip(&["that", "how"]) {
            return true;
        }
        let start = *self;
        self.skip(&["it"]);
        if self.skip(&["turns", "turned"]) {
            return self.skip(&["out"]) && (self.skip(&["that"]) || !self.0.is_empty());
        }
        *self = start;
        if self.skip(&WHO) {
            while self.skip(&BETWEEN) {}
        }
        if self.skip(&LEARNED) {
            while self.skip(&["again", "today"]) {}
            self.skip(&["that", "how"]);
            return true;
        }
        if self.skip(&THOUGHT) {
            self.skip(&["out"]);
            return self.skip(&["that", "how"]);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::gist;

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
            assert_eq!(gist(text), kept, "{text}");
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
            assert_eq!(gist(text), text);
        }
    }
}

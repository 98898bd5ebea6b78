//! What keeps people safe in each other's words: names of those present and ways to reach
//! somebody, offered to be covered before others see them.

/// The words with names and contact details covered; none when there is nothing to cover.
pub fn mask(words: &str, names: &[&str]) -> Option<String> {
    let _ = (words, names);
    None
}

//! Display names: any name that others can read beside a seat.

use crate::member::NAME_CHARS_MAX;

/// Reason a name is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameNo {
    /// It has no visible character.
    Nothing,
    /// It is longer than the limit.
    TooLong,
}

/// Normalises a person's name: removes control characters and collapses white space. Limited to
/// [`NAME_CHARS_MAX`] characters.
pub fn parse_name(typed: &str) -> Result<String, NameNo> {
    parse_name_within(typed, NAME_CHARS_MAX)
}

/// Normalises any name, limited to `most` characters.
pub fn parse_name_within(typed: &str, most: usize) -> Result<String, NameNo> {
    let words: Vec<String> = typed
        .split_whitespace()
        .map(|word| word.chars().filter(|sign| is_allowed_in_name(*sign)).collect())
        .filter(|word: &String| word.chars().any(is_visible_char))
        .collect();
    let name = words.join(" ");
    if name.is_empty() {
        Err(NameNo::Nothing)
    } else if name.chars().count() > most {
        Err(NameNo::TooLong)
    } else {
        Ok(name)
    }
}

/// Refuses control characters and those that change the direction of writing, which would garble
/// the text beside the name. Joiners are kept for the scripts and emoji that need them.
fn is_allowed_in_name(sign: char) -> bool {
    !sign.is_control()
        && !matches!(sign,
            '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// Returns true if the character is visible by itself. Joiners, fillers and selectors only change
/// others.
pub(crate) fn is_visible_char(sign: char) -> bool {
    !matches!(sign,
        '\u{00AD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200C}' | '\u{200D}' | '\u{2800}' | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_will_do_if_it_can_be_read() {
        assert_eq!(parse_name("  Ana   Maria "), Ok("Ana Maria".to_owned()));
        assert_eq!(parse_name("\u{5b89}\u{5a1c}"), Ok("\u{5b89}\u{5a1c}".to_owned()));
        assert_eq!(parse_name("A"), Ok("A".to_owned()));
        assert_eq!(parse_name(" \u{200B}\t"), Err(NameNo::Nothing));
        assert_eq!(
            parse_name(&"a".repeat(NAME_CHARS_MAX)).map(|name| name.len()),
            Ok(NAME_CHARS_MAX)
        );
        assert_eq!(parse_name(&"a".repeat(NAME_CHARS_MAX + 1)), Err(NameNo::TooLong));
    }

    #[test]
    fn a_name_has_something_to_see() {
        for nothing in ["\u{200D}", "\u{3164}", "\u{2800} \u{AD}", "\u{FE0F}", "\u{E0020}"] {
            assert_eq!(parse_name(nothing), Err(NameNo::Nothing), "{nothing:?}");
        }
        let family = "\u{1F469}\u{200D}\u{1F467}";
        assert_eq!(parse_name(family), Ok(family.to_owned()));
    }

    #[test]
    fn a_name_cannot_turn_what_stands_beside_it() {
        assert_eq!(parse_name("Ana\u{202E}neb"), Ok("Ananeb".to_owned()));
    }
}

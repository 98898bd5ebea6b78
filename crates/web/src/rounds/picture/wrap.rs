//! Line breaking for the drawing: SVG text does not wrap.

/// Character widths of Vollkorn in em, rounded up, so that nothing exceeds its patch.
const NARROW: f32 = 0.33;
const USUAL: f32 = 0.54;
const LARGE: f32 = 0.74;
const WIDEST: f32 = 1.05;

/// Returns the approximate width of a character, in em.
fn em_width(sign: char) -> f32 {
    match sign {
        'i' | 'j' | 'l' | 't' | 'f' | 'I' | '.' | ',' | ';' | ':' | '!' | '|' | '\'' | '’'
        | ' ' | '(' | ')' | '“' | '”' | '-' | 'r' => NARROW,
        'm' | 'w' | 'M' | 'W' | '—' | '…' | '%' | '&' => 0.9,
        'A'..='Z' => LARGE,
        // Combining marks and zero-width characters.
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0.0,
        '\u{0}'..='\u{24f}' | '\u{370}'..='\u{52f}' => USUAL,
        '\u{590}'..='\u{8ff}' => 0.6,
        _ => WIDEST,
    }
}

/// Breaks a text into lines of at most `em`, between words if possible.
pub(super) fn wrap_lines(text: &str, em: f32) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        let mut wide = 0.0;
        for word in paragraph.split_whitespace() {
            let length: f32 = word.chars().map(em_width).sum();
            if !line.is_empty() && wide + NARROW + length > em {
                lines.push(std::mem::take(&mut line));
                wide = 0.0;
            }
            if !line.is_empty() {
                line.push(' ');
                wide += NARROW;
            }
            for sign in word.chars() {
                // A word longer than a line is broken anywhere.
                if wide + em_width(sign) > em && !line.is_empty() && length > em {
                    lines.push(std::mem::take(&mut line));
                    wide = 0.0;
                }
                line.push(sign);
                wide += em_width(sign);
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
    }
    lines
}

/// Returns true if the line's first letter belongs to a right-to-left script.
pub(super) fn is_right_to_left(line: &str) -> bool {
    let letter = line.chars().find(|sign| sign.is_alphabetic());
    letter.is_some_and(|sign| {
        matches!(sign, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line_width(line: &str) -> f32 {
        line.chars().map(em_width).sum()
    }

    #[test]
    fn no_line_is_wider_than_its_patch_and_no_sign_is_lost() {
        let texts = [
            "I learned that it is all right to rest.",
            "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenaufbewahrungsort",
            "one\ntwo three 🌱🌱🌱🌱🌱🌱🌱🌱🌱🌱🌱🌱🌱🌱🌱 four",
        ];
        for text in texts {
            let lines = wrap_lines(text, 9.0);
            assert!(lines.iter().all(|line| line_width(line) <= 9.0), "{lines:?}");
            let bare = |text: &str| text.split_whitespace().collect::<String>();
            assert_eq!(bare(&lines.concat()), bare(text));
        }
    }

    #[test]
    fn a_line_s_first_letter_says_where_it_begins() {
        assert!(is_right_to_left("אני לא לבד"));
        assert!(is_right_to_left("“تعلمت”"));
        assert!(!is_right_to_left("I rest"));
        assert!(!is_right_to_left("🌱"));
    }
}

//! Which texts are read, on sentences of many languages.
//!
//! `fixtures/tongues.txt` is what the thresholds were chosen on. `tongues-held.txt` was written
//! afterwards and changed one of them: texts of three and four words are refused less readily.

use super::{Read, Tongue};
use crate::pack::Pack;
use crate::pieces::{Pieces, WordPieces};

static PACK: &[u8] = include_bytes!("../../model/minilm.pack");

fn pieces() -> WordPieces {
    let pack = Pack::built(PACK).unwrap();
    WordPieces::new(pack.text("vocabulary").unwrap()).unwrap()
}

fn english() -> Tongue {
    Tongue::new(&["eng".to_owned()])
}

fn none() -> Pieces {
    Pieces { numbers: Vec::new(), words: 0 }
}

/// How many of another language were found, of how many; how many English ones were refused.
fn judged(lines: &str) -> (usize, usize, Vec<&str>) {
    let (tongue, pieces) = (english(), pieces());
    let (mut found, mut others, mut refused) = (0, 0, Vec::new());
    for line in lines.lines() {
        let (code, text) = line.split_once('\t').unwrap();
        let is_other = tongue.of(text, &pieces.of(text, 256).unwrap()) == Some(Read::OtherTongue);
        if code != "eng" {
            others += 1;
            found += usize::from(is_other);
            if !is_other {
                println!("not found: {line}");
            }
        } else if is_other {
            refused.push(text);
        }
    }
    println!("{found} of {others}, refused {refused:?}");
    (found, others, refused)
}

#[test]
fn another_language_is_said_to_be_one_and_english_is_read() {
    let (found, others, refused) = judged(include_str!("../../fixtures/tongues.txt"));
    assert!(found * 100 >= others * 93, "{found} of {others}");
    assert!(refused.is_empty(), "{refused:?}");
}

#[test]
fn so_it_is_with_sentences_nobody_looked_at_before() {
    let (found, others, refused) = judged(include_str!("../../fixtures/tongues-held.txt"));
    assert!(found * 100 >= others * 75, "{found} of {others}");
    assert!(refused.len() <= 1, "{refused:?}");
}

#[test]
fn what_has_no_word_to_go_by_is_too_short() {
    let (tongue, pieces) = (english(), pieces());
    let short = [
        "",
        " ",
        "me too",
        "Me too.",
        "pass",
        "same",
        "yes",
        "I’m ok",
        "🙏",
        "❤️❤️",
        "...",
        "42",
        "I don't know",
        "idk lol",
        "\u{200b}",
        "No.",
        "agreed!",
        "thank you",
    ];
    for text in short {
        let read = tongue.of(text, &pieces.of(text, 256).unwrap());
        assert_eq!(read, Some(Read::TooShort), "{text:?}");
    }
    for text in
        ["Rest", "I am enough", "nothing", "me too, my father died", "breathe", "more sleep"]
    {
        assert_eq!(tongue.of(text, &pieces.of(text, 256).unwrap()), None, "{text:?}");
    }
}

#[test]
fn the_pack_says_which_languages_are_read() {
    let both = Tongue::new(&["eng".to_owned(), "rus".to_owned(), "deu".to_owned()]);
    let other = Some(Read::OtherTongue);
    assert_eq!(both.of("Сегодня я поняла, что могу отдыхать", &none()), None);
    assert_eq!(both.of("Ich habe gemerkt, wie müde mich die Woche gemacht hat", &none()), None);
    assert_eq!(both.of("I learned that I matter", &none()), None);
    assert_eq!(both.of("今天我学会了好好休息", &none()), other);
    assert_eq!(both.of("Nie wiem, co powiedzieć, bo boję się tej ciszy", &none()), other);
}

//! Tests of masking: what is masked, what is not, and that nothing else changes.

use super::*;
use proptest::prelude::*;

const HERE: [&str; 9] = [
    "Ana Maria",
    "Jörg",
    "Hope",
    "will",
    "O\u{2019}Neill",
    "安娜",
    "Наташа",
    "सीता",
    "tired of it all",
];

fn covered(words: &str) -> String {
    mask_words(words, &HERE).unwrap_or_else(|| "nothing".to_owned())
}

#[test]
fn names_of_those_present_are_covered() {
    assert_eq!(covered("I felt that Ana saw me."), "I felt that someone saw me.");
    assert_eq!(covered("ANA MARIA and jörg"), "someone and someone");
    assert_eq!(covered("Maria's voice, Jörg’s hand"), "someone's voice, someone’s hand");
    assert_eq!(covered("I called O'Neill"), "I called someone");
    assert_eq!(covered("我和安娜一起坐"), "我和someone一起坐");
    assert_eq!(covered("Спасибо, наташа."), "Спасибо, someone.");
    assert_eq!(covered("सीता ने सुना"), "someone ने सुना");
    assert_eq!(mask_words("(Ana)", &["ana"]).as_deref(), Some("(someone)"));
}

#[test]
fn a_name_is_known_with_its_accents_and_without() {
    let names = ["José Núñez", "Zoe", "Leïla", "Алёна", "Jörg"];
    let covered = |words: &str| mask_words(words, &names).unwrap_or_else(|| "nothing".to_owned());
    assert_eq!(covered("Jose nunez was kind"), "someone was kind");
    assert_eq!(covered("thank you Zoë, LEILA"), "thank you someone, someone");
    assert_eq!(covered("Алена, спасибо"), "someone, спасибо");
    // As some keyboards write it: the accent is a sign of its own, and goes with its letter.
    assert_eq!(covered("Jose\u{301} and Jo\u{308}rg"), "someone and someone");
    assert_eq!(covered("jos\u{e9}phine"), "nothing");
    assert_eq!(mask_words("혼자", &["호"]), None);
}

#[test]
fn a_name_inside_a_word_is_no_name() {
    for words in ["banana", "Anabel came", "analysis", "सीताफल", "Annas", "Natasha"] {
        assert_eq!(covered(words), "nothing", "{words}");
    }
    assert_eq!(mask_words("I don't mind", &["Don"]), None);
    assert_eq!(mask_words("Don'll come", &["Don"]).as_deref(), Some("someone'll come"));
}

#[test]
fn a_name_that_is_a_word_is_told_by_its_capital() {
    for words in [
        "I hope it will get easier",
        "HOPE WILL COME",
        "Hope is what I have left.",
        "I sat.\nWill I ever rest",
        "It may be a rose, and joy",
    ] {
        let names = ["Hope", "Will", "May", "Rose", "Joy"];
        assert_eq!(mask_words(words, &names), None, "{words}");
    }
    assert_eq!(covered("When Hope spoke I cried"), "When someone spoke I cried");
    assert_eq!(covered("Thank you Will"), "Thank you someone");
    assert_eq!(covered("Will held the door."), "someone held the door.");
}

#[test]
fn whoever_is_called_by_a_sentence_is_not_looked_for_in_sentences() {
    assert_eq!(covered("I am so tired of it all"), "nothing");
    let names = ["I", "me", "someone", "a", "The Quiet One"];
    assert_eq!(
        mask_words("I told someone about me, the quiet one", &names).as_deref(),
        Some("I told someone about me, someone")
    );
    assert_eq!(mask_words("I told someone about me", &names), None);
}

#[test]
fn small_words_in_a_name_are_no_names() {
    let names = ["Ana de la Cruz", "Dr. Al Meyer", "lea maria"];
    let covered = |words: &str| mask_words(words, &names);
    assert_eq!(covered("de la vie, al sol, the dr. came"), None);
    assert_eq!(covered("Al and MEYER").as_deref(), Some("someone and someone"));
    assert_eq!(covered("Ana de la Cruz sat").as_deref(), Some("someone sat"));
    assert_eq!(covered("Lea, maria").as_deref(), Some("someone, someone"));
}

#[test]
fn ways_to_reach_somebody_are_covered() {
    assert_eq!(covered("write to (me.too+1@post.example.org)."), "write to ([a mail address]).");
    assert_eq!(covered("I am @quiet_one, come"), "I am someone, come");
    assert_eq!(covered("@quiet@home.example too"), "someone too");
    assert_eq!(covered("see https://home.example/a?b=c#d, or"), "see [a web address], or");
    assert_eq!(covered("at WWW.home.example/x."), "at [a web address].");
    assert_eq!(covered("my page is sit.with.org/ana"), "my page is [a web address]");
    for number in [
        "+41 44 668 18 00",
        "(044) 668-1800",
        "06.12.34.56.78",
        "0612345678",
        "+1 (555) 010-9999",
        "٠٤٤٦٦٨١٨٠٠",
        "555 010 9999",
    ] {
        let words = format!("Call {number}, please");
        assert_eq!(covered(&words), "Call [a number], please", "{number}");
    }
}

#[test]
fn other_numbers_and_dots_are_left() {
    for words in [
        "It was 2019, 2020 and 2021",
        "from 2019-2021",
        "on 21.11.2026",
        "on 2026-11-21",
        "on 3/4/2026",
        "988 or 116 123 or 112",
        "I was 17. 23 years on",
        "1 2 3 4 5 6 7 8 breaths",
        "I came home.It rained",
        "and so on...",
        "50/50",
        "5.5 of 10",
        "a@b",
        "@ me",
        "e.g. this",
        "http://",
        "10,000,000 stars",
        "8h@work",
    ] {
        assert_eq!(covered(words), "nothing", "{words}");
    }
}

/// Texts made of difficult pieces: names, boundaries, addresses, digits, marks, any character.
fn troubled() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "Ana",
            "ana maria",
            "Hope",
            "hope",
            "Will",
            "安娜",
            "सीता",
            "O'Neill",
            "'s",
            "\u{2019}",
            "@",
            ".",
            "..",
            " ",
            "\n",
            "-",
            "+",
            "/",
            "(",
            ")",
            "www.",
            "http://",
            "a.org",
            "x@y.zz",
            "1",
            "22",
            "333",
            "2020",
            "0612345678",
            "someone",
            "[a number]",
            "\u{301}",
            "Jo\u{308}rg",
            "Jorg",
            "\u{200D}",
            "İ",
            "ς",
            "ẞ",
            "\u{1F469}\u{200D}\u{1F467}",
            "is",
            "I",
            "\"",
            ":",
            "_",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Returns true if `masked` is `words` with only covers added: the words kept are in order, and
/// each cover replaces one contiguous piece.
fn is_otherwise_untouched(words: &str, masked: &str) -> bool {
    let covers = [NAME_COVER, MAIL_ADDRESS_COVER, WEB_ADDRESS_COVER, PHONE_NUMBER_COVER];
    let mut pieces = vec![masked];
    for cover in covers {
        pieces = pieces.iter().flat_map(|piece| piece.split(cover)).collect();
    }
    let mut rest = words;
    let last = pieces.len() - 1;
    for (place, piece) in pieces.iter().enumerate() {
        let found = match place {
            0 => rest.starts_with(piece).then_some(0),
            _ if place == last => rest.ends_with(piece).then(|| rest.len() - piece.len()),
            _ => rest.find(piece),
        };
        let Some(at) = found else {
            return false;
        };
        rest = &rest[at + piece.len()..];
    }
    last > 0 || rest.is_empty()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_was_masked_once_is_masked(words in troubled()) {
        if let Some(masked) = mask_words(&words, &HERE) {
            prop_assert_ne!(&masked, &words);
            prop_assert_eq!(mask_words(&masked, &HERE), None, "{}", masked);
        }
    }

    #[test]
    fn nothing_else_is_changed(words in troubled()) {
        if let Some(masked) = mask_words(&words, &HERE) {
            prop_assert!(is_otherwise_untouched(&words, &masked), "{}", masked);
        }
    }

    #[test]
    fn no_name_and_no_words_make_it_stumble(
        words in any::<String>(),
        names in prop::collection::vec(any::<String>(), 0..6),
    ) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        if let Some(masked) = mask_words(&words, &names) {
            prop_assert!(is_otherwise_untouched(&words, &masked), "{}", masked);
        }
    }

    #[test]
    fn where_nobody_is_named_nothing_is_found(words in "[a-zA-Z ,?\n]{0,200}") {
        prop_assert_eq!(mask_words(&words, &[]), None, "contact details need signs of their own");
    }
}

//! A curious sitter and a curious guide read every frame of the line and every page of a round
//! they can open, while twelve people come, leave, answer, pass and take back. Nothing they get
//! links an unsigned answer to a person; and somebody who has neither answered nor passed gets no
//! answer at all.
//!
//! * here: what the two hold of it, and how well they guess;
//! * `attack/world.rs`: the evening they watch; `attack/tells.rs`: what would tell.

mod tells;
mod world;

use self::tells::{Got, Secrets, tells};
use self::world::{Evening, PEOPLE, evening};

/// How many evenings are watched.
const EVENINGS: u64 = 8;
/// The least answers that are shown together: one in four of the people, and never fewer than
/// three.
const TOGETHER: f64 = 4.0;

/// How many guesses are right when the n-th of the answers is said to be by the n-th of the
/// people. Both are people by their numbers; who did not answer is left out.
fn right(answers: &[usize], people: &[usize]) -> usize {
    let people = people.iter().filter(|who| answers.contains(who));
    let pairs = answers.iter().zip(people);
    pairs.filter(|(answer, who)| answer == who).count()
}

/// How many right guesses out of so many are too many, when each is right once in `one_in`: four
/// times the standard deviation above what is to be expected.
fn too_many(guesses: usize, one_in: f64) -> usize {
    let guesses = f64::from(u32::try_from(guesses).unwrap());
    let share = 1.0 / one_in;
    let bound = guesses * share + 4.0 * (guesses * share * (1.0 - share)).sqrt();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few hundred at most"
    )]
    let bound = bound.ceil() as usize;
    bound
}

/// A way of guessing: the answers in some order the two have seen, beside the people in an order
/// they know.
type Way = fn(&Evening) -> (Vec<usize>, Vec<usize>);

/// How often a way of guessing was right, over all evenings, and in how many guesses.
fn score(evenings: &[Evening], way: Way) -> (usize, usize) {
    let outcomes = evenings.iter().map(|evening| {
        let (answers, people) = way(evening);
        (right(&answers, &people), answers.len())
    });
    outcomes.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1))
}

/// Guesses by what can be seen of a page, beside every order of people that a sitter knows.
const BY_ORDER: [(&str, Way); 6] = [
    ("the list beside who came when", |evening| (evening.listed.clone(), evening.came.clone())),
    ("the list beside who left when", |evening| (evening.listed.clone(), evening.left_first())),
    ("the list beside the names", |evening| (evening.listed.clone(), (0..PEOPLE).collect())),
    ("the quilt beside who came when", |evening| (evening.quilted.clone(), evening.came.clone())),
    ("the guide's table beside who came when", |evening| {
        (evening.on_table.clone(), evening.came.clone())
    }),
    ("what came first beside who came first", |evening| {
        (evening.seen_first.clone(), evening.came.clone())
    }),
];

#[tokio::test]
async fn no_page_and_no_frame_tells_whose_an_unsigned_answer_is() {
    let mut evenings = Vec::new();
    for seed in 0..EVENINGS {
        let evening = evening(seed).await;
        assert!(evening.told.is_empty(), "{:#?}", evening.told);
        evenings.push(evening);
    }
    for (name, way) in BY_ORDER {
        let (hits, guesses) = score(&evenings, way);
        // Ten of the twelve have words in the end.
        let bound = too_many(guesses, 10.0);
        println!("{name}: {hits} of {guesses} right, {bound} would be too many");
        assert!(guesses >= 60 && hits <= bound, "{name}: {hits} of {guesses}");
        // An order that told would be noticed.
        let told = score(&evenings, |evening| (evening.answered(), evening.answered()));
        assert!(told.0 > bound);
    }
    // Somebody who knew from elsewhere in which order everybody answered learns no more than that
    // an answer is by one of those who were shown together with it.
    let (hits, guesses) =
        score(&evenings, |evening| (evening.seen_first.clone(), evening.answered()));
    let bound = too_many(guesses, TOGETHER);
    println!("knowing who answered when: {hits} of {guesses} right, {bound} would be too many");
    assert!(hits <= bound, "{hits} of {guesses}");
}

#[test]
fn a_page_that_told_would_be_noticed() {
    let secrets = Secrets {
        ids: vec!["01GVESTGVESTGVESTGVESTGVES".to_owned()],
        names: vec!["Gil the ninth".to_owned()],
        hands: vec![vec![0xab; 32]],
        words: vec!["rest is what I found".to_owned()],
    };
    let page = |body: &str| Got {
        what: "/rounds/1/part".to_owned(),
        headers: vec![("cache-control".to_owned(), "no-store".to_owned())],
        body: body.to_owned(),
        has_acted: true,
    };
    assert_eq!(tells(&page("<p>rest is what I found</p>"), &secrets), [""; 0]);
    let hand = "ab".repeat(32);
    for body in [
        "<p data-by='01GVESTGVESTGVESTGVESTGVES'>",
        "<p>rest is what I found <i>Gil the ninth</i>",
        &format!("<p id='{hand}'>"),
        "<p id='q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s'>",
        "<time datetime='1794961890123'>",
        "<p data-at=\"2026-11-17T19:31\">",
    ] {
        assert_eq!(tells(&page(body), &secrets).len(), 1, "{body}");
    }
    for header in ["etag", "last-modified"] {
        let mut tagged = page("");
        tagged.headers.push((header.to_owned(), "x".to_owned()));
        assert_eq!(tells(&tagged, &secrets).len(), 1, "{header}");
    }
    let mut cached = page("");
    cached.headers.clear();
    assert_eq!(tells(&cached, &secrets).len(), 1);
    let early = Got { has_acted: false, ..page("<li>rest is what I found</li>") };
    assert_eq!(tells(&early, &secrets).len(), 1);
    let frame =
        |body: &str| Got { what: tells::FRAME.to_owned(), headers: Vec::new(), ..page(body) };
    let told = r#"{"k":"round","id":"1","step":"posed","v":1,"offered":3,"in":500}"#;
    assert_eq!(tells(&frame(told), &secrets), [""; 0]);
    for leaky in [
        r#"{"k":"round","id":"1","step":"posed","v":1,"offered":4,"in":500}"#,
        r#"{"k":"round","id":"1","step":"posed","v":1,"offered":3,"in":500,"by":7}"#,
        r#"{"k":"share","seat":7}"#,
        r#"{"k":"sorry","why":"rest is what I found"}"#,
    ] {
        assert!(!tells(&frame(leaky), &secrets).is_empty(), "{leaky}");
    }
}

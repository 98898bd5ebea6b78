//! The handle, with the built-in model, without one, and with invalid files.

use std::future::poll_fn;
use std::path::{Path, PathBuf};
use std::task::Poll;

use sitwith_core::themes::Vector;
use sitwith_insight::{EmbedNo, Embedding, Insight, WAITING_MAX};

fn ours() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("model/minilm.pack")
}

/// A temporary file, removed on drop.
struct TempFile(PathBuf);

impl TempFile {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let name = format!("sitwith-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, bytes).expect("a file can be written");
        Self(path)
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).ok();
    }
}

async fn vector(insight: &Insight, text: &str) -> Vector {
    match insight.embed(text).await {
        Ok(Embedding::Vector(vector)) => vector,
        other => panic!("{text:?} is read as {other:?}"),
    }
}

fn cosine(one: &Vector, other: &Vector) -> f32 {
    let pairs = one.components().iter().zip(other.components());
    pairs.map(|(one, other)| one * other).sum()
}

#[tokio::test]
async fn texts_of_one_meaning_point_one_way() {
    let insight = Insight::from_file(&ours()).unwrap();
    assert!(insight.is_available());
    assert_eq!(insight.header().unwrap().name, "all-MiniLM-L6-v2");
    let own = vector(&insight, "I learned that I matter").await;
    let near = vector(&insight, "I found out that I am important too").await;
    let far = vector(&insight, "The tomatoes are late this year").await;
    assert_eq!(own.components().len(), 384);
    assert!(cosine(&own, &near) > cosine(&own, &far) + 0.2);
    let language = insight.embed("Ich habe gemerkt, wie müde mich die Woche gemacht hat");
    assert_eq!(language.await, Ok(Embedding::OtherLanguage));
    assert_eq!(insight.embed("me too").await, Ok(Embedding::TooShort));
}

#[cfg(feature = "model")]
#[tokio::test]
async fn the_model_inside_is_the_one_in_the_file() {
    let (inside, file) = (Insight::embedded(), Insight::from_file(&ours()).unwrap());
    let text = "saying no for the first time";
    assert_eq!(vector(&inside, text).await, vector(&file, text).await);
}

#[tokio::test]
async fn a_home_without_a_model_is_told_so() {
    let none = Insight::none();
    assert!(!none.is_available());
    assert!(none.header().is_none());
    assert_eq!(none.embed("anything").await, Err(EmbedNo::Absent));
}

#[tokio::test]
async fn a_test_says_what_is_read() {
    let told = Insight::from_fn(|text| {
        if text.len() > 3 { Embedding::OtherLanguage } else { Embedding::TooShort }
    });
    assert!(told.is_available());
    assert_eq!(told.embed("long").await, Ok(Embedding::OtherLanguage));
    assert_eq!(told.embed("no").await, Ok(Embedding::TooShort));
}

#[test]
fn a_file_that_is_no_model_is_refused_at_once() {
    let file =
        TempFile::new("foreign", b"this is no model, and it is long enough to look like one");
    assert!(Insight::from_file(&file.0).is_err());
    assert!(Insight::from_file(Path::new("there is no such file")).is_err());
}

#[tokio::test]
async fn a_damaged_model_breaks_with_the_first_text_and_stays_broken() {
    let mut bytes = std::fs::read(ours()).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let file = TempFile::new("damaged", &bytes);
    let insight = Insight::from_file(&file.0).unwrap();
    assert!(insight.is_available(), "nobody has looked at all of it yet");
    assert_eq!(insight.embed("a first text").await, Err(EmbedNo::Broken));
    assert!(!insight.is_available());
    assert_eq!(insight.embed("a second text").await, Err(EmbedNo::Broken));
}

#[tokio::test]
async fn a_full_queue_says_that_it_is_busy_and_empties_again() {
    let insight = Insight::from_file(&ours()).unwrap();
    let texts = (0..WAITING_MAX * 2).map(|_| Box::pin(insight.embed("a text")));
    let mut asked: Vec<_> = texts.collect();
    let mut busy = 0;
    for asked in &mut asked {
        // The model is still loading: only refusals are answered.
        let said = poll_fn(|context| Poll::Ready(asked.as_mut().poll(context))).await;
        busy += usize::from(said == Poll::Ready(Err(EmbedNo::Busy)));
    }
    assert!(busy > 0, "the queue has an end");
    // Texts whose requester has gone are not embedded.
    drop(asked);
    while insight.embed("the last text").await == Err(EmbedNo::Busy) {
        tokio::task::yield_now().await;
    }
    vector(&insight, "and one more").await;
}

#[tokio::test]
async fn words_are_not_in_what_debug_prints() {
    let insight = Insight::from_file(&ours()).unwrap();
    assert_eq!(format!("{insight:?}"), "Insight(Some(\"all-MiniLM-L6-v2\"))");
    assert_eq!(format!("{:?}", Insight::none()), "Insight(None)");
}

//! Our embeddings beside the reference implementation's, on 1,000 texts (`fixtures/make.py`).

use std::sync::Arc;

use sitwith_core::themes::Vector;

use crate::embedder::run_single_threaded;
use crate::model::Model;
use crate::pack::{Pack, as_usize};

static FIXTURE: &[u8] = include_bytes!("../../../fixtures/agreement.bin");
static PACK: &[u8] = include_bytes!("../../../model/minilm.pack");

struct ReferenceText {
    text: String,
    tokens: Vec<u32>,
    vector: Vector,
}

struct FixtureReader(&'static [u8]);

impl FixtureReader {
    fn take(&mut self, length: usize) -> &'static [u8] {
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }

    fn number(&mut self) -> usize {
        as_usize(u32::from_le_bytes(self.take(4).try_into().unwrap()))
    }

    fn reference_text(&mut self, numbers: usize) -> ReferenceText {
        let length = self.number();
        let text = String::from_utf8(self.take(length).to_vec()).unwrap();
        let length = self.number();
        let (tokens, _) = self.take(length * 2).as_chunks::<2>();
        let tokens = tokens.iter().map(|two| u16::from_le_bytes(*two).into()).collect();
        let scale = f32::from_le_bytes(self.take(4).try_into().unwrap());
        let numbers = self.take(numbers).iter().map(|byte| f32::from(byte.cast_signed()) * scale);
        ReferenceText { text, tokens, vector: Vector::new(&numbers.collect::<Vec<_>>()).unwrap() }
    }
}

fn read_fixture() -> Vec<ReferenceText> {
    let mut input = FixtureReader(FIXTURE);
    let (texts, numbers) = (input.number(), input.number());
    let reference = (0..texts).map(|_| input.reference_text(numbers)).collect();
    assert!(input.0.is_empty());
    reference
}

fn load_model() -> Model {
    Model::new(Arc::new(Pack::from_static(PACK).unwrap())).unwrap()
}

fn cosine_similarity(one: &Vector, other: &Vector) -> f32 {
    one.components().iter().zip(other.components()).map(|(one, other)| one * other).sum()
}

#[test]
fn texts_fall_into_the_same_pieces_as_with_the_reference() {
    let model = load_model();
    for reference in read_fixture() {
        assert_eq!(
            model.tokenize(&reference.text).unwrap().ids,
            reference.tokens,
            "{:?}",
            reference.text
        );
    }
}

/// For every other text from `half` on: the share with a cosine of at least 0.999, and the worst
/// cosine.
fn compare_half(half: usize) -> (f32, f32) {
    run_single_threaded(|| {
        let model = load_model();
        let reference: Vec<_> = read_fixture().into_iter().skip(half).step_by(2).collect();
        let cosines: Vec<_> = reference
            .iter()
            .map(|reference| {
                cosine_similarity(
                    &model.embed_unchecked(&reference.text).unwrap(),
                    &reference.vector,
                )
            })
            .collect();
        let agree = cosines.iter().filter(|cosine| **cosine >= 0.999).count();
        let worst = cosines.iter().copied().fold(1.0, f32::min);
        println!("{agree} of {}, worst {worst}", reference.len());
        let share = f32::from(u16::try_from(agree).unwrap())
            / f32::from(u16::try_from(reference.len()).unwrap());
        (share, worst)
    })
}

#[test]
fn vectors_agree_with_the_reference() {
    let (share, worst) = compare_half(0);
    assert!(share >= 0.99 && worst > 0.99, "{share} {worst}");
}

#[test]
fn vectors_agree_with_the_reference_in_the_other_half() {
    let (share, worst) = compare_half(1);
    assert!(share >= 0.99 && worst > 0.99, "{share} {worst}");
}

#[test]
fn one_text_has_one_vector() {
    run_single_threaded(|| {
        let model = load_model();
        let text = "I learned that I matter";
        assert_eq!(model.embed_unchecked(text).unwrap(), model.embed_unchecked(text).unwrap());
        let spaced = model.embed_unchecked(" I  LEARNED that\nI matter ").unwrap();
        assert_eq!(model.embed_unchecked(text).unwrap(), spaced);
    });
}

//! Our vectors beside those of the reference, on 1,000 texts. `fixtures/make.py` made them.

use std::sync::Arc;

use sitwith_core::themes::Vector;

use super::Model;
use crate::pack::{Pack, wide};
use crate::thread::alone;

static FIXTURE: &[u8] = include_bytes!("../../fixtures/agreement.bin");
static PACK: &[u8] = include_bytes!("../../model/minilm.pack");

/// What the reference said of one text.
struct Said {
    text: String,
    tokens: Vec<u32>,
    vector: Vector,
}

/// Takes from the front of the fixture.
struct Taker(&'static [u8]);

impl Taker {
    fn take(&mut self, length: usize) -> &'static [u8] {
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }

    fn number(&mut self) -> usize {
        wide(u32::from_le_bytes(self.take(4).try_into().unwrap()))
    }

    fn said(&mut self, numbers: usize) -> Said {
        let length = self.number();
        let text = String::from_utf8(self.take(length).to_vec()).unwrap();
        let length = self.number();
        let (tokens, _) = self.take(length * 2).as_chunks::<2>();
        let tokens = tokens.iter().map(|two| u16::from_le_bytes(*two).into()).collect();
        let scale = f32::from_le_bytes(self.take(4).try_into().unwrap());
        let numbers = self.take(numbers).iter().map(|byte| f32::from(byte.cast_signed()) * scale);
        Said { text, tokens, vector: Vector::new(&numbers.collect::<Vec<_>>()).unwrap() }
    }
}

fn fixture() -> Vec<Said> {
    let mut taker = Taker(FIXTURE);
    let (texts, numbers) = (taker.number(), taker.number());
    let said = (0..texts).map(|_| taker.said(numbers)).collect();
    assert!(taker.0.is_empty());
    said
}

fn model() -> Model {
    Model::new(Arc::new(Pack::built(PACK).unwrap())).unwrap()
}

fn cosine(one: &Vector, other: &Vector) -> f32 {
    one.numbers().iter().zip(other.numbers()).map(|(one, other)| one * other).sum()
}

#[test]
fn texts_fall_into_the_same_pieces_as_with_the_reference() {
    let model = model();
    for said in fixture() {
        assert_eq!(model.pieces(&said.text).unwrap().numbers, said.tokens, "{:?}", said.text);
    }
}

/// The share of a half of the texts whose vectors agree, and the worst cosine.
fn agree(half: usize) -> (f32, f32) {
    alone(|| {
        let model = model();
        let said: Vec<_> = fixture().into_iter().skip(half).step_by(2).collect();
        let cosines: Vec<_> = said
            .iter()
            .map(|said| cosine(&model.vector(&said.text).unwrap(), &said.vector))
            .collect();
        let agree = cosines.iter().filter(|cosine| **cosine >= 0.999).count();
        let worst = cosines.iter().copied().fold(1.0, f32::min);
        println!("{agree} of {}, worst {worst}", said.len());
        let share = f32::from(u16::try_from(agree).unwrap())
            / f32::from(u16::try_from(said.len()).unwrap());
        (share, worst)
    })
}

#[test]
fn vectors_agree_with_the_reference() {
    let (share, worst) = agree(0);
    assert!(share >= 0.99 && worst > 0.99, "{share} {worst}");
}

#[test]
fn vectors_agree_with_the_reference_in_the_other_half() {
    let (share, worst) = agree(1);
    assert!(share >= 0.99 && worst > 0.99, "{share} {worst}");
}

#[test]
fn one_text_has_one_vector() {
    alone(|| {
        let model = model();
        let text = "I learned that I matter";
        assert_eq!(model.vector(text).unwrap(), model.vector(text).unwrap());
        let spaced = model.vector(" I  LEARNED that\nI matter ").unwrap();
        assert_eq!(model.vector(text).unwrap(), spaced);
    });
}

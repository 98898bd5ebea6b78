//! Well-formed packs with nonsensical content are refused or run, and nothing panics.

use std::sync::Arc;

use crate::embedder::run_single_threaded;
use crate::model::Model;
use crate::pack::{ModelHeader, ModelKind, Pack, PackNo, PackedPart, write_pack};

const VOCABULARY: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\nrest\n##ing\nmore";
const TEXT: &str = "more resting, more rest";
const WIDTH: u32 = 8;

/// A minimal model.
fn sample_header() -> ModelHeader {
    ModelHeader {
        kind: ModelKind::Bert,
        name: "tiny".to_owned(),
        origin: "a test".to_owned(),
        licence: "CC0-1.0".to_owned(),
        notice: String::new(),
        languages: vec!["eng".to_owned()],
        dimensions: WIDTH,
        tokens: 6,
        layers: 1,
        heads: 2,
        parts: Vec::new(),
    }
}

fn vocabulary_part(text: &str) -> PackedPart {
    PackedPart::bytes("vocabulary", &[u32::try_from(text.len()).unwrap()], text.as_bytes())
}

fn matrix_part(name: &str, rows: u32, width: u32) -> PackedPart {
    let numbers =
        (0..rows * width).map(|number| f32::from(u16::try_from(number % 7).unwrap()) - 3.1);
    PackedPart::rows(&format!("{name}.weight"), [rows, width], &numbers.collect::<Vec<_>>())
}

fn vector_part(name: &str, width: u32) -> PackedPart {
    let numbers = (0..width).map(|number| f32::from(u16::try_from(number).unwrap()) - 2.0);
    PackedPart::whole(name, &[width], &numbers.collect::<Vec<_>>())
}

fn model_parts(text: &str) -> Vec<PackedPart> {
    let mut parts = vec![
        vocabulary_part(text),
        matrix_part("embeddings.word_embeddings", 7, WIDTH),
        matrix_part("embeddings.position_embeddings", 6, WIDTH),
        vector_part("embeddings.token_type_embeddings.weight", WIDTH),
    ];
    let norm =
        |name: &str| ["weight", "bias"].map(|end| vector_part(&format!("{name}.{end}"), WIDTH));
    let map = |name: &str, from, to| {
        [matrix_part(name, to, from), vector_part(&format!("{name}.bias"), to)]
    };
    parts.extend(norm("embeddings.LayerNorm"));
    for what in ["self.query", "self.key", "self.value", "output.dense"] {
        parts.extend(map(&format!("encoder.layer.0.attention.{what}"), WIDTH, WIDTH));
    }
    parts.extend(norm("encoder.layer.0.attention.output.LayerNorm"));
    parts.extend(map("encoder.layer.0.intermediate.dense", WIDTH, 16));
    parts.extend(map("encoder.layer.0.output.dense", 16, WIDTH));
    parts.extend(norm("encoder.layer.0.output.LayerNorm"));
    parts
}

fn load_model(header: &ModelHeader, parts: Vec<PackedPart>) -> Result<Model, PackNo> {
    Model::new(Arc::new(Pack::from_bytes(write_pack(header, parts)?)?))
}

#[test]
fn a_tiny_model_reads() {
    let model = load_model(&sample_header(), model_parts(VOCABULARY)).unwrap();
    assert_eq!(model.tokenize(TEXT).unwrap().ids, [2, 6, 4, 5, 1, 3]);
    assert!(model.embed(TEXT).is_ok());
}

#[test]
fn a_model_whose_parts_do_not_fit_is_refused() {
    let with = |change: fn(&mut ModelHeader)| {
        let mut header = sample_header();
        change(&mut header);
        load_model(&header, model_parts(VOCABULARY)).err().expect("it is refused")
    };
    assert!(matches!(with(|header| header.heads = 3), PackNo::Unfit(_)));
    assert!(matches!(with(|header| header.layers = 2), PackNo::Part(_)));
    assert!(matches!(with(|header| header.dimensions = 16), PackNo::Part(_)));
    assert!(matches!(with(|header| header.tokens = 7), PackNo::Part(_)));
    assert!(matches!(with(|header| header.kind = ModelKind::Grams), PackNo::Part(_)));
}

#[test]
fn a_vocabulary_that_is_none_is_refused() {
    for text in ["a\nb", "\u{0}", "[CLS]\n[SEP]\n[UNK]", &format!("{VOCABULARY}\none\nmore")] {
        assert!(load_model(&sample_header(), model_parts(text)).is_err(), "{text:?}");
    }
}

#[test]
fn a_part_left_out_is_missed() {
    for left in 0..model_parts(VOCABULARY).len() {
        let mut parts = model_parts(VOCABULARY);
        parts.remove(left);
        assert!(load_model(&sample_header(), parts).is_err(), "{left}");
    }
}

/// Random changes with a corrected checksum, as an attacker would make them.
#[test]
fn changed_bytes_are_refused_or_read_and_break_nothing() {
    use sha2::Digest as _;
    let whole = write_pack(&sample_header(), model_parts(VOCABULARY)).unwrap();
    let reference = whole.len() - 32;
    let (mut die, mut read, mut refused) = (7_747_u64, 0, 0);
    let mut throw = |below: usize| {
        // Knuth, The Art of Computer Programming 2, 3.3.4: a linear congruential generator.
        die = die.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(die >> 33).unwrap() % below
    };
    run_single_threaded(|| {
        for _ in 0..1_500 {
            let mut changed = whole[..reference].to_vec();
            for _ in 0..=throw(3) {
                // Half of the changes hit the header, half the vocabulary and weights.
                let at = if throw(2) == 0 { throw(reference) } else { 16 + throw(2_000) };
                changed[at] = u8::try_from(throw(256)).unwrap();
            }
            let sum = sha2::Sha256::digest(&changed);
            changed.extend(sum);
            match Pack::from_bytes(changed).and_then(|pack| Model::new(Arc::new(pack))) {
                Ok(model) => {
                    // Any result will do.
                    let _answer = model.embed(TEXT);
                    read += 1;
                }
                Err(_refused) => refused += 1,
            }
        }
    });
    println!("{read} read, {refused} refused");
    assert!(read > 100 && refused > 100, "{read} {refused}");
}

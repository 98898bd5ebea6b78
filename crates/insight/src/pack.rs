//! Model packs: one file with description, vocabulary and weights.
//!
//! The format is documented in `docs/manual/model.md`. Files in the home's folder are untrusted
//! input: every length is checked before use, and incomplete packs are refused.

mod header;
mod write;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use sha2::{Digest as _, Sha256};

pub use header::{Encoding, ModelHeader, ModelKind, PackPart};
pub use write::{PackedPart, write_pack};

pub const MAGIC: [u8; 8] = *b"SWMODEL\n";
pub const VERSION: u32 = 1;
/// In bytes.
pub const PACK_BYTES_MAX: usize = 128 << 20;
/// In bytes.
pub const HEADER_BYTES_MAX: usize = 64 << 10;
/// Components that share one scale in `q8` encoding.
pub const BLOCK: usize = 64;
/// Magic, version and header length, in bytes.
const HEAD: usize = 16;
/// Length of the SHA-256 at the end.
const SUM: usize = 32;

#[derive(Debug, thiserror::Error)]
pub enum PackNo {
    #[error("it cannot be read")]
    Unread(#[from] std::io::Error),
    /// The magic is missing.
    #[error("it is no model pack")]
    Foreign,
    #[error("it is of version {0}, and {VERSION} is read here")]
    Version(u32),
    /// A length is above its limit.
    #[error("{0} is too long")]
    TooLong(&'static str),
    /// The file is truncated or has trailing bytes.
    #[error("its length is not what its header says")]
    Length,
    #[error("its header cannot be understood: {0}")]
    Header(String),
    #[error("its sum is wrong: it was damaged or changed")]
    Sum,
    /// A part that the model needs is missing or of another shape.
    #[error("its part {0} is missing or of another shape")]
    Part(String),
    /// The parts do not make a model.
    #[error("it cannot be used: {0}")]
    Unfit(&'static str),
}

enum PackBytes {
    Static(&'static [u8]),
    Owned(Vec<u8>),
}

impl PackBytes {
    fn all(&self) -> &[u8] {
        match self {
            Self::Static(bytes) => bytes,
            Self::Owned(bytes) => bytes,
        }
    }
}

/// A validated pack.
pub struct Pack {
    header: ModelHeader,
    bytes: PackBytes,
    /// Offset of each part.
    begins: BTreeMap<String, usize>,
}

impl Pack {
    /// The built-in pack. Its checksum is verified by a test, not at run time.
    pub fn from_static(bytes: &'static [u8]) -> Result<Self, PackNo> {
        Self::open(PackBytes::Static(bytes))
    }

    /// Parses and validates these bytes.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, PackNo> {
        Self::open(PackBytes::Owned(bytes))
    }

    /// Reads and validates this file.
    pub fn from_file(path: &Path) -> Result<Self, PackNo> {
        let file = File::open(path)?;
        let long = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
        if long > PACK_BYTES_MAX {
            return Err(PackNo::TooLong("the pack"));
        }
        let mut bytes = Vec::with_capacity(long);
        // A file that grows meanwhile does not match its header and is refused.
        let limit = u64::try_from(PACK_BYTES_MAX).unwrap_or(u64::MAX);
        file.take(limit).read_to_end(&mut bytes)?;
        Self::from_bytes(bytes)
    }

    fn open(bytes: PackBytes) -> Result<Self, PackNo> {
        let all = bytes.all();
        if all.len() > PACK_BYTES_MAX {
            return Err(PackNo::TooLong("the pack"));
        }
        let (header, mut at) = split_header(all)?;
        let mut begins = BTreeMap::new();
        for part in &header.parts {
            let known = begins.insert(part.name.clone(), at);
            let next = part.bytes().and_then(|bytes| at.checked_add(bytes));
            at = next.ok_or(PackNo::Length)?;
            if known.is_some() {
                return Err(PackNo::Header(format!("{} is there twice", part.name)));
            }
        }
        let (said, sum) = all.split_at_checked(at).ok_or(PackNo::Length)?;
        if sum.len() != SUM {
            return Err(PackNo::Length);
        }
        let is_ours = matches!(bytes, PackBytes::Static(_));
        if !is_ours && Sha256::digest(said).as_slice() != sum {
            return Err(PackNo::Sum);
        }
        Ok(Self { header, bytes, begins })
    }

    pub const fn header(&self) -> &ModelHeader {
        &self.header
    }

    /// The bytes of a part with this encoding and shape.
    fn part_bytes(&self, name: &str, form: Encoding, shape: &[usize]) -> Result<&[u8], PackNo> {
        let no = || PackNo::Part(name.to_owned());
        let part = self.header.parts.iter().find(|part| part.name == name);
        let part = part.filter(|part| part.form == form && part.is_of(shape));
        let bytes = part.and_then(PackPart::bytes).ok_or_else(no)?;
        let begin = *self.begins.get(name).ok_or_else(no)?;
        let end = begin.checked_add(bytes).ok_or_else(no)?;
        self.bytes.all().get(begin..end).ok_or_else(no)
    }

    pub(crate) fn shape_of(&self, name: &str) -> Result<&[u32], PackNo> {
        let part = self.header.parts.iter().find(|part| part.name == name);
        part.map(|part| part.shape.as_slice()).ok_or_else(|| PackNo::Part(name.to_owned()))
    }

    /// An uninterpreted vector of bytes.
    pub(crate) fn read_bytes(&self, name: &str) -> Result<&[u8], PackNo> {
        match *self.shape_of(name)? {
            [length] => self.part_bytes(name, Encoding::Bytes, &[as_usize(length)]),
            _ => Err(PackNo::Part(name.to_owned())),
        }
    }

    /// An uninterpreted matrix of bytes.
    pub(crate) fn byte_rows(&self, name: &str, rows: usize, width: usize) -> Result<&[u8], PackNo> {
        self.part_bytes(name, Encoding::Bytes, &[rows, width])
    }

    pub(crate) fn read_text(&self, name: &str) -> Result<&str, PackNo> {
        std::str::from_utf8(self.read_bytes(name)?)
            .map_err(|_not_text| PackNo::Unfit("its vocabulary is no text"))
    }

    /// An `f32` tensor.
    pub(crate) fn read_f32(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, PackNo> {
        let (numbers, _none) = self.part_bytes(name, Encoding::F32, shape)?.as_chunks::<4>();
        let numbers: Vec<_> = numbers.iter().map(|four| f32::from_le_bytes(*four)).collect();
        check_finite(&numbers).map(|()| numbers)
    }

    /// A `q8` matrix.
    pub(crate) fn quantized_rows(
        &self,
        name: &str,
        rows: usize,
        width: usize,
    ) -> Result<QuantizedRows<'_>, PackNo> {
        let bytes = self.part_bytes(name, Encoding::Q8, &[rows, width])?;
        let blocks = width.div_ceil(BLOCK);
        let (scales, weights) = bytes.split_at_checked(rows * blocks * 2).ok_or(PackNo::Length)?;
        let (scales, _none) = scales.as_chunks::<2>();
        Ok(QuantizedRows { width, blocks, scales, weights })
    }
}

/// A `q8` matrix: each row in blocks of [`BLOCK`] components that share a scale.
pub(crate) struct QuantizedRows<'a> {
    width: usize,
    blocks: usize,
    scales: &'a [[u8; 2]],
    weights: &'a [u8],
}

impl QuantizedRows<'_> {
    /// One dequantised row, or `None` beyond the end.
    pub(crate) fn dequantize_row(&self, number: usize) -> Option<impl Iterator<Item = f32>> {
        let scales = self.scales.get(number * self.blocks..)?;
        let numbers = self.weights.get(number * self.width..)?;
        let numbers = numbers.get(..self.width)?.chunks(BLOCK);
        Some(numbers.zip(scales).flat_map(|(block, scale)| {
            let scale = scale_from(*scale);
            block.iter().map(move |byte| f32::from(byte.cast_signed()) * scale)
        }))
    }

    /// All rows, dequantised.
    pub(crate) fn dequantize_all(&self) -> Result<Vec<f32>, PackNo> {
        let rows = self.weights.len() / self.width.max(1);
        let all: Vec<_> = (0..rows).filter_map(|row| self.dequantize_row(row)).flatten().collect();
        check_finite(&all).map(|()| all)
    }
}

/// A scale is stored as bfloat16, the upper half of an `f32`.
fn scale_from(bytes: [u8; 2]) -> f32 {
    f32::from_bits(u32::from(u16::from_le_bytes(bytes)) << 16)
}

/// A non-finite weight would make every embedding non-finite.
fn check_finite(weights: &[f32]) -> Result<(), PackNo> {
    if weights.iter().all(|number| number.is_finite()) {
        return Ok(());
    }
    Err(PackNo::Unfit("some of its numbers are none"))
}

/// The header and the offset of the first part.
fn split_header(bytes: &[u8]) -> Result<(ModelHeader, usize), PackNo> {
    let (head, rest) = bytes.split_first_chunk::<HEAD>().ok_or(PackNo::Foreign)?;
    let [magic @ .., v0, v1, v2, v3, l0, l1, l2, l3] = *head;
    if magic != MAGIC {
        return Err(PackNo::Foreign);
    }
    let version = u32::from_le_bytes([v0, v1, v2, v3]);
    if version != VERSION {
        return Err(PackNo::Version(version));
    }
    let length = as_usize(u32::from_le_bytes([l0, l1, l2, l3]));
    if length > HEADER_BYTES_MAX {
        return Err(PackNo::TooLong("its header"));
    }
    let header = rest.get(..length).ok_or(PackNo::Length)?;
    Ok((ModelHeader::parse(header)?, HEAD + length))
}

/// Reads only the header of this file.
pub fn read_header(path: &Path) -> Result<ModelHeader, PackNo> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(HEAD + HEADER_BYTES_MAX).unwrap_or(u64::MAX);
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    parse_header(&bytes)
}

/// Parses only the header.
pub fn parse_header(bytes: &[u8]) -> Result<ModelHeader, PackNo> {
    split_header(bytes).map(|(header, _)| header)
}

/// SHA-256 in hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    encode_hex(&Sha256::digest(bytes))
}

pub fn encode_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn as_usize(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;

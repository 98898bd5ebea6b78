//! A model in one file: what it is called and may be used for, its vocabulary, its numbers.
//!
//! The format is our own, written down in `docs/manual/model.md`. Whoever puts a file into the
//! home's folder is not trusted to have written it well: every length is checked before it is
//! used, and a pack that is not whole is refused.

mod header;
mod write;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use sha2::{Digest as _, Sha256};

pub use header::{Form, Header, Kind, Part};
pub use write::{Sewn, write};

/// How every pack begins.
pub const MAGIC: [u8; 8] = *b"SWMODEL\n";
/// The version of the format that is read and written.
pub const VERSION: u32 = 1;
/// A pack is at most so long.
pub const PACK_MAX: usize = 128 << 20;
/// Its header is at most so long.
pub const HEADER_MAX: usize = 64 << 10;
/// Numbers of one byte share a scale in blocks of so many.
pub const BLOCK: usize = 64;
/// Magic, version and the header's length.
const HEAD: usize = 16;
/// SHA-256 of all that stands before it closes the file.
const SUM: usize = 32;

/// Why bytes are no pack that can be used.
#[derive(Debug, thiserror::Error)]
pub enum PackNo {
    /// It could not be read.
    #[error("it cannot be read")]
    Unread(#[from] std::io::Error),
    /// It does not begin as a pack does.
    #[error("it is no model pack")]
    Foreign,
    /// It was written for another version of the format.
    #[error("it is of version {0}, and {VERSION} is read here")]
    Version(u32),
    /// Something in it is longer than it may be.
    #[error("{0} is too long")]
    TooLong(&'static str),
    /// The file ends early, or goes on after its end.
    #[error("its length is not what its header says")]
    Length,
    /// The header cannot be understood.
    #[error("its header cannot be understood: {0}")]
    Header(String),
    /// The bytes are not those that were written.
    #[error("its sum is wrong: it was damaged or changed")]
    Sum,
    /// A part that the model needs is not there or of another shape.
    #[error("its part {0} is missing or of another shape")]
    Part(String),
    /// The parts are there and do not make a model.
    #[error("it cannot be used: {0}")]
    Unfit(&'static str),
}

/// The bytes of a pack, in the program or in memory.
enum Bytes {
    Built(&'static [u8]),
    Taken(Vec<u8>),
}

impl Bytes {
    fn all(&self) -> &[u8] {
        match self {
            Self::Built(bytes) => bytes,
            Self::Taken(bytes) => bytes,
        }
    }
}

/// A pack that was found whole.
pub struct Pack {
    header: Header,
    bytes: Bytes,
    /// Where each part begins.
    begins: BTreeMap<String, usize>,
}

impl Pack {
    /// The pack that was built into the program. Its sum is not looked at again: it is as whole as
    /// the program, and a test holds it.
    pub fn built(bytes: &'static [u8]) -> Result<Self, PackNo> {
        Self::open(Bytes::Built(bytes))
    }

    /// The pack these bytes are.
    pub fn of_bytes(bytes: Vec<u8>) -> Result<Self, PackNo> {
        Self::open(Bytes::Taken(bytes))
    }

    /// The pack in this file.
    pub fn of_file(path: &Path) -> Result<Self, PackNo> {
        let file = File::open(path)?;
        let long = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
        if long > PACK_MAX {
            return Err(PackNo::TooLong("the pack"));
        }
        let mut bytes = Vec::with_capacity(long);
        // A file that grows meanwhile has another length than its header says, and is refused.
        let limit = u64::try_from(PACK_MAX).unwrap_or(u64::MAX);
        file.take(limit).read_to_end(&mut bytes)?;
        Self::of_bytes(bytes)
    }

    fn open(bytes: Bytes) -> Result<Self, PackNo> {
        let all = bytes.all();
        if all.len() > PACK_MAX {
            return Err(PackNo::TooLong("the pack"));
        }
        let (header, mut at) = header_of(all)?;
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
        let is_ours = matches!(bytes, Bytes::Built(_));
        if !is_ours && Sha256::digest(said).as_slice() != sum {
            return Err(PackNo::Sum);
        }
        Ok(Self { header, bytes, begins })
    }

    /// What it says of itself.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// A part of this form and shape, as it lies in the file.
    fn part(&self, name: &str, form: Form, shape: &[usize]) -> Result<&[u8], PackNo> {
        let no = || PackNo::Part(name.to_owned());
        let part = self.header.parts.iter().find(|part| part.name == name);
        let part = part.filter(|part| part.form == form && part.is_of(shape));
        let bytes = part.and_then(Part::bytes).ok_or_else(no)?;
        let begin = *self.begins.get(name).ok_or_else(no)?;
        let end = begin.checked_add(bytes).ok_or_else(no)?;
        self.bytes.all().get(begin..end).ok_or_else(no)
    }

    /// The shape of a part, if it is there.
    pub(crate) fn shape(&self, name: &str) -> Result<&[u32], PackNo> {
        let part = self.header.parts.iter().find(|part| part.name == name);
        part.map(|part| part.shape.as_slice()).ok_or_else(|| PackNo::Part(name.to_owned()))
    }

    /// Bytes that are no numbers.
    pub(crate) fn raw(&self, name: &str) -> Result<&[u8], PackNo> {
        match *self.shape(name)? {
            [length] => self.part(name, Form::Bytes, &[wide(length)]),
            _ => Err(PackNo::Part(name.to_owned())),
        }
    }

    /// A table of bytes, row after row.
    pub(crate) fn table(&self, name: &str, rows: usize, width: usize) -> Result<&[u8], PackNo> {
        self.part(name, Form::Bytes, &[rows, width])
    }

    /// A text.
    pub(crate) fn text(&self, name: &str) -> Result<&str, PackNo> {
        std::str::from_utf8(self.raw(name)?)
            .map_err(|_not_text| PackNo::Unfit("its vocabulary is no text"))
    }

    /// Numbers that are kept whole.
    pub(crate) fn numbers(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, PackNo> {
        let (numbers, _none) = self.part(name, Form::F32, shape)?.as_chunks::<4>();
        let numbers: Vec<_> = numbers.iter().map(|four| f32::from_le_bytes(*four)).collect();
        finite(&numbers).map(|()| numbers)
    }

    /// A matrix whose numbers are kept in one byte each.
    pub(crate) fn rows(&self, name: &str, rows: usize, width: usize) -> Result<Rows<'_>, PackNo> {
        let bytes = self.part(name, Form::Q8, &[rows, width])?;
        let blocks = width.div_ceil(BLOCK);
        let (scales, numbers) = bytes.split_at_checked(rows * blocks * 2).ok_or(PackNo::Length)?;
        let (scales, _none) = scales.as_chunks::<2>();
        Ok(Rows { width, blocks, scales, numbers })
    }
}

/// A matrix as it lies in a pack: each row in blocks that share a scale.
pub(crate) struct Rows<'a> {
    width: usize,
    blocks: usize,
    scales: &'a [[u8; 2]],
    numbers: &'a [u8],
}

impl Rows<'_> {
    /// One row, its numbers brought back; `None` if there is no such row.
    pub(crate) fn row(&self, number: usize) -> Option<impl Iterator<Item = f32>> {
        let scales = self.scales.get(number * self.blocks..)?;
        let numbers = self.numbers.get(number * self.width..)?;
        let numbers = numbers.get(..self.width)?.chunks(BLOCK);
        Some(numbers.zip(scales).flat_map(|(block, scale)| {
            let scale = unscaled(*scale);
            block.iter().map(move |byte| f32::from(byte.cast_signed()) * scale)
        }))
    }

    /// All rows, one after the other.
    pub(crate) fn all(&self) -> Result<Vec<f32>, PackNo> {
        let rows = self.numbers.len() / self.width.max(1);
        let all: Vec<_> = (0..rows).filter_map(|row| self.row(row)).flatten().collect();
        finite(&all).map(|()| all)
    }
}

/// A scale is the upper half of a number of four bytes: as far as those reach, with less care.
fn unscaled(bytes: [u8; 2]) -> f32 {
    f32::from_bits(u32::from(u16::from_le_bytes(bytes)) << 16)
}

/// A model with one number that is none would answer nothing but such.
fn finite(numbers: &[f32]) -> Result<(), PackNo> {
    if numbers.iter().all(|number| number.is_finite()) {
        return Ok(());
    }
    Err(PackNo::Unfit("some of its numbers are none"))
}

/// The header of a pack, and where its parts begin.
fn header_of(bytes: &[u8]) -> Result<(Header, usize), PackNo> {
    let (head, rest) = bytes.split_first_chunk::<HEAD>().ok_or(PackNo::Foreign)?;
    let [magic @ .., v0, v1, v2, v3, l0, l1, l2, l3] = *head;
    if magic != MAGIC {
        return Err(PackNo::Foreign);
    }
    let version = u32::from_le_bytes([v0, v1, v2, v3]);
    if version != VERSION {
        return Err(PackNo::Version(version));
    }
    let length = wide(u32::from_le_bytes([l0, l1, l2, l3]));
    if length > HEADER_MAX {
        return Err(PackNo::TooLong("its header"));
    }
    let header = rest.get(..length).ok_or(PackNo::Length)?;
    Ok((Header::read(header)?, HEAD + length))
}

/// What the pack in this file says of itself, without looking at the rest of it.
pub fn peek(path: &Path) -> Result<Header, PackNo> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(HEAD + HEADER_MAX).unwrap_or(u64::MAX);
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    peek_bytes(&bytes)
}

/// What the pack that begins with these bytes says of itself.
pub fn peek_bytes(bytes: &[u8]) -> Result<Header, PackNo> {
    header_of(bytes).map(|(header, _)| header)
}

/// The SHA-256 of some bytes, as it is written.
pub fn hex_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes as they are written.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A number of a file as one to count with.
pub(crate) fn wide(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;

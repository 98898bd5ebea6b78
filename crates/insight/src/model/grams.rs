//! The sum of a text's pieces and of what stands beside them: the forward pass of the small kind
//! of Universal Sentence Encoder (Cer and others, 2018; Yang and others, 2019), on candle.
//!
//! Every piece is looked up; three branches see it together with one, two and four neighbours; all
//! of it is added up and goes through a few more layers.

use std::sync::Arc;

use candle_core::{D, Device, Result, Tensor};
use candle_nn::ops::layer_norm;

use crate::pack::{Pack, PackNo, wide};

/// What is added to a variance so that nothing is divided by nought.
const EPSILON: f32 = 1e-12;
/// Each piece's numbers were pressed with one of so many scales.
const SCALES: usize = 17;
/// How wide a branch is.
const BRANCH: usize = 256;
/// How wide the layers after the sum are.
const AFTER: usize = 320;
/// How many pieces each branch sees at once, and how many of them stand before.
const BRANCHES: [(usize, usize); 3] = [(2, 0), (3, 1), (5, 2)];

/// One branch: twice the same step.
struct Branch {
    /// Before it: all pieces brought into the branch's width.
    enters: [Tensor; 2],
    steps: [[Tensor; 2]; 2],
}

/// A model of this kind.
pub(super) struct Grams {
    pack: Arc<Pack>,
    pieces: usize,
    width: usize,
    scale: Vec<f32>,
    lowest: Vec<f32>,
    branches: Vec<Branch>,
    /// The spread of all branches' entrances together.
    enters: [Tensor; 2],
    norm: [Tensor; 2],
    sums: [Tensor; 2],
    after: [Tensor; 6],
}

/// Takes parts out of a pack.
struct Parts<'a>(&'a Pack);

impl Parts<'_> {
    fn row(&self, name: &str, width: usize) -> std::result::Result<Tensor, PackNo> {
        let numbers = self.0.numbers(name, &[width])?;
        Tensor::from_vec(numbers, width, &Device::Cpu).map_err(unfit)
    }

    fn matrix(&self, name: &str, from: usize, to: usize) -> std::result::Result<Tensor, PackNo> {
        let numbers = self.0.numbers(name, &[from, to])?;
        Tensor::from_vec(numbers, (from, to), &Device::Cpu).map_err(unfit)
    }

    fn branch(&self, seen: usize, width: usize) -> std::result::Result<Branch, PackNo> {
        let step = |number: u8| {
            Ok::<_, PackNo>([
                self.matrix(&format!("w{number}_{seen}"), seen * BRANCH, BRANCH)?,
                self.row(&format!("b{number}_{seen}"), BRANCH)?,
            ])
        };
        Ok(Branch {
            enters: [
                self.matrix(&format!("proj{seen}"), width, BRANCH)?,
                self.row(&format!("proj_b{seen}"), BRANCH)?,
            ],
            steps: [step(1)?, step(2)?],
        })
    }

    /// The spreads of the three entrances, side by side.
    fn spread(&self, name: &str) -> std::result::Result<Tensor, PackNo> {
        let rows = BRANCHES.map(|(seen, _)| self.row(&format!("{name}{seen}"), BRANCH));
        let rows = rows.into_iter().collect::<std::result::Result<Vec<_>, _>>()?;
        Tensor::cat(&rows, 0).map_err(unfit)
    }
}

fn unfit(_shape: candle_core::Error) -> PackNo {
    PackNo::Unfit("a part has another shape")
}

impl Grams {
    /// The model in this pack, whose vocabulary has so many pieces.
    pub(super) fn new(pack: Arc<Pack>, pieces: usize) -> std::result::Result<Self, PackNo> {
        let width = wide(pack.header().dimensions);
        let (parts, all) = (Parts(&pack), width + BRANCHES.len() * BRANCH);
        let branches = BRANCHES.map(|(seen, _)| parts.branch(seen, width));
        pack.table("table", pieces, width)?;
        Ok(Self {
            scale: pack.numbers("scale", &[SCALES])?,
            lowest: pack.numbers("lo", &[SCALES])?,
            branches: branches.into_iter().collect::<std::result::Result<_, _>>()?,
            enters: [parts.spread("ln_g")?, parts.spread("ln_b")?],
            norm: [parts.row("ln_g", all)?, parts.row("ln_b", all)?],
            sums: [parts.matrix("cnn_W", all, width)?, parts.row("cnn_b", width)?],
            after: [
                parts.matrix("d0", width, AFTER)?,
                parts.matrix("p1", width, AFTER)?,
                parts.matrix("d1", AFTER, AFTER)?,
                parts.matrix("d2", AFTER, width)?,
                parts.matrix("p3", AFTER, width)?,
                parts.matrix("d3", width, width)?,
            ],
            pieces,
            width,
            pack,
        })
    }

    /// The direction of these pieces, not yet of unit length.
    pub(super) fn vector(&self, pieces: &[u32]) -> Result<Vec<f32>> {
        let own = self.begin(pieces)?;
        let entered = self.branches.iter().map(|branch| map(&own, &branch.enters));
        let entered = Tensor::cat(&entered.collect::<Result<Vec<_>>>()?, 1)?;
        let entered = spread(&entered, &self.enters)?;
        let mut seen = vec![own];
        for (number, (branch, beside)) in self.branches.iter().zip(BRANCHES).enumerate() {
            let mut x = entered.narrow(1, number * BRANCH, BRANCH)?;
            for step in &branch.steps {
                x = (map(&neighbours(&x, beside)?, step)?.relu()? + x)?;
            }
            seen.push(x);
        }
        let seen = spread(&Tensor::cat(&seen, 1)?, &self.norm)?;
        self.end(&seen.sum_keepdim(0)?, pieces.len())
    }

    /// Every piece's own numbers.
    fn begin(&self, pieces: &[u32]) -> Result<Tensor> {
        let table = self.pack.table("table", self.pieces, self.width);
        let table = table.map_err(candle_core::Error::wrap)?;
        let mut numbers = Vec::with_capacity(pieces.len() * self.width);
        for piece in pieces.iter().map(|piece| wide(*piece)) {
            let row = table.chunks_exact(self.width).nth(piece);
            let scales = (self.scale.get(piece % SCALES), self.lowest.get(piece % SCALES));
            let (Some(row), (Some(scale), Some(lowest))) = (row, scales) else {
                candle_core::bail!("a piece has no numbers");
            };
            numbers.extend(row.iter().map(|byte| f32::from(*byte) * scale + lowest));
        }
        Tensor::from_vec(numbers, (pieces.len(), self.width), &Device::Cpu)
    }

    /// From the sum over all pieces to the direction.
    fn end(&self, sum: &Tensor, pieces: usize) -> Result<Vec<f32>> {
        let (count, [weight, bias]) = (f64::from(u32::try_from(pieces)?), &self.sums);
        let x = (sum.matmul(weight)?.broadcast_add(&(bias * count)?)? / count.sqrt())?;
        let [d0, p1, d1, d2, p3, d3] = &self.after;
        let y = x.matmul(d0)?.relu()?;
        let y = (x.matmul(p1)? + y.matmul(d1)?)?.relu()?;
        let z = y.matmul(d2)?.relu()?;
        let z = (y.matmul(p3)? + z.matmul(d3)?)?.tanh()?;
        z.flatten_all()?.to_vec1()
    }
}

fn map(x: &Tensor, [weight, bias]: &[Tensor; 2]) -> Result<Tensor> {
    x.matmul(weight)?.broadcast_add(bias)
}

fn spread(x: &Tensor, [weight, bias]: &[Tensor; 2]) -> Result<Tensor> {
    layer_norm(x, weight, bias, EPSILON)
}

/// Each row beside its neighbours: so many in all, so many of them before it; noughts at the ends.
fn neighbours(x: &Tensor, (seen, before): (usize, usize)) -> Result<Tensor> {
    let padded = x.pad_with_zeros(0, before, seen - 1 - before)?;
    let rows = x.dim(0)?;
    let beside = (0..seen).map(|at| padded.narrow(0, at, rows));
    Tensor::cat(&beside.collect::<Result<Vec<_>>>()?, D::Minus1)
}

//! Themes beside BERTopic: agreement with human labels, clustering time, and how many shares move
//! to another theme when one more arrives.
//!
//! Circles are samples of labelled texts; both cluster the same circles with the same embeddings,
//! made by the built-in model.

mod arrive;
mod bertopic;
mod circles;
mod rows;
mod score;
pub(crate) mod vectors;

use std::io;

use sitwith_core::themes::{Vector, cluster_vectors};

use self::bertopic::Peer;
use self::circles::{Circle, Dataset, Dice};
use self::score::{Score, score_clusters};
use self::vectors::Vectors;
use crate::ThemesArgs;
use crate::document::{Document, log_line};
use crate::os::Stopwatch;
use crate::stats::as_float;

/// Circle sizes, and the number of circles of each drawn from each data set.
type Plan = [(usize, usize)];
const WHOLE: &Plan = &[(12, 20), (30, 20), (100, 8), (1_000, 3), (5_000, 2)];
const QUICK: &Plan = &[(12, 4), (30, 3), (100, 2)];
/// Texts per data set of a quick run: embedding takes most of the time.
const QUICK_TEXTS: usize = 220;
/// The largest share of a data set that one circle may take.
const SHARE_MAX: f64 = 0.75;

/// Results on one circle.
struct CircleResult {
    dataset: String,
    size: usize,
    own: Score,
    themes: f64,
    gather_ms: f64,
    /// BERTopic with its defaults, tuned, and tuned with outliers reassigned.
    peers: Option<[Score; 3]>,
}

/// Everything that was measured.
struct Measured {
    results: Vec<CircleResult>,
    embed: vectors::EmbedTimes,
    gather: Vec<GatherTimes>,
    arrivals: arrive::Arrivals,
    crowd_arrival_ms: f64,
    peer: Option<String>,
}

/// Times of clustering `size` vectors, and of the floor for it, in ms.
struct GatherTimes {
    size: usize,
    gather_ms: Vec<f64>,
    floor_ms: Vec<f64>,
}

pub(crate) fn run_themes(args: &ThemesArgs) -> io::Result<()> {
    let Some(folder) = &args.data else {
        log_line(
            "Themes are measured on labelled texts, which are not part of this repository. Give \
             a folder of NAME.tsv files with --data FOLDER: on each line a label, a tab, a text. \
             Public data sets that fit: the Stress Annotated Dataset (MIT), banking77 (CC BY \
             4.0), CLINC150 (CC BY 3.0), HappyDB.",
        );
        return Err(io::Error::other("no folder of labelled texts was given"));
    };
    let quick = args.common.quick;
    let mut document = Document::begin("themes", "Themes beside BERTopic", quick);
    let mut datasets = circles::read_datasets(folder)?;
    if quick {
        for dataset in &mut datasets {
            dataset.truncate(QUICK_TEXTS);
        }
    }
    let plan = if quick { QUICK } else { WHOLE };
    let mut circles = draw_circles(&datasets, plan);
    let texts = circles.iter().flat_map(|circle| circle.texts.iter());
    let mut vectors = Vectors::open()?;
    vectors.embed(&texts.map(String::as_str).collect::<Vec<_>>())?;
    let embed = vectors.time_embedding()?;
    circles.retain_mut(|circle| vectors.fill(circle));
    let mut peer = Peer::start(&circles, quick);
    let mut results: Vec<CircleResult> =
        circles.iter().map(measure_circle).collect::<io::Result<_>>()?;
    let arrivals = arrive::measure_arrivals(&circles)?;
    // Timed after BERTopic has ended, which would take CPU meanwhile.
    let name = peer.as_mut().and_then(|peer| peer.finish(&circles, &mut results));
    let measured = Measured {
        gather: time_gathering(&circles)?,
        crowd_arrival_ms: arrive::crowd_ms(&circles, if quick { 1_000 } else { 5_000 })?,
        results,
        embed,
        arrivals,
        peer: name,
    };
    let names = datasets.iter().map(|dataset| dataset.name.as_str());
    document.set_parameter("datasets", names.collect::<Vec<_>>().join(" "));
    rows::add_rows(&mut document, &measured);
    document.finish(&args.common)
}

/// All circles of the plan that the data sets are large enough for.
fn draw_circles(datasets: &[Dataset], plan: &Plan) -> Vec<Circle> {
    let mut circles = Vec::new();
    for (size, repeats) in plan {
        for dataset in datasets {
            if as_float(*size) > as_float(dataset.texts()) * SHARE_MAX {
                log_line(&format!("{} is too small for circles of {size}", dataset.name));
                continue;
            }
            for repeat in 0..*repeats {
                let seed = 1_000 * repeat as u64 + *size as u64;
                circles.push(circles::draw_circle(dataset, *size, &mut Dice::new(seed)));
            }
        }
    }
    circles
}

fn measure_circle(circle: &Circle) -> io::Result<CircleResult> {
    let stopwatch = Stopwatch::start();
    let clustering = cluster_vectors(&circle.vectors).map_err(io::Error::other)?;
    let gather_ms = stopwatch.secs() * 1_000.0;
    // A share without a theme counts as a cluster of one.
    let mut next = clustering.theme_count;
    let clusters = clustering.theme_of.iter().map(|theme| {
        theme.unwrap_or_else(|| {
            next += 1;
            next
        })
    });
    Ok(CircleResult {
        dataset: circle.dataset.clone(),
        size: circle.size,
        own: score_clusters(&circle.labels, &clusters.collect::<Vec<u32>>()),
        themes: f64::from(clustering.theme_count),
        gather_ms,
        peers: None,
    })
}

/// Times clustering with real embeddings, slightly perturbed beyond their number. The floor is
/// one pass over all cosine similarities.
fn time_gathering(circles: &[Circle]) -> io::Result<Vec<GatherTimes>> {
    let mut gathered = Vec::new();
    for (size, repeats) in [(40, 51), (1_000, 7), (5_000, 3)] {
        let vectors = sample_vectors(circles, size)?;
        let all: Vec<&Vector> = vectors.iter().collect();
        let mut times = GatherTimes { size, gather_ms: Vec::new(), floor_ms: Vec::new() };
        for _ in 0..repeats {
            let stopwatch = Stopwatch::start();
            cluster_vectors(&vectors).map_err(io::Error::other)?;
            times.gather_ms.push(stopwatch.secs() * 1_000.0);
            let stopwatch = Stopwatch::start();
            std::hint::black_box(sum_similarities(&all));
            times.floor_ms.push(stopwatch.secs() * 1_000.0);
        }
        gathered.push(times);
    }
    Ok(gathered)
}

/// The sum of all pairwise dot products.
fn sum_similarities(vectors: &[&Vector]) -> f32 {
    let dot = |a: &Vector, b: &Vector| -> f32 {
        a.components().iter().zip(b.components()).map(|(a, b)| a * b).sum()
    };
    let pairs = vectors.iter().enumerate();
    pairs.map(|(i, a)| vectors.iter().skip(i + 1).map(|b| dot(a, b)).sum::<f32>()).sum()
}

/// This many different vectors.
fn sample_vectors(circles: &[Circle], count: usize) -> io::Result<Vec<Vector>> {
    let mut dice = Dice::new(5);
    let mut sorted: Vec<&Circle> = circles.iter().collect();
    sorted.sort_by_key(|circle| std::cmp::Reverse(circle.size));
    let all: Vec<&Vector> = sorted.iter().flat_map(|circle| &circle.vectors).collect();
    if all.is_empty() {
        return Err(io::Error::other("no text could be embedded"));
    }
    let perturbed = all.iter().cycle().take(count).map(|vector| {
        let numbers = vector.components().iter();
        let numbers = numbers.map(|number| number + (dice.unit_f32() - 0.5) * 0.02);
        Vector::new(&numbers.collect::<Vec<_>>()).map_err(io::Error::other)
    });
    perturbed.collect()
}

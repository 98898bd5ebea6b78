//! Themes beside BERTopic: how well answers that mean the same are brought together, how long it
//! takes, and how much moves when one more arrives.
//!
//! Circles are drawn from labelled texts; both read the same circles with the same vectors, which
//! the home's own model made. Agreement with the labels is counted as ARI and AMI, which are 0 for
//! chance and 1 for the same.

mod arrive;
mod bertopic;
mod draw;
mod score;
mod tell;
pub(crate) mod vectors;

use std::io;

use sitwith_core::themes::{Vector, gather};

use self::bertopic::Peer;
use self::draw::{Circle, Dice, Set};
use self::score::{Score, score};
use self::vectors::Vectors;
use crate::report::say;
use crate::watch::{Watch, median};
use crate::{ThemesArgs, hand_out};

/// How many circles of each size are drawn from each set.
type Plan = [(usize, usize)];
const WHOLE: &Plan = &[(12, 20), (30, 20), (100, 8), (1_000, 3), (5_000, 2)];
const QUICK: &Plan = &[(12, 4), (30, 3), (100, 2)];
/// The texts of a set that the quick way looks at: embedding is what takes long.
const QUICK_TEXTS: usize = 220;
/// A set is drawn from for circles of up to this part of it.
const PART_MAX: f64 = 0.75;

/// What one circle came to.
struct Found {
    set: String,
    size: usize,
    ours: Score,
    themes: f64,
    gather_ms: f64,
    /// BERTopic as it comes, tuned, and tuned with its outliers put somewhere.
    peers: Option<[Score; 3]>,
}

/// Everything that was measured.
struct Measured {
    found: Vec<Found>,
    embed_ms: f64,
    gather_ms: Vec<(usize, f64)>,
    arrivals: arrive::Arrivals,
    crowd_arrival_ms: f64,
    peer: Option<String>,
    is_quick: bool,
}

/// Measures, prints, draws.
pub(crate) fn run(args: &ThemesArgs) -> io::Result<()> {
    let Some(folder) = &args.data else {
        say("Themes are measured on labelled texts, which are not part of this program. Give a \
             folder of NAME.tsv files with --data FOLDER: one text a line, its label, a tab, the \
             text. Public sets that fit: the Stress Annotated Dataset (MIT), banking77 (CC BY \
             4.0), CLINC150 (CC BY 3.0), HappyDB.");
        return Err(io::Error::other("no folder of labelled texts was given"));
    };
    let quick = args.common.quick;
    let mut sets = draw::read(folder)?;
    if quick {
        for set in &mut sets {
            set.keep(QUICK_TEXTS);
        }
    }
    let plan = if quick { QUICK } else { WHOLE };
    let mut circles = circles(&sets, plan);
    let texts = circles.iter().flat_map(|circle| circle.texts.iter());
    let mut vectors = Vectors::open()?;
    vectors.embed(&texts.map(String::as_str).collect::<Vec<_>>())?;
    let embed_ms = vectors.one_ms()?;
    circles.retain_mut(|circle| vectors.fill(circle));
    let mut peer = Peer::start(&circles, quick);
    let mut found: Vec<Found> = circles.iter().map(measure).collect::<io::Result<_>>()?;
    let arrivals = arrive::watch(&circles)?;
    say(&format!(
        "{} answers arrived one by one: {:.2} % of those shown moved each time",
        arrivals.arrivals,
        arrivals.moved_share * 100.0,
    ));
    // A second program beside it would be measured too: speed comes when the peer has done.
    let name = peer.as_mut().and_then(|peer| peer.finish(&circles, &mut found));
    let measured = Measured {
        gather_ms: gather_ms(&circles)?,
        crowd_arrival_ms: arrive::crowd_ms(&circles, if quick { 1_000 } else { 5_000 })?,
        found,
        embed_ms,
        arrivals,
        peer: name,
        is_quick: quick,
    };
    hand_out(&args.common, &tell::report(&measured))
}

/// All circles of the plan that the sets can give.
fn circles(sets: &[Set], plan: &Plan) -> Vec<Circle> {
    let mut circles = Vec::new();
    for (size, repeats) in plan {
        for set in sets {
            if as_float(*size) > as_float(set.texts()) * PART_MAX {
                say(&format!("{} is too small for circles of {size}", set.name));
                continue;
            }
            for repeat in 0..*repeats {
                let seed = 1_000 * repeat as u64 + *size as u64;
                circles.push(draw::circle(set, *size, &mut Dice::new(seed)));
            }
        }
    }
    circles
}

fn measure(circle: &Circle) -> io::Result<Found> {
    let watch = Watch::start();
    let gathered = gather(&circle.vectors).map_err(io::Error::other)?;
    let gather_ms = watch.secs() * 1_000.0;
    // Who stands alone is a group of one.
    let alone = (gathered.themes..).zip(&gathered.of);
    let groups: Vec<u32> = alone
        .scan(gathered.themes, |next, (_, theme)| {
            Some(theme.unwrap_or_else(|| {
                *next += 1;
                *next
            }))
        })
        .collect();
    Ok(Found {
        set: circle.set.clone(),
        size: circle.size,
        ours: score(&circle.labels, &groups),
        themes: f64::from(gathered.themes),
        gather_ms,
        peers: None,
    })
}

/// How long gathering so many takes: the middle of several times, with real vectors as far as
/// there are some, and the same turned a little after that.
fn gather_ms(circles: &[Circle]) -> io::Result<Vec<(usize, f64)>> {
    let mut times = Vec::new();
    for (size, repeats) in [(40, 51), (1_000, 7), (5_000, 3)] {
        let vectors = some(circles, size)?;
        let mut each = Vec::new();
        for _ in 0..repeats {
            let watch = Watch::start();
            gather(&vectors).map_err(io::Error::other)?;
            each.push(watch.secs() * 1_000.0);
        }
        say(&format!("gathering {size} took {:.2} ms", median(&each)));
        times.push((size, median(&each)));
    }
    Ok(times)
}

/// So many vectors, all different.
fn some(circles: &[Circle], many: usize) -> io::Result<Vec<Vector>> {
    let mut dice = Dice::new(5);
    let mut some: Vec<Vector> = Vec::new();
    let mut sorted: Vec<&Circle> = circles.iter().collect();
    sorted.sort_by_key(|circle| std::cmp::Reverse(circle.size));
    let all: Vec<&Vector> = sorted.iter().flat_map(|circle| &circle.vectors).collect();
    if all.is_empty() {
        return Err(io::Error::other("no text could be read"));
    }
    for vector in all.iter().cycle().take(many) {
        let turned = vector.numbers().iter();
        let turned = turned.map(|number| number + (dice.part_f32() - 0.5) * 0.02);
        some.push(Vector::new(&turned.collect::<Vec<_>>()).map_err(io::Error::other)?);
    }
    Ok(some)
}

/// Counts of a bench are far below what a float holds exactly.
#[expect(clippy::cast_precision_loss, reason = "counts here stay below 2^53")]
const fn as_float(count: usize) -> f64 {
    count as f64
}

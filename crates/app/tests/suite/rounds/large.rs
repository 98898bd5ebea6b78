//! A large round in a large sit: bounded memory, and nobody's bell suffers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use sitwith_app::limits::Limits;
use sitwith_core::sit::run::RunAction;
use sitwith_core::time::Span;
use sitwith_testkit::people;

use super::line::enter;
use super::scene::{MEANINGS, Scene, member, offering, until, words};

/// How many answer.
const ANSWERS: u16 = 5_000;
/// How many of them sit in the room with a line of their own.
const LINES: u16 = 1_000;
/// How often the guide changes the running order meanwhile.
const CHANGES: u32 = 30;
/// What the whole process may take for it, in bytes, beside what it took before: ten times the
/// words and vectors themselves.
const MEMORY_MAX: u64 = 200 * 1_024 * 1_024;

/// What this process holds in memory, in bytes.
fn resident() -> u64 {
    let held = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 =
        held.split_whitespace().nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages * 4_096
}

/// The real time: for a figure that is printed and never asserted.
#[expect(clippy::disallowed_methods, reason = "a figure is measured")]
fn real_now() -> std::time::Instant {
    std::time::Instant::now()
}

/// Everybody writes, eight at a time.
fn everybody_writes(scene: &Arc<Scene>, written: &Arc<AtomicU32>) -> tokio::task::JoinSet<()> {
    let mut writing = tokio::task::JoinSet::new();
    for part in 0..8 {
        let (scene, written) = (Arc::clone(scene), Arc::clone(written));
        writing.spawn(async move {
            for number in (0..ANSWERS).filter(|number| number % 8 == part) {
                let meaning = MEANINGS[usize::from(number % 5)];
                let said = format!("{meaning}: {}", format!("thought {number} ").repeat(8));
                assert!(scene.offer(&scene.guest(number), offering(said.trim())).await.is_ok());
                written.fetch_add(1, Ordering::SeqCst);
            }
        });
    }
    writing
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_thousand_answers_hold_up_no_frame_and_little_memory() {
    let mut scene = Scene::new().await;
    scene.home.set_limits(Limits { sitters_max: 10_000, ..Limits::for_testing() });
    let (ana, before) = (member(people::ana()), resident());
    let mut ears = Vec::new();
    for number in 0..LINES {
        ears.push(enter(&scene, &scene.guest(number)).await);
    }
    let sit = scene.home.home.live.find(scene.run).unwrap();
    scene.pass(&ana).await;
    let (scene, written) = (Arc::new(scene), Arc::new(AtomicU32::new(0)));
    let mut writing = everybody_writes(&scene, &written);
    // While they write, the guide changes the running order; every change is answered and reaches
    // everybody, whatever the round is doing.
    let (mut changes, mut slowest_ms) = (0, 0);
    while let Some(some) =
        (changes < CHANGES).then_some((changes + 1) * u32::from(ANSWERS) / (CHANGES + 1))
    {
        while written.load(Ordering::SeqCst) < some {
            tokio::task::yield_now().await;
        }
        let what = if changes % 2 == 0 { RunAction::Hold } else { RunAction::GoOn };
        let asked_at = real_now();
        sit.change(&scene.run_led().await, what).await.unwrap();
        changes += 1;
        let told = format!(r#""timeline","seq":{},"#, sit.timeline().seq);
        let (_, ear) = ears.last().unwrap();
        until(|| async { ear.heard().iter().any(|frame| frame.contains(&told)) }).await;
        slowest_ms = slowest_ms.max(asked_at.elapsed().as_millis());
        scene.home.advance(Span::from_secs(2));
    }
    while let Some(done) = writing.join_next().await {
        done.unwrap();
    }
    sitwith_app::rounds::close_round(&scene.home.home, &scene.led().await).await.unwrap();
    scene.home.advance(Span::from_secs(25));
    let opened = scene.picture(&ana, |picture| words(picture).len() == usize::from(ANSWERS)).await;
    let held = resident().saturating_sub(before);
    println!(
        "{ANSWERS} answers, {LINES} lines, {} themes; {changes} changes of the running order \
         meanwhile, the slowest heard after {slowest_ms} ms; {} MB more",
        opened.themes.len(),
        held / 1_048_576
    );
    assert!(held < MEMORY_MAX, "{held} bytes");
    for (_, ear) in &ears {
        for frame in ear.heard() {
            assert!(frame.len() < 100_000);
            assert!(!frame.contains("thought"), "no words on the line");
        }
    }
    scene.home.home.live.stop().await;
    scene.home.home.rounds.stop().await;
}

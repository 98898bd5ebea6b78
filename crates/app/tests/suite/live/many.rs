//! Many lines: frames go out in chunks, in one order for everybody.

use super::*;
use sitwith_app::live::SOCKETS_PER_TASK;
use sitwith_core::sit::run::RunAction;

/// The numbers of the timelines a line has heard.
fn seqs(line: &FakeLine) -> Vec<u32> {
    let frames = line.frames();
    let timelines = frames.iter().filter_map(|frame| frame.split(r#""timeline","seq":"#).nth(1));
    timelines.map(|rest| rest.split(',').next().unwrap().parse().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_in_a_large_sit_hears_every_change_once_and_in_order() {
    let mut place = Place::new().await;
    let people = 3 * SOCKETS_PER_TASK + 7;
    place.home.set_limits(sitwith_app::limits::Limits {
        sitters_max: 10_000,
        ..sitwith_app::limits::Limits::for_testing()
    });
    let mut seated = Vec::new();
    for number in 0..people {
        let guest = one_of_many(u16::try_from(number).unwrap(), place.sit);
        seated.push(place.enter(&guest).await);
    }
    let sit = place.sit().await;
    let mut changes = vec![RunAction::Begin];
    changes.extend([RunAction::Extend { s: 5 }; 6]);
    for what in &changes {
        sit.change(&place.led().await, *what).await.unwrap();
        place.home.advance(Span::from_secs(3));
    }
    for seated in &seated {
        until_true(|| seqs(&seated.line).last() == Some(&8)).await;
        let seqs = seqs(&seated.line);
        assert!(seqs.windows(2).all(|pair| pair[0] < pair[1]), "{seqs:?}");
    }
    place.home.advance(Span::from_secs(10));
    let counted = format!(r#""n":{people},"#);
    for seated in &seated {
        seated.hears(&counted).await;
    }
}

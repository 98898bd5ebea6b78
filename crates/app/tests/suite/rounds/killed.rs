//! An acknowledged answer survives the death of the program: `kill -9` while people write.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use sitwith_core::time::Span;
use sitwith_insight::Insight;
use sitwith_store::Store;
use sitwith_testkit::both::on_both_addresses;
use sitwith_testkit::{TestHome, people};

use super::scene::{MEANINGS, Scene, Wish, member, read, words};

/// Tells the child where and in which round to write.
const WHERE: &str = "SITWITH_TEST_CHILD_SHARES";
/// How many answers are acknowledged before the child is killed.
const ENOUGH: u16 = 25;
/// How often it is killed.
const KILLS: u16 = 3;

fn said(number: u16) -> String {
    let meaning = MEANINGS[usize::from(number % 4)];
    format!("{meaning}, acknowledged for number {number}")
}

/// The home again, at the instant at which the round goes on.
async fn home_at(address: &str, at: Span) -> TestHome {
    let store = Store::open(address).await.expect("it opens");
    let home = TestHome::on_store_with_insight(store, Insight::from_fn(read)).await;
    home.advance(at);
    home
}

/// Every program throws other dice; in tests they are the same, and so some are thrown away.
fn throw_away(home: &TestHome, some: u16) {
    for _ in 0..some {
        let _: [u8; 10] = home.home.dice.bytes();
    }
}

/// Not a test of its own: the program that is killed. Says whose answer was acknowledged.
#[tokio::test]
#[ignore = "the child of the test below"]
#[expect(clippy::disallowed_methods, reason = "a child process is told by its environment")]
async fn the_child_takes_answers_until_it_is_killed() {
    let Ok(told) = std::env::var(WHERE) else {
        return;
    };
    let mut told = told.split(' ');
    let mut next = || told.next().expect("the child is told everything");
    let (address, at) = (next(), next().parse().expect("an instant"));
    let scene = Scene {
        home: home_at(address, Span::from_ms(at)).await,
        sit: next().parse().expect("an id"),
        run: next().parse().expect("an id"),
        round: next().parse().expect("an id"),
    };
    let first: u16 = next().parse().expect("a number");
    throw_away(&scene.home, first * 4);
    for number in first.. {
        scene.say(&scene.guest(number), &said(number)).await;
        println!("\nacknowledged {number}");
        // Time goes on, so that batches are released in between.
        scene.home.advance(Span::from_ms(300));
    }
}

fn child(told: &str) -> Child {
    let program = std::env::current_exe().expect("a test knows its program");
    let mut child = Command::new(program);
    child.args(["--ignored", "--exact", "--nocapture", "--test-threads=1"]);
    child.arg("rounds::killed::the_child_takes_answers_until_it_is_killed");
    child.env(WHERE, told).stdout(Stdio::piped());
    child.spawn().expect("the child starts")
}

#[tokio::test]
async fn an_acknowledged_answer_is_there_after_kill_9() {
    on_both_addresses(|address| async move {
        let store = Store::open(&address).await.expect("it opens");
        let scene = Scene::on(store.clone(), Wish::default()).await;
        let at = scene.home.home.clock.now().since(people::BEGIN).ms();
        let (sit, run, round) = (scene.sit, scene.run, scene.round);
        scene.home.home.rounds.stop().await;
        drop(scene);
        store.close().await;
        let mut first = 0;
        for _ in 0..KILLS {
            let mut child = child(&format!("{address} {at} {sit} {run} {round} {first}"));
            let mut last = first;
            let lines = BufReader::new(child.stdout.take().expect("its output is ours")).lines();
            // What it still said before it died counts as well.
            for line in lines.map_while(Result::ok) {
                let Some(number) = line.strip_prefix("acknowledged ") else {
                    continue;
                };
                last = number.parse().expect("a number");
                if last == first + ENOUGH {
                    child.kill().expect("it is killed (SIGKILL)");
                }
            }
            assert!(!child.wait().expect("it is gone").success());
            assert!(last >= first + ENOUGH, "the child said {last}");
            let home = home_at(&address, Span::from_ms(at)).await;
            let again = Scene { home, sit, run, round };
            for number in 0..=last {
                let own = again.own(&again.guest(number)).await;
                assert_eq!(own.as_deref(), Some(said(number).as_str()));
            }
            // One more may have been kept without anybody having heard of it.
            first = last + 1;
            if again.own(&again.guest(first)).await.is_some() {
                first += 1;
            }
            again.home.home.rounds.stop().await;
            again.home.home.store.close().await;
        }
        let home = home_at(&address, Span::from_ms(at)).await;
        throw_away(&home, 1_000);
        let again = Scene { home, sit, run, round };
        let ben = member(people::ben());
        again.pass(&ben).await;
        let opened = again.opens(&ben).await;
        assert_eq!(words(&opened).len(), usize::from(first), "each of them once");
        again.home.home.rounds.stop().await;
        again.home.home.store.close().await;
    })
    .await;
}

//! Offers and answers (SDP) from anybody who has a seat: taken or refused, and nothing is left of
//! one that was refused.

#![no_main]

#[path = "hub/mod.rs"]
mod hub;

use libfuzzer_sys::fuzz_target;
use sitwith_media::hub::Act;
use tokio::sync::oneshot;

fuzz_target!(|data: (bool, &str)| {
    let (again, said) = data;
    let (mut hub, room, now) = hub::open();
    let (reply, mut answer) = oneshot::channel();
    let act = Act::Up {
        room,
        seat: 1,
        offer: said.to_owned(),
        again,
        reply,
    };
    hub.act(act, now);
    let taken = answer.try_recv().expect("answered at once").is_ok();
    assert_eq!(hub.counts().peers, usize::from(taken));

    let (reply, mut offer) = oneshot::channel();
    let act = Act::Down {
        room,
        seat: 2,
        paced: again,
        have: None,
        reply,
    };
    hub.act(act, now);
    let offer = offer.try_recv().expect("answered at once");
    let offer = offer.expect("there is room").expect("it has none yet");
    let (reply, mut answer) = oneshot::channel();
    let act = Act::Answer {
        room,
        seat: 2,
        n: offer.n,
        answer: said.to_owned(),
        reply,
    };
    hub.act(act, now);
    assert!(answer.try_recv().is_ok());
    hub.tick(now);
    hub.outputs().sends.clear();
});

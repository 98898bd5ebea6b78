//! Offers and answers (SDP) from anybody who has a seat: taken or refused, and nothing is left of
//! one that was refused.

#![no_main]

#[path = "hub/mod.rs"]
mod hub;

use libfuzzer_sys::fuzz_target;
use sitwith_media::hub::HubCommand;
use tokio::sync::oneshot;

fuzz_target!(|data: (bool, &str)| {
    let (again, said) = data;
    let (mut hub, room, now) = hub::open();
    let (reply, mut answer) = oneshot::channel();
    let command = HubCommand::ConnectUp {
        room,
        seat: 1,
        sdp_offer: said.to_owned(),
        renegotiate: again,
        reply,
    };
    hub.handle_command(command, now);
    let taken = answer.try_recv().expect("answered at once").is_ok();
    assert_eq!(hub.sizes().peers, usize::from(taken));

    let (reply, mut offer) = oneshot::channel();
    let command = HubCommand::CreateDownSdpOffer {
        room,
        seat: 2,
        paced: again,
        current: None,
        reply,
    };
    hub.handle_command(command, now);
    let offer = offer.try_recv().expect("answered at once");
    let offer = offer.expect("there is room").expect("it has none yet");
    let (reply, mut answer) = oneshot::channel();
    let command = HubCommand::ApplyDownSdpAnswer {
        room,
        seat: 2,
        number: offer.number,
        sdp_answer: said.to_owned(),
        reply,
    };
    hub.handle_command(command, now);
    assert!(answer.try_recv().is_ok());
    hub.handle_timeout(now);
    hub.outputs().datagrams.clear();
});

//! The guarantees of the bus, with two peers on one bus.

use sitwith_core::time::Instant;

use super::*;

const NEWS: Topic = Topic("news");
const OTHER: Topic = Topic("other");
const WITHIN: Span = Span::from_secs(5);

fn test_clock() -> Clock {
    Clock::by_hand(Instant::from_ms(0))
}

async fn next_message(subscription: &mut Subscription) -> Result<(bool, Bytes), Lagged> {
    let next = subscription.next().await.expect("the bus is there");
    next.map(|message| (message.is_own, message.payload))
}

#[tokio::test]
async fn a_message_reaches_everybody_on_its_topic_and_its_own_peer_knows_it() {
    let here = Bus::in_process();
    let there = here.join();
    let (mut near, mut far) = (here.subscribe(NEWS), there.subscribe(NEWS));
    here.publish(OTHER, Bytes::from_static(b"no"));
    here.publish(NEWS, Bytes::from_static(b"yes"));
    assert_eq!(next_message(&mut near).await, Ok((true, Bytes::from_static(b"yes"))));
    assert_eq!(next_message(&mut far).await, Ok((false, Bytes::from_static(b"yes"))));
}

#[tokio::test]
async fn whoever_is_too_slow_is_told_that_they_lag_and_goes_on() {
    let bus = Bus::in_process();
    let mut slow = bus.subscribe(NEWS);
    for _ in 0..=MESSAGES_WAITING_MAX {
        bus.publish(NEWS, Bytes::new());
    }
    bus.publish(NEWS, Bytes::from_static(b"last"));
    assert_eq!(next_message(&mut slow).await, Err(Lagged));
    let mut last = Bytes::new();
    for _ in 0..MESSAGES_WAITING_MAX {
        last = next_message(&mut slow).await.expect("what is left follows").1;
    }
    assert_eq!(last, Bytes::from_static(b"last"));
}

#[tokio::test]
async fn a_subscription_ends_with_the_bus() {
    let bus = Bus::in_process();
    let mut news = bus.subscribe(NEWS);
    drop(bus);
    assert_eq!(news.next().await, None);
}

#[tokio::test]
async fn one_peer_holds_a_name_and_gives_it_back() {
    let here = Bus::in_process();
    let there = here.join();
    let (claim, mut requests) = here.claim("run/1").expect("it is free");
    assert!(there.claim("run/1").is_none());
    assert!(here.claim("run/1").is_none(), "not twice by the same peer either");
    assert!(there.is_held_elsewhere("run/1"));
    assert!(!here.is_held_elsewhere("run/1"));
    drop(claim);
    assert!(requests.next().await.is_none(), "whoever served it ends");
    assert!(there.claim("run/1").is_some());
}

#[tokio::test]
async fn a_request_reaches_the_holder_and_its_reply_comes_back() {
    let here = Bus::in_process();
    let there = here.join();
    let (_claim, mut requests) = here.claim("run/1").expect("it is free");
    let clock = test_clock();
    let asks = there.request("run/1", Bytes::from_static(b"how many?"), &clock, WITHIN);
    let serves = async {
        let request = requests.next().await.expect("a request");
        assert_eq!(request.payload, Bytes::from_static(b"how many?"));
        request.reply(Bytes::from_static(b"three"));
    };
    let (reply, ()) = tokio::join!(asks, serves);
    assert_eq!(reply, Ok(Bytes::from_static(b"three")));
}

#[tokio::test]
async fn a_request_without_a_reply_says_why() {
    let bus = Bus::in_process();
    let clock = test_clock();
    let nobody = bus.request("run/1", Bytes::new(), &clock, WITHIN).await;
    assert_eq!(nobody, Err(NoReply::Nobody));

    let (_claim, mut requests) = bus.claim("run/1").expect("it is free");
    let asks = bus.request("run/1", Bytes::new(), &clock, WITHIN);
    let late = async {
        let kept = requests.next().await.expect("a request");
        clock.advance(WITHIN);
        kept
    };
    let (reply, _kept) = tokio::join!(asks, late);
    assert_eq!(reply, Err(NoReply::Late));

    let asks = bus.request("run/1", Bytes::new(), &clock, WITHIN);
    let drops = async { drop(requests.next().await) };
    let (reply, ()) = tokio::join!(asks, drops);
    assert_eq!(reply, Err(NoReply::Dropped));
}

#[tokio::test]
async fn a_holder_that_does_not_keep_up_refuses_the_next_request() {
    let bus = Bus::in_process();
    let (_claim, _requests) = bus.claim("run/1").expect("it is free");
    let waiting: Vec<_> = (0..REQUESTS_WAITING_MAX)
        .map(|_| bus.shared.names.send("run/1", Bytes::new()).expect("it is taken"))
        .collect();
    let refused = bus.request("run/1", Bytes::new(), &test_clock(), WITHIN).await;
    assert_eq!(refused, Err(NoReply::Full));
    drop(waiting);
}

//! Connecting to the SFU: sound and picture go up on one connection and come down on another. Both
//! belong to the seat in the living sit, not to the socket: a short loss of the socket affects
//! neither. The room decides what is forwarded to whom.

use sitwith_core::id::{RunId, SitId};
use sitwith_core::member::Person;
use sitwith_core::sit::media::ForwarderEvent;
use sitwith_core::sit::presence::Sitter;
use sitwith_core::time::Span;
pub use sitwith_media::hub::{ANSWER_SDP_MAX as ANSWER_MAX, UP_SDP_MAX as OFFER_MAX};
use sitwith_media::{DownError, UpError};
pub use sitwith_media::{NumberedSdpOffer, TurnCredential};
use tokio::sync::mpsc;

use crate::home::Home;
use crate::live::{LiveSits, MediaSeat};

/// Number of random bytes that distinguish credentials for the TURN server.
const TURN_MARK_BYTES: usize = 8;
/// Time to wait after the SFU itself was rate limited.
const MEDIA_RETRY_PAUSE: Span = Span::from_secs(1);

/// Refusals of the SFU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectNo {
    /// The person is not in this sit.
    NotSeated,
    /// The person sits quietly and publishes nothing.
    Quiet,
    /// The browser's SDP is malformed, or matches no open offer.
    Malformed,
    /// The SDP is longer than its limit.
    TooLong,
    /// This home has no sound and picture.
    NoMedia,
    /// The SFU is full.
    Full,
    /// Rate limited; holds the time to wait.
    TooFast(Span),
}

/// Somebody in a living sit who may connect.
pub struct MediaSitter {
    media_seat: MediaSeat,
    who: Sitter,
}

/// Returns the seat of somebody, before any of the browser's SDP is read.
///
/// # Errors
/// [`ConnectNo::NotSeated`], [`ConnectNo::TooFast`] or [`ConnectNo::NoMedia`].
pub fn find_sitter(home: &Home, who: &Person, sit: SitId) -> Result<MediaSitter, ConnectNo> {
    let who = Sitter::from_person(who).ok_or(ConnectNo::NotSeated)?;
    let place = home.live.find_media_seat(sit, who).ok_or(ConnectNo::NotSeated)?;
    home.rate_limits.check_media(who).map_err(ConnectNo::TooFast)?;
    if !home.media.is_there() {
        return Err(ConnectNo::NoMedia);
    }
    Ok(MediaSitter { media_seat: place, who })
}

/// Handles the SDP offer of a browser that publishes; returns the SDP answer. With `again` it
/// renegotiates the existing connection.
///
/// # Errors
/// See [`ConnectNo`].
pub async fn connect_up(
    home: &Home,
    seated: &MediaSitter,
    offer: String,
    again: bool,
) -> Result<String, ConnectNo> {
    let place = &seated.media_seat;
    if place.quiet {
        return Err(ConnectNo::Quiet);
    }
    if offer.len() > OFFER_MAX {
        return Err(ConnectNo::TooLong);
    }
    place.sit.media_connecting(seated.who);
    let answer = home.media.connect_up(place.sit.run(), place.seat, offer, again);
    let answer = answer.await?;
    seated.check_still_seated(home)?;
    Ok(answer)
}

/// Returns an SDP offer for a browser that receives, or `None` if it is up to date. `have` is the
/// number of the offer it already has.
///
/// # Errors
/// See [`ConnectNo`].
pub async fn offer_down(
    home: &Home,
    seated: &MediaSitter,
    have: Option<u32>,
    paced: bool,
) -> Result<Option<NumberedSdpOffer>, ConnectNo> {
    let place = &seated.media_seat;
    place.sit.media_connecting(seated.who);
    let (run, seat) = (place.sit.run(), place.seat);
    let offer = home.media.create_down_sdp_offer(run, seat, paced, have).await?;
    seated.check_still_seated(home)?;
    if let Some(wants) = place.sit.wants_of(seat).filter(|_| offer.is_some()) {
        home.media.set_wants(run, seat, wants);
    }
    Ok(offer)
}

/// Handles the browser's SDP answer to offer `n`.
///
/// # Errors
/// See [`ConnectNo`].
pub async fn answer_down(
    home: &Home,
    seated: &MediaSitter,
    n: u32,
    answer: String,
) -> Result<(), ConnectNo> {
    let place = &seated.media_seat;
    if answer.len() > ANSWER_MAX {
        return Err(ConnectNo::TooLong);
    }
    let (run, seat) = (place.sit.run(), place.seat);
    Ok(home.media.apply_down_sdp_answer(run, seat, n, answer).await?)
}

/// Returns credentials for the TURN server, if this home has one.
pub fn turn_credential(home: &Home) -> Option<TurnCredential> {
    let mark = home.dice.bytes::<TURN_MARK_BYTES>();
    let mark: String = mark.iter().map(|byte| format!("{byte:02x}")).collect();
    let now_s = u64::try_from(home.clock.now().ms() / 1_000).unwrap_or(0);
    home.media.turn_credential(now_s, &mark)
}

/// Forwards events of the SFU to their sits until the channel closes.
pub async fn forward_media_events(
    live: LiveSits,
    mut told: mpsc::Receiver<(RunId, ForwarderEvent)>,
) {
    while let Some((run, told)) = told.recv().await {
        if let Some(sit) = live.find(run) {
            sit.handle_media_event(told);
        }
    }
}

impl MediaSitter {
    /// Disconnects somebody who left while the SFU worked on their request.
    fn check_still_seated(&self, home: &Home) -> Result<(), ConnectNo> {
        let MediaSeat { sit, seat, .. } = &self.media_seat;
        if sit.seat_of(self.who) == Some(*seat) {
            return Ok(());
        }
        home.media.close_seat(sit.run(), *seat);
        Err(ConnectNo::NotSeated)
    }
}

impl From<UpError> for ConnectNo {
    fn from(no: UpError) -> Self {
        match no {
            UpError::Absent => Self::NoMedia,
            UpError::Malformed => Self::Malformed,
            UpError::Full => Self::Full,
            UpError::RateLimited => Self::TooFast(MEDIA_RETRY_PAUSE),
        }
    }
}

impl From<DownError> for ConnectNo {
    fn from(no: DownError) -> Self {
        match no {
            DownError::Absent => Self::NoMedia,
            DownError::Malformed => Self::Malformed,
            DownError::Full => Self::Full,
            DownError::RateLimited => Self::TooFast(MEDIA_RETRY_PAUSE),
        }
    }
}

//! Connecting to the SFU: sound and picture go up on one connection and come down on another. Both
//! belong to the seat in the living sit, not to the socket: a short loss of the socket affects
//! neither. The room decides what is forwarded to whom.

use sitwith_core::id::{RunId, SitId};
use sitwith_core::member::Person;
use sitwith_core::sit::media::Told;
use sitwith_core::sit::presence::Sitter;
use sitwith_core::time::Span;
pub use sitwith_media::hub::{ANSWER_SDP_MAX as ANSWER_MAX, UP_SDP_MAX as OFFER_MAX};
use sitwith_media::{DownError, UpError};
pub use sitwith_media::{NumberedOffer, TurnCredential};
use tokio::sync::mpsc;

use crate::home::Home;
use crate::live::{Live, Place};

/// Number of random bytes that distinguish credentials for the TURN server.
const MARK_BYTES: usize = 8;
/// Time to wait after the SFU itself was rate limited.
const MOMENT: Span = Span::from_secs(1);

/// Refusals of the SFU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectNo {
    /// The person is not in this sit.
    Missing,
    /// The person sits quietly and publishes nothing.
    Quiet,
    /// The browser's SDP is malformed, or matches no open offer.
    Unread,
    /// The SDP is longer than its limit.
    Long,
    /// This home has no sound and picture.
    Absent,
    /// The SFU is full.
    Full,
    /// Rate limited; holds the time to wait.
    TooMany(Span),
}

/// Somebody in a living sit who may connect.
pub struct Seated {
    place: Place,
    who: Sitter,
}

/// Returns the seat of somebody, before any of the browser's SDP is read.
///
/// # Errors
/// [`ConnectNo::Missing`], [`ConnectNo::TooMany`] or [`ConnectNo::Absent`].
pub fn find(home: &Home, who: &Person, sit: SitId) -> Result<Seated, ConnectNo> {
    let who = Sitter::of(who).ok_or(ConnectNo::Missing)?;
    let place = home.live.place(sit, who).ok_or(ConnectNo::Missing)?;
    home.gates.media(who).map_err(ConnectNo::TooMany)?;
    if !home.media.is_there() {
        return Err(ConnectNo::Absent);
    }
    Ok(Seated { place, who })
}

/// Handles the SDP offer of a browser that publishes; returns the SDP answer. With `again` it
/// renegotiates the existing connection.
///
/// # Errors
/// See [`ConnectNo`].
pub async fn up(
    home: &Home,
    seated: &Seated,
    offer: String,
    again: bool,
) -> Result<String, ConnectNo> {
    let place = &seated.place;
    if place.quiet {
        return Err(ConnectNo::Quiet);
    }
    if offer.len() > OFFER_MAX {
        return Err(ConnectNo::Long);
    }
    place.sit.connects(seated.who);
    let answer = home.media.connect_up(place.sit.run(), place.seat, offer, again);
    let answer = answer.await?;
    seated.is_still_there(home)?;
    Ok(answer)
}

/// Returns an SDP offer for a browser that receives, or `None` if it is up to date. `have` is the
/// number of the offer it already has.
///
/// # Errors
/// See [`ConnectNo`].
pub async fn down(
    home: &Home,
    seated: &Seated,
    have: Option<u32>,
    paced: bool,
) -> Result<Option<NumberedOffer>, ConnectNo> {
    let place = &seated.place;
    place.sit.connects(seated.who);
    let (run, seat) = (place.sit.run(), place.seat);
    let offer = home.media.offer_down(run, seat, paced, have).await?;
    seated.is_still_there(home)?;
    if let Some(wants) = place.sit.wants_of(seat).filter(|_| offer.is_some()) {
        home.media.set_wants(run, seat, wants);
    }
    Ok(offer)
}

/// Handles the browser's SDP answer to offer `n`.
///
/// # Errors
/// See [`ConnectNo`].
pub async fn answer(home: &Home, seated: &Seated, n: u32, answer: String) -> Result<(), ConnectNo> {
    let place = &seated.place;
    if answer.len() > ANSWER_MAX {
        return Err(ConnectNo::Long);
    }
    let (run, seat) = (place.sit.run(), place.seat);
    Ok(home.media.answer_down(run, seat, n, answer).await?)
}

/// Returns credentials for the TURN server, if this home has one.
pub fn turn_pass(home: &Home) -> Option<TurnCredential> {
    let mark = home.dice.bytes::<MARK_BYTES>();
    let mark: String = mark.iter().map(|byte| format!("{byte:02x}")).collect();
    let now_s = u64::try_from(home.clock.now().ms() / 1_000).unwrap_or(0);
    home.media.turn_credential(now_s, &mark)
}

/// Forwards events of the SFU to their sits until the channel closes.
pub async fn listen(live: Live, mut told: mpsc::Receiver<(RunId, Told)>) {
    while let Some((run, told)) = told.recv().await {
        if let Some(sit) = live.find(run) {
            sit.told_media(told);
        }
    }
}

impl Seated {
    /// Disconnects somebody who left while the SFU worked on their request.
    fn is_still_there(&self, home: &Home) -> Result<(), ConnectNo> {
        let Place { sit, seat, .. } = &self.place;
        if sit.seat_of(self.who) == Some(*seat) {
            return Ok(());
        }
        home.media.close_seat(sit.run(), *seat);
        Err(ConnectNo::Missing)
    }
}

impl From<UpError> for ConnectNo {
    fn from(no: UpError) -> Self {
        match no {
            UpError::Absent => Self::Absent,
            UpError::Malformed => Self::Unread,
            UpError::Full => Self::Full,
            UpError::RateLimited => Self::TooMany(MOMENT),
        }
    }
}

impl From<DownError> for ConnectNo {
    fn from(no: DownError) -> Self {
        match no {
            DownError::Absent => Self::Absent,
            DownError::Malformed => Self::Unread,
            DownError::Full => Self::Full,
            DownError::RateLimited => Self::TooMany(MOMENT),
        }
    }
}

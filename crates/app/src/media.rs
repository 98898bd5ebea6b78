//! Connecting to the forwarding of sound and picture: what somebody gives goes up, what they get
//! comes down. Both hang on their seat in the living sit, not on their line: a line that blinks
//! touches neither. What of it is forwarded to whom is the room's to rule.

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

/// How many bytes of chance tell passes to the TURN server apart.
const MARK_BYTES: usize = 8;
/// How long somebody waits whom the forwarding itself found too fast.
const MOMENT: Span = Span::from_secs(1);

/// Why somebody is not connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectNo {
    /// They do not sit in this sit.
    Missing,
    /// They sit quietly, and give nothing.
    Quiet,
    /// What their browser sent cannot be read, or belongs to no offer that is open.
    Unread,
    /// It is longer than it may be.
    Long,
    /// There is no sound and picture in this home.
    Absent,
    /// As many people are connected as can be.
    Full,
    /// They asked too often; how long to wait.
    TooMany(Span),
}

/// Somebody who sits in a living sit and may connect.
pub struct Seated {
    place: Place,
    who: Sitter,
}

/// Where somebody sits, before anything their browser sent is read.
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

/// Somebody's browser offers to give sound and picture; the answer (SDP). With `again` it changes
/// what it gives over the connection it has.
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

/// An offer to somebody's browser that wants to hear and see; none when it has all there is. What
/// it has already goes by the number in `have`.
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

/// Somebody's browser answers the offer `n`.
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

/// A pass to the TURN server for somebody's browser, when this home has one.
pub fn turn_pass(home: &Home) -> Option<TurnCredential> {
    let mark = home.dice.bytes::<MARK_BYTES>();
    let mark: String = mark.iter().map(|byte| format!("{byte:02x}")).collect();
    let now_s = u64::try_from(home.clock.now().ms() / 1_000).unwrap_or(0);
    home.media.turn_credential(now_s, &mark)
}

/// Hands what the forwarding tells to the sits it is about, as long as it tells anything.
pub async fn listen(live: Live, mut told: mpsc::Receiver<(RunId, Told)>) {
    while let Some((run, told)) = told.recv().await {
        if let Some(sit) = live.find(run) {
            sit.told_media(told);
        }
    }
}

impl Seated {
    /// Whoever has left while the forwarding was asked is disconnected again.
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

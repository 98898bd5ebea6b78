//! What the rooms are told, on its way out of the threads. Nobody waits for a slow listener: what
//! finds no room waits here, and the newest word of a kind takes the place of the one before.

use std::collections::BTreeMap;

use sitwith_core::id::RunId;
use sitwith_core::sit::media::Told;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

/// How many words may be on their way.
pub(crate) const TOLD_MAX: usize = 1_024;
/// How many more may wait, of so many kinds, rooms and seats. Beyond it words are lost.
const WAITING_MAX: usize = 100_000;

/// The kind of a word, and whom it is about: the newest of each is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum About {
    Slots,
    Speak,
    UpLost(u32),
    Line(u32),
}

impl About {
    fn of(told: &Told) -> Self {
        match told {
            Told::Slots(_) => Self::Slots,
            Told::Speak(_) => Self::Speak,
            Told::UpLost(seat) => Self::UpLost(*seat),
            Told::Line(seat, _) => Self::Line(*seat),
        }
    }
}

/// The way out for one worker's words.
#[derive(Debug)]
pub(crate) struct ToldOut {
    sender: mpsc::Sender<(RunId, Told)>,
    waiting: BTreeMap<(RunId, About), Told>,
}

impl ToldOut {
    pub(crate) fn new(sender: mpsc::Sender<(RunId, Told)>) -> Self {
        Self { sender, waiting: BTreeMap::new() }
    }

    /// Whether something waits.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Says it, now or as soon as there is room.
    pub(crate) fn say(&mut self, room: RunId, told: Told) {
        let about = (room, About::of(&told));
        // What waits goes first, so that an older word never comes after a newer one.
        let told = if self.waiting.is_empty() {
            match self.sender.try_send((room, told)) {
                Ok(()) | Err(TrySendError::Closed(_)) => return,
                Err(TrySendError::Full((_, told))) => told,
            }
        } else {
            told
        };
        if self.waiting.len() < WAITING_MAX || self.waiting.contains_key(&about) {
            self.waiting.insert(about, told);
        }
    }

    /// Says what waits, as far as there is room.
    pub(crate) fn flush(&mut self) {
        while let Some(((room, about), told)) = self.waiting.pop_first() {
            if let Err(TrySendError::Full((_, told))) = self.sender.try_send((room, told)) {
                self.waiting.insert((room, about), told);
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use sitwith_core::sit::media::Carries;
    use sitwith_core::time::Instant;

    use super::*;

    fn room(number: u8) -> RunId {
        RunId::new(Instant::from_ms(1), [number; 10])
    }

    #[test]
    fn a_full_way_keeps_the_newest_word_of_each_kind() {
        let (sender, mut receiver) = mpsc::channel(1);
        let mut out = ToldOut::new(sender);
        for seat in 0..100 {
            out.say(room(1), Told::Speak(vec![seat]));
        }
        out.say(room(1), Told::Line(7, Carries::Sound));
        out.say(room(1), Told::Line(7, Carries::All));
        out.say(room(2), Told::UpLost(3));
        let mut heard = vec![];
        while let Ok(word) = receiver.try_recv() {
            heard.push(word);
            out.flush();
        }
        let expected = [
            (room(1), Told::Speak(vec![0])),
            (room(1), Told::Speak(vec![99])),
            (room(1), Told::Line(7, Carries::All)),
            (room(2), Told::UpLost(3)),
        ];
        assert_eq!(heard, expected);
        assert!(!out.is_waiting());
    }

    #[test]
    fn when_nobody_listens_any_more_nothing_piles_up() {
        let (sender, receiver) = mpsc::channel(1);
        let mut out = ToldOut::new(sender);
        drop(receiver);
        out.say(room(1), Told::UpLost(1));
        assert!(!out.is_waiting());
    }
}

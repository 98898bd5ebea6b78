//! Starts the media server with the settings of the machine.

use std::sync::Arc;

use sitwith_core::id::RunId;
use sitwith_core::sit::media::ForwarderEvent;
use sitwith_media::{RandomSource, Sfu, SfuSettings, StartError};
use sitwith_wire::dice::Dice;
use tokio::sync::mpsc;

use crate::config::{Config, FatalError};
use crate::terminal;

/// Receives the media server's events.
pub(crate) type MediaEventReceiver = mpsc::Receiver<(RunId, ForwarderEvent)>;

/// Starts the media server beside pages that are served on `web_port`. On a machine without any
/// address that browsers could reach the home opens without sound and picture.
pub(crate) fn start_media(
    config: &Config,
    web_port: u16,
    dice: &Dice,
) -> Result<(Sfu, Option<MediaEventReceiver>), FatalError> {
    if config.media.off {
        return Ok((Sfu::none(), None));
    }
    let named = Some(config.media.port).filter(|port| *port > 0);
    let first = named.or(web_port.checked_add(1)).unwrap_or(0);
    let mut started = Sfu::start(sfu_settings(config, first, dice));
    if named.is_none() && matches!(started, Err(StartError::Listen(..))) {
        started = Sfu::start(sfu_settings(config, 0, dice));
    }
    match started {
        Ok((media, told)) => Ok((media, Some(told))),
        Err(StartError::NoAddress) => {
            tracing::warn!("{}: there is no sound and picture", StartError::NoAddress);
            Ok((Sfu::none(), None))
        }
        Err(no) => Err(FatalError(no.to_string())),
    }
}

/// Returns the settings of the media server, listening on this port.
pub(crate) fn sfu_settings(config: &Config, port: u16, dice: &Dice) -> SfuSettings {
    let (media, dice) = (&config.media, dice.clone());
    let at = media.listen_addr(&config.listen, port);
    let chance = RandomSource(Arc::new(move |bytes: &mut [u8]| {
        for piece in bytes.chunks_mut(16) {
            let chance = dice.bytes::<16>();
            piece.iter_mut().zip(chance).for_each(|(to, from)| *to = from);
        }
    }));
    SfuSettings {
        tcp: media.tcp.then_some(at),
        public: media.public.clone(),
        workers: usize::from(media.workers),
        turn: media.turn_credentials(),
        ..SfuSettings::new(at, chance)
    }
}

/// Prints the listen addresses of sound and picture.
pub(crate) fn print_media_addrs(media: &Sfu) {
    let words = match media.listen_addrs() {
        Some((udp, Some(tcp))) if udp == tcp => format!("{udp}, UDP and TCP"),
        Some((udp, Some(tcp))) => format!("{udp} UDP, {tcp} TCP"),
        Some((udp, None)) => format!("{udp}, UDP"),
        None => "none".to_owned(),
    };
    terminal::print_line(&format!("sound   {words}"));
}

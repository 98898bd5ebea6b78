//! Being asked to stop, by the system or by the person at the terminal.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::config::Wrong;

/// Hears when the program is asked to stop, from the moment it is made.
pub(crate) struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    /// Listens from now on. Made before anything is opened, so that nothing is left half open.
    pub(crate) fn listen() -> Result<Self, Wrong> {
        let hear = |kind| signal(kind).map_err(|error| Wrong(format!("no signals: {error}")));
        Ok(Self {
            terminate: hear(SignalKind::terminate())?,
            interrupt: hear(SignalKind::interrupt())?,
        })
    }

    /// Ends when the program is asked to stop. Whoever asks twice does not want to wait.
    pub(crate) async fn asked(mut self) {
        self.once().await;
        tracing::info!("asked to stop: telling those who sit that we are back in a moment");
        tokio::spawn(async move {
            self.once().await;
            std::process::exit(130);
        });
    }

    async fn once(&mut self) {
        tokio::select! {
            _asked = self.terminate.recv() => {}
            _asked = self.interrupt.recv() => {}
        }
    }
}

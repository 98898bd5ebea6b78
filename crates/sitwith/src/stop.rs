//! Signals that stop the program: SIGTERM and SIGINT.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::config::Wrong;

/// Receives the signals that stop the program, from its creation on.
pub(crate) struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    /// Starts to receive signals. Called before the home is opened, so that a signal during opening
    /// still shuts it down properly.
    pub(crate) fn listen() -> Result<Self, Wrong> {
        let hear = |kind| signal(kind).map_err(|error| Wrong(format!("no signals: {error}")));
        Ok(Self {
            terminate: hear(SignalKind::terminate())?,
            interrupt: hear(SignalKind::interrupt())?,
        })
    }

    /// Waits for the first signal. A second one ends the program at once, with exit code 130.
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

//! Signals that stop the program: SIGTERM and SIGINT.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::config::FatalError;

/// Receives the signals that stop the program, from its creation on.
pub(crate) struct StopSignal {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignal {
    /// Starts to receive signals. Called before the home is opened, so that a signal during opening
    /// still shuts it down properly.
    pub(crate) fn listen() -> Result<Self, FatalError> {
        let hear = |kind| signal(kind).map_err(|error| FatalError(format!("no signals: {error}")));
        Ok(Self {
            terminate: hear(SignalKind::terminate())?,
            interrupt: hear(SignalKind::interrupt())?,
        })
    }

    /// Waits for the first signal. A second one ends the program at once, with exit code 130.
    pub(crate) async fn wait(mut self) {
        self.next_signal().await;
        tracing::info!("asked to stop: telling those who sit that we are back in a moment");
        tokio::spawn(async move {
            self.next_signal().await;
            std::process::exit(130);
        });
    }

    async fn next_signal(&mut self) {
        tokio::select! {
            _asked = self.terminate.recv() => {}
            _asked = self.interrupt.recv() => {}
        }
    }
}

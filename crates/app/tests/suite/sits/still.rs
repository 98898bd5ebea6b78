//! A line that takes everything and says nothing.

use std::sync::Arc;

use sitwith_app::live::{SitSocket, TrySendOutcome};

pub(crate) struct Still;

impl Still {
    pub(crate) fn line() -> Arc<dyn SitSocket> {
        Arc::new(Self)
    }
}

impl SitSocket for Still {
    fn try_send(&self, _frame: &bytes::Bytes) -> TrySendOutcome {
        TrySendOutcome::Accepted
    }

    fn close(&self, _code: u16, _why: &'static str) {}
}

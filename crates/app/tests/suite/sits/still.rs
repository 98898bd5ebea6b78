//! A line that takes everything and says nothing.

use std::sync::Arc;

use sitwith_app::live::{Line, Offer};

pub(crate) struct Still;

impl Still {
    pub(crate) fn line() -> Arc<dyn Line> {
        Arc::new(Self)
    }
}

impl Line for Still {
    fn offer(&self, _frame: &bytes::Bytes) -> Offer {
        Offer::Taken
    }

    fn close(&self, _code: u16, _why: &'static str) {}
}

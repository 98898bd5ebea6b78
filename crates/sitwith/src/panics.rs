//! What is said when a piece of the program gives up.
//!
//! What a panic says may quote what it was about: a library that cuts a text names the text. So
//! the log is told where it happened, and not what was said.

use std::panic::{self, PanicHookInfo};

/// From now on a panic is logged by its place alone.
pub(crate) fn keep_words_out() {
    panic::set_hook(Box::new(|info| tracing::error!("{}", told(info))));
}

fn told(info: &PanicHookInfo<'_>) -> String {
    match info.location() {
        Some(place) => format!("a piece of the program gave up at {place}"),
        None => "a piece of the program gave up".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, PoisonError};

    use super::*;

    static SAID: Mutex<String> = Mutex::new(String::new());

    #[test]
    fn a_panic_is_logged_by_its_place_and_not_by_its_words() {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(|info| {
            *SAID.lock().unwrap_or_else(PoisonError::into_inner) = told(info);
        }));
        let words = "I never told anybody";
        let gave_up = panic::catch_unwind(|| panic!("cannot cut {words}"));
        panic::set_hook(usual);
        assert!(gave_up.is_err());
        let said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(said.contains("panics.rs"), "{said}");
        assert!(!said.contains("never told"), "{said}");
    }
}

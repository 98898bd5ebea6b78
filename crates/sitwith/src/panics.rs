//! The panic hook.
//!
//! A panic's message may quote private text: slicing a string out of bounds quotes the string. So
//! only the location of a panic is logged, not its message.

use std::panic::{self, PanicHookInfo};

/// Installs a panic hook that logs only the location.
pub(crate) fn install_panic_hook() {
    panic::set_hook(Box::new(|info| tracing::error!("{}", describe_panic(info))));
}

fn describe_panic(info: &PanicHookInfo<'_>) -> String {
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
            *SAID.lock().unwrap_or_else(PoisonError::into_inner) = describe_panic(info);
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

//! The program's own voice on the terminal. Everything else goes to the log.

use std::io::Write;

/// Says one line, at once, so that a program that listens hears it in time.
pub(crate) fn line(words: &str) {
    let mut out = std::io::stdout().lock();
    // Nobody listening is no reason to stop a home.
    let _heard = writeln!(out, "{words}").and_then(|()| out.flush()).is_ok();
}

/// Says what is to be mended some day, where errors are read: nothing stops for it.
pub(crate) fn warning(words: &str) {
    sorry(&format!("warning: {words}"));
}

/// Says why the program ends, where errors are read.
pub(crate) fn sorry(words: &str) {
    let mut out = std::io::stderr().lock();
    let _heard = writeln!(out, "sitwith: {words}").and_then(|()| out.flush()).is_ok();
}

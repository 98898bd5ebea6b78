//! Messages for the person at the terminal. Everything else goes to the log.

use std::io::Write;

/// Prints one line and flushes, so that a program reading the output gets it at once.
pub(crate) fn print_line(words: &str) {
    let mut out = std::io::stdout().lock();
    // A closed standard output must not stop the home.
    let _heard = writeln!(out, "{words}").and_then(|()| out.flush()).is_ok();
}

/// Prints a warning to standard error.
pub(crate) fn print_warning(words: &str) {
    print_error(&format!("warning: {words}"));
}

/// Prints the reason why the program ends to standard error.
pub(crate) fn print_error(words: &str) {
    let mut out = std::io::stderr().lock();
    let _heard = writeln!(out, "sitwith: {words}").and_then(|()| out.flush()).is_ok();
}

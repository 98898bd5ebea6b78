//! A temporary folder for one test.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A temporary folder for one test; dropping it removes the folder.
#[derive(Debug)]
pub struct TempFolder(PathBuf);

impl TempFolder {
    /// Creates an empty folder; in `/dev/shm` if it exists, because syncing costs nothing there.
    pub fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let base = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let folder = base.join(format!("sitwith-test-{}-{count}", std::process::id()));
            match std::fs::create_dir(&folder) {
                Ok(()) => return Self(folder),
                // Left over from a killed process with the same id.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => panic!("a folder for the test cannot be made: {error}"),
            }
        }
    }

    /// Returns its path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Returns the address of an SQLite database in it.
    pub fn database(&self) -> String {
        format!("sqlite://{}", self.0.join("home.db").display())
    }
}

impl Default for TempFolder {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        // A folder that stays behind does no harm.
        drop(std::fs::remove_dir_all(&self.0));
    }
}

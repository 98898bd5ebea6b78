//! A folder that is gone when the program ends.

use std::path::{Path, PathBuf};

/// A folder that is gone when the program ends.
pub(crate) struct TempFolder(PathBuf);

impl TempFolder {
    pub(crate) fn new(name: &str) -> Result<Self, std::io::Error> {
        let path = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        // Left over from a program of the same number that was killed.
        if path.exists() {
            std::fs::remove_dir_all(&path)?;
        }
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        // What stays behind in the machine's folder for such things is cleared by the machine.
        drop(std::fs::remove_dir_all(&self.0));
    }
}

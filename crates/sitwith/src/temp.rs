//! A temporary folder.

use std::path::{Path, PathBuf};

/// A temporary folder; dropping it removes the folder.
pub(crate) struct TempFolder(PathBuf);

impl TempFolder {
    pub(crate) fn new(name: &str) -> Result<Self, std::io::Error> {
        let path = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        // Left over from a killed process with the same id.
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
        // The system clears its temporary folder if this fails.
        drop(std::fs::remove_dir_all(&self.0));
    }
}

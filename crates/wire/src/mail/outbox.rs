//! The outbox that keeps mails while there is no relay: in memory, and as files if it has a folder.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tokio::fs;
use tokio::io::AsyncWriteExt;

use super::outgoing::OutgoingMail;
use super::{MailFailure, MailNo};

/// Maximum number of mails kept, in memory and in the folder; the oldest are dropped.
const OUTBOX_MAILS_MAX: usize = 500;

/// A mail in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxMail {
    /// The mail.
    pub mail: OutgoingMail,
    /// The mail as serialized.
    pub raw: String,
}

pub(super) struct Outbox {
    folder: Option<PathBuf>,
    mails: Mutex<VecDeque<OutboxMail>>,
}

impl Outbox {
    pub(super) fn folder(folder: PathBuf) -> Self {
        Self { folder: Some(folder), mails: Mutex::default() }
    }

    pub(super) fn memory() -> Self {
        Self { folder: None, mails: Mutex::default() }
    }

    pub(super) async fn put(&self, letter: &OutgoingMail, raw: &[u8]) -> Result<String, MailNo> {
        let mut reply = "laid into memory".to_owned();
        if let Some(folder) = &self.folder {
            let file = write_mail_file(folder, letter, raw).await.map_err(|error| MailNo {
                why: MailFailure::OutboxUnwritable,
                code: None,
                reply: error.to_string(),
            })?;
            reply = format!("laid into {}", file.display());
        }
        let sent =
            OutboxMail { mail: letter.clone(), raw: String::from_utf8_lossy(raw).into_owned() };
        let mut lying = self.mails.lock().unwrap_or_else(PoisonError::into_inner);
        // A mail that is sent again replaces its first copy.
        lying.retain(|other| other.mail.id != letter.id);
        lying.push_back(sent);
        if lying.len() > OUTBOX_MAILS_MAX {
            lying.pop_front();
        }
        Ok(reply)
    }

    pub(super) fn mails(&self) -> Vec<OutboxMail> {
        let lying = self.mails.lock().unwrap_or_else(PoisonError::into_inner);
        lying.iter().cloned().collect()
    }

    pub(super) fn take(&self) -> Vec<OutboxMail> {
        let mut lying = self.mails.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *lying).into()
    }
}

/// Writes the mail into the folder atomically (write, sync, rename). Returns the path of the file.
async fn write_mail_file(
    folder: &Path,
    letter: &OutgoingMail,
    raw: &[u8],
) -> Result<PathBuf, std::io::Error> {
    fs::create_dir_all(folder).await?;
    let name: String = letter.id.chars().filter(char::is_ascii_alphanumeric).collect();
    let half = folder.join(format!("{name}.half"));
    let whole = folder.join(format!("{name}.eml"));
    let mut ways = fs::OpenOptions::new();
    ways.write(true).create(true).truncate(true);
    // Sign-in mails are credentials: only the home itself may read them.
    #[cfg(unix)]
    ways.mode(0o600);
    let mut file = ways.open(&half).await?;
    file.write_all(raw).await?;
    file.sync_all().await?;
    fs::rename(&half, &whole).await?;
    remove_oldest_files(folder).await?;
    Ok(whole)
}

/// Removes the oldest files beyond [`OUTBOX_MAILS_MAX`]. Names begin with the time of the request,
/// so they sort by age.
async fn remove_oldest_files(folder: &Path) -> Result<(), std::io::Error> {
    let mut names = Vec::new();
    let mut entries = fs::read_dir(folder).await?;
    while let Some(entry) = entries.next_entry().await? {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "eml") {
            names.push(path);
        }
    }
    names.sort();
    for oldest in names.iter().take(names.len().saturating_sub(OUTBOX_MAILS_MAX)) {
        fs::remove_file(oldest).await?;
    }
    Ok(())
}

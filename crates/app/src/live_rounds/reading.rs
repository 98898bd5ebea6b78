//! Embedding of shares: stored shares are embedded one at a time, in random order. The result is
//! stored before the state machine gets it.

use std::sync::{Arc, PoisonError};

use sitwith_core::id::ShareId;
use sitwith_core::round::{RoundInput, ShareEmbedding, ShareText};
use sitwith_core::themes::strip_lead_in;
use sitwith_core::time::Span;
use sitwith_insight::{EmbedNo, Embedding};
use sitwith_store::Broken;
use sitwith_store::shares::{self, EmbeddingOutcome};

use super::LiveRound;

/// Number of shares embedded before the results are stored in one write.
const READ_BATCH_MAX: usize = 16;
/// Pause before a retry when the embedder's queue is full.
const BUSY_RETRY_PAUSE: Span = Span::from_ms(500);
/// Number of retries, after which the share stays outside any theme.
const BUSY_TRIES_MAX: u32 = 240;

/// A share and the result of embedding it.
struct ReadShare {
    id: ShareId,
    words: ShareText,
    read: ShareEmbedding,
}

impl LiveRound {
    /// Queues a new or changed share for embedding.
    pub(crate) fn queue_reading(&self, id: ShareId) {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        self.wake_embedder.notify_one();
    }

    /// Embeds shares until the round is released.
    pub(super) async fn read_shares(self: Arc<Self>) {
        while !self.has_ended() {
            let some = self.take_unread();
            if some.is_empty() {
                self.wake_embedder.notified().await;
                continue;
            }
            let mut done = Vec::with_capacity(some.len());
            for id in some {
                let words =
                    self.query(|machine| machine.share(id).map(|share| share.words.clone()));
                // Withdrawn in the meantime.
                let Some(words) = words else { continue };
                let read = self.embed_words(&words).await;
                done.push(ReadShare { id, words, read });
            }
            if let Err(broken) = self.keep_read(done).await {
                self.log(&broken, "what was read was not kept");
                self.release_when_idle().await;
            }
        }
    }

    fn take_unread(&self) -> Vec<ShareId> {
        let mut unread = self.unread.lock().unwrap_or_else(PoisonError::into_inner);
        let some: Vec<_> = unread.iter().take(READ_BATCH_MAX).copied().collect();
        for id in &some {
            unread.remove(id);
        }
        some
    }

    async fn embed_words(&self, words: &ShareText) -> ShareEmbedding {
        let insight = &self.tools.insight;
        for _ in 0..BUSY_TRIES_MAX {
            match insight.embed(strip_lead_in(words.as_str())).await {
                Ok(Embedding::Vector(vector)) => return ShareEmbedding::Vector(vector),
                Ok(Embedding::OtherLanguage) => return ShareEmbedding::OtherLanguage,
                Ok(Embedding::TooShort) => return ShareEmbedding::TooShort,
                Err(EmbedNo::Busy) if !self.has_ended() => {
                    self.tools.base.clock.sleep(BUSY_RETRY_PAUSE).await;
                }
                Err(_no) => return ShareEmbedding::Unavailable,
            }
        }
        ShareEmbedding::Unavailable
    }

    async fn keep_read(self: &Arc<Self>, done: Vec<ReadShare>) -> Result<(), Broken> {
        let _alone = self.lock_work().await;
        if self.has_ended() {
            return Ok(());
        }
        // Shares changed meanwhile are skipped: their ids are queued again.
        let done: Vec<_> = done
            .into_iter()
            .filter(|done| {
                self.query(|machine| {
                    machine.share(done.id).is_some_and(|share| share.words == done.words)
                })
            })
            .collect();
        let (id, kept) = (self.id(), done.as_slice());
        let write = self.tools.base.store.write(|mut tx| async move {
            for ReadShare { id: share, words, read } in kept {
                let (read_as, vector) = match read {
                    ShareEmbedding::Vector(vector) => {
                        (EmbeddingOutcome::Vector, Some(vector.to_bytes()))
                    }
                    ShareEmbedding::OtherLanguage => (EmbeddingOutcome::OtherTongue, None),
                    ShareEmbedding::TooShort => (EmbeddingOutcome::TooShort, None),
                    // Retried after the next start of the server: a model may be available then.
                    ShareEmbedding::Pending | ShareEmbedding::Unavailable => continue,
                };
                let share = (id, *share);
                shares::save_embedding(&mut tx, share, words.as_str(), read_as, vector).await?;
            }
            Ok::<_, Broken>(tx.done(()))
        });
        write.await?;
        let inputs = done.into_iter().map(|done| RoundInput::ShareRead(done.id, done.read));
        self.apply_inputs(inputs.collect()).await
    }
}

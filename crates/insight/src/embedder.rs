//! The embedding thread: low priority, so that no bell waits for an embedding, with a bounded
//! queue. It loads the model at the first text and unloads it when idle, to save memory.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::model::Model;
use crate::pack::{Pack, PackNo};
use crate::{EmbedNo, Embedding, WAITING_MAX};

const UNLOAD_AFTER: Duration = Duration::from_mins(20);
/// Nice value: about a tenth of the others' CPU share on a saturated machine.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

pub(crate) enum ModelSource {
    #[cfg_attr(not(feature = "model"), expect(dead_code, reason = "no model was built in"))]
    Static(&'static [u8]),
    File(PathBuf),
}

impl ModelSource {
    fn load(&self) -> Result<Model, PackNo> {
        let pack = match self {
            Self::Static(bytes) => Pack::from_static(bytes)?,
            Self::File(path) => Pack::from_file(path)?,
        };
        Model::new(Arc::new(pack))
    }
}

/// A queued text. Has no `Debug`, so that the text cannot be logged.
struct EmbedJob {
    text: String,
    reply: oneshot::Sender<Result<Embedding, EmbedNo>>,
}

/// Spawns the thread at the first text.
pub(crate) struct Embedder {
    source: Arc<ModelSource>,
    is_broken: Arc<AtomicBool>,
    /// `None` until the first text.
    queue: Mutex<Option<SyncSender<EmbedJob>>>,
}

impl Embedder {
    pub(crate) fn new(source: ModelSource) -> Self {
        Self { source: Arc::new(source), is_broken: Arc::default(), queue: Mutex::default() }
    }

    /// Set when the model failed to load.
    pub(crate) fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::Relaxed)
    }

    /// Queues a text and waits for its embedding.
    pub(crate) async fn embed(&self, text: &str) -> Result<Embedding, EmbedNo> {
        let reply = self.enqueue(text)?;
        reply.await.unwrap_or(Err(EmbedNo::Broken))
    }

    fn enqueue(
        &self,
        text: &str,
    ) -> Result<oneshot::Receiver<Result<Embedding, EmbedNo>>, EmbedNo> {
        if self.is_broken() {
            return Err(EmbedNo::Broken);
        }
        let (reply, receiver) = oneshot::channel();
        let job = EmbedJob { text: text.to_owned(), reply };
        match self.open_queue()?.try_send(job) {
            Ok(()) => Ok(receiver),
            Err(TrySendError::Full(_)) => Err(EmbedNo::Busy),
            Err(TrySendError::Disconnected(_)) => Err(EmbedNo::Broken),
        }
    }

    /// The queue; the first call creates it and spawns the thread.
    fn open_queue(&self) -> Result<SyncSender<EmbedJob>, EmbedNo> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = &*queue {
            return Ok(queue.clone());
        }
        let (sender, texts) = sync_channel(WAITING_MAX);
        let (source, is_broken) = (Arc::clone(&self.source), Arc::clone(&self.is_broken));
        let thread = std::thread::Builder::new().name("insight".to_owned());
        let spawned =
            thread.spawn(move || run_single_threaded(|| run_worker(&source, &texts, &is_broken)));
        spawned.map_err(|_no_thread| EmbedNo::Busy)?;
        *queue = Some(sender.clone());
        Ok(sender)
    }
}

/// Runs `work` in a rayon pool of the current thread only, so that candle does not use all cores.
pub(crate) fn run_single_threaded<T>(work: impl FnOnce() -> T) -> T {
    lower_priority();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build();
    let done = work();
    drop(pool);
    done
}

/// Lowers the thread's priority, where the system allows it.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    if rustix::process::setpriority_process(None, NICE).is_err() {
        tracing::debug!("the priority of the embedding thread could not be lowered");
    }
}

/// Embeds texts until all senders are dropped.
fn run_worker(source: &ModelSource, texts: &Receiver<EmbedJob>, is_broken: &AtomicBool) {
    let mut model = None;
    loop {
        let job = if model.is_some() {
            match texts.recv_timeout(UNLOAD_AFTER) {
                Ok(job) => job,
                Err(RecvTimeoutError::Timeout) => {
                    model = None;
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
        } else {
            match texts.recv() {
                Ok(job) => job,
                Err(_nobody) => return,
            }
        };
        if job.reply.is_closed() {
            continue;
        }
        let loaded = match &model {
            Some(loaded) => loaded,
            None => match source.load() {
                Ok(loaded) => model.insert(loaded),
                Err(error) => {
                    tracing::warn!(%error, "the model cannot be used; rounds are shown ungrouped");
                    is_broken.store(true, Ordering::Relaxed);
                    return;
                }
            },
        };
        // The requester may have gone.
        let _gone = job.reply.send(embed_text(loaded, &job.text));
    }
}

/// Embeds one text. A panic in the arithmetic does not end the thread.
fn embed_text(model: &Model, text: &str) -> Result<Embedding, EmbedNo> {
    let done = catch_unwind(AssertUnwindSafe(|| model.embed(text)));
    let Ok(done) = done else {
        tracing::warn!("embedding a text panicked");
        return Err(EmbedNo::Broken);
    };
    done.map_err(|error| {
        tracing::warn!(%error, "a text was not embedded");
        EmbedNo::Broken
    })
}

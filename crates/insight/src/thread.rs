//! The one thread that reads: of low priority, so that no bell waits for an embedding, with a
//! queue that has an end. It loads the model when the first text comes and lets go of it after a
//! rest, so that a home where nobody shares does not carry it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::model::Model;
use crate::pack::{Pack, PackNo};
use crate::{EmbedNo, Read, WAITING_MAX};

/// The model is let go when no text has come for so long.
const REST: Duration = Duration::from_mins(20);
/// How much this thread steps back for all others: a tenth of their share when the machine is full.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// Where a model is.
pub(crate) enum Source {
    /// In the program.
    #[cfg_attr(not(feature = "model"), expect(dead_code, reason = "no model was built in"))]
    Built(&'static [u8]),
    /// In a file.
    File(PathBuf),
}

impl Source {
    fn load(&self) -> Result<Model, PackNo> {
        let pack = match self {
            Self::Built(bytes) => Pack::built(bytes)?,
            Self::File(path) => Pack::of_file(path)?,
        };
        Model::new(Arc::new(pack))
    }
}

/// A text that waits. Has no `Debug`: words are in it.
struct Job {
    text: String,
    told: oneshot::Sender<Result<Read, EmbedNo>>,
}

/// The thread that reads, or will.
pub(crate) struct Reader {
    source: Arc<Source>,
    is_broken: Arc<AtomicBool>,
    /// Where texts are laid; nothing until the first one comes.
    queue: Mutex<Option<SyncSender<Job>>>,
}

impl Reader {
    pub(crate) fn new(source: Source) -> Self {
        Self { source: Arc::new(source), is_broken: Arc::default(), queue: Mutex::default() }
    }

    /// Whether the model was found to be of no use.
    pub(crate) fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::Relaxed)
    }

    /// Lays a text into the queue and waits until it was read.
    pub(crate) async fn read(&self, text: &str) -> Result<Read, EmbedNo> {
        let told = self.lay(text)?;
        told.await.unwrap_or(Err(EmbedNo::Broken))
    }

    fn lay(&self, text: &str) -> Result<oneshot::Receiver<Result<Read, EmbedNo>>, EmbedNo> {
        if self.is_broken() {
            return Err(EmbedNo::Broken);
        }
        let (told, waits) = oneshot::channel();
        let job = Job { text: text.to_owned(), told };
        match self.queue()?.try_send(job) {
            Ok(()) => Ok(waits),
            Err(TrySendError::Full(_)) => Err(EmbedNo::Busy),
            Err(TrySendError::Disconnected(_)) => Err(EmbedNo::Broken),
        }
    }

    /// The queue; makes it, and the thread behind it, when it is asked for first.
    fn queue(&self) -> Result<SyncSender<Job>, EmbedNo> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = &*queue {
            return Ok(queue.clone());
        }
        let (sender, texts) = sync_channel(WAITING_MAX);
        let (source, is_broken) = (Arc::clone(&self.source), Arc::clone(&self.is_broken));
        let thread = std::thread::Builder::new().name("insight".to_owned());
        let spawned = thread.spawn(move || alone(|| work(&source, &texts, &is_broken)));
        spawned.map_err(|_no_thread| EmbedNo::Busy)?;
        *queue = Some(sender.clone());
        Ok(sender)
    }
}

/// Runs `work` in a pool of this one thread, so that the arithmetic does not spread over all cores.
pub(crate) fn alone<T>(work: impl FnOnce() -> T) -> T {
    step_back();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build();
    let done = work();
    drop(pool);
    done
}

/// Lets every other thread go first. A machine that does not allow it reads all the same.
fn step_back() {
    #[cfg(target_os = "linux")]
    if rustix::process::setpriority_process(None, NICE).is_err() {
        tracing::debug!("the priority of reading stays as it is");
    }
}

/// Reads text after text until nobody can lay down any more.
fn work(source: &Source, texts: &Receiver<Job>, is_broken: &AtomicBool) {
    let mut model = None;
    loop {
        let job = if model.is_some() {
            match texts.recv_timeout(REST) {
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
        if job.told.is_closed() {
            continue;
        }
        let loaded = match &model {
            Some(loaded) => loaded,
            None => match source.load() {
                Ok(loaded) => model.insert(loaded),
                Err(error) => {
                    tracing::warn!(%error, "the model cannot be used: rounds are shown ungrouped");
                    is_broken.store(true, Ordering::Relaxed);
                    return;
                }
            },
        };
        // The one who asked may have gone; that is all right.
        let _gone = job.told.send(read(loaded, &job.text));
    }
}

/// Reads one text. Whatever it does to the arithmetic, the next one is read.
fn read(model: &Model, text: &str) -> Result<Read, EmbedNo> {
    let done = catch_unwind(AssertUnwindSafe(|| model.read(text)));
    let Ok(done) = done else {
        tracing::warn!("reading a text broke off");
        return Err(EmbedNo::Broken);
    };
    done.map_err(|error| {
        tracing::warn!(%error, "a text was not read");
        EmbedNo::Broken
    })
}

//! Changes that wait at the same time and are committed together. Every caller gets the answer to its own. It must not
//! know how a database commits.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot};
use tokio::task::{JoinHandle, yield_now};
use tracing::{Instrument as _, Span};

use crate::budget;
use crate::engine::{ANSWER_WITHIN, Kind};
use crate::fault::Fault;
use crate::plan::{Ended, Plan};
use crate::span::{self, Summary};

/// How many changes wait at most; who comes then waits to get in.
const QUEUE: usize = 1_024;

/// How many changes are committed together at most.
const GROUP: usize = 128;

/// The way to the tasks that write.
pub(crate) struct Queue {
    /// Absent when closed.
    entry: Mutex<Option<mpsc::Sender<Change>>>,
    lanes: Mutex<Vec<JoinHandle<()>>>,
}

/// A change that somebody waits for.
pub(crate) struct Change {
    pub(crate) plan: Plan,
    /// What whoever waits sees of it.
    pub(crate) span: Span,
    answer: oneshot::Sender<rebound_domain::Result<Ended>>,
}

impl Change {
    /// Tells the caller, who may have gone away.
    pub(crate) fn answer(self, answer: rebound_domain::Result<Ended>) {
        drop(self.answer.send(answer));
    }

    /// Whether somebody waits still.
    pub(crate) fn is_awaited(&self) -> bool {
        !self.answer.is_closed()
    }
}

impl Queue {
    /// Starts as many tasks, which end with this value. Each takes what has queued and gives it to `commit`, which
    /// answers it. Needs a Tokio runtime.
    pub(crate) fn start<F>(lanes: usize, commit: impl Fn(Vec<Change>) -> F + Clone + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send,
    {
        let (entry, exit) = mpsc::channel::<Change>(QUEUE);
        let exit = Arc::new(AsyncMutex::new(exit));
        let lane = |_| {
            let (exit, commit) = (Arc::clone(&exit), commit.clone());
            tokio::spawn(async move {
                loop {
                    let mut changes = take(&mut *exit.lock().await).await;
                    if changes.is_empty() {
                        return;
                    }
                    changes.retain(Change::is_awaited);
                    if !changes.is_empty() {
                        let group = span::group(&changes);
                        commit(changes).instrument(group).await;
                    }
                }
            })
        };
        let lanes = Mutex::new((0..lanes).map(lane).collect());
        Self { entry: Mutex::new(Some(entry)), lanes }
    }

    /// Runs a plan with others: all of it or nothing. The answer comes when it is on the disk.
    pub(crate) async fn apply<K: Kind>(&self, plan: Plan) -> rebound_domain::Result<Ended> {
        let (answer, answered) = oneshot::channel();
        let span = span::client(K::SYSTEM, Summary::Plan(&plan));
        let change = Change { plan, span: span.clone(), answer };
        let entry = self.entry.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let ended = budget::within(ANSWER_WITHIN, async {
            let closed = || Fault::away(sqlx::Error::PoolClosed).into_inner();
            entry.ok_or_else(closed)?.send(change).await.map_err(|_| closed())?;
            answered.await.unwrap_or_else(|gone| Err(Fault::away(gone).into_inner()))
        });
        let ended = ended.instrument(span.clone()).await;
        let ended = ended.unwrap_or_else(|late| Err(Fault::away(late).into_inner()));
        span::end(&span, &ended);
        ended
    }

    /// Waits until what is queued is done. What comes after is refused.
    pub(crate) async fn close(&self) {
        drop(self.entry.lock().unwrap_or_else(PoisonError::into_inner).take());
        let lanes = std::mem::take(&mut *self.lanes.lock().unwrap_or_else(PoisonError::into_inner));
        for lane in lanes {
            // A lane that failed has ended too.
            drop(lane.await);
        }
    }
}

/// Waits for a change and takes those that have come by then. As long as more come, other tasks go first: who is about
/// to ask for a change gets into this commit, and nobody waits for anything but work that is to be done anyway. Takes
/// nothing when the queue has ended.
async fn take(exit: &mut mpsc::Receiver<Change>) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut came = exit.recv_many(&mut changes, GROUP).await;
    while came > 0 && changes.len() < GROUP {
        yield_now().await;
        let before = changes.len();
        while changes.len() < GROUP
            && let Ok(change) = exit.try_recv()
        {
            changes.push(change);
        }
        came = changes.len() - before;
    }
    changes
}

//! The connections to one database. Unlike a pool of sqlx, it asks nothing of a server when a connection is returned,
//! which would be a round trip for every step. It must not know what steps do.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use sqlx::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::engine::{CONNECT_WITHIN, Kind, Outage};

/// How long the test of a connection may take before a fresh one is opened instead.
const TEST_WITHIN: Duration = Duration::from_millis(300);

/// How to connect.
type Options<K> = <<K as sqlx::Database>::Connection as Connection>::Options;

/// Open connections, and the right to open more.
pub(crate) struct Connections<K: Kind> {
    options: Options<K>,
    limit: u32,
    free: Arc<Semaphore>,
    /// The one used last is on top, so that those that are not needed become old below.
    idle: Mutex<Vec<Open<K>>>,
    outage: Arc<Outage>,
}

/// A connection, when it was opened, and when it was used last.
struct Open<K: Kind> {
    connection: K::Connection,
    opened: Instant,
    used: Instant,
}

impl<K: Kind> Connections<K> {
    /// At most so many connections; none is opened yet.
    pub(crate) fn new(options: Options<K>, limit: u32, outage: Arc<Outage>) -> Arc<Self> {
        let free = Arc::new(Semaphore::new(limit as usize));
        Arc::new(Self { options, limit, free, idle: Mutex::default(), outage })
    }

    /// Waits until one is free, and opens one if there is none that can be trusted.
    pub(crate) async fn acquire(self: &Arc<Self>) -> Result<Lease<K>, sqlx::Error> {
        let acquired = timeout(CONNECT_WITHIN, async {
            let permit = Arc::clone(&self.free).acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)?;
            while let Some(mut open) = self.pop() {
                let is_trusted = self.is_fresh(&open) || Self::answers(&mut open.connection).await;
                if is_trusted && is_usable(&mut open.connection).await {
                    return Ok(Lease { open: Some(open), home: Arc::clone(self), _permit: permit });
                }
            }
            let connection = K::Connection::connect_with(&self.options).await?;
            let (opened, used) = (Instant::now(), Instant::now());
            let open = Some(Open { connection, opened, used });
            Ok(Lease { open, home: Arc::clone(self), _permit: permit })
        });
        acquired.await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
    }

    /// Opens some ahead, so that the first requests do not wait for it. Where that fails, they try for themselves.
    pub(crate) async fn warm(self: &Arc<Self>, count: usize) {
        let opened = join_all((0..count).map(|_| self.acquire())).await;
        opened.into_iter().flatten().for_each(Lease::end);
    }

    /// Waits for those that are in use, and closes all.
    pub(crate) async fn close(&self) {
        // Fails only if it is closed already.
        drop(self.free.acquire_many(self.limit).await);
        self.free.close();
        let idle = mem::take(&mut *self.idle());
        for open in idle {
            // The database may have gone before.
            drop(open.connection.close().await);
        }
    }

    /// Takes the one that was used last, and lets go of one that nobody has needed for long.
    fn pop(&self) -> Option<Open<K>> {
        let mut idle = self.idle();
        if let Some(unused) = K::UNUSED_FOR
            && idle.first().is_some_and(|open| open.used.elapsed() > unused)
        {
            tokio::spawn(idle.remove(0).connection.close());
        }
        idle.pop()
    }

    fn is_fresh(&self, open: &Open<K>) -> bool {
        let idle = open.used.elapsed();
        K::TEST_AFTER.is_none_or(|test_after| idle < test_after && !self.outage.came_after_use(idle))
    }

    async fn answers(connection: &mut K::Connection) -> bool {
        timeout(TEST_WITHIN, connection.ping()).await.is_ok_and(|answer| answer.is_ok())
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Open<K>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a connection can begin a transaction. SQLite rolls back by itself when the disk is full or fails. Then the
/// rollback of sqlx finds nothing to do and fails, and sqlx counts a transaction for ever that is none.
async fn is_usable(connection: &mut impl Connection) -> bool {
    // A rollback may still be under way; the answer comes after it.
    !connection.is_in_transaction() || connection.ping().await.is_ok() && !connection.is_in_transaction()
}

/// A borrowed connection. Unless its step came to an end, as when the caller went away, it is closed; that of SQLite is
/// not, whose thread ends the statement and rolls back before it does anything else.
pub(crate) struct Lease<K: Kind> {
    open: Option<Open<K>>,
    home: Arc<Connections<K>>,
    _permit: OwnedSemaphorePermit,
}

impl<K: Kind> Lease<K> {
    pub(crate) fn connection(&mut self) -> Result<&mut K::Connection, sqlx::Error> {
        self.open.as_mut().map(|open| &mut open.connection).ok_or(sqlx::Error::PoolClosed)
    }

    /// Takes the connection for good; another one may be opened.
    pub(crate) fn detach(mut self) -> Result<K::Connection, sqlx::Error> {
        self.open.take().map(|open| open.connection).ok_or(sqlx::Error::PoolClosed)
    }

    /// Gives it back.
    pub(crate) fn end(mut self) {
        self.give_back();
    }

    fn give_back(&mut self) {
        let Some(open) = self.open.take() else { return };
        if K::UNUSED_FOR.is_some() && open.opened.elapsed() > MOST_AGE {
            tokio::spawn(open.connection.close());
        } else {
            self.home.idle().push(Open { used: Instant::now(), ..open });
        }
    }
}

/// How old a connection to a server gets, so that servers that were added get some and memory of old ones is freed.
const MOST_AGE: Duration = Duration::from_mins(30);

impl<K: Kind> Drop for Lease<K> {
    fn drop(&mut self) {
        if K::UNUSED_FOR.is_none() {
            self.give_back();
        }
    }
}

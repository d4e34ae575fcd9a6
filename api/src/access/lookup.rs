//! What this replica knows of keys and sessions, for a moment. Changes are told by the database; what is not heard of is
//! looked up again soon.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::PgPool;

use super::key::{KeyRow, key_get};
use super::oauth::revoked::revoked_has;
use super::session::{SessionRow, session_get};
use alloy::primitives::hex;

/// How long a change may go unnoticed where the database's notices do not arrive.
const KEPT: Duration = Duration::from_secs(3);
const MOST: usize = 50_000;

#[derive(Debug, Default)]
pub(crate) struct Lookups {
    keys: Cache<KeyRow>,
    sessions: Cache<SessionRow>,
    revoked: Cache<()>,
}

impl Lookups {
    pub(crate) async fn key(&self, pool: &PgPool, id: &str) -> sqlx::Result<Option<Arc<KeyRow>>> {
        let epoch = match self.keys.get(id) {
            Ok(known) => return Ok(known),
            Err(epoch) => epoch,
        };
        let row = key_get(&mut *pool.acquire().await?, id).await?.map(Arc::new);
        self.keys.put(id, row.clone(), epoch);
        Ok(row)
    }

    pub(crate) async fn session(&self, pool: &PgPool, hash: &[u8]) -> sqlx::Result<Option<Arc<SessionRow>>> {
        let id = hex::encode(hash);
        let epoch = match self.sessions.get(&id) {
            Ok(known) => return Ok(known),
            Err(epoch) => epoch,
        };
        let row = session_get(&mut *pool.acquire().await?, hash).await?.map(Arc::new);
        self.sessions.put(&id, row.clone(), epoch);
        Ok(row)
    }

    /// Whether an access token was revoked.
    pub(crate) async fn is_revoked(&self, pool: &PgPool, token: &str) -> sqlx::Result<bool> {
        let epoch = match self.revoked.get(token) {
            Ok(known) => return Ok(known.is_some()),
            Err(epoch) => epoch,
        };
        let revoked = revoked_has(&mut *pool.acquire().await?, token).await?;
        self.revoked.put(token, revoked.then(Arc::default), epoch);
        Ok(revoked)
    }

    /// A notice of the database: `key:…`, `session:…`, `token:…`.
    pub(crate) fn forget(&self, notice: &str) {
        match notice.split_once(':') {
            Some(("key", id)) => self.keys.forget(id),
            Some(("session", id)) => self.sessions.forget(id),
            Some(("token", id)) => self.revoked.forget(id),
            _ => {}
        }
    }

    /// Notices may have been missed.
    pub(crate) fn forget_all(&self) {
        self.keys.clear();
        self.sessions.clear();
        self.revoked.clear();
    }
}

#[derive(Debug)]
struct Cache<T>(Mutex<Known<T>>);

#[derive(Debug)]
struct Known<T> {
    rows: HashMap<String, (Instant, Option<Arc<T>>)>,
    /// Grows with each change: what was read before one is not kept after it.
    epoch: u64,
}

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Self(Mutex::new(Known { rows: HashMap::new(), epoch: 0 }))
    }
}

impl<T> Cache<T> {
    /// What is known, or the epoch to look it up in.
    fn get(&self, id: &str) -> Result<Option<Arc<T>>, u64> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match known.rows.get(id) {
            Some((read, row)) if read.elapsed() < KEPT => Ok(row.clone()),
            _ => Err(known.epoch),
        }
    }

    fn put(&self, id: &str, row: Option<Arc<T>>, epoch: u64) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.epoch != epoch {
            return;
        }
        if known.rows.len() >= MOST {
            known.rows.clear();
        }
        known.rows.insert(id.to_owned(), (Instant::now(), row));
    }

    fn forget(&self, id: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.epoch += 1;
        known.rows.remove(id);
    }

    fn clear(&self) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.epoch += 1;
        known.rows.clear();
    }
}

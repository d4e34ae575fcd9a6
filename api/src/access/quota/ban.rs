//! Who goes on asking after being refused is not answered for a while, longer each time.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::PgPool;
use time::OffsetDateTime;

/// Refusals within [`WHILE`] that are one too many: a program that looks at nothing it is answered.
const PATIENCE: u32 = 100;
const WHILE: Duration = Duration::from_secs(60);
/// Subjects that are watched at once.
const MOST: usize = 50_000;

/// Until when a subject is shut out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ban {
    pub(crate) until: OffsetDateTime,
}

/// The bans, as this replica knows them.
#[derive(Debug)]
pub(crate) struct Bans {
    pool: PgPool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    bans: HashMap<String, Ban>,
    refusals: HashMap<String, (Instant, u32)>,
}

impl Bans {
    pub(crate) fn new(pool: PgPool) -> Self {
        Self { pool, state: Mutex::default() }
    }

    /// Whether a subject is shut out now.
    pub(crate) fn of(&self, subject: &str) -> Option<Ban> {
        let now = OffsetDateTime::now_utc();
        self.state().bans.get(subject).copied().filter(|ban| ban.until > now)
    }

    /// Notes a refusal for want of quota. The one too many is a ban, which all replicas are told of.
    pub(crate) async fn refused(&self, subject: &str) -> sqlx::Result<Option<Ban>> {
        {
            let mut state = self.state();
            if state.refusals.len() >= MOST {
                state.refusals.clear();
            }
            let now = Instant::now();
            let (since, count) = state.refusals.entry(subject.to_owned()).or_insert((now, 0));
            if now.duration_since(*since) > WHILE {
                (*since, *count) = (now, 0);
            }
            *count += 1;
            if *count < PATIENCE {
                return Ok(None);
            }
            state.refusals.remove(subject);
        }
        let (until,): (OffsetDateTime,) =
            sqlx::query_as(include_str!("../sql/ban.sql")).bind(subject).fetch_one(&self.pool).await?;
        let ban = Ban { until };
        self.state().bans.insert(subject.to_owned(), ban);
        Ok(Some(ban))
    }

    /// Reads what the others have banned.
    pub(crate) async fn read(&self) -> sqlx::Result<()> {
        let sql = "SELECT subject, until FROM api.ban WHERE until > now()";
        let rows: Vec<(String, OffsetDateTime)> = sqlx::query_as(sql).fetch_all(&self.pool).await?;
        let bans = rows.into_iter().map(|(subject, until)| (subject, Ban { until })).collect();
        self.state().bans = bans;
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

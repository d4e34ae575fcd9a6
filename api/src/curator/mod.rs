//! What the API itself finds out about listings: their metadata, fetched and checked, what they are sorted by,
//! and how they are graded.
//!
//! Works beside the server and through the same database; several servers share the work. Each step is small, may be
//! repeated, and is of no consequence when it is not finished.

mod fetch;
mod grade;
mod guard;
mod link;
mod rank;

use std::time::Duration;

use futures::StreamExt as _;
use rand::Rng as _;
use sqlx::PgPool;
use sqlx::types::Json;
use tokio_util::sync::CancellationToken;

pub use fetch::Places;
pub(crate) use guard::Guarded;
pub use guard::{Private, Refused};

use crate::model::MetadataStatus;
use fetch::{Document, Failure, Fetcher, Wanted};

/// How often it looks for work.
const BEAT: Duration = Duration::from_secs(1);
/// Documents that no hash binds are read again so often, and so are those that were wrong.
const AGAIN: Duration = Duration::from_secs(24 * 60 * 60);
/// The first pause after nobody had a document; each further one is twice as long, up to [`AGAIN`].
const FIRST_PAUSE: Duration = Duration::from_secs(15);

/// Why a step was not done. It is tried again.
#[derive(Debug, thiserror::Error)]
pub enum CuratorError {
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("no client for fetching can be made: {0}")]
    Client(#[from] reqwest::Error),
}

/// Fetches and counts.
#[derive(Debug)]
pub struct Curator {
    pool: PgPool,
    fetcher: Fetcher,
    /// Documents fetched at once.
    at_once: usize,
    /// How long a claimed document is kept from other servers.
    lease: Duration,
}

impl Curator {
    /// Fetches up to `at_once` documents at a time.
    pub fn new(pool: PgPool, places: Places, at_once: usize) -> Result<Self, CuratorError> {
        // Every mirror and every gateway may use its time up.
        let lease = places.time * 8 * (2 + u32::try_from(places.gateways.len()).unwrap_or(u32::MAX / 16));
        Ok(Self { pool, fetcher: Fetcher::new(places)?, at_once, lease })
    }

    /// Works until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        let mut beat = tokio::time::interval(BEAT);
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while stop.run_until_cancelled(beat.tick()).await.is_some() {
            if let Some(Err(error)) = stop.run_until_cancelled(self.pass()).await {
                tracing::debug!(%error, "metadata and ranking wait");
            }
        }
    }

    /// Everything that is due now: notes new listings, fetches, counts. Tells how many documents it asked for.
    pub async fn pass(&self) -> Result<usize, CuratorError> {
        link::link(&self.pool).await?;
        rank::rank(&self.pool).await?;
        grade::grade(&self.pool).await?;
        let mut fetched = 0;
        loop {
            let claimed = self.claim().await?;
            if claimed.is_empty() {
                return Ok(fetched);
            }
            fetched += claimed.len();
            let mut results = futures::stream::iter(claimed)
                .map(
                    |(wanted, attempts)| async move { (self.fetcher.fetch(&wanted).await, wanted, attempts) },
                )
                .buffer_unordered(self.at_once);
            while let Some((result, wanted, attempts)) = results.next().await {
                self.note(&wanted, result, attempts).await?;
            }
        }
    }

    async fn claim(&self) -> Result<Vec<(Wanted, i32)>, CuratorError> {
        let rows: Vec<(String, Vec<u8>, Vec<String>, i32)> =
            sqlx::query_as(include_str!("sql/document_claim.sql"))
                .bind(4 * self.at_once as i64)
                .bind(self.lease.as_secs_f64())
                .fetch_all(&self.pool)
                .await?;
        let wanted = |(uri, hash, mirrors, attempts)| (Wanted { uri, hash, mirrors }, attempts);
        Ok(rows.into_iter().map(wanted).collect())
    }

    async fn note(
        &self,
        wanted: &Wanted,
        result: Result<Document, Failure>,
        attempts: i32,
    ) -> Result<(), CuratorError> {
        let (status, reason, document) = match result {
            Ok(document) => (MetadataStatus::Ok, None, Some(document)),
            Err(failure) => (failure.status(), Some(failure.to_string()), None),
        };
        let verified = document.as_ref().is_some_and(|document| document.verified);
        let pause = pause(status, verified, attempts);
        let mut transaction = self.pool.begin().await?;
        sqlx::query(include_str!("sql/document_result.sql"))
            .bind(&wanted.uri)
            .bind(&wanted.hash)
            .bind(status as i16)
            .bind(reason.map(|reason| reason.replace('\0', "\u{fffd}")))
            .bind(verified)
            .bind(document.map(|document| Json(document.fields)))
            .bind(pause.map(|pause| pause.as_secs_f64()))
            .execute(&mut *transaction)
            .await?;
        link::index(&mut transaction, &wanted.uri, &wanted.hash).await?;
        Ok(transaction.commit().await?)
    }
}

impl Failure {
    fn status(&self) -> MetadataStatus {
        match self {
            Self::Mismatch(_) => MetadataStatus::Mismatch,
            Self::Invalid(..) => MetadataStatus::Invalid,
            Self::Unreachable(..) => MetadataStatus::Unreachable,
        }
    }
}

/// When a document is fetched again; never where a hash says that it is right.
fn pause(status: MetadataStatus, verified: bool, attempts: i32) -> Option<Duration> {
    let jitter = rand::rng().random_range(0.8..1.2);
    match status {
        MetadataStatus::Ok if verified => None,
        MetadataStatus::Unreachable | MetadataStatus::Pending => {
            let doubled = FIRST_PAUSE.saturating_mul(1 << attempts.clamp(1, 20).saturating_sub(1));
            Some(doubled.min(AGAIN).mul_f64(jitter))
        }
        _ => Some(AGAIN.mul_f64(jitter)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_day_and_end_with_what_is_proved() {
        let seconds =
            |attempts| pause(MetadataStatus::Unreachable, false, attempts).expect("again").as_secs();
        assert!((12..=18).contains(&seconds(1)) && (24..=36).contains(&seconds(2)));
        for attempts in [13, 14, i32::MAX, i32::MIN, 0] {
            assert!((12..=104_000).contains(&seconds(attempts)), "{attempts}");
        }
        assert_eq!(pause(MetadataStatus::Ok, true, 1), None);
        assert!(
            pause(MetadataStatus::Ok, false, 1).is_some()
                && pause(MetadataStatus::Mismatch, false, 1).is_some()
        );
    }
}

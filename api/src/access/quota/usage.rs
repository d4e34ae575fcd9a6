//! What was asked for, by day: counted here, added to the store every few seconds.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use sqlx::PgPool;
use time::OffsetDateTime;

use crate::access::network;

/// Networks of keys that are remembered.
const MOST: usize = 50_000;

/// What a subject did since the last time it was stored.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) requests: i64,
    pub(crate) cost: i64,
    pub(crate) premium: i64,
    pub(crate) refused: i64,
}

/// The counts of one replica.
#[derive(Debug)]
pub(crate) struct Usage {
    pool: PgPool,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    by_subject: HashMap<String, Tally>,
    /// When keys were last used, and from where.
    keys: HashMap<String, (OffsetDateTime, IpAddr)>,
    /// Networks that this replica has not stored for a key yet, and those that it has.
    networks: HashSet<(String, IpAddr)>,
    stored: HashSet<(String, IpAddr)>,
}

impl Usage {
    pub(crate) fn new(pool: PgPool) -> Self {
        Self { pool, counts: Mutex::default() }
    }

    /// Adds to a subject's count.
    pub(crate) fn add(&self, subject: &str, tally: Tally) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let sum = counts.by_subject.entry(subject.to_owned()).or_default();
        sum.requests += tally.requests;
        sum.cost += tally.cost;
        sum.premium += tally.premium;
        sum.refused += tally.refused;
    }

    /// Notes that a key was used.
    pub(crate) fn used(&self, key: &str, from: IpAddr) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.keys.insert(key.to_owned(), (OffsetDateTime::now_utc(), from));
        let place = (key.to_owned(), network(from));
        if counts.networks.len() < MOST && !counts.stored.contains(&place) {
            counts.networks.insert(place);
        }
    }

    /// Stores what was counted. What cannot be stored is counted on.
    pub(crate) async fn flush(&self) -> sqlx::Result<()> {
        let mut counts = {
            let mut own = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            let stored = std::mem::take(&mut own.stored);
            std::mem::replace(&mut *own, Counts { stored, ..Counts::default() })
        };
        let stored = self.store(&counts).await;
        if stored.is_err() {
            for (subject, tally) in std::mem::take(&mut counts.by_subject) {
                self.add(&subject, tally);
            }
        }
        let mut own = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if stored.is_err() {
            own.networks.extend(counts.networks);
        } else {
            // What was forgotten is stored once more, and that is all.
            if own.stored.len() > MOST {
                own.stored.clear();
            }
            own.stored.extend(counts.networks);
        }
        stored
    }

    async fn store(&self, counts: &Counts) -> sqlx::Result<()> {
        // In one order everywhere, so that replicas wait for each other and never in a circle.
        let mut rows: Vec<_> = counts.by_subject.iter().collect();
        rows.sort_by_key(|(subject, _)| *subject);
        let column = |read: fn(&Tally) -> i64| rows.iter().map(|(_, tally)| read(tally)).collect::<Vec<_>>();
        let mut transaction = self.pool.begin().await?;
        if !rows.is_empty() {
            let subjects: Vec<&str> = rows.iter().map(|(subject, _)| subject.as_str()).collect();
            sqlx::query(include_str!("../sql/usage_add.sql"))
                .bind(subjects)
                .bind(column(|tally| tally.requests))
                .bind(column(|tally| tally.cost))
                .bind(column(|tally| tally.premium))
                .bind(column(|tally| tally.refused))
                .execute(&mut *transaction)
                .await?;
        }
        let mut keys: Vec<_> = counts.keys.iter().collect();
        keys.sort_by_key(|(id, _)| *id);
        for (id, (at, from)) in keys {
            let sql = "UPDATE api.api_key SET last_used_at = greatest(last_used_at, $2), last_used_from = $3 WHERE id = $1";
            sqlx::query(sql).bind(id).bind(at).bind(from.to_string()).execute(&mut *transaction).await?;
        }
        if !counts.networks.is_empty() {
            let mut networks: Vec<_> = counts.networks.iter().collect();
            networks.sort_unstable();
            let (keys, networks): (Vec<&str>, Vec<String>) =
                networks.iter().map(|(key, network)| (key.as_str(), network.to_string())).unzip();
            // A key that was removed meanwhile came from nowhere.
            let sql = "INSERT INTO api.key_network (key_id, network)
                SELECT seen.key, seen.network FROM unnest($1::text[], $2::text[]) AS seen (key, network)
                JOIN api.api_key ON id = seen.key ON CONFLICT DO NOTHING";
            sqlx::query(sql).bind(keys).bind(networks).execute(&mut *transaction).await?;
        }
        transaction.commit().await
    }
}

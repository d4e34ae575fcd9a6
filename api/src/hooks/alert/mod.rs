//! Alerts: what is watched, told once for each time that it happens.
//!
//! An alert with a threshold is told when its value gets there, and not again before it has gone back by a twentieth of
//! the threshold: figures that go to and fro at it are told once. Others are about things that happen once: a pass that
//! ends, a month's allowance, a network that a key is used from for the first time.

mod reading;
mod row;
mod watch;

use std::time::Duration;

use serde_json::{Value, json};
use sqlx::PgConnection;
use stoa_schema::types::Uint;
use time::format_description::well_known::Rfc3339;

use super::Hooks;
use super::delivery::{Draft, delivery_queue};
use super::metrics::Metrics;
use crate::db::begin::begin;
use crate::error::ApiError;
use crate::model::moment_of;
use reading::{Level, Once};
pub(crate) use row::{AlertRow, alert_add, alert_count, alert_get, alert_of, alert_remove, alert_set};
pub use watch::Watch;
pub(crate) use watch::Watched;

/// How often figures are looked at.
pub(super) const EVERY: Duration = Duration::from_secs(5);

/// What is to be done about a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Tell,
    /// It has gone back: the next time is told again.
    Arm,
    Nothing,
}

/// By a value, its thresholds, and whether it was told of already.
fn step(value: Uint, above: Option<Uint>, below: Option<Uint>, fired: bool) -> Step {
    let part = |threshold: Uint| threshold.0 / alloy::primitives::U256::from(20);
    let reached = above.is_some_and(|above| value >= above) || below.is_some_and(|below| value <= below);
    let back = above.is_none_or(|above| value.0 < above.0 - part(above))
        && below.is_none_or(|below| value.0 > below.0.saturating_add(part(below)));
    match (fired, reached, back) {
        (false, true, _) => Step::Tell,
        (true, false, true) => Step::Arm,
        _ => Step::Nothing,
    }
}

/// Looks at everything once. One replica does at a time.
pub(super) async fn pass(hooks: &Hooks) -> Result<(), ApiError> {
    let Some(shared) = &hooks.shared else { return Ok(()) };
    let mut transaction = begin(&shared.pool, "BEGIN").await?;
    let ours: bool =
        sqlx::query_scalar("SELECT pg_try_advisory_xact_lock(hashtextextended('stoa.api.alerts', 0))")
            .fetch_one(&mut *transaction)
            .await?;
    if !ours {
        return Ok(());
    }
    let (levels, once) = reading::all(hooks, &mut transaction).await?;
    let mut told = 0;
    for level in levels {
        match step(level.value, level.above, level.below, level.fired) {
            Step::Tell => told += u64::from(tell(&mut transaction, &level.once()).await?),
            Step::Arm => arm(&mut transaction, &level).await?,
            Step::Nothing => {}
        }
    }
    for happened in once {
        told += u64::from(tell(&mut transaction, &happened).await?);
    }
    transaction.commit().await?;
    Metrics::add(&shared.metrics.alerts, told);
    Ok(())
}

async fn arm(connection: &mut PgConnection, level: &Level) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM api.alert_fired WHERE alert = $1 AND subject = ''")
        .bind(&level.id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Queues it for the alert's webhook, in the transaction that notes that it was told.
async fn tell(connection: &mut PgConnection, happened: &Once) -> sqlx::Result<bool> {
    let fresh =
        sqlx::query("INSERT INTO api.alert_fired (alert, subject) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(&happened.id)
            .bind(&happened.subject)
            .execute(&mut *connection)
            .await?;
    if fresh.rows_affected() == 0 {
        return Ok(false);
    }
    let micros: i64 = sqlx::query_scalar(
        "UPDATE api.alert SET fired_at = now() WHERE id = $1
         RETURNING (extract(epoch FROM fired_at) * 1000000)::bigint",
    )
    .bind(&happened.id)
    .fetch_one(&mut *connection)
    .await?;
    let thing = format!("{}_{micros}_{}", happened.id, short(&happened.subject));
    let draft = Draft::new(thing, &format!("alert.{}", happened.kind), None, &document(happened));
    delivery_queue(connection, &happened.webhook, &draft).await?;
    Ok(true)
}

/// What is told of it.
fn document(happened: &Once) -> Value {
    let mut found = happened.detail.0.clone();
    if let Some(expiry) = found["expiry"].as_i64() {
        found["expires_at"] = json!(moment_of(expiry).and_then(|time| time.format(&Rfc3339).ok()));
        if let Some(found) = found.as_object_mut() {
            found.remove("expiry");
        }
    }
    json!({ "alert": happened.id, "name": happened.name, "watch": happened.watch.0, "found": found })
}

/// Tells subjects of one moment apart, in few characters.
fn short(subject: &str) -> String {
    format!("{:08x}", crc32fast::hash(subject.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: u64, above: Option<u64>, below: Option<u64>, fired: bool) -> Step {
        step(value.into(), above.map(Uint::from), below.map(Uint::from), fired)
    }

    #[test]
    fn a_crossing_is_told_once_and_again_only_after_it_has_gone_back() {
        assert_eq!(of(99, Some(100), None, false), Step::Nothing);
        assert_eq!(of(100, Some(100), None, false), Step::Tell);
        assert_eq!(of(150, Some(100), None, true), Step::Nothing);
        assert_eq!(of(96, Some(100), None, true), Step::Nothing, "to and fro at the threshold");
        assert_eq!(of(94, Some(100), None, true), Step::Arm);
        assert_eq!(of(100, None, Some(100), false), Step::Tell);
        assert_eq!(of(105, None, Some(100), true), Step::Nothing);
        assert_eq!(of(106, None, Some(100), true), Step::Arm);
        assert_eq!(of(0, None, Some(0), false), Step::Tell);
        assert_eq!(of(1, None, Some(0), true), Step::Arm);
        assert_eq!(of(0, Some(1), None, true), Step::Arm);
    }

    #[test]
    fn between_two_thresholds_it_is_well() {
        assert_eq!(of(50, Some(100), Some(10), false), Step::Nothing);
        assert_eq!(of(10, Some(100), Some(10), false), Step::Tell);
        assert_eq!(of(100, Some(100), Some(10), true), Step::Nothing);
        assert_eq!(of(50, Some(100), Some(10), true), Step::Arm);
        let most = Uint(alloy::primitives::U256::MAX);
        assert_eq!(step(most, None, Some(most), true), Step::Nothing, "nothing overflows");
    }
}

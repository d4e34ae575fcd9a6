//! Which webhooks are this replica's: it says every second that it lives, takes its share of those that nobody holds,
//! and gives up what is more than that.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::feed::{Feed, Told};
use super::{Hooks, alert};

const BEAT: Duration = Duration::from_secs(1);
/// Who was silent for so long has lost what it held. Longer than [`super::ALIVE`] and the longest attempt together.
const SILENT: f64 = 20.0;
/// Taken at one beat, so that replicas that start together share.
const AT_ONCE: i64 = 64;
const SWEEP: Duration = Duration::from_secs(60);

const ENDED: [&str; 4] = [
    "DELETE FROM api.delivery WHERE done_at < now() - interval '7 days'",
    // A log that grows fast is kept as far as anybody reads.
    "DELETE FROM api.delivery d USING api.webhook w
     WHERE w.id = d.webhook AND d.state <> 'pending' AND d.number < w.next_number - 10000",
    "DELETE FROM api.webhook_worker WHERE beat_at < now() - interval '1 hour'",
    // Longer than anything that is told once can come again.
    "DELETE FROM api.alert_fired f USING api.alert a
     WHERE a.id = f.alert AND f.subject <> '' AND f.fired_at < now() - interval '400 days'",
];

/// What this replica holds.
#[derive(Debug, Default)]
struct Held(HashMap<String, (watch::Sender<Told>, JoinHandle<()>)>);

impl Held {
    /// Ends tasks, and waits until they have: whoever takes over sends what comes after.
    async fn end(&mut self, ids: Vec<String>) {
        let ended: Vec<_> = ids.iter().filter_map(|id| self.0.remove(id)).collect();
        ended.iter().for_each(|(_, task)| task.abort());
        for (_, task) in ended {
            // Ended by us.
            let _ = task.await;
        }
    }
}

impl Hooks {
    /// Works until told to stop, then gives everything back.
    pub async fn run(self, stop: CancellationToken) {
        let Some(shared) = self.shared.clone() else { return };
        let watching = async {
            let mut beat = interval(alert::EVERY);
            beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                beat.tick().await;
                if let Err(error) = alert::pass(&self).await {
                    tracing::debug!(%error, "alerts wait");
                }
            }
        };
        let mut held = Held::default();
        let sending = async {
            let mut beat = interval(BEAT);
            beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut swept = Instant::now();
            loop {
                beat.tick().await;
                let mut done = self.beat(&mut held).await;
                if done.is_ok() && swept.elapsed() > SWEEP {
                    swept = Instant::now();
                    done = self.sweep().await;
                }
                if let Err(error) = done {
                    tracing::debug!(%error, "webhooks wait for the database");
                }
            }
        };
        // Large, and kept for as long as the server lives.
        stop.run_until_cancelled(Box::pin(async { tokio::join!(watching, sending) })).await;
        held.end(held.0.keys().cloned().collect()).await;
        let given = async {
            sqlx::query("UPDATE api.webhook SET held_by = NULL WHERE held_by = $1")
                .bind(&shared.id)
                .execute(&shared.pool)
                .await?;
            sqlx::query("DELETE FROM api.webhook_worker WHERE id = $1")
                .bind(&shared.id)
                .execute(&shared.pool)
                .await
        };
        if !matches!(tokio::time::timeout(2 * BEAT, given).await, Ok(Ok(_))) {
            tracing::debug!("webhooks were not given back: others take them once this server is silent");
        }
        shared.pool.close().await;
    }

    async fn beat(&self, held: &mut Held) -> sqlx::Result<()> {
        let Some(shared) = &self.shared else { return Ok(()) };
        let began = Instant::now();
        let (active, workers): (i64, i64) = sqlx::query_as(include_str!("sql/beat.sql"))
            .bind(&shared.id)
            .bind(SILENT)
            .fetch_one(&shared.pool)
            .await?;
        shared.lives(began);
        let workers = workers.max(1);
        let share = (active + workers - 1) / workers;
        let own = self.look(held).await?;
        if own < share {
            sqlx::query(include_str!("sql/claim.sql"))
                .bind(&shared.id)
                .bind(SILENT)
                .bind((share - own).min(AT_ONCE))
                .execute(&shared.pool)
                .await?;
        } else if own > share {
            let most = usize::try_from((own - share).min(AT_ONCE)).unwrap_or_default();
            let given: Vec<String> = held.0.keys().take(most).cloned().collect();
            held.end(given.clone()).await;
            sqlx::query("UPDATE api.webhook SET held_by = NULL WHERE id = ANY($2) AND held_by = $1")
                .bind(&shared.id)
                .bind(given)
                .execute(&shared.pool)
                .await?;
        }
        self.look(held).await?;
        Ok(())
    }

    /// Begins tasks for what is held, ends those of what is not, and tells the others how their rows stand.
    async fn look(&self, held: &mut Held) -> sqlx::Result<i64> {
        let Some(shared) = &self.shared else { return Ok(0) };
        let rows: Vec<(String, i64, i64)> = sqlx::query_as(
            "SELECT id, epoch, next_number FROM api.webhook WHERE held_by = $1 AND state = 'active'",
        )
        .bind(&shared.id)
        .fetch_all(&shared.pool)
        .await?;
        let gone = held
            .0
            .iter()
            .filter(|(id, (_, task))| task.is_finished() || !rows.iter().any(|(held, ..)| held == *id));
        held.end(gone.map(|(id, _)| id.clone()).collect()).await;
        let own = rows.len() as i64;
        for (id, epoch, next_number) in rows {
            let told = Told { epoch, next_number };
            if let Some((sender, _)) = held.0.get(&id) {
                sender.send_if_modified(|last| std::mem::replace(last, told) != told);
                continue;
            }
            let (sender, receiver) = watch::channel(told);
            let feed = Feed { shared: shared.clone(), id: id.clone(), told: receiver };
            held.0.insert(id, (sender, tokio::spawn(feed.run())));
        }
        shared.metrics.held.store(own, Ordering::Relaxed);
        Ok(own)
    }

    async fn sweep(&self) -> sqlx::Result<()> {
        let Some(shared) = &self.shared else { return Ok(()) };
        for sql in ENDED {
            sqlx::query(sql).execute(&shared.pool).await?;
        }
        Ok(())
    }
}

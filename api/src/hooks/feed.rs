//! One webhook's task: what streams tell is queued, what is queued is sent, in order.
//!
//! *Invariant:* a message leaves the queue only when its receiver took it, or its owner had reading begin elsewhere; the
//! cursor moves in the transaction that queues. So whenever the process dies, nothing is left out.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt as _;
use rand::Rng as _;
use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;
use tokio::sync::watch;

use super::Shared;
use super::delivery::{Draft, Pending, delivery_add, delivery_note, delivery_pending};
use super::metrics::Metrics;
use super::row::{HookRow, secrets, webhook_get};
use super::schedule::{PATIENCE, pause};
use super::sender::Sent;
use super::signature::Secret;
use crate::db::begin::begin;
use crate::error::ApiError;
use crate::live::{Follower, Out, Places, Topic, Wish};
use crate::params::FromParam as _;

/// Messages that are queued, and read from the queue, at once.
const BATCH: usize = 64;
/// A cursor that only moves past what is not told is stored so often.
const QUIET: Duration = Duration::from_secs(60);
/// Secrets are looked up again so often: one may have ended.
const SECRETS: Duration = Duration::from_secs(10);
const AGAIN: Duration = Duration::from_secs(1);

/// What the worker has read of the row, at each beat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) epoch: i64,
    pub(super) next_number: i64,
}

/// How things go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    On,
    /// The row changed: everything is read again.
    Anew,
    /// It is another's now, paused, or gone.
    Lost,
}

/// The task.
pub(super) struct Feed {
    pub(super) shared: Arc<Shared>,
    pub(super) id: String,
    pub(super) told: watch::Receiver<Told>,
}

/// What one reading of the row gave.
struct Session {
    row: HookRow,
    reader: Option<Follower>,
    secrets: Vec<Secret>,
    opened: Option<Instant>,
    stored: Instant,
}

impl Feed {
    /// Works until the webhook is no longer this replica's.
    pub(super) async fn run(mut self) {
        loop {
            match self.session().await {
                Ok(Turn::Lost) => return,
                Ok(_) => {}
                Err(error) => {
                    tracing::debug!(webhook = self.id, %error, "a webhook waits");
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
    }

    async fn session(&mut self) -> Result<Turn, ApiError> {
        let row = {
            let mut connection = self.shared.pool.acquire().await?;
            webhook_get(&mut connection, &self.id).await?
        };
        let Some(row) = row.filter(|row| row.state == "active") else { return Ok(Turn::Lost) };
        let mut session =
            Session { row, reader: None, secrets: Vec::new(), opened: None, stored: Instant::now() };
        loop {
            // Before the queue is looked at: what is queued later changes it again, and nothing is slept through.
            self.told.borrow_and_update();
            let turn = match delivery_pending(&self.shared.pool, &self.id, BATCH as i64).await? {
                pending if pending.is_empty() => self.fill(&mut session).await?,
                pending => self.send(&mut session, pending).await?,
            };
            if turn != Turn::On {
                return Ok(turn);
            }
        }
    }

    /// Sends what is queued, oldest first. What fails is waited for, and so is all behind it.
    async fn send(&mut self, session: &mut Session, pending: Vec<Pending>) -> Result<Turn, ApiError> {
        for message in pending {
            loop {
                if let turn @ (Turn::Anew | Turn::Lost) = self.wait(session).await {
                    return Ok(turn);
                }
                let sent = self.attempt(session, &message).await?;
                let Some(sent) = sent else { return Ok(Turn::Lost) };
                if sent.is_delivered() {
                    self.delivered(session, &message, &sent).await?;
                    break;
                }
                if self.failed(session, &message, &sent).await? == Turn::Lost {
                    return Ok(Turn::Lost);
                }
            }
        }
        Ok(Turn::On)
    }

    /// Until the oldest may be tried. Who waits long reads nothing meanwhile, and keeps nothing for it.
    async fn wait(&mut self, session: &mut Session) -> Turn {
        loop {
            if self.told.borrow_and_update().epoch > session.row.epoch {
                return Turn::Anew;
            }
            let left = session.row.next_at - OffsetDateTime::now_utc();
            let Ok(left) = Duration::try_from(left) else { return Turn::On };
            if left.is_zero() {
                return Turn::On;
            }
            session.reader = None;
            tokio::select! {
                () = tokio::time::sleep(left) => return Turn::On,
                changed = self.told.changed() => if changed.is_err() { return Turn::Lost },
            }
        }
    }

    async fn attempt(&self, session: &mut Session, message: &Pending) -> Result<Option<Sent>, ApiError> {
        if session.opened.is_none_or(|opened| opened.elapsed() > SECRETS) {
            session.secrets = secrets(&self.shared.pool, &self.shared.master, &self.id).await?;
            session.opened = Some(Instant::now());
        }
        let Ok(_permit) = self.shared.sends.acquire().await else { return Ok(None) };
        // Who could not say that it lives may have lost what it holds.
        if !self.shared.is_alive() {
            return Ok(None);
        }
        let sent = self
            .shared
            .sender
            .send(&session.row.url, &session.secrets, &message.message, &message.body)
            .await;
        let counter =
            if sent.is_delivered() { &self.shared.metrics.delivered } else { &self.shared.metrics.failed };
        Metrics::add(counter, 1);
        Metrics::add(&self.shared.metrics.milliseconds, sent.attempt.milliseconds);
        Ok(Some(sent))
    }

    async fn delivered(&self, session: &mut Session, message: &Pending, sent: &Sent) -> Result<(), ApiError> {
        let mut transaction = begin(&self.shared.pool, "BEGIN").await?;
        delivery_note(&mut transaction, &self.id, message.number, &sent.attempt, "delivered").await?;
        if session.row.failures > 0 {
            sqlx::query(
                "UPDATE api.webhook SET failures = 0, failing_since = NULL, next_at = now() WHERE id = $1",
            )
            .bind(&self.id)
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        session.row.failures = 0;
        session.row.next_at = OffsetDateTime::now_utc();
        Ok(())
    }

    async fn failed(&self, session: &mut Session, message: &Pending, sent: &Sent) -> Result<Turn, ApiError> {
        let row = &mut session.row;
        row.failures += 1;
        let wait = pause(row.failures, rand::rng().random(), sent.again);
        row.next_at = OffsetDateTime::now_utc() + wait;
        let error = sent.attempt.error.as_deref().unwrap_or_default();
        let paused = if sent.is_gone() {
            Some("The receiver answered 410: it is gone.".to_owned())
        } else {
            (row.failures >= PATIENCE)
                .then(|| format!("{PATIENCE} attempts in a row failed; the last: {error}."))
        };
        let mut transaction = begin(&self.shared.pool, "BEGIN").await?;
        delivery_note(&mut transaction, &self.id, message.number, &sent.attempt, "pending").await?;
        let kept = sqlx::query(
            "UPDATE api.webhook SET failures = $4, failing_since = coalesce(failing_since, now()), next_at = $5
             WHERE id = $1 AND held_by = $2 AND epoch = $3",
        )
        .bind(&self.id)
        .bind(&self.shared.id)
        .bind(row.epoch)
        .bind(row.failures)
        .bind(row.next_at)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        match paused {
            _ if kept.rows_affected() == 0 => Ok(Turn::Lost),
            Some(reason) => self.pause(&reason).await,
            None => Ok(Turn::On),
        }
    }

    /// Nothing more is sent until the owner says so. Nothing is lost meanwhile but what the outbox forgets.
    async fn pause(&self, reason: &str) -> Result<Turn, ApiError> {
        sqlx::query(
            "UPDATE api.webhook SET state = 'paused', paused_reason = $3, held_by = NULL, epoch = epoch + 1
             WHERE id = $1 AND held_by = $2",
        )
        .bind(&self.id)
        .bind(&self.shared.id)
        .bind(reason)
        .execute(&self.shared.pool)
        .await?;
        Metrics::add(&self.shared.metrics.paused, 1);
        tracing::info!(webhook = self.id, reason, "a webhook is paused");
        Ok(Turn::Lost)
    }

    /// Waits for something to be told, and queues it with all that is there already.
    async fn fill(&mut self, session: &mut Session) -> Result<Turn, ApiError> {
        if self.told.borrow().epoch > session.row.epoch {
            return Ok(Turn::Anew);
        }
        if session.row.topics.is_empty() {
            return Ok(self.changed().await);
        }
        if session.reader.is_none() {
            match self.open(&session.row).await {
                Ok(reader) => session.reader = Some(reader),
                Err(
                    error @ (ApiError::Expired(_)
                    | ApiError::BadParameter { .. }
                    | ApiError::MissingParameter { .. }),
                ) => return self.pause(&error.to_string()).await,
                Err(error) => return Err(error),
            }
        }
        let Some(reader) = &mut session.reader else { return Ok(Turn::Anew) };
        let first = tokio::select! {
            out = reader.next() => out,
            changed = self.told.changed() => {
                return Ok(if changed.is_err() { Turn::Lost } else { Turn::On });
            }
        };
        let (mut drafts, mut cursor, mut closed) = (Vec::new(), None, None);
        let mut next = first;
        loop {
            match next {
                None => closed = closed.or(Some(String::new())),
                Some(out) if out.event == "close" => closed = Some(reason(&out)),
                Some(out) => {
                    drafts.extend(draft(&out, &session.row));
                    cursor = out.cursor.or(cursor);
                }
            }
            if closed.is_some() || drafts.len() >= BATCH {
                break;
            }
            let Some(out) = reader.next().now_or_never() else { break };
            next = out;
        }
        if let Some(cursor) = cursor
            && self.store(session, &drafts, cursor).await? == Turn::Lost
        {
            return Ok(Turn::Lost);
        }
        match closed.as_deref() {
            Some("expired" | "reset") => self.pause(crate::live::EXPIRED).await,
            Some(_) => {
                session.reader = None;
                Ok(Turn::On)
            }
            None => Ok(Turn::On),
        }
    }

    async fn changed(&mut self) -> Turn {
        if self.told.changed().await.is_err() { Turn::Lost } else { Turn::On }
    }

    async fn open(&self, row: &HookRow) -> Result<Follower, ApiError> {
        let hub = self.shared.live.hub().await?;
        let places = Places::from_param(&row.cursor);
        let places = places.ok_or_else(|| ApiError::bad("cursor", &row.cursor, Places::allowed()))?;
        let wish = Wish {
            topics: row.topics.iter().filter_map(|topic| Topic::from_param(topic)).collect(),
            chain: row.chain_id,
            level: row.level()?,
            after: places.at,
            after_name: "cursor",
        };
        Follower::open(hub, wish, None).await
    }

    /// Queues, and moves the cursor with it.
    async fn store(&self, session: &mut Session, drafts: &[Draft], cursor: String) -> Result<Turn, ApiError> {
        if drafts.is_empty() && (cursor == session.row.cursor || session.stored.elapsed() < QUIET) {
            return Ok(Turn::On);
        }
        let mut transaction = begin(&self.shared.pool, "BEGIN").await?;
        // More than a batch is never queued.
        let count = drafts.len() as i64;
        let first: Option<i64> = sqlx::query_scalar(
            "UPDATE api.webhook SET cursor = $4, next_number = next_number + $5
             WHERE id = $1 AND held_by = $2 AND epoch = $3 AND state = 'active' RETURNING next_number - $5",
        )
        .bind(&self.id)
        .bind(&self.shared.id)
        .bind(session.row.epoch)
        .bind(&cursor)
        .bind(count)
        .fetch_optional(&mut *transaction)
        .await?;
        // The transaction is rolled back; what was read is read again by whoever holds it.
        let Some(first) = first else { return Ok(Turn::Lost) };
        delivery_add(&mut transaction, &self.id, first, drafts).await?;
        transaction.commit().await?;
        Metrics::add(&self.shared.metrics.queued, count.unsigned_abs());
        session.row.cursor = cursor;
        session.stored = Instant::now();
        Ok(Turn::On)
    }
}

/// What is looked at of a message.
#[derive(Deserialize)]
struct Head {
    chain_id: i64,
    seq: i64,
    index: i32,
    about: String,
    cursor: String,
}

/// What is queued of what a stream tells; `None` for what is none of the webhook's business.
fn draft(out: &Out, row: &HookRow) -> Option<Draft> {
    let kind = match out.event {
        "message" => None,
        "retract" => Some("retract"),
        _ => return None,
    };
    let data: Value = serde_json::from_str(&out.text).ok()?;
    let head = Head::deserialize(&data).ok()?;
    if !row.about.is_empty() && !row.about.contains(&head.about) {
        return None;
    }
    let thing = format!("{}_{}_{}", head.chain_id, head.seq, head.index);
    Some(Draft::new(thing, kind.unwrap_or(&head.about), Some(head.cursor), &data))
}

/// Why a stream ended.
fn reason(out: &Out) -> String {
    let notice: Option<Value> = serde_json::from_str(&out.text).ok();
    notice.and_then(|notice| notice["reason"].as_str().map(str::to_owned)).unwrap_or_default()
}

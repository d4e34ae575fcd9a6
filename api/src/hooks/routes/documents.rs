//! What is said about webhooks, and what may be asked of one.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use stoa_schema::types::Addr;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::hooks::delivery::DeliveryRow;
use crate::hooks::row::{HookRow, SecretRow};
use crate::hooks::sender::Attempt;
use crate::live::{Topic, Topics};
use crate::params::FromParam as _;

const ABOUT: [&str; 5] = ["purchase", "listing", "event", "block", "stats"];

/// A webhook, without what its messages are signed with.
#[derive(Debug, Serialize, ToSchema)]
pub struct Webhook {
    /// Its public id.
    #[schema(example = "wh4jFq0Zr8LmXaQ2")]
    pub id: String,
    /// The wallet that made it.
    #[schema(value_type = String, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    pub owner: Addr,
    /// What its owner calls it.
    pub name: String,
    /// Where messages are sent.
    #[schema(example = "https://example.org/hooks/stoa")]
    pub url: String,
    /// What it is told of, as for `GET /v1/stream`; empty where alerts alone are sent to it.
    #[schema(example = json!(["purchases", "listing:31337-1"]))]
    pub topics: Vec<String>,
    /// The one chain that it is told of; null for all.
    #[schema(required = true)]
    pub chain: Option<i64>,
    /// What messages may be about: `purchase`, `listing`, `event`, `block`, `stats`; empty for everything.
    pub about: Vec<String>,
    /// How final a block must be before it is told: `latest`, `safe` or `finalized`.
    #[schema(example = "latest")]
    pub level: String,
    /// `active`, or `paused`: nothing is sent, and nothing is lost for as long as the outbox keeps it (7 days).
    #[schema(example = "active")]
    pub state: String,
    /// Why it is paused; null where it is not.
    #[schema(required = true)]
    pub paused_reason: Option<String>,
    /// Behind the last message that was queued. What follows it is queued next.
    #[schema(example = "latest:31337-812-4")]
    pub cursor: String,
    /// Messages that are queued and not taken yet.
    #[schema(example = 0)]
    pub waiting: i64,
    /// Attempts in a row that failed.
    #[schema(example = 0)]
    pub failures: i32,
    /// Since when they fail; null where they do not.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub failing_since: Option<OffsetDateTime>,
    /// When the oldest message is tried again; null where none failed.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub next_attempt_at: Option<OffsetDateTime>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: OffsetDateTime,
    /// What messages are signed with now, newest first: several during a rotation.
    pub secrets: Vec<WebhookSecret>,
}

/// A signing secret, without what it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookSecret {
    /// Its number: 1 for the first.
    #[schema(example = 1)]
    pub number: i32,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: OffsetDateTime,
    /// When it signs no more; null for the newest.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub expires_at: Option<OffsetDateTime>,
}

/// A webhook with a new secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewWebhook {
    /// What its messages are signed with (Standard Webhooks), shown this once. Null in an answer that is told again for
    /// an `Idempotency-Key`; who has lost it rotates it.
    #[schema(required = true, example = "whsec_…")]
    pub secret: Option<String>,
    #[serde(flatten)]
    pub webhook: Webhook,
}

/// The answer about a webhook.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookAnswer {
    pub data: Webhook,
}

/// The answer about a webhook with a new secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewWebhookAnswer {
    pub data: NewWebhook,
}

/// The answer of `GET /v1/webhooks`.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhooksAnswer {
    pub data: Vec<Webhook>,
}

/// What a new webhook is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateWebhook {
    /// At most 100 characters.
    #[schema(example = "our shop")]
    pub name: String,
    /// An https address on the public internet, at port 443 or from 1024 on.
    #[schema(example = "https://example.org/hooks/stoa")]
    pub url: String,
    /// At most 100 topics of `GET /v1/stream`: `listings`, `purchases`, `blocks`, `stats`, `listing:{chainId}-{n}`,
    /// `account:{address}`; none for one that alerts alone are sent to.
    #[serde(default)]
    #[schema(example = json!(["purchases"]))]
    pub topics: Vec<String>,
    /// One chain; all without it.
    #[serde(default)]
    pub chain: Option<i64>,
    /// What messages may be about: some of `purchase`, `listing`, `event`, `block`, `stats`; everything without it.
    #[serde(default)]
    pub about: Vec<String>,
    /// `latest` (the default), `safe` or `finalized`. It stays.
    #[serde(default)]
    pub level: Option<String>,
}

/// What of a webhook is to be another; what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeWebhook {
    /// What it is called.
    #[serde(default)]
    pub name: Option<String>,
    /// Where messages are sent.
    #[serde(default)]
    pub url: Option<String>,
    /// What it is told of from now on.
    #[serde(default)]
    pub topics: Option<Vec<String>>,
    /// Null for all chains.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    pub chain: Option<Option<i64>>,
    /// What messages may be about; none for everything.
    #[serde(default)]
    pub about: Option<Vec<String>>,
    /// `paused`, or `active` to go on: at once, whatever failed before.
    #[serde(default)]
    pub state: Option<String>,
}

/// How its secret is to be replaced.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateSecret {
    /// Seconds that the old secret signs beside the new one: a day unless told, 30 days at most, 0 for none.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 2_592_000)]
    pub overlap_seconds: Option<i64>,
}

/// From where messages are to be told again. One of both.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// Behind the message with this cursor.
    #[serde(default)]
    #[schema(example = "latest:31337-812-4")]
    pub after: Option<String>,
    /// `oldest`: everything that is kept (7 days); `now`: what is queued and not taken yet is dropped.
    #[serde(default)]
    pub from: Option<String>,
}

/// A message that was sent, or is to be.
#[derive(Debug, Serialize, ToSchema)]
pub struct Delivery {
    /// Its place in the order of sending.
    #[schema(example = 12)]
    pub number: i64,
    /// The header `webhook-id`: equal each time that the same thing is told.
    #[schema(example = "msg_wh4jFq0Zr8LmXaQ2_31337_812_4")]
    pub message: String,
    /// `purchase`, `listing`, `event`, `block`, `stats`, `retract`, `ping` or `alert.…`.
    #[serde(rename = "type")]
    #[schema(example = "purchase")]
    pub kind: String,
    /// Where to replay from to hear what came after it; null for pings and alerts.
    #[schema(required = true)]
    pub cursor: Option<String>,
    /// `pending`; `delivered`; `failed`: a ping that nobody took; `dropped`: a replay began elsewhere.
    #[schema(example = "delivered")]
    pub state: String,
    /// Attempts, oldest first: of many, the first and the last 29.
    pub attempts: Vec<Attempt>,
    /// When it was queued.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: OffsetDateTime,
    /// When it was taken, or given up.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub done_at: Option<OffsetDateTime>,
    /// The body that was sent.
    pub body: Value,
}

/// The answer of `GET /v1/webhooks/{id}/deliveries`.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveriesAnswer {
    pub data: Vec<Delivery>,
    /// Pass it as `before` to read on; null at the end.
    #[schema(required = true)]
    pub next: Option<i64>,
}

/// The answer of `POST /v1/webhooks/{id}/ping`.
#[derive(Debug, Serialize, ToSchema)]
pub struct PingAnswer {
    pub data: Delivery,
}

/// Told apart from what was left out.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

impl Webhook {
    pub(super) fn of(row: HookRow, waiting: i64, secrets: Vec<SecretRow>) -> Self {
        let secret = |row: SecretRow| WebhookSecret {
            number: row.number,
            created_at: row.created_at,
            expires_at: row.expires_at,
        };
        Self {
            id: row.id,
            owner: row.owner,
            name: row.name,
            url: row.url,
            topics: row.topics,
            chain: row.chain_id,
            about: row.about,
            level: row.level,
            paused_reason: row.paused_reason,
            cursor: row.cursor,
            waiting,
            failures: row.failures,
            failing_since: row.failing_since,
            next_attempt_at: (row.failures > 0 && row.state == "active").then_some(row.next_at),
            state: row.state,
            created_at: row.created_at,
            secrets: secrets.into_iter().map(secret).collect(),
        }
    }
}

impl From<DeliveryRow> for Delivery {
    fn from(row: DeliveryRow) -> Self {
        Self {
            number: row.number,
            message: row.message,
            kind: row.kind,
            cursor: row.cursor,
            state: row.state,
            attempts: row.attempts.0,
            created_at: row.created_at,
            done_at: row.done_at,
            // What was queued is JSON.
            body: serde_json::from_str(&row.body).unwrap_or_default(),
        }
    }
}

/// Topics as a stream has them, each once.
pub(super) fn topics(words: &[String]) -> Result<Vec<String>, ApiError> {
    if words.is_empty() {
        return Ok(Vec::new());
    }
    if let Some(wrong) = words.iter().find(|word| Topic::from_param(word).is_none()) {
        return Err(ApiError::bad("topics", wrong, Topics::allowed()));
    }
    let read = Topics::from_param(&words.join(","));
    let read =
        read.ok_or_else(|| ApiError::bad("topics", &format!("{} of them", words.len()), Topics::allowed()))?;
    Ok(read.0.iter().map(Topic::to_string).collect())
}

pub(super) fn about(words: &[String]) -> Result<Vec<String>, ApiError> {
    let mut read = words.to_vec();
    read.sort_unstable();
    read.dedup();
    match read.iter().find(|word| !ABOUT.contains(&word.as_str())) {
        Some(wrong) => {
            Err(ApiError::bad("about", wrong, "some of `purchase`, `listing`, `event`, `block`, `stats`"))
        }
        None => Ok(read),
    }
}

//! `api.delivery`: what is to be told, in order, and what was.

use serde_json::{Value, json};
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::sender::Attempt;

/// Something that is to be told.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// What follows `msg_{webhook}_`; equal each time that the same thing is told.
    pub(crate) thing: String,
    pub(crate) kind: String,
    pub(crate) cursor: Option<String>,
    pub(crate) body: String,
}

impl Draft {
    /// `type`, `timestamp` and `data`, as the standard has it.
    pub(crate) fn new(thing: String, kind: &str, cursor: Option<String>, data: &Value) -> Self {
        let now = OffsetDateTime::now_utc();
        // Years of four digits always format.
        let at = now.replace_nanosecond(0).unwrap_or(now).format(&Rfc3339).unwrap_or_default();
        let body = json!({ "type": kind, "timestamp": at, "data": data }).to_string();
        Self { thing, kind: kind.to_owned(), cursor, body }
    }
}

/// What is still to be told.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Pending {
    pub(crate) number: i64,
    pub(crate) message: String,
    pub(crate) body: String,
}

/// A line of the log.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct DeliveryRow {
    pub(crate) number: i64,
    pub(crate) message: String,
    pub(crate) kind: String,
    pub(crate) cursor: Option<String>,
    pub(crate) body: String,
    pub(crate) state: String,
    pub(crate) attempts: Json<Vec<Attempt>>,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) done_at: Option<OffsetDateTime>,
}

/// Queues messages under numbers that the webhook's row gave out, and tells the last.
pub(crate) async fn delivery_add(
    connection: &mut PgConnection,
    webhook: &str,
    first: i64,
    drafts: &[Draft],
) -> sqlx::Result<()> {
    let column = |read: fn(&Draft) -> &str| drafts.iter().map(read).collect::<Vec<_>>();
    let messages: Vec<String> = drafts.iter().map(|draft| format!("msg_{webhook}_{}", draft.thing)).collect();
    let cursors: Vec<Option<&str>> = drafts.iter().map(|draft| draft.cursor.as_deref()).collect();
    sqlx::query(
        "INSERT INTO api.delivery (webhook, number, message, kind, cursor, body)
         SELECT $1, $2 + place - 1, message, kind, cursor, body
         FROM unnest($3::text[], $4::text[], $5::text[], $6::text[])
              WITH ORDINALITY AS draft (message, kind, cursor, body, place)",
    )
    .bind(webhook)
    .bind(first)
    .bind(messages)
    .bind(column(|draft| &draft.kind))
    .bind(cursors)
    .bind(column(|draft| &draft.body))
    .execute(connection)
    .await?;
    Ok(())
}

/// The same from outside of what reads for the webhook; `None` where there is no such webhook.
pub(crate) async fn delivery_queue(
    connection: &mut PgConnection,
    webhook: &str,
    draft: &Draft,
) -> sqlx::Result<Option<i64>> {
    let number: Option<i64> = sqlx::query_scalar(
        "UPDATE api.webhook SET next_number = next_number + 1 WHERE id = $1 RETURNING next_number - 1",
    )
    .bind(webhook)
    .fetch_optional(&mut *connection)
    .await?;
    if let Some(number) = number {
        delivery_add(connection, webhook, number, std::slice::from_ref(draft)).await?;
    }
    Ok(number)
}

/// The oldest that are still to be told.
pub(crate) async fn delivery_pending(pool: &PgPool, webhook: &str, most: i64) -> sqlx::Result<Vec<Pending>> {
    sqlx::query_as(
        "SELECT number, message, body FROM api.delivery
         WHERE webhook = $1 AND state = 'pending' ORDER BY number LIMIT $2",
    )
    .bind(webhook)
    .bind(most)
    .fetch_all(pool)
    .await
}

/// Notes an attempt, and how the delivery stands after it. Of many attempts the first and the last are kept.
pub(crate) async fn delivery_note(
    connection: &mut PgConnection,
    webhook: &str,
    number: i64,
    attempt: &Attempt,
    state: &str,
) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE api.delivery SET state = $4, done_at = CASE WHEN $4 = 'pending' THEN NULL ELSE now() END,
             attempts = CASE WHEN jsonb_array_length(attempts) >= 30 THEN attempts - 1 ELSE attempts END || $3
         WHERE webhook = $1 AND number = $2 AND state = 'pending'",
    )
    .bind(webhook)
    .bind(number)
    .bind(Json(json!([attempt])))
    .bind(state)
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes back what of streams is still to be told, of these chains or of all: reading begins elsewhere.
pub(crate) async fn delivery_drop(
    connection: &mut PgConnection,
    webhook: &str,
    chains: Option<&[i64]>,
) -> sqlx::Result<u64> {
    let dropped = sqlx::query(
        "UPDATE api.delivery SET state = 'dropped', done_at = now()
         WHERE webhook = $1 AND state = 'pending' AND cursor IS NOT NULL
           AND ($2::bigint[] IS NULL OR split_part(split_part(cursor, ':', 2), '-', 1)::bigint = ANY($2))",
    )
    .bind(webhook)
    .bind(chains)
    .execute(connection)
    .await?;
    Ok(dropped.rows_affected())
}

/// The log, newest first, before a number.
pub(crate) async fn delivery_page(
    connection: &mut PgConnection,
    webhook: &str,
    before: i64,
    state: Option<&str>,
    limit: i64,
) -> sqlx::Result<Vec<DeliveryRow>> {
    sqlx::query_as(
        "SELECT number, message, kind, cursor, body, state, attempts, created_at, done_at FROM api.delivery
         WHERE webhook = $1 AND number < $2 AND ($3::text IS NULL OR state = $3) ORDER BY number DESC LIMIT $4",
    )
    .bind(webhook)
    .bind(before)
    .bind(state)
    .bind(limit)
    .fetch_all(connection)
    .await
}

/// How many are still to be told, by webhook.
pub(crate) async fn delivery_waiting(
    connection: &mut PgConnection,
    webhooks: &[String],
) -> sqlx::Result<Vec<(String, i64)>> {
    sqlx::query_as(
        "SELECT webhook, count(*) FROM api.delivery WHERE webhook = ANY($1) AND state = 'pending' GROUP BY webhook",
    )
    .bind(webhooks)
    .fetch_all(connection)
    .await
}

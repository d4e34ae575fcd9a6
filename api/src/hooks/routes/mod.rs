//! Where wallets say what they want to be told of.

pub mod actions;
pub mod alerts;
pub mod documents;
pub mod webhooks;

use axum::Router;
use serde_json::Value;
use sqlx::PgConnection;

use super::row::{HookRow, webhook_lock};
use crate::access::routes::keys::owner;
use crate::access::routes::told;
use crate::access::{Caller, Entry, audit_add};
use crate::app::App;
use crate::error::ApiError;

pub(crate) fn router() -> Router<App> {
    webhooks::router().merge(actions::router()).merge(alerts::router())
}

/// The webhook, where it is the caller's, until the transaction ends. To all others it is not there.
async fn own(connection: &mut PgConnection, caller: &Caller, id: &str) -> Result<HookRow, ApiError> {
    let account = owner(caller)?;
    let row = webhook_lock(connection, id).await?.filter(|row| row.owner == account);
    let shown: String = id.chars().take(40).collect();
    row.ok_or_else(|| ApiError::NotFound(format!("This wallet has no webhook `{shown}`.")))
}

async fn note(
    connection: &mut PgConnection,
    caller: &Caller,
    action: &str,
    detail: Value,
) -> Result<(), ApiError> {
    let entry = Entry {
        account: caller.principal.account(),
        key_id: caller.principal.key_id(),
        action,
        address: Some(caller.address),
        detail,
    };
    Ok(audit_add(connection, &entry).await?)
}

fn conflict(detail: &str) -> ApiError {
    told(axum::http::StatusCode::CONFLICT, "conflict", detail)
}

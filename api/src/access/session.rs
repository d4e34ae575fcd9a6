//! `api.session`, and the cookie.

use axum::http::{HeaderMap, HeaderValue, header};
use sqlx::PgConnection;
use stoa_schema::types::Addr;
use time::OffsetDateTime;

/// Browsers take a cookie of this name only with Secure, Path=/ and without a domain.
const NAME: &str = "__Host-stoa_session";
/// Where the page is served over http from this machine.
const LOCAL_NAME: &str = "stoa_session";
pub(crate) const LENGTH: usize = 43;

/// A wallet that is signed in.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct SessionRow {
    pub(crate) hash: Vec<u8>,
    pub(crate) account: Addr,
    pub(crate) chain_id: i64,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) expires_at: OffsetDateTime,
}

pub(crate) async fn session_get(
    connection: &mut PgConnection,
    hash: &[u8],
) -> sqlx::Result<Option<SessionRow>> {
    sqlx::query_as("SELECT * FROM api.session WHERE hash = $1 AND expires_at > now()")
        .bind(hash)
        .fetch_optional(connection)
        .await
}

pub(crate) async fn session_add(
    connection: &mut PgConnection,
    hash: &[u8],
    account: Addr,
    chain_id: i64,
    expires_at: OffsetDateTime,
) -> sqlx::Result<SessionRow> {
    let sql =
        "INSERT INTO api.session (hash, account, chain_id, expires_at) VALUES ($1, $2, $3, $4) RETURNING *";
    sqlx::query_as(sql).bind(hash).bind(account).bind(chain_id).bind(expires_at).fetch_one(connection).await
}

pub(crate) async fn session_remove(connection: &mut PgConnection, hash: &[u8]) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM api.session WHERE hash = $1").bind(hash).execute(connection).await?;
    Ok(())
}

/// What a request's cookie holds, if it can be one of ours.
pub(crate) fn cookie(headers: &HeaderMap, secure: bool) -> Option<&str> {
    let name = if secure { NAME } else { LOCAL_NAME };
    let pairs = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut values = pairs.flat_map(|value| value.split(';')).filter_map(|pair| {
        let (given, value) = pair.trim().split_once('=')?;
        (given == name).then_some(value)
    });
    let value = values.next()?;
    (value.len() == LENGTH && value.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(value)
}

/// The header that sets it, or takes it away.
pub(crate) fn set_cookie(secret: Option<&str>, seconds: i64, secure: bool) -> Option<HeaderValue> {
    let (name, secure) = if secure { (NAME, "; Secure") } else { (LOCAL_NAME, "") };
    let (value, age) = secret.map_or(("", 0), |secret| (secret, seconds));
    let text = format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict{secure}");
    let mut header = HeaderValue::from_str(&text).ok()?;
    header.set_sensitive(true);
    Some(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_reads_back_and_is_hardened() {
        let secret = "a".repeat(LENGTH);
        for secure in [true, false] {
            let set = set_cookie(Some(&secret), 60, secure).expect("a header");
            let text = set.to_str().expect("text");
            assert!(text.ends_with(if secure { "SameSite=Strict; Secure" } else { "SameSite=Strict" }));
            assert_eq!(text.starts_with("__Host-"), secure);
            assert!(text.contains("HttpOnly") && text.contains("Path=/") && !text.contains("Domain"));
            let pair = text.split(';').next().expect("a pair");
            let mut headers = HeaderMap::new();
            headers.insert("cookie", HeaderValue::from_str(&format!("x=1; {pair}; y=2")).expect("text"));
            assert_eq!(cookie(&headers, secure), Some(&*secret));
            assert_eq!(cookie(&headers, !secure), None);
        }
    }
}

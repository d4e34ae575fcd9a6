//! `/v1/auth`: signing in with a wallet.

use std::sync::Arc;

use alloy::primitives::hex;
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Extension, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use axum::routing::post;
use serde::{Deserialize, Serialize};
use serde_json::json;
use stoa_schema::types::Addr;
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::{answer, body, no_randomness, told};
use crate::access::audit::{Entry, audit_add};
use crate::access::gate::Caller;
use crate::access::principal::Principal;
use crate::access::session::{LENGTH, SessionRow, session_add, session_remove, set_cookie};
use crate::access::siwe::Message;
use crate::access::{Inner, nonce, secret, verify};
use crate::app::App;
use crate::db::begin::begin;
use crate::error::ApiError;
use crate::params::Params;
use crate::problem::Problem;

/// Clocks differ.
const SKEW: time::Duration = time::Duration::seconds(60);

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/auth/nonce", post(new_nonce))
        .route("/auth/session", post(sign_in).get(session).delete(sign_out))
}

/// What a message must hold to be taken once.
#[derive(Debug, Serialize, ToSchema)]
pub struct Nonce {
    /// For the message's `Nonce`.
    pub nonce: String,
    /// Until when it may be used.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: OffsetDateTime,
    /// Domains that the message may name.
    #[schema(example = json!(["stoa.example"]))]
    pub domains: Vec<String>,
}

/// The answer of `POST /v1/auth/nonce`.
#[derive(Debug, Serialize, ToSchema)]
pub struct NonceAnswer {
    pub data: Nonce,
}

/// A signed message.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The message as EIP-4361 writes it.
    pub message: String,
    /// Its signature: of the account's key (EIP-191), or what the account's contract takes for one (EIP-1271).
    #[schema(pattern = "^0x[0-9a-fA-F]+$")]
    pub signature: String,
}

/// A wallet that is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// The wallet.
    #[schema(value_type = String, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    pub account: Addr,
    /// The chain that the message named.
    #[schema(example = 31337)]
    pub chain_id: i64,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: OffsetDateTime,
    /// When it ends.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: OffsetDateTime,
    /// Whether it is an operator's.
    pub operator: bool,
}

/// The answer about a session.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionAnswer {
    pub data: Session,
}

impl Session {
    fn of(access: &Inner, row: &SessionRow) -> Self {
        Self {
            account: row.account,
            chain_id: row.chain_id,
            created_at: row.created_at,
            expires_at: row.expires_at,
            operator: access.is_operator(row.account),
        }
    }
}

/// A nonce for a message to sign (EIP-4361).
#[utoipa::path(post, path = "/v1/auth/nonce", tag = "access", operation_id = "createNonce",
    responses(
        (status = 200, description = "A nonce, good for ten minutes and once.", body = NonceAnswer),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Sign-in is not enabled on this server.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn new_nonce(
    State(app): State<App>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    let pepper = app.access.pepper()?;
    let (nonce, ends) = nonce::give(pepper, OffsetDateTime::now_utc()).map_err(no_randomness)?;
    let domains = app.access.setup.origins.iter().filter_map(domain).collect();
    answer(StatusCode::OK, &Nonce { nonce, expires_at: ends, domains })
}

/// Signs a wallet in: a session for managing its keys, in a cookie that scripts cannot read.
///
/// The message names one of the domains and an address under it, a chain that is served here, and a nonce of
/// `POST /v1/auth/nonce`. Changes by the session need this server's own `Origin` and a header `X-Stoa-CSRF`.
#[utoipa::path(post, path = "/v1/auth/session", tag = "access", operation_id = "createSession",
    request_body = SignIn,
    responses(
        (status = 201, description = "The session; `Set-Cookie` holds it.", body = SessionAnswer),
        (status = 400, description = "The message is not one of EIP-4361, or a parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "The message is not for this server and moment, or not signed by the account; the detail says which.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The request comes from another site's page.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Sign-in is not enabled on this server.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server or a node is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn sign_in(
    State(app): State<App>,
    Extension(caller): Extension<Arc<Caller>>,
    RawQuery(query): RawQuery,
    sent: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    let access = &*app.access;
    let pepper = access.pepper()?;
    let SignIn { message: text, signature } = body(sent)?;
    let message = Message::parse(&text)
        .map_err(|error| told(StatusCode::BAD_REQUEST, "invalid-message", &format!("{error}.")))?;
    let refused = |reason: &'static str, detail: &str| {
        access.refusals.add(Some(Addr(message.address)), None, reason, caller.address, caller.rule.path);
        told(StatusCode::UNAUTHORIZED, reason, detail)
    };
    let now = OffsetDateTime::now_utc();
    timely(access, &message, now).map_err(|(reason, detail)| refused(reason, detail))?;
    let ends = nonce::end_of(pepper, &message.nonce).filter(|ends| *ends > now);
    let ends =
        ends.ok_or_else(|| refused("bad-nonce", "The nonce is not one of this server's, or has ended."))?;
    if !serves(access, message.chain_id).await? {
        return Err(refused("wrong-chain", "The message names a chain that is not served here."));
    }
    let signature = hex::decode(&signature).ok().filter(|bytes| bytes.len() <= verify::LONGEST);
    let signature =
        signature.ok_or_else(|| refused("bad-signature", "The signature is not bytes in hex."))?;
    let signed = access.verifier.signed(message.address, message.chain_id, &text, &signature).await;
    match signed {
        Ok(true) => {}
        Ok(false) => return Err(refused("bad-signature", "The account did not sign this message.")),
        Err(error) => return Err(ApiError::NotReady(format!("{error}. Ask again in a moment."))),
    }
    let secret = secret::base62(LENGTH).map_err(no_randomness)?;
    let longest = now + access.setup.session;
    let expires_at = message.expires_at.map_or(longest, |ends| ends.min(longest));
    let mut transaction = begin(&access.pool, "BEGIN").await?;
    if !nonce::spend(&mut transaction, &message.nonce, ends).await? {
        return Err(refused("used-nonce", "The nonce was used before. Take a new one."));
    }
    let (account, hash) = (Addr(message.address), pepper.hash("session", &secret));
    let row = session_add(&mut transaction, &hash, account, message.chain_id, expires_at).await?;
    let entry = Entry {
        account: Some(account),
        key_id: None,
        action: "signed in",
        address: Some(caller.address),
        detail: json!({ "chain_id": message.chain_id }),
    };
    audit_add(&mut transaction, &entry).await?;
    transaction.commit().await?;
    let mut response = answer(StatusCode::CREATED, &Session::of(access, &row))?;
    let seconds = (expires_at - now).whole_seconds();
    if let Some(cookie) = set_cookie(Some(&secret), seconds, access.secure()) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// The session that the request comes with.
#[utoipa::path(get, path = "/v1/auth/session", tag = "access", operation_id = "getSession",
    responses(
        (status = 200, description = "The session.", body = SessionAnswer),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "There is no session, or it has ended.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn session(
    State(app): State<App>,
    Extension(caller): Extension<Arc<Caller>>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    answer(StatusCode::OK, &Session::of(&app.access, of(&caller)?))
}

/// Signs out: the session ends on every server.
#[utoipa::path(delete, path = "/v1/auth/session", tag = "access", operation_id = "deleteSession",
    responses(
        (status = 200, description = "The session that has ended; `Set-Cookie` takes it away.", body = SessionAnswer),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "There is no session, or it has ended.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The request comes from another site's page.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn sign_out(
    State(app): State<App>,
    Extension(caller): Extension<Arc<Caller>>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    let (access, row) = (&*app.access, of(&caller)?);
    let mut transaction = begin(&access.pool, "BEGIN").await?;
    session_remove(&mut transaction, &row.hash).await?;
    let entry = Entry {
        account: Some(row.account),
        key_id: None,
        action: "signed out",
        address: Some(caller.address),
        detail: json!({}),
    };
    audit_add(&mut transaction, &entry).await?;
    transaction.commit().await?;
    access.lookups.forget(&format!("session:{}", hex::encode(&row.hash)));
    let mut response = answer(StatusCode::OK, &Session::of(access, row))?;
    if let Some(cookie) = set_cookie(None, 0, access.secure()) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn of(caller: &Caller) -> Result<&SessionRow, ApiError> {
    match &caller.principal {
        Principal::Session(row) => Ok(row),
        _ => Err(ApiError::Internal("a route for sessions was reached without one".to_owned())),
    }
}

/// Host, with the port where it is not the scheme's own.
fn domain(origin: &url::Url) -> Option<String> {
    let host = origin.host_str()?;
    Some(origin.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

/// Whether a message is for this server, and for now.
fn timely(
    access: &Inner,
    message: &Message,
    now: OffsetDateTime,
) -> Result<(), (&'static str, &'static str)> {
    let ours = access.setup.origins.iter().any(|origin| {
        domain(origin).as_deref() == Some(&message.domain)
            && message.scheme.as_deref().is_none_or(|scheme| scheme == origin.scheme())
            && message.uri.origin() == origin.origin()
    });
    if !ours {
        return Err((
            "wrong-domain",
            "The message's domain and URI must be this server's: POST /v1/auth/nonce tells them.",
        ));
    }
    if message.issued_at > now + SKEW || message.issued_at < now - nonce::LIFE - SKEW {
        return Err(("wrong-time", "The message was not issued in the last ten minutes."));
    }
    if message.expires_at.is_some_and(|ends| ends <= now) {
        return Err(("wrong-time", "The message's expiration time is past."));
    }
    if message.not_before.is_some_and(|begins| begins > now) {
        return Err(("wrong-time", "The message's `Not Before` is still to come."));
    }
    Ok(())
}

/// Whether a chain is followed here, or its contracts can be asked.
async fn serves(access: &Inner, chain_id: i64) -> Result<bool, ApiError> {
    if access.setup.nodes.contains_key(&chain_id) {
        return Ok(true);
    }
    let sql = "SELECT EXISTS (SELECT FROM archive.cursor WHERE chain_id = $1)";
    Ok(sqlx::query_scalar(sql).bind(chain_id).fetch_one(&access.pool).await?)
}

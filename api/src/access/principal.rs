//! Who asks: nobody known, a wallet that is signed in, or a key.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use stoa_schema::types::Addr;
use time::OffsetDateTime;

use super::Inner;
use super::key::{KeyRow, KeyState};
use super::oauth::jwt::{self, Bad};
use super::rules::{Need, Rule};
use super::secret::equal;
use super::session::{SessionRow, cookie};
use super::token::Token;
use crate::error::ApiError;
use crate::problem::Problem;

/// A header that no other page's form can send, beside the origin.
pub(crate) const CSRF: HeaderName = HeaderName::from_static("x-stoa-csrf");

/// Whoever asks.
#[derive(Clone, Debug)]
pub(crate) enum Principal {
    Anonymous,
    Session(Arc<SessionRow>),
    Key(Arc<KeyRow>),
}

impl Principal {
    pub(crate) fn account(&self) -> Option<Addr> {
        match self {
            Self::Anonymous => None,
            Self::Session(session) => Some(session.account),
            Self::Key(key) => Some(key.owner),
        }
    }

    pub(crate) fn key_id(&self) -> Option<&str> {
        if let Self::Key(key) = self { Some(&key.id) } else { None }
    }
}

/// Why somebody is not let in.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    /// In the audit log, and in the problem's type.
    pub(crate) reason: &'static str,
    pub(crate) detail: String,
    pub(crate) account: Option<Addr>,
    pub(crate) key_id: Option<String>,
}

impl Refusal {
    fn unknown(reason: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { status: StatusCode::UNAUTHORIZED, reason, detail, account: None, key_id: None }
    }

    fn of_key(key: &KeyRow, status: StatusCode, reason: &'static str, detail: impl Into<String>) -> Self {
        Self { status, reason, detail: detail.into(), account: Some(key.owner), key_id: Some(key.id.clone()) }
    }

    /// A request of a key that is not signed as the key asks for.
    pub(super) fn unsigned(key: &KeyRow, reason: &'static str, detail: String) -> Self {
        Self::of_key(key, StatusCode::UNAUTHORIZED, reason, detail)
    }

    pub(crate) fn respond(&self) -> Response {
        let title = match self.status {
            StatusCode::UNAUTHORIZED => "Whoever asks is not known",
            _ => "Whoever asks may not do this",
        };
        let mut response = Problem::new(self.status, self.reason, title, self.detail.clone()).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let told = HeaderValue::from_static("Bearer realm=\"stoa\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, told);
        }
        response
    }
}

/// Not let in, or not found out.
#[derive(Debug)]
pub(crate) enum Stop {
    Refused(Refusal),
    Failed(ApiError),
}

impl From<sqlx::Error> for Stop {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// Finds out who asks. A key that is not good is refused even where nobody need be known; a cookie that has ended is
/// like none.
pub(super) async fn identify(access: &Inner, headers: &HeaderMap, from: IpAddr) -> Result<Principal, Stop> {
    if let Some(given) = headers.get(header::AUTHORIZATION) {
        return of_key(access, given, from).await.map(Principal::Key);
    }
    let (Some(secret), Some(pepper)) = (cookie(headers, access.secure()), &access.setup.pepper) else {
        return Ok(Principal::Anonymous);
    };
    let session = access.lookups.session(&access.pool, &pepper.hash("session", secret)).await?;
    let session = session.filter(|session| session.expires_at > OffsetDateTime::now_utc());
    Ok(session.map_or(Principal::Anonymous, Principal::Session))
}

async fn of_key(access: &Inner, given: &HeaderValue, from: IpAddr) -> Result<Arc<KeyRow>, Stop> {
    let bearer = given.to_str().ok().and_then(|text| {
        let (scheme, token) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
    });
    match bearer {
        Some(token) if jwt::may_be(token) => of_token(access, token, from).await,
        bearer => authenticated(access, bearer.and_then(Token::parse), from).await,
    }
}

/// The key that this is all of, if it may be used from there.
pub(super) async fn authenticated(
    access: &Inner,
    token: Option<Token>,
    from: IpAddr,
) -> Result<Arc<KeyRow>, Stop> {
    let refused = |refusal| Err(Stop::Refused(refusal));
    let Some(token) = token else {
        let detail = "`Authorization` must be `Bearer stoa_live_…` or `Bearer stoa_test_…`, a whole API key, or \
                      `Bearer` and an access token.";
        return refused(Refusal::unknown("malformed-key", detail));
    };
    let Some(pepper) = &access.setup.pepper else {
        return refused(Refusal::unknown("unknown-key", "API keys are not enabled on this server."));
    };
    // Looked up by what is public; what is secret is compared in a time that says nothing.
    let hash = pepper.hash("key", token.reveal());
    let found = access.lookups.key(&access.pool, token.id()).await?;
    let stored = found.as_ref().map_or([0; 32].as_slice(), |key| &key.hash);
    let (Some(key), true) = (&found, equal(stored, &hash)) else {
        return refused(Refusal::unknown("unknown-key", "There is no such API key."));
    };
    usable(key, from).map_err(Stop::Refused)?;
    Ok(key.clone())
}

/// The key that a token was given for, with the token's scopes alone.
async fn of_token(access: &Inner, text: &str, from: IpAddr) -> Result<Arc<KeyRow>, Stop> {
    let refused = |reason, detail: &str| Err(Stop::Refused(Refusal::unknown(reason, detail)));
    let Some(pepper) = &access.setup.pepper else {
        return refused("unknown-token", "Access tokens are not enabled on this server.");
    };
    let claims = match jwt::verify(pepper, &access.issuer(), text, OffsetDateTime::now_utc()) {
        Ok(claims) => claims,
        Err(Bad::Expired) => {
            return refused("expired-token", "This access token has expired; take a new one.");
        }
        Err(Bad::Unknown) => return refused("unknown-token", "This is no access token of this server."),
    };
    if access.lookups.is_revoked(&access.pool, &claims.jti).await? {
        return refused("revoked-token", "This access token was revoked.");
    }
    let Some(key) = access.lookups.key(&access.pool, &claims.client_id).await? else {
        return refused("unknown-key", "The API key of this access token is no more.");
    };
    usable(&key, from).map_err(Stop::Refused)?;
    let named = |scope: &String| claims.scope.split(' ').any(|word| word == scope);
    let scopes = key.scopes.iter().filter(|scope| named(scope)).cloned().collect();
    Ok(Arc::new(KeyRow { scopes, ..(*key).clone() }))
}

/// Whether a key opens anything, from there.
fn usable(key: &KeyRow, from: IpAddr) -> Result<(), Refusal> {
    let refused = |status, reason, detail: &str| Err(Refusal::of_key(key, status, reason, detail));
    let unauthorized = StatusCode::UNAUTHORIZED;
    match key.state(OffsetDateTime::now_utc()) {
        KeyState::Active if key.welcomes(from) => Ok(()),
        KeyState::Active => {
            let detail = format!("This API key may not be used from {from}.");
            refused(StatusCode::FORBIDDEN, "wrong-network", &detail)
        }
        KeyState::Expired => refused(unauthorized, "expired-key", "This API key has expired."),
        KeyState::Revoked => refused(unauthorized, "revoked-key", "This API key was revoked."),
    }
}

/// Whether whoever asks may do what the rule is for.
pub(super) fn authorise(
    access: &Inner,
    rule: &Rule,
    principal: &Principal,
    method: &Method,
    headers: &HeaderMap,
) -> Result<(), Refusal> {
    let scope = match rule.need {
        Need::Anyone | Need::Client => return same_site(access, rule, principal, method, headers),
        Need::Open(scope) | Need::Own(scope) => Some(scope),
        Need::Session => None,
    };
    match principal {
        Principal::Anonymous if matches!(rule.need, Need::Open(_)) => {}
        Principal::Anonymous => {
            let detail = match rule.need {
                Need::Session => "This needs a session: sign in with POST /v1/auth/session.".to_owned(),
                _ => "This needs a session (POST /v1/auth/session) or an API key.".to_owned(),
            };
            return Err(Refusal::unknown("not-signed-in", detail));
        }
        Principal::Session(_) => {}
        Principal::Key(key) => match scope {
            Some(scope) if key.has(scope) => {}
            Some(scope) => {
                let detail = format!("This API key lacks the scope `{}`.", scope.word());
                return Err(Refusal::of_key(key, StatusCode::FORBIDDEN, "wrong-scope", detail));
            }
            None => {
                let detail = "This is about a session; an API key has none.";
                return Err(Refusal::of_key(key, StatusCode::FORBIDDEN, "wrong-scope", detail));
            }
        },
    }
    same_site(access, rule, principal, method, headers)
}

/// Another site's page must neither use a session nor begin one.
fn same_site(
    access: &Inner,
    rule: &Rule,
    principal: &Principal,
    method: &Method,
    headers: &HeaderMap,
) -> Result<(), Refusal> {
    let changes = !matches!(*method, Method::GET | Method::HEAD);
    let session = matches!(principal, Principal::Session(_));
    let begins = rule.need == Need::Anyone && changes;
    if !changes || !(session || begins) {
        return Ok(());
    }
    let origin = headers.get(header::ORIGIN).map(HeaderValue::as_bytes);
    let ours = |origin: &[u8]| {
        access.setup.origins.iter().any(|own| own.origin().ascii_serialization().as_bytes() == origin)
    };
    let good = match origin {
        Some(origin) => ours(origin),
        // Programs that sign in are no pages.
        None => !session,
    };
    if good && (!session || headers.contains_key(CSRF)) {
        return Ok(());
    }
    Err(Refusal {
        status: StatusCode::FORBIDDEN,
        reason: "cross-site",
        detail: "A session is used with this server's own `Origin` and a header `X-Stoa-CSRF`, both."
            .to_owned(),
        account: principal.account(),
        key_id: None,
    })
}

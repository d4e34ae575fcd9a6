//! `/v1/oauth`: access tokens for keys (RFC 6749 §4.4), their end (RFC 7009) and what is known of them (RFC 7662); and
//! where programs find all of it (RFC 8414).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Extension, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use time::OffsetDateTime;
use url::form_urlencoded;

use super::no_randomness;
use super::oauth_documents::{
    AccessToken, Failed, OauthError, TokenQuestion, TokenRequest, TokenState, Wrong, json_of, respond,
};
use crate::access::Inner;
use crate::access::audit::{Entry, audit_add};
use crate::access::gate::{Caller, Signed};
use crate::access::key::KeyRow;
use crate::access::oauth::jwt::{self, Claims, LIFETIME};
use crate::access::oauth::revoked::revoked_add;
use crate::access::principal::{Refusal, Stop, authenticated};
use crate::access::secret::base62;
use crate::access::token::Token;
use crate::app::App;
use crate::db::begin::begin;
use crate::error::ApiError;
use crate::params::Params;

/// Characters of a token's id: 130 bits.
const ID: usize = 22;

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/oauth/token", post(token))
        .route("/oauth/revoke", post(revoke))
        .route("/oauth/introspect", post(introspect))
}

/// Beside `/v1`, where the standards have them.
pub(crate) fn well_known() -> Router<App> {
    Router::new()
        .route("/.well-known/jwks.json", get(jwks))
        .route("/.well-known/oauth-authorization-server", get(metadata))
}

/// What a form says, each name once.
struct Form(BTreeMap<String, String>);

impl Form {
    fn read(headers: &HeaderMap, query: Option<&str>, body: &[u8]) -> Result<Self, Failed> {
        let none = Params::parse(query).and_then(Params::finish);
        none.map_err(|error| Wrong::new("invalid_request", error.to_string()))?;
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            let detail = "The body must be a form: Content-Type application/x-www-form-urlencoded.";
            return Err(Wrong::new("invalid_request", detail).into());
        }
        let mut pairs = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(body) {
            if pairs.insert(name.clone().into_owned(), value.into_owned()).is_some() {
                let name: String = name.chars().take(40).collect();
                return Err(Wrong::new("invalid_request", format!("`{name}` was given twice.")).into());
            }
        }
        Ok(Self(pairs))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// The key that asks, by HTTP Basic or by the form, not by both.
    async fn client(
        &self,
        access: &Inner,
        headers: &HeaderMap,
        caller: &Caller,
        signed: Option<&Signed>,
    ) -> Result<Arc<KeyRow>, Failed> {
        access.pepper()?;
        let refuse = |detail: &str| Failed::from(Wrong::new("invalid_client", detail));
        let (id, secret) = match (headers.get(header::AUTHORIZATION), self.get("client_secret")) {
            (Some(_), Some(_)) => {
                let detail = "The key is told by HTTP Basic and by the form; tell it by one.";
                return Err(Wrong::new("invalid_request", detail).into());
            }
            (Some(given), None) => {
                let read = basic(given).ok_or_else(|| {
                    refuse("`Authorization` must be HTTP Basic, of the key's public id and the whole key.")
                })?;
                (Some(read.0), read.1)
            }
            (None, Some(secret)) => (self.get("client_id").map(str::to_owned), secret.to_owned()),
            (None, None) => return Err(refuse("Nobody is known: tell the key by HTTP Basic.")),
        };
        let token = Token::parse(&secret);
        if token.as_ref().is_none_or(|token| id.as_deref() != Some(token.id())) {
            self.refused(access, caller, None, "malformed-key");
            return Err(refuse("The client's id must be a key's public id, and its secret the whole key."));
        }
        let key = match authenticated(access, token, caller.address).await {
            Ok(key) => key,
            Err(Stop::Failed(error)) => return Err(Failed::Ours(error)),
            Err(Stop::Refused(Refusal { reason, detail, account, key_id, .. })) => {
                access.refusals.add(account, key_id.as_deref(), reason, caller.address, caller.rule.path);
                return Err(refuse(&detail));
            }
        };
        if key.signing.is_some() && signed.is_none_or(|Signed(id)| *id != key.id) {
            self.refused(access, caller, Some(&key), "unsigned-request");
            return Err(refuse("This key's requests are signed (RFC 9421); this one is not."));
        }
        Ok(key)
    }

    fn refused(&self, access: &Inner, caller: &Caller, key: Option<&KeyRow>, reason: &'static str) {
        let (account, id) = (key.map(|key| key.owner), key.map(|key| &*key.id));
        access.refusals.add(account, id, reason, caller.address, caller.rule.path);
    }
}

/// User and password of HTTP Basic (RFC 7617), each written as in a form (RFC 6749 §2.3.1).
fn basic(given: &HeaderValue) -> Option<(String, String)> {
    let (scheme, rest) = given.to_str().ok()?.split_once(' ')?;
    let text = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
    let (user, password) = text.split_once(':').filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    // Ours are of letters, digits and `_`: as they are and as a form has them alike.
    Some((user.to_owned(), password.to_owned()))
}

/// A short-lived token for a key (RFC 6749, client credentials).
#[utoipa::path(post, path = "/v1/oauth/token", tag = "access", operation_id = "createToken",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The token.", body = AccessToken),
        (status = 400, description = "The form is not valid.", body = OauthError),
        (status = 401, description = "The key is not known, or opens nothing.", body = OauthError),
        (status = 404, description = "Keys are not enabled on this server.", body = crate::problem::Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = crate::problem::Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = crate::problem::Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn token(
    State(app): State<App>,
    Extension(caller): Extension<Arc<Caller>>,
    signed: Option<Extension<Signed>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    let given = async {
        let access = &*app.access;
        let form = Form::read(&headers, query.as_deref(), &body)?;
        let key = form.client(access, &headers, &caller, signed.as_deref()).await?;
        match form.get("grant_type") {
            Some("client_credentials") => {}
            Some(_) => {
                let detail = "`grant_type` must be `client_credentials`.";
                return Err(Wrong::new("unsupported_grant_type", detail).into());
            }
            None => return Err(Wrong::new("invalid_request", "`grant_type` is missing.").into()),
        }
        let scope = scope(&key, form.get("scope"))?;
        let now = OffsetDateTime::now_utc();
        let ends = now.unix_timestamp() + LIFETIME;
        let ends = key.expires_at.map_or(ends, |earlier| earlier.unix_timestamp().min(ends));
        let issuer = access.issuer();
        let claims = Claims {
            iss: issuer.clone(),
            sub: key.owner.to_string(),
            aud: issuer,
            client_id: key.id.clone(),
            scope: scope.clone(),
            iat: now.unix_timestamp(),
            exp: ends,
            jti: base62(ID).map_err(no_randomness)?,
        };
        let access_token = jwt::sign(access.pepper()?, &claims, now);
        let access_token =
            access_token.ok_or_else(|| ApiError::Internal("a token could not be signed".to_owned()))?;
        access.usage.used(&key.id, caller.address);
        let expires_in = ends - claims.iat;
        Ok(json_of(StatusCode::OK, &AccessToken { access_token, token_type: "Bearer", expires_in, scope }))
    };
    respond(given.await)
}

fn scope(key: &KeyRow, asked: Option<&str>) -> Result<String, Failed> {
    let Some(asked) = asked else { return Ok(key.scopes.join(" ")) };
    let mut words: Vec<&str> = asked.split(' ').filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words.dedup();
    match words.iter().find(|word| !key.scopes.iter().any(|has| has == *word)) {
        None if !words.is_empty() => Ok(words.join(" ")),
        None => Err(Wrong::new("invalid_scope", "`scope` names none.").into()),
        Some(other) => {
            let other: String = other.chars().take(40).collect();
            let has = key.scopes.join(" ");
            Err(Wrong::new("invalid_scope", format!("This key has no scope `{other}`; it has: {has}."))
                .into())
        }
    }
}

/// Ends a token before its time (RFC 7009). A token that is not the key's own, or none, changes nothing.
#[utoipa::path(post, path = "/v1/oauth/revoke", tag = "access", operation_id = "revokeToken",
    request_body(content = TokenQuestion, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "It opens nothing any more."),
        (status = 400, description = "The form is not valid.", body = OauthError),
        (status = 401, description = "The key is not known, or opens nothing.", body = OauthError),
        (status = 404, description = "Keys are not enabled on this server.", body = crate::problem::Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = crate::problem::Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = crate::problem::Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn revoke(
    State(app): State<App>,
    Extension(caller): Extension<Arc<Caller>>,
    signed: Option<Extension<Signed>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    let done = async {
        let access = &*app.access;
        let form = Form::read(&headers, query.as_deref(), &body)?;
        let key = form.client(access, &headers, &caller, signed.as_deref()).await?;
        if let Some(claims) = read(access, &form)?.filter(|claims| claims.client_id == key.id) {
            let ends = OffsetDateTime::from_unix_timestamp(claims.exp)
                .map_err(|error| ApiError::Internal(error.to_string()))?;
            let mut transaction = begin(&access.pool, "BEGIN").await?;
            if revoked_add(&mut transaction, &claims.jti, ends).await? {
                let entry = Entry {
                    account: Some(key.owner),
                    key_id: Some(&key.id),
                    action: "token revoked",
                    address: Some(caller.address),
                    detail: json!({ "token": claims.jti }),
                };
                audit_add(&mut transaction, &entry).await?;
            }
            transaction.commit().await?;
            access.lookups.forget(&format!("token:{}", claims.jti));
        }
        Ok(json_of(StatusCode::OK, &json!({})))
    };
    respond(done.await)
}

/// What is known of a token (RFC 7662), for keys of the same wallet. Of all others it says that it opens nothing.
#[utoipa::path(post, path = "/v1/oauth/introspect", tag = "access", operation_id = "introspectToken",
    request_body(content = TokenQuestion, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "What is known.", body = TokenState),
        (status = 400, description = "The form is not valid.", body = OauthError),
        (status = 401, description = "The key is not known, or opens nothing.", body = OauthError),
        (status = 404, description = "Keys are not enabled on this server.", body = crate::problem::Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = crate::problem::Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = crate::problem::Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn introspect(
    State(app): State<App>,
    Extension(caller): Extension<Arc<Caller>>,
    signed: Option<Extension<Signed>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    let told = async {
        let access = &*app.access;
        let form = Form::read(&headers, query.as_deref(), &body)?;
        let key = form.client(access, &headers, &caller, signed.as_deref()).await?;
        Ok(json_of(StatusCode::OK, &state(access, &key, read(access, &form)?).await?))
    };
    respond(told.await)
}

/// The token that a form asks about, if it is one that has not ended.
fn read(access: &Inner, form: &Form) -> Result<Option<Claims>, Failed> {
    let token = form.get("token").ok_or_else(|| Wrong::new("invalid_request", "`token` is missing."))?;
    Ok(jwt::verify(access.pepper()?, &access.issuer(), token, OffsetDateTime::now_utc()).ok())
}

async fn state(access: &Inner, key: &KeyRow, claims: Option<Claims>) -> Result<TokenState, ApiError> {
    let Some(claims) = claims.filter(|claims| claims.sub == key.owner.to_string()) else {
        return Ok(TokenState::default());
    };
    let of = access.lookups.key(&access.pool, &claims.client_id).await?;
    let good = of.is_some_and(|of| of.is_active());
    if !good || access.lookups.is_revoked(&access.pool, &claims.jti).await? {
        return Ok(TokenState::default());
    }
    Ok(TokenState {
        active: true,
        scope: Some(claims.scope),
        client_id: Some(claims.client_id),
        sub: Some(claims.sub),
        token_type: Some("Bearer"),
        iat: Some(claims.iat),
        exp: Some(claims.exp),
        jti: Some(claims.jti),
    })
}

/// The keys that tokens are checked with. Good for an hour: each is here a week before it signs.
async fn jwks(State(app): State<App>) -> Response {
    public(app.access.pepper().map(|pepper| jwt::jwks(pepper, OffsetDateTime::now_utc())))
}

/// Where everything is, and what is understood (RFC 8414).
async fn metadata(State(app): State<App>) -> Response {
    let issuer = app.access.issuer();
    public(app.access.pepper().map(|_| {
        let methods = json!(["client_secret_basic", "client_secret_post"]);
        json!({
            "issuer": issuer,
            "token_endpoint": format!("{issuer}/v1/oauth/token"),
            "revocation_endpoint": format!("{issuer}/v1/oauth/revoke"),
            "introspection_endpoint": format!("{issuer}/v1/oauth/introspect"),
            "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
            "grant_types_supported": ["client_credentials"],
            "response_types_supported": [],
            "scopes_supported": crate::access::Scope::ALL.map(crate::access::Scope::word),
            "token_endpoint_auth_methods_supported": methods,
            "revocation_endpoint_auth_methods_supported": methods,
            "introspection_endpoint_auth_methods_supported": methods,
            "service_documentation": format!("{issuer}/docs"),
        })
    }))
}

fn public(document: Result<Value, ApiError>) -> Response {
    match document {
        Err(error) => error.into_response(),
        Ok(document) => {
            let mut response = json_of(StatusCode::OK, &document);
            let kept = HeaderValue::from_static("public, max-age=3600");
            response.headers_mut().insert(header::CACHE_CONTROL, kept);
            response
        }
    }
}

//! What is asked before any route: who it is, whether they may, whether they have quota left.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::principal::{Principal, Refusal, Stop, authorise, identify};
use super::quota::{Cost, Limits, Standing, Tally, Verdict};
use super::rules::{Found, Need, Rule, find};
use super::signature;
use super::token::Environment;
use super::{ClientIp, Inner, network};
use crate::app::App;
use crate::error::ApiError;
use crate::problem::Problem;
use crate::routes;

/// More than browsers and proxies write, together.
const MOST_HEADER_BYTES: usize = 16 * 1024;
const MOST_HEADERS: usize = 64;

pub(crate) const LIMIT: HeaderName = HeaderName::from_static("ratelimit");
pub(crate) const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
pub(crate) const X_LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
pub(crate) const X_REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
pub(crate) const X_RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// What routes know of who asks.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) principal: Principal,
    pub(crate) address: IpAddr,
    pub(crate) rule: &'static Rule,
}

/// The public id of the key whose signature on a request holds.
#[derive(Clone, Debug)]
pub(crate) struct Signed(pub(crate) String);

/// Lets a request through to its route, or answers it.
pub(crate) async fn gate(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let access = &*app.access;
    let from = ClientIp::of(&request, &access.setup.proxies);
    if is_large(request.headers()) {
        return Problem::new(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "headers-too-large",
            "The headers are too large",
            format!("A request has at most {MOST_HEADERS} headers of {MOST_HEADER_BYTES} bytes together."),
        )
        .into_response();
    }
    let rule = match find(request.method(), request.uri().path()) {
        Found::Rule(rule) => rule,
        // The router says which methods there are.
        Found::Method => return next.run(request).await,
        Found::Nothing => return routes::unknown().await.into_response(),
    };
    let known = match rule.need {
        Need::Client => Ok(Principal::Anonymous),
        _ => identify(access, request.headers(), from.0).await,
    };
    let known = match known {
        Ok(principal) => authorise(access, rule, &principal, request.method(), request.headers())
            .map(|()| principal)
            .map_err(Stop::Refused),
        Err(stop) => Err(stop),
    };
    let principal = match known {
        Ok(principal) => principal,
        Err(Stop::Failed(error)) => return error.into_response(),
        Err(Stop::Refused(refusal)) => return refuse(access, rule, from.0, &refusal).await,
    };
    request = match signed(access, rule, &principal, request).await {
        Ok(request) => request,
        Err(Stop::Failed(error)) => return error.into_response(),
        Err(Stop::Refused(refusal)) => return refuse(access, rule, from.0, &refusal).await,
    };
    let standings = match pay(access, rule.cost, &principal, from.0).await {
        Ok(standings) => standings,
        Err(response) => return *response,
    };
    if let Some(key) = principal.key_id() {
        access.usage.used(key, from.0);
    }
    request.extensions_mut().insert(from);
    request.extensions_mut().insert(Arc::new(Caller { principal, address: from.0, rule }));
    let mut response = next.run(request).await;
    tell(response.headers_mut(), &standings, None);
    response
}

/// The request, with its signature checked where its key asks for one.
async fn signed(
    access: &Inner,
    rule: &Rule,
    principal: &Principal,
    request: Request,
) -> Result<Request, Stop> {
    let key = match (principal, signature::key_id(request.headers())) {
        (Principal::Key(key), _) => Some(key.clone()),
        // The key itself is in the form, which its route reads.
        (_, Some(id)) if rule.need == Need::Client => access.lookups.key(&access.pool, &id).await?,
        _ => None,
    };
    let Some(key) = key.filter(|key| key.signing.is_some()) else { return Ok(request) };
    let mut request = signature::verified(access, &key, request).await?;
    request.extensions_mut().insert(Signed(key.id.clone()));
    Ok(request)
}

fn is_large(headers: &HeaderMap) -> bool {
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    headers.len() > MOST_HEADERS || bytes > MOST_HEADER_BYTES
}

/// Says no. Trying keys costs the address that it comes from.
async fn refuse(access: &Inner, rule: &'static Rule, from: IpAddr, refusal: &Refusal) -> Response {
    access.refusals.add(refusal.account, refusal.key_id.as_deref(), refusal.reason, from, rule.path);
    let cost = Cost { plain: 1, premium: false };
    match pay(access, cost, &Principal::Anonymous, from).await {
        Ok(_) => refusal.respond(),
        Err(response) => *response,
    }
}

/// Whose quota a request takes from, and how much there is.
pub(crate) async fn share(access: &Inner, principal: &Principal, from: IpAddr) -> Option<(String, Limits)> {
    let tiers = access.setup.tiers.as_ref()?;
    let Some(account) = principal.account() else {
        return Some((format!("ip:{}", network(from)), tiers.anonymous));
    };
    let test = matches!(principal, Principal::Key(key) if key.environment == Environment::Test.word());
    let limits = tiers.of(if test { 0 } else { access.tiers.of(account).await });
    if let Principal::Key(key) = principal
        && let Some(own) = key.own_limits(limits)
    {
        return Some((format!("key:{}", key.id), own));
    }
    // Trying out is counted apart: it neither uses up the wallet's quota nor adds to it more than once.
    let environment = if test { "test-account" } else { "account" };
    Some((format!("{environment}:{account}"), limits))
}

async fn pay(
    access: &Inner,
    cost: Cost,
    principal: &Principal,
    from: IpAddr,
) -> Result<Vec<Standing>, Box<Response>> {
    let Some((subject, limits)) = share(access, principal, from).await else {
        count(access, principal, cost, false);
        return Ok(Vec::new());
    };
    if let Some(ban) = access.bans.of(&subject) {
        count(access, principal, cost, true);
        return Err(Box::new(banned(ban.until)));
    }
    match access.quotas.pay(&subject, limits, cost).await {
        Ok(Verdict::Granted(standings)) => {
            count(access, principal, cost, false);
            Ok(standings)
        }
        Ok(Verdict::Refused { standings, by, wait }) => {
            count(access, principal, cost, true);
            if principal.account().is_some() {
                access.refusals.add(
                    principal.account(),
                    principal.key_id(),
                    "quota",
                    from,
                    by.measure.word(),
                );
            }
            match access.bans.refused(&subject).await {
                Ok(Some(ban)) => return Err(Box::new(banned(ban.until))),
                Ok(None) => {}
                Err(error) => tracing::debug!(%error, "nobody was banned"),
            }
            Err(Box::new(exceeded(&standings, by, wait.as_secs_f64().ceil() as u64)))
        }
        Err(error) => Err(Box::new(ApiError::from(error).into_response())),
    }
}

/// For wallets and keys; what addresses ask for is not kept.
fn count(access: &Inner, principal: &Principal, cost: Cost, refused: bool) {
    let Some(account) = principal.account() else { return };
    let tally = match refused {
        true => Tally { refused: 1, ..Tally::default() },
        false => Tally { requests: 1, cost: cost.plain, premium: i64::from(cost.premium), refused: 0 },
    };
    access.usage.add(&format!("account:{account}"), tally);
    if let Some(key) = principal.key_id() {
        access.usage.add(&format!("key:{key}"), tally);
    }
}

fn exceeded(standings: &[Standing], by: Standing, wait: u64) -> Response {
    let wait = wait.max(1);
    let (name, limit) = (by.measure.word(), by.limit);
    let mut problem = Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "quota-exceeded",
        "The quota is used up",
        format!(
            "The limit `{name}` of {limit} is used up. Ask again in {wait} s; it is whole in {} s. Signing in and \
             staking raise it: see GET /v1/usage.",
            by.reset
        ),
    );
    problem.limit = Some(name.to_owned());
    problem.reset = Some(wait);
    let mut response = problem.into_response();
    tell(response.headers_mut(), standings, Some((by, wait)));
    response
}

fn banned(until: time::OffsetDateTime) -> Response {
    let wait = (until - time::OffsetDateTime::now_utc()).whole_seconds().max(0).unsigned_abs() + 1;
    let mut problem = Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "banned",
        "Asked on after being refused",
        format!(
            "Too many requests came after the quota was used up. Nothing is answered for {wait} s; each time it is \
             longer."
        ),
    );
    problem.limit = Some("ban".to_owned());
    problem.reset = Some(wait);
    let mut response = problem.into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
    response
}

/// `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers), and what was usual before them, of the
/// limit that is nearest.
fn tell(headers: &mut HeaderMap, standings: &[Standing], refused: Option<(Standing, u64)>) {
    let list = |item: &dyn Fn(&Standing) -> String| {
        let items: Vec<String> = standings.iter().map(item).collect();
        HeaderValue::from_str(&items.join(", ")).ok()
    };
    let name = |standing: &Standing| standing.measure.word();
    let policy = list(&|s| format!("\"{}\";q={};w={}", name(s), s.limit, s.measure.seconds()));
    let limit = list(&|s| format!("\"{}\";r={};t={}", name(s), s.left.max(0), s.reset));
    let nearest = refused.map(|(by, _)| by).or_else(|| {
        // As parts of their limits, in a number that holds both.
        standings.iter().copied().min_by_key(|s| i128::from(s.left) * 1_000_000 / i128::from(s.limit.max(1)))
    });
    let Some(nearest) = nearest else { return };
    headers.extend(
        [(POLICY, policy), (LIMIT, limit)].into_iter().filter_map(|(name, value)| Some((name, value?))),
    );
    headers.insert(X_LIMIT, HeaderValue::from(nearest.limit));
    headers.insert(X_REMAINING, HeaderValue::from(nearest.left.max(0)));
    headers.insert(X_RESET, HeaderValue::from(nearest.reset));
    if let Some((_, wait)) = refused {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(wait));
    }
}

//! `POST /graphql`, `GET /graphql`: requests read, executed, and answered.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Pos, Request as Document, Response as Answer, ServerError, Value, Variables};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use serde::Deserialize;
use url::form_urlencoded;

use super::errors::{self, Refusal};
use super::persisted::Persisted;
use super::read::Read;
use super::{Schema, limits, schema};
use crate::access::{Caller, pay_more};
use crate::app::App;
use crate::web;

type Arguments = HashMap<Pos, String>;

const MAX_BODY: usize = 64 * 1024;
const JSON: &str = "application/json";
const GRAPHQL: &str = "application/graphql-response+json";

/// What requests share.
struct Shared {
    schema: Schema,
    persisted: Persisted,
}

pub(crate) fn router() -> Router<App> {
    let shared = Arc::new(Shared { schema: schema(), persisted: Persisted::default() });
    Router::new().route("/graphql", any(graphql)).layer(Extension(shared))
}

/// A request as clients send it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<serde_json::Map<String, serde_json::Value>>,
    extensions: Option<Extensions>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Extensions {
    persisted_query: Option<PersistedQuery>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PersistedQuery {
    sha256_hash: String,
}

async fn graphql(
    State(app): State<App>,
    Extension(shared): Extension<Arc<Shared>>,
    Extension(caller): Extension<Arc<Caller>>,
    request: Request,
) -> Response {
    let asked =
        request.uri().query().is_some_and(|query| query.contains("query=") || query.contains("extensions="));
    if request.method() == Method::GET && !asked && web::accepts_html(request.headers()) {
        return web::explorer(&app.web, "graphql.html", request).await;
    }
    let kind = if accepts(request.headers(), GRAPHQL) { GRAPHQL } else { JSON };
    let asked =
        read(request).await.and_then(|body| shared.document(body)).map_err(|refusal| vec![refusal.told()]);
    let (document, arguments, cost) = match asked.and_then(allowed) {
        Ok(allowed) => allowed,
        Err(errors) => return respond(Answer::from_errors(errors), HeaderMap::new(), kind),
    };
    let paid = match pay_more(&app, &caller, cost - caller.rule.cost.plain).await {
        Ok(paid) => paid,
        Err(response) => return *response,
    };
    let (answer, headers) = Box::pin(execute(&app, &shared, document, &arguments)).await;
    let mut response = respond(answer, headers, kind);
    if let Some(paid) = paid {
        response.extensions_mut().insert(paid);
    }
    response
}

/// Reads what was sent.
async fn read(request: Request) -> Result<Sent, Refusal> {
    let bad = |message: &str| Refusal::new("INVALID_REQUEST", message);
    match *request.method() {
        Method::GET | Method::HEAD => of_address(request.uri().query().unwrap_or_default()),
        Method::POST => {
            let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
            let kind =
                kind.map(|kind| kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
            if kind.as_deref() != Some(JSON) {
                let read = kind.unwrap_or_else(|| "missing".to_owned());
                return Err(bad(&format!("`Content-Type` was `{read:.60}`; expected `{JSON}`.")));
            }
            let body = to_bytes(request.into_body(), MAX_BODY).await;
            let body = body.map_err(|_| {
                bad(&format!("The body could not be read, or has more than {MAX_BODY} bytes."))
            })?;
            serde_json::from_slice(&body).map_err(|error| {
                bad(&format!(
                    "The body is not what is expected: {error}. Expected is one JSON object with `query`, and at will \
                     `operationName`, `variables` (an object) and `extensions`."
                ))
            })
        }
        _ => Err(bad("Only GET and POST are allowed here.")),
    }
}

/// A request in the address. There is nothing here that changes anything, so it may be asked for by GET.
fn of_address(query: &str) -> Result<Sent, Refusal> {
    let mut body = Sent::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let bad = || {
            Refusal::new("INVALID_REQUEST", format!("`{name}` could not be read; expected a JSON object."))
        };
        match &*name {
            "query" => body.query = Some(value.into_owned()),
            "operationName" => body.operation_name = Some(value.into_owned()),
            "variables" => body.variables = serde_json::from_str(&value).map_err(|_| bad())?,
            "extensions" => body.extensions = serde_json::from_str(&value).map_err(|_| bad())?,
            _ => {
                let name: String = name.chars().take(80).collect();
                let message = format!(
                    "`{name}` is not a parameter here. Known are: query, operationName, variables, extensions."
                );
                return Err(Refusal::new("INVALID_REQUEST", message));
            }
        }
    }
    Ok(body)
}

impl Shared {
    /// The document that is to be executed: the one sent, or the one that its hash names.
    fn document(&self, body: Sent) -> Result<Document, Refusal> {
        let persisted = body.extensions.and_then(|extensions| extensions.persisted_query);
        let query = match (body.query.filter(|query| !query.is_empty()), persisted) {
            (Some(query), None) => query,
            (Some(query), Some(persisted)) => {
                limits::check_text(&query)?;
                let digest = digest(&persisted.sha256_hash)?;
                if !self.persisted.keep(digest, &query) {
                    let message = "`sha256Hash` is not the SHA-256 of `query`.";
                    return Err(Refusal::new("PERSISTED_QUERY_MISMATCH", message));
                }
                query
            }
            (None, Some(persisted)) => {
                let digest = digest(&persisted.sha256_hash)?;
                // The words that clients look for.
                let unknown = || Refusal::new("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound");
                self.persisted.get(&digest).ok_or_else(unknown)?.to_string()
            }
            (None, None) => {
                let message = "`query` is missing; expected a GraphQL document. This server's schema answers introspection.";
                return Err(Refusal::new("INVALID_REQUEST", message));
            }
        };
        limits::check_text(&query)?;
        let variables = Variables::from_json(serde_json::Value::Object(body.variables.unwrap_or_default()));
        let document = Document::new(query).variables(variables);
        Ok(match body.operation_name {
            Some(name) => document.operation_name(name),
            None => document,
        })
    }
}

fn digest(text: &str) -> Result<[u8; 32], Refusal> {
    let digits: Result<[u8; 32], _> = alloy::primitives::hex::FromHex::from_hex(text);
    let bad = |_| {
        Refusal::new("INVALID_REQUEST", "`sha256Hash` could not be read; expected 64 hexadecimal digits.")
    };
    digits.map_err(bad)
}

/// A document whose limits hold, its arguments by place, and what it costs of the quota.
fn allowed(mut document: Document) -> Result<(Document, Arguments, i64), Vec<ServerError>> {
    let parsed = document.parsed_query().map_err(|error| vec![errors::told(error, &HashMap::new())])?.clone();
    let cost = limits::check(&parsed, &document.variables).map_err(|refusal| vec![refusal.told()])?;
    Ok((document, limits::arguments(&parsed), cost))
}

/// Executes a document in one snapshot. What a rebuild overtook is executed once more.
async fn execute(
    app: &App,
    shared: &Shared,
    document: Document,
    arguments: &Arguments,
) -> (Answer, HeaderMap) {
    let (query, name, variables) =
        (document.query.clone(), document.operation_name.clone(), document.variables.clone());
    let first = Arc::new(Read::new(app.pool.clone(), false));
    let (mut answer, mut reading) = (shared.schema.execute(document.data(first.clone())).await, first);
    if reading.overtaken().await {
        let again = Arc::new(Read::new(app.pool.clone(), true));
        let mut document = Document::new(query).variables(variables).data(again.clone());
        document.operation_name = name;
        drop(reading);
        (answer, reading) = (shared.schema.execute(document).await, again);
    }
    let headers = describe(&mut answer, &reading, arguments).await;
    (answer, headers)
}

/// Says of which blocks the answer is, and tells its errors.
async fn describe(answer: &mut Answer, reading: &Read, arguments: &Arguments) -> HeaderMap {
    let told = |error: ServerError| errors::told(error, arguments);
    answer.errors = std::mem::take(&mut answer.errors).into_iter().map(told).collect();
    let Some(meta) = reading.meta().await else { return HeaderMap::new() };
    let value = serde_json::to_value(&meta).ok().and_then(|meta| Value::from_json(meta).ok());
    answer.extensions.extend(value.map(|meta| ("meta".to_owned(), meta)));
    meta.headers()
}

fn respond(answer: Answer, mut headers: HeaderMap, kind: &'static str) -> Response {
    let code = |error: &ServerError| errors::code(error).unwrap_or_default();
    let codes: Vec<String> = answer.errors.iter().map(code).collect();
    let has = |wanted: &[&str]| codes.iter().any(|code| wanted.contains(&code.as_str()));
    // Errors before the execution stand on no path.
    let refused = answer.errors.iter().any(|error| error.path.is_empty());
    let status = if has(&[errors::INTERNAL]) {
        StatusCode::INTERNAL_SERVER_ERROR
    } else if has(&[errors::BUSY, errors::NOT_READY]) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        StatusCode::SERVICE_UNAVAILABLE
    } else if refused && !has(&["PERSISTED_QUERY_NOT_FOUND"]) {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    // Of strings, numbers and lists: it always serialises.
    let body = serde_json::to_vec(&answer).unwrap_or_default();
    (status, headers, Body::from(body)).into_response()
}

fn accepts(headers: &HeaderMap, kind: &str) -> bool {
    let accept = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accept.flat_map(|value| value.split(',')).any(|given| given.trim().starts_with(kind))
}

//! What every read under `/v1` understands before its route sees it: `min_block`, and CAIP-10 and CAIP-19 for addresses
//! and ids. Routes get the plain forms.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::Uri;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use stoa_schema::types::Addr;
use url::form_urlencoded;

use crate::app::App;
use crate::error::ApiError;
use crate::hot::ReadAnew;
use crate::params::{FromParam as _, natural};

/// How long a request waits for its block, at most; never more than half of what a request may take.
const WAIT: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_millis(50);
const MIN_BLOCK: &str = "a block number such as `812`, beside `chain` where several chains are served, or \
    `{chainId}-{block}` as in `31337-812`";

/// Reads the address, waits, and hands on.
pub(crate) async fn front(State(app): State<App>, mut request: Request, next: Next) -> Response {
    match plain(&app, request.uri()).await {
        Ok(Some(uri)) => {
            *request.uri_mut() = uri;
            // What waited for a block must not be answered with an older one.
            request.extensions_mut().insert(ReadAnew);
        }
        Ok(None) => {}
        Err(error) => return error.into_response(),
    }
    next.run(request).await
}

/// The plain form of an address; `None` where it is plain already.
async fn plain(app: &App, uri: &Uri) -> Result<Option<Uri>, ApiError> {
    let query = uri.query().unwrap_or_default();
    let decoded: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let asks = |(name, value): &(String, String)| name == "min_block" || spelled(value);
    let last = uri.path().rsplit('/').find(|part| part.to_ascii_lowercase().starts_with("eip155"));
    if last.is_none() && !decoded.iter().any(asks) {
        return Ok(None);
    }
    let mut chain = decoded.iter().find(|(name, _)| name == "chain").and_then(|(_, value)| chain_id(value));
    let mut pairs = Vec::new();
    let mut wanted = None;
    for (name, value) in decoded {
        match name.as_str() {
            "min_block" if wanted.is_some() => return Err(ApiError::RepeatedParameter { name }),
            "min_block" => wanted = Some(value),
            _ if spelled(&value) => pairs.push((name.clone(), meant(app, &name, &value, &mut chain).await?)),
            _ => pairs.push((name, value)),
        }
    }
    let path = match last {
        None => uri.path().to_owned(),
        Some(part) => {
            let bad = || ApiError::bad("address", part, Addr::allowed());
            let text = form_urlencoded::parse(part.replace('+', "%2B").as_bytes())
                .next()
                .map(|(name, _)| name.into_owned());
            let text = text.filter(|text| spelled(text)).ok_or_else(bad)?;
            let name = if uri.path().contains("/accounts/") { "address" } else { "id" };
            let given = chain;
            let plain = meant(app, name, &text, &mut chain).await?;
            // An account on one chain: its route would otherwise tell of all.
            if name == "address"
                && given.is_none()
                && let Some(chain) = chain
            {
                pairs.push(("chain".to_owned(), chain.to_string()));
            }
            uri.path().replacen(part, &plain, 1)
        }
    };
    if let Some(wanted) = wanted {
        wait(app, &wanted, chain, &path).await?;
    }
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let text = if query.is_empty() { path } else { format!("{path}?{query}") };
    text.parse().map(Some).map_err(|_| ApiError::NotFound("There is nothing at this address.".to_owned()))
}

/// Whether a value is written as CAIP-10 or CAIP-19. CAIP-2 is a chain's, and read as it is.
fn spelled(value: &str) -> bool {
    value.strip_prefix("eip155:").is_some_and(|rest| rest.contains(':'))
}

fn chain_id(value: &str) -> Option<i64> {
    natural(value.strip_prefix("eip155:").unwrap_or(value))
}

/// The plain form of CAIP-10 (`eip155:1:0x…`) or CAIP-19 (`eip155:1/erc721:0x…/5`, a listing). `chain` is the request's
/// chain, and becomes that of the value.
async fn meant(app: &App, name: &str, value: &str, chain: &mut Option<i64>) -> Result<String, ApiError> {
    let bad = |allowed: &str| ApiError::bad(name, value, allowed);
    const FORM: &str =
        "CAIP-10 as in `eip155:31337:0x…`, or CAIP-19 as in `eip155:31337/erc721:0x…/1`, or the plain form";
    let rest = value.strip_prefix("eip155:").unwrap_or(value);
    let (id, plain) = match rest.split_once("/erc721:") {
        Some((id, token)) => {
            let (contract, number) = token.split_once('/').ok_or_else(|| bad(FORM))?;
            let id = natural(id).ok_or_else(|| bad(FORM))?;
            let contract = Addr::from_param(contract).ok_or_else(|| bad(FORM))?;
            let number = natural(number).ok_or_else(|| bad(FORM))?;
            if listings_of(app, id).await? != Some(contract) {
                return Err(bad("a token of the contract Listings of a chain that is served here"));
            }
            (id, format!("{id}-{number}"))
        }
        None => {
            let (id, account) = rest.split_once(':').ok_or_else(|| bad(FORM))?;
            let id = natural(id).ok_or_else(|| bad(FORM))?;
            let account = Addr::from_param(account).ok_or_else(|| bad(FORM))?;
            (id, account.to_string())
        }
    };
    match *chain {
        Some(other) if other != id => Err(bad("one on the chain that the rest of the request is about")),
        _ => {
            *chain = Some(id);
            Ok(plain)
        }
    }
}

async fn listings_of(app: &App, chain_id: i64) -> Result<Option<Addr>, ApiError> {
    let sql = "SELECT contracts->>'Listings' FROM archive.cursor WHERE chain_id = $1";
    let found: Option<Option<String>> =
        sqlx::query_scalar(sql).bind(chain_id).fetch_optional(&app.pool).await?;
    Ok(found.flatten().and_then(|text| text.parse().ok()))
}

/// Waits until the wanted block was read, and no longer than is sensible.
async fn wait(app: &App, text: &str, chain: Option<i64>, path: &str) -> Result<(), ApiError> {
    let bad = || ApiError::bad("min_block", text, MIN_BLOCK);
    let of_path =
        || path.rsplit('/').find_map(|part| part.split_once('-')).and_then(|(chain, _)| natural(chain));
    let (named, block) = match text.split_once('-') {
        Some((chain, block)) => (Some(natural(chain).ok_or_else(bad)?), block),
        None => (chain.or_else(of_path), text),
    };
    let block = natural(block).ok_or_else(bad)?;
    let chain_id = match named {
        Some(chain_id) => chain_id,
        None => {
            let served: Vec<i64> = sqlx::query_scalar("SELECT chain_id FROM archive.cursor LIMIT 2")
                .fetch_all(&app.pool)
                .await?;
            let [only] = served[..] else { return Err(bad()) };
            only
        }
    };
    let until = tokio::time::Instant::now() + WAIT.min(app.timeout / 2);
    loop {
        let sql = "SELECT projected_block FROM archive.cursor WHERE chain_id = $1";
        let reached: Option<i64> = sqlx::query_scalar(sql).bind(chain_id).fetch_optional(&app.pool).await?;
        match reached {
            None => return Err(bad()),
            Some(reached) if reached >= block => return Ok(()),
            Some(reached) if tokio::time::Instant::now() >= until => {
                return Err(ApiError::NotReady(format!(
                    "Block {block} of chain {chain_id} was not read yet; the data stands at block {reached}. \
                     Ask again in a moment."
                )));
            }
            Some(_) => tokio::time::sleep(LOOK).await,
        }
    }
}

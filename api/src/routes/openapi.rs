//! `GET /v1/openapi.json`: this interface as an OpenAPI 3.1 document, generated from the routes.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::RawQuery;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::{Modify, OpenApi};

use crate::app::App;
use crate::error::ApiError;
use crate::params::Params;

pub(crate) fn router() -> Router<App> {
    Router::new().route("/openapi.json", get(openapi))
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Stoa API",
        description = "What the chain says about the market: listings, plans, purchases, shares, staking.\n\n\
            Every answer carries `meta`: up to which block its data holds, read in the same snapshot as the data. \
            When one chain is concerned the headers `Stoa-Block`, `Stoa-Block-Hash` and `Stoa-Finalized-Block` \
            repeat it. `ETag` is the hash of the data; send it back as `If-None-Match` and unchanged data is \
            answered with 304.\n\n\
            Amounts are whole numbers of a token's base units, written as decimal strings; divide by \
            10^`decimals` to show them. Amounts in different tokens are never added. Addresses are checksummed \
            (EIP-55), hashes lower-case, times RFC 3339 in UTC, shares in 1/10,000 (bps).\n\n\
            Collections are read page by page: pass `next` as `cursor`, with the same sort and filters. Rows that \
            come meanwhile neither repeat nor hide others. What depends on time (a subscription, a lock, a plan's \
            window) is judged by the newest block's timestamp that a node told of: the head's time. Errors are problem documents (RFC 9457); unknown \
            parameters are errors.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    servers((url = "/", description = "This server")),
    tags(
        (name = "listings", description = "AI assets on offer."),
        (name = "purchases", description = "Sales, direct payments, and what was done with credits."),
        (name = "accounts", description = "What an account holds and may claim."),
        (name = "staking", description = "Locked STOA, and the fees that stakers share."),
        (name = "market", description = "The market in figures, over time, and who sells most."),
        (name = "raw", description = "What the chain said: events, transactions, whole collections and queries over them."),
        (name = "live", description = "What happens, as it happens."),
        (name = "access", description = "Signing in with a wallet, its API keys, and what they asked for."),
        (name = "webhooks", description = "What is sent to an address of one's own, and what it is sent about."),
        (name = "status", description = "The server, and how far it has read."),
    ),
    paths(
        super::status::status,
        super::listings::listings,
        super::listing::listing,
        super::lineage::ancestors,
        super::lineage::descendants,
        super::flow::flow,
        super::owners::owners,
        super::grades::grades,
        super::prices::prices,
        super::yields::yields,
        super::access::access,
        super::purchases::purchases,
        super::payments::payments,
        super::spendings::spendings,
        super::account::account,
        super::balances::balances,
        crate::raw::history::history,
        super::staking::staking,
        super::market::market,
        super::series::series,
        super::leaders::leaders,
        super::retention::retention,
        super::attribution::attribution,
        crate::raw::events::events,
        crate::raw::transaction::transaction,
        crate::export::routes::catalogue,
        crate::export::routes::export,
        crate::export::manifest::manifest,
        crate::sql::routes::views,
        crate::sql::routes::sql,
        crate::live::sse::stream,
        crate::live::ws::live,
        crate::access::routes::auth::new_nonce,
        crate::access::routes::auth::sign_in,
        crate::access::routes::auth::session,
        crate::access::routes::auth::sign_out,
        crate::access::routes::keys::keys,
        crate::access::routes::keys::create,
        crate::access::routes::keys::key,
        crate::access::routes::keys::change,
        crate::access::routes::keys::revoke,
        crate::access::routes::keys::rotate,
        crate::access::routes::oauth::token,
        crate::access::routes::oauth::revoke,
        crate::access::routes::oauth::introspect,
        crate::access::routes::ledger::audit,
        crate::access::routes::ledger::usage,
        crate::content::routes::limits,
        crate::content::routes::upload,
        crate::content::routes::content,
        crate::relay::routes::relay,
        crate::relay::routes::submit,
        crate::relay::routes::order,
        crate::hooks::routes::webhooks::webhooks,
        crate::hooks::routes::webhooks::create,
        crate::hooks::routes::webhooks::webhook,
        crate::hooks::routes::webhooks::change,
        crate::hooks::routes::webhooks::remove,
        crate::hooks::routes::actions::rotate,
        crate::hooks::routes::actions::ping,
        crate::hooks::routes::actions::replay,
        crate::hooks::routes::actions::deliveries,
        crate::hooks::routes::alerts::alerts,
        crate::hooks::routes::alerts::create,
        crate::hooks::routes::alerts::alert,
        crate::hooks::routes::alerts::change,
        crate::hooks::routes::alerts::remove,
        openapi,
    ),
    components(schemas(
        crate::model::Sort,
        crate::model::ListingSort,
        crate::model::Interval,
        crate::model::Leaders,
        crate::model::Measure,
        crate::model::Window,
        crate::live::LiveData,
        crate::live::LiveMessage,
        crate::live::LiveNotice
    )),
    modifiers(&MinBlock)
)]
struct Document;

/// `min_block` is understood on every read, before its route sees the request: see `front`.
struct MinBlock;

impl Modify for MinBlock {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let parameter = || {
            ParameterBuilder::new()
                .name("min_block")
                .parameter_in(ParameterIn::Query)
                .description(Some(
                    "Wait, some seconds at most, until the data stands at this block: a number, or `{chainId}-{block}` \
                     where several chains are served and `chain` names none. A block not reached by then is answered \
                     with 503.",
                ))
                .schema(Some(ObjectBuilder::new().schema_type(Type::String).pattern(Some("^([1-9][0-9]*-)?[1-9][0-9]*$"))))
                .example(Some(serde_json::json!("812")))
                .build()
        };
        for (path, item) in &mut document.paths.paths {
            // What is uploaded depends on no block.
            if path != "/v1/openapi.json"
                && !path.starts_with("/v1/content")
                && let Some(read) = &mut item.get
            {
                read.parameters.get_or_insert_default().push(parameter().into());
            }
        }
    }
}

static TEXT: LazyLock<Result<String, String>> = LazyLock::new(|| {
    let mut text = Document::openapi().to_pretty_json().map_err(|error| error.to_string())?;
    text.push('\n');
    Ok(text)
});

/// The OpenAPI document as committed in `api/openapi.json`: pretty, with a newline at its end.
pub fn document() -> Result<&'static str, ApiError> {
    TEXT.as_deref().map_err(|error| ApiError::Internal(format!("the OpenAPI document: {error}")))
}

/// This document.
#[utoipa::path(get, path = "/v1/openapi.json", tag = "status", operation_id = "getOpenapi",
    responses((status = 200, description = "An OpenAPI 3.1 document.", body = serde_json::Value)))]
pub(crate) async fn openapi(RawQuery(query): RawQuery) -> Result<impl IntoResponse, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")];
    Ok((headers, document()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn the_committed_document_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
        if std::env::var_os("STOA_BLESS").is_some() {
            std::fs::write(path, document().expect("generates")).expect("the document is writable");
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            committed == document().expect("generates"),
            "api/openapi.json is stale: run `STOA_BLESS=1 cargo test -p stoa-api --lib`"
        );
    }

    #[test]
    fn every_operation_describes_itself_its_parameters_and_its_errors() {
        let document: Value = serde_json::from_str(document().expect("generates")).expect("is JSON");
        assert_eq!(document["openapi"], "3.1.0");
        let paths = document["paths"].as_object().expect("has paths");
        assert_eq!(paths.len(), 55);
        for (path, item) in paths {
            for (method, operation) in item.as_object().expect("an item") {
                let at = format!("{method} {path}");
                assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{at}: summary");
                for parameter in operation["parameters"].as_array().into_iter().flatten() {
                    let told = parameter["description"].as_str().is_some_and(|text| !text.is_empty());
                    assert!(told, "{at}: {parameter}");
                }
                if path != "/v1/openapi.json" {
                    for status in ["400", "503"] {
                        let content = &operation["responses"][status]["content"];
                        // OAuth has a form of its own for what is wrong with a request (RFC 6749).
                        let own = status == "400" && path.starts_with("/v1/oauth/");
                        let kind = if own { "application/json" } else { "application/problem+json" };
                        assert!(content.get(kind).is_some(), "{at}: {status}");
                    }
                }
            }
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let text = document().expect("generates");
        let document: Value = serde_json::from_str(text).expect("is JSON");
        let references = text.split("\"$ref\": \"#").skip(1).filter_map(|rest| rest.split('"').next());
        let mut seen = 0;
        for reference in references {
            assert!(document.pointer(reference).is_some(), "{reference} is not declared");
            seen += 1;
        }
        assert!(seen > 20, "references were found");
    }

    #[test]
    fn every_property_describes_itself() {
        let document: Value = serde_json::from_str(document().expect("generates")).expect("is JSON");
        let described = |name: &str, key: &str, property: &Value| {
            // Answers' envelopes and references describe themselves where they are declared.
            name.ends_with("Answer")
                || property.get("$ref").is_some()
                || property.get("oneOf").is_some()
                || property["description"].as_str().is_some_and(|text| !text.is_empty())
                || panic!("{name}.{key} has no description")
        };
        for (name, schema) in document["components"]["schemas"].as_object().expect("has schemas") {
            for (key, property) in schema["properties"].as_object().into_iter().flatten() {
                assert!(described(name, key, property));
            }
        }
    }
}

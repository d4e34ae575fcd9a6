//! What a request for a stream may say.

use std::collections::BTreeMap;

use axum::extract::Request;
use axum::http::HeaderMap;
use utoipa::IntoParams;

use super::place::{Place, Places};
use super::topic::{Topic, Topics};
use crate::access::ClientIp;
use crate::error::ApiError;
use crate::model::{ChainId, Finality};
use crate::params::{Choice as _, FromParam as _, Params};

const LAST_EVENT_ID: &str = "last-event-id";

/// The parameters of both routes.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LiveQuery {
    /// What to be told of, with commas between, at most 100: `listings`, `purchases`, `blocks`, `stats`,
    /// `listing:{chainId}-{n}`, `account:{address}`.
    #[param(value_type = Option<String>, example = "blocks")]
    topics: Option<Topics>,
    /// Only this chain: its id or CAIP-2 form. Without it, all chains.
    #[param(value_type = Option<String>, example = "31337", pattern = "^(eip155:)?[1-9][0-9]*$")]
    chain: Option<ChainId>,
    /// How final a block must be before it is told; `latest` without it. At `latest` and `safe`, what is taken back is
    /// told as `retract`; at `finalized` nothing ever is.
    level: Option<Finality>,
    /// Where to go on: the `cursor` of the last message; of several chains, with commas between. A chain that it does
    /// not name begins now. The header `Last-Event-ID` says the same, and counts before it.
    #[param(value_type = Option<String>, example = "latest:31337-812-4")]
    after: Option<Places>,
}

/// A request, checked as far as it can be without the database.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) topics: Vec<Topic>,
    pub(crate) chain: Option<i64>,
    pub(crate) level: Finality,
    pub(crate) after: BTreeMap<i64, Place>,
    /// What the cursor was given as.
    pub(crate) after_name: &'static str,
}

impl Wish {
    pub(super) fn read(query: Option<&str>, headers: &HeaderMap) -> Result<Self, ApiError> {
        let mut params = Params::parse(query)?;
        let query = LiveQuery {
            topics: params.take("topics")?,
            chain: params.take("chain")?,
            level: params.take("level")?,
            after: params.take("after")?,
        };
        params.finish()?;
        let (after_name, after) = match last_event_id(headers)? {
            Some(places) => ("Last-Event-ID", Some(places)),
            None => ("after", query.after),
        };
        let level = query.level.unwrap_or(Finality::Latest);
        if let Some(places) = after.as_ref().filter(|places| places.level != level) {
            let allowed = format!("a cursor of a stream at level `{}`, as `level` says", level.word());
            return Err(ApiError::bad(after_name, &places.to_string(), allowed));
        }
        Ok(Self {
            topics: query.topics.map_or_else(Vec::new, |topics| topics.0),
            chain: query.chain.map(|chain| chain.0),
            level,
            after: after.map_or_else(BTreeMap::new, |places| places.at),
            after_name,
        })
    }
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<Places>, ApiError> {
    let Some(value) = headers.get(LAST_EVENT_ID) else { return Ok(None) };
    let text = String::from_utf8_lossy(value.as_bytes());
    if text.is_empty() {
        return Ok(None);
    }
    Places::from_param(&text)
        .map(Some)
        .ok_or_else(|| ApiError::bad("Last-Event-ID", &text, Places::allowed()))
}

/// Where a request comes from.
pub(super) fn address(request: &Request) -> std::net::IpAddr {
    ClientIp::found(request)
}

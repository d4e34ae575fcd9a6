//! What an alert may watch.

use serde::{Deserialize, Serialize};
use stoa_schema::types::{Addr, Uint};
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::model::PublicId;
use crate::params::FromParam;

const DAY: u64 = 24 * 60 * 60;

/// What is watched. Amounts are in base units; a threshold counts as reached when the value is equal to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Watch {
    /// The price of a plan.
    Price {
        /// The plan, `{chainId}-{n}`.
        plan: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>)]
        above: Option<Uint>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>)]
        below: Option<Uint>,
    },
    /// A listing's grade, 0 to 1,000.
    Grade {
        /// The listing, `{chainId}-{n}`.
        listing: String,
        /// `short` or `long`.
        term: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        above: Option<u16>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        below: Option<u16>,
    },
    /// What a listing has brought in a token, less fees: sales and direct payments.
    Revenue {
        /// The listing, `{chainId}-{n}`.
        listing: String,
        #[schema(value_type = String)]
        token: Addr,
        #[schema(value_type = String)]
        above: Uint,
    },
    /// Subscriptions of an account that end within so many days.
    PassExpiry {
        /// One's own without it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>)]
        account: Option<Addr>,
        /// Of this plan alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        plan: Option<String>,
        /// 1 to 90.
        days: u16,
    },
    /// What an account can claim in a token, of shares and of its lock together.
    Claimable {
        /// One's own without it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>)]
        account: Option<Addr>,
        /// EIP-155 chain id.
        chain: i64,
        #[schema(value_type = String)]
        token: Addr,
        #[schema(value_type = String)]
        above: Uint,
    },
    /// API keys of the wallet that expire within so many days, and were not rotated.
    KeyExpiry {
        /// 1 to 90.
        days: u16,
    },
    /// 80 and 100 % of the month's premium calls.
    Usage {},
    /// Odd use of an API key: an address that it never came from, five times the usual requests of a day, 50 refusals
    /// within an hour.
    KeyUse {},
}

/// The same for statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Watched {
    pub(crate) kind: &'static str,
    pub(crate) chain_id: Option<i64>,
    pub(crate) number: Option<i64>,
    pub(crate) token: Option<Addr>,
    pub(crate) account: Option<Addr>,
    pub(crate) term: Option<&'static str>,
    pub(crate) above: Option<Uint>,
    pub(crate) below: Option<Uint>,
}

impl Watched {
    fn of(kind: &'static str, part: Option<PublicId>) -> Self {
        Self {
            kind,
            chain_id: part.map(|part| part.chain_id),
            number: part.map(|part| part.number),
            token: None,
            account: None,
            term: None,
            above: None,
            below: None,
        }
    }
}

impl Watch {
    /// Checks it, for a wallet.
    pub(crate) fn read(&self, owner: Addr) -> Result<Watched, ApiError> {
        Ok(match self {
            Self::Price { plan, above, below } => {
                thresholds(*above, *below)?;
                Watched { above: *above, below: *below, ..Watched::of("price", Some(id("plan", plan)?)) }
            }
            Self::Grade { listing, term, above, below } => {
                let number = |value: Option<u16>| value.map(|value| Uint::from(u64::from(value)));
                if let Some(wrong) = [above, below].into_iter().flatten().find(|value| **value > 1_000) {
                    return Err(ApiError::bad("watch", &wrong.to_string(), "a grade from 0 to 1000"));
                }
                thresholds(number(*above), number(*below))?;
                let term = match term.as_str() {
                    "short" => "short",
                    "long" => "long",
                    other => return Err(ApiError::bad("watch.term", other, "`short` or `long`")),
                };
                let listing = id("listing", listing)?;
                let (above, below) = (number(*above), number(*below));
                Watched { term: Some(term), above, below, ..Watched::of("grade", Some(listing)) }
            }
            Self::Revenue { listing, token, above } => {
                let listing = id("listing", listing)?;
                Watched { token: Some(*token), above: Some(*above), ..Watched::of("revenue", Some(listing)) }
            }
            Self::PassExpiry { account, plan, days } => {
                let plan = plan.as_ref().map(|plan| id("plan", plan)).transpose()?;
                let account = Some(account.unwrap_or(owner));
                Watched { account, below: Some(seconds(*days)?), ..Watched::of("pass_expiry", plan) }
            }
            Self::Claimable { account, chain, token, above } => Watched {
                chain_id: Some(*chain),
                account: Some(account.unwrap_or(owner)),
                token: Some(*token),
                above: Some(*above),
                ..Watched::of("claimable", None)
            },
            Self::KeyExpiry { days } => {
                Watched { below: Some(seconds(*days)?), ..Watched::of("key_expiry", None) }
            }
            Self::Usage {} => Watched::of("usage", None),
            Self::KeyUse {} => Watched::of("key_use", None),
        })
    }
}

fn thresholds(above: Option<Uint>, below: Option<Uint>) -> Result<(), ApiError> {
    match (above, below) {
        (None, None) => Err(ApiError::missing("watch.above", "`above`, `below` or both")),
        (Some(above), Some(below)) if above <= below => {
            Err(ApiError::bad("watch.above", &above.to_string(), format!("more than `below`, {below}")))
        }
        _ => Ok(()),
    }
}

fn seconds(days: u16) -> Result<Uint, ApiError> {
    match days {
        1..=90 => Ok(Uint::from(u64::from(days) * DAY)),
        _ => Err(ApiError::bad("watch.days", &days.to_string(), "a whole number from 1 to 90")),
    }
}

fn id(name: &str, text: &str) -> Result<PublicId, ApiError> {
    PublicId::from_param(text)
        .ok_or_else(|| ApiError::bad(&format!("watch.{name}"), text, PublicId::allowed()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(watch: Value) -> Result<Watched, String> {
        let watch: Watch = serde_json::from_value(watch).map_err(|error| error.to_string())?;
        watch.read(Addr::default()).map_err(|error| error.to_string())
    }

    #[test]
    fn what_can_be_watched_is_read() {
        let token = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
        for good in [
            json!({ "kind": "price", "plan": "31337-1", "above": "100" }),
            json!({ "kind": "grade", "listing": "31337-1", "term": "short", "below": 500 }),
            json!({ "kind": "revenue", "listing": "31337-1", "token": token, "above": "1" }),
            json!({ "kind": "pass_expiry", "days": 3 }),
            json!({ "kind": "claimable", "chain": 31_337, "token": token, "above": "1" }),
            json!({ "kind": "key_expiry", "days": 14 }),
            json!({ "kind": "usage" }),
            json!({ "kind": "key_use" }),
        ] {
            let watched = read(good.clone()).unwrap_or_else(|error| panic!("{good}: {error}"));
            assert_eq!(watched.kind, good["kind"]);
        }
    }

    #[test]
    fn what_cannot_be_meant_is_named() {
        for (bad, told) in [
            (json!({ "kind": "weather" }), "weather"),
            (json!({ "kind": "price", "plan": "31337-1" }), "watch.above"),
            (json!({ "kind": "price", "plan": "1", "above": "1" }), "watch.plan"),
            (
                json!({ "kind": "price", "plan": "31337-1", "above": "1", "below": "2" }),
                "more than `below`, 2",
            ),
            (json!({ "kind": "price", "plan": "31337-1", "above": "-1" }), "not a decimal"),
            (json!({ "kind": "grade", "listing": "31337-1", "term": "long", "above": 1_001 }), "0 to 1000"),
            (json!({ "kind": "grade", "listing": "31337-1", "term": "now", "above": 1 }), "watch.term"),
            (json!({ "kind": "pass_expiry", "days": 0 }), "1 to 90"),
            (json!({ "kind": "key_expiry", "days": 91 }), "1 to 90"),
            (json!({ "kind": "usage", "percent": 50 }), "percent"),
        ] {
            let error = read(bad.clone()).expect_err("refused");
            assert!(error.contains(told), "{bad}: {error}");
        }
    }
}

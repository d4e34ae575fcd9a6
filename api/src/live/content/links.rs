//! What events name and do not say: the listing of a plan or a share, the token of an amount.

use std::collections::{BTreeSet, HashMap};

use alloy::primitives::Address;
use stoa_schema::types::Addr;

use super::event::Log;
use crate::db;
use crate::error::ApiError;
use crate::model::Token;
use crate::snapshot::Snapshot;

/// Listings and tokens of a page's events.
#[derive(Debug, Default)]
pub(super) struct Links {
    plans: HashMap<i64, i64>,
    shares: HashMap<Address, i64>,
    sales: HashMap<i64, i64>,
    tokens: HashMap<Address, Token>,
}

impl Links {
    /// Asks for all of them: two statements. `retracted`: also among what was taken back.
    pub(super) async fn of(
        snapshot: &mut Snapshot<'_>,
        chain_id: i64,
        logs: &[Log],
        retracted: bool,
    ) -> Result<Self, ApiError> {
        let mut links = Self::default();
        if logs.is_empty() {
            return Ok(links);
        }
        let integers = |columns: &[&str]| -> Vec<i64> {
            let all = logs.iter().flat_map(|log| columns.iter().flat_map(|column| log.integers(column)));
            all.collect::<BTreeSet<_>>().into_iter().collect()
        };
        let addresses = |column: &str| -> Vec<Addr> {
            let all = logs.iter().filter_map(|log| log.address(column)).map(Addr);
            all.collect::<BTreeSet<_>>().into_iter().collect()
        };
        let rows: Vec<(String, String, i64)> = sqlx::query_as(include_str!("../sql/listings.sql"))
            .bind(chain_id)
            .bind(integers(&["plan", "plans"]))
            .bind(addresses("share"))
            .bind(integers(&["sale"]))
            .bind(retracted)
            .fetch_all(&mut *snapshot.connection)
            .await?;
        for (kind, key, listing) in rows {
            links.insert(&kind, &key, listing);
        }
        let rows: Vec<(Addr, String, String, i16)> = sqlx::query_as(
            "SELECT token, name, symbol, decimals FROM market.token WHERE chain_id = $1 AND token = ANY($2)",
        )
        .bind(chain_id)
        .bind(addresses("token"))
        .fetch_all(&mut *snapshot.connection)
        .await?;
        for (address, name, symbol, decimals) in rows {
            let token = db::token(address, Some(name), Some(symbol), Some(decimals));
            links.tokens.insert(address.0, token);
        }
        Ok(links)
    }

    fn insert(&mut self, kind: &str, key: &str, listing: i64) {
        match kind {
            "plan" => {
                self.plans.extend(key.parse().ok().map(|plan: i64| (plan, listing)));
            }
            "sale" => {
                self.sales.extend(key.parse().ok().map(|sale: i64| (sale, listing)));
            }
            _ => {
                let address = key.replacen("\\x", "0x", 1).parse().ok();
                self.shares.extend(address.map(|share: Address| (share, listing)));
            }
        }
    }

    /// The listings that an event is about.
    pub(super) fn listings(&self, log: &Log) -> BTreeSet<i64> {
        let mut listings: BTreeSet<i64> = log.integers("listing").into_iter().collect();
        let plans = ["plan", "plans"].into_iter().flat_map(|column| log.integers(column));
        listings.extend(plans.filter_map(|plan| self.plans.get(&plan)));
        listings.extend(log.integers("parents"));
        listings.extend(log.integer("sale").and_then(|sale| self.sales.get(&sale)));
        listings.extend(log.address("share").and_then(|share| self.shares.get(&share)));
        listings
    }

    /// The token of an event, described or not.
    pub(super) fn token(&self, log: &Log) -> Option<Token> {
        let address = log.address("token")?;
        let known = self.tokens.get(&address).cloned();
        Some(known.unwrap_or_else(|| db::token(Addr(address), None, None, None)))
    }
}

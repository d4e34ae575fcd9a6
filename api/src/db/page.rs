//! What the queries of collections share.

use std::collections::BTreeMap;

use sqlx::{Postgres, QueryBuilder};
use stoa_schema::types::Addr;

use crate::cursor::Position;
use crate::model::{PublicId, Sort, Token};

/// A listing's or an account's parts are cut here. None comes near; whoever makes more does not slow others down.
pub(crate) const PARTS: i64 = 1_000;

/// Where to go on reading on each chain.
#[derive(Debug)]
pub(crate) struct Starts {
    pub(super) chains: Vec<i64>,
    pub(super) majors: Vec<i64>,
    pub(super) minors: Vec<i32>,
}

impl Starts {
    /// Behind the given positions; from the sort's end where a chain has none.
    pub(crate) fn new(chains: &[i64], positions: &BTreeMap<i64, Position>, sort: Sort) -> Self {
        let end = match sort {
            Sort::Newest => (i64::MAX, i32::MAX),
            Sort::Oldest => (i64::MIN, i32::MIN),
        };
        let at = |chain: &i64| positions.get(chain).copied().unwrap_or(end);
        Self {
            chains: chains.to_vec(),
            majors: chains.iter().map(|chain| at(chain).0).collect(),
            minors: chains.iter().map(|chain| at(chain).1).collect(),
        }
    }
}

impl Sort {
    /// The comparison that leaves what was read behind.
    pub(crate) fn behind(self) -> &'static str {
        match self {
            Self::Newest => " < ",
            Self::Oldest => " > ",
        }
    }

    /// The order in which chains' rows `p` of what happened are merged.
    pub(crate) fn merge(self, sql: &mut QueryBuilder<Postgres>) {
        let to = self.direction();
        sql.push(" ORDER BY p.block_time").push(to).push(", p.chain_id").push(to);
        sql.push(", p.block_number").push(to).push(", p.log_index").push(to);
    }

    /// The SQL word of the order.
    pub(crate) fn direction(self) -> &'static str {
        match self {
            Self::Newest => " DESC",
            Self::Oldest => " ASC",
        }
    }
}

/// Splits ids into the two arrays that `unnest` takes.
pub(crate) fn columns(ids: &[PublicId]) -> (Vec<i64>, Vec<i64>) {
    ids.iter().map(|id| (id.chain_id, id.number)).unzip()
}

/// A token as an outer join on `market.token` gives it.
pub(crate) fn token(
    address: Addr,
    name: Option<String>,
    symbol: Option<String>,
    decimals: Option<i16>,
) -> Token {
    Token { address, symbol, name, decimals }
}

//! What is audited: a chain's projections at a block, all of them or a sample.

use alloy::primitives::{Address, B256};
use sqlx::{
    AssertSqlSafe, FromRow,
    postgres::{PgConnection, PgRow},
};

use super::Error;
use crate::deploy::Deployment;

/// So many rows of each table, chosen by chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    pub rows: u32,
    /// Another seed, other rows.
    pub seed: i64,
}

/// A block of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) number: i64,
    pub(super) hash: B256,
    /// Unix time.
    pub(super) time: i64,
}

/// The contracts that are asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places {
    pub(super) vault: Address,
    pub(super) listings: Address,
    pub(super) market: Address,
    pub(super) revenue: Address,
    pub(super) staking: Address,
    pub(super) stoa: Address,
    pub(super) merkle_gate: Address,
    pub(super) tier_gate: Address,
    pub(super) token_gate: Address,
}

impl Places {
    pub(super) fn of(deployment: &Deployment) -> Result<Self, Error> {
        let at = |name| deployment.address(name).ok_or(Error::Missing(name));
        Ok(Self {
            vault: at("Vault")?,
            listings: at("Listings")?,
            market: at("Market")?,
            revenue: at("Revenue")?,
            staking: at("Staking")?,
            stoa: deployment.stoa().ok_or(Error::Missing("StoaToken"))?,
            merkle_gate: at("MerkleGate")?,
            tier_gate: at("TierGate")?,
            token_gate: at("TokenGate")?,
        })
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Scope {
    pub(super) chain_id: i64,
    pub(super) block: Block,
    pub(super) sample: Option<Sample>,
    pub(super) places: Places,
    /// Whether the projections are read through temporary views of what they were.
    pub(super) shadowed: bool,
}

impl Scope {
    /// A statement's rows. Its parameters are the chain, the most rows, and the seed of their order.
    pub(super) async fn rows<T>(
        &self,
        connection: &mut PgConnection,
        sql: &'static str,
    ) -> sqlx::Result<Vec<T>>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        sqlx::query_as(self.sql(sql))
            .bind(self.chain_id)
            .bind(self.limit())
            .bind(self.seed())
            .fetch_all(connection)
            .await
    }

    /// SQL in files names schema `market`: here it is about the projections as they stood at the block.
    pub(super) fn sql(&self, sql: &'static str) -> AssertSqlSafe<String> {
        AssertSqlSafe(if self.shadowed { sql.replace("market.", "pg_temp.") } else { sql.to_owned() })
    }

    /// None is no limit.
    pub(super) fn limit(&self) -> Option<i64> {
        self.sample.map(|sample| sample.rows.into())
    }

    pub(super) fn seed(&self) -> i64 {
        self.sample.map_or(0, |sample| sample.seed)
    }
}

//! The projections as they stood at a block, held still while they are read.

use std::{collections::BTreeMap, time::Duration};

use alloy::primitives::{Address, B256};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, postgres::PgConnection, types::Json};
use stoa_schema::types::Hash;
use tokio::time::Instant;

use super::Error;

/// Between two looks at a cursor that has not come to the block yet.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// How often a rebuild may be in the way.
const ATTEMPTS: u32 = 20;
/// Taken before the snapshot: a rebuild drops these tables, and an old snapshot would read their successors as empty.
/// With the locks held a rebuild waits; while it holds them, the audit gives way before the server looks for a deadlock.
const LOCK: &str =
    "LOCK TABLE market.account, market.allowance, market.balance, market.gate_rule, market.listing,
    market.listing_buyer, market.listing_parent, market.listing_payment, market.listing_version, market.lock,
    market.nonce, market.operator, market.pass, market.plan, market.protocol, market.purchase, market.revenue,
    market.settlement, market.share, market.share_balance, market.share_earning, market.share_sale,
    market.share_token, market.spending, market.stake_earning, market.stake_nonce, market.stake_token,
    market.stake_week, market.subscription, market.token IN ACCESS SHARE MODE";
/// Makes of each table a temporary view of what it held at a block: what has not changed since, and the earliest
/// image of what has.
const SHADOWS: &str = include_str!("sql/shadow.sql");

/// An open transaction of one snapshot. Whatever is done in it is rolled back.
#[derive(Debug)]
pub(super) struct View {
    pub(super) connection: PgConnection,
    pub(super) block: i64,
    /// The block's hash, where the archive remembers it.
    pub(super) known: Option<B256>,
    /// Whether it is read through temporary views.
    pub(super) shadowed: bool,
}

/// A chain's row, as far as it matters here.
#[derive(Clone, Debug)]
pub(super) struct Position {
    pub(super) projected: i64,
    pub(super) finalized: i64,
    hash: Hash,
    contracts: Contracts,
}

/// Addresses by contract name.
type Contracts = BTreeMap<String, Address>;

impl View {
    /// The projections where they stand now.
    pub(super) async fn present(url: &str, chain_id: i64, vault: Address) -> Result<Self, Error> {
        for _ in 1..ATTEMPTS {
            match Self::snapshot(url, chain_id, vault).await {
                Err(Error::Database(error)) if is_locked(&error) => tracing::debug!(%error, "asking again"),
                view => return view,
            }
        }
        Self::snapshot(url, chain_id, vault).await
    }

    async fn snapshot(url: &str, chain_id: i64, vault: Address) -> Result<Self, Error> {
        let mut connection = PgConnection::connect(url).await?;
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ").await?;
        connection.execute("SET LOCAL lock_timeout = '900ms'").await?;
        connection.execute(LOCK).await?;
        let at = position(&mut connection, chain_id).await?.checked(chain_id, vault)?;
        Ok(Self { connection, block: at.projected, known: Some(at.hash.0), shadowed: false })
    }

    /// The projections at a block, once they have come to it: at most `patience` from now.
    pub(super) async fn at(
        url: &str,
        chain_id: i64,
        vault: Address,
        block: i64,
        patience: Duration,
    ) -> Result<Self, Error> {
        let deadline = Instant::now() + patience;
        loop {
            let view = Self::present(url, chain_id, vault).await?;
            if view.block == block {
                return Ok(view);
            }
            if view.block > block {
                return view.shadowed(chain_id, block).await;
            }
            if Instant::now() >= deadline {
                let projected = view.block;
                return Err(Error::NotReached { block, projected, seconds: patience.as_secs() });
            }
            view.close().await?;
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// What came after the block is left out: the journal tells what was there before. Nothing waits for this.
    async fn shadowed(mut self, chain_id: i64, block: i64) -> Result<Self, Error> {
        let at = position(&mut self.connection, chain_id).await?;
        if block < at.finalized {
            return Err(Error::Forgotten { block, from: at.finalized, to: at.projected });
        }
        let header = "SELECT hash FROM archive.header WHERE chain_id = $1 AND block_number = $2";
        let known: Option<Hash> = sqlx::query_scalar(header)
            .bind(chain_id)
            .bind(block)
            .fetch_optional(&mut self.connection)
            .await?;
        let views: Vec<String> =
            sqlx::query_scalar(SHADOWS).bind(chain_id).bind(block).fetch_all(&mut self.connection).await?;
        for view in views {
            self.connection.execute(sqlx::raw_sql(AssertSqlSafe(view))).await?;
        }
        Ok(Self { block, known: known.map(|hash| hash.0), shadowed: true, ..self })
    }

    /// Ends the transaction.
    pub(super) async fn close(mut self) -> sqlx::Result<()> {
        self.connection.execute("ROLLBACK").await?;
        self.connection.close().await
    }
}

pub(super) async fn position(connection: &mut PgConnection, chain_id: i64) -> Result<Position, Error> {
    let sql = "SELECT projected_block, finalized_block, projected_hash, contracts
               FROM archive.cursor WHERE chain_id = $1";
    let row: Option<(i64, i64, Hash, Json<Contracts>)> =
        sqlx::query_as(sql).bind(chain_id).fetch_optional(connection).await?;
    let (projected, finalized, hash, contracts) = row.ok_or(Error::NotIndexed { chain_id })?;
    Ok(Position { projected, finalized, hash, contracts: contracts.0 })
}

impl Position {
    /// A database follows one deployment of a chain.
    fn checked(self, chain_id: i64, vault: Address) -> Result<Self, Error> {
        match self.contracts.get("Vault") {
            Some(found) if *found != vault => {
                Err(Error::OtherDeployment { chain_id, theirs: *found, ours: vault })
            }
            _ => Ok(self),
        }
    }
}

/// Postgres' `lock_not_available`.
fn is_locked(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "55P03")
}

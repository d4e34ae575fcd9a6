//! `market.stake_token`, `market.stake_week` and `market.stake_earning`, with the tokens.

use sqlx::PgConnection;
use stoa_schema::earnings::WEEK;
use stoa_schema::types::{Addr, Uint};

use super::token;
use crate::model::Token;

/// A token whose fees stakers share.
#[derive(Clone, Debug)]
pub(crate) struct StakeTokenRow {
    pub(crate) chain_id: i64,
    pub(crate) token: Token,
    pub(crate) distributed: Uint,
    pub(crate) claimed: Uint,
    pub(crate) reward_index: Uint,
}

/// What an account earns of such a token.
#[derive(Clone, Debug)]
pub(crate) struct StakeEarningRow {
    pub(crate) chain_id: i64,
    pub(crate) token: Token,
    pub(crate) reward_index: Uint,
    pub(crate) accrued: Uint,
    pub(crate) claimed: Uint,
    /// The token's index of the last week before the lock's end in which fees were divided; 0 without one.
    pub(crate) upper: Uint,
}

/// The tokens of each chain, in the order in which they were listed.
pub(crate) async fn stake_token_of(
    connection: &mut PgConnection,
    chains: &[i64],
) -> sqlx::Result<Vec<StakeTokenRow>> {
    let rows = sqlx::query!(
        r#"SELECT s.chain_id, s.token AS "token: Addr", s.distributed AS "distributed: Uint",
                  s.claimed AS "claimed: Uint", s.reward_index AS "reward_index: Uint",
                  t.name AS "name?", t.symbol AS "symbol?", t.decimals AS "decimals?"
           FROM market.stake_token s LEFT JOIN market.token t USING (chain_id, token)
           WHERE s.chain_id = ANY($1) ORDER BY s.chain_id, s.position"#,
        chains
    )
    .fetch_all(connection)
    .await?;
    let tokens = rows.into_iter().map(|row| StakeTokenRow {
        chain_id: row.chain_id,
        token: token(row.token, row.name, row.symbol, row.decimals),
        distributed: row.distributed,
        claimed: row.claimed,
        reward_index: row.reward_index,
    });
    Ok(tokens.collect())
}

/// What an account's locks earn, each token in the order in which it was listed.
pub(crate) async fn stake_earning_of(
    connection: &mut PgConnection,
    chains: &[i64],
    account: Addr,
) -> sqlx::Result<Vec<StakeEarningRow>> {
    let rows = sqlx::query!(
        r#"SELECT s.chain_id, s.token AS "token: Addr", coalesce(e.reward_index, 0) AS "reward_index!: Uint",
                  coalesce(e.accrued, 0) AS "accrued!: Uint", coalesce(e.claimed, 0) AS "claimed!: Uint",
                  coalesce(w.reward_index, 0) AS "upper!: Uint",
                  t.name AS "name?", t.symbol AS "symbol?", t.decimals AS "decimals?"
           FROM market.lock l JOIN market.stake_token s USING (chain_id)
           LEFT JOIN market.stake_earning e USING (chain_id, account, token)
           LEFT JOIN LATERAL (
               SELECT w.reward_index FROM market.stake_week w
               WHERE w.chain_id = s.chain_id AND w.token = s.token AND w.week < l.lock_end / $3
               ORDER BY w.week DESC LIMIT 1
           ) w ON true
           LEFT JOIN market.token t ON t.chain_id = s.chain_id AND t.token = s.token
           WHERE l.chain_id = ANY($1) AND l.account = $2 ORDER BY s.chain_id, s.position"#,
        chains,
        account as Addr,
        WEEK
    )
    .fetch_all(connection)
    .await?;
    let earnings = rows.into_iter().map(|row| StakeEarningRow {
        chain_id: row.chain_id,
        token: token(row.token, row.name, row.symbol, row.decimals),
        reward_index: row.reward_index,
        accrued: row.accrued,
        claimed: row.claimed,
        upper: row.upper,
    });
    Ok(earnings.collect())
}

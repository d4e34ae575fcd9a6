//! `market.share`, `market.share_token`, `market.share_balance` and `market.share_earning`.

use sqlx::PgConnection;
use stoa_schema::types::{Addr, Uint};

use super::{PARTS, token};
use crate::model::{PublicId, Token};

/// A listing's share contract.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct ShareRow {
    pub(crate) share: Addr,
    pub(crate) account: Addr,
    pub(crate) name: String,
    pub(crate) symbol: String,
    pub(crate) supply: Uint,
    pub(crate) own_bps: i32,
    /// Accounts that hold shares.
    pub(crate) holders: i64,
}

/// Shares that an account holds, or has not claimed everything of.
#[derive(Clone, Debug)]
pub(crate) struct HoldingRow {
    pub(crate) chain_id: i64,
    pub(crate) share: Addr,
    pub(crate) listing: i64,
    pub(crate) name: String,
    pub(crate) symbol: String,
    pub(crate) supply: Uint,
    pub(crate) own_bps: i32,
    pub(crate) amount: Uint,
}

/// A token in which a share's earnings are claimable, and how far one holder is with it.
#[derive(Clone, Debug)]
pub(crate) struct ShareTokenRow {
    pub(crate) chain_id: i64,
    pub(crate) share: Addr,
    pub(crate) token: Token,
    /// Paid to all holders so far.
    pub(crate) claimed: Uint,
    /// All ever credited to the share's account.
    pub(crate) received: Uint,
    /// The holder's; 0 where it has none, as in the contract.
    pub(crate) reward_index: Uint,
    pub(crate) accrued: Uint,
    pub(crate) paid: Uint,
}

/// The share contract of a listing, if it has one.
pub(crate) async fn share_of_listing(
    connection: &mut PgConnection,
    listing: PublicId,
) -> sqlx::Result<Option<ShareRow>> {
    sqlx::query_as!(
        ShareRow,
        r#"SELECT s.share AS "share: Addr", s.account AS "account: Addr", s.name, s.symbol, s.supply AS "supply: Uint",
                  s.own_bps, (SELECT count(*) FROM market.share_balance b
                              WHERE b.chain_id = s.chain_id AND b.share = s.share AND b.amount > 0) AS "holders!"
           FROM market.share s WHERE s.chain_id = $1 AND s.listing = $2"#,
        listing.chain_id,
        listing.number
    )
    .fetch_optional(connection)
    .await
}

/// The shares of an account, newest listing first, at most [`PARTS`]. Whoever sold all of them is listed while a
/// whole unit of a token is left to claim.
pub(crate) async fn share_held(
    connection: &mut PgConnection,
    chains: &[i64],
    holder: Addr,
) -> sqlx::Result<Vec<HoldingRow>> {
    sqlx::query_as!(
        HoldingRow,
        r#"SELECT s.chain_id, s.share AS "share: Addr", s.listing, s.name, s.symbol, s.supply AS "supply: Uint",
                  s.own_bps, b.amount AS "amount: Uint"
           FROM market.share_balance b JOIN market.share s USING (chain_id, share)
           WHERE b.chain_id = ANY($1) AND b.holder = $2 AND (b.amount > 0 OR EXISTS (
               SELECT FROM market.share_earning e
               WHERE e.chain_id = b.chain_id AND e.share = b.share AND e.holder = b.holder AND e.accrued >= s.supply
           ))
           ORDER BY s.chain_id, s.listing DESC LIMIT $3"#,
        chains,
        holder as Addr,
        PARTS
    )
    .fetch_all(connection)
    .await
}

/// The tokens of several shares, in the order in which they were added, with what `holder` has of each.
///
/// Received is what lies in the share's account and what left it: claims, and parents' parts at settlements
/// (the shares' own part of a settlement stays there).
pub(crate) async fn share_token_of(
    connection: &mut PgConnection,
    shares: &[(i64, Addr)],
    holder: Option<Addr>,
) -> sqlx::Result<Vec<ShareTokenRow>> {
    let (chains, addresses): (Vec<i64>, Vec<Addr>) = shares.iter().copied().unzip();
    let rows = sqlx::query!(
        r#"SELECT st.chain_id, st.share AS "share: Addr", st.token AS "token: Addr", st.claimed AS "claimed: Uint",
                  coalesce(b.amount, 0) + st.claimed + coalesce(p.parents_amount, 0) AS "received!: Uint",
                  coalesce(e.reward_index, 0) AS "reward_index!: Uint", coalesce(e.accrued, 0) AS "accrued!: Uint",
                  coalesce(e.claimed, 0) AS "paid!: Uint",
                  t.name AS "name?", t.symbol AS "symbol?", t.decimals AS "decimals?"
           FROM market.share_token st
           JOIN unnest($1::bigint[], $2::bytea[]) AS wanted (chain_id, share) USING (chain_id, share)
           JOIN market.share s USING (chain_id, share)
           LEFT JOIN market.balance b ON b.chain_id = s.chain_id AND b.account = s.account AND b.token = st.token
           LEFT JOIN market.settlement p ON p.chain_id = s.chain_id AND p.listing = s.listing
               AND p.beneficiary = s.share AND p.token = st.token
           LEFT JOIN market.share_earning e ON e.chain_id = s.chain_id AND e.share = s.share
               AND e.holder = $3 AND e.token = st.token
           LEFT JOIN market.token t ON t.chain_id = s.chain_id AND t.token = st.token
           ORDER BY st.chain_id, st.share, st.position"#,
        &chains,
        &addresses as &[Addr],
        holder as Option<Addr>
    )
    .fetch_all(connection)
    .await?;
    let tokens = rows.into_iter().map(|row| ShareTokenRow {
        chain_id: row.chain_id,
        share: row.share,
        token: token(row.token, row.name, row.symbol, row.decimals),
        claimed: row.claimed,
        received: row.received,
        reward_index: row.reward_index,
        accrued: row.accrued,
        paid: row.paid,
    });
    Ok(tokens.collect())
}

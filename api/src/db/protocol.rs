//! `market.protocol`: what governs a chain's deployment.

use sqlx::PgConnection;
use stoa_schema::types::Addr;

/// A chain's fee, guardian, tiers and owners.
#[derive(Clone, Debug)]
pub(crate) struct ProtocolRow {
    pub(crate) chain_id: i64,
    pub(crate) fee_bps: i32,
    pub(crate) fee_recipient: Addr,
    pub(crate) guardian: Addr,
    pub(crate) guardian_armed: bool,
    pub(crate) paused_until: i64,
    pub(crate) revenue_owner: Addr,
    pub(crate) revenue_offered: Addr,
    pub(crate) staking_owner: Addr,
    pub(crate) staking_offered: Addr,
    /// From which scores the tiers begin, in whole STOA; none where Staking has told nothing.
    pub(crate) thresholds: Option<[i64; 4]>,
}

/// What governs each of the chains, where the contracts have told anything.
pub(crate) async fn protocol_of(
    connection: &mut PgConnection,
    chains: &[i64],
) -> sqlx::Result<Vec<ProtocolRow>> {
    let rows = sqlx::query!(
        r#"SELECT chain_id, fee_bps, fee_recipient AS "fee_recipient: Addr", guardian AS "guardian: Addr",
                  guardian_armed, paused_until, revenue_owner AS "revenue_owner: Addr",
                  revenue_offered AS "revenue_offered: Addr", staking_owner AS "staking_owner: Addr",
                  staking_offered AS "staking_offered: Addr", tier1, tier2, tier3, tier4
           FROM market.protocol WHERE chain_id = ANY($1)"#,
        chains
    )
    .fetch_all(connection)
    .await?;
    let protocols = rows.into_iter().map(|row| ProtocolRow {
        chain_id: row.chain_id,
        fee_bps: row.fee_bps,
        fee_recipient: row.fee_recipient,
        guardian: row.guardian,
        guardian_armed: row.guardian_armed,
        paused_until: row.paused_until,
        revenue_owner: row.revenue_owner,
        revenue_offered: row.revenue_offered,
        staking_owner: row.staking_owner,
        staking_offered: row.staking_offered,
        thresholds: (|| Some([row.tier1?, row.tier2?, row.tier3?, row.tier4?]))(),
    });
    Ok(protocols.collect())
}

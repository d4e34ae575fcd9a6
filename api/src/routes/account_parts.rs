//! What an account has, gathered: a constant number of statements for any number of chains and parts.

use std::collections::{BTreeMap, HashMap};

use stoa_schema::earnings::{share_claimable, stake_claimable, tier};
use stoa_schema::types::{Addr, Uint};

use super::account::{
    Allowance, Balance, ChainAccount, Claimable, Holding, Lock, Operator, OwnedListing, Pass,
};
use super::purchases::{names, purchase};
use super::shares::earned;
use super::summary::count;
use crate::db;
use crate::db::account::account_get;
use crate::db::approval::{allowance_of, operator_of};
use crate::db::balance::balance_of;
use crate::db::listing::{listing_names, listing_owned};
use crate::db::lock::{LockRow, lock_of};
use crate::db::pass::{PassRow, pass_of};
use crate::db::protocol::protocol_of;
use crate::db::purchase::purchase_last;
use crate::db::share::{HoldingRow, ShareTokenRow, share_held, share_token_of};
use crate::db::stake::{StakeEarningRow, stake_earning_of};
use crate::error::ApiError;
use crate::model::{PlanKind, PublicId, moment_of, word_of};
use crate::snapshot::Snapshot;

/// Last purchases and newest listings of an account that are told in full.
const LAST: i64 = 10;

type Chains = BTreeMap<i64, ChainAccount>;

/// An account on each of the chains, by id.
pub(crate) async fn collect(
    snapshot: &mut Snapshot<'_>,
    chain_ids: &[i64],
    address: Addr,
) -> Result<Vec<ChainAccount>, ApiError> {
    let mut chains: Chains =
        chain_ids.iter().map(|chain_id| (*chain_id, ChainAccount::empty(*chain_id))).collect();
    for row in account_get(snapshot.connection, chain_ids, address).await? {
        let chain = of(&mut chains, row.chain_id)?;
        (chain.purchases, chain.listings) = (count(row.purchases), count(row.listings));
    }
    for row in balance_of(snapshot.connection, chain_ids, address).await? {
        of(&mut chains, row.chain_id)?.balances.push(Balance { token: row.token, amount: row.amount });
    }
    deeds(snapshot, &mut chains, chain_ids, address).await?;
    passes(snapshot, &mut chains, chain_ids, address).await?;
    shares(snapshot, &mut chains, chain_ids, address).await?;
    approvals(snapshot, &mut chains, chain_ids, address).await?;
    locks(snapshot, &mut chains, chain_ids, address).await?;
    Ok(chains.into_values().collect())
}

impl ChainAccount {
    fn empty(chain_id: i64) -> Self {
        Self {
            chain_id,
            purchases: Uint::default(),
            listings: Uint::default(),
            last_purchases: Vec::new(),
            owned: Uint::default(),
            owned_listings: Vec::new(),
            balances: Vec::new(),
            passes: Vec::new(),
            shares: Vec::new(),
            operators: Vec::new(),
            allowances: Vec::new(),
            lock: None,
        }
    }
}

fn of(chains: &mut Chains, chain_id: i64) -> Result<&mut ChainAccount, ApiError> {
    let chain = chains.get_mut(&chain_id);
    chain.ok_or_else(|| ApiError::Internal(format!("a row of chain {chain_id} was not asked for")))
}

/// What it bought last, and what it owns.
async fn deeds(
    snapshot: &mut Snapshot<'_>,
    chains: &mut Chains,
    chain_ids: &[i64],
    account: Addr,
) -> Result<(), ApiError> {
    let bought = purchase_last(snapshot.connection, chain_ids, account, LAST).await?;
    let owned = listing_owned(snapshot.connection, chain_ids, account, LAST).await?;
    let listings = bought.iter().map(|row| (row.chain_id, row.listing));
    let listings = listings.chain(owned.iter().map(|row| (row.chain_id, row.listing)));
    let names = names(snapshot, listings).await?;
    for row in bought {
        let chain = of(chains, row.chain_id)?;
        chain.last_purchases.push(purchase(row, snapshot, &names)?);
    }
    for row in owned {
        let id = PublicId { chain_id: row.chain_id, number: row.listing };
        let chain = of(chains, row.chain_id)?;
        chain.owned = count(row.total);
        chain.owned_listings.push(OwnedListing {
            id,
            name: names.get(&id).cloned(),
            kind: word_of(row.kind, "kind of listing")?,
            status: word_of(row.status, "status of a listing")?,
            created_at: row.created_time,
            sales: count(row.purchases),
            buyers: row.buyers,
        });
    }
    Ok(())
}

async fn passes(
    snapshot: &mut Snapshot<'_>,
    chains: &mut Chains,
    chain_ids: &[i64],
    holder: Addr,
) -> Result<(), ApiError> {
    let rows = pass_of(snapshot.connection, chain_ids, holder).await?;
    let mut ids: Vec<PublicId> =
        rows.iter().map(|row| PublicId { chain_id: row.chain_id, number: row.listing }).collect();
    ids.sort_unstable();
    ids.dedup();
    let names = listing_names(snapshot.connection, &ids).await?;
    for row in rows {
        let now = snapshot.head_time(row.chain_id)?.unix_timestamp();
        of(chains, row.chain_id)?.passes.push(pass(row, now, &names)?);
    }
    Ok(())
}

/// A pass at `now`. As in the Market, a subscription is valid until its expiry, the others while any is held.
pub(super) fn pass(row: PassRow, now: i64, names: &HashMap<PublicId, String>) -> Result<Pass, ApiError> {
    let id = |number| PublicId { chain_id: row.chain_id, number };
    let kind = word_of::<PlanKind>(row.kind, "kind of plan")?;
    let expiry = row.expiry.unwrap_or_default();
    Ok(Pass {
        plan: id(row.plan),
        listing: id(row.listing),
        listing_name: names.get(&id(row.listing)).cloned(),
        kind,
        quantity: row.quantity,
        unit: (kind == PlanKind::Credits).then_some(row.unit),
        transferable: row.transferable,
        expires_at: moment_of(expiry),
        active: match kind {
            PlanKind::Subscription => expiry > now,
            PlanKind::Licence | PlanKind::Credits => row.quantity != Uint::default(),
        },
    })
}

async fn shares(
    snapshot: &mut Snapshot<'_>,
    chains: &mut Chains,
    chain_ids: &[i64],
    holder: Addr,
) -> Result<(), ApiError> {
    let rows = share_held(snapshot.connection, chain_ids, holder).await?;
    let wanted: Vec<(i64, Addr)> = rows.iter().map(|row| (row.chain_id, row.share)).collect();
    let mut tokens: HashMap<(i64, Addr), Vec<ShareTokenRow>> = HashMap::new();
    for token in share_token_of(snapshot.connection, &wanted, Some(holder)).await? {
        tokens.entry((token.chain_id, token.share)).or_default().push(token);
    }
    for row in rows {
        let tokens = tokens.remove(&(row.chain_id, row.share)).unwrap_or_default();
        of(chains, row.chain_id)?.shares.push(holding(row, tokens)?);
    }
    Ok(())
}

fn holding(row: HoldingRow, tokens: Vec<ShareTokenRow>) -> Result<Holding, ApiError> {
    let claimable = |token: ShareTokenRow| {
        let earned = earned(&token, row.own_bps)?;
        let amount = share_claimable(token.accrued, row.amount, earned, token.reward_index, row.supply);
        let claimable = amount.ok_or_else(|| {
            ApiError::Internal(format!("what a holder of {} earned does not add up", row.share))
        })?;
        Ok(Claimable { token: token.token, claimable, claimed: token.paid })
    };
    let claimable = tokens.into_iter().map(claimable).collect::<Result<_, ApiError>>()?;
    Ok(Holding {
        share: row.share,
        listing: PublicId { chain_id: row.chain_id, number: row.listing },
        name: row.name,
        symbol: row.symbol,
        amount: row.amount,
        supply: row.supply,
        claimable,
    })
}

async fn approvals(
    snapshot: &mut Snapshot<'_>,
    chains: &mut Chains,
    chain_ids: &[i64],
    owner: Addr,
) -> Result<(), ApiError> {
    for row in operator_of(snapshot.connection, chain_ids, owner).await? {
        let scope = word_of(row.scope, "scope of an operator")?;
        of(chains, row.chain_id)?.operators.push(Operator { scope, operator: row.operator });
    }
    for row in allowance_of(snapshot.connection, chain_ids, owner).await? {
        let scope = word_of(row.scope, "scope of an allowance")?;
        let token = db::token(row.token, row.name, row.symbol, row.decimals);
        let allowance = Allowance { scope, spender: row.spender, token, amount: row.amount };
        of(chains, row.chain_id)?.allowances.push(allowance);
    }
    Ok(())
}

async fn locks(
    snapshot: &mut Snapshot<'_>,
    chains: &mut Chains,
    chain_ids: &[i64],
    account: Addr,
) -> Result<(), ApiError> {
    let rows = lock_of(snapshot.connection, chain_ids, account).await?;
    let mut earnings: HashMap<i64, Vec<StakeEarningRow>> = HashMap::new();
    for row in stake_earning_of(snapshot.connection, chain_ids, account).await? {
        earnings.entry(row.chain_id).or_default().push(row);
    }
    let tiers = protocol_of(snapshot.connection, chain_ids).await?;
    let tiers: HashMap<i64, _> =
        tiers.into_iter().filter_map(|row| Some((row.chain_id, row.thresholds?))).collect();
    for row in rows {
        let now = snapshot.head_time(row.chain_id)?.unix_timestamp();
        let earnings = earnings.remove(&row.chain_id).unwrap_or_default();
        of(chains, row.chain_id)?.lock = Some(lock(&row, earnings, tiers.get(&row.chain_id), now)?);
    }
    Ok(())
}

/// A lock at `now`. Its score counts before its end, and goes on counting in what it earned until then.
fn lock(
    row: &LockRow,
    earnings: Vec<StakeEarningRow>,
    thresholds: Option<&[i64; 4]>,
    now: i64,
) -> Result<Lock, ApiError> {
    let active = row.lock_end > now && row.score != Uint::default();
    let score = if active { row.score } else { Uint::default() };
    let claimable = |token: StakeEarningRow| {
        let amount = stake_claimable(token.accrued, row.score, token.upper, token.reward_index);
        let claimable =
            amount.ok_or_else(|| ApiError::Internal("what a staker earned does not add up".to_owned()))?;
        Ok(Claimable { token: token.token, claimable, claimed: token.claimed })
    };
    Ok(Lock {
        amount: row.amount,
        score,
        ends_at: moment_of(row.lock_end),
        active,
        tier: thresholds.map_or(0, |thresholds| tier(score, thresholds)),
        reinvest: row.reinvest,
        claimable: earnings.into_iter().map(claimable).collect::<Result<_, ApiError>>()?,
    })
}

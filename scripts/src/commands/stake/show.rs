//! What an account has locked and earned.

use alloy::primitives::{Address, U256};
use serde::Serialize;
use stoa_scripts::cli::{Session, Table, Token, show_time};

use super::{
    lock,
    weeks::{amount_up, remaining, threshold, tier_of},
};

/// For who has no lock that could be raised.
const LONGEST_TERM: u64 = 52;

/// Amounts and scores are in STOA's smallest unit, times in seconds since 1970.
#[derive(Debug, Serialize)]
struct Stake {
    account: Address,
    amount: String,
    score: String,
    total_score: String,
    /// 0 where there never was a lock.
    end: u64,
    /// Whole weeks that an addition would still be locked for; 0 in the last week and after the end.
    weeks_left: u64,
    others_may_reinvest: bool,
    tier: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_tier: Option<NextTier>,
    fees: Vec<Fees>,
}

#[derive(Debug, Serialize)]
struct NextTier {
    tier: usize,
    from_score: String,
    missing_score: String,
    /// The least STOA to add, and for how many weeks it is counted: those of the lock, else the most there are.
    add: String,
    weeks: u64,
}

#[derive(Debug, Serialize)]
struct Fees {
    token: Address,
    symbol: String,
    decimals: u8,
    claimable: String,
    /// What has arrived for all stakers and is not divided yet.
    undistributed: String,
}

pub(super) async fn show(session: &Session, account: Address) -> anyhow::Result<()> {
    let (staking, token) = (&session.contracts.staking, lock::stoa(session).await?);
    let (lock, now) = (staking.lockOf(account).call().await?, session.now().await?);
    let tiers = staking.tiers().call().await?;
    let weeks_left = remaining(lock.end, now);
    let record = Stake {
        account,
        amount: lock.amount.to_string(),
        score: lock.score.to_string(),
        total_score: staking.totalScore().call().await?.to_string(),
        end: lock.end,
        weeks_left,
        others_may_reinvest: lock.reinvests,
        tier: tier_of(lock.score, &tiers),
        next_tier: next_tier(lock.amount, lock.score, weeks_left, &tiers),
        fees: fees(session, account).await?,
    };
    session.output.answer(&record, || table(&record, &token, now))
}

/// What the next tier takes: a running lock is raised; else all that is there, and more, is locked for the longest term.
fn next_tier(amount: U256, score: U256, weeks_left: u64, tiers: &[u32]) -> Option<NextTier> {
    let tier = tier_of(score, tiers);
    let from = threshold(*tiers.get(tier)?);
    let (add, weeks) = if weeks_left == 0 {
        (amount_up(from, LONGEST_TERM).saturating_sub(amount), LONGEST_TERM)
    } else {
        (amount_up(from - score, weeks_left), weeks_left)
    };
    let (from_score, missing_score) = (from.to_string(), (from - score).to_string());
    Some(NextTier { tier: tier + 1, from_score, missing_score, add: add.to_string(), weeks })
}

async fn fees(session: &Session, account: Address) -> anyhow::Result<Vec<Fees>> {
    let staking = &session.contracts.staking;
    let mut fees = Vec::new();
    for address in staking.tokens().call().await? {
        let Token { symbol, decimals, .. } = session.token_at(address).await?;
        let claimable = staking.claimable(account, address).call().await?.to_string();
        let undistributed = staking.undistributed(address).call().await?.to_string();
        fees.push(Fees { token: address, symbol, decimals, claimable, undistributed });
    }
    Ok(fees)
}

fn table(record: &Stake, stoa: &Token, now: u64) -> String {
    let amount = |text: &str| stoa.show(text.parse().unwrap_or_default());
    let end = match record.end {
        0 => "no lock".to_owned(),
        end if end > now => format!("{}, {} weeks for what is added", show_time(end), record.weeks_left),
        end => format!("ended {}", show_time(end)),
    };
    let mut rows = vec![
        ("locked", amount(&record.amount)),
        ("until", end),
        ("score", format!("{} of {}", amount(&record.score), amount(&record.total_score))),
        ("tier", record.tier.to_string()),
    ];
    if let Some(next) = &record.next_tier {
        let (add, score) = (amount(&next.add), amount(&next.from_score));
        rows.push((
            "next tier",
            format!("{} from a score of {score}: {add} more for {} weeks", next.tier, next.weeks),
        ));
    }
    let mut text = Table::of_pairs(rows).to_string();
    let mut fees = Table::new(&["fees", "claimable", "not distributed yet"]);
    for line in &record.fees {
        let token = Token { address: line.token, symbol: line.symbol.clone(), decimals: line.decimals };
        let show = |text: &str| token.show(text.parse().unwrap_or_default());
        fees.row([line.symbol.clone(), show(&line.claimable), show(&line.undistributed)]);
    }
    text.push_str(&format!("\n\n{fees}"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_comes_after_the_highest_tier() {
        let tiers = [1_000, 10_000, 100_000, 1_000_000];
        assert!(next_tier(U256::ZERO, threshold(1_000_000), 5, &tiers).is_none());
        let first = next_tier(U256::ZERO, U256::ZERO, 0, &tiers).unwrap();
        assert_eq!((first.tier, first.add.as_str()), (1, "500000000000000000000"));
    }
}

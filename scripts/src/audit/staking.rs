//! Locks, the fees that stakers share, and what each can claim.

use alloy::primitives::U256;
use sqlx::postgres::PgConnection;
use stoa_contracts::Staking;
use stoa_schema::{
    earnings::stake_claimable,
    types::{Addr, Uint},
};

use super::{
    question::{Question, one},
    revenue::{amount, shown},
    scope::Scope,
};

const LOCKS: &str = include_str!("sql/lock.sql");
const TOKENS: &str = include_str!("sql/stake_token.sql");
const WEEKS: &str = include_str!("sql/stake_week.sql");
const EARNINGS: &str = include_str!("sql/stake_earning.sql");
const CLAIMS: &str = include_str!("sql/stake_claim.sql");

/// Account, amount, score, end, whether fees are reinvested.
type Lock = (Addr, String, String, i64, String);
/// Account, token, score, upper index, index, accrued.
type Claim = (Addr, Addr, String, String, String, String);

pub(super) async fn questions(connection: &mut PgConnection, scope: &Scope) -> sqlx::Result<Vec<Question>> {
    let staking = scope.places.staking;
    let locks: Vec<Lock> = scope.rows(connection, LOCKS).await?;
    let mut questions: Vec<Question> = locks.into_iter().flat_map(|lock| of_lock(scope, lock)).collect();
    questions.extend(of_tokens(connection, scope).await?);
    let weeks: Vec<(Addr, i64, String)> = scope.rows(connection, WEEKS).await?;
    for (token, week, index) in weeks {
        let call = Staking::indexAtCall { token: token.0, week: U256::from(week) };
        let what = format!("fees of week {week} in {token}");
        questions.push(Question::view(what, staking, &call, one).is("reward_index", index));
    }
    let earnings: Vec<(Addr, Addr, Vec<String>)> = scope.rows(connection, EARNINGS).await?;
    for (account, token, columns) in earnings {
        let call = Staking::earningsOfCall { account: account.0, token: token.0 };
        let what = format!("fees of {account} in {token}");
        let read = |earnings: Staking::earningsOfReturn| {
            vec![earnings.index.to_string(), earnings.accrued.to_string()]
        };
        questions.push(Question::view(what, staking, &call, read).are(&["reward_index", "accrued"], columns));
    }
    let claims: Vec<Claim> = scope.rows(connection, CLAIMS).await?;
    questions.extend(claims.into_iter().map(|claim| of_claim(scope, claim)));
    Ok(questions)
}

/// A lock that has ended weighs nothing: what it weighed is asked of the second before its end.
fn of_lock(scope: &Scope, (account, amount, score, end, reinvest): Lock) -> Vec<Question> {
    let staking = scope.places.staking;
    let what = format!("lock of {account}");
    let runs = end > scope.block.time;
    let call = Staking::lockOfCall { account: account.0 };
    let read = move |lock: Staking::lockOfReturn| {
        let mut told = vec![lock.amount.to_string(), lock.end.to_string(), lock.reinvests.to_string()];
        told.extend(runs.then(|| lock.score.to_string()));
        told
    };
    let mut lock = Question::view(what.clone(), staking, &call, read)
        .is("amount", amount)
        .is("lock_end", end)
        .is("reinvest", reinvest);
    if runs {
        lock = lock.is("score", score);
        return vec![lock];
    }
    let timepoint = U256::from(end.max(1) - 1);
    let past = Staking::getPastVotesCall { account: account.0, timepoint };
    vec![lock, Question::view(what, staking, &past, one).is("score", score)]
}

async fn of_tokens(connection: &mut PgConnection, scope: &Scope) -> sqlx::Result<Vec<Question>> {
    let staking = scope.places.staking;
    let tokens: Vec<(Addr, String, String)> = sqlx::query_as(scope.sql(TOKENS))
        .bind(scope.chain_id)
        .bind(scope.limit())
        .bind(scope.seed())
        .bind(Addr(scope.places.stoa))
        .bind(Addr(staking))
        .fetch_all(connection)
        .await?;
    let of = |(token, index, waiting): (Addr, String, String)| {
        let what = format!("fees in {token}");
        let index_of = Staking::indexOfCall { token: token.0 };
        let undistributed = Staking::undistributedCall { token: token.0 };
        [
            Question::view(what.clone(), staking, &index_of, one).is("reward_index", index),
            Question::view(what, staking, &undistributed, one).is("undistributed", waiting),
        ]
    };
    Ok(tokens.into_iter().flat_map(of).collect())
}

fn of_claim(scope: &Scope, (account, token, score, upper, index, accrued): Claim) -> Question {
    let claimable = || {
        let [score, upper, index, accrued] =
            [&score, &upper, &index, &accrued].map(|text| amount(text).map(Uint));
        stake_claimable(accrued?, score?, upper?, index?)
    };
    let claimable = shown(claimable().map(|amount| amount.0));
    let call = Staking::claimableCall { account: account.0, token: token.0 };
    Question::view(format!("claim of {account} on fees in {token}"), scope.places.staking, &call, one)
        .is("", claimable)
}

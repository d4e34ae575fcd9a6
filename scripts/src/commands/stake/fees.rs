//! Fees: divided, claimed, reinvested.

use alloy::primitives::{Address, U256};
use serde::Serialize;
use stoa_contracts::Staking;
use stoa_scripts::cli::{Failure, Sent, Session, Step, Token};

use super::lock;

#[derive(Debug, Serialize)]
struct Paid {
    token: Address,
    symbol: String,
    decimals: u8,
    amount: String,
    /// The vault account or wallet that has it; Staking itself where it was added to the lock.
    to: Address,
}

#[derive(Debug, Serialize)]
struct Claimed {
    account: Address,
    claimed: Vec<Paid>,
    transactions: Vec<Sent>,
}

#[derive(Debug, Serialize)]
struct Divided {
    token: Address,
    symbol: String,
    decimals: u8,
    amount: String,
    week: u64,
}

#[derive(Debug, Serialize)]
struct Distributed {
    distributed: Vec<Divided>,
    transactions: Vec<Sent>,
}

#[derive(Debug, Serialize)]
struct Reinvest {
    account: Address,
    others_may_reinvest: bool,
    transactions: Vec<Sent>,
}

/// The named token, or all whose fees are divided.
async fn tokens(session: &Session, named: Option<&str>) -> anyhow::Result<Vec<Token>> {
    let listed = session.contracts.staking.tokens().call().await?;
    if let Some(name) = named {
        let token = session.token(name).await?;
        if !listed.contains(&token.address) {
            let reason = format!("{} is no fee token: what comes in it waits", token.symbol);
            return Err(Failure::Refused { what: "sharing its fees".to_owned(), reason }.into());
        }
        return Ok(vec![token]);
    }
    let mut tokens = Vec::new();
    for address in listed {
        tokens.push(session.token_at(address).await?);
    }
    Ok(tokens)
}

fn dividing(session: &Session, token: &Token, waiting: U256) -> Step {
    let what = format!("distributing {}", token.show(waiting));
    let call = Staking::distributeCall { token: token.address };
    Step::new(what, *session.contracts.staking.address(), &call)
}

pub(super) async fn claim(
    session: &Session,
    token: Option<&str>,
    to: Option<Address>,
    distribute: bool,
) -> anyhow::Result<()> {
    let (staking, account) = (&session.contracts.staking, session.account()?);
    let mut steps = Vec::new();
    for token in tokens(session, token).await? {
        let waiting = staking.undistributed(token.address).call().await?;
        let divided = distribute && !waiting.is_zero();
        if divided {
            steps.push(dividing(session, &token, waiting));
        }
        let earned = staking.claimable(account, token.address).call().await?;
        if earned.is_zero() && !divided {
            continue;
        }
        let what = format!("claiming fees in {}", token.symbol);
        let step = match to {
            Some(wallet) => {
                let call = Staking::claimToCall { token: token.address, wallet };
                Step::new(what, *staking.address(), &call).with_row("to wallet", wallet)
            }
            None => {
                let call = Staking::claimCall { token: token.address };
                Step::new(what, *staking.address(), &call).with_row("to", "your vault balance")
            }
        };
        steps.push(step.with_row("earned so far", token.show(earned)));
    }
    if steps.is_empty() {
        let reason = format!(
            "{account} has earned nothing that is distributed: `stoa stake distribute` divides what has arrived"
        );
        return Err(Failure::Refused { what: "claiming fees".to_owned(), reason }.into());
    }
    let sent = session.send_all(&steps).await?;
    answer(session, account, sent).await
}

pub(super) async fn reinvest(session: &Session, account: Option<Address>) -> anyhow::Result<()> {
    let account = account.unwrap_or(session.account()?);
    let (token, staking) = (lock::stoa(session).await?, &session.contracts.staking);
    let earned = staking.claimable(account, token.address).call().await?;
    let step = Step::new("reinvesting fees", *staking.address(), &Staking::reinvestCall { account })
        .with_row("account", account)
        .with_row("earned so far", token.show(earned));
    let sent = session.send(step).await?;
    answer(session, account, vec![sent]).await
}

pub(super) async fn let_others(session: &Session, enabled: bool) -> anyhow::Result<()> {
    let what =
        if enabled { "letting others reinvest your fees" } else { "letting nobody reinvest your fees" };
    let call = Staking::setReinvestCall { enabled };
    let sent = session.send(Step::new(what, *session.contracts.staking.address(), &call)).await?;
    let account = session.account()?;
    let record = Reinvest { account, others_may_reinvest: enabled, transactions: vec![sent] };
    let may = if enabled { "may" } else { "may not" };
    session.output.answer(&record, || format!("others {may} reinvest the fees of {account}"))
}

pub(super) async fn distribute(session: &Session, token: Option<&str>) -> anyhow::Result<()> {
    let staking = &session.contracts.staking;
    let what = "distributing fees".to_owned();
    let refused = |reason: String| Err(Failure::Refused { what: what.clone(), reason }.into());
    if staking.totalScore().call().await?.is_zero() {
        return refused("nobody has a lock that runs, so fees wait for the first".to_owned());
    }
    let mut steps = Vec::new();
    for token in tokens(session, token).await? {
        let waiting = staking.undistributed(token.address).call().await?;
        if !waiting.is_zero() {
            steps.push(dividing(session, &token, waiting));
        }
    }
    if steps.is_empty() {
        return refused("no fees have arrived since the last time".to_owned());
    }
    let sent = session.send_all(&steps).await?;
    let mut distributed = Vec::new();
    for event in sent.iter().filter_map(|sent| sent.receipt.decoded_log::<Staking::FeesDistributed>()) {
        let Token { address, symbol, decimals } = session.token_at(event.token).await?;
        let (amount, week) = (event.amount.to_string(), event.week);
        distributed.push(Divided { token: address, symbol, decimals, amount, week });
    }
    let record = Distributed { distributed, transactions: sent };
    session.output.answer(&record, || {
        let lines = record.distributed.iter().map(|divided| {
            let Divided { symbol, decimals, amount, .. } = divided;
            format!("{} distributed", show(amount, *decimals, symbol))
        });
        lines.collect::<Vec<_>>().join("\n")
    })
}

fn show(amount: &str, decimals: u8, symbol: &str) -> String {
    let amount = amount.parse().unwrap_or_default();
    format!("{} {symbol}", stoa_scripts::cli::format_units(amount, decimals))
}

/// What the transactions say was paid.
async fn answer(session: &Session, account: Address, sent: Vec<Sent>) -> anyhow::Result<()> {
    let mut claimed = Vec::new();
    for event in sent.iter().filter_map(|sent| sent.receipt.decoded_log::<Staking::FeesClaimed>()) {
        let Token { address, symbol, decimals } = session.token_at(event.token).await?;
        let (amount, to) = (event.amount.to_string(), event.to);
        claimed.push(Paid { token: address, symbol, decimals, amount, to });
    }
    let record = Claimed { account, claimed, transactions: sent };
    let staking = *session.contracts.staking.address();
    session.output.answer(&record, || {
        if record.claimed.is_empty() {
            return "nothing was earned that makes a whole unit".to_owned();
        }
        let lines = record.claimed.iter().map(|paid| {
            let amount = show(&paid.amount, paid.decimals, &paid.symbol);
            if paid.to == staking {
                format!("{amount} added to the lock")
            } else {
                format!("{amount} paid to {}", paid.to)
            }
        });
        lines.collect::<Vec<_>>().join("\n")
    })
}

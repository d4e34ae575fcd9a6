//! Who may move what of an account, which signatures are used up, who may buy, and who governs.

use alloy::primitives::{Address, U256};
use sqlx::postgres::PgConnection;
use stoa_contracts::{
    Listings, Market, MerkleGate, Revenue, RevenueShare, Staking, TierGate, TokenGate, Vault,
};
use stoa_schema::types::Addr;

use super::{
    question::{Question, hexed, one},
    revenue::amount,
    scope::Scope,
    vault::id,
};

const OPERATORS: &str = include_str!("sql/operator.sql");
const ALLOWANCES: &str = include_str!("sql/allowance.sql");
const NONCES: &str = include_str!("sql/nonce.sql");
const STAKE_NONCES: &str = include_str!("sql/stake_nonce.sql");
const GATE_RULES: &str = include_str!("sql/gate_rule.sql");
const PROTOCOL: &str = include_str!("sql/protocol.sql");

/// Plan, root, tier, token, amount.
type Rule = (i64, String, String, String, String);

pub(super) async fn questions(connection: &mut PgConnection, scope: &Scope) -> sqlx::Result<Vec<Question>> {
    let mut questions = of_accounts(connection, scope).await?;
    let rules: Vec<Rule> = scope.rows(connection, GATE_RULES).await?;
    questions.extend(rules.into_iter().flat_map(|rule| of_rule(scope, rule)));
    let protocol: Vec<(Vec<String>, Vec<String>, Vec<String>)> = scope.rows(connection, PROTOCOL).await?;
    for (revenue, owners, tiers) in protocol {
        questions.extend(of_revenue(scope, revenue));
        questions.extend(of_staking(scope, owners, tiers));
    }
    Ok(questions)
}

async fn of_accounts(connection: &mut PgConnection, scope: &Scope) -> sqlx::Result<Vec<Question>> {
    let mut questions = Vec::new();
    let operators: Vec<(i16, Addr, Addr, String)> = scope.rows(connection, OPERATORS).await?;
    questions.extend(operators.into_iter().map(|row| of_operator(scope, row)));
    let allowances: Vec<(i16, Addr, Addr, Addr, String)> = scope.rows(connection, ALLOWANCES).await?;
    questions.extend(allowances.into_iter().map(|row| of_allowance(scope, row)));
    let words: Vec<(i16, Addr, String, String)> = scope.rows(connection, NONCES).await?;
    for (kind, account, word, used) in words {
        let (keeper, at) =
            if kind == 0 { ("vault", scope.places.vault) } else { ("market", scope.places.market) };
        let call = Vault::nonceWordCall { account: account.0, word: amount(&word).unwrap_or_default() };
        let what = format!("{keeper} nonces {word} of {account}");
        questions.push(Question::view(what, at, &call, one).is("used", used));
    }
    let nonces: Vec<(Addr, String)> = scope.rows(connection, STAKE_NONCES).await?;
    for (account, nonce) in nonces {
        let call = Staking::noncesCall { account: account.0 };
        let what = format!("lock nonce of {account}");
        questions.push(Question::view(what, scope.places.staking, &call, one).is("nonce", nonce));
    }
    Ok(questions)
}

fn of_operator(scope: &Scope, (kind, owner, operator, approved): (i16, Addr, Addr, String)) -> Question {
    let (owner_, operator_) = (owner.0, operator.0);
    let what = |scope| format!("{scope} operator {operator} of {owner}");
    let question = match kind {
        0 => {
            let call = Vault::isOperatorCall { owner: owner_, spender: operator_ };
            Question::view(what("vault"), scope.places.vault, &call, one)
        }
        1 => {
            let call = Listings::isApprovedForAllCall { owner: owner_, operator: operator_ };
            Question::view(what("listing"), scope.places.listings, &call, one)
        }
        _ => {
            let call = Market::isApprovedForAllCall { account: owner_, operator: operator_ };
            Question::view(what("pass"), scope.places.market, &call, one)
        }
    };
    question.is("approved", approved)
}

/// What is spent of an allowance is told by no event: the contract may know of less, and never of more.
fn of_allowance(scope: &Scope, row: (i16, Addr, Addr, Addr, String)) -> Question {
    let (kind, owner, spender, token, stored) = row;
    let allowed = stored.clone();
    let at_most = move |left: U256| match amount(&allowed) {
        Some(most) if left <= most => vec![allowed.clone()],
        _ => one(left),
    };
    let what = |scope| format!("{scope} allowance of {owner} to {spender} in {token}");
    let question = if kind == 0 {
        let call = Vault::allowanceCall { owner: owner.0, spender: spender.0, id: id(token.0) };
        Question::view(what("vault"), scope.places.vault, &call, at_most)
    } else {
        let call = RevenueShare::allowanceCall { owner: owner.0, spender: spender.0 };
        Question::view(what("share"), token.0, &call, at_most)
    };
    question.is("amount", stored)
}

fn of_rule(scope: &Scope, (plan, root, tier, token, amount): Rule) -> [Question; 3] {
    let (what, at) = (format!("gate of plan {plan}"), &scope.places);
    let plan = U256::from(plan);
    let holding =
        |holding: TokenGate::holdingOfReturn| vec![hexed(holding.token), holding.amount.to_string()];
    [
        Question::view(what.clone(), at.merkle_gate, &MerkleGate::rootOfCall { plan }, |root| {
            vec![hexed(root)]
        })
        .is("root", root),
        Question::view(what.clone(), at.tier_gate, &TierGate::tierOfCall { plan }, one).is("tier", tier),
        Question::view(what, at.token_gate, &TokenGate::holdingOfCall { plan }, holding)
            .is("token", token)
            .is("amount", amount),
    ]
}

/// In the order of `protocol.sql`.
fn of_revenue(scope: &Scope, stored: Vec<String>) -> Vec<Question> {
    let at = scope.places.revenue;
    let what = || "protocol".to_owned();
    let address = |address: Address| vec![hexed(address)];
    let asked = [
        (Question::view(what(), at, &Revenue::feeBpsCall {}, one), "fee_bps"),
        (Question::view(what(), at, &Revenue::feeRecipientCall {}, address), "fee_recipient"),
        (Question::view(what(), at, &Revenue::guardianCall {}, address), "guardian"),
        (Question::view(what(), at, &Revenue::armedCall {}, one), "guardian_armed"),
        (Question::view(what(), at, &Revenue::salesPausedUntilCall {}, one), "paused_until"),
        (Question::view(what(), at, &Revenue::ownerCall {}, address), "revenue_owner"),
        (Question::view(what(), at, &Revenue::pendingOwnerCall {}, address), "revenue_offered"),
    ];
    asked.into_iter().zip(stored).map(|((question, name), stored)| question.is(name, stored)).collect()
}

fn of_staking(scope: &Scope, owners: Vec<String>, tiers: Vec<String>) -> Vec<Question> {
    let at = scope.places.staking;
    let what = || "protocol".to_owned();
    let address = |address: Address| vec![hexed(address)];
    let asked = [
        (Question::view(what(), at, &Staking::ownerCall {}, address), "staking_owner"),
        (Question::view(what(), at, &Staking::pendingOwnerCall {}, address), "staking_offered"),
    ];
    let owners = asked.into_iter().zip(owners).map(|((question, name), stored)| question.is(name, stored));
    let scores = |scores: [u32; 4]| scores.iter().map(u32::to_string).collect();
    let tiers = Question::view(what(), at, &Staking::tiersCall {}, scores)
        .are(&["tier1", "tier2", "tier3", "tier4"], tiers);
    owners.chain([tiers]).collect()
}

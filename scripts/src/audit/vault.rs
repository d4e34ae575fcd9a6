//! Balances in the Vault, and the tokens it has described.

use alloy::primitives::{Address, U256};
use sqlx::postgres::PgConnection;
use stoa_contracts::Vault;
use stoa_schema::types::Addr;

use super::{
    question::{Question, one},
    scope::Scope,
};

const BALANCES: &str = include_str!("sql/balance.sql");
const TOKENS: &str = include_str!("sql/token.sql");

pub(super) async fn questions(connection: &mut PgConnection, scope: &Scope) -> sqlx::Result<Vec<Question>> {
    let vault = scope.places.vault;
    let mut questions = Vec::new();
    let balances: Vec<(Addr, Addr, String)> = scope.rows(connection, BALANCES).await?;
    for (account, token, amount) in balances {
        let call = Vault::balanceOfCall { owner: account.0, id: id(token.0) };
        let what = format!("vault balance of {account} in {token}");
        questions.push(Question::view(what, vault, &call, one).is("", amount));
    }
    let tokens: Vec<(Addr,)> = scope.rows(connection, TOKENS).await?;
    for (token,) in tokens {
        let call = Vault::isDescribedCall { token: token.0 };
        questions.push(Question::view(format!("token {token}"), vault, &call, one).is("described", true));
    }
    Ok(questions)
}

/// The ERC-6909 id of a token.
pub(super) fn id(token: Address) -> U256 {
    U256::from_be_slice(token.as_slice())
}

//! How many there are, and the sum of all scores.

use sqlx::postgres::PgConnection;
use stoa_contracts::{Listings, Market, Staking};

use super::{
    question::{Question, one},
    scope::Scope,
    shares::places,
};

const TOTALS: &str = include_str!("sql/totals.sql");

pub(super) async fn questions(connection: &mut PgConnection, scope: &Scope) -> sqlx::Result<Vec<Question>> {
    let (listings, plans, sales, tokens, score): (String, String, String, String, String) =
        sqlx::query_as(scope.sql(TOTALS))
            .bind(scope.chain_id)
            .bind(scope.block.time)
            .fetch_one(connection)
            .await?;
    let at = &scope.places;
    let named = str::to_owned;
    Ok(vec![
        Question::view(named("listings"), at.listings, &Listings::countCall {}, one).is("", listings),
        Question::view(named("plans"), at.market, &Market::countCall {}, one).is("", plans),
        Question::view(named("share sales"), at.market, &Market::shareSaleCountCall {}, one).is("", sales),
        Question::view(named("fee tokens"), at.staking, &Staking::tokensCall {}, |list| vec![places(&list)])
            .is("", tokens),
        Question::view(named("total score"), at.staking, &Staking::totalScoreCall {}, one).is("", score),
    ])
}

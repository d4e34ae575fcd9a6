//! What sentences look up: plans, sales of shares and tokens.

use std::collections::{BTreeSet, HashMap};

use sqlx::PgConnection;
use stoa_schema::types::Addr;

use super::search::EventRow;
use crate::model::Token;

/// What the sentences of one chain's events look up.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    pub(super) chain_id: i64,
    /// Tokens by address.
    tokens: HashMap<String, Token>,
    /// Listing, kind and unit by plan.
    pub(super) plans: HashMap<String, (i64, i16, String)>,
    /// Token by plan.
    pub(super) plan_tokens: HashMap<String, String>,
    /// Listing and token by sale of shares.
    pub(super) sales: HashMap<String, (i64, String)>,
}

impl Lexicon {
    /// Symbol and decimals of a token that tells them.
    pub(super) fn units(&self, token: &str) -> Option<(&str, u8)> {
        let token = self.tokens.get(token)?;
        let symbol = token.symbol.as_deref().filter(|symbol| !symbol.is_empty())?;
        Some((symbol, u8::try_from(token.decimals?).ok()?))
    }

    /// What the amount of an event is in.
    pub(super) fn token_of(&self, row: &EventRow) -> Option<Token> {
        let text = |name: &str| row.args.get(name).and_then(serde_json::Value::as_str);
        let plan = || self.plan_tokens.get(text("plan")?).map(String::as_str);
        let sale = || self.sales.get(text("sale")?).map(|(_, token)| token.as_str());
        let token = text("token").or_else(plan).or_else(sale)?;
        let unknown = |address| Token { address, symbol: None, name: None, decimals: None };
        self.tokens.get(token).cloned().or_else(|| token.parse().ok().map(unknown))
    }
}

impl Lexicon {
    /// What the sentences look up: three statements, however many events.
    pub(super) async fn of(
        connection: &mut PgConnection,
        chain: i64,
        rows: &[EventRow],
    ) -> sqlx::Result<Self> {
        let numbers = |name: &str| -> Vec<i64> {
            let found = rows.iter().filter_map(|row| row.args.get(name)?.as_str()?.parse().ok());
            found.collect::<BTreeSet<i64>>().into_iter().collect()
        };
        let mut lexicon = Self { chain_id: chain, ..Self::default() };
        let plans: Vec<(i64, i64, i16, String, Addr)> = sqlx::query_as(
            "SELECT plan, listing, kind, unit, token FROM market.plan WHERE chain_id = $1 AND plan = ANY($2)",
        )
        .bind(chain)
        .bind(numbers("plan"))
        .fetch_all(&mut *connection)
        .await?;
        for (plan, listing, kind, unit, token) in plans {
            lexicon.plan_tokens.insert(plan.to_string(), token.to_string());
            lexicon.plans.insert(plan.to_string(), (listing, kind, unit));
        }
        let sales: Vec<(i64, i64, Addr)> = sqlx::query_as(
            "SELECT sale, listing, token FROM market.share_sale WHERE chain_id = $1 AND sale = ANY($2)",
        )
        .bind(chain)
        .bind(numbers("sale"))
        .fetch_all(&mut *connection)
        .await?;
        lexicon.sales =
            sales.into_iter().map(|(sale, at, token)| (sale.to_string(), (at, token.to_string()))).collect();

        let named = rows.iter().filter_map(|row| row.args.get("token")?.as_str());
        let known = lexicon.plan_tokens.values().chain(lexicon.sales.values().map(|(_, token)| token));
        let wanted: BTreeSet<Addr> =
            named.chain(known.map(String::as_str)).filter_map(|token| token.parse().ok()).collect();
        lexicon.tokens = tokens(connection, chain, wanted.into_iter().collect()).await?;
        Ok(lexicon)
    }
}

async fn tokens(
    connection: &mut PgConnection,
    chain: i64,
    wanted: Vec<Addr>,
) -> sqlx::Result<HashMap<String, Token>> {
    let rows: Vec<(Addr, String, String, i16)> = sqlx::query_as(
        "SELECT token, name, symbol, decimals FROM market.token WHERE chain_id = $1 AND token = ANY($2)",
    )
    .bind(chain)
    .bind(wanted)
    .fetch_all(connection)
    .await?;
    let told = rows.into_iter().map(|(address, name, symbol, decimals)| {
        let token = Token { address, symbol: Some(symbol), name: Some(name), decimals: Some(decimals) };
        (address.to_string(), token)
    });
    Ok(told.collect())
}

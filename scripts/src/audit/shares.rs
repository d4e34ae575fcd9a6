//! Share contracts: who holds how many, and what each can claim.

use alloy::primitives::{Address, U256};
use sqlx::postgres::PgConnection;
use stoa_contracts::{Revenue, RevenueShare};
use stoa_schema::{
    earnings::{share_claimable, share_earned},
    types::{Addr, Uint},
};

use super::{
    question::{Question, hexed, one, text},
    revenue::{amount, shown},
    scope::Scope,
};

const SHARES: &str = include_str!("sql/share.sql");
const BALANCES: &str = include_str!("sql/share_balance.sql");
const EARNINGS: &str = include_str!("sql/share_earning.sql");
const CLAIMS: &str = include_str!("sql/share_claim.sql");

/// Shares, listing, account, name, symbol, supply, own bps, tokens.
type Row = (Addr, i64, String, String, String, String, String, String);
/// Shares, holder, token, own bps, balance, received, supply, index, accrued.
type Claim = (Addr, Addr, Addr, i32, String, String, String, String, String);

pub(super) async fn questions(connection: &mut PgConnection, scope: &Scope) -> sqlx::Result<Vec<Question>> {
    let rows: Vec<Row> = scope.rows(connection, SHARES).await?;
    let mut questions: Vec<Question> = rows.into_iter().flat_map(|row| of_shares(scope, row)).collect();
    let balances: Vec<(Addr, Addr, String)> = scope.rows(connection, BALANCES).await?;
    for (share, holder, amount) in balances {
        let call = RevenueShare::balanceOfCall { account: holder.0 };
        let what = format!("shares {share} of {holder}");
        questions.push(Question::view(what, share.0, &call, one).is("", amount));
    }
    let earnings: Vec<(Addr, Addr, Addr, Vec<String>)> = scope.rows(connection, EARNINGS).await?;
    for (share, holder, token, columns) in earnings {
        let call = RevenueShare::earningsOfCall { account: holder.0, token: token.0 };
        let what = format!("earnings of {holder} from shares {share} in {token}");
        let read = |earnings: RevenueShare::earningsOfReturn| {
            vec![earnings.index.to_string(), earnings.accrued.to_string()]
        };
        questions.push(Question::view(what, share.0, &call, read).are(&["reward_index", "accrued"], columns));
    }
    let claims: Vec<Claim> = scope.rows(connection, CLAIMS).await?;
    questions.extend(claims.into_iter().map(of_claim));
    Ok(questions)
}

fn of_shares(scope: &Scope, row: Row) -> [Question; 7] {
    let (share, listing, account, name, symbol, supply, own_bps, tokens) = row;
    let what = format!("shares {share}");
    let at = share.0;
    let account_of = Revenue::accountOfCall { listing: U256::from(listing), beneficiary: at };
    [
        Question::view(what.clone(), at, &RevenueShare::nameCall {}, |name| vec![text(&name)])
            .is("name", name),
        Question::view(what.clone(), at, &RevenueShare::symbolCall {}, |symbol| vec![text(&symbol)])
            .is("symbol", symbol),
        Question::view(what.clone(), at, &RevenueShare::totalSupplyCall {}, one).is("supply", supply),
        Question::view(what.clone(), at, &RevenueShare::ownBpsCall {}, one).is("own_bps", own_bps),
        Question::view(what.clone(), at, &RevenueShare::listingCall {}, one).is("listing", listing),
        Question::view(what.clone(), at, &RevenueShare::paymentTokensCall {}, |tokens| vec![places(&tokens)])
            .is("tokens", tokens),
        Question::view(what, scope.places.revenue, &account_of, |account| vec![hexed(account)])
            .is("account", account),
    ]
}

/// Tokens, each with its place in the list.
pub(super) fn places(tokens: &[Address]) -> String {
    let places = tokens.iter().enumerate().map(|(place, token)| format!("{place}:{}", hexed(token)));
    places.collect::<Vec<_>>().join(" ")
}

fn of_claim(claim: Claim) -> Question {
    let (share, holder, token, own_bps, balance, received, supply, index, accrued) = claim;
    let claimable = || {
        let [balance, received, supply, index, accrued] =
            [&balance, &received, &supply, &index, &accrued].map(|text| amount(text).map(Uint));
        let earned = share_earned(received?, own_bps)?;
        share_claimable(accrued?, balance?, earned, index?, supply?)
    };
    let claimable = shown(claimable().map(|amount| amount.0));
    let call = RevenueShare::claimableCall { account: holder.0, token: token.0 };
    let what = format!("claim of {holder} on shares {share} in {token}");
    Question::view(what, share.0, &call, one).is("", claimable)
}

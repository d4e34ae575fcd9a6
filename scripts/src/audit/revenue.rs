//! What listings have received, and how far it is split.

use alloy::{
    primitives::{Address, B256, U256, keccak256},
    sol_types::SolValue as _,
};
use serde_json::Value;
use sqlx::postgres::PgConnection;
use stoa_contracts::Revenue;
use stoa_schema::{
    earnings::BPS,
    types::{Addr, Hash},
};

use super::{
    question::{Question, hexed, one},
    receipt::event,
    scope::Scope,
};

const SETTLEMENTS: &str = include_str!("sql/settlement.sql");
const RECEIVED: &str = include_str!("sql/received.sql");
const PAYMENTS: &str = include_str!("sql/listing_payment.sql");
const BALANCES_OF: &str = include_str!("sql/balances_of.sql");

/// In the order of `listing_payment.sql`.
const PAYMENT: [&str; 6] = ["listing", "payer", "token", "beneficiary", "amount", "memo"];

/// Listing, beneficiary, token, three amounts, parents' bps.
type Settlement = (i64, Addr, Addr, String, String, String, Vec<i32>);

pub(super) async fn questions(connection: &mut PgConnection, scope: &Scope) -> sqlx::Result<Vec<Question>> {
    let settlements: Vec<Settlement> = scope.rows(connection, SETTLEMENTS).await?;
    let mut questions: Vec<Question> = settlements.into_iter().map(|row| of_settlement(scope, row)).collect();
    questions.extend(of_received(connection, scope).await?);
    questions.extend(of_payments(connection, scope).await?);
    Ok(questions)
}

async fn of_payments(connection: &mut PgConnection, scope: &Scope) -> sqlx::Result<Vec<Question>> {
    let revenue = scope.places.revenue;
    let payments: Vec<(i64, i32, Hash, Vec<String>)> = scope.rows(connection, PAYMENTS).await?;
    let of = |(block, index, transaction, columns): (i64, i32, Hash, Vec<String>)| {
        let read = move |receipt: &Value| event(receipt, revenue, block, index).as_ref().map(payment_fields);
        Question::receipt(format!("payment {block}-{index}"), transaction.0, read).are(&PAYMENT, columns)
    };
    Ok(payments.into_iter().map(of).collect())
}

fn payment_fields(paid: &Revenue::ListingPaid) -> Vec<String> {
    vec![
        paid.listing.to_string(),
        hexed(paid.payer),
        hexed(paid.token),
        hexed(paid.beneficiary),
        paid.amount.to_string(),
        hexed(paid.memo),
    ]
}

/// Parts are cumulative, each rounded down of all that was split: their sums follow from it.
fn of_settlement(scope: &Scope, row: Settlement) -> Question {
    let (listing, beneficiary, token, received, own, parents, bps) = row;
    let what = format!("settlement of listing {listing} for {beneficiary} in {token}");
    let call =
        Revenue::settledCall { listing: U256::from(listing), beneficiary: beneficiary.0, token: token.0 };
    let read = move |settled: U256| {
        let bps: Vec<u64> = bps.iter().filter_map(|bps| u64::try_from(*bps).ok()).collect();
        let part = |bps: u64| settled * U256::from(bps) / U256::from(BPS);
        let own = part(BPS.saturating_sub(bps.iter().sum()));
        let parents = bps.into_iter().map(part).sum::<U256>();
        vec![settled.to_string(), own.to_string(), parents.to_string()]
    };
    Question::view(what, scope.places.revenue, &call, read)
        .is("received", received)
        .is("beneficiary_amount", own)
        .is("parents_amount", parents)
}

/// All that ever came in: what lies there and what has left.
async fn of_received(connection: &mut PgConnection, scope: &Scope) -> sqlx::Result<Vec<Question>> {
    let rows: Vec<(i64, Addr, Addr, String)> = scope.rows(connection, RECEIVED).await?;
    let account = |row: &(i64, Addr, Addr, String)| Addr(account_of(scope.places.revenue, row.0, row.1.0));
    let accounts: Vec<Addr> = rows.iter().map(account).collect();
    let tokens: Vec<Addr> = rows.iter().map(|row| row.2).collect();
    let balances: Vec<String> = sqlx::query_scalar(scope.sql(BALANCES_OF))
        .bind(scope.chain_id)
        .bind(accounts)
        .bind(tokens)
        .fetch_all(connection)
        .await?;
    let rows = rows.into_iter().zip(balances);
    Ok(rows
        .map(|((listing, beneficiary, token, left), lies)| {
            let what = format!("revenue of listing {listing} for {beneficiary} in {token}");
            let call = Revenue::receivedCall {
                listing: U256::from(listing),
                beneficiary: beneficiary.0,
                token: token.0,
            };
            let received = amount(&lies).zip(amount(&left)).map(|(lies, left)| lies.saturating_add(left));
            Question::view(what, scope.places.revenue, &call, one).is("received", shown(received))
        })
        .collect())
}

/// Where Revenue keeps what a listing has earned for somebody, as `SubAccounts` derives it.
fn account_of(revenue: Address, listing: i64, beneficiary: Address) -> Address {
    let salt = keccak256((U256::from(listing), beneficiary).abi_encode());
    Address::from_word(keccak256((B256::left_padding_from(revenue.as_slice()), salt).abi_encode()))
}

/// A row's amount, unless it is none: below zero, or beyond what the contracts count.
pub(super) fn amount(text: &str) -> Option<U256> {
    U256::from_str_radix(text, 10).ok()
}

pub(super) fn shown(amount: Option<U256>) -> String {
    amount.map_or_else(|| "no amount".to_owned(), |amount| amount.to_string())
}

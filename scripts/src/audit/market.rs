//! Plans, passes, purchases and sales of shares.

use alloy::{
    primitives::{Address, B256, Log, LogData, U256},
    sol_types::SolEvent as _,
};
use serde_json::Value;
use sqlx::postgres::PgConnection;
use stoa_contracts::Market;
use stoa_schema::types::{Addr, Hash};

use super::{
    question::{Question, hexed, one, text},
    scope::Scope,
};

const PLANS: &str = include_str!("sql/plan.sql");
const PASSES: &str = include_str!("sql/pass.sql");
const SUBSCRIPTIONS: &str = include_str!("sql/subscription.sql");
const PURCHASES: &str = include_str!("sql/purchase.sql");
const SHARE_SALES: &str = include_str!("sql/share_sale.sql");

/// In the order of `plan.sql`.
const PLAN: [&str; 15] = [
    "listing",
    "kind",
    "token",
    "price",
    "cap",
    "sold",
    "version",
    "paused",
    "transferable",
    "period",
    "units",
    "unit",
    "sells_from",
    "sells_until",
    "gate",
];

/// In the order of `purchase.sql`.
const PURCHASE: [&str; 9] =
    ["plan", "payer", "recipient", "listing", "quantity", "amount", "fee", "beneficiary", "expiry"];

/// In the order of `share_sale.sql`.
const SHARE_SALE: [&str; 10] =
    ["seller", "sells_from", "share", "sells_until", "token", "cap", "lot", "price", "sold", "closed"];

pub(super) async fn questions(connection: &mut PgConnection, scope: &Scope) -> sqlx::Result<Vec<Question>> {
    let market = scope.places.market;
    let mut questions = Vec::new();
    let plans: Vec<(i64, Vec<String>)> = scope.rows(connection, PLANS).await?;
    for (plan, columns) in plans {
        let call = Market::planOfCall { id: U256::from(plan) };
        questions
            .push(Question::view(format!("plan {plan}"), market, &call, plan_fields).are(&PLAN, columns));
    }
    let passes: Vec<(i64, Addr, String)> = scope.rows(connection, PASSES).await?;
    for (plan, holder, quantity) in passes {
        let call = Market::balanceOfCall { account: holder.0, plan: U256::from(plan) };
        let what = format!("passes of plan {plan} of {holder}");
        questions.push(Question::view(what, market, &call, one).is("", quantity));
    }
    let subscriptions: Vec<(i64, Addr, String)> = scope.rows(connection, SUBSCRIPTIONS).await?;
    for (plan, holder, expiry) in subscriptions {
        let call = Market::expiresAtCall { holder: holder.0, plan: U256::from(plan) };
        let what = format!("subscription to plan {plan} of {holder}");
        questions.push(Question::view(what, market, &call, one).is("expiry", expiry));
    }
    let purchases: Vec<(i64, i32, Hash, Vec<String>)> = scope.rows(connection, PURCHASES).await?;
    for (block, index, transaction, columns) in purchases {
        let what = format!("purchase {block}-{index}");
        let read = move |receipt: &Value| purchase_fields(receipt, market, block, index);
        questions.push(Question::receipt(what, transaction.0, read).are(&PURCHASE, columns));
    }
    let sales: Vec<(i64, Vec<String>)> = scope.rows(connection, SHARE_SALES).await?;
    for (sale, columns) in sales {
        let call = Market::shareSaleOfCall { sale: U256::from(sale) };
        let what = format!("share sale {sale}");
        questions.push(Question::view(what, market, &call, sale_fields).are(&SHARE_SALE, columns));
    }
    Ok(questions)
}

fn plan_fields(plan: Market::Plan) -> Vec<String> {
    vec![
        plan.listing.to_string(),
        plan.kind.to_string(),
        hexed(plan.token),
        plan.price.to_string(),
        plan.cap.to_string(),
        plan.sold.to_string(),
        plan.version.to_string(),
        plan.paused.to_string(),
        plan.transferable.to_string(),
        plan.period.to_string(),
        plan.units.to_string(),
        text(&plan.unit),
        plan.from.to_string(),
        plan.until.to_string(),
        hexed(plan.gate),
    ]
}

fn sale_fields(sale: Market::ShareSale) -> Vec<String> {
    vec![
        hexed(sale.seller),
        sale.from.to_string(),
        hexed(sale.share),
        sale.until.to_string(),
        hexed(sale.token),
        sale.cap.to_string(),
        sale.lot.to_string(),
        sale.price.to_string(),
        sale.sold.to_string(),
        sale.closed.to_string(),
    ]
}

/// What the log at this place of the chain tells of a sale.
fn purchase_fields(receipt: &Value, market: Address, block: i64, index: i32) -> Option<Vec<String>> {
    let logs = receipt["logs"].as_array()?;
    let log = logs.iter().find(|log| number(&log["logIndex"]) == Some(index.into()))?;
    if number(&log["blockNumber"]) != Some(block) {
        return None;
    }
    let topics: Vec<B256> = serde_json::from_value(log["topics"].clone()).ok()?;
    let data = LogData::new(topics, log["data"].as_str()?.parse().ok()?)?;
    let address: Address = log["address"].as_str()?.parse().ok()?;
    if address != market {
        return None;
    }
    let sale = Market::Purchased::decode_log(&Log { address, data }).ok()?;
    Some(vec![
        sale.plan.to_string(),
        hexed(sale.payer),
        hexed(sale.recipient),
        sale.listing.to_string(),
        sale.quantity.to_string(),
        sale.amount.to_string(),
        sale.fee.to_string(),
        hexed(sale.beneficiary),
        sale.expiry.to_string(),
    ])
}

fn number(quantity: &Value) -> Option<i64> {
    i64::from_str_radix(quantity.as_str()?.strip_prefix("0x")?, 16).ok()
}

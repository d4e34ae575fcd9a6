//! Plans, passes, purchases, spendings and sales of shares.

use alloy::primitives::U256;
use serde_json::Value;
use sqlx::postgres::PgConnection;
use stoa_contracts::Market;
use stoa_schema::types::{Addr, Hash};

use super::{
    question::{Question, hexed, one, text},
    receipt::event,
    scope::Scope,
};

const PLANS: &str = include_str!("sql/plan.sql");
const PASSES: &str = include_str!("sql/pass.sql");
const SUBSCRIPTIONS: &str = include_str!("sql/subscription.sql");
const PURCHASES: &str = include_str!("sql/purchase.sql");
const SPENDINGS: &str = include_str!("sql/spending.sql");
const SHARE_SALES: &str = include_str!("sql/share_sale.sql");

/// In the order of `plan.sql`.
const PLAN: [&str; 16] = [
    "listing",
    "kind",
    "token",
    "price",
    "cap",
    "sold",
    "version",
    "paused",
    "transferable",
    "tier_discount",
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

/// In the order of `spending.sql`.
const SPENDING: [&str; 6] = ["plan", "holder", "spender", "units", "reference", "remaining"];

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
        let read = move |receipt: &Value| event(receipt, market, block, index).as_ref().map(purchase_fields);
        questions.push(Question::receipt(what, transaction.0, read).are(&PURCHASE, columns));
    }
    let spendings: Vec<(i64, i32, Hash, Vec<String>)> = scope.rows(connection, SPENDINGS).await?;
    for (block, index, transaction, columns) in spendings {
        let what = format!("spending {block}-{index}");
        let read = move |receipt: &Value| event(receipt, market, block, index).as_ref().map(spending_fields);
        questions.push(Question::receipt(what, transaction.0, read).are(&SPENDING, columns));
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
        plan.tierDiscount.to_string(),
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

fn purchase_fields(sale: &Market::Purchased) -> Vec<String> {
    vec![
        sale.plan.to_string(),
        hexed(sale.payer),
        hexed(sale.recipient),
        sale.listing.to_string(),
        sale.quantity.to_string(),
        sale.amount.to_string(),
        sale.fee.to_string(),
        hexed(sale.beneficiary),
        sale.expiry.to_string(),
    ]
}

fn spending_fields(spent: &Market::CreditsSpent) -> Vec<String> {
    vec![
        spent.plan.to_string(),
        hexed(spent.holder),
        hexed(spent.spender),
        spent.units.to_string(),
        hexed(spent.r#ref),
        spent.remaining.to_string(),
    ]
}

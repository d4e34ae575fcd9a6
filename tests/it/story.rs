//! A provider lists, a buyer pays from a wallet, an analyst asks: every number is the contract's.

use alloy::primitives::{Address, U256, keccak256};
use alloy::sol_types::SolValue;
use serde_json::{Value, json};

use crate::support::{Actors, Stack, eventually};

const PRICE: u128 = 25_000_001;
const QUANTITY: u64 = 3;

fn id(token: &Address) -> U256 {
    U256::from_be_slice(token.as_slice())
}

#[tokio::test]
async fn from_a_listing_to_an_answer() {
    let stack = Stack::start().await;
    let actors = Actors::of(&stack);
    let _indexer = stack.index_into(&stack.database, "indexer");
    let (_api, url) = stack.api("api").await;

    let base = actors.list(1, "Base model", &[]).await;
    let derived = actors.list(2, "Derived model", &[(base, 1_000)]).await;
    let plan = actors.plan(2, derived, PRICE).await;
    let paid = PRICE * u128::from(QUANTITY);
    actors.fund(3, 10 * paid).await;
    let sale = actors.buy(3, plan, QUANTITY, paid).await;

    // The row, and through it the answer, within seconds of the chain.
    let path = format!("{url}/v1/purchases?listing=31337-{derived}");
    let answer = eventually(&path, "the purchase", |body| {
        body["data"].as_array().is_some_and(|rows| !rows.is_empty())
    })
    .await;
    let purchase = &answer["data"][0];
    let fee = paid * u128::from(actors.revenue.feeBps().call().await.expect("the fee")) / 10_000;
    assert_eq!(purchase["id"], format!("31337-{}-{}", sale.block, sale.log_index));
    assert_eq!(purchase["tx_hash"], sale.tx.to_string());
    assert_eq!(purchase["payer"], Actors::address(3).to_string());
    assert_eq!(purchase["recipient"], Actors::address(3).to_string());
    assert_eq!(purchase["beneficiary"], Actors::address(2).to_string());
    assert_eq!(purchase["quantity"], QUANTITY.to_string());
    assert_eq!(purchase["amount"], paid.to_string(), "amounts are decimal strings");
    assert_eq!(purchase["fee"], fee.to_string());
    assert_eq!(purchase["net"], (paid - fee).to_string());
    assert_eq!(purchase["token"]["address"], actors.dollar.address().to_string());
    assert_eq!(purchase["token"]["decimals"], 6);

    // The listing's page says the same.
    let answer: Value = reqwest::get(format!("{url}/v1/listings/31337-{derived}"))
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let listing = &answer["data"];
    assert_eq!(listing["metadata"]["name"], "Derived model");
    assert_eq!(listing["owner"], Actors::address(2).to_string());
    assert_eq!(listing["parents"], json!([{ "id": format!("31337-{base}"), "bps": 1_000 }]));
    assert_eq!(
        listing["plans"][0]["sold"],
        actors.market.planOf(U256::from(plan)).call().await.expect("a plan").sold.to_string()
    );
    assert_eq!(listing["revenue"][0]["net"], (paid - fee).to_string());
    let parent: Value = reqwest::get(format!("{url}/v1/listings/31337-{base}"))
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    assert_eq!(parent["data"]["children"], json!([{ "id": format!("31337-{derived}"), "bps": 1_000 }]));

    // Settling splits the net between the parent's and the child's owner, to the last unit.
    let (seller, dollar) = (Actors::address(2), *actors.dollar.address());
    let settle = actors.revenue.settle(U256::from(derived), seller, dollar).from(seller).send().await;
    let receipt = settle.expect("it is taken").get_receipt().await.expect("a receipt");
    let block = receipt.block_number.expect("it is in a block");
    eventually(&format!("{url}/v1/status"), "the settlement's block", |body| {
        body["data"]["chains"][0]["indexed"]["number"].as_u64() >= Some(block)
    })
    .await;
    compare_balances(&stack, &actors).await;

    // An operator has all of it compared with the contracts.
    let audit =
        stack.command(&["audit", "--block", &block.to_string(), "--database-url", stack.database.url()]);
    let audit =
        tokio::task::spawn_blocking(move || { audit }.output()).await.expect("no panic").expect("it runs");
    let said = String::from_utf8_lossy(&audit.stdout);
    assert!(audit.status.success() && said.trim_end().ends_with(", 0 differ"), "{said}");
}

/// Every balance that the database holds is the Vault's, and the Vault holds no other.
async fn compare_balances(stack: &Stack, actors: &Actors) {
    let pool = stack.database.pool().await;
    let rows: Vec<(Vec<u8>, Vec<u8>, String)> =
        sqlx::query_as("SELECT account, token, amount::text FROM market.balance")
            .fetch_all(&pool)
            .await
            .expect("rows");
    assert!(rows.len() >= 3, "fee, seller and parent: {rows:?}");
    let mut sum = U256::ZERO;
    for (account, token, amount) in rows {
        let (account, token) = (Address::from_slice(&account), Address::from_slice(&token));
        let held = actors.vault.balanceOf(account, id(&token)).call().await.expect("a balance");
        assert_eq!(amount, held.to_string(), "{account}");
        sum += held;
    }
    let held = actors.dollar.balanceOf(*actors.vault.address()).call().await.expect("a balance");
    assert_eq!(sum, held, "the Vault holds what its balances say");
    let part = keccak256((U256::from(2), Actors::address(2)).abi_encode());
    let left = actors.vault.subAccount(*actors.revenue.address(), part).call().await.expect("an address");
    let dust = actors.vault.balanceOf(left, id(actors.dollar.address())).call().await.expect("a balance");
    assert!(dust <= U256::from(2), "at most one unit per parent stays: {dust}");
}

#[tokio::test]
async fn a_bad_question_gets_a_problem_that_names_it() {
    let stack = Stack::start().await;
    let _indexer = stack.index_into(&stack.database, "indexer");
    let (_api, url) = stack.api("api").await;
    eventually(&format!("{url}/v1/status"), "readiness", |body| body["data"]["chains"].is_array()).await;
    let answer = reqwest::get(format!("{url}/v1/listings?limit=0")).await.expect("an answer");
    assert_eq!(answer.status(), 400);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let problem: Value = answer.json().await.expect("JSON");
    assert_eq!(problem["parameter"], "limit");
    let missing = reqwest::get(format!("{url}/v1/listings/31337-999")).await.expect("an answer");
    assert_eq!(missing.status(), 404);
}

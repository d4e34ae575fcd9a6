//! What accounts did, and who owned what.

use serde_json::{Value, json};

use crate::chronicle::{bytes, event, market, sale};
use crate::rows::{Listing, Purchase, address, hash, time_of};

#[tokio::test]
async fn a_history_tells_what_concerned_an_account_and_as_what() {
    let stage = market().await;
    let (who, zero, token) = (bytes(2), bytes(0), bytes(0x77));
    event(&stage, "vault_transfer", 10, 0, 0xb1, &format!("{who}, {zero}, {who}, {token}, 25000000")).await;
    sale(&stage, 20, 0xa1).await;
    event(&stage, "vault_nonces_changed", 20, 3, 0xa1, &format!("{who}, 0, 1")).await;
    event(&stage, "vault_operator_set", 30, 0, 0xb2, &format!("{}, {who}, true", bytes(3))).await;

    let path = format!("/v1/accounts/{}/history", address(2));
    let data = stage.data(&path).await;
    let told: Vec<(&str, &Value)> = data
        .as_array()
        .expect("a list")
        .iter()
        .map(|entry| (entry["words"].as_str().expect("words"), &entry["roles"]))
        .collect();
    assert_eq!(told.len(), 3, "transfers of the sale and nonces are left out: {data}");
    assert_eq!(told[0].1, &json!(["spender"]));
    assert_eq!(
        told[1],
        (
            "0x0202…0202 bought 2 periods of plan 7 of listing 31337-3 for 20.00 DUSD (fee 0.50 DUSD), \
             valid until 2026-11-22T17:00:00Z.",
            &json!(["payer", "recipient"])
        )
    );
    assert_eq!((&data[1]["amount"], &data[1]["token"]["symbol"]), (&json!("20000000"), &json!("DUSD")));
    assert_eq!((&data[1]["block_number"], &data[1]["tx_hash"]), (&json!(20), &json!(hash(0xa1))));
    assert_eq!(told[2], ("0x0202…0202 deposited 25.00 DUSD.", &json!(["caller", "receiver"])));
    assert_eq!((&data[0]["amount"], &data[0]["token"]), (&Value::Null, &Value::Null));

    let seller = stage.data(&format!("/v1/accounts/{}/history", address(1))).await;
    assert_eq!((seller.as_array().map(Vec::len), &seller[0]["roles"]), (Some(1), &json!(["beneficiary"])));
    let of_token = stage.data(&format!("/v1/accounts/{}/history", address(0x77))).await;
    assert_eq!(of_token, json!([]), "a token does nothing");
    assert_eq!(stage.get("/v1/accounts/0x12/history").await.problem(400)["parameter"], "address");
    stage.get(&format!("{path}?colour=red")).await.problem(400);
}

#[tokio::test]
async fn a_history_is_paged_without_gap_or_double() {
    let stage = market().await;
    for block in 10..17 {
        sale(&stage, block, u8::try_from(block).expect("small")).await;
    }
    let mut path = format!("/v1/accounts/{}/history?limit=3", address(2));
    let mut seen = Vec::new();
    loop {
        let answer = stage.get(&path).await.ok();
        seen.extend(crate::stage::ids(&answer["data"]));
        let Some(next) = answer["next"].as_str() else { break };
        path = format!("/v1/accounts/{}/history?limit=3&cursor={next}", address(2));
    }
    let wanted: Vec<String> = (10..17).rev().map(|block| format!("31337-{block}-2")).collect();
    assert_eq!(seen, wanted);
}

#[tokio::test]
async fn owners_follow_each_other() {
    let stage = market().await;
    for (block, from, to) in [(11, 0, 5), (20, 5, 6), (30, 6, 1)] {
        let values = format!("{}, {}, 3", bytes(from), bytes(to));
        event(&stage, "listings_transfer", block, 0, 0xa1, &values).await;
    }
    event(&stage, "listings_transfer", 31, 0, 0xa1, &format!("{}, {}, 4", bytes(0), bytes(9))).await;
    // Behind the projected block: not told of yet.
    event(&stage, "listings_transfer", 101, 0, 0xa1, &format!("{}, {}, 3", bytes(1), bytes(9))).await;
    let data = stage.data("/v1/listings/31337-3/owners").await;
    let told =
        |n: usize| (data[n]["owner"].clone(), data[n]["from_block"].clone(), data[n]["until_block"].clone());
    assert_eq!(data.as_array().map(Vec::len), Some(3));
    assert_eq!(told(0), (json!(address(1)), json!(30), Value::Null));
    assert_eq!(told(1), (json!(address(6)), json!(20), json!(30)));
    assert_eq!(told(2), (json!(address(5)), json!(11), json!(20)));
    let since = time_of(20).format(&time::format_description::well_known::Rfc3339).expect("a time");
    assert_eq!((&data[1]["from_time"], &data[2]["until_time"]), (&json!(since), &json!(since)));

    let first = stage.get("/v1/listings/31337-3/owners?limit=2").await.ok();
    let next = first["next"].as_str().expect("another page");
    let second = stage.get(&format!("/v1/listings/31337-3/owners?limit=2&cursor={next}")).await.ok();
    assert_eq!((&second["data"][0], &second["next"]), (&data[2], &Value::Null));
    stage.get("/v1/listings/31337-8/owners").await.problem(404);
    stage.get("/v1/listings/31337-3/owners?sort=oldest").await.problem(400);
}

#[tokio::test]
async fn an_account_shows_what_it_owns_and_bought_last() {
    let stage = market().await;
    for n in 20..32 {
        Listing { owner: address(8), ..Listing::new(n) }.insert(&stage.pool).await;
    }
    crate::rows::Plan::new(1, 3, 5).insert(&stage.pool).await;
    for block in 40..53 {
        Purchase { listing: 3, payer: address(8), ..Purchase::new(block, 0) }.insert(&stage.pool).await;
    }
    let data = stage.data(&format!("/v1/accounts/{}", address(8))).await;
    let chain = &data["chains"][0];
    assert_eq!(chain["owned"], "12");
    let owned: Vec<&str> =
        chain["owned_listings"].as_array().expect("a list").iter().filter_map(|l| l["id"].as_str()).collect();
    assert_eq!((owned.len(), owned[0]), (10, "31337-31"));
    assert_eq!(chain["owned_listings"][0]["kind"], "model");
    let bought = chain["last_purchases"].as_array().expect("a list");
    assert_eq!((bought.len(), &bought[0]["id"]), (10, &json!("31337-52-0")));
}

#[tokio::test]
async fn balances_are_told_of_past_blocks() {
    let stage = market().await;
    let (who, zero, token) = (bytes(2), bytes(0), bytes(0x77));
    event(&stage, "vault_transfer", 10, 0, 0xb1, &format!("{who}, {zero}, {who}, {token}, 25000000")).await;
    sale(&stage, 20, 0xa1).await;
    event(&stage, "vault_transfer", 30, 0, 0xb1, &format!("{who}, {who}, {who}, {token}, 5")).await;
    event(&stage, "vault_transfer", 31, 0, 0xb1, &format!("{who}, {who}, {zero}, {token}, 5500000")).await;
    let path = format!("/v1/accounts/{}/balances", address(2));
    for (block, amount) in [
        (3, None),
        (9, None),
        (10, Some("25000000")),
        (20, Some("5500000")),
        (30, Some("5500000")),
        (31, None),
    ] {
        let data = stage.data(&format!("{path}?at_block={block}")).await;
        assert_eq!(data[0]["amount"].as_str(), amount, "{block}");
        if amount.is_some() {
            assert_eq!(
                (&data[0]["block_number"], &data[0]["token"]["symbol"]),
                (&json!(block), &json!("DUSD"))
            );
        }
    }
    assert_eq!(stage.data(&path).await, json!([]), "the projections have none");
    for block in [2, 101] {
        let problem = stage.get(&format!("{path}?at_block={block}")).await.problem(400);
        assert_eq!(problem["parameter"], "at_block");
        let detail = problem["detail"].as_str().expect("text");
        assert!(detail.contains("from 3") && detail.contains("to 100"), "{detail}");
    }
    crate::rows::chain(&stage.pool, 1).await;
    stage.get(&format!("{path}?at_block=20")).await.problem(400);
    stage.get(&format!("{path}?at_block=20&chain=1")).await.ok();
}

#[tokio::test]
async fn the_markets_totals_are_told_of_past_blocks() {
    let stage = market().await;
    let (owner, zero, token) = (bytes(1), bytes(0), bytes(0x77));
    for (block, listing) in [(5, 3), (6, 4)] {
        let created = format!("{listing}, {owner}, 0, 'x', 'MIT', true, 0, '{{}}', '{{}}', {owner}, 0");
        event(&stage, "listings_listing_created", block, 0, 0xa0, &created).await;
        event(&stage, "listings_transfer", block, 1, 0xa0, &format!("{zero}, {owner}, {listing}")).await;
    }
    let plan = format!("7, 3, {token}, 1, 100, 0, false, 1, 3600, 0, '', 0, 0, {zero}, false");
    event(&stage, "market_plan_created", 7, 0, 0xa0, &plan).await;
    sale(&stage, 20, 0xa1).await;
    event(&stage, "listings_transfer", 21, 0, 0xa2, &format!("{owner}, {}, 4", bytes(9))).await;
    event(&stage, "listings_status_changed", 22, 0, 0xa2, "4, 2").await;
    sale(&stage, 30, 0xa3).await;
    let lock = |amount: i64| format!("{0}, {0}, 0, 5, {amount}, 5, 9, 5", bytes(8));
    event(&stage, "staking_lock_changed", 31, 0, 0xa4, &lock(50)).await;
    event(&stage, "staking_lock_changed", 32, 0, 0xa4, &lock(70)).await;
    event(&stage, "staking_principal_withdrawn", 33, 0, 0xa4, &format!("{0}, {0}, 70, 0", bytes(8))).await;
    let paid = format!("3, {}, {token}, {owner}, 40, '\\x00'", bytes(2));
    event(&stage, "revenue_listing_paid", 34, 0, 0xa4, &paid).await;
    let told = async |block: i64| {
        let data = stage.data(&format!("/v1/market?at_block={block}")).await;
        let one = &data[0];
        let of = |key: &str| one[key].clone();
        let turnover = one["turnover"][0].clone();
        json!([
            of("active_listings"),
            of("retired_listings"),
            of("plans"),
            of("sales"),
            of("accounts"),
            of("buyers"),
            of("providers"),
            of("locked"),
            turnover["amount"],
            turnover["paid"]
        ])
    };
    assert_eq!(told(4).await, json!([0, 0, 0, "0", 0, 0, 0, "0", null, null]));
    assert_eq!(told(20).await, json!([2, 0, 1, "1", 2, 1, 1, "0", "20000000", "0"]));
    assert_eq!(told(32).await, json!([1, 1, 1, "2", 4, 1, 2, "70", "40000000", "0"]));
    assert_eq!(told(34).await, json!([1, 1, 1, "2", 4, 1, 2, "0", "40000000", "40"]));
    assert_eq!(stage.get("/v1/market?at_block=101").await.problem(400)["parameter"], "at_block");
    assert_eq!(stage.data("/v1/market").await[0]["block_number"], 100);
}

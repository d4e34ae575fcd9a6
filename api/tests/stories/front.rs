//! What every read understands: waiting for a block, and the chain-agnostic names of accounts and assets.

use crate::rows::{self, CHAIN, Listing, Plan, Purchase, address};
use crate::stage::Stage;

const LISTINGS: &str = "0x2222222222222222222222222222222222222222";

async fn stage() -> Stage {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    stage
        .sql(r#"UPDATE archive.cursor SET contracts = '{"Listings": "0x2222222222222222222222222222222222222222"}'"#)
        .await;
    Listing::new(1).insert(&stage.pool).await;
    Plan::new(1, 1, 5).insert(&stage.pool).await;
    Purchase::new(20, 1).insert(&stage.pool).await;
    stage
}

#[tokio::test]
async fn a_read_waits_for_the_block_that_it_names() {
    let stage = stage().await;
    for path in
        ["/v1/listings?min_block=100", "/v1/status?min_block=31337-99", "/v1/listings/31337-1?min_block=1"]
    {
        stage.get(path).await.ok();
    }
    let move_on = async {
        // Let the question be asked first: a moment is enough, and too short a one only makes the test easier.
        tokio::task::yield_now().await;
        stage.sql("UPDATE archive.cursor SET stored_block = 101, projected_block = 101").await;
    };
    let (answer, ()) = tokio::join!(stage.get("/v1/listings?min_block=101"), move_on);
    assert_eq!(answer.ok()["meta"]["chains"][0]["block_number"], 101);
    let late = stage.get("/v1/listings?min_block=31337-102").await;
    assert!(late.problem(503)["detail"].as_str().expect("text").contains("stands at block 101"));
    assert_eq!(late.header("retry-after"), Some("2"));
}

#[tokio::test]
async fn a_block_that_is_none_is_refused() {
    let stage = stage().await;
    for bad in ["", "0", "-1", "1-", "x", "9-5", "1.5", "99999999999999999999"] {
        let problem = stage.get(&format!("/v1/listings?min_block={bad}")).await.problem(400);
        assert_eq!(problem["parameter"], "min_block", "{bad}");
    }
    stage.get("/v1/listings?min_block=1&min_block=2").await.problem(400);
    rows::chain(&stage.pool, 1).await;
    assert_eq!(
        stage.get("/v1/listings?min_block=5").await.problem(400)["parameter"],
        "min_block",
        "of which chain?"
    );
    stage.get("/v1/listings?min_block=5&chain=1").await.ok();
}

#[tokio::test]
async fn accounts_and_listings_are_known_by_their_chain_agnostic_names() {
    let stage = stage().await;
    let payer = address(2);
    assert_eq!(stage.ids(&format!("/v1/purchases?payer=eip155:31337:{payer}")).await.len(), 1);
    assert_eq!(stage.ids(&format!("/v1/purchases?listing=eip155:31337/erc721:{LISTINGS}/1")).await.len(), 1);
    let account = stage.data(&format!("/v1/accounts/eip155:31337:{payer}")).await;
    assert_eq!(account["address"], payer.to_string());
    assert_eq!(account["chains"].as_array().map(Vec::len), Some(1));
    for path in
        [format!("eip155:31337%2Ferc721:{LISTINGS}%2F1"), format!("eip155%3A31337%2Ferc721%3A{LISTINGS}%2F1")]
    {
        assert_eq!(stage.data(&format!("/v1/listings/{path}")).await["id"], "31337-1");
        stage.get(&format!("/v1/listings/{path}/ancestors")).await.ok();
    }
    for (path, parameter) in [
        (format!("/v1/purchases?payer=eip155:1:{payer}&chain=31337"), "payer"),
        (format!("/v1/purchases?payer=eip155:31337:{payer}&recipient=eip155:1:{payer}"), "recipient"),
        (
            "/v1/purchases?listing=eip155:31337/erc721:0x3333333333333333333333333333333333333333/1"
                .to_owned(),
            "listing",
        ),
        ("/v1/purchases?payer=eip155:31337:0x12".to_owned(), "payer"),
        ("/v1/accounts/eip155:31337".to_owned(), "address"),
    ] {
        assert_eq!(stage.get(&path).await.problem(400)["parameter"], parameter, "{path}");
    }
}

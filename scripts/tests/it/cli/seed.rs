//! `stoa seed`

use alloy::{
    providers::{Provider as _, ProviderBuilder},
    rpc::types::Filter,
};
use serde_json::Value;

use super::Desk;

/// Everything that was logged from a block on, with times, as a node tells it.
async fn logs(desk: &Desk, first: u64) -> Vec<Value> {
    let provider = ProviderBuilder::new().connect_http(desk.chain.rpc_url().parse().unwrap());
    let logs = provider.get_logs(&Filter::new().from_block(first)).await.unwrap();
    let told = |log| {
        let mut log = serde_json::to_value(log).unwrap();
        // Hashes hang on the times of the blocks in which the suite was deployed.
        for hash in ["blockHash", "transactionHash"] {
            log.as_object_mut().unwrap().remove(hash);
        }
        log
    };
    logs.into_iter().map(told).collect()
}

/// Both chains begin at this time, so that what follows can be equal.
const BIRTH: &str = "1790000000";

#[tokio::test]
async fn equal_seeds_make_equal_markets() {
    let (one, same, other) = (Desk::born(BIRTH).await, Desk::born(BIRTH).await, Desk::born(BIRTH).await);
    let mut begin = 0;
    for (desk, seed) in [(&one, "1"), (&same, "1"), (&other, "2")] {
        desk.settle_clock().await;
        // What was deployed before has the times that it took.
        begin = desk.newest_block().await.header.number + 1;
        let seeded = desk.asks(&format!("seed --scenario small --seed {seed}"));
        assert!(seeded["listings"].as_u64() > Some(16), "something derives: {seeded}");
    }
    let market = logs(&one, begin).await;
    let (first, last) = (&market[0]["blockTimestamp"], &market[market.len() - 1]["blockTimestamp"]);
    let time =
        |value: &Value| u64::from_str_radix(value.as_str().unwrap().trim_start_matches("0x"), 16).unwrap();
    assert!(time(last) - time(first) > 290 * 24 * 60 * 60, "ten months of time");
    let again = logs(&same, begin).await;
    let differs = again.iter().zip(&market).find(|(one, other)| one != other);
    assert!(differs.is_none() && again.len() == market.len(), "not the same again: {differs:?}");
    assert!(logs(&other, begin).await != market, "another seed, another market");

    let again = one.says("seed --scenario small");
    assert_eq!(again.code, 1);
    assert!(
        again.err.contains("listings already: a market is made on a chain that has none"),
        "{}",
        again.err
    );
}

#[tokio::test]
async fn what_cannot_be_seeded_is_said() {
    let desk = Desk::open().await;
    let unknown = desk.says("seed --scenario nowhere");
    assert_eq!(unknown.code, 1);
    assert!(unknown.err.contains("there is no scenario nowhere"), "{}", unknown.err);
}

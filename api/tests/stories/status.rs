use serde_json::json;

use crate::rows::{self, CHAIN};
use crate::stage::Stage;

#[tokio::test]
async fn a_chain_tells_where_it_stands() {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    rows::head(&stage.pool, CHAIN).await;
    let mut answer = stage.get("/v1/status").await.ok();
    // Heard of just now, but a slow machine may take a second to ask.
    let lag = answer["data"]["chains"][0]["lag_seconds"].take().as_i64().expect("a number");
    assert!((8..60).contains(&lag), "{lag}");
    answer["meta"]["chains"][0]["lag_seconds"].take();
    assert_eq!(
        answer,
        json!({
            "data": {
                "version": env!("CARGO_PKG_VERSION"),
                "chains": [{
                    "chain_id": 31337,
                    "name": "Local chain",
                    "contracts": {"Vault": "0x1111111111111111111111111111111111111111"},
                    "deployment_block": 3,
                    "indexed": {
                        "number": 100,
                        "hash": "0xabababababababababababababababababababababababababababababababab",
                        "time": "2026-11-22T15:03:20Z",
                    },
                    "head": {"number": 104, "time": "2026-11-22T15:03:28Z"},
                    "finalized_block": 40,
                    "lag_blocks": 4,
                    "lag_seconds": null,
                    "protocol": null,
                }],
            },
            "meta": {"chains": [{
                "chain_id": 31337,
                "block_number": 100,
                "block_hash": "0xabababababababababababababababababababababababababababababababab",
                "block_time": "2026-11-22T15:03:20Z",
                "finalized_block": 40,
                "head_block": 104,
                "lag_blocks": 4,
                "lag_seconds": null,
            }]},
        })
    );
}

#[tokio::test]
async fn chains_stand_side_by_side_and_an_unheard_one_says_so() {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    rows::chain(&stage.pool, 1).await;
    rows::head(&stage.pool, CHAIN).await;
    let answer = stage.get("/v1/status").await;
    assert_eq!(answer.header("stoa-block"), None, "two chains have no one block");
    let chains = answer.ok()["data"]["chains"].take();
    assert_eq!(chains[0]["name"], "Ethereum");
    assert_eq!(chains[0]["head"], json!(null));
    assert_eq!(chains[0]["lag_blocks"], json!(null));
    assert_eq!(chains[0]["finalized_block"], 0);
    assert_eq!(chains[1]["chain_id"], 31337);
    assert_eq!(chains[1]["head"]["number"], 104);
}

#[tokio::test]
async fn a_chain_tells_what_governs_it() {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    rows::head(&stage.pool, CHAIN).await;
    stage
        .sql(
            r"INSERT INTO market.protocol (chain_id, fee_bps, fee_recipient, guardian, guardian_armed, paused_until,
                                           revenue_owner, staking_owner, staking_offered)
              VALUES (31337, 250, decode(repeat('01', 20), 'hex'), decode(repeat('02', 20), 'hex'), true, 0,
                      decode(repeat('03', 20), 'hex'), decode(repeat('03', 20), 'hex'),
                      decode(repeat('04', 20), 'hex'))",
        )
        .await;
    let [one, two, three, four] = [1, 2, 3, 4].map(|n| rows::address(n).to_string());
    let mut expected = json!({
        "fee_bps": 250, "fee_recipient": one, "guardian": two, "guardian_armed": true, "paused_until": null,
        "revenue": {"owner": three, "offered_to": null}, "staking": {"owner": three, "offered_to": four},
    });
    assert_eq!(stage.data("/v1/status").await["chains"][0]["protocol"], expected);
    let now = rows::second_of(104);
    for (until, shown) in [(now, json!(null)), (now + 1, json!("2026-11-22T15:03:29Z"))] {
        let update = sqlx::query("UPDATE market.protocol SET paused_until = $1").bind(until);
        update.execute(&stage.pool).await.expect("an update");
        expected["paused_until"] = shown;
        assert_eq!(stage.data("/v1/status").await["chains"][0]["protocol"], expected);
    }
}

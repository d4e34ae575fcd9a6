//! Live messages: what is committed is told once, in order, and taken back when it is.

pub(crate) mod chain;
mod resume;
mod socket;
mod stream;

use serde_json::json;
use stoa_api::live::Settings;

use crate::rows::address;
use crate::stage::{Stage, send};
use chain::Chain;
use stream::Stream;

#[tokio::test]
async fn a_purchase_is_told_in_the_shape_of_rest() {
    let stage = Stage::new().await;
    let mut chain = Chain::new(&stage).await;
    let mut stream = Stream::open(&stage, "topics=purchases,blocks,stats").await;
    chain.commit(101, 0xa1, &[4]).await;
    let block = stream.message().await;
    assert_eq!(block["about"], "block");
    assert_eq!(block["cursor"], "latest:31337-1-0");
    assert_eq!(block["data"]["number"], 101);
    let sale = stream.message().await;
    assert_eq!(
        (&sale["type"], &sale["chain_id"], &sale["seq"], &sale["index"], &sale["finality"]),
        (&json!("message"), &json!(31_337), &json!(1), &json!(5), &json!("latest"))
    );
    let rest = stage.data("/v1/purchases").await;
    assert_eq!(sale["data"], rest[0], "the very document");
    assert_eq!(sale["data"]["token"]["decimals"], 6);
    let stats = stream.message().await;
    assert_eq!(stats["data"]["purchases"], 1);
    assert_eq!(stats["data"]["tokens"][0]["amount"], "1000");
}

#[tokio::test]
async fn a_subscriber_of_several_topics_is_told_once() {
    let stage = Stage::new().await;
    let mut chain = Chain::new(&stage).await;
    let (payer, recipient) = (address(2), address(3));
    let topics = format!("topics=purchases,listing:31337-1,account:{payer},account:{recipient}");
    let mut both = Stream::open(&stage, &topics).await;
    let mut other = Stream::open(&stage, &format!("topics=listing:31337-2,account:{}", address(9))).await;
    chain.commit(101, 0xa1, &[4]).await;
    chain.commit(102, 0xa2, &[7]).await;
    let told = both.message().await;
    let topics: Vec<&str> =
        told["topics"].as_array().expect("topics").iter().filter_map(|t| t.as_str()).collect();
    assert!(topics.contains(&"purchases") && topics.contains(&"listing:31337-1"), "{topics:?}");
    assert_eq!(told["data"]["id"], "31337-101-4");
    assert_eq!(both.message().await["data"]["id"], "31337-102-7");
    other.silent().await;
}

#[tokio::test]
async fn what_a_reorganisation_takes_back_is_retracted() {
    let stage = Stage::new().await;
    let mut chain = Chain::new(&stage).await;
    let mut stream = Stream::open(&stage, "topics=purchases,listing:31337-1").await;
    chain.commit(101, 0xa1, &[4]).await;
    let told = stream.message().await;
    chain.take_back(101, 0xa1).await;
    chain.commit(101, 0xb1, &[6]).await;
    let void = stream.next().await;
    assert_eq!((void.event.as_str(), &void.data["type"]), ("retract", &json!("retract")));
    assert_eq!(void.data["retracts"], told["cursor"]);
    assert_eq!(void.data["data"]["id"], told["data"]["id"]);
    assert_eq!(void.data["topics"], told["topics"]);
    assert_eq!(stream.message().await["data"]["id"], "31337-101-6");
}

#[tokio::test]
async fn what_is_final_is_told_late_and_never_taken_back() {
    let stage = Stage::new().await;
    let mut chain = Chain::new(&stage).await;
    let mut stream = Stream::open(&stage, "topics=purchases&level=finalized").await;
    chain.commit(101, 0xa1, &[1]).await;
    chain.commit(102, 0xa2, &[2]).await;
    chain.take_back(102, 0xa2).await;
    chain.commit(102, 0xb2, &[3]).await;
    // Whoever comes now is told of what becomes final from now on.
    let mut late = Stream::open(&stage, "topics=purchases&level=finalized").await;
    chain.finalize(101).await;
    assert_eq!(late.message().await["data"]["id"], "31337-101-1");
    let told = stream.message().await;
    assert_eq!(told["data"]["id"], "31337-101-1");
    assert_eq!((&told["finality"], &told["data"]["finality"]), (&json!("finalized"), &json!("finalized")));
    chain.finalize(102).await;
    let next = stream.message().await;
    assert_eq!(next["data"]["id"], "31337-102-3", "what was taken back was never told");
    assert_eq!(next["cursor"], "finalized:31337-4-4");
}

#[tokio::test]
async fn silence_is_told_with_a_cursor() {
    let stage = Stage::new().await;
    let mut chain = Chain::new(&stage).await;
    let settings = Settings { heartbeat: std::time::Duration::from_secs(1), ..Settings::default() };
    let mut stream = Stream::with(&stage, settings, "topics=stats").await;
    chain.commit(101, 0xa1, &[]).await;
    loop {
        let beat = stream.next().await;
        assert_eq!(beat.event, "heartbeat");
        // A block that says nothing on these topics moves the cursor all the same.
        if beat.id.as_deref() == Some("latest:31337-1") {
            assert_eq!(beat.data["cursor"], "latest:31337-1");
            break;
        }
    }
}

#[tokio::test]
async fn whoever_does_not_keep_up_is_told_and_resumes() {
    let stage = Stage::new().await;
    let mut chain = Chain::new(&stage).await;
    let settings = Settings { queue: 16, ..Settings::default() };
    let router = stream::router(&stage, settings);
    let mut slow = Stream::on(&router, "topics=purchases", None).await;
    let mut quick = Stream::on(&router, "topics=purchases", None).await;
    for block in 101..141_u8 {
        chain.commit(i64::from(block), block, &[1]).await;
        assert_eq!(quick.message().await["block"]["number"], block);
    }
    let close = slow.next().await;
    assert_eq!((close.event.as_str(), &close.data["reason"]), ("close", &json!("slow")));
    assert!(close.data["detail"].as_str().expect("text").contains("Connect again"));
    slow.ended().await;
    let mut again = Stream::on(&router, "topics=purchases", close.id.as_deref()).await;
    for block in 101..141 {
        assert_eq!(again.message().await["block"]["number"], block, "each once, in order");
    }
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_by_name() {
    let stage = Stage::new().await;
    let mut chain = Chain::new(&stage).await;
    chain.commit(101, 0xa1, &[]).await;
    let cases = [
        ("", "topics", "`listings`, `purchases`, `blocks`, `stats`"),
        ("topics=prices", "topics", "`listing:{chainId}-{n}`, `account:{address}`"),
        ("topics=blocks&level=early", "level", "one of `latest`, `safe`, `finalized`"),
        ("topics=blocks&after=12", "after", "the `cursor` of an earlier message"),
        ("topics=blocks&after=safe:31337-1", "after", "a stream at level `latest`"),
        ("topics=blocks&chain=5", "chain", "a chain that is served here: `31337`"),
        ("topics=blocks&after=latest:5-1", "after", "the stream's chains alone: 31337"),
        ("topics=blocks&sort=newest", "sort", "Known are: topics, chain, level, after"),
    ];
    for (query, parameter, allowed) in cases {
        let problem = stage.get(&format!("/v1/stream?{query}")).await.problem(400);
        assert_eq!(problem["parameter"], parameter, "{query}");
        let detail = problem["detail"].as_str().expect("text").replace("`31337`", "31337");
        assert!(detail.contains(&allowed.replace("`31337`", "31337")), "{query}: {detail}");
    }
    let problem = stage.get("/v1/live?topics=blocks").await.problem(426);
    assert!(problem["detail"].as_str().expect("text").contains("/v1/stream"), "{problem}");
}

#[tokio::test]
async fn a_cursor_that_is_kept_no_more_says_how_to_catch_up() {
    let stage = Stage::new().await;
    let mut chain = Chain::new(&stage).await;
    for block in 101..104 {
        chain.commit(block, 0xa1, &[]).await;
    }
    stage.sql("DELETE FROM archive.outbox WHERE seq <= 2").await;
    let problem = stage.get("/v1/stream?topics=blocks&after=latest:31337-1").await.problem(410);
    assert!(problem["detail"].as_str().expect("text").contains("by REST"), "{problem}");
    let problem = stage.get("/v1/stream?topics=blocks&after=latest:31337-9").await.problem(410);
    assert!(problem["detail"].as_str().expect("text").contains("not come as far"), "{problem}");
}

#[tokio::test]
async fn one_address_has_only_so_many_connections() {
    let stage = Stage::new().await;
    let _chain = Chain::new(&stage).await;
    let router = stream::router(&stage, Settings { per_address: 1, ..Settings::default() });
    let first = Stream::on(&router, "topics=blocks", None).await;
    let ask = || stream::request("topics=blocks", None);
    send(&router, ask()).await.problem(429);
    drop(first);
    let _second = Stream::on(&router, "topics=blocks", None).await;
}

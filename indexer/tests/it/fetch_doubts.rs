//! A node behind a load balancer: back-ends that lag, and logs that are left out.

use alloy::primitives::Address;
use serde_json::Value;
use stoa_indexer::fetch::{Detail, Doubt, Trouble};

use crate::fetch_node::{Act, CHILD_TOPIC, Chain, FakeNode, OURS, born, hasty, log, pool, trouble};

#[tokio::test]
async fn a_lagging_back_end_is_no_empty_range() {
    let node = FakeNode::start().await;
    let single = hasty(&node).await;
    let lag = |answer: &mut Value| {
        for reply in answer.as_array_mut().expect("a batch") {
            let empty = reply["result"].as_array().is_some();
            reply["result"] = if empty { Value::Array(Vec::new()) } else { Value::Null };
        }
    };
    node.next("eth_getLogs", Act::Whole(Box::new(lag)));
    let told = trouble(single.range(90, 99, &[], born, Detail::Ends).await);
    assert_eq!(told, Trouble::Doubt(Doubt::MissingBlock(99)));
    let told = trouble(single.range(95, 105, &[], born, Detail::Ends).await);
    assert_eq!(told, Trouble::Doubt(Doubt::MissingBlock(105)), "not mined yet");
}

#[tokio::test]
async fn a_refusal_of_blocks_that_are_not_there_yet_is_no_limit() {
    let node = FakeNode::start().await;
    let single = hasty(&node).await;
    node.next(
        "eth_getLogs",
        Act::refuse("eth_getLogs", -32_602, "block range extends beyond current head block"),
    );
    let told = trouble(single.range(90, 99, &[], born, Detail::Ends).await);
    assert!(matches!(told, Trouble::Behind(_)), "{told}");
    assert_eq!(single.range_limit(), 2_000);
}

fn none() -> Act {
    Act::logs(Vec::clear)
}

#[tokio::test]
async fn logs_that_the_bloom_tells_of_are_not_left_out() {
    let node = FakeNode::start().await;
    let single = hasty(&node).await;
    node.next("eth_getLogs", none());
    let told = trouble(single.range(1, 9, &[], born, Detail::Ends).await);
    assert_eq!(told, Trouble::Doubt(Doubt::Omitted(9)), "settled by the block's receipts");
    node.next("eth_getLogs", none());
    let told = trouble(single.range(5, 7, &[], born, Detail::EveryBlock).await);
    assert_eq!(told, Trouble::Doubt(Doubt::Omitted(6)), "any header at hand tells");
}

#[tokio::test]
async fn without_receipts_another_endpoint_settles_a_bloom() {
    let chain = || Chain { receipts: false, ..Chain::new() };
    let (liar, honest) = (FakeNode::with(chain()).await, FakeNode::with(chain()).await);
    let pool = pool(&[&liar, &honest]).await;
    liar.next("eth_getLogs", none());
    let range = pool.range(1, 9, &[], born, Detail::Ends).await.expect("the honest one");
    assert_eq!((range.endpoint, range.logs.len()), (1, 6));
    assert!(pool.report()[0].doubts == 1, "{:?}", pool.report());
    // Alone, it is asked by the block's hash.
    let single = hasty(&liar).await;
    liar.next("eth_getLogs", none());
    let told = trouble(single.range(1, 9, &[], born, Detail::Ends).await);
    assert_eq!(told, Trouble::Doubt(Doubt::Omitted(9)));
}

#[tokio::test]
async fn a_bloom_that_cried_wolf_is_settled_and_the_empty_range_accepted() {
    for receipts in [true, false] {
        let mut chain = Chain { receipts, ..Chain::new() };
        // As a topic of another's log, our address is in the bloom, padded; as a child's, by its own bytes.
        let child = Address::repeat_byte(0x77);
        chain.logs.insert(
            10,
            vec![log(child, OURS.into_word(), 1), log(Address::repeat_byte(0x78), CHILD_TOPIC, 1)],
        );
        let node = FakeNode::with(chain).await;
        let single = hasty(&node).await;
        let range = single.range(10, 11, &[], born, Detail::Ends).await.expect("it is empty");
        assert!(range.logs.is_empty());
        assert_eq!(node.requests("eth_getBlockReceipts"), 0, "nothing to settle");
        // The child's address and one of its topics are there, but in different logs; asked by topic, none is its.
        let config = stoa_indexer::fetch::PoolConfig {
            address_limit: 0,
            tries: 1,
            ..crate::fetch_node::config(&[&node])
        };
        let by_topic = stoa_indexer::fetch::Pool::connect(config).await.expect("a pool");
        let range = by_topic.range(10, 11, &[child], born, Detail::Ends).await.expect("it is empty");
        assert!(range.logs.is_empty());
        assert_eq!(node.requests("eth_getBlockReceipts"), 1, "asked once, for what they tell or for whether");
    }
}

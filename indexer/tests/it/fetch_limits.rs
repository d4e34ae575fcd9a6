//! What providers take is learned from their refusals: blocks, results, calls in a batch.

use alloy::primitives::{Address, B256};
use stoa_indexer::fetch::{Detail, FetchError, Pool, PoolConfig};

use crate::fetch_node::{Act, BIRTH, CHILD_TOPIC, Chain, FakeNode, OURS, birth, born, config, log, pool};

/// Fetches everything as an engine would: as much as allowed, less where that is too much.
async fn all(pool: &Pool) -> usize {
    let (mut next, mut logs) = (1, 0);
    while next <= 100 {
        let last = (next + pool.range_limit() - 1).min(100);
        match pool.range(next, last, &[], born, Detail::Ends).await {
            Ok(range) => {
                logs += range.logs.len();
                next = last + 1;
            }
            Err(FetchError::TooLarge { suggested }) => {
                assert!(suggested.is_some_and(|blocks| blocks < last - next + 1), "{suggested:?}");
            }
            Err(error) => panic!("{error}"),
        }
    }
    logs
}

#[tokio::test]
async fn a_told_limit_is_learned_once() {
    let chain = Chain { max_blocks: Some((20, "eth_getLogs is limited to a 20 range")), ..Chain::new() };
    let node = FakeNode::with(chain).await;
    let pool = pool(&[&node]).await;
    assert_eq!(pool.range_limit(), 2_000);
    assert_eq!(all(&pool).await, 66);
    assert_eq!(node.requests("eth_getLogs"), 6, "one refusal, five ranges");
    assert_eq!(pool.report()[0].max_blocks, Some(20));
    assert_eq!(pool.report()[0].failures, 0, "a refusal is no fault");
}

#[tokio::test]
async fn an_untold_limit_is_found_by_halving() {
    let chain = Chain { max_blocks: Some((20, "block range is too wide")), ..Chain::new() };
    let node = FakeNode::with(chain).await;
    assert_eq!(all(&pool(&[&node]).await).await, 66);
}

#[tokio::test]
async fn crowded_blocks_shrink_the_range_and_empty_ones_let_it_grow() {
    let mut chain = Chain::new();
    chain.logs = (41..=50).map(|number| (number, vec![log(OURS, B256::ZERO, 0); 30])).collect();
    chain.max_results = Some((40, "query returned more than 40 results"));
    let node = FakeNode::with(chain).await;
    let pool = pool(&[&node]).await;
    assert_eq!(all(&pool).await, 300);
    let report = pool.report();
    assert_eq!((report[0].max_blocks, report[0].max_results), (None, Some(40)));
    assert!(report[0].range > 10, "it grew again: {report:?}");
}

#[tokio::test]
async fn a_range_goes_where_it_is_taken() {
    let small = Chain { max_blocks: Some((10, "exceed maximum block range: 10")), ..Chain::new() };
    let (small, large) = (FakeNode::with(small).await, FakeNode::start().await);
    let pool = pool(&[&small, &large]).await;
    let range = pool.range(1, 100, &[], born, Detail::Ends).await.expect("the other takes it");
    assert_eq!((range.endpoint, range.logs.len()), (1, 66));
    assert_eq!(pool.report()[0].max_blocks, Some(10));
    pool.range(1, 100, &[], born, Detail::Ends).await.expect("the other takes it");
    assert_eq!(small.requests("eth_getLogs"), 1, "it is not asked again for so much");
}

#[tokio::test]
async fn more_than_all_take_is_refused_without_asking() {
    let node = FakeNode::start().await;
    let pool = Pool::connect(PoolConfig { max_range: 50, ..config(&[&node]) }).await.expect("a pool");
    let error = pool.range(1, 100, &[], born, Detail::Ends).await.expect_err("too large");
    assert_eq!(error, FetchError::TooLarge { suggested: Some(50) });
    assert!(error.is_retryable());
    assert_eq!(node.requests("eth_getLogs"), 0);
}

#[tokio::test]
async fn a_413_asks_for_less() {
    let node = FakeNode::start().await;
    let pool = pool(&[&node]).await;
    node.next("eth_getLogs", Act::text(413, "Request Entity Too Large"));
    let error = pool.range(1, 100, &[], born, Detail::Ends).await;
    assert!(matches!(error, Err(FetchError::TooLarge { suggested: Some(50) })), "{error:?}");
}

#[tokio::test]
async fn batches_are_given_up_where_they_are_refused() {
    let node = FakeNode::with(Chain { batches: Some(0), ..Chain::new() }).await;
    let pool = pool(&[&node]).await;
    let range = pool.range(1, 10, &[], born, Detail::EveryBlock).await.expect("call by call");
    assert_eq!((range.logs.len(), range.headers.len()), (6, 10));
    assert_eq!(pool.report()[0].max_batch, 1);
    let before = node.seen().len();
    pool.range(1, 10, &[], born, Detail::Ends).await.expect("call by call");
    assert_eq!(node.seen().len() - before, 3, "it is not tried again");
}

#[tokio::test]
async fn the_size_of_batches_is_learned() {
    let node = FakeNode::with(Chain { batches: Some(10), ..Chain::new() }).await;
    let pool = pool(&[&node]).await;
    assert_eq!(pool.headers(1, 60).await.expect("in parts").len(), 60);
    let learned = pool.report()[0].max_batch;
    assert!((5..=10).contains(&learned), "{learned}");
    let before = node.seen().len();
    pool.headers(1, 60).await.expect("in parts");
    assert!(node.seen().len() - before <= 12, "no refusal");
}

#[tokio::test]
async fn a_batch_refused_by_status_is_taken_apart() {
    let node = FakeNode::start().await;
    let pool = pool(&[&node]).await;
    node.next("eth_getLogs", Act::text(403, "no batches on this plan"));
    pool.range(1, 10, &[], born, Detail::Ends).await.expect("call by call");
}

#[tokio::test]
async fn births_are_found_over_any_stretch() {
    let mut chain = Chain { head: 100_000, ..Chain::new() };
    let child = Address::repeat_byte;
    for (number, n) in [(7, 1), (30_000, 2), (30_001, 3), (99_999, 4)] {
        chain.logs.entry(number).or_default().push(birth(child(n)));
    }
    chain.max_blocks = Some((10_000, "query block range exceeds server limit, narrow your filter: 10000"));
    let node = FakeNode::with(chain).await;
    let pool = pool(&[&node]).await;
    let births = pool.births(1, 100_000, OURS, BIRTH).await.expect("births");
    let found: Vec<_> = births.iter().filter_map(|log| born(&log.inner)).collect();
    assert_eq!(found, [child(1), child(2), child(3), child(4)]);
    assert!(node.requests("eth_getLogs") <= 12, "{}", node.requests("eth_getLogs"));
}

#[tokio::test]
async fn children_are_followed_from_their_birth_in_the_same_range() {
    let (mut chain, child) = (Chain::new(), Address::repeat_byte(0x77));
    chain.logs.insert(20, vec![log(child, CHILD_TOPIC, 1), birth(child)]);
    chain.logs.insert(22, vec![log(child, B256::ZERO, 2), log(Address::repeat_byte(0x78), CHILD_TOPIC, 3)]);
    let node = FakeNode::with(chain).await;
    let pool = pool(&[&node]).await;
    let range = pool.range(19, 23, &[], born, Detail::Ends).await.expect("a range");
    assert_eq!(range.born, [child]);
    let places: Vec<_> = range.logs.iter().map(|log| (log.block_number, log.log_index)).collect();
    assert_eq!(places, [(20, 0), (20, 1), (21, 0), (21, 2), (22, 0)]);
    let range = pool.range(21, 23, &[child], born, Detail::Ends).await.expect("a range");
    assert_eq!((range.born.len(), range.logs.len()), (0, 3), "known from before");
}

#[tokio::test]
async fn many_children_are_asked_for_by_topic_and_strangers_dropped() {
    let (mut chain, child, known) = (Chain::new(), Address::repeat_byte(0x77), Address::repeat_byte(0x55));
    chain.logs.insert(20, vec![log(child, CHILD_TOPIC, 1), birth(child), log(known, CHILD_TOPIC, 1)]);
    chain.logs.insert(22, vec![log(Address::repeat_byte(0x78), CHILD_TOPIC, 3), log(OURS, CHILD_TOPIC, 4)]);
    let node = FakeNode::with(chain).await;
    let config = PoolConfig { address_limit: 1, ..config(&[&node]) };
    let pool = Pool::connect(config).await.expect("a pool");
    let range = pool.range(19, 23, &[known], born, Detail::Ends).await.expect("a range");
    let places: Vec<_> = range.logs.iter().map(|log| (log.block_number, log.log_index)).collect();
    assert_eq!(places, [(20, 0), (20, 1), (20, 2), (21, 0), (21, 2), (22, 1)]);
    assert_eq!(range.born, [child]);
    assert_eq!(node.requests("eth_getLogs"), 1, "both filters in one request");
    let filters = node.seen().pop().expect("a request");
    assert_eq!(filters[0]["params"][0]["address"], serde_json::json!([OURS]));
    assert_eq!(filters[1]["params"][0].get("address"), None);
    assert_eq!(filters[1]["params"][0]["topics"], serde_json::json!([[CHILD_TOPIC]]));
}

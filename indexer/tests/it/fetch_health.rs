//! Who is asked: failover, hedging, pauses, heads that go back, chains that are not ours.

use std::sync::Arc;
use std::time::{Duration, Instant};

use stoa_indexer::fetch::{Detail, Doubt, FetchError, Pool, PoolConfig, Trouble};
use tokio::sync::Notify;

use crate::fetch_node::{Act, Chain, FakeNode, SECRET, born, config, hasty, pool, trouble};

async fn endpoint_of(pool: &Pool) -> usize {
    pool.range(1, 10, &[], born, Detail::Ends).await.expect("an answer").endpoint
}

#[tokio::test]
async fn an_endpoint_of_another_chain_is_refused_by_its_host_alone() {
    let (good, other) = (FakeNode::start().await, FakeNode::with(Chain { id: 5, ..Chain::new() }).await);
    let error = Pool::connect(config(&[&good, &other])).await.expect_err("another chain");
    assert!(!error.is_retryable());
    let host = format!("127.0.0.1:{}", other.url.port().expect("a port"));
    assert_eq!(error, FetchError::WrongChain { host: host.clone(), found: 5, expected: 77 });
    let text = error.to_string();
    assert!(text.starts_with(&host) && text.contains("chain is 5") && !text.contains(SECRET), "{text}");
}

#[tokio::test]
async fn one_endpoint_that_answers_is_enough_and_none_is_worth_another_try() {
    let good = FakeNode::start().await;
    let mut config = config(&[&good]);
    config.endpoints.insert(0, "http://127.0.0.1:1/secret".parse::<url::Url>().expect("a URL").into());
    let pool = Pool::connect(config.clone()).await.expect("one is enough");
    assert_eq!(endpoint_of(&pool).await, 1);
    assert!(pool.report()[0].trouble.as_deref().expect("trouble").starts_with("cannot connect: "));
    config.endpoints.truncate(1);
    let error = Pool::connect(config).await.expect_err("nobody is there");
    assert!(error.is_retryable());
    assert!(error.to_string().contains("127.0.0.1:1: cannot connect"), "{error}");
}

#[tokio::test]
async fn sockets_alone_and_other_schemes_are_refused() {
    let of = |url: &str| PoolConfig {
        endpoints: vec![url.parse::<url::Url>().expect("a URL").into()],
        ..PoolConfig::default()
    };
    assert_eq!(
        Pool::connect(of("wss://node.example/key")).await.expect_err("no answers"),
        FetchError::NoEndpoint
    );
    let error = Pool::connect(of("ipc://node/key")).await.expect_err("no such scheme");
    assert!(!error.is_retryable());
    assert!(error.to_string().starts_with("ipc://node is no address"), "{error}");
}

#[tokio::test]
async fn an_endpoint_that_was_away_is_asked_for_its_chain_again() {
    let node = FakeNode::start().await;
    let pool = hasty(&node).await;
    assert_eq!(node.requests("eth_chainId"), 1);
    node.next("eth_getLogs", Act::Break);
    trouble(pool.range(1, 10, &[], born, Detail::Ends).await);
    node.chain().id = 5;
    let error = pool.range(1, 10, &[], born, Detail::Ends).await.expect_err("it came back as another");
    assert!(matches!(error, FetchError::WrongChain { found: 5, expected: 77, .. }), "{error}");
    assert_eq!(node.requests("eth_chainId"), 2);
}

#[tokio::test]
async fn the_same_endpoint_is_tried_again_where_there_is_no_other() {
    let node = FakeNode::start().await;
    let pool = pool(&[&node]).await;
    for _ in 0..4 {
        node.next("eth_getLogs", Act::text(503, "overloaded"));
    }
    assert_eq!(endpoint_of(&pool).await, 0);
    assert_eq!(node.requests("eth_getLogs"), 5);
}

#[tokio::test]
async fn when_all_fail_each_ones_trouble_is_told() {
    let (one, two) = (FakeNode::start().await, FakeNode::start().await);
    let pool = pool(&[&one, &two]).await;
    for _ in 0..6 {
        one.next("eth_getLogs", Act::text(500, "first"));
        two.next("eth_getLogs", Act::refuse("eth_getLogs", -32_603, "second"));
    }
    let error = pool.range(1, 10, &[], born, Detail::Ends).await.expect_err("all fail");
    let text = error.to_string();
    assert!(text.contains("6 tries") && text.contains("500: first") && text.contains("second"), "{text}");
}

#[tokio::test]
async fn a_slow_endpoint_is_overtaken() {
    let (slow, fast) = (FakeNode::start().await, FakeNode::start().await);
    let config = PoolConfig {
        hedge_after: Duration::from_millis(20),
        // Of a new endpoint a quarter of this is waited for.
        timeout: Duration::from_secs(2),
        ..config(&[&slow, &fast])
    };
    let pool = Pool::connect(config).await.expect("a pool");
    let never = Arc::new(Notify::new());
    slow.next("eth_getLogs", Act::After(Arc::clone(&never)));
    let began = Instant::now();
    assert_eq!(endpoint_of(&pool).await, 1, "the first is asked, the second answers");
    assert!(began.elapsed() < Duration::from_secs(2), "not by the timeout");
    assert_eq!((slow.requests("eth_getLogs"), fast.requests("eth_getLogs")), (1, 1));
    let report = pool.report();
    assert!(report[0].score < report[1].score && report[0].failures == 0, "{report:?}");
    assert_eq!(endpoint_of(&pool).await, 1, "and is asked first from then on");
}

#[tokio::test]
async fn a_fast_endpoint_is_not_hedged() {
    let (one, two) = (FakeNode::start().await, FakeNode::start().await);
    let pool = pool(&[&one, &two]).await;
    for _ in 0..5 {
        endpoint_of(&pool).await;
    }
    assert_eq!(one.requests("eth_getLogs") + two.requests("eth_getLogs"), 5);
}

#[tokio::test]
async fn a_rate_limit_is_waited_for_as_told() {
    let node = FakeNode::start().await;
    let pool = pool(&[&node]).await;
    let say = |headers| Act::Say(429, "application/json", headers, b"{}".to_vec());
    node.next("eth_getLogs", say(vec![("retry-after", "1".to_owned())]));
    let began = Instant::now();
    assert_eq!(endpoint_of(&pool).await, 0);
    assert!(began.elapsed() >= Duration::from_millis(950), "{:?}", began.elapsed());
    let date = httpdate::fmt_http_date(std::time::SystemTime::now() - Duration::from_secs(60));
    node.next("eth_getLogs", say(vec![("retry-after", date)]));
    let began = Instant::now();
    assert_eq!(endpoint_of(&pool).await, 0);
    assert!(began.elapsed() < Duration::from_secs(20), "that time has passed");
    assert_eq!(pool.report()[0].rate_limited, 2);
}

#[tokio::test]
async fn a_rate_limit_turns_to_another_endpoint_at_once() {
    let (one, two) = (FakeNode::start().await, FakeNode::start().await);
    let pool = pool(&[&one, &two]).await;
    one.next("eth_getLogs", Act::refuse("eth_getLogs", -32_005, "project ID request rate exceeded"));
    assert_eq!(endpoint_of(&pool).await, 1);
    one.next("eth_getLogs", Act::Say(429, "text/plain", vec![("retry-after", "3000".to_owned())], vec![]));
    let began = Instant::now();
    for _ in 0..10 {
        endpoint_of(&pool).await;
    }
    assert!(began.elapsed() < Duration::from_secs(60));
}

#[tokio::test]
async fn a_rate_limit_beyond_the_budget_is_told() {
    let node = FakeNode::start().await;
    let pool = pool(&[&node]).await;
    node.next("eth_getLogs", Act::Say(429, "text/plain", vec![("retry-after", "3000".to_owned())], vec![]));
    let told = trouble(pool.range(1, 10, &[], born, Detail::Ends).await);
    assert_eq!(told.to_string(), "too many requests, told to wait 3000 s");
    let told = trouble(pool.range(1, 10, &[], born, Detail::Ends).await);
    let text = told.to_string();
    assert!(text.starts_with("it is left alone for 29") && text.ends_with("told to wait 3000 s"), "{text}");
    assert_eq!(node.requests("eth_getLogs"), 1, "it was not asked again");
}

#[tokio::test]
async fn a_distrusted_endpoint_is_avoided_but_not_lost() {
    let (one, two) = (FakeNode::start().await, FakeNode::start().await);
    let pool = pool(&[&one, &two]).await;
    assert_eq!(endpoint_of(&pool).await, 0);
    pool.distrust(0, "a running total is broken");
    for _ in 0..5 {
        assert_eq!(endpoint_of(&pool).await, 1);
    }
    let report = &pool.report()[0];
    assert_eq!((report.doubts, report.trouble.as_deref()), (1, Some("a running total is broken")));
    pool.distrust(1, "this one too");
    two.next("eth_getLogs", Act::text(500, ""));
    endpoint_of(&pool).await;
}

#[tokio::test]
async fn the_head_is_the_furthest_ones() {
    let (behind, ahead) = (FakeNode::with(Chain { head: 90, ..Chain::new() }).await, FakeNode::start().await);
    let pool = pool(&[&behind, &ahead]).await;
    for _ in 0..4 {
        let head = pool.head().await.expect("a head");
        assert_eq!((head.latest.number, head.safe, head.finalized), (100, 80, 80));
    }
    let report = pool.report();
    assert!(report[0].score < 0.5 * report[1].score, "{report:?}");
    assert_eq!((report[0].head, report[1].head), (Some(90), Some(100)));
}

#[tokio::test]
async fn a_head_that_goes_back_is_asked_again_then_told_and_costs_score() {
    let node = FakeNode::start().await;
    let pool = pool(&[&node]).await;
    assert_eq!(pool.head().await.expect("a head").latest.number, 100);
    let earlier = |reply: &mut serde_json::Value| {
        if reply["result"]["number"] == "0x64" {
            reply["result"]["number"] = "0x60".into();
        }
    };
    node.next("eth_getBlockByNumber", Act::Change("eth_getBlockByNumber", Box::new(earlier)));
    assert_eq!(pool.head().await.expect("a head").latest.number, 100, "one back-end was behind");
    let before = pool.report()[0].score;
    node.chain().head = 50;
    node.chain().finalized = Some(30);
    let head = pool.head().await.expect("a head");
    assert_eq!(head.latest.number, 50, "it really went back");
    assert_eq!(head.finalized, 80, "what was final stays so");
    assert!(pool.report()[0].score < before);
}

#[tokio::test]
async fn finality_is_a_depth_where_no_tag_tells_it() {
    let node = FakeNode::with(Chain { finalized: None, ..Chain::new() }).await;
    let pool = pool(&[&node]).await;
    let head = pool.head().await.expect("a head");
    assert_eq!((head.safe, head.finalized), (36, 36), "64 blocks behind");
    node.chain().finalized = Some(70);
    assert_eq!(pool.head().await.expect("a head").finalized, 70);
    node.chain().head = 200;
    node.chain().finalized = None;
    assert_eq!(pool.head().await.expect("a head").finalized, 70, "the depth never outruns a tag");
}

#[tokio::test]
async fn headers_are_linked_and_come_from_one_endpoint() {
    let node = FakeNode::start().await;
    let pool = hasty(&node).await;
    let headers = pool.headers(3, 40).await.expect("headers");
    assert_eq!(headers.iter().map(|header| header.number).collect::<Vec<_>>(), (3..=40).collect::<Vec<_>>());
    assert_eq!(node.requests("eth_getBlockByNumber"), 1, "one batch");
    let unlink = |reply: &mut serde_json::Value| {
        if reply["result"]["number"] == "0x5" {
            reply["result"]["parentHash"] = serde_json::json!(alloy::primitives::B256::ZERO);
        }
    };
    node.next("eth_getBlockByNumber", Act::Change("eth_getBlockByNumber", Box::new(unlink)));
    let told = trouble(pool.headers(3, 8).await);
    assert!(matches!(told, Trouble::Doubt(Doubt::Unlinked { block: 5, .. })), "{told}");
    assert!(pool.headers(4, 3).await.expect("none").is_empty());
}

#[tokio::test]
async fn a_block_is_there_if_any_endpoint_has_it() {
    let (behind, ahead) = (FakeNode::with(Chain { head: 90, ..Chain::new() }).await, FakeNode::start().await);
    let pool = pool(&[&behind, &ahead]).await;
    let hash = ahead.chain().hash(95);
    assert_eq!(pool.header(95).await.expect("an answer").map(|header| header.hash), Some(hash));
    assert_eq!(pool.header(101).await.expect("an answer"), None);
}

#[tokio::test]
async fn others_confirm_a_block() {
    let (one, two, three) = (FakeNode::start().await, FakeNode::start().await, FakeNode::start().await);
    three.chain().fork = (90, 1);
    let pool = pool(&[&one, &two, &three]).await;
    let hash = one.chain().hash(95);
    assert_eq!(pool.confirmed_by(95, hash, 0).await, 1, "the third is on a fork");
    assert_eq!(pool.confirmed_by(95, hash, 2).await, 2);
    let earlier = one.chain().hash(85);
    assert_eq!(pool.confirmed_by(85, earlier, 0).await, 2);
    assert_eq!(pool.confirmed_by(500, hash, 0).await, 0);
}

#[tokio::test]
async fn clones_ask_from_several_tasks() {
    let node = FakeNode::start().await;
    let pool = pool(&[&node]).await;
    let tasks: Vec<_> = (0..8)
        .map(|n| {
            let pool = pool.clone();
            tokio::spawn(async move { pool.range(1 + n, 40 + n, &[], born, Detail::EveryBlock).await })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.expect("no panic").expect("an answer").headers.len(), 40);
    }
    let report = serde_json::to_value(pool.report()).expect("JSON");
    assert_eq!(report[0]["host"], format!("127.0.0.1:{}", node.url.port().expect("a port")));
}

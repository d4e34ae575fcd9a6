//! Each fault happens when it is asked for, and is counted.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use alloy::providers::{Provider as _, ProviderBuilder, RootProvider, WsConnect};
use alloy::rpc::types::Filter;
use serde_json::{Value, json};
use stoa_tests::paper::{Asked, Draft, Fault, Node, Options, Provider, Trouble, Wire};

use super::{TIME, ask, call, post, served, until};

fn number() -> Value {
    call(1, "eth_blockNumber", json!([]))
}

/// Ten calls at once.
fn batch() -> Value {
    (0..10).map(|id| call(id, "eth_getBlockByNumber", json!([format!("{id:#x}"), false]))).collect()
}

fn ids(answers: &Value) -> Vec<u64> {
    answers
        .as_array()
        .expect("a batch")
        .iter()
        .map(|answer| answer["id"].as_u64().expect("a number"))
        .collect()
}

#[tokio::test]
async fn http_errors_come_as_a_proxy_sends_them() {
    let (_, node, _) = served(3, Wire::honest()).await;
    for status in [500, 502, 503] {
        node.wire().next(Fault::Status(status), 2);
        for _ in 0..2 {
            let (got, _, body) = post(&node, &number()).await.unwrap();
            assert_eq!(got, status);
            assert!(body.starts_with(b"<html>"));
        }
        assert_eq!(post(&node, &number()).await.unwrap().0, 200);
        assert_eq!(node.wire().count(Fault::Status(status)), 2);
    }
    let many = Fault::TooMany { retry_after: 3 };
    node.wire().next(many, 1);
    let (status, headers, _) = post(&node, &number()).await.unwrap();
    assert_eq!((status, headers["retry-after"].to_str().unwrap()), (429, "3"));
    assert_eq!(node.wire().count(many), 1);
}

#[tokio::test]
async fn every_providers_words_are_heard() {
    let (_, node, _) = served(9, Wire::honest()).await;
    let mut texts = BTreeSet::new();
    for (provider, trouble) in
        Provider::ALL.iter().flat_map(|provider| Trouble::ALL.map(|trouble| (*provider, trouble)))
    {
        let fault = Fault::Refused(provider, trouble);
        node.wire().next(fault, 1);
        let asked = call(1, "eth_getLogs", json!([{ "fromBlock": "0x1", "toBlock": "0x9" }]));
        let (status, _, body) = post(&node, &asked).await.unwrap();
        let error = serde_json::from_slice::<Value>(&body).unwrap()["error"].clone();
        let expected = provider.refuses(trouble, &Asked { from: 1, to: 9, limit: 8, fits: 5 });
        assert_eq!((status, &error["code"]), (expected.status, &json!(expected.code)), "{fault:?}");
        assert_eq!(error["message"], expected.message);
        assert_eq!(node.wire().count(fault), 1);
        texts.insert(expected.message);
    }
    assert!(texts.len() > 30, "{texts:#?}");
}

#[tokio::test]
async fn answers_come_late_or_never() {
    let (_, node, _) = served(3, Wire::honest()).await;
    let delay = Duration::from_millis(60);
    node.wire().next(Fault::Delay { ms: 60 }, 1);
    let start = Instant::now();
    ask(&node, &number()).await;
    assert!(start.elapsed() >= delay);
    node.wire().set_options(Options { round_trip: delay, ..Options::default() });
    let start = Instant::now();
    ask(&node, &number()).await;
    assert!(start.elapsed() >= delay);
    node.wire().set_options(Options::default());
    node.wire().next(Fault::Silence, 1);
    let node = Arc::new(node);
    let waiting = tokio::spawn({
        let node = node.clone();
        async move { post(&node, &number()).await }
    });
    until("the request is heard", || node.wire().count(Fault::Silence) == 1).await;
    assert_eq!(ask(&node, &number()).await["result"], "0x3");
    assert!(!waiting.is_finished());
    node.cut();
    assert!(waiting.await.unwrap().is_err());
}

#[tokio::test]
async fn answers_break_on_their_way() {
    let (_, node, provider) = served(30, Wire::honest()).await;
    let logs = call(1, "eth_getLogs", json!([{ "fromBlock": "0x0", "toBlock": "latest" }]));
    let (_, _, whole) = post(&node, &logs).await.unwrap();
    node.wire().next(Fault::Hangup, 1);
    let error = match post(&node, &logs).await {
        Err(error) => error,
        Ok(answer) => panic!("answered with {answer:?}"),
    };
    assert!(error.is_body() || error.is_decode(), "{error:?}");
    for fault in [Fault::Truncated, Fault::Garbage, Fault::Nul] {
        node.wire().next(fault, 1);
        let (status, _, body) = post(&node, &logs).await.unwrap();
        assert_eq!(status, 200);
        assert!(serde_json::from_slice::<Value>(&body).is_err(), "{fault:?}");
        match fault {
            Fault::Truncated => assert!(body.len() < whole.len() && whole.starts_with(&body)),
            Fault::Nul => assert!(body.len() == whole.len() && body.contains(&0)),
            _ => {}
        }
        node.wire().next(fault, 1);
        assert!(provider.get_block_number().await.is_err());
        assert_eq!(node.wire().count(fault), 2);
    }
    node.wire().next(Fault::Gzip, 1);
    let (_, headers, body) = post(&node, &logs).await.unwrap();
    assert_eq!(headers["content-encoding"], "gzip");
    let mut unzipped = Vec::new();
    flate2::read::GzDecoder::new(&body[..]).read_to_end(&mut unzipped).unwrap();
    assert_eq!(unzipped, whole);
    assert_eq!((node.wire().count(Fault::Gzip), node.wire().count(Fault::Hangup)), (1, 1));
}

#[tokio::test]
async fn batches_are_mixed_up() {
    let (_, node, provider) = served(9, Wire::honest()).await;
    let honest = ask(&node, &batch()).await;
    assert_eq!(ids(&honest), (0..10).collect::<Vec<_>>());
    node.wire().next(Fault::Shuffled, 1);
    let shuffled = ask(&node, &batch()).await;
    assert_ne!(ids(&shuffled), ids(&honest));
    let sorted: BTreeSet<String> = shuffled.as_array().unwrap().iter().map(Value::to_string).collect();
    assert_eq!(sorted, honest.as_array().unwrap().iter().map(Value::to_string).collect());
    node.wire().next(Fault::Missing, 1);
    assert_eq!(ids(&ask(&node, &batch()).await).len(), 9);
    node.wire().next(Fault::WrongIds, 1);
    let wrong = ids(&ask(&node, &batch()).await);
    assert_eq!(wrong.iter().filter(|id| **id >= 10).count(), 1);
    for fault in [Fault::Shuffled, Fault::Missing, Fault::WrongIds] {
        assert_eq!(node.wire().count(fault), 1, "{fault:?}");
    }
    node.wire().next(Fault::WrongIds, 1);
    let _ = provider.get_block_number().await;
    assert_eq!(node.wire().count(Fault::WrongIds), 2);
}

#[tokio::test]
async fn back_ends_differ() {
    let (chain, node, provider) = served(20, Wire::honest()).await;
    let stale = Fault::Stale { blocks: 3 };
    node.wire().set(stale, 1.0);
    assert_eq!(provider.get_block_number().await.unwrap(), 17);
    assert_eq!(provider.get_block_by_number(18.into()).await.unwrap(), None);
    assert_eq!(provider.get_block_by_hash(chain.head().hash()).await.unwrap(), None);
    let logs = provider.get_logs(&Filter::new().from_block(10).to_block(20)).await.unwrap();
    assert!(logs.iter().all(|log| log.block_number <= Some(17)));
    node.wire().clear(stale);
    assert_eq!(node.wire().count(stale), 4);
    let more = provider.get_logs(&Filter::new().from_block(10).to_block(20)).await.unwrap();
    assert!(more.len() > logs.len());

    let back = Fault::BackInTime { blocks: 2 };
    node.wire().next(back, 1);
    assert_eq!(provider.get_block_number().await.unwrap(), 18);
    assert_eq!(provider.get_block_number().await.unwrap(), 20);
    node.wire().next(Fault::EmptyLogs, 1);
    assert!(provider.get_logs(&Filter::new().from_block(0).to_block(20)).await.unwrap().is_empty());
    assert!(!provider.get_logs(&Filter::new().from_block(0).to_block(20)).await.unwrap().is_empty());

    let old = chain.head().hash();
    node.wire().set(Fault::OldFork, 1.0);
    assert_eq!(provider.get_block_number().await.unwrap(), 20);
    assert_eq!(node.wire().count(Fault::OldFork), 0);
    chain.reorg(4, [Draft::empty(TIME + 900)]);
    assert_eq!(provider.get_block_by_number(20.into()).await.unwrap().unwrap().header.hash, old);
    node.wire().heal();
    assert_eq!(provider.get_block_number().await.unwrap(), 17);
    for fault in [back, Fault::EmptyLogs, Fault::OldFork] {
        assert_eq!(node.wire().count(fault), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_websocket_has_the_same_faults() {
    let (_, node, _) = served(20, Wire::honest()).await;
    let quick = WsConnect::new(node.ws_url()).with_retry_interval(Duration::from_millis(1));
    let provider: RootProvider = ProviderBuilder::default().connect_ws(quick).await.unwrap();
    let _heads = provider.subscribe_blocks().await.unwrap();
    until("the subscription counts", || node.subscriptions() == 1).await;
    // Who is cut off connects, subscribes and asks again.
    for fault in [Fault::Status(503), Fault::Hangup] {
        node.wire().next(fault, 1);
        assert_eq!(provider.get_block_number().await.unwrap(), 20);
        until("there is a subscription again", || node.subscriptions() == 1).await;
        assert_eq!(node.wire().count(fault), 1);
    }
    let refused = Fault::Refused(Provider::QuickNode, Trouble::Rate);
    node.wire().next(refused, 1);
    let error = provider.get_block_number().await.unwrap_err().to_string();
    assert!(error.contains("50/second request limit"), "{error}");
    node.wire().next(Fault::Stale { blocks: 4 }, 1);
    assert_eq!(provider.get_block_number().await.unwrap(), 16);
}

#[tokio::test]
async fn a_fault_may_belong_to_one_method() {
    let (_, node, _) = served(3, Wire::honest()).await;
    node.wire().set_on("eth_getLogs", Fault::Status(503), 1.0);
    assert_eq!(post(&node, &number()).await.unwrap().0, 200);
    assert_eq!(post(&node, &call(1, "eth_getLogs", json!([{}]))).await.unwrap().0, 503);
    node.wire().next(Fault::Status(503), 1);
    assert_eq!(post(&node, &number()).await.unwrap().0, 503);
    // What may happen no more elsewhere still happens here.
    assert_eq!(post(&node, &call(2, "eth_getLogs", json!([{}]))).await.unwrap().0, 503);
    assert_eq!(post(&node, &number()).await.unwrap().0, 200);
}

/// What became of the same questions, asked one after another or all at once.
async fn story(seed: u64, at_once: bool) -> (Vec<String>, Vec<(Fault, u64)>) {
    let wire = Wire::seeded(seed)
        .with(Fault::Status(502), 0.2)
        .with(Fault::Truncated, 0.2)
        .with(Fault::Stale { blocks: 2 }, 0.3)
        .with(Fault::Refused(Provider::Infura, Trouble::Rate), 0.2);
    let (_, node, _) = served(40, wire).await;
    let node: &Node = &node;
    let one = |n: u64| async move {
        let asked = call(n, "eth_getBlockByNumber", json!([format!("{:#x}", n % 41), false]));
        let (status, _, body) = post(node, &asked).await.expect("an answer");
        // Ids differ between first and second time, and do not matter.
        let body = String::from_utf8_lossy(&body).replacen(&format!("\"id\":{n},"), "", 1);
        format!("{status} {}", body.len().max(40))
    };
    let outcomes = if at_once {
        futures::future::join_all((0..41).map(one)).await
    } else {
        let mut outcomes = Vec::new();
        for n in 0..41 {
            outcomes.push(one(n).await);
        }
        outcomes
    };
    (outcomes, node.wire().counts().into_iter().collect())
}

#[tokio::test]
async fn the_same_seed_brings_the_same_faults() {
    let (outcomes, counts) = story(5, false).await;
    assert_eq!((outcomes.clone(), counts.clone()), story(5, true).await);
    assert_eq!(counts.len(), 4, "{counts:?}");
    assert_ne!((outcomes, counts), story(6, false).await);
}

//! Forks, restarts and closed doors.

use std::collections::BTreeSet;

use alloy::consensus::BlockHeader as _;
use alloy::providers::{Provider as _, ProviderBuilder, RootProvider, WsConnect};
use alloy::rpc::types::Filter;
use futures::StreamExt as _;
use serde_json::json;
use stoa_tests::paper::{Chain, Draft, Fault, Node, Wire};

use super::{TIME, ask, call, drafts, post, served, until};

#[tokio::test]
async fn a_reorganisation_shows_over_http() {
    let (chain, _node, provider) = served(10, Wire::honest()).await;
    let old = chain.branch();
    let change = chain.reorg(3, drafts(2, TIME + 500, 5, 4));
    assert_eq!((change.removed.len(), change.added.len()), (3, 5));
    assert_eq!(provider.get_block_number().await.unwrap(), 12);
    let seventh = provider.get_block_by_number(7.into()).await.unwrap().unwrap();
    let eighth = provider.get_block_by_number(8.into()).await.unwrap().unwrap();
    assert_eq!(seventh.header.hash, old.get(7).unwrap().hash());
    assert_ne!(eighth.header.hash, old.get(8).unwrap().hash());
    assert_eq!(eighth.header.parent_hash(), seventh.header.hash);
    // Nodes keep what they left.
    let left = old.head().hash();
    assert_eq!(provider.get_block_by_hash(left).await.unwrap().unwrap().header.number(), 10);
    let logs = provider.get_logs(&Filter::new().from_block(8).to_block(12)).await.unwrap();
    let new: BTreeSet<_> = change.added.iter().map(|block| Some(block.hash())).collect();
    assert!(!logs.is_empty() && logs.iter().all(|log| new.contains(&log.block_hash)));
    // Back to the old fork, which is shorter.
    let back = chain.reorg_to(left).unwrap();
    assert_eq!((back.removed.len(), back.added.len()), (5, 3));
    assert_eq!(provider.get_block_number().await.unwrap(), 10);
    assert_eq!(chain.head().hash(), left);
}

#[tokio::test]
async fn the_same_contents_on_two_forks_are_two_blocks() {
    let chain = Chain::new(1, TIME);
    chain.extend(drafts(1, TIME, 3, 4));
    let first = chain.extend(drafts(2, TIME + 100, 2, 4));
    let change = chain.reorg(2, drafts(2, TIME + 100, 2, 4));
    assert_ne!(first[0].hash(), change.added[0].hash());
    assert_eq!(first[0].header().receipts_root, change.added[0].header().receipts_root);
    let aside = chain.fork(first[0].hash(), [Draft::empty(TIME + 200)]).unwrap();
    assert_eq!(chain.head().hash(), change.added[1].hash());
    chain.reorg_to(aside[0].hash()).unwrap();
    assert_eq!(chain.block(4).unwrap().hash(), first[0].hash());
    assert!(chain.reorg_to(alloy::primitives::B256::ZERO).is_err());
}

#[tokio::test]
async fn new_heads_are_announced_over_a_websocket() {
    let (chain, node, _) = served(3, Wire::honest()).await;
    let provider: RootProvider =
        ProviderBuilder::default().connect_ws(WsConnect::new(node.ws_url())).await.unwrap();
    assert_eq!(provider.get_block_number().await.unwrap(), 3);
    let mut heads = provider.subscribe_blocks().await.unwrap().into_stream();
    until("the subscription counts", || node.subscriptions() == 1).await;
    let mut expected = chain.extend(drafts(2, TIME + 100, 2, 4));
    expected.extend(chain.reorg(1, drafts(3, TIME + 200, 2, 4)).added.clone());
    for block in &expected {
        let head = heads.next().await.unwrap();
        assert_eq!((head.hash, head.inner.hash_slow()), (block.hash(), block.hash()));
    }
    node.wire().next(Fault::LostHead, 1);
    let silent = chain.extend([Draft::empty(TIME + 300)]);
    let loud = chain.extend([Draft::empty(TIME + 312)]);
    assert_eq!(heads.next().await.unwrap().hash, loud[0].hash());
    assert_eq!(node.wire().count(Fault::LostHead), 1);
    assert_eq!(loud[0].parent(), silent[0].hash());
    drop((heads, provider));
    until("the connection is gone", || node.subscriptions() == 0).await;
}

#[tokio::test]
async fn a_subscription_can_be_ended() {
    let (chain, node, _) = served(3, Wire::honest()).await;
    let provider: RootProvider =
        ProviderBuilder::default().connect_ws(WsConnect::new(node.ws_url())).await.unwrap();
    let heads = provider.subscribe_blocks().await.unwrap();
    until("the subscription counts", || node.subscriptions() == 1).await;
    provider.unsubscribe(*heads.local_id()).unwrap();
    until("it counts no more", || node.subscriptions() == 0).await;
    chain.extend([Draft::empty(TIME + 100)]);
    assert_eq!(provider.get_block_number().await.unwrap(), 4);
    assert_eq!(node.calls("eth_unsubscribe"), 1);
}

#[tokio::test]
async fn a_closed_node_refuses_and_comes_back_on_its_port() {
    let (chain, node, provider) = served(3, Wire::honest()).await;
    let ws: RootProvider =
        ProviderBuilder::default().connect_ws(WsConnect::new(node.ws_url())).await.unwrap();
    let _heads = ws.subscribe_blocks().await.unwrap();
    until("the subscription counts", || node.subscriptions() == 1).await;
    node.cut();
    until("the subscription is cut", || node.subscriptions() == 0 || node.calls("eth_subscribe") > 1).await;
    node.close().await;
    let refused = post(&node, &call(1, "eth_blockNumber", json!([]))).await.unwrap_err();
    assert!(refused.is_connect(), "{refused:?}");
    assert!(provider.get_block_number().await.is_err());
    let url = node.url();
    node.open().await;
    assert_eq!(node.url(), url);
    assert_eq!(provider.get_block_number().await.unwrap(), 3);
    // A local chain that was started anew has another first block.
    let first = chain.block(0).unwrap().hash();
    chain.reset(TIME);
    assert_eq!(ask(&node, &call(1, "eth_blockNumber", json!([]))).await["result"], "0x0");
    assert_ne!(chain.head().hash(), first);
    assert_eq!(provider.get_block_by_hash(first).await.unwrap(), None);
}

#[tokio::test]
async fn thousands_of_forks_cost_little() {
    let chain = Chain::new(1, TIME);
    chain.extend(drafts(1, TIME, 200, 4));
    for seed in 0..2_000 {
        chain.reorg(2, [Draft::empty(TIME + 3_000 + seed), Draft::empty(TIME + 4_000 + seed)]);
    }
    assert_eq!((chain.head().number(), chain.known()), (200, 201 + 4_000));
    let node = Node::start(chain, Wire::honest()).await;
    assert_eq!(ask(&node, &call(1, "eth_blockNumber", json!([]))).await["result"], "0xc8");
}

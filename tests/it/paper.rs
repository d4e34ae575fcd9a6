//! A chain on paper is a chain to who asks: alloy's own provider reads it, and what it says can be recomputed. Through
//! a faulty wire each fault happens when it is asked for, is counted, and is the same for the same seed.

mod faults;
mod forks;
mod lies;

use std::time::Duration;

use alloy::consensus::TxReceipt as _;
use alloy::consensus::proofs::calculate_receipt_root;
use alloy::eips::BlockNumberOrTag;
use alloy::primitives::{Address, B256, Bloom, Bytes, Log, LogData, U256};
use alloy::providers::{Provider as _, ProviderBuilder, RootProvider};
use alloy::rpc::types::Filter;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};
use stoa_tests::paper::{Chain, Draft, Finality, Node, Options, Provider, Wire};

const TIME: u64 = 1_800_000_000;
const PATIENCE: Duration = Duration::from_secs(30);
const FIRST_TOPICS: u8 = 4;

/// A log as a contract of ours could write it: indexed words, amounts, an address.
fn log(random: &mut StdRng, contract: u8) -> Log {
    let mut topics = vec![B256::repeat_byte(random.random_range(1..=FIRST_TOPICS))];
    for _ in 0..random.random_range(1..3) {
        topics.push(U256::from(random.random_range(1_u64..100)).into());
    }
    let amount = U256::from(random.random::<u64>());
    let account = Address::from(random.random::<[u8; 20]>()).into_word();
    let data = [amount.to_be_bytes(), account.0].concat();
    Log { address: contract_address(contract), data: LogData::new_unchecked(topics, Bytes::from(data)) }
}

fn contract_address(contract: u8) -> Address {
    Address::repeat_byte(0xc0 + contract)
}

/// `count` blocks after `time`, each with up to `most` transactions.
fn drafts(seed: u64, time: u64, count: u64, most: usize) -> Vec<Draft> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut transaction = || {
        let logs = random.random_range(0..5);
        (0..logs).map(|n| log(&mut random, n % 3)).collect()
    };
    let mut block = |n| Draft {
        time: time + 12 * (n + 1),
        transactions: (0..most * (n as usize % 3) / 2).map(|_| transaction()).collect(),
    };
    (0..count).map(&mut block).collect()
}

/// A chain of `blocks` blocks after the first, a node that serves it, and who reads it.
async fn served(blocks: u64, wire: Wire) -> (Chain, Node, RootProvider) {
    let chain = Chain::new(31_337, TIME);
    chain.extend(drafts(1, TIME, blocks, 4));
    let node = Node::start(chain.clone(), wire).await;
    let provider = ProviderBuilder::default().connect_http(node.url());
    (chain, node, provider)
}

/// Posts a message as it is, and returns the answer with its status.
async fn post(node: &Node, message: &Value) -> reqwest::Result<(u16, reqwest::header::HeaderMap, Bytes)> {
    // Reading the machine's certificates would take longer than all else.
    let client = reqwest::Client::builder().tls_certs_only([]).build()?;
    let response = client.post(node.url()).json(message).send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Ok((status, headers, response.bytes().await?.into()))
}

fn call(id: u64, method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

/// Posts a message and returns its answer, which must be JSON.
async fn ask(node: &Node, message: &Value) -> Value {
    let (_, _, body) = post(node, message).await.expect("an answer");
    serde_json::from_slice(&body).expect("JSON")
}

/// Waits for a condition.
async fn until(what: &str, holds: impl Fn() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::task::yield_now().await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, waiting).await.is_ok(), "waited in vain: {what}");
}

#[tokio::test]
async fn an_honest_node_is_read_like_any_other() {
    let (chain, node, provider) = served(20, Wire::honest()).await;
    assert_eq!(provider.get_chain_id().await.unwrap(), 31_337);
    assert_eq!(provider.get_net_version().await.unwrap(), 31_337);
    assert_eq!(provider.get_block_number().await.unwrap(), 20);
    assert_eq!(provider.get_client_version().await.unwrap(), "paper/v1");
    let mut parent = B256::ZERO;
    for number in 0..=20 {
        let truth = chain.block(number).unwrap();
        let block = provider.get_block_by_number(number.into()).await.unwrap().unwrap();
        assert_eq!(block.header.inner.hash_slow(), block.header.hash, "block {number}");
        assert_eq!((block.header.hash, block.header.inner.parent_hash), (truth.hash(), parent));
        assert_eq!(provider.get_block_by_hash(truth.hash()).await.unwrap().unwrap(), block);
        assert_eq!(block.transactions.len(), truth.contents().transactions().len());
        let receipts = provider.get_block_receipts(number.into()).await.unwrap().unwrap();
        assert_eq!(provider.get_block_receipts(truth.hash().into()).await.unwrap().unwrap(), receipts);
        let plain: Vec<_> =
            receipts.iter().map(|receipt| receipt.inner.clone().into_primitives_receipt()).collect();
        assert_eq!(calculate_receipt_root(&plain), block.header.inner.receipts_root);
        let bloom = plain.iter().fold(Bloom::ZERO, |bloom, receipt| bloom | receipt.bloom());
        assert_eq!(bloom, block.header.inner.logs_bloom);
        let of_receipts: Vec<_> = receipts.iter().flat_map(|receipt| receipt.logs()).cloned().collect();
        let filter = Filter::new().from_block(number).to_block(number);
        assert_eq!(provider.get_logs(&filter).await.unwrap(), of_receipts);
        assert_eq!(provider.get_logs(&Filter::new().at_block_hash(truth.hash())).await.unwrap(), of_receipts);
        parent = block.header.hash;
    }
    assert!(node.wire().counts().is_empty());
    assert_eq!(node.calls("eth_getBlockReceipts"), 42);
}

#[tokio::test]
async fn filters_choose_as_alloy_does() {
    let (_, node, provider) = served(60, Wire::honest()).await;
    let everything = provider.get_logs(&Filter::new().from_block(0).to_block(60)).await.unwrap();
    assert!(everything.len() > 100, "{}", everything.len());
    assert!(everything.iter().all(|log| log.block_timestamp.is_some() && !log.removed));
    let order: Vec<_> = everything.iter().map(|log| (log.block_number, log.log_index)).collect();
    assert!(order.is_sorted());
    let ranged = || Filter::new().from_block(7).to_block(45);
    let one = U256::from(5);
    let some: Vec<B256> = (1_u64..50).map(|n| U256::from(n).into()).collect();
    let filters = [
        ranged().address(contract_address(1)),
        ranged().address(vec![contract_address(0), contract_address(2), Address::ZERO]),
        ranged().address(Address::ZERO),
        ranged().event_signature(B256::repeat_byte(2)),
        ranged().event_signature(vec![B256::repeat_byte(1), B256::repeat_byte(3)]).topic1(one),
        ranged().topic1(some.clone()).address(contract_address(0)),
        ranged().topic2(some),
        ranged().address((0..3).map(contract_address).collect::<Vec<_>>()),
    ];
    let mut found = 0;
    for filter in filters {
        let expected: Vec<_> = everything.iter().filter(|log| filter.rpc_matches(log)).cloned().collect();
        found += expected.len();
        assert_eq!(provider.get_logs(&filter).await.unwrap(), expected, "{filter:?}");
    }
    assert!(found > 200, "{found}");
    let raw = json!([{ "fromBlock": "0x7", "toBlock": "latest", "topics": [null, []] }]);
    let raw = ask(&node, &call(1, "eth_getLogs", raw)).await;
    let later = everything.iter().filter(|log| log.block_number >= Some(7)).count();
    assert_eq!(raw["result"].as_array().unwrap().len(), later);
}

#[tokio::test]
async fn options_limit_what_is_answered() {
    let (_, node, provider) = served(30, Wire::honest()).await;
    let options =
        Options { times: false, blocks: Some(10), provider: Provider::QuickNode, ..Options::default() };
    node.wire().set_options(options);
    let within = provider.get_logs(&Filter::new().from_block(1).to_block(10)).await.unwrap();
    assert!(within.iter().all(|log| log.block_timestamp.is_none()));
    let beyond = provider.get_logs(&Filter::new().from_block(1).to_block(11)).await.unwrap_err();
    assert!(beyond.to_string().contains("eth_getLogs is limited to a 10 range"), "{beyond}");
    let most = within.len() - 1;
    let options = Options { results: Some(most), provider: Provider::Reth, ..options };
    node.wire().set_options(options);
    let message = provider.get_logs(&Filter::new().from_block(1).to_block(10)).await.unwrap_err().to_string();
    assert!(
        message.contains(&format!("query exceeds max results {most}, retry with the range 1-")),
        "{message}"
    );
    let fits: u64 =
        message.rsplit('-').next().unwrap().trim_end_matches(|c: char| !c.is_numeric()).parse().unwrap();
    assert!(provider.get_logs(&Filter::new().from_block(1).to_block(fits)).await.is_ok());
    assert!(provider.get_logs(&Filter::new().from_block(28).to_block(35)).await.is_ok());
    node.wire().set_options(Options { refuse_beyond_head: true, ..Options::default() });
    let beyond = provider.get_logs(&Filter::new().from_block(28).to_block(35)).await.unwrap_err();
    assert!(beyond.to_string().contains("beyond current head"), "{beyond}");
}

#[tokio::test]
async fn tags_name_the_blocks_they_should() {
    let (chain, _node, provider) = served(20, Wire::honest()).await;
    let number = async |tag: BlockNumberOrTag| {
        provider.get_block_by_number(tag).await.unwrap().map(|block| block.header.inner.number)
    };
    let tags = async || [number(BlockNumberOrTag::Safe).await, number(BlockNumberOrTag::Finalized).await];
    assert_eq!(number(BlockNumberOrTag::Latest).await, Some(20));
    assert_eq!(number(BlockNumberOrTag::Earliest).await, Some(0));
    assert_eq!(number(21.into()).await, None);
    assert_eq!(tags().await, [Some(16), Some(12)]);
    chain.set_finality(Finality::At { safe: 30, finalized: 3 });
    assert_eq!(tags().await, [Some(20), Some(3)]);
    chain.set_finality(Finality::Unknown);
    assert_eq!(tags().await, [None, None]);
}

#[tokio::test]
async fn batches_and_mistakes_are_answered() {
    let (_, node, _) = served(3, Wire::honest()).await;
    let batch = json!([call(7, "eth_blockNumber", json!([])), call(9, "eth_nonsense", json!([]))]);
    let answers = ask(&node, &batch).await;
    assert_eq!(answers[0], json!({ "jsonrpc": "2.0", "id": 7, "result": "0x3" }));
    assert_eq!((&answers[1]["id"], &answers[1]["error"]["code"]), (&json!(9), &json!(-32601)));
    let wrong = ask(&node, &call(1, "eth_getBlockByNumber", json!(["nonsense", false]))).await;
    assert_eq!(wrong["error"]["code"], -32602);
    assert_eq!(ask(&node, &json!("nonsense")).await["error"]["code"], -32600);
}

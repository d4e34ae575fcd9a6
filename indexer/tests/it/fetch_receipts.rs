//! Logs proven by their receipts, on a real chain; and what a node can hide without that.

use alloy::consensus::TxType;
use alloy::eips::eip2930::AccessList;
use alloy::eips::eip7702::Authorization;
use alloy::network::{EthereumWallet, TransactionBuilder, TransactionBuilder7702};
use alloy::primitives::{Address, B256, Bytes, U256, hex};
use alloy::providers::{DynProvider, Provider, ProviderBuilder};
use alloy::rpc::types::TransactionRequest;
use alloy::signers::SignerSync;
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use serde_json::Value;
use stoa_indexer::fetch::{Detail, Doubt, Pool, PoolConfig, Range, Trouble, Verify};
use stoa_scripts::testing::Anvil;
use tokio::task::JoinHandle;
use url::Url;

use crate::fetch_node::trouble;

/// A contract that emits a log with two topics and 32 bytes of data whenever it is called, and at its birth.
fn emitter() -> Bytes {
    // log2(0, 32, 0xbb, 0xaa) with calldata's first word as data
    const RUN: &str = "6000356000526 0aa60bb60206000a2 00";
    let run = hex::decode(RUN.replace(' ', "")).expect("hex");
    let n = run.len() as u8;
    // log1(0, 0, 0xcc); return the code
    let init = [0x60, 0xcc, 0x60, 0, 0x60, 0, 0xa1, 0x60, n, 0x60, 19, 0x60, 0, 0x39, 0x60, n, 0x60, 0, 0xf3];
    [&init[..], &run].concat().into()
}

/// A chain with the emitter's logs in transactions of every type but blobs.
async fn chain() -> (Anvil, DynProvider, Address) {
    let chain = Anvil::start().await;
    let wallet = EthereumWallet::from(Anvil::signer(0));
    let provider =
        ProviderBuilder::new().wallet(wallet).connect_http(chain.rpc_url().parse().expect("a URL")).erased();
    let send = async |request: TransactionRequest| {
        let sent = provider.send_transaction(request).await.expect("it is taken");
        let receipt = sent.get_receipt().await.expect("a receipt");
        assert!(receipt.status());
        receipt
    };
    let emitter = send(TransactionRequest::default().with_deploy_code(emitter())).await;
    let emitter = emitter.contract_address.expect("a contract");
    let call = |word: u64| {
        TransactionRequest::default().with_to(emitter).with_input(U256::from(word).to_be_bytes_vec())
    };
    assert_eq!(send(call(1)).await.transaction_type(), TxType::Eip1559);
    let legacy = call(2).with_gas_price(2_000_000_000);
    assert_eq!(send(legacy.clone()).await.transaction_type(), TxType::Legacy);
    let listed = TransactionRequest { access_list: Some(AccessList::default()), ..legacy };
    assert_eq!(send(listed).await.transaction_type(), TxType::Eip2930);
    let authorization = Authorization { chain_id: U256::from(31_337), address: emitter, nonce: 0 };
    let signature = Anvil::signer(1).sign_hash_sync(&authorization.signature_hash()).expect("a signature");
    let delegating = call(4).with_authorization_list(vec![authorization.into_signed(signature)]);
    assert_eq!(send(delegating).await.transaction_type(), TxType::Eip7702);
    (chain, provider, emitter)
}

fn config(url: Url, emitter: Address, verify: Verify) -> PoolConfig {
    PoolConfig { verify, tries: 1, ..PoolConfig::single(31_337, url, vec![emitter]) }
}

async fn range(
    url: &Url,
    emitter: Address,
    verify: Verify,
    detail: Detail,
    to: u64,
) -> Result<Range, Trouble> {
    let pool = Pool::connect(config(url.clone(), emitter, verify)).await.expect("a pool");
    match pool.range(0, to, &[], |_| None, detail).await {
        Ok(range) => Ok(range),
        outcome => Err(trouble(outcome)),
    }
}

/// A proxy before a node that changes its replies to one method.
struct Liar {
    url: Url,
    server: JoinHandle<()>,
}

impl Drop for Liar {
    fn drop(&mut self) {
        self.server.abort();
    }
}

type Lie = (String, &'static str, fn(&mut Value));

impl Liar {
    async fn start(behind: &str, method: &'static str, lie: fn(&mut Value)) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let app = Router::new().route("/", post(pass)).with_state((behind.to_owned(), method, lie));
        let server = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Self { url: url.parse().expect("a URL"), server }
    }
}

async fn pass(State((behind, method, lie)): State<Lie>, axum::Json(request): axum::Json<Value>) -> String {
    let answer = reqwest::Client::new().post(behind).json(&request).send().await.expect("an answer");
    let mut answer: Value = answer.json().await.expect("JSON");
    let many = request.as_array();
    for (place, call) in many.map_or(std::slice::from_ref(&request), Vec::as_slice).iter().enumerate() {
        if call["method"] == method {
            lie(if many.is_some() { &mut answer[place] } else { &mut answer });
        }
    }
    answer.to_string()
}

#[tokio::test]
async fn proven_logs_are_the_same_as_told_ones() {
    let (chain, provider, emitter) = chain().await;
    let to = provider.get_block_number().await.expect("a number");
    let url: Url = chain.rpc_url().parse().expect("a URL");
    for detail in [Detail::Ends, Detail::EveryBlock] {
        let told = range(&url, emitter, Verify::Consistency, detail, to).await.expect("a range");
        assert_eq!(told.logs.len(), 5);
        assert_eq!(told.logs[0].inner.topics(), [B256::with_last_byte(0xcc)]);
        assert_eq!(told.logs[1].inner.topics(), [B256::with_last_byte(0xbb), B256::with_last_byte(0xaa)]);
        for verify in [Verify::Receipts, Verify::Hashes] {
            let proven = range(&url, emitter, verify, detail, to).await.expect("a range");
            assert_eq!(proven.logs, told.logs);
            assert_eq!((proven.first, proven.last), (told.first, told.last));
            assert_eq!(proven.headers, told.headers);
        }
    }
}

#[tokio::test]
async fn an_altered_log_is_believed_without_receipts_and_refused_with_them() {
    let (chain, provider, emitter) = chain().await;
    let to = provider.get_block_number().await.expect("a number");
    let alter = |reply: &mut Value| reply["result"][1]["data"] = format!("0x{}", "00".repeat(32)).into();
    let liar = Liar::start(chain.rpc_url(), "eth_getLogs", alter).await;
    let believed = range(&liar.url, emitter, Verify::Consistency, Detail::Ends, to).await.expect("a range");
    assert_eq!(believed.logs[1].inner.data.data, Bytes::from_static(&[0; 32]), "nothing else contradicts it");
    let alter = |reply: &mut Value| {
        if let Some(log) = reply.pointer_mut("/result/0/logs/0") {
            log["data"] = format!("0x{}", "00".repeat(32)).into();
        }
    };
    let liar = Liar::start(chain.rpc_url(), "eth_getBlockReceipts", alter).await;
    let told = range(&liar.url, emitter, Verify::Receipts, Detail::Ends, to).await.expect_err("altered");
    assert!(matches!(told, Trouble::Doubt(Doubt::ReceiptsRoot { block: 1, .. })), "{told}");
}

#[tokio::test]
async fn an_omitted_log_in_the_middle_needs_every_header_or_receipts() {
    let (chain, provider, emitter) = chain().await;
    let to = provider.get_block_number().await.expect("a number");
    let omit = |reply: &mut Value| drop(reply["result"].as_array_mut().expect("logs").remove(2));
    let liar = Liar::start(chain.rpc_url(), "eth_getLogs", omit).await;
    let believed = range(&liar.url, emitter, Verify::Consistency, Detail::Ends, to).await.expect("a range");
    assert_eq!(believed.logs.len(), 4);
    let told = range(&liar.url, emitter, Verify::Consistency, Detail::EveryBlock, to).await;
    assert_eq!(told.expect_err("its bloom tells"), Trouble::Doubt(Doubt::Omitted(3)));
    let proven = range(&liar.url, emitter, Verify::Receipts, Detail::Ends, to).await.expect("a range");
    assert_eq!(proven.logs.len(), 5);
    let omit = |reply: &mut Value| {
        if let Some(logs) = reply.pointer_mut("/result/0/logs") {
            logs.as_array_mut().expect("logs").clear();
        }
    };
    let liar = Liar::start(chain.rpc_url(), "eth_getBlockReceipts", omit).await;
    let told = range(&liar.url, emitter, Verify::Receipts, Detail::Ends, to).await.expect_err("omitted");
    assert!(matches!(told, Trouble::Doubt(Doubt::ReceiptsRoot { block: 1, .. })), "{told}");
}

#[tokio::test]
async fn a_header_made_to_fit_altered_receipts_no_longer_hashes_to_itself() {
    let (chain, provider, emitter) = chain().await;
    let to = provider.get_block_number().await.expect("a number");
    let alter = |reply: &mut Value| {
        if reply["result"]["number"] == "0x2" {
            reply["result"]["receiptsRoot"] = serde_json::json!(B256::ZERO);
        }
    };
    let liar = Liar::start(chain.rpc_url(), "eth_getBlockByNumber", alter).await;
    let told = range(&liar.url, emitter, Verify::Hashes, Detail::Ends, to).await.expect_err("altered");
    assert!(matches!(told, Trouble::Doubt(Doubt::HeaderHash { block: 2, .. })), "{told}");
}

#[tokio::test]
async fn receipts_of_unknown_types_are_refused_by_name() {
    let (chain, provider, emitter) = chain().await;
    let to = provider.get_block_number().await.expect("a number");
    let deposit = |reply: &mut Value| {
        if let Some(receipt) = reply.pointer_mut("/result/0") {
            receipt["type"] = "0x7e".into();
        }
    };
    let liar = Liar::start(chain.rpc_url(), "eth_getBlockReceipts", deposit).await;
    let told = range(&liar.url, emitter, Verify::Receipts, Detail::Ends, to).await.expect_err("unknown");
    assert!(told.to_string().contains("receipts of type 126 are not Ethereum's"), "{told}");
}

#[tokio::test]
async fn a_single_block_that_is_refused_as_too_much_comes_from_its_receipts() {
    let (chain, _, emitter) = chain().await;
    let url: Url = chain.rpc_url().parse().expect("a URL");
    let refuse = |reply: &mut Value| {
        let error =
            serde_json::json!({ "code": -32005, "message": "query returned more than 10000 results" });
        *reply = serde_json::json!({ "jsonrpc": "2.0", "id": reply["id"], "error": error });
    };
    let liar = Liar::start(url.as_str(), "eth_getLogs", refuse).await;
    let pool = Pool::connect(config(liar.url.clone(), emitter, Verify::Consistency)).await.expect("a pool");
    let range = pool.range(2, 2, &[], |_| None, Detail::Ends).await.expect("a range");
    assert_eq!((range.first.number, range.logs.len()), (2, 1));
}

#[tokio::test]
async fn no_receipts_are_no_empty_block() {
    let (chain, _, emitter) = chain().await;
    let hide = |reply: &mut Value| reply["result"] = Value::Null;
    let liar = Liar::start(chain.rpc_url(), "eth_getBlockReceipts", hide).await;
    let pool = Pool::connect(config(liar.url.clone(), emitter, Verify::Receipts)).await.expect("a pool");
    let told = trouble(pool.range(2, 2, &[], |_| None, Detail::Ends).await);
    assert_eq!(told, Trouble::Doubt(Doubt::MissingBlock(2)));
}

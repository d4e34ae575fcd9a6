//! How many logs a second are fetched, read and checked, on one core: `cargo run --release --example fetch_speed`.
//!
//! A server in this process hands out the same prepared answer, so that little but our own work is timed.

use std::sync::Arc;
use std::time::Instant;

use alloy::primitives::{Address, B256, hex, keccak256};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::routing::post;
use serde_json::Value;
use stoa_indexer::fetch::{Detail, Pool, PoolConfig};

const BLOCKS: u64 = 200;
const LOGS_PER_BLOCK: u64 = 100;
const ROUNDS: u32 = 25;
const CONTRACT: Address = Address::repeat_byte(7);

fn hash(block: u64) -> B256 {
    keccak256(block.to_be_bytes())
}

/// Logs like the protocol's: three topics, four words of data, and the block's time.
fn logs() -> String {
    let log = |place: u64| {
        let (block, index) = (1 + place / LOGS_PER_BLOCK, place % LOGS_PER_BLOCK);
        let word = |salt: u64| keccak256((place << 8 | salt).to_be_bytes());
        let data: Vec<u8> = (4..8).flat_map(|salt| word(salt).0).collect();
        format!(
            r#"{{"address":"{CONTRACT:?}","topics":["{}","{}","{}"],"data":"0x{}","blockNumber":"0x{block:x}","transactionHash":"{}","transactionIndex":"0x{index:x}","blockHash":"{}","blockTimestamp":"0x{:x}","logIndex":"0x{index:x}","removed":false}}"#,
            word(1),
            word(2),
            word(3),
            hex::encode(data),
            word(9),
            hash(block),
            1_700_000_000 + block,
        )
    };
    (0..BLOCKS * LOGS_PER_BLOCK).map(log).collect::<Vec<_>>().join(",")
}

fn header(call: &Value) -> String {
    let tag = call["params"][0].as_str().unwrap_or_default();
    let block = u64::from_str_radix(tag.trim_start_matches("0x"), 16).unwrap_or_default();
    let parent = hash(block.saturating_sub(1));
    let time = 1_700_000_000 + block;
    format!(
        r#"{{"number":"{tag}","hash":"{}","parentHash":"{parent}","timestamp":"0x{time:x}"}}"#,
        hash(block)
    )
}

async fn answer(State(logs): State<Arc<String>>, request: String) -> Body {
    let reply = |call: &Value| {
        let result = match call["method"].as_str() {
            Some("eth_getLogs") => format!("[{logs}]"),
            Some("eth_chainId") => r#""0x1""#.to_owned(),
            _ => header(call),
        };
        format!(r#"{{"jsonrpc":"2.0","id":{},"result":{result}}}"#, call["id"])
    };
    match serde_json::from_str(&request) {
        Ok(Value::Array(calls)) => {
            Body::from(format!("[{}]", calls.iter().map(reply).collect::<Vec<_>>().join(",")))
        }
        Ok(call) => Body::from(reply(&call)),
        Err(error) => Body::from(error.to_string()),
    }
}

fn main() -> anyhow::Result<()> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let url = format!("http://{}", listener.local_addr()?);
    let app = Router::new().route("/", post(answer)).with_state(Arc::new(logs()));
    std::thread::spawn(move || -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async { Ok(axum::serve(tokio::net::TcpListener::from_std(listener)?, app).await?) })
    });
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let pool = Pool::connect(PoolConfig::single(1, url.parse()?, vec![CONTRACT])).await?;
        let began = Instant::now();
        let mut logs = 0;
        for _ in 0..ROUNDS {
            logs += pool.range(1, BLOCKS, &[], |_| None, Detail::Ends).await?.logs.len();
        }
        let took = began.elapsed();
        println!("{logs} logs in {took:?}: {:.0} a second", logs as f64 / took.as_secs_f64());
        Ok(())
    })
}

//! What the receipt of a transaction tells of one of its logs.

use alloy::{
    primitives::{Address, B256, Log, LogData},
    sol_types::SolEvent,
};
use serde_json::Value;

/// The event that stands at a place of the chain, if this contract emitted it.
pub(super) fn event<E: SolEvent>(receipt: &Value, contract: Address, block: i64, index: i32) -> Option<E> {
    let logs = receipt["logs"].as_array()?;
    let log = logs.iter().find(|log| number(&log["logIndex"]) == Some(index.into()))?;
    if number(&log["blockNumber"]) != Some(block) {
        return None;
    }
    let topics: Vec<B256> = serde_json::from_value(log["topics"].clone()).ok()?;
    let data = LogData::new(topics, log["data"].as_str()?.parse().ok()?)?;
    let address: Address = log["address"].as_str()?.parse().ok()?;
    if address != contract {
        return None;
    }
    Some(E::decode_log(&Log { address, data }).ok()?.data)
}

fn number(quantity: &Value) -> Option<i64> {
    i64::from_str_radix(quantity.as_str()?.strip_prefix("0x")?, 16).ok()
}

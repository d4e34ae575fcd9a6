//! What no declaration decodes.

use alloy::primitives::{Address, B256, Bytes};

use crate::event::event_tables;

event_tables! {
    /// A log of a followed contract that no declaration decodes, kept as it came.
    RawLog => "raw_log" {
        /// Contract that emitted it.
        address: Address,
        /// Topics, the event's signature hash first.
        topics: Vec<B256>,
        /// Data.
        data: Bytes,
        /// Why it was not decoded.
        reason: String,
    }
}

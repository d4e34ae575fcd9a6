//! Whether an answer can be true. A node behind a load balancer may answer from several back-ends.

use alloy::primitives::map::AddressHashSet;
use alloy::primitives::{Address, B256};

use super::json::{Quantity, WireLog};
use super::{ChainLog, Header};

/// What is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    #[error("it has no block {0} yet, though it told of it")]
    MissingBlock(u64),
    #[error("asked for block {asked}, it answered with block {got}")]
    WrongBlock { asked: u64, got: u64 },
    #[error("the log at place {place} of its answer has no {field}")]
    Incomplete { place: usize, field: &'static str },
    #[error("a log of block {block} was not asked for ({from}..={to})")]
    OutOfRange { block: u64, from: u64, to: u64 },
    #[error("a log of contract {0} was not asked for")]
    WrongContract(Address),
    #[error("log {index} of block {block} is marked as removed")]
    Removed { block: u64, index: u64 },
    #[error("logs are out of order or double at block {block}, log {index}")]
    Disorder { block: u64, index: u64 },
    #[error("its block {block} is {found}, not {expected}: it is on a fork that was left")]
    Fork { block: u64, expected: B256, found: B256 },
    #[error("a log says that block {block} is {log}, its header says {header}")]
    Hash { block: u64, log: B256, header: B256 },
    #[error("a log says that block {block} is of time {log}, its header says {header}")]
    Time { block: u64, log: u64, header: u64 },
    #[error("logs of block {0} disagree on its hash or time")]
    Torn(u64),
    #[error("block {block} builds on {parent}, but the block before it is {before}")]
    Unlinked { block: u64, parent: B256, before: B256 },
    #[error("it left out logs of block {0}")]
    Omitted(u64),
    #[error("block {block} has receipts of another block")]
    ForeignReceipts { block: u64 },
    #[error("the receipts of block {block} hash to {receipts}, its header says {header}")]
    ReceiptsRoot { block: u64, receipts: B256, header: B256 },
    #[error("the header of block {block} hashes to {real}, it says {told}")]
    HeaderHash { block: u64, real: B256, told: B256 },
    #[error("block {block} cannot be verified: {why}")]
    Unverifiable { block: u64, why: String },
}

/// The contracts whose logs were asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Contracts<'a> {
    /// Few.
    pub(super) fixed: &'a [Address],
    /// Maybe many.
    pub(super) children: &'a AddressHashSet,
}

impl Contracts<'_> {
    pub(super) fn contains(&self, address: &Address) -> bool {
        self.fixed.contains(address) || self.children.contains(address)
    }
}

/// The blocks and contracts that were asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'a> {
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) contracts: Contracts<'a>,
}

/// The header that was asked for.
pub(super) fn header(asked: u64, got: Option<Header>) -> Result<Header, Doubt> {
    let header = got.ok_or(Doubt::MissingBlock(asked))?;
    if header.number != asked {
        return Err(Doubt::WrongBlock { asked, got: header.number });
    }
    Ok(header)
}

/// Each header is the next one's parent, where they are neighbours.
pub(super) fn linked(headers: &[Header]) -> Result<(), Doubt> {
    for pair in headers.windows(2) {
        let (before, after) = (pair[0], pair[1]);
        if after.number == before.number + 1 && after.parent_hash != before.hash {
            return Err(Doubt::Unlinked {
                block: after.number,
                parent: after.parent_hash,
                before: before.hash,
            });
        }
    }
    Ok(())
}

/// A log that is complete and stands. Its time is 0 where the node tells none.
pub(super) fn complete(place: usize, log: WireLog) -> Result<ChainLog, Doubt> {
    let missing = |field| Doubt::Incomplete { place, field };
    let Quantity(block_number) = log.block_number.ok_or(missing("blockNumber"))?;
    let Quantity(log_index) = log.log_index.ok_or(missing("logIndex"))?;
    let block_hash = log.block_hash.ok_or(missing("blockHash"))?.into();
    let transaction_hash = log.transaction_hash.ok_or(missing("transactionHash"))?.into();
    if log.removed {
        return Err(Doubt::Removed { block: block_number, index: log_index });
    }
    let time = log.block_timestamp.map_or(0, |time| time.0);
    Ok(ChainLog { inner: log.into_inner(), block_number, block_hash, transaction_hash, log_index, time })
}

/// Checks that `logs` can be the whole and ordered answer.
pub(super) fn logs(question: &Question<'_>, logs: &[ChainLog]) -> Result<(), Doubt> {
    let mut before: Option<&ChainLog> = None;
    for log in logs {
        let (block, index) = (log.block_number, log.log_index);
        if !(question.from..=question.to).contains(&block) {
            return Err(Doubt::OutOfRange { block, from: question.from, to: question.to });
        }
        if !question.contracts.contains(&log.inner.address) {
            return Err(Doubt::WrongContract(log.inner.address));
        }
        if let Some(before) = before {
            if (before.block_number, before.log_index) >= (block, index) {
                return Err(Doubt::Disorder { block, index });
            }
            if before.block_number == block && (before.block_hash, before.time) != (log.block_hash, log.time)
            {
                return Err(Doubt::Torn(block));
            }
        }
        before = Some(log);
    }
    Ok(())
}

/// Checks that `logs` agree with the `headers` at hand, both ascending. Logs without a time have 0.
pub(super) fn agree(headers: &[Header], logs: &[ChainLog]) -> Result<(), Doubt> {
    let mut headers = headers.iter().peekable();
    for log in logs {
        while headers.next_if(|header| header.number < log.block_number).is_some() {}
        let Some(header) = headers.peek().filter(|header| header.number == log.block_number) else {
            continue;
        };
        let block = header.number;
        if header.hash != log.block_hash {
            return Err(Doubt::Hash { block, log: log.block_hash, header: header.hash });
        }
        if log.time != 0 && log.time != header.timestamp {
            return Err(Doubt::Time { block, log: log.time, header: header.timestamp });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTRACT: Address = Address::repeat_byte(7);

    fn log(block: u64, index: u64) -> ChainLog {
        ChainLog {
            inner: alloy::primitives::Log { address: CONTRACT, ..Default::default() },
            block_number: block,
            block_hash: B256::with_last_byte(block as u8),
            transaction_hash: B256::ZERO,
            log_index: index,
            time: 1,
        }
    }

    fn block(number: u64) -> Header {
        Header {
            number,
            hash: B256::with_last_byte(number as u8),
            parent_hash: B256::with_last_byte(number as u8 - 1),
            timestamp: 1,
        }
    }

    fn check(logs: &[ChainLog]) -> Result<(), Doubt> {
        let contracts = Contracts { fixed: &[CONTRACT], children: &AddressHashSet::default() };
        super::logs(&Question { from: 5, to: 9, contracts }, logs)?;
        agree(&[block(5), block(9)], logs)
    }

    #[test]
    fn an_ordered_answer_is_believed() {
        assert_eq!(check(&[log(5, 0), log(5, 3), log(6, 0), log(9, 1)]), Ok(()));
        assert_eq!(check(&[]), Ok(()));
    }

    #[test]
    fn disorder_and_doubles_are_noticed() {
        assert_eq!(check(&[log(6, 0), log(5, 0)]), Err(Doubt::Disorder { block: 5, index: 0 }));
        assert_eq!(check(&[log(6, 2), log(6, 2)]), Err(Doubt::Disorder { block: 6, index: 2 }));
    }

    #[test]
    fn what_was_not_asked_for_is_noticed() {
        assert_eq!(check(&[log(10, 0)]), Err(Doubt::OutOfRange { block: 10, from: 5, to: 9 }));
        let mut foreign = log(5, 0);
        foreign.inner.address = Address::ZERO;
        assert_eq!(check(&[foreign]), Err(Doubt::WrongContract(Address::ZERO)));
    }

    #[test]
    fn a_log_of_another_fork_is_noticed() {
        let forked = ChainLog { block_hash: B256::repeat_byte(0xee), ..log(9, 0) };
        assert!(matches!(check(&[forked]), Err(Doubt::Hash { block: 9, .. })));
        let forked = ChainLog { block_hash: B256::repeat_byte(0xee), ..log(7, 1) };
        assert_eq!(check(&[log(7, 0), forked]), Err(Doubt::Torn(7)));
        let early = ChainLog { time: 2, ..log(9, 0) };
        assert_eq!(check(&[early]), Err(Doubt::Time { block: 9, log: 2, header: 1 }));
    }

    fn wire(change: impl Fn(&mut serde_json::Value)) -> WireLog {
        let mut log = serde_json::json!({
            "address": CONTRACT, "topics": [], "data": "0x", "blockNumber": "0x9", "logIndex": "0x0",
            "blockHash": B256::ZERO, "transactionHash": B256::ZERO,
        });
        change(&mut log);
        serde_json::from_str(&log.to_string()).expect("a log")
    }

    #[test]
    fn pending_and_removed_logs_are_noticed() {
        let whole = complete(0, wire(|_| {})).expect("complete");
        assert_eq!((whole.block_number, whole.time), (9, 0));
        for field in ["blockNumber", "logIndex", "blockHash", "transactionHash"] {
            let error = complete(3, wire(|log| log[field] = serde_json::Value::Null));
            assert_eq!(error, Err(Doubt::Incomplete { place: 3, field }));
        }
        let error = complete(0, wire(|log| log["removed"] = true.into()));
        assert_eq!(error, Err(Doubt::Removed { block: 9, index: 0 }));
    }

    #[test]
    fn a_lagging_back_end_is_noticed() {
        assert_eq!(header(9, None), Err(Doubt::MissingBlock(9)));
        assert_eq!(header(9, Some(block(8))), Err(Doubt::WrongBlock { asked: 9, got: 8 }));
    }

    #[test]
    fn a_broken_chain_of_headers_is_noticed() {
        assert_eq!(linked(&[block(5), block(6), block(9)]), Ok(()), "8 is not at hand");
        let forked = Header { parent_hash: B256::ZERO, ..block(7) };
        assert!(matches!(linked(&[block(5), block(6), forked]), Err(Doubt::Unlinked { block: 7, .. })));
    }
}

//! Whether an answer can be true. A node behind a load balancer may answer from several back-ends.

use alloy::primitives::{Address, B256};
use alloy::rpc::types::Log;

use super::Header;

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
    #[error("a log says that block {block} is {log}, its header says {header}")]
    Hash { block: u64, log: B256, header: B256 },
}

/// The blocks and contracts that were asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'a> {
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) addresses: &'a [Address],
}

pub(super) fn header(asked: u64, got: Option<Header>) -> Result<Header, Doubt> {
    let header = got.ok_or(Doubt::MissingBlock(asked))?;
    if header.number != asked {
        return Err(Doubt::WrongBlock { asked, got: header.number });
    }
    Ok(header)
}

/// Checks that `logs` can be the whole and ordered answer, and agree with the headers at hand.
pub(super) fn logs(question: &Question<'_>, headers: &[Header], logs: &[Log]) -> Result<(), Doubt> {
    let mut before = None;
    for (place, log) in logs.iter().enumerate() {
        let missing = |field| Doubt::Incomplete { place, field };
        let block = log.block_number.ok_or(missing("blockNumber"))?;
        let index = log.log_index.ok_or(missing("logIndex"))?;
        let hash = log.block_hash.ok_or(missing("blockHash"))?;
        log.transaction_hash.ok_or(missing("transactionHash"))?;
        if log.removed {
            return Err(Doubt::Removed { block, index });
        }
        if !(question.from..=question.to).contains(&block) {
            return Err(Doubt::OutOfRange { block, from: question.from, to: question.to });
        }
        if !question.addresses.contains(&log.address()) {
            return Err(Doubt::WrongContract(log.address()));
        }
        if before >= Some((block, index)) {
            return Err(Doubt::Disorder { block, index });
        }
        before = Some((block, index));
        if let Some(header) = headers.iter().find(|header| header.number == block && header.hash != hash) {
            return Err(Doubt::Hash { block, log: hash, header: header.hash });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTRACT: Address = Address::repeat_byte(7);

    fn log(block: u64, index: u64) -> Log {
        Log {
            inner: alloy::primitives::Log { address: CONTRACT, ..Default::default() },
            block_number: Some(block),
            block_hash: Some(B256::with_last_byte(block as u8)),
            transaction_hash: Some(B256::ZERO),
            log_index: Some(index),
            ..Default::default()
        }
    }

    fn check(logs: &[Log]) -> Result<(), Doubt> {
        let last = Header {
            number: 9,
            hash: B256::with_last_byte(9),
            parent_hash: B256::with_last_byte(8),
            timestamp: 1,
        };
        super::logs(&Question { from: 5, to: 9, addresses: &[CONTRACT] }, &[last], logs)
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
        let mut forked = log(9, 0);
        forked.block_hash = Some(B256::repeat_byte(0xee));
        assert!(matches!(check(&[forked]), Err(Doubt::Hash { block: 9, .. })));
    }

    #[test]
    fn pending_and_removed_logs_are_noticed() {
        let mut pending = log(9, 0);
        pending.block_hash = None;
        assert_eq!(check(&[pending]), Err(Doubt::Incomplete { place: 0, field: "blockHash" }));
        let mut removed = log(9, 0);
        removed.removed = true;
        assert_eq!(check(&[removed]), Err(Doubt::Removed { block: 9, index: 0 }));
    }

    #[test]
    fn a_lagging_back_end_is_noticed() {
        assert_eq!(header(9, None), Err(Doubt::MissingBlock(9)));
    }
}

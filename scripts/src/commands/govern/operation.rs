//! Calls that wait in the Timelock.

use alloy::primitives::{Address, B256, Bytes, U256};
use anyhow::{Context as _, ensure};
use stoa_contracts::Timelock;
use stoa_scripts::cli::Session;

/// How the Timelock counts them.
const WAITING: u8 = 1;
const READY: u8 = 2;
const DONE: u8 = 3;

/// One call.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) id: B256,
    pub(super) target: Address,
    pub(super) value: U256,
    pub(super) data: Bytes,
    pub(super) predecessor: B256,
    pub(super) salt: B256,
    pub(super) state: State,
    /// Part of several calls that are made together.
    pub(super) batched: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Cancelled,
    /// Until then, in seconds since 1970.
    Waiting(u64),
    Ready,
    Done,
}

impl Operation {
    pub(super) async fn find(session: &Session, id: B256) -> anyhow::Result<Self> {
        let found = read(session, Some(id)).await?;
        let operation = found.into_iter().next();
        let operation = operation.with_context(|| format!("the Timelock knows no operation {id}"))?;
        ensure!(!operation.batched, "operation {id} is of several calls, which `stoa` does not make");
        Ok(operation)
    }

    /// All that were ever proposed, oldest first.
    pub(super) async fn all(session: &Session) -> anyhow::Result<Vec<Self>> {
        read(session, None).await
    }
}

async fn read(session: &Session, id: Option<B256>) -> anyhow::Result<Vec<Operation>> {
    let at = *session.contracts.timelock.address();
    let scheduled = session.events::<Timelock::CallScheduled>(at, &[id]).await?;
    let salts = session.events::<Timelock::CallSalt>(at, &[id]).await?;
    let mut operations: Vec<Operation> = Vec::new();
    for call in scheduled {
        if let Some(first) = operations.iter_mut().find(|operation| operation.id == call.id) {
            // The same again after it was cancelled is no second call.
            first.batched |= !call.index.is_zero();
            continue;
        }
        // No event tells of a salt that is zero.
        let salt = salts.iter().find(|event| event.id == call.id).map(|event| event.salt);
        operations.push(Operation {
            id: call.id,
            target: call.target,
            value: call.value,
            data: call.data,
            predecessor: call.predecessor,
            salt: salt.unwrap_or_default(),
            state: state(session, call.id).await?,
            batched: false,
        });
    }
    Ok(operations)
}

async fn state(session: &Session, id: B256) -> anyhow::Result<State> {
    let timelock = &session.contracts.timelock;
    Ok(match timelock.getOperationState(id).call().await? {
        WAITING => State::Waiting(timelock.getTimestamp(id).call().await?.saturating_to()),
        READY => State::Ready,
        DONE => State::Done,
        _ => State::Cancelled,
    })
}

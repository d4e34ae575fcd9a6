use alloy::primitives::Log;
use alloy::sol_types::SolEvent;
use stoa_contracts::{MerkleGate, TierGate, TokenGate};
use stoa_schema::event::Position;
use stoa_schema::events::{MerkleGateRootChanged, TierGateTierChanged, TokenGateHoldingChanged};

use super::Undecoded;
use super::words::id;
use crate::store::Batch;

pub(super) fn merkle(log: &Log, at: &Position, batch: &mut Batch) -> Result<(), Undecoded> {
    let event = MerkleGate::RootChanged::decode_log(log)?.data;
    batch.push(at, &MerkleGateRootChanged { plan: id("plan", event.plan)?, root: event.root });
    Ok(())
}

pub(super) fn tier(log: &Log, at: &Position, batch: &mut Batch) -> Result<(), Undecoded> {
    let event = TierGate::TierChanged::decode_log(log)?.data;
    batch.push(at, &TierGateTierChanged { plan: id("plan", event.plan)?, tier: i16::from(event.tier) });
    Ok(())
}

pub(super) fn token(log: &Log, at: &Position, batch: &mut Batch) -> Result<(), Undecoded> {
    let event = TokenGate::HoldingChanged::decode_log(log)?.data;
    let plan = id("plan", event.plan)?;
    batch.push(at, &TokenGateHoldingChanged { plan, token: event.token, amount: event.amount });
    Ok(())
}

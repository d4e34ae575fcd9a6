use alloy::primitives::Log;
use alloy::sol_types::SolEventInterface;
use stoa_contracts::Vault::VaultEvents as Event;
use stoa_schema::event::Position;
use stoa_schema::events::{
    VaultApproval, VaultNoncesChanged, VaultOperatorSet, VaultTokenDescribed, VaultTransfer,
};

use super::Undecoded;
use super::words::token;
use crate::store::Batch;

pub(super) fn decode(log: &Log, at: &Position, batch: &mut Batch) -> Result<(), Undecoded> {
    match Event::decode_log(log)?.data {
        Event::Transfer(event) => batch.push(
            at,
            &VaultTransfer {
                caller: event.caller,
                sender: event.sender,
                receiver: event.receiver,
                token: token(event.id)?,
                amount: event.amount,
            },
        ),
        Event::OperatorSet(event) => batch.push(
            at,
            &VaultOperatorSet { owner: event.owner, spender: event.spender, approved: event.approved },
        ),
        Event::Approval(event) => batch.push(
            at,
            &VaultApproval {
                owner: event.owner,
                spender: event.spender,
                token: token(event.id)?,
                amount: event.amount,
            },
        ),
        Event::TokenDescribed(event) => batch.push(
            at,
            &VaultTokenDescribed {
                token: event.token,
                name: event.name,
                symbol: event.symbol,
                decimals: i16::from(event.decimals),
            },
        ),
        Event::NoncesChanged(event) => {
            batch.push(at, &VaultNoncesChanged { account: event.account, word: event.word, used: event.used })
        }
        // Declared by ERC-5267; the Vault never emits it.
        Event::EIP712DomainChanged(_) => return Err(Undecoded::NoTable),
    }
    Ok(())
}

use alloy::primitives::{Log, U256};
use alloy::sol_types::SolEventInterface;
use stoa_contracts::RevenueShare::RevenueShareEvents as Event;
use stoa_schema::event::Position;
use stoa_schema::events::{
    ShareApproval, ShareCheckpointed, SharePaymentTokenAdded, ShareRevenueClaimed, ShareTransfer,
};

use super::Undecoded;
use super::words::{counts, id};
use crate::ledger::Series;
use crate::store::Batch;

pub(super) fn decode(log: &Log, at: &Position, batch: &mut Batch) -> Result<(), Undecoded> {
    let share = log.address;
    match Event::decode_log(log)?.data {
        Event::Transfer(event) => batch
            .push(at, &ShareTransfer { share, sender: event.from, receiver: event.to, amount: event.value }),
        Event::Approval(event) => batch.push(
            at,
            &ShareApproval { share, owner: event.owner, spender: event.spender, amount: event.value },
        ),
        Event::PaymentTokenAdded(event) => {
            let tokens = Series::ShareTokens(share);
            counts(batch, at, tokens, event.position.wrapping_add(U256::from(1)));
            batch.push(
                at,
                &SharePaymentTokenAdded {
                    share,
                    token: event.token,
                    position: id("position", event.position)?,
                },
            );
        }
        Event::Checkpointed(event) => batch.push(
            at,
            &ShareCheckpointed {
                share,
                account: event.account,
                token: event.token,
                reward_index: event.index,
                accrued: event.accrued,
            },
        ),
        Event::RevenueClaimed(event) => batch.push(
            at,
            &ShareRevenueClaimed {
                share,
                account: event.account,
                token: event.token,
                receiver: event.to,
                amount: event.amount,
                payout: i16::from(event.payout),
                reward_index: event.index,
                accrued: event.accrued,
            },
        ),
        // Declared by ERC-5267; a share never emits it.
        Event::EIP712DomainChanged(_) => return Err(Undecoded::NoTable),
    }
    Ok(())
}

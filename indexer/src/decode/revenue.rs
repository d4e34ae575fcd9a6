use alloy::primitives::Log;
use alloy::sol_types::SolEventInterface;
use stoa_contracts::Revenue::RevenueEvents as Event;
use stoa_schema::event::Position;
use stoa_schema::events::{
    RevenueFeeChanged, RevenueOwnershipTransferStarted, RevenueOwnershipTransferred, RevenueSettled,
};

use super::Undecoded;
use super::words::{id, ids};
use crate::store::Batch;

pub(super) fn decode(log: &Log, at: &Position, batch: &mut Batch) -> Result<(), Undecoded> {
    match Event::decode_log(log)?.data {
        Event::Settled(event) => batch.push(
            at,
            &RevenueSettled {
                listing: id("listing", event.listing)?,
                beneficiary: event.beneficiary,
                token: event.token,
                received: event.received,
                beneficiary_amount: event.beneficiaryAmount,
                parents: ids("parents", &event.parents)?,
                parent_beneficiaries: event.parentBeneficiaries,
                parent_amounts: event.parentAmounts,
            },
        ),
        Event::FeeChanged(event) => batch.push(
            at,
            &RevenueFeeChanged { fee_bps: i32::from(event.feeBps), fee_recipient: event.feeRecipient },
        ),
        Event::OwnershipTransferStarted(event) => batch.push(
            at,
            &RevenueOwnershipTransferStarted {
                previous_owner: event.previousOwner,
                new_owner: event.newOwner,
            },
        ),
        Event::OwnershipTransferred(event) => batch.push(
            at,
            &RevenueOwnershipTransferred { previous_owner: event.previousOwner, new_owner: event.newOwner },
        ),
    }
    Ok(())
}

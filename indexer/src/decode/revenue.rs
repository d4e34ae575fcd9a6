use alloy::primitives::{Log, U256};
use alloy::sol_types::SolEventInterface;
use stoa_contracts::Revenue::RevenueEvents as Event;
use stoa_schema::event::Position;
use stoa_schema::events::{
    RevenueFeeChanged, RevenueGuardianChanged, RevenueListingPaid, RevenueOwnershipTransferStarted,
    RevenueOwnershipTransferred, RevenueSalesPauseChanged, RevenueSettled, RevenueSharesCreated,
};

use super::Undecoded;
use super::words::{id, ids, rises};
use crate::ledger::Series;
use crate::store::Batch;
use crate::store::contract::Birth;

pub(super) fn decode(log: &Log, at: &Position, batch: &mut Batch) -> Result<(), Undecoded> {
    match Event::decode_log(log)?.data {
        Event::Settled(event) => {
            let settled = Series::Settled(id("listing", event.listing)?, event.beneficiary, event.token);
            rises(batch, at, settled, event.received);
            batch.push(
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
            );
        }
        Event::FeeChanged(event) => batch.push(
            at,
            &RevenueFeeChanged { fee_bps: i32::from(event.feeBps), fee_recipient: event.feeRecipient },
        ),
        Event::SharesCreated(event) => {
            batch.note_birth(Birth { address: event.share, block: at.block_number });
            batch.push(
                at,
                &RevenueSharesCreated {
                    listing: id("listing", event.listing)?,
                    share: event.share,
                    holder: event.holder,
                    account: event.account,
                    supply: event.supply,
                    own_bps: i32::from(event.ownBps),
                    name: event.name,
                    symbol: event.symbol,
                },
            );
        }
        Event::ListingPaid(event) => batch.push(
            at,
            &RevenueListingPaid {
                listing: id("listing", event.listing)?,
                payer: event.payer,
                token: event.token,
                beneficiary: event.beneficiary,
                amount: event.amount,
                memo: event.memo,
            },
        ),
        Event::GuardianChanged(event) => {
            batch.push(at, &RevenueGuardianChanged { guardian: event.guardian, armed: event.armed })
        }
        Event::SalesPauseChanged(event) => {
            let paused_until = id("until", U256::from(event.until))?;
            batch.push(at, &RevenueSalesPauseChanged { paused_until });
        }
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

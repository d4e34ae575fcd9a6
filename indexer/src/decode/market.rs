use alloy::primitives::{Log, U256};
use alloy::sol_types::SolEventInterface;
use stoa_contracts::Market::MarketEvents as Event;
use stoa_schema::event::Position;
use stoa_schema::events::{
    MarketApprovalForAll, MarketPlanChanged, MarketPlanCreated, MarketPurchased, MarketTransferBatch,
    MarketTransferSingle,
};

use super::Undecoded;
use super::words::{id, ids};
use crate::store::Batch;

pub(super) fn decode(log: &Log, at: &Position, batch: &mut Batch) -> Result<(), Undecoded> {
    match Event::decode_log(log)?.data {
        Event::PlanCreated(event) => batch.push(
            at,
            &MarketPlanCreated {
                plan: id("plan", event.plan)?,
                listing: id("listing", event.listing)?,
                token: event.token,
                kind: i16::from(event.kind),
                price: event.price,
                cap: U256::from(event.cap),
                transferable: event.transferable,
                version: i64::from(event.version),
            },
        ),
        Event::PlanChanged(event) => batch.push(
            at,
            &MarketPlanChanged {
                plan: id("plan", event.plan)?,
                version: i64::from(event.version),
                price: event.price,
                cap: U256::from(event.cap),
                paused: event.paused,
            },
        ),
        Event::Purchased(event) => batch.push(
            at,
            &MarketPurchased {
                plan: id("plan", event.plan)?,
                payer: event.payer,
                recipient: event.recipient,
                listing: id("listing", event.listing)?,
                quantity: U256::from(event.quantity),
                amount: event.amount,
                fee: event.fee,
                beneficiary: event.beneficiary,
                sold: U256::from(event.sold),
            },
        ),
        Event::TransferSingle(event) => batch.push(
            at,
            &MarketTransferSingle {
                operator: event.operator,
                sender: event.from,
                receiver: event.to,
                plan: id("id", event.id)?,
                quantity: event.value,
            },
        ),
        Event::TransferBatch(event) => batch.push(
            at,
            &MarketTransferBatch {
                operator: event.operator,
                sender: event.from,
                receiver: event.to,
                plans: ids("ids", &event.ids)?,
                quantities: event.values,
            },
        ),
        Event::ApprovalForAll(event) => batch.push(
            at,
            &MarketApprovalForAll {
                owner: event.account,
                operator: event.operator,
                approved: event.approved,
            },
        ),
        // Declared by ERC-1155; Market never emits it.
        Event::URI(_) => return Err(Undecoded::NoTable),
    }
    Ok(())
}

use alloy::primitives::{Log, U256};
use alloy::sol_types::SolEventInterface;
use stoa_contracts::Market::MarketEvents as Event;
use stoa_schema::event::Position;
use stoa_schema::events::{
    MarketApprovalForAll, MarketCreditsSpent, MarketNoncesChanged, MarketPlanChanged, MarketPlanCreated,
    MarketPurchased, MarketShareSaleClosed, MarketShareSaleOpened, MarketSharesSold, MarketTransferBatch,
    MarketTransferSingle,
};

use super::Undecoded;
use super::words::{counts, id, ids, raises};
use crate::ledger::Series;
use crate::store::Batch;

pub(super) fn decode(log: &Log, at: &Position, batch: &mut Batch) -> Result<(), Undecoded> {
    match Event::decode_log(log)?.data {
        Event::PlanCreated(event) => {
            counts(batch, at, Series::Plans, event.plan);
            counts(batch, at, Series::PlanVersions(id("plan", event.plan)?), U256::from(event.version));
            batch.push(
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
                    period: i64::from(event.period),
                    units: U256::from(event.units),
                    unit: event.unit,
                    sells_from: U256::from(event.from),
                    sells_until: U256::from(event.until),
                    gate: event.gate,
                    tier_discount: event.tierDiscount,
                },
            );
        }
        Event::PlanChanged(event) => {
            counts(batch, at, Series::PlanVersions(id("plan", event.plan)?), U256::from(event.version));
            batch.push(
                at,
                &MarketPlanChanged {
                    plan: id("plan", event.plan)?,
                    version: i64::from(event.version),
                    price: event.price,
                    cap: U256::from(event.cap),
                    paused: event.paused,
                    sells_from: U256::from(event.from),
                    sells_until: U256::from(event.until),
                    gate: event.gate,
                },
            );
        }
        Event::Purchased(event) => {
            let sold = Series::Sold(id("plan", event.plan)?);
            raises(batch, at, sold, U256::from(event.quantity), U256::from(event.sold));
            batch.push(
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
                    expiry: id("expiry", U256::from(event.expiry))?,
                },
            );
        }
        Event::CreditsSpent(event) => batch.push(
            at,
            &MarketCreditsSpent {
                plan: id("plan", event.plan)?,
                holder: event.holder,
                spender: event.spender,
                units: event.units,
                reference: event.r#ref,
                remaining: event.remaining,
            },
        ),
        Event::ShareSaleOpened(event) => {
            counts(batch, at, Series::Sales, event.sale);
            batch.push(
                at,
                &MarketShareSaleOpened {
                    sale: id("sale", event.sale)?,
                    listing: id("listing", event.listing)?,
                    seller: event.seller,
                    share: event.share,
                    token: event.token,
                    lot: event.lot,
                    price: event.price,
                    cap: U256::from(event.cap),
                    sells_from: U256::from(event.from),
                    sells_until: U256::from(event.until),
                },
            );
        }
        Event::ShareSaleClosed(event) => {
            batch.push(at, &MarketShareSaleClosed { sale: id("sale", event.sale)? });
        }
        Event::SharesSold(event) => {
            let sold = Series::SaleSold(id("sale", event.sale)?);
            raises(batch, at, sold, U256::from(event.quantity), U256::from(event.sold));
            batch.push(
                at,
                &MarketSharesSold {
                    sale: id("sale", event.sale)?,
                    payer: event.payer,
                    recipient: event.recipient,
                    quantity: U256::from(event.quantity),
                    shares: event.shares,
                    amount: event.amount,
                    sold: U256::from(event.sold),
                },
            );
        }
        Event::NoncesChanged(event) => batch
            .push(at, &MarketNoncesChanged { account: event.account, word: event.word, used: event.used }),
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
        // Declared by ERC-1155 and ERC-5267; Market never emits them.
        Event::URI(_) | Event::EIP712DomainChanged(_) => return Err(Undecoded::NoTable),
    }
    Ok(())
}

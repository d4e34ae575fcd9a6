use alloy::primitives::{Log, U256};
use stoa_contracts::Revenue;

use super::{Book, emit, texts};
use crate::model::{Account, Amount, Earner, ListingId, RevenueEvent, Settlement};

pub(super) fn log(book: &Book, event: &RevenueEvent) -> Log {
    let revenue = book.contracts.revenue;
    match *event {
        RevenueEvent::Settled(ref settlement) => settled(book, settlement),
        RevenueEvent::FeeChanged { bps, recipient } => {
            emit(revenue, &Revenue::FeeChanged { feeBps: bps, feeRecipient: book.account(recipient) })
        }
        RevenueEvent::SharesCreated { listing, holder, supply, own_bps } => {
            shares_created(book, listing, holder, (supply, own_bps))
        }
        RevenueEvent::ListingPaid { listing, payer, token, earner, amount, memo } => {
            let event = Revenue::ListingPaid {
                listing: U256::from(listing),
                payer: book.account(payer),
                token: book.token(token),
                beneficiary: book.earner(earner),
                amount,
                memo: texts::word(memo),
            };
            emit(revenue, &event)
        }
        RevenueEvent::GuardianChanged { guardian, armed } => {
            emit(revenue, &Revenue::GuardianChanged { guardian: book.account(guardian), armed })
        }
        RevenueEvent::PauseChanged { until } => emit(revenue, &Revenue::SalesPauseChanged { until }),
    }
}

fn settled(book: &Book, settlement: &Settlement) -> Log {
    let parents = &settlement.parents;
    let event = Revenue::Settled {
        listing: U256::from(settlement.listing),
        beneficiary: book.earner(settlement.earner),
        token: book.token(settlement.token),
        received: settlement.received,
        beneficiaryAmount: settlement.own,
        parents: parents.iter().map(|(parent, ..)| U256::from(*parent)).collect(),
        parentBeneficiaries: parents.iter().map(|(_, earner, _)| book.earner(*earner)).collect(),
        parentAmounts: parents.iter().map(|(.., amount)| *amount).collect(),
    };
    emit(book.contracts.revenue, &event)
}

fn shares_created(book: &Book, listing: ListingId, holder: Account, (supply, bps): (Amount, u16)) -> Log {
    let (name, symbol) = texts::share_names(listing);
    let event = Revenue::SharesCreated {
        listing: U256::from(listing),
        share: book.shares(listing),
        holder: book.account(holder),
        account: book.account(Account::Key { listing, earner: Earner::Shares(listing) }),
        supply,
        ownBps: bps,
        name,
        symbol,
    };
    emit(book.contracts.revenue, &event)
}

use alloy::primitives::{Address, Log, U256};
use stoa_contracts::Market;

use super::{Book, emit, plans, texts};
use crate::model::{Account, MarketEvent, NewShareSale, Purchase, SaleId};

pub(super) fn log(book: &Book, event: &MarketEvent) -> Log {
    match event {
        MarketEvent::PlanCreated { plan, terms } => plans::created(book, *plan, terms),
        MarketEvent::PlanChanged { .. } => plans::changed(book, event),
        MarketEvent::Purchased(purchase) => purchased(book, purchase),
        MarketEvent::SaleOpened { sale, seller, terms } => opened(book, *sale, *seller, terms),
        MarketEvent::SaleClosed(sale) => {
            emit(book.contracts.market, &Market::ShareSaleClosed { sale: U256::from(*sale) })
        }
        MarketEvent::SharesSold { .. } => shares_sold(book, event),
        _ => of_passes(book, event),
    }
}

fn purchased(book: &Book, purchase: &Purchase) -> Log {
    let event = Market::Purchased {
        plan: U256::from(purchase.plan),
        payer: book.account(purchase.payer),
        recipient: book.account(purchase.recipient),
        listing: U256::from(purchase.listing),
        quantity: purchase.quantity,
        amount: purchase.amount,
        fee: purchase.fee,
        beneficiary: book.earner(purchase.earner),
        sold: purchase.sold,
        expiry: purchase.expiry,
    };
    emit(book.contracts.market, &event)
}

fn opened(book: &Book, sale: SaleId, seller: Account, terms: &NewShareSale) -> Log {
    let event = Market::ShareSaleOpened {
        sale: U256::from(sale),
        listing: U256::from(terms.listing),
        seller: book.account(seller),
        share: book.shares(terms.listing),
        token: book.token(terms.token),
        lot: U256::from(terms.lot),
        price: U256::from(terms.price),
        cap: terms.cap,
        from: terms.window.0,
        until: terms.window.1,
    };
    emit(book.contracts.market, &event)
}

fn shares_sold(book: &Book, event: &MarketEvent) -> Log {
    let MarketEvent::SharesSold { sale, payer, recipient, quantity, shares, amount, sold } = *event else {
        unreachable!("{event:?} sells no shares")
    };
    let (sale, payer, recipient) = (U256::from(sale), book.account(payer), book.account(recipient));
    emit(
        book.contracts.market,
        &Market::SharesSold { sale, payer, recipient, quantity, shares, amount, sold },
    )
}

fn of_passes(book: &Book, event: &MarketEvent) -> Log {
    let market: Address = book.contracts.market;
    let a = |account| book.account(account);
    match event {
        MarketEvent::PassMoved { operator, from, to, plan, amount } => {
            let (operator, from, to) = (a(*operator), a(*from), a(*to));
            let (id, value) = (U256::from(*plan), *amount);
            emit(market, &Market::TransferSingle { operator, from, to, id, value })
        }
        MarketEvent::PassesMoved { operator, from, to, parts } => {
            let (operator, from, to) = (a(*operator), a(*from), a(*to));
            let (ids, values) = parts.iter().map(|(plan, amount)| (U256::from(*plan), *amount)).unzip();
            emit(market, &Market::TransferBatch { operator, from, to, ids, values })
        }
        MarketEvent::ApprovalForAll { owner, operator, approved } => {
            let (account, operator, approved) = (a(*owner), a(*operator), *approved);
            emit(market, &Market::ApprovalForAll { account, operator, approved })
        }
        MarketEvent::Spent { plan, holder, spender, units, reference, remaining } => {
            let event = Market::CreditsSpent {
                plan: U256::from(*plan),
                holder: a(*holder),
                spender: a(*spender),
                units: *units,
                r#ref: texts::word(*reference),
                remaining: *remaining,
            };
            emit(market, &event)
        }
        other => unreachable!("{other:?} concerns no passes"),
    }
}

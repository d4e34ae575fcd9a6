use alloy::primitives::{Log, U256};
use stoa_contracts::RevenueShare;

use super::{Book, emit};
use crate::model::{Earned, ListingId, ShareEvent};

pub(super) fn log(book: &Book, listing: ListingId, event: &ShareEvent) -> Log {
    let share = book.shares(listing);
    let a = |account| book.account(account);
    match *event {
        ShareEvent::Transfer { from, to, amount } => {
            emit(share, &RevenueShare::Transfer { from: a(from), to: a(to), value: amount })
        }
        ShareEvent::Allowed { owner, amount } => {
            let (owner, spender) = (a(owner), book.contracts.market);
            emit(share, &RevenueShare::Approval { owner, spender, value: amount })
        }
        ShareEvent::TokenAdded { token, position } => {
            let (token, position) = (book.token(token), U256::from(position));
            emit(share, &RevenueShare::PaymentTokenAdded { token, position })
        }
        ShareEvent::Fixed { account, token, earned: Earned { index, accrued } } => {
            let (account, token) = (a(account), book.token(token));
            emit(share, &RevenueShare::Checkpointed { account, token, index, accrued })
        }
        ShareEvent::Claimed { account, token, to, amount, to_wallet, left: Earned { index, accrued } } => {
            let (account, token, to, payout) = (a(account), book.token(token), a(to), u8::from(to_wallet));
            emit(share, &RevenueShare::RevenueClaimed { account, token, to, amount, payout, index, accrued })
        }
    }
}

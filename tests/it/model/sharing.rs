//! Shares of revenue and their sales: as transactions and as questions.

use alloy::primitives::{Bytes, U256};
use alloy::sol_types::SolCall as _;
use stoa_contracts::{Market, Revenue, RevenueShare};
use stoa_tests::logs::texts;
use stoa_tests::model::{Action, Figure, NewShareSale};

use super::chain::{Call, Chain};
use super::encode::call;

pub(super) fn transaction(chain: &Chain, action: &Action) -> Call {
    match action {
        Action::CreateShares { listing, supply, tokens } => {
            let tokens = tokens.iter().map(|token| chain.token(*token)).collect();
            let (name, symbol) = texts::share_names(*listing);
            let shares = Revenue::NewShares { name, symbol, supply: *supply, tokens };
            call(chain, "Revenue", &Revenue::createSharesCall { listing: U256::from(*listing), shares })
        }
        Action::OpenShareSale(new) => {
            call(chain, "Market", &Market::openShareSaleCall { sale: new_sale(chain, new) })
        }
        Action::CloseShareSale { sale } => {
            call(chain, "Market", &Market::closeShareSaleCall { sale: U256::from(*sale) })
        }
        _ => of_shares(chain, action),
    }
}

fn new_sale(chain: &Chain, new: &NewShareSale) -> Market::NewShareSale {
    Market::NewShareSale {
        listing: U256::from(new.listing),
        token: chain.token(new.token),
        lot: new.lot,
        price: new.price,
        cap: new.cap,
        from: new.window.0,
        until: new.window.1,
    }
}

fn of_shares(chain: &Chain, action: &Action) -> Call {
    let (listing, data): (u64, Vec<u8>) = match action {
        Action::AddPaymentToken { listing, token } => {
            let token = chain.token(*token);
            (*listing, RevenueShare::addPaymentTokenCall { token }.abi_encode())
        }
        Action::TransferShares { listing, to, amount } => {
            let (to, value) = (chain.account(*to), *amount);
            (*listing, RevenueShare::transferCall { to, value }.abi_encode())
        }
        Action::AllowMarket { listing, amount } => {
            let (spender, value) = (chain.contract("Market"), *amount);
            (*listing, RevenueShare::approveCall { spender, value }.abi_encode())
        }
        Action::ClaimRevenue { listing, token, wallet: None } => {
            (*listing, RevenueShare::claimCall { token: chain.token(*token) }.abi_encode())
        }
        Action::ClaimRevenue { listing, token, wallet: Some(wallet) } => {
            let (token, wallet) = (chain.token(*token), chain.account(*wallet));
            (*listing, RevenueShare::claimToCall { token, wallet }.abi_encode())
        }
        other => unreachable!("{other:?} concerns no shares"),
    };
    (chain.shares(listing), data.into())
}

/// Where a field stands in the answer of `shareSaleOf`.
const SOLD: usize = 8;
const CLOSED: usize = 9;

/// Whom to ask, and the word of the answer.
pub(super) fn question(chain: &Chain, figure: Figure) -> (Call, usize) {
    let sale = |sale: u64, word: usize| {
        let data: Bytes = Market::shareSaleOfCall { sale: U256::from(sale) }.abi_encode().into();
        ((chain.contract("Market"), data), word)
    };
    let (listing, data): (u64, Vec<u8>) = match figure {
        Figure::ShareSold(id) => return sale(id, SOLD),
        Figure::ShareSaleClosed(id) => return sale(id, CLOSED),
        Figure::Shares(listing, account) => {
            (listing, RevenueShare::balanceOfCall { account: chain.account(account) }.abi_encode())
        }
        Figure::SharesOfMarket(listing, account) => {
            let (owner, spender) = (chain.account(account), chain.contract("Market"));
            (listing, RevenueShare::allowanceCall { owner, spender }.abi_encode())
        }
        Figure::SharesEarned(listing, token) => {
            (listing, RevenueShare::earnedCall { token: chain.token(token) }.abi_encode())
        }
        Figure::ShareClaim(listing, account, token) => {
            let (account, token) = (chain.account(account), chain.token(token));
            (listing, RevenueShare::claimableCall { account, token }.abi_encode())
        }
        Figure::ClaimNonce(listing, account) => {
            (listing, RevenueShare::noncesCall { account: chain.account(account) }.abi_encode())
        }
        other => unreachable!("{other:?} is no share's"),
    };
    ((chain.shares(listing), data.into()), 0)
}

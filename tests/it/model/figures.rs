//! Which contract knows a figure, and where in its answer.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::sol_types::SolCall;
use stoa_contracts::{DemoUSD, Listings, Market, Revenue, StoaToken, Vault};
use stoa_tests::logs::merkle;
use stoa_tests::model::{Account, Earner, Figure, Governed, ListingId, PlanId, Token, Value};

use super::chain::{Call, Chain};
use super::encode::{self, id, token_id};
use super::{gates, paying, sharing, signing, staking};

/// The contracts' answers, as numbers.
pub(super) async fn read(chain: &Chain, figures: &[Figure]) -> Vec<U256> {
    let mut places = BTreeMap::new();
    let mut calls = Vec::new();
    let mut wanted = Vec::new();
    for figure in figures {
        let (call, word) = question(chain, *figure);
        let place = *places.entry(call.clone()).or_insert_with(|| {
            calls.push(call);
            calls.len() - 1
        });
        wanted.push((place, word));
    }
    let answers = chain.ask(&calls).await;
    let number = |(place, word): (usize, Word)| word.of(&answers[place]);
    wanted.into_iter().map(number).collect()
}

/// What the model says, as the contracts say it.
pub(super) fn expected(chain: &Chain, value: Value) -> U256 {
    match value {
        Value::Number(number) => number,
        Value::Account(account) => id(chain.account(account)),
        Value::Token(token) => token_id(chain, token),
        Value::Gate(gate) => id(chain.book.gate(gate)),
        Value::List(list) => merkle::root(&chain.book, list).into(),
    }
}

/// A place in an answer.
#[derive(Clone, Copy, Debug)]
enum Word {
    /// The n-th word.
    At(usize),
    /// The i-th element (or, without, the length) of the dynamic array whose offset the n-th word is.
    InArray(usize, Option<usize>),
}

impl Word {
    fn of(self, answer: &Bytes) -> U256 {
        let word = |n: usize| U256::from_be_slice(&answer[n * 32..(n + 1) * 32]);
        match self {
            Self::At(n) => word(n),
            Self::InArray(n, place) => {
                let start = word(n).to::<usize>() / 32;
                word(start + place.map_or(0, |place| place + 1))
            }
        }
    }
}

fn question(chain: &Chain, figure: Figure) -> (Call, Word) {
    match figure {
        Figure::Supply(..)
        | Figure::Wallet(..)
        | Figure::Coin(_)
        | Figure::AllowedToVault(..)
        | Figure::PermitNonce(_)
        | Figure::AuthorizationUsed(..)
        | Figure::DepositUsed(..) => of_token(chain, figure),
        Figure::Balance(..) | Figure::Operator { .. } | Figure::Allowance { .. } | Figure::Described(_) => {
            of_vault(chain, figure)
        }
        Figure::Nonces(keeper, account, word) => {
            let (account, word) = (chain.account(account), U256::from(word));
            let data = Vault::nonceWordCall { account, word }.abi_encode();
            ((chain.contract(paying::keeper_name(keeper)), data.into()), Word::At(0))
        }
        Figure::GateList(_) | Figure::GateTier(_) | Figure::GateToken(_) | Figure::GateAmount(_) => {
            at(gates::question(chain, figure))
        }
        Figure::ListingCount
        | Figure::ListingOwner(_)
        | Figure::ListingApproved(_)
        | Figure::ListingOperator { .. }
        | Figure::ListingStatus(_)
        | Figure::ListingVersions(_)
        | Figure::Parents(_)
        | Figure::Parent(..)
        | Figure::ParentBps(..) => of_listings(chain, figure),
        Figure::Owner(what) => of_owner(chain, what, Revenue::ownerCall {}.abi_encode()),
        Figure::OfferedTo(what) => of_owner(chain, what, Revenue::pendingOwnerCall {}.abi_encode()),
        Figure::FeeBps
        | Figure::FeeRecipient
        | Figure::PausedUntil
        | Figure::Armed
        | Figure::Received(..)
        | Figure::Settled(..)
        | Figure::Pending(..) => of_revenue(chain, figure),
        Figure::Shares(..)
        | Figure::SharesOfMarket(..)
        | Figure::SharesEarned(..)
        | Figure::ShareClaim(..)
        | Figure::ClaimNonce(..)
        | Figure::ShareSold(_)
        | Figure::ShareSaleClosed(_) => at(sharing::question(chain, figure)),
        Figure::LockAmount(_)
        | Figure::LockScore(_)
        | Figure::LockEnd(_)
        | Figure::LockReinvests(_)
        | Figure::Tier(_)
        | Figure::LockNonce(_)
        | Figure::TotalScore
        | Figure::PastScore(..)
        | Figure::PastTotalScore(_)
        | Figure::FeeIndex(_)
        | Figure::FeeClaim(..)
        | Figure::Undistributed(_) => at(staking::question(chain, figure)),
        _ => of_market(chain, figure),
    }
}

fn at((call, word): (Call, usize)) -> (Call, Word) {
    (call, Word::At(word))
}

/// Whatever is governed answers the same questions.
fn of_owner(chain: &Chain, what: Governed, data: Vec<u8>) -> (Call, Word) {
    ((chain.contract(encode::governed(what)), data.into()), Word::At(0))
}

fn of_token(chain: &Chain, figure: Figure) -> (Call, Word) {
    let (token, data) = match figure {
        Figure::Supply(token) => (token, DemoUSD::totalSupplyCall {}.abi_encode()),
        Figure::Wallet(token, account) => {
            (token, DemoUSD::balanceOfCall { account: chain.account(account) }.abi_encode())
        }
        Figure::AllowedToVault(token, account) => {
            let (owner, spender) = (chain.account(account), chain.contract("Vault"));
            (token, DemoUSD::allowanceCall { owner, spender }.abi_encode())
        }
        Figure::Coin(account) => return ((chain.account(account), Bytes::new()), Word::At(0)),
        Figure::PermitNonce(account) => {
            (Token::Stoa, StoaToken::noncesCall { owner: chain.account(account) }.abi_encode())
        }
        Figure::AuthorizationUsed(account, nonce) => {
            (Token::Stoa, authorization_state(chain, account, B256::with_last_byte(nonce)))
        }
        Figure::DepositUsed(account, salt) => {
            let nonce = signing::deposit_nonce(B256::with_last_byte(salt));
            (Token::Stoa, authorization_state(chain, account, nonce))
        }
        other => unreachable!("{other:?} is no token's"),
    };
    ((chain.token(token), data.into()), Word::At(0))
}

fn authorization_state(chain: &Chain, authorizer: Account, nonce: B256) -> Vec<u8> {
    StoaToken::authorizationStateCall { authorizer: chain.account(authorizer), nonce }.abi_encode()
}

fn of_vault(chain: &Chain, figure: Figure) -> (Call, Word) {
    let a = |account| chain.account(account);
    let data = match figure {
        Figure::Balance(token, account) => {
            Vault::balanceOfCall { owner: a(account), id: token_id(chain, token) }.abi_encode()
        }
        Figure::Operator { owner, spender } => {
            Vault::isOperatorCall { owner: a(owner), spender: a(spender) }.abi_encode()
        }
        Figure::Allowance { owner, spender, token } => {
            let (owner, spender, id) = (a(owner), a(spender), token_id(chain, token));
            Vault::allowanceCall { owner, spender, id }.abi_encode()
        }
        Figure::Described(token) => Vault::isDescribedCall { token: chain.token(token) }.abi_encode(),
        other => unreachable!("{other:?} is not the Vault's"),
    };
    ((chain.contract("Vault"), data.into()), Word::At(0))
}

/// Where a field stands in the answer of `listingOf`.
mod listing_of {
    pub(super) const VERSIONS: usize = 3;
    pub(super) const STATUS: usize = 6;
}

fn of_listings(chain: &Chain, figure: Figure) -> (Call, Word) {
    let one = |id: ListingId, word: usize| {
        (Listings::listingOfCall { id: U256::from(id) }.abi_encode(), Word::At(word))
    };
    let parents = |id: ListingId, array: usize, place: Option<u8>| {
        let data = Listings::parentsOfCall { id: U256::from(id) }.abi_encode();
        (data, Word::InArray(array, place.map(usize::from)))
    };
    let (data, word) = match figure {
        Figure::ListingCount => (Listings::countCall {}.abi_encode(), Word::At(0)),
        Figure::ListingOwner(id) => {
            (Listings::ownerOfCall { tokenId: U256::from(id) }.abi_encode(), Word::At(0))
        }
        Figure::ListingApproved(id) => {
            (Listings::getApprovedCall { tokenId: U256::from(id) }.abi_encode(), Word::At(0))
        }
        Figure::ListingOperator { owner, operator } => {
            let (owner, operator) = (chain.account(owner), chain.account(operator));
            (Listings::isApprovedForAllCall { owner, operator }.abi_encode(), Word::At(0))
        }
        Figure::ListingStatus(id) => one(id, listing_of::STATUS),
        Figure::ListingVersions(id) => one(id, listing_of::VERSIONS),
        Figure::Parents(id) => parents(id, 0, None),
        Figure::Parent(id, place) => parents(id, 0, Some(place)),
        Figure::ParentBps(id, place) => parents(id, 1, Some(place)),
        other => unreachable!("{other:?} is no listing's"),
    };
    ((chain.contract("Listings"), data.into()), word)
}

/// Where a field stands in the answer of `planOf`, after the word that says where it begins.
mod plan_of {
    pub(super) const PRICE: usize = 4;
    pub(super) const CAP: usize = 5;
    pub(super) const SOLD: usize = 6;
    pub(super) const TOKEN: usize = 3;
    pub(super) const LISTING: usize = 1;
    pub(super) const VERSION: usize = 7;
    pub(super) const PAUSED: usize = 8;
    pub(super) const TRANSFERABLE: usize = 9;
    pub(super) const FROM: usize = 14;
    pub(super) const UNTIL: usize = 15;
    pub(super) const GATE: usize = 16;
}

fn of_market(chain: &Chain, figure: Figure) -> (Call, Word) {
    let plan =
        |id: PlanId, word: usize| (Market::planOfCall { id: U256::from(id) }.abi_encode(), Word::At(word));
    let (data, word) = match figure {
        Figure::PlanCount => (Market::countCall {}.abi_encode(), Word::At(0)),
        Figure::PlanPrice(id) => plan(id, plan_of::PRICE),
        Figure::PlanCap(id) => plan(id, plan_of::CAP),
        Figure::PlanSold(id) => plan(id, plan_of::SOLD),
        Figure::PlanToken(id) => plan(id, plan_of::TOKEN),
        Figure::PlanListing(id) => plan(id, plan_of::LISTING),
        Figure::PlanVersion(id) => plan(id, plan_of::VERSION),
        Figure::PlanPaused(id) => plan(id, plan_of::PAUSED),
        Figure::PlanTransferable(id) => plan(id, plan_of::TRANSFERABLE),
        Figure::PlanFrom(id) => plan(id, plan_of::FROM),
        Figure::PlanUntil(id) => plan(id, plan_of::UNTIL),
        Figure::PlanGate(id) => plan(id, plan_of::GATE),
        Figure::Passes(id, account) => {
            let (account, plan) = (chain.account(account), U256::from(id));
            (Market::balanceOfCall { account, plan }.abi_encode(), Word::At(0))
        }
        Figure::ExpiresAt(id, account) => {
            let (holder, plan) = (chain.account(account), U256::from(id));
            (Market::expiresAtCall { holder, plan }.abi_encode(), Word::At(0))
        }
        Figure::IsActive(id, account) => {
            let (holder, plan) = (chain.account(account), U256::from(id));
            (Market::isActiveCall { holder, plan }.abi_encode(), Word::At(0))
        }
        Figure::PassOperator { owner, operator } => {
            let (account, operator) = (chain.account(owner), chain.account(operator));
            (Market::isApprovedForAllCall { account, operator }.abi_encode(), Word::At(0))
        }
        other => unreachable!("{other:?} is not the Market's"),
    };
    ((chain.contract("Market"), data.into()), word)
}

fn of_revenue(chain: &Chain, figure: Figure) -> (Call, Word) {
    let key = |listing: ListingId, earner: Earner, token: Token| -> (U256, Address, Address) {
        (U256::from(listing), chain.earner(earner), chain.token(token))
    };
    let data = match figure {
        Figure::PausedUntil => Revenue::salesPausedUntilCall {}.abi_encode(),
        Figure::Armed => Revenue::armedCall {}.abi_encode(),
        Figure::FeeBps => Revenue::feeBpsCall {}.abi_encode(),
        Figure::FeeRecipient => Revenue::feeRecipientCall {}.abi_encode(),
        Figure::Received(listing, earner, token) => {
            let (listing, beneficiary, token) = key(listing, earner, token);
            Revenue::receivedCall { listing, beneficiary, token }.abi_encode()
        }
        Figure::Settled(listing, earner, token) => {
            let (listing, beneficiary, token) = key(listing, earner, token);
            Revenue::settledCall { listing, beneficiary, token }.abi_encode()
        }
        Figure::Pending(listing, earner, token) => {
            let (listing, beneficiary, token) = key(listing, earner, token);
            Revenue::pendingCall { listing, beneficiary, token }.abi_encode()
        }
        other => unreachable!("{other:?} is not Revenue's"),
    };
    ((chain.contract("Revenue"), data.into()), Word::At(0))
}

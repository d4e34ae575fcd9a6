//! The model's actions as transactions, and its figures as questions to the contracts.

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::sol_types::SolCall;
use stoa_contracts::{DemoUSD, Listings, Market, Revenue, Vault};
use stoa_tests::logs::{KindWords, texts};
use stoa_tests::model::{Account, Action, Governed, NewListing, NewPlan, Status, Token};

use super::chain::{Call, Chain};
use super::{gates, paying, sharing, staking};

/// A call's data to one of the suite's contracts.
pub(super) fn call(chain: &Chain, contract: &str, call: &impl SolCall) -> Call {
    (chain.contract(contract), call.abi_encode().into())
}

pub(super) fn id(address: Address) -> U256 {
    U256::from_be_slice(address.as_slice())
}

/// The transaction that does it.
pub(super) fn transaction(chain: &Chain, by: Account, action: &Action) -> Call {
    match action {
        Action::Mint { .. }
        | Action::AllowVault { .. }
        | Action::Deposit { .. }
        | Action::Withdraw { .. }
        | Action::Transfer { .. }
        | Action::TransferFrom { .. }
        | Action::Approve { .. }
        | Action::SetOperator { .. }
        | Action::Describe { .. }
        | Action::MoveSub { .. }
        | Action::WithdrawSub { .. } => money(chain, action),
        Action::CreateListing(_)
        | Action::Publish { .. }
        | Action::Rename { .. }
        | Action::SetStatus { .. }
        | Action::TransferListing { .. }
        | Action::ApproveListing { .. }
        | Action::ApproveAllListings { .. } => listings(chain, action),
        Action::CreatePlan(_)
        | Action::ChangePlan { .. }
        | Action::PausePlan { .. }
        | Action::TransferPass { .. }
        | Action::TransferPasses { .. }
        | Action::ApprovePasses { .. } => market(chain, action),
        Action::Settle { .. }
        | Action::SetFee { .. }
        | Action::OfferOwnership { .. }
        | Action::AcceptOwnership { .. }
        | Action::SetGuardian { .. }
        | Action::PauseSales { .. }
        | Action::ResumeSales => revenue(chain, by, action),
        Action::BoundPlan { .. } | Action::Spend { .. } => market(chain, action),
        Action::SetGate { plan, rule } => gates::transaction(chain, *plan, *rule),
        Action::Pay { .. }
        | Action::PayBySig(_)
        | Action::SpendBySig(_)
        | Action::ClaimBySig(_)
        | Action::DepositWithAuthorization(_)
        | Action::Revoke(_)
        | Action::DepositNative { .. }
        | Action::WithdrawNative { .. }
        | Action::CancelNonces { .. } => paying::transaction(chain, by, action),
        Action::ExtendLock { .. }
        | Action::CancelLockNonce
        | Action::WithdrawLock { .. }
        | Action::SetReinvest { .. }
        | Action::Reinvest { .. }
        | Action::Distribute { .. }
        | Action::ClaimFees { .. }
        | Action::ListFeeToken { .. }
        | Action::SetTiers { .. } => staking::transaction(chain, action),
        _ => sharing::transaction(chain, action),
    }
}

fn money(chain: &Chain, action: &Action) -> Call {
    let vault = |data: &dyn Fn() -> Vec<u8>| (chain.contract("Vault"), Bytes::from(data()));
    let (a, t) = (|account| chain.account(account), |token| chain.token(token));
    match action.clone() {
        Action::Mint { token, to, amount } => {
            (t(token), DemoUSD::mintCall { to: a(to), amount }.abi_encode().into())
        }
        Action::AllowVault { token, amount } => {
            let spender = chain.contract("Vault");
            (t(token), DemoUSD::approveCall { spender, value: amount }.abi_encode().into())
        }
        Action::Deposit { token, amount, to } => {
            vault(&|| Vault::depositCall { token: t(token), amount, to: a(to) }.abi_encode())
        }
        Action::Withdraw { token, amount, to } => {
            vault(&|| Vault::withdrawCall { token: t(token), amount, to: a(to) }.abi_encode())
        }
        Action::Transfer { token, to, amount } => {
            vault(&|| Vault::transferCall { receiver: a(to), id: id(t(token)), amount }.abi_encode())
        }
        Action::TransferFrom { token, from, to, amount } => vault(&|| {
            let (sender, receiver, id) = (a(from), a(to), id(t(token)));
            Vault::transferFromCall { sender, receiver, id, amount }.abi_encode()
        }),
        Action::Approve { token, spender, amount } => {
            vault(&|| Vault::approveCall { spender: a(spender), id: id(t(token)), amount }.abi_encode())
        }
        Action::SetOperator { spender, approved } => {
            vault(&|| Vault::setOperatorCall { spender: a(spender), approved }.abi_encode())
        }
        Action::Describe { token } => vault(&|| Vault::describeCall { token: t(token) }.abi_encode()),
        Action::MoveSub { salt, token, credits } => vault(&|| {
            let credits = credits
                .iter()
                .map(|(account, amount)| Vault::Credit { account: a(*account), amount: *amount });
            let (salt, token, credits) = (B256::with_last_byte(salt), t(token), credits.collect());
            Vault::moveSubCall { salt, token, credits }.abi_encode()
        }),
        Action::WithdrawSub { salt, token, to, amount } => vault(&|| {
            let (salt, token, to) = (B256::with_last_byte(salt), t(token), a(to));
            Vault::withdrawSubCall { salt, token, to, amount }.abi_encode()
        }),
        other => unreachable!("{other:?} moves no money by itself"),
    }
}

fn new_listing(chain: &Chain, new: &NewListing) -> Listings::NewListing {
    Listings::NewListing {
        kind: texts::kind(new.name),
        uri: texts::uri(new.name),
        contentHash: texts::content_hash(new.name),
        uris: texts::uris(new.name, new.uris),
        licence: texts::licence(new.name),
        derivatives: new.derivatives,
        derivativeBps: new.derivative_bps,
        parents: new.parents.iter().map(|(parent, _)| U256::from(*parent)).collect(),
        parentBps: new.parents.iter().map(|(_, bps)| *bps).collect(),
        royaltyReceiver: chain.account(new.royalty_receiver),
        royaltyBps: new.royalty_bps,
    }
}

fn listings(chain: &Chain, action: &Action) -> Call {
    let a = |account| chain.account(account);
    let to_listings = |data: Vec<u8>| (chain.contract("Listings"), Bytes::from(data));
    match action {
        Action::CreateListing(new) => {
            call(chain, "Listings", &Listings::createCall { listing: new_listing(chain, new) })
        }
        Action::Publish { listing, content, uris } => {
            let (id, uris) = (U256::from(*listing), texts::uris(*content, *uris));
            let hash = texts::content_hash(*content);
            call(chain, "Listings", &Listings::publishCall { id, contentHash: hash, uris })
        }
        Action::Rename { listing, name } => {
            let (id, uri) = (U256::from(*listing), texts::uri(*name));
            call(chain, "Listings", &Listings::setUriCall { id, uri })
        }
        Action::SetStatus { listing, status } => {
            let id = U256::from(*listing);
            to_listings(match status {
                Status::Active => Listings::resumeCall { id }.abi_encode(),
                Status::Paused => Listings::pauseCall { id }.abi_encode(),
                Status::Retired => Listings::retireCall { id }.abi_encode(),
            })
        }
        Action::TransferListing { listing, from, to } => {
            let (from, to, id) = (a(*from), a(*to), U256::from(*listing));
            call(chain, "Listings", &Listings::transferFromCall { from, to, tokenId: id })
        }
        Action::ApproveListing { listing, to } => {
            let (to, id) = (a(*to), U256::from(*listing));
            call(chain, "Listings", &Listings::approveCall { to, tokenId: id })
        }
        Action::ApproveAllListings { operator, approved } => {
            let (operator, approved) = (a(*operator), *approved);
            call(chain, "Listings", &Listings::setApprovalForAllCall { operator, approved })
        }
        other => unreachable!("{other:?} concerns no listing"),
    }
}

fn new_plan(chain: &Chain, new: &NewPlan) -> Market::NewPlan {
    let KindWords { kind, period, units, unit } = KindWords::of(new);
    Market::NewPlan {
        listing: U256::from(new.listing),
        kind,
        token: chain.token(new.token),
        price: new.price,
        cap: new.cap,
        transferable: new.transferable,
        period,
        units,
        unit,
        from: new.bounds.window.0,
        until: new.bounds.window.1,
        gate: chain.book.gate(new.bounds.gate),
        tierDiscount: new.discount,
    }
}

fn market(chain: &Chain, action: &Action) -> Call {
    let a = |account| chain.account(account);
    match action {
        Action::CreatePlan(new) => {
            call(chain, "Market", &Market::createPlanCall { plan: new_plan(chain, new) })
        }
        Action::ChangePlan { plan, price, cap } => {
            let (plan, price, cap) = (U256::from(*plan), *price, *cap);
            call(chain, "Market", &Market::changePlanCall { plan, price, cap })
        }
        Action::PausePlan { plan, paused: true } => {
            call(chain, "Market", &Market::pausePlanCall { plan: U256::from(*plan) })
        }
        Action::PausePlan { plan, paused: false } => {
            call(chain, "Market", &Market::resumePlanCall { plan: U256::from(*plan) })
        }
        Action::BoundPlan { plan, bounds } => {
            let (plan, gate) = (U256::from(*plan), chain.book.gate(bounds.gate));
            let (from, until) = bounds.window;
            call(chain, "Market", &Market::boundPlanCall { plan, gate, from, until })
        }
        Action::Spend { plan, units, reference } => {
            let (plan, units, reference) = (U256::from(*plan), *units, texts::word(*reference));
            call(chain, "Market", &Market::spendCall { plan, units, r#ref: reference })
        }
        Action::TransferPass { plan, from, to, amount } => {
            let (from, to, id, data) = (a(*from), a(*to), U256::from(*plan), Bytes::new());
            call(chain, "Market", &Market::safeTransferFromCall { from, to, id, value: *amount, data })
        }
        Action::TransferPasses { from, to, parts } => {
            let (from, to, data) = (a(*from), a(*to), Bytes::new());
            let (ids, values) = parts.iter().map(|(plan, amount)| (U256::from(*plan), *amount)).unzip();
            call(chain, "Market", &Market::safeBatchTransferFromCall { from, to, ids, values, data })
        }
        Action::ApprovePasses { operator, approved } => {
            let (operator, approved) = (a(*operator), *approved);
            call(chain, "Market", &Market::setApprovalForAllCall { operator, approved })
        }
        other => unreachable!("{other:?} concerns no plan"),
    }
}

fn revenue(chain: &Chain, by: Account, action: &Action) -> Call {
    match action {
        Action::Settle { listing, earner, token } => {
            let beneficiary = earner.map_or(Address::ZERO, |earner| chain.earner(earner));
            let (listing, token) = (U256::from(*listing), chain.token(*token));
            call(chain, "Revenue", &Revenue::settleCall { listing, beneficiary, token })
        }
        Action::OfferOwnership { what, to } => {
            let to = chain.account(*to);
            call(chain, governed(*what), &Revenue::transferOwnershipCall { newOwner: to })
        }
        Action::AcceptOwnership { what } => call(chain, governed(*what), &Revenue::acceptOwnershipCall {}),
        Action::SetGuardian { guardian } => {
            call(chain, "Revenue", &Revenue::setGuardianCall { guardian_: chain.account(*guardian) })
        }
        Action::PauseSales { seconds } => {
            call(chain, "Revenue", &Revenue::pauseSalesCall { duration: *seconds })
        }
        Action::ResumeSales => call(chain, "Revenue", &Revenue::resumeSalesCall {}),
        Action::SetFee { bps } => call(chain, "Revenue", &Revenue::setFeeCall { bps: *bps }),
        other => unreachable!("{by:?} cannot ask Revenue for {other:?}"),
    }
}

pub(super) fn governed(what: Governed) -> &'static str {
    match what {
        Governed::Revenue => "Revenue",
        Governed::Staking => "Staking",
    }
}

/// Only so that the tokens' names stand in one place.
pub(super) fn token_id(chain: &Chain, token: Token) -> U256 {
    id(chain.token(token))
}

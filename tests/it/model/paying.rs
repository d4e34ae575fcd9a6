//! Payments, and everything that somebody signed, as transactions.

use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use alloy::sol_types::{SolCall as _, SolValue as _};
use stoa_contracts::{Market, RevenueShare, StoaToken, Vault};
use stoa_tests::logs::texts;
use stoa_tests::model::{
    Account, Action, ClaimOrder, Errand, Funding, Grant, Keeper, Mark, RelayedPay, Revocation, SignedDeposit,
    SpendOrder, Token, Witness,
};

use super::chain::{Call, Chain};
use super::encode::call;
use super::{gates, signing};

pub(super) fn transaction(chain: &Chain, by: Account, action: &Action) -> Call {
    match action {
        Action::Pay { token, amount, funding, errand } => pay(chain, by, (*token, *amount, *funding), errand),
        Action::PayBySig(pay) => pay_by_sig(chain, pay),
        Action::SpendBySig(order) => spend_by_sig(chain, order),
        Action::ClaimBySig(order) => claim_by_sig(chain, order),
        Action::DepositWithAuthorization(deposit) => deposit_signed(chain, deposit),
        Action::Revoke(revocation) => revoke(chain, revocation),
        Action::DepositNative { to, .. } => {
            call(chain, "Vault", &Vault::depositNativeCall { to: chain.account(*to) })
        }
        Action::WithdrawNative { to, amount } => {
            let (to, amount) = (chain.account(*to), *amount);
            call(chain, "Vault", &Vault::withdrawNativeCall { amount, to })
        }
        Action::CancelNonces { keeper, word, mask } => {
            let keeper = keeper_name(*keeper);
            call(chain, keeper, &Vault::cancelNoncesCall { word: U256::from(*word), mask: *mask })
        }
        other => unreachable!("{other:?} is no payment and not signed"),
    }
}

/// Coin that is sent along.
pub(super) fn value(action: &Action) -> U256 {
    match action {
        Action::DepositNative { amount, .. } => *amount,
        Action::Pay { funding: Funding::Native { sent }, .. } => *sent,
        _ => U256::ZERO,
    }
}

pub(super) fn keeper_name(keeper: Keeper) -> &'static str {
    match keeper {
        Keeper::Vault => "Vault",
        Keeper::Market => "Market",
    }
}

/// What the one who is paid reads.
fn data(chain: &Chain, errand: &Errand) -> Bytes {
    let data = match errand {
        Errand::Order(order) => {
            let recipient = chain.account(order.recipient);
            let (plan, version, quantity) = (U256::from(order.plan), order.version, order.quantity);
            let order_data = stoa_contracts::Order { plan, version, quantity, recipient }.abi_encode();
            [order_data, gates::data(chain, order.gate_data).to_vec()].concat()
        }
        Errand::Shares { sale, quantity, recipient } => {
            let kind = keccak256("ShareOrder(uint256 sale,uint64 quantity,address recipient)");
            (kind, U256::from(*sale), *quantity, chain.account(*recipient)).abi_encode()
        }
        Errand::Lock(order) => {
            let (term, nonce) = (U256::from(order.term), U256::from(order.nonce));
            let signature = signing::lock_signature(chain, order);
            (chain.account(order.account), term, nonce, U256::from(order.deadline), signature).abi_encode()
        }
        Errand::Listing { listing, memo } => (U256::from(*listing), texts::word(*memo)).abi_encode(),
    };
    data.into()
}

/// By the payer itself.
fn pay(chain: &Chain, by: Account, money: (Token, U256, Funding), errand: &Errand) -> Call {
    let (token, amount, funding) = money;
    let grant = match funding {
        Funding::Permit(given) => signing::permit(chain, token, by, &given),
        Funding::Authorization(given) => {
            signing::authorization(chain, (token, by, amount), &given, None).abi_encode().into()
        }
        Funding::Balance | Funding::Allowance | Funding::Native { .. } => Bytes::new(),
    };
    let (target, token, data) = (chain.target(errand), chain.token(token), data(chain, errand));
    let funding = signing::source(funding.into());
    if grant.is_empty() {
        call(chain, "Vault", &Vault::payCall { target, token, amount, funding, data })
    } else {
        call(chain, "Vault", &Vault::payWithGrantCall { target, token, amount, funding, grant, data })
    }
}

/// An errand like it, and yet another.
fn another(errand: &Errand) -> Errand {
    let mut other = errand.clone();
    match &mut other {
        Errand::Order(order) => order.quantity ^= 1,
        Errand::Shares { quantity, .. } => *quantity ^= 1,
        Errand::Lock(order) => order.term += 1,
        Errand::Listing { listing, .. } => *listing += 1,
    }
    other
}

fn pay_by_sig(chain: &Chain, pay: &RelayedPay) -> Call {
    let order = &pay.order;
    let signable = match pay.witness {
        Witness::Another => signing::payment(chain, order, &another(&order.errand)),
        Witness::Same | Witness::Zero => signing::payment(chain, order, &order.errand),
    };
    let grant = match pay.grant {
        Grant::None => Bytes::new(),
        Grant::Permit(given) => signing::permit(chain, order.token, order.from, &given),
        Grant::Authorization(given) => {
            let money = (order.token, order.from, order.amount);
            signing::authorization(chain, money, &given, Some(signable.digest)).abi_encode().into()
        }
    };
    let signature = signing::sign(chain, pay.seal, signable.digest);
    let witness = if pay.witness == Witness::Zero { B256::ZERO } else { signable.witness };
    let data = data(chain, &order.errand);
    let order = Vault::SignedPay {
        from: chain.account(order.from),
        target: chain.target(&order.errand),
        token: chain.token(order.token),
        amount: order.amount,
        funding: signing::source(order.source),
        relayer: order.relayer.map_or(Address::ZERO, |relayer| chain.account(relayer)),
        relayerFee: order.relayer_fee,
        nonce: U256::from(order.nonce),
        deadline: U256::from(order.deadline),
    };
    let witness_type = signable.witness_type;
    call(
        chain,
        "Vault",
        &Vault::payBySigCall { order, witness, witnessType: witness_type, data, grant, signature },
    )
}

fn revoke(chain: &Chain, revocation: &Revocation) -> Call {
    let nonce = match &revocation.mark {
        Mark::Own(nonce) => B256::with_last_byte(*nonce),
        Mark::Deposit(salt) => signing::deposit_nonce(B256::with_last_byte(*salt)),
        Mark::Payment(order) => signing::payment(chain, order, &order.errand).digest,
    };
    let authorizer = chain.account(revocation.giver);
    let signature = signing::revocation(chain, authorizer, nonce, revocation.seal);
    let (r, s) = (B256::from_slice(&signature[..32]), B256::from_slice(&signature[32..64]));
    let call = StoaToken::cancelAuthorizationCall { authorizer, nonce, v: signature[64], r, s };
    (chain.token(Token::Stoa), call.abi_encode().into())
}

fn spend_by_sig(chain: &Chain, order: &SpendOrder) -> Call {
    let signature = signing::spend_signature(chain, order);
    let order = Market::SpendOrder {
        holder: chain.account(order.holder),
        plan: U256::from(order.plan),
        units: order.units,
        spender: chain.account(order.spender),
        r#ref: texts::word(order.reference),
        nonce: U256::from(order.nonce),
        deadline: U256::from(order.deadline),
    };
    call(chain, "Market", &Market::spendBySigCall { order, signature })
}

fn claim_by_sig(chain: &Chain, order: &ClaimOrder) -> Call {
    let signature = signing::claim_signature(chain, order);
    let claim = RevenueShare::ClaimOrder {
        account: chain.account(order.account),
        token: chain.token(order.token),
        to: chain.account(order.to),
        payout: u8::from(order.to_wallet),
        deadline: U256::from(order.deadline),
    };
    let data = RevenueShare::claimBySigCall { order: claim, signature }.abi_encode();
    (chain.shares(order.listing), data.into())
}

fn deposit_signed(chain: &Chain, deposit: &SignedDeposit) -> Call {
    let SignedDeposit { token, from, amount, salt, given } = *deposit;
    let salt = B256::with_last_byte(salt);
    let nonce = Some(signing::deposit_nonce(salt));
    let authorization = signing::authorization(chain, (token, from, amount), &given, nonce);
    let (token, from) = (chain.token(token), chain.account(from));
    call(chain, "Vault", &Vault::depositWithAuthorizationCall { token, from, amount, salt, authorization })
}

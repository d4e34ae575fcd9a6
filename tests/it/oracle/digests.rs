//! Whatever is signed for the protocol: `ethers-core` and alloy come to the same digest, on any input.

use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use alloy::sol_types::SolStruct;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::typed_data::{
    AUTHORIZATION, CANCEL, CLAIM, LISTING_PAYMENT, LOCK_FOR, LOCK_ORDER, ORDER, PAY, PERMIT, SHARE_ORDER,
    SPEND, Signs, digest, number, pay_digest,
};
use crate::support::typed::{
    CancelAuthorization, Claim, LockFor, Permit, ReceiveWithAuthorization, Spend, TransferWithAuthorization,
    domain, listing_payment, lock_order, order, share_order, spend_digest, witness_type,
};

/// Everything that a signature may be about, at random.
#[derive(Clone, Debug)]
struct Any {
    accounts: [Address; 5],
    numbers: [U256; 5],
    word: B256,
    bytes: Bytes,
    small: (u8, u32, u64),
}

fn any_message() -> impl Strategy<Value = Any> {
    (any::<[[u8; 20]; 5]>(), any::<[[u64; 4]; 5]>(), any::<([u8; 32], Vec<u8>)>(), any::<(u8, u32, u64)>())
        .prop_map(|(accounts, numbers, (word, bytes), small)| Any {
            accounts: accounts.map(Address::from),
            numbers: numbers.map(U256::from_limbs),
            word: B256::from(word),
            bytes: bytes.into(),
            small,
        })
}

/// A payment for `$what`, by alloy and by ethers.
macro_rules! both_of_pay {
    ($any:expr, $module:ident, $what:expr, $kind:expr, $json:expr) => {{
        let any: &Any = $any;
        let [from, target, token, relayer, vault] = any.accounts;
        let [amount, fee, nonce, deadline, _] = any.numbers;
        let pay = $module::Pay {
            from,
            target,
            token,
            amount,
            funding: any.small.0,
            relayer,
            relayerFee: fee,
            nonce,
            deadline,
            witness: $what,
        };
        let message = json!({
            "from": from, "target": target, "token": token, "amount": number(amount),
            "funding": any.small.0, "relayer": relayer, "relayerFee": number(fee),
            "nonce": number(nonce), "deadline": number(deadline),
        });
        let ours = pay.eip712_signing_hash(&domain("Stoa Vault", vault));
        (ours, pay_digest(vault, $kind, message, $json))
    }};
}

/// A message, by alloy and by ethers.
fn both<S: SolStruct>(
    name: &'static str,
    contract: Address,
    ours: &S,
    members: &str,
    message: Value,
) -> (B256, B256) {
    let theirs = digest(Signs(name, contract), &[(S::NAME, members)], message);
    (ours.eip712_signing_hash(&domain(name, contract)), theirs)
}

proptest! {
    #[test]
    fn payments_for_orders(any in any_message(), plan: [u64; 4]) {
        let (plan, (_, version, quantity), recipient) = (U256::from_limbs(plan), any.small, any.accounts[4]);
        let what = order::Order { plan, version, quantity, recipient, gateData: any.bytes.clone() };
        let json = json!({
            "plan": number(plan), "version": version, "quantity": number(U256::from(quantity)),
            "recipient": recipient, "gateData": any.bytes,
        });
        let (ours, theirs) = both_of_pay!(&any, order, what, ("Order", ORDER), json);
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn payments_for_shares(any in any_message(), sale: [u64; 4]) {
        let (sale, quantity, recipient) = (U256::from_limbs(sale), any.small.2, any.accounts[4]);
        let what = share_order::ShareOrder { sale, quantity, recipient };
        let json = json!({
            "sale": number(sale), "quantity": number(U256::from(quantity)), "recipient": recipient,
        });
        let (ours, theirs) = both_of_pay!(&any, share_order, what, ("ShareOrder", SHARE_ORDER), json);
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn payments_for_locks(any in any_message(), numbers: [[u64; 4]; 3]) {
        let ([term, nonce, deadline], account) = (numbers.map(U256::from_limbs), any.accounts[0]);
        let what = lock_order::LockOrder { account, term, nonce, deadline, signature: any.bytes.clone() };
        let json = json!({
            "account": account, "term": number(term), "nonce": number(nonce), "deadline": number(deadline),
            "signature": any.bytes,
        });
        let (ours, theirs) = both_of_pay!(&any, lock_order, what, ("LockOrder", LOCK_ORDER), json);
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn payments_of_listings(any in any_message(), listing: [u64; 4]) {
        let (listing, memo) = (U256::from_limbs(listing), any.word);
        let what = listing_payment::ListingPayment { listing, memo };
        let json = json!({ "listing": number(listing), "memo": memo });
        let kind = ("ListingPayment", LISTING_PAYMENT);
        let (ours, theirs) = both_of_pay!(&any, listing_payment, what, kind, json);
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn orders_to_spend(any in any_message()) {
        let ([holder, spender, market, ..], reference) = (any.accounts, any.word);
        let [plan, units, nonce, deadline, _] = any.numbers;
        let ours = Spend { holder, plan, units, spender, reference, nonce, deadline };
        let message = json!({
            "holder": holder, "plan": number(plan), "units": number(units), "spender": spender,
            "ref": reference, "nonce": number(nonce), "deadline": number(deadline),
        });
        let theirs = digest(Signs("Stoa Market", market), &[("Spend", SPEND)], message);
        prop_assert_eq!(spend_digest(&ours, &domain("Stoa Market", market)), theirs);
    }

    #[test]
    fn locks_that_others_pay(any in any_message()) {
        let [account, staking, ..] = any.accounts;
        let [amount, term, nonce, deadline, _] = any.numbers;
        let message = json!({
            "account": account, "amount": number(amount), "term": number(term), "nonce": number(nonce),
            "deadline": number(deadline),
        });
        let ours = LockFor { account, amount, term, nonce, deadline };
        let (ours, theirs) = both("Stoa Staking", staking, &ours, LOCK_FOR, message);
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn claims(any in any_message()) {
        let [account, token, to, shares, _] = any.accounts;
        let ([nonce, deadline, ..], payout) = (any.numbers, any.small.0);
        let message = json!({
            "account": account, "token": token, "to": to, "payout": payout, "nonce": number(nonce),
            "deadline": number(deadline),
        });
        let ours = Claim { account, token, to, payout, nonce, deadline };
        let (ours, theirs) = both("Stoa Revenue Share", shares, &ours, CLAIM, message);
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn permits(any in any_message()) {
        let ([owner, spender, stoa, ..], [value, nonce, deadline, ..]) = (any.accounts, any.numbers);
        let message = json!({
            "owner": owner, "spender": spender, "value": number(value), "nonce": number(nonce),
            "deadline": number(deadline),
        });
        let ours = Permit { owner, spender, value, nonce, deadline };
        let (ours, theirs) = both("Stoa", stoa, &ours, PERMIT, message);
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn authorizations(any in any_message()) {
        let ([from, to, stoa, ..], [value, after, before, ..], nonce) = (any.accounts, any.numbers, any.word);
        let message = json!({
            "from": from, "to": to, "value": number(value), "validAfter": number(after),
            "validBefore": number(before), "nonce": nonce,
        });
        let receive = ReceiveWithAuthorization { from, to, value, validAfter: after, validBefore: before, nonce };
        let (ours, theirs) = both("Stoa", stoa, &receive, AUTHORIZATION, message.clone());
        prop_assert_eq!(ours, theirs);
        let transfer = TransferWithAuthorization { from, to, value, validAfter: after, validBefore: before, nonce };
        let (ours, theirs) = both("Stoa", stoa, &transfer, AUTHORIZATION, message);
        prop_assert_eq!(ours, theirs);
        let cancel = CancelAuthorization { authorizer: from, nonce };
        let message = json!({ "authorizer": from, "nonce": nonce });
        let (ours, theirs) = both("Stoa", stoa, &cancel, CANCEL, message);
        prop_assert_eq!(ours, theirs);
    }
}

/// The Vault puts a payment's type together of a text of its own and one that it is given.
#[test]
fn a_payments_type_goes_on_where_the_vault_stops() {
    for (given, whole, name, members) in [
        (witness_type::<order::Pay>(), order::Pay::eip712_encode_type(), "Order", ORDER),
        (
            witness_type::<share_order::Pay>(),
            share_order::Pay::eip712_encode_type(),
            "ShareOrder",
            SHARE_ORDER,
        ),
        (witness_type::<lock_order::Pay>(), lock_order::Pay::eip712_encode_type(), "LockOrder", LOCK_ORDER),
        (
            witness_type::<listing_payment::Pay>(),
            listing_payment::Pay::eip712_encode_type(),
            "ListingPayment",
            LISTING_PAYMENT,
        ),
    ] {
        assert_eq!(given, format!("{name} witness){name}({members})"));
        assert_eq!(keccak256(format!("Pay({PAY},{given}")), keccak256(whole.as_bytes()));
    }
}

//! What travels with signatures: `ethers-core` and alloy write it alike, and each reads what the other wrote.

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::sol_types::{SolCall, SolEvent, SolValue};
use ethers_core::abi::{self, ParamType, Token};
use ethers_core::utils::keccak256 as ethers_keccak;
use proptest::prelude::*;
use stoa_contracts::{Market, Vault};

use super::{account, number};

/// A call as ethers writes it.
fn call(signature: &str, arguments: &[Token]) -> Vec<u8> {
    [&ethers_keccak(signature)[..4], &abi::encode(arguments)].concat()
}

fn word(value: B256) -> Token {
    Token::FixedBytes(value.to_vec())
}

fn small(value: u64) -> Token {
    number(U256::from(value))
}

proptest! {
    #[test]
    fn signed_payments(
        accounts: [[u8; 20]; 4],
        numbers: [[u64; 4]; 4],
        funding: u8,
        witness: [u8; 32],
        texts: [Vec<u8>; 3],
        kind: String,
    ) {
        let [from, target, token, relayer] = accounts.map(Address::from);
        let [amount, fee, nonce, deadline] = numbers.map(U256::from_limbs);
        let ([data, grant, signature], witness) = (texts.clone().map(Bytes::from), B256::from(witness));
        let order = Vault::SignedPay {
            from, target, token, amount, funding, relayer, relayerFee: fee, nonce, deadline,
        };
        let ours = Vault::payBySigCall { order, witness, witnessType: kind.clone(), data, grant, signature };
        let order = [
            account(from), account(target), account(token), number(amount), small(funding.into()), account(relayer),
            number(fee), number(nonce), number(deadline),
        ];
        let [data, grant, signature] = texts.map(Token::Bytes);
        let arguments = [Token::Tuple(order.to_vec()), word(witness), Token::String(kind), data, grant, signature];
        let pay = "(address,address,address,uint256,uint8,address,uint256,uint256,uint256)";
        let theirs = call(&format!("payBySig({pay},bytes32,string,bytes,bytes,bytes)"), &arguments);
        prop_assert_eq!(ours.abi_encode(), theirs.clone());
        let read = Vault::payBySigCall::abi_decode(&theirs).expect("alloy reads it");
        prop_assert_eq!(read.abi_encode(), theirs);
        let members = [
            ParamType::Address, ParamType::Address, ParamType::Address, ParamType::Uint(256), ParamType::Uint(8),
            ParamType::Address, ParamType::Uint(256), ParamType::Uint(256), ParamType::Uint(256),
        ];
        let types = [
            ParamType::Tuple(members.to_vec()), ParamType::FixedBytes(32), ParamType::String, ParamType::Bytes,
            ParamType::Bytes, ParamType::Bytes,
        ];
        let read = abi::decode(&types, &ours.abi_encode()[4..]).expect("ethers reads it");
        prop_assert_eq!(read, arguments.to_vec());
    }

    #[test]
    fn grants(numbers: [[u64; 4]; 2], words: [[u8; 32]; 2], v: u8, signature: Vec<u8>) {
        let ([after, before], [r, s]) = (numbers.map(U256::from_limbs), words.map(B256::from));
        let permit = (after, before, U256::from(v), r, s).abi_encode();
        let tokens = [number(after), number(before), small(v.into()), word(r), word(s)];
        prop_assert_eq!(permit, abi::encode(&tokens));
        let given = Vault::Authorization {
            validAfter: after, validBefore: before, nonce: r, signature: signature.clone().into(),
        };
        let tokens = [Token::Tuple(vec![number(after), number(before), word(r), Token::Bytes(signature)])];
        prop_assert_eq!(given.abi_encode(), abi::encode(&tokens));
        let read = Vault::Authorization::abi_decode(&abi::encode(&tokens)).expect("alloy reads it");
        prop_assert_eq!(read.abi_encode(), abi::encode(&tokens));
    }

    #[test]
    fn orders_of_locks_and_shares(
        accounts: [[u8; 20]; 2],
        numbers: [[u64; 4]; 4],
        quantity: u64,
        kind: [u8; 32],
        signature: Vec<u8>,
    ) {
        let ([holder, recipient], kind) = (accounts.map(Address::from), B256::from(kind));
        let [term, nonce, deadline, sale] = numbers.map(U256::from_limbs);
        let ours = (holder, term, nonce, deadline, Bytes::from(signature.clone())).abi_encode();
        let members =
            vec![account(holder), number(term), number(nonce), number(deadline), Token::Bytes(signature)];
        prop_assert_eq!(ours, abi::encode(&[Token::Tuple(members)]));
        let ours = (kind, sale, quantity, recipient).abi_encode();
        prop_assert_eq!(ours, abi::encode(&[word(kind), number(sale), small(quantity), account(recipient)]));
    }

    #[test]
    fn spend_orders(
        accounts: [[u8; 20]; 2],
        numbers: [[u64; 4]; 4],
        reference: [u8; 32],
        signature: Vec<u8>,
    ) {
        let ([holder, spender], reference) = (accounts.map(Address::from), B256::from(reference));
        let [plan, units, nonce, deadline] = numbers.map(U256::from_limbs);
        let order = Market::SpendOrder { holder, plan, units, spender, r#ref: reference, nonce, deadline };
        let ours = Market::spendBySigCall { order, signature: signature.clone().into() }.abi_encode();
        let order = vec![
            account(holder), number(plan), number(units), account(spender), word(reference), number(nonce),
            number(deadline),
        ];
        let signature_of = "spendBySig((address,uint256,uint256,address,bytes32,uint256,uint256),bytes)";
        prop_assert_eq!(ours, call(signature_of, &[Token::Tuple(order), Token::Bytes(signature)]));
    }

    /// The contract writes this event's data by hand.
    #[test]
    fn created_plans(
        ids: [[u64; 4]; 3],
        accounts: [[u8; 20]; 2],
        kind in 0..3_u8,
        numbers: [u64; 3],
        sizes: [u32; 3],
        unit: String,
        flags: [bool; 2],
    ) {
        let ([plan, listing, price], [token, gate]) = (ids.map(U256::from_limbs), accounts.map(Address::from));
        let ([cap, from, until], [version, period, units], [transferable, discount]) = (numbers, sizes, flags);
        let event = Market::PlanCreated {
            plan, listing, token, kind, price, cap, transferable, version, period, units, unit: unit.clone(),
            from, until, gate, tierDiscount: discount,
        };
        let tokens = [
            small(kind.into()), number(price), small(cap), Token::Bool(transferable), small(version.into()),
            small(period.into()), small(units.into()), Token::String(unit), small(from), small(until), account(gate),
            Token::Bool(discount),
        ];
        prop_assert_eq!(event.encode_data(), abi::encode(&tokens));
        let topics = event.encode_topics();
        let read = Market::PlanCreated::decode_raw_log(topics.iter().map(|topic| topic.0), &abi::encode(&tokens));
        prop_assert_eq!(read.expect("alloy reads it").encode_data(), abi::encode(&tokens));
    }
}

//! EIP-712 as `ethers-core` does it, from types written out as text and values as JSON.

use alloy::primitives::{Address, B256, U256};
use ethers_core::types as ethers;
use ethers_core::types::transaction::eip712::{
    EIP712Domain, Eip712 as _, Eip712DomainType, TypedData, hash_struct,
};
use serde_json::{Value, json};
use stoa_scripts::anvil::CHAIN_ID;

/// Members of a payment; what is paid for comes after them.
pub(super) const PAY: &str = "address from,address target,address token,uint256 amount,uint8 funding,\
    address relayer,uint256 relayerFee,uint256 nonce,uint256 deadline";
pub(super) const ORDER: &str = "uint256 plan,uint32 version,uint64 quantity,address recipient,bytes gateData";
pub(super) const SHARE_ORDER: &str = "uint256 sale,uint64 quantity,address recipient";
pub(super) const LOCK_ORDER: &str =
    "address account,uint256 term,uint256 nonce,uint256 deadline,bytes signature";
pub(super) const LISTING_PAYMENT: &str = "uint256 listing,bytes32 memo";
pub(super) const SPEND: &str = "address holder,uint256 plan,uint256 units,address spender,bytes32 ref,\
    uint256 nonce,uint256 deadline";
pub(super) const LOCK_FOR: &str =
    "address account,uint256 amount,uint256 term,uint256 nonce,uint256 deadline";
pub(super) const CLAIM: &str =
    "address account,address token,address to,uint8 payout,uint256 nonce,uint256 deadline";
pub(super) const PERMIT: &str = "address owner,address spender,uint256 value,uint256 nonce,uint256 deadline";
pub(super) const AUTHORIZATION: &str =
    "address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce";
pub(super) const CANCEL: &str = "address authorizer,bytes32 nonce";

/// A contract and the name that it signs by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signs(pub(super) &'static str, pub(super) Address);

/// The digest of a message. The first struct is the message's type.
pub(super) fn digest(signs: Signs, structs: &[(&str, &str)], message: Value) -> B256 {
    let Value::Object(message) = message else { unreachable!("a message is an object") };
    let data = TypedData {
        domain: EIP712Domain {
            name: Some(signs.0.to_owned()),
            version: Some("1".to_owned()),
            chain_id: Some(CHAIN_ID.into()),
            verifying_contract: Some(ethers::Address::from_slice(signs.1.as_slice())),
            salt: None,
        },
        types: structs.iter().map(|(name, members)| ((*name).to_owned(), parsed(members))).collect(),
        primary_type: structs[0].0.to_owned(),
        message: message.into_iter().collect(),
    };
    data.encode_eip712().expect("a digest").into()
}

/// The digest of a payment for something.
pub(super) fn pay_digest(vault: Address, witness: (&str, &str), mut message: Value, what: Value) -> B256 {
    message["witness"] = what;
    let members = format!("{PAY},{} witness", witness.0);
    digest(Signs("Stoa Vault", vault), &[("Pay", &members), witness], message)
}

/// The hash of one struct, without a domain.
pub(super) fn struct_hash((name, members): (&str, &str), value: &Value) -> B256 {
    let types = [(name.to_owned(), parsed(members))].into();
    hash_struct(name, value, &types).expect("a hash").into()
}

fn parsed(members: &str) -> Vec<Eip712DomainType> {
    let member = |text: &str| {
        let (kind, name) = text.split_once(' ').expect("a type and a name");
        Eip712DomainType { name: name.to_owned(), r#type: kind.to_owned() }
    };
    members.split(',').map(member).collect()
}

/// A number as wallets write it.
pub(super) fn number(value: U256) -> Value {
    json!(format!("{value:#x}"))
}

//! `ethers-core`, which shares no code with alloy, agrees with our encodings and addresses.

mod accepted;
mod digests;
mod encodings;
mod typed_data;

use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use alloy::sol_types::{SolEvent, SolValue};
use ethers_core::abi::{self, Token, Tokenizable};
use ethers_core::types as ethers;
use ethers_core::utils::{get_create2_address_from_hash, keccak256 as ethers_keccak};
use proptest::prelude::*;
use stoa_contracts::{Listings, Market, Order, Revenue, Vault};
use stoa_scripts::deploy::CREATE2_DEPLOYER;

use crate::support::{Actors, Stack};

fn number(value: U256) -> Token {
    ethers::U256::from_big_endian(&value.to_be_bytes::<32>()).into_token()
}

fn account(value: Address) -> Token {
    ethers::Address::from_slice(value.as_slice()).into_token()
}

/// A short text as `bytes32`, left-aligned as in Solidity.
fn text(text: &str) -> B256 {
    let mut word = [0; 32];
    word[..text.len()].copy_from_slice(text.as_bytes());
    B256::from(word)
}

proptest! {
    #[test]
    fn orders_are_encoded_alike(plan: [u64; 4], version: u32, quantity: u64, recipient: [u8; 20]) {
        let (plan, recipient) = (U256::from_limbs(plan), Address::from(recipient));
        let ours = Order { plan, version, quantity, recipient }.abi_encode();
        let tokens = [number(plan), number(U256::from(version)), number(U256::from(quantity)), account(recipient)];
        prop_assert_eq!(&ours, &abi::encode(&tokens));
        prop_assert_eq!(Order::abi_decode(&abi::encode(&tokens)).ok().map(|order| order.quantity), Some(quantity));
    }

    #[test]
    fn payments_are_encoded_alike(target: [u8; 20], token: [u8; 20], amount: [u64; 4], data: Vec<u8>) {
        let (target, token, amount) = (Address::from(target), Address::from(token), U256::from_limbs(amount));
        let call = Vault::payCall { target, token, amount, funding: 1, data: Bytes::from(data.clone()) };
        let tokens = [account(target), account(token), number(amount), number(U256::from(1)), Token::Bytes(data)];
        let selector = &ethers_keccak("pay(address,address,uint256,uint8,bytes)")[..4];
        let theirs = [selector, &abi::encode(&tokens)].concat();
        prop_assert_eq!(alloy::sol_types::SolCall::abi_encode(&call), theirs);
    }
}

#[test]
fn event_topics_are_the_hashes_of_their_signatures() {
    for (topic, signature) in [
        (Vault::Transfer::SIGNATURE_HASH, "Transfer(address,address,address,uint256,uint256)"),
        (Vault::TokenDescribed::SIGNATURE_HASH, "TokenDescribed(address,string,string,uint8)"),
        (
            Listings::ListingCreated::SIGNATURE_HASH,
            "ListingCreated(uint256,address,uint8,string,string,bool,uint16,uint256[],uint16[],address,uint16)",
        ),
        (Listings::VersionPublished::SIGNATURE_HASH, "VersionPublished(uint256,uint256,bytes32,string[])"),
        (
            Market::PlanCreated::SIGNATURE_HASH,
            "PlanCreated(uint256,uint256,address,uint8,uint256,uint64,bool,uint32,uint32,uint32,string,uint64,uint64,address,bool)",
        ),
        (
            Market::Purchased::SIGNATURE_HASH,
            "Purchased(uint256,address,address,uint256,uint64,uint256,uint256,address,uint64,uint64)",
        ),
        (
            Revenue::Settled::SIGNATURE_HASH,
            "Settled(uint256,address,address,uint256,uint256,uint256[],address[],uint256[])",
        ),
    ] {
        assert_eq!(topic.0, ethers_keccak(signature), "{signature}");
    }
}

#[tokio::test]
async fn addresses_follow_from_code_and_names() {
    let stack = Stack::start().await;
    let actors = Actors::of(&stack);
    let deployer = stack.deployment.contracts["Deployer"].address;
    let artifact = |name: &str| -> serde_json::Value {
        let path = stoa_scripts::checkout::root().join(format!("contracts/artifacts/{name}.json"));
        serde_json::from_str(&std::fs::read_to_string(path).expect("an artifact")).expect("JSON")
    };
    let code = |name: &str| -> Vec<u8> {
        artifact(name)["bytecode"].as_str().expect("bytecode").parse::<Bytes>().expect("hex").to_vec()
    };
    let create2 = |from: Address, salt: B256, init_code: &[u8]| {
        let from = ethers::Address::from_slice(from.as_slice());
        Address::from_slice(&get_create2_address_from_hash(from, salt.0, ethers_keccak(init_code)).0)
    };
    let placed = [code("Deployer"), abi::encode(&[account(Actors::address(0))])].concat();
    assert_eq!(deployer, create2(CREATE2_DEPLOYER, text("Stoa"), &placed));
    for name in ["Timelock", "Vault", "Listings", "Revenue", "Staking", "Market", "StoaToken", "TierGate"] {
        let expected = create2(deployer, text(name), &code(name));
        assert_eq!(stack.deployment.contracts[name].address, expected, "{name}");
    }
    // A sub-account is the low 160 bits of keccak256(abi.encode(controller, salt)).
    let salt = keccak256("a salt");
    let encoded = abi::encode(&[account(*actors.revenue.address()), Token::FixedBytes(salt.to_vec())]);
    let expected = Address::from_slice(&ethers_keccak(encoded)[12..]);
    let found = actors.vault.subAccount(*actors.revenue.address(), salt).call().await.expect("an address");
    assert_eq!(found, expected);
}

//! Everything that is signed for the protocol, as EIP-712 structs.

use std::borrow::Cow;

use alloy::primitives::{Address, B256, U256, keccak256};
use alloy::sol;
use alloy::sol_types::{Eip712Domain, SolStruct};
use stoa_scripts::anvil::CHAIN_ID;

sol! {
    /// Not under these names: see [`spend_digest`].
    #[derive(Debug)]
    struct Spend {
        address holder;
        uint256 plan;
        uint256 units;
        address spender;
        bytes32 reference;
        uint256 nonce;
        uint256 deadline;
    }

    #[derive(Debug)]
    struct LockFor {
        address account;
        uint256 amount;
        uint256 term;
        uint256 nonce;
        uint256 deadline;
    }

    #[derive(Debug)]
    struct Claim {
        address account;
        address token;
        address to;
        uint8 payout;
        uint256 nonce;
        uint256 deadline;
    }

    #[derive(Debug)]
    struct Permit {
        address owner;
        address spender;
        uint256 value;
        uint256 nonce;
        uint256 deadline;
    }

    #[derive(Debug)]
    struct ReceiveWithAuthorization {
        address from;
        address to;
        uint256 value;
        uint256 validAfter;
        uint256 validBefore;
        bytes32 nonce;
    }

    #[derive(Debug)]
    struct TransferWithAuthorization {
        address from;
        address to;
        uint256 value;
        uint256 validAfter;
        uint256 validBefore;
        bytes32 nonce;
    }

    #[derive(Debug)]
    struct CancelAuthorization {
        address authorizer;
        bytes32 nonce;
    }

    /// Hashed, it is the nonce of the authorization of a deposit.
    #[derive(Debug)]
    struct Deposit {
        bytes32 salt;
    }
}

/// A payment whose last member says what is paid for.
macro_rules! pay_for {
    ($module:ident, $witness:ident, $($members:tt)*) => {
        pub(crate) mod $module {
            alloy::sol! {
                #[derive(Debug)]
                struct $witness {
                    $($members)*
                }

                #[derive(Debug)]
                struct Pay {
                    address from;
                    address target;
                    address token;
                    uint256 amount;
                    uint8 funding;
                    address relayer;
                    uint256 relayerFee;
                    uint256 nonce;
                    uint256 deadline;
                    $witness witness;
                }
            }
        }
    };
}

pay_for!(order, Order, uint256 plan; uint32 version; uint64 quantity; address recipient; bytes gateData;);
pay_for!(share_order, ShareOrder, uint256 sale; uint64 quantity; address recipient;);
pay_for!(lock_order, LockOrder, address account; uint256 term; uint256 nonce; uint256 deadline; bytes signature;);
pay_for!(listing_payment, ListingPayment, uint256 listing; bytes32 memo;);

/// What a holder of credits signs. Rust keeps the word `ref` to itself, and alloy would then write `r#ref` into
/// the type; so the type is written here.
pub(crate) fn spend_digest(spend: &Spend, domain: &Eip712Domain) -> B256 {
    let kind = "Spend(address holder,uint256 plan,uint256 units,address spender,bytes32 ref,\
        uint256 nonce,uint256 deadline)";
    let members = [keccak256(kind).as_slice(), &spend.eip712_encode_data()].concat();
    keccak256([&[0x19, 0x01], domain.separator().as_slice(), keccak256(members).as_slice()].concat())
}

/// What the Vault is told of a payment's type: the end of it, from its last member on.
pub(crate) fn witness_type<P: SolStruct>() -> String {
    let whole = P::eip712_encode_type();
    let (_, end) = whole.split_once("uint256 deadline,").expect("the member before the witness");
    end.to_owned()
}

/// Of a contract, under the name it signs by.
pub(crate) fn domain(name: &'static str, contract: Address) -> Eip712Domain {
    let (name, version) = (Some(Cow::Borrowed(name)), Some(Cow::Borrowed("1")));
    Eip712Domain::new(name, version, Some(U256::from(CHAIN_ID)), Some(contract), None)
}

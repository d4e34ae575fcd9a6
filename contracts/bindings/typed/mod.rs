//! The messages that are signed (EIP-712), as the contracts hash them.

use alloy::{
    primitives::{Address, B256, Bytes, keccak256},
    sol,
    sol_types::{Eip712Domain, SolStruct, SolValue as _},
};
use serde::{Deserialize, Serialize};

mod spend;

pub use spend::Spend;

use crate::Vault::{SignedPay, payBySigCall};

/// What stands before the witness in the type of every payment.
const STUB: &str = "Pay(address from,address target,address token,uint256 amount,uint8 funding,address relayer,\
                    uint256 relayerFee,uint256 nonce,uint256 deadline,";

/// A witness, and the payment that ends with it. The struct must be called `Pay` for each.
macro_rules! paid_with {
    ($module:ident, $witness:ident, $text:literal, { $($members:tt)* }) => {
        #[doc = $text]
        pub mod $module {
            use super::*;

            sol! {
                #[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
                struct $witness { $($members)* }

                #[derive(Debug, Serialize)]
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

            impl Pay {
                /// The message that the payer of `pay` signs for this witness.
                #[must_use]
                pub fn of(pay: &SignedPay, witness: &$witness) -> Self {
                    Self {
                        from: pay.from,
                        target: pay.target,
                        token: pay.token,
                        amount: pay.amount,
                        funding: pay.funding,
                        relayer: pay.relayer,
                        relayerFee: pay.relayerFee,
                        nonce: pay.nonce,
                        deadline: pay.deadline,
                        witness: witness.clone(),
                    }
                }
            }
        }
    };
}

paid_with!(plan, Order, "A purchase from a plan.", {
    uint256 plan;
    uint32 version;
    uint64 quantity;
    address recipient;
    bytes gateData;
});

paid_with!(shares, ShareOrder, "A purchase of revenue shares.", {
    uint256 sale;
    uint64 quantity;
    address recipient;
});

sol! {
    /// ERC-2612.
    #[derive(Debug, Serialize)]
    struct Permit {
        address owner;
        address spender;
        uint256 value;
        uint256 nonce;
        uint256 deadline;
    }

    /// ERC-3009.
    #[derive(Debug, Serialize)]
    struct ReceiveWithAuthorization {
        address from;
        address to;
        uint256 value;
        uint256 validAfter;
        uint256 validBefore;
        bytes32 nonce;
    }

    /// ERC-3009.
    #[derive(Debug, Serialize)]
    struct CancelAuthorization {
        address authorizer;
        bytes32 nonce;
    }

    /// Shares: a holder has what it earned paid out.
    #[derive(Debug, Serialize)]
    struct Claim {
        address account;
        address token;
        address to;
        uint8 payout;
        uint256 nonce;
        uint256 deadline;
    }

    /// Staking: an account lets somebody else pay for its lock.
    #[derive(Debug, Serialize)]
    struct LockFor {
        address account;
        uint256 amount;
        uint256 term;
        uint256 nonce;
        uint256 deadline;
    }
}

/// What a payment to the Market orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    Plan(plan::Order),
    Shares(shares::ShareOrder),
}

impl Wanted {
    /// As the Market reads it.
    #[must_use]
    pub fn data(&self) -> Bytes {
        match self {
            Self::Plan(order) => {
                let plain = (order.plan, order.version, order.quantity, order.recipient);
                [plain.abi_encode(), order.gateData.to_vec()].concat().into()
            }
            Self::Shares(order) => [order.eip712_type_hash().to_vec(), order.abi_encode()].concat().into(),
        }
    }

    /// The struct hash that the Market compares with its data.
    #[must_use]
    pub fn witness(&self) -> B256 {
        match self {
            Self::Plan(order) => order.eip712_hash_struct(),
            Self::Shares(order) => order.eip712_hash_struct(),
        }
    }

    /// The rest of the payment's type, as `payBySig` takes it.
    #[must_use]
    pub fn witness_type(&self) -> String {
        let whole = match self {
            Self::Plan(_) => plan::Pay::eip712_encode_type(),
            Self::Shares(_) => shares::Pay::eip712_encode_type(),
        };
        whole.strip_prefix(STUB).unwrap_or(&whole).to_owned()
    }

    /// The call that sends the payment.
    #[must_use]
    pub fn call(&self, pay: &SignedPay, grant: Bytes, signature: Bytes) -> payBySigCall {
        payBySigCall {
            order: pay.clone(),
            witness: self.witness(),
            witnessType: self.witness_type(),
            data: self.data(),
            grant,
            signature,
        }
    }

    /// What the payer signs, hashed.
    #[must_use]
    pub fn digest(&self, pay: &SignedPay, domain: &Eip712Domain) -> B256 {
        match self {
            Self::Plan(order) => plan::Pay::of(pay, order).eip712_signing_hash(domain),
            Self::Shares(order) => shares::Pay::of(pay, order).eip712_signing_hash(domain),
        }
    }
}

/// The domain in which a contract of the suite checks signatures; its name is `Stoa Vault`, `Stoa Market` or
/// `Stoa Staking`.
#[must_use]
pub fn domain(name: &'static str, chain_id: u64, contract: Address) -> Eip712Domain {
    alloy::sol_types::eip712_domain! {
        name: name,
        version: "1",
        chain_id: chain_id,
        verifying_contract: contract,
    }
}

/// `keccak256` of a text as one word: how a reference longer than a word is written.
#[must_use]
pub fn word_of(text: &str) -> B256 {
    if text.len() <= 32 { B256::right_padding_from(text.as_bytes()) } else { keccak256(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_the_contracts() {
        let order = plan::Order {
            plan: alloy::primitives::U256::ONE,
            version: 1,
            quantity: 1,
            recipient: Address::ZERO,
            gateData: Bytes::new(),
        };
        assert_eq!(
            Wanted::Plan(order).witness_type(),
            "Order witness)Order(uint256 plan,uint32 version,uint64 quantity,address recipient,bytes gateData)"
        );
        assert_eq!(
            LockFor::eip712_encode_type(),
            "LockFor(address account,uint256 amount,uint256 term,uint256 nonce,uint256 deadline)"
        );
    }
}

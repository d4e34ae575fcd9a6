//! The message `Spend`, whose member `ref` is a word of Rust too.
//!
//! `sol!` writes such a member into the type as `r#ref`, and then the hash is of another struct. So the generated struct
//! is wrapped here, and the type is said as Solidity has it.

use std::borrow::Cow;

use alloy::{
    sol,
    sol_types::{SolStruct, SolType, Word, private::SolTypeValue},
};
use serde::Serialize;

sol! {
    #[derive(Debug, PartialEq, Eq, Serialize)]
    struct SpendMembers {
        address holder;
        uint256 plan;
        uint256 units;
        address spender;
        bytes32 ref;
        uint256 nonce;
        uint256 deadline;
    }
}

/// Market: a holder lets a spender take credits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Spend(SpendMembers);

impl From<crate::Market::SpendOrder> for Spend {
    fn from(order: crate::Market::SpendOrder) -> Self {
        let crate::Market::SpendOrder { holder, plan, units, spender, r#ref, nonce, deadline } = order;
        Self(SpendMembers { holder, plan, units, spender, r#ref, nonce, deadline })
    }
}

impl SolStruct for Spend {
    const NAME: &'static str = "Spend";

    fn eip712_components() -> Vec<Cow<'static, str>> {
        Vec::new()
    }

    fn eip712_root_type() -> Cow<'static, str> {
        "Spend(address holder,uint256 plan,uint256 units,address spender,bytes32 ref,uint256 nonce,uint256 deadline)"
            .into()
    }

    fn eip712_encode_data(&self) -> Vec<u8> {
        self.0.eip712_encode_data()
    }
}

impl SolType for Spend {
    type RustType = Self;
    type Token<'a> = <SpendMembers as SolType>::Token<'a>;

    const SOL_NAME: &'static str = <Self as SolStruct>::NAME;
    const ENCODED_SIZE: Option<usize> = SpendMembers::ENCODED_SIZE;
    const PACKED_ENCODED_SIZE: Option<usize> = SpendMembers::PACKED_ENCODED_SIZE;

    fn valid_token(token: &Self::Token<'_>) -> bool {
        SpendMembers::valid_token(token)
    }

    fn detokenize(token: Self::Token<'_>) -> Self {
        Self(SpendMembers::detokenize(token))
    }
}

impl SolTypeValue<Self> for Spend {
    fn stv_to_tokens(&self) -> <Self as SolType>::Token<'_> {
        SpendMembers::tokenize(&self.0)
    }

    fn stv_eip712_data_word(&self) -> Word {
        self.eip712_hash_struct()
    }

    fn stv_abi_encode_packed_to(&self, out: &mut Vec<u8>) {
        SpendMembers::abi_encode_packed_to(&self.0, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Should this fail, `sol!` says the type rightly and the wrapper can go.
    #[test]
    fn the_generated_struct_says_its_type_wrongly() {
        assert!(SpendMembers::eip712_encode_type().contains("r#ref"));
    }
}

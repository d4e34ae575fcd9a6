//! Addresses, hashes and amounts as GraphQL scalars. Only this crate may say so: the types are its own.

use alloy::primitives::{Address, B256, U256};
use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

use super::{Addr, Hash, Uint};

/// An address: `0x` and 40 hexadecimal digits, with capitals as in EIP-55. In arguments capitals may be left out.
#[Scalar(name = "Address")]
impl ScalarType for Addr {
    fn parse(value: Value) -> InputValueResult<Self> {
        let read = match &value {
            Value::String(text) => address(text),
            _ => None,
        };
        read.ok_or_else(|| {
            unlike(&value, "an address: `0x` and 40 hexadecimal digits, capitals as in EIP-55 or none")
        })
    }

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }
}

/// 32 bytes: `0x` and 64 hexadecimal digits.
#[Scalar(name = "Bytes32")]
impl ScalarType for Hash {
    fn parse(value: Value) -> InputValueResult<Self> {
        let read = match &value {
            Value::String(text) if text.len() == 66 && text.starts_with("0x") => text.parse::<B256>().ok(),
            _ => None,
        };
        read.map(Self).ok_or_else(|| unlike(&value, "`0x` and 64 hexadecimal digits"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }
}

/// A whole number from 0 to 2^256 - 1 as a string of decimal digits: amounts are in a token's base units.
#[Scalar(name = "Uint256")]
impl ScalarType for Uint {
    fn parse(value: Value) -> InputValueResult<Self> {
        let written = |text: &&String| {
            text.bytes().all(|byte| byte.is_ascii_digit()) && (text.as_str() == "0" || !text.starts_with('0'))
        };
        let read = match &value {
            Value::String(text) => {
                Some(text).filter(written).and_then(|text| U256::from_str_radix(text, 10).ok())
            }
            _ => None,
        };
        let allowed = "a whole number from 0 to 2^256 - 1 as a string of decimal digits";
        read.filter(|_| value != Value::String(String::new()))
            .map(Self)
            .ok_or_else(|| unlike(&value, allowed))
    }

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }
}

/// Capitals are either absent, everywhere, or where EIP-55 puts them: others are a typing mistake.
fn address(text: &str) -> Option<Addr> {
    let digits = text.strip_prefix("0x").filter(|digits| digits.len() == 40)?;
    let address: Address = text.parse().ok()?;
    let one_case = !digits.bytes().any(|byte| byte.is_ascii_uppercase())
        || !digits.bytes().any(|byte| byte.is_ascii_lowercase());
    (one_case || address.to_checksum(None) == text).then_some(Addr(address))
}

fn unlike<T: async_graphql::InputType>(value: &Value, allowed: &str) -> InputValueError<T> {
    let read: String = value.to_string().chars().take(80).collect();
    InputValueError::custom(format!("was `{read}`; expected {allowed}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::String(text.to_owned())
    }

    #[test]
    fn scalars_are_read_as_they_are_written() {
        let right = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
        assert_eq!(Addr::parse(text(right)).expect("valid").to_value(), text(right));
        assert_eq!(Addr::parse(text(&right.to_lowercase())).expect("valid").to_value(), text(right));
        let most = U256::MAX.to_string();
        assert_eq!(Uint::parse(text(&most)).expect("valid").to_value(), text(&most));
        let hash = format!("0x{}", "0f".repeat(32));
        assert_eq!(Hash::parse(text(&hash)).expect("valid").to_value(), text(&hash));
    }

    #[test]
    fn what_is_unlike_is_refused() {
        for bad in ["", "0x", "0xF39fd6e51aad88F6F4ce6aB8827279cffFb92266", "é"] {
            assert!(Addr::parse(text(bad)).is_err(), "{bad}");
            assert!(Hash::parse(text(bad)).is_err(), "{bad}");
            assert!(Uint::parse(text(bad)).is_err(), "{bad}");
        }
        assert!(Uint::parse(text("007")).is_err());
        assert!(Uint::parse(Value::from(7)).is_err());
        assert!(Uint::parse(text(&format!("{}0", U256::MAX))).is_err());
    }
}

//! Amounts as people write them.

use alloy::primitives::{Address, U256};

/// A token, as it describes itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub address: Address,
    pub symbol: String,
    pub decimals: u8,
}

impl Token {
    /// With its symbol: `12.5 USDC`.
    #[must_use]
    pub fn show(&self, amount: U256) -> String {
        format!("{} {}", format_units(amount, self.decimals), self.symbol)
    }

    /// Reads an amount such as `12.5`.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn parse(&self, text: &str) -> Result<U256, String> {
        parse_units(text, self.decimals)
            .map_err(|reason| format!("{text:?} is no amount of {}: {reason}", self.symbol))
    }
}

/// The exact decimal number, without needless zeros: `1500000` with 6 decimals is `1.5`.
#[must_use]
pub fn format_units(amount: U256, decimals: u8) -> String {
    let decimals = usize::from(decimals);
    let digits = format!("{:0>width$}", amount.to_string(), width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
}

/// The reverse of [`format_units`]: nothing is rounded.
///
/// # Errors
/// What is wrong with the text.
pub fn parse_units(text: &str, decimals: u8) -> Result<U256, String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || text.ends_with('.') {
        return Err("write digits, with a point before decimals, such as 12.5".to_owned());
    }
    let decimals = usize::from(decimals);
    if fraction.len() > decimals {
        return Err(format!("it has {} decimals, the token {decimals}", fraction.len()));
    }
    format!("{whole}{fraction:0<decimals$}").parse().map_err(|_| "it does not fit into 256 bits".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn people_write_points() {
        assert_eq!(parse_units("12.5", 6), Ok(U256::from(12_500_000)));
        assert_eq!(parse_units("0.000001", 6), Ok(U256::from(1)));
        assert_eq!(parse_units("7", 0), Ok(U256::from(7)));
        assert_eq!(parse_units("0.0000001", 6), Err("it has 7 decimals, the token 6".to_owned()));
        for text in ["", ".5", "5.", "-1", "1e6", "1,5", "1_000", " 1", "0x1"] {
            assert!(parse_units(text, 6).is_err(), "{text:?}");
        }
        assert!(parse_units(&format!("{}0", U256::MAX), 0).is_err());
    }

    proptest! {
        #[test]
        fn what_is_shown_can_be_read_again(amount: [u64; 4], decimals in 0_u8..=77) {
            let amount = U256::from_limbs(amount);
            prop_assert_eq!(parse_units(&format_units(amount, decimals), decimals), Ok(amount));
        }
    }
}

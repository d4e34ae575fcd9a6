//! Postgres' binary `numeric`, for whole non-negative numbers.
//!
//! Wire format (`numeric_send` in Postgres): four big-endian `i16` (count of base-10,000 digits, weight of
//! the first, sign, display scale), then the digits, most significant first, trailing zeros dropped.

use alloy::primitives::U256;

/// The base of one digit of Postgres' `numeric`.
const BASE: u16 = 10_000;
/// Four digits at once: the largest power of the base that keeps the long division in 64-bit words.
const CHUNK: u64 = 10_000_000_000_000_000;
/// `uint256::MAX` has 78 decimal digits: 20 digits of base 10,000.
const MAX_DIGITS: usize = 20;

/// A `numeric` on its way to or from the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numeric {
    digits: [u16; MAX_DIGITS],
    len: usize,
    /// Digits after the last stored one; the wire leaves trailing zeros out.
    trailing_zeros: usize,
}

/// Why a `numeric` is not a `uint256`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumericError {
    #[error("the numeric's bytes are cut short")]
    Truncated,
    #[error("the numeric is negative, NaN or infinite")]
    NotANatural,
    #[error("the numeric has a fractional part")]
    Fractional,
    #[error("the numeric is larger than uint256")]
    TooLarge,
}

impl Numeric {
    /// The number's digits.
    pub fn from_uint(value: U256) -> Self {
        let mut reversed = [0u16; MAX_DIGITS];
        let mut len = 0;
        let mut rest = value;
        while !rest.is_zero() {
            let (quotient, remainder) = rest.div_rem(U256::from(CHUNK));
            let mut chunk: u64 = remainder.to();
            for _ in 0..4 {
                // The remainder of a division by 10,000 fits.
                reversed[len] = (chunk % u64::from(BASE)) as u16;
                chunk /= u64::from(BASE);
                len += 1;
            }
            rest = quotient;
        }
        while len > 0 && reversed[len - 1] == 0 {
            len -= 1;
        }
        let trailing_zeros = reversed[..len].iter().take_while(|digit| **digit == 0).count();
        let mut digits = [0u16; MAX_DIGITS];
        for (to, from) in digits.iter_mut().zip(reversed[trailing_zeros..len].iter().rev()) {
            *to = *from;
        }
        Self { digits, len: len - trailing_zeros, trailing_zeros }
    }

    /// Appends the wire form.
    pub fn write(&self, out: &mut Vec<u8>) {
        let weight = (self.len + self.trailing_zeros) as i16 - 1;
        out.extend_from_slice(&(self.len as i16).to_be_bytes());
        out.extend_from_slice(&(if self.len == 0 { 0 } else { weight }).to_be_bytes());
        out.extend_from_slice(&[0, 0, 0, 0]); // sign: positive; display scale: none
        for digit in &self.digits[..self.len] {
            out.extend_from_slice(&digit.to_be_bytes());
        }
    }

    /// How many bytes [`Self::write`] appends.
    pub fn wire_len(&self) -> usize {
        8 + 2 * self.len
    }

    /// Reads the wire form as a `uint256`.
    pub fn read_uint(bytes: &[u8]) -> Result<U256, NumericError> {
        let word = |at: usize| -> Result<u16, NumericError> {
            let pair = bytes.get(2 * at..2 * at + 2).ok_or(NumericError::Truncated)?;
            Ok(u16::from_be_bytes([pair[0], pair[1]]))
        };
        let (count, weight, sign) = (usize::from(word(0)?), word(1)? as i16, word(2)?);
        if sign != 0 {
            return Err(NumericError::NotANatural);
        }
        if count == 0 {
            return Ok(U256::ZERO);
        }
        let whole = usize::try_from(i32::from(weight) + 1).map_err(|_| NumericError::Fractional)?;
        if count > whole {
            return Err(NumericError::Fractional);
        }
        let base = U256::from(BASE);
        let mut value = U256::ZERO;
        for at in 0..whole {
            let digit = if at < count { word(4 + at)? } else { 0 };
            value = value
                .checked_mul(base)
                .and_then(|shifted| shifted.checked_add(U256::from(digit)))
                .ok_or(NumericError::TooLarge)?;
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn wire(value: U256) -> Vec<u8> {
        let mut out = Vec::new();
        Numeric::from_uint(value).write(&mut out);
        out
    }

    #[test]
    fn known_wire_forms() {
        assert_eq!(wire(U256::ZERO), [0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(wire(U256::from(1)), [0, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(
            wire(U256::from(10_000)),
            [0, 1, 0, 1, 0, 0, 0, 0, 0, 1],
            "trailing zero digits are dropped"
        );
        assert_eq!(wire(U256::from(12_345_678)), [0, 2, 0, 1, 0, 0, 0, 0, 0x04, 0xd2, 0x16, 0x2e]);
    }

    #[test]
    fn what_is_no_uint256_is_refused() {
        assert_eq!(Numeric::read_uint(&[0, 1]), Err(NumericError::Truncated));
        assert_eq!(Numeric::read_uint(&[0, 1, 0, 0, 0x40, 0, 0, 0, 0, 1]), Err(NumericError::NotANatural));
        assert_eq!(Numeric::read_uint(&[0, 1, 0xff, 0xff, 0, 0, 0, 1, 0, 5]), Err(NumericError::Fractional));
        assert_eq!(Numeric::read_uint(&[0, 1, 0, 20, 0, 0, 0, 0, 0, 1]), Err(NumericError::TooLarge));
    }

    proptest! {
        #[test]
        fn every_uint256_survives_the_wire(limbs: [u64; 4], shift in 0usize..256) {
            let value = U256::from_limbs(limbs) >> shift;
            let bytes = wire(value);
            prop_assert_eq!(bytes.len(), Numeric::from_uint(value).wire_len());
            prop_assert_eq!(Numeric::read_uint(&bytes), Ok(value));
        }

        #[test]
        fn round_numbers_survive_the_wire(power in 0usize..78, factor in 1u64..100_000) {
            let value = U256::from(10).pow(U256::from(power)).saturating_mul(U256::from(factor));
            prop_assert_eq!(Numeric::read_uint(&wire(value)), Ok(value));
        }
    }
}

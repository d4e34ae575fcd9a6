//! Amounts, addresses and names as sentences show them.

use alloy::primitives::{U256, utils::format_units};

use super::ZERO;

/// A word that a token or plan tells of itself is cut here.
const LONGEST: usize = 24;

pub(super) fn short(address: &str) -> String {
    match (address, address.get(..6), address.get(38..42)) {
        (ZERO, ..) => "nobody".to_owned(),
        (_, Some(head), Some(tail)) if address.len() == 42 => format!("{head}…{tail}"),
        _ => address.to_owned(),
    }
}

/// A word that somebody chose, fit to be shown.
pub(super) fn cut(word: &str) -> String {
    cut_to(word, LONGEST)
}

pub(super) fn cut_to(word: &str, most: usize) -> String {
    let mut shown: String = word.chars().filter(|letter| !letter.is_control()).take(most).collect();
    if shown.chars().count() < word.chars().count() {
        shown.push('…');
    }
    shown
}

/// Base units as whole ones, exactly: at least two decimals where the token has them, and no more than it takes.
pub(super) fn units(amount: &str, decimals: u8) -> String {
    if decimals == 0 {
        return amount.to_owned();
    }
    let written = amount.parse::<U256>().ok().and_then(|amount| format_units(amount, decimals).ok());
    let Some(written) = written else { return format!("{amount} / 10^{decimals}") };
    let Some((whole, fraction)) = written.split_once('.') else { return written };
    let shortest = fraction.trim_end_matches('0').len().max(2).min(fraction.len());
    match fraction.get(..shortest) {
        Some(fraction) if !fraction.is_empty() => format!("{whole}.{fraction}"),
        _ => whole.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_and_no_longer_than_they_need() {
        assert_eq!(units("20000000", 6), "20.00");
        assert_eq!(units("1", 6), "0.000001");
        assert_eq!(units("1500000000000000000", 18), "1.50");
        assert_eq!(units("7", 0), "7");
        assert_eq!(units("70", 1), "7.0");
        assert_eq!(
            units(&U256::MAX.to_string(), 255).matches("10^255").count(),
            1,
            "beyond what is written out"
        );
    }

    #[test]
    fn words_of_others_are_cut_and_shown_without_control_characters() {
        assert_eq!(cut("A\u{1b}[31mB\n"), "A[31mB…");
        assert_eq!(short(ZERO), "nobody");
        assert_eq!(short("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"), "0xf39F…2266");
    }
}

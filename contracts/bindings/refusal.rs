//! The contracts' errors as sentences.

use std::collections::HashMap;
use std::sync::LazyLock;

use alloy::{
    dyn_abi::{DynSolValue, ErrorExt as _},
    json_abi::Error as AbiError,
    primitives::{Address, U256},
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

const SENTENCES: &str = include_str!("refusals.txt");
/// `Error(string)` and `Panic(uint256)`, which the compiler knows.
const ERROR: [u8; 4] = [0x08, 0xc3, 0x79, 0xa0];
const PANIC: [u8; 4] = [0x4e, 0x48, 0x7b, 0x71];

/// An error and its sentence.
#[derive(Debug)]
struct Entry {
    abi: AbiError,
    sentence: &'static str,
}

static ENTRIES: LazyLock<HashMap<[u8; 4], Entry>> =
    LazyLock::new(|| entries().map(|entry| (entry.abi.selector().0, entry)).collect());

fn entries() -> impl Iterator<Item = Entry> {
    let lines = SENTENCES.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(|line| {
        let (declaration, sentence) = line.split_once("): ")?;
        let abi = AbiError::parse(&format!("{declaration})")).ok()?;
        Some(Entry { abi, sentence })
    })
}

/// What a revert's data says.
#[must_use]
pub fn explain(data: &[u8]) -> String {
    let Some(selector) = data.first_chunk::<4>() else {
        return "the contract gives no reason".to_owned();
    };
    if let Some(entry) = ENTRIES.get(selector)
        && let Ok(decoded) = entry.abi.decode_error(data)
    {
        return fill(entry, &decoded.body);
    }
    let word = data.get(4..36).map(U256::from_be_slice);
    match (*selector, word) {
        (ERROR, _) => text(data).unwrap_or_else(|| "the contract gives no readable reason".to_owned()),
        (PANIC, Some(code)) => format!("the contract ran into a panic, code {code:#x}"),
        _ => format!("the contract answers with an unknown error, 0x{}", alloy::hex::encode(data)),
    }
}

/// The name of the error, such as `Market_PlanPaused`, where it is one of the contracts'.
#[must_use]
pub fn error_name(data: &[u8]) -> Option<&'static str> {
    let entry = ENTRIES.get(data.first_chunk::<4>()?)?;
    Some(entry.abi.name.as_str())
}

fn text(data: &[u8]) -> Option<String> {
    let decoded = AbiError::parse("Error(string reason)").ok()?.decode_error(data).ok()?;
    Some(decoded.body.first()?.as_str()?.to_owned())
}

fn fill(entry: &Entry, values: &[DynSolValue]) -> String {
    let mut sentence = entry.sentence.to_owned();
    for (input, value) in entry.abi.inputs.iter().zip(values) {
        let name = &input.name;
        for (kind, shown) in [
            ("", plain as fn(&DynSolValue) -> String),
            (":time", moment),
            (":token", token),
            (":status", status),
        ] {
            let place = format!("{{{name}{kind}}}");
            if sentence.contains(&place) {
                sentence = sentence.replace(&place, &shown(value));
            }
        }
    }
    sentence
}

fn plain(value: &DynSolValue) -> String {
    match value {
        DynSolValue::Uint(number, _) => number.to_string(),
        DynSolValue::Address(address) => address.to_string(),
        DynSolValue::FixedBytes(bytes, _) => bytes.to_string(),
        DynSolValue::String(text) => text.clone(),
        other => format!("{other:?}"),
    }
}

fn number(value: &DynSolValue) -> U256 {
    value.as_uint().map_or(U256::ZERO, |(number, _)| number)
}

/// Seconds since 1970, as people read them.
fn moment(value: &DynSolValue) -> String {
    let seconds = number(value);
    let time =
        i64::try_from(seconds).ok().and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    time.and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_else(|| format!("second {seconds}"))
}

fn token(value: &DynSolValue) -> String {
    let bytes = number(value).to_be_bytes::<32>();
    Address::from_slice(&bytes[12..]).to_string()
}

fn status(value: &DynSolValue) -> String {
    let words = ["active", "paused", "retired"];
    let word = usize::try_from(number(value)).ok().and_then(|n| words.get(n));
    word.map_or_else(|| plain(value), |word| (*word).to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{Market, Vault};
    use alloy::{json_abi::JsonAbi, sol_types::SolError as _};

    /// Every error of the ABIs, as Solidity declares it.
    fn declared() -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/artifacts")).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let artifact: serde_json::Value = serde_json::from_str(&text).unwrap();
            let abi: JsonAbi = serde_json::from_value(artifact["abi"].clone()).unwrap();
            all.extend(abi.errors().map(declaration));
        }
        all
    }

    fn declaration(error: &AbiError) -> String {
        let inputs: Vec<String> =
            error.inputs.iter().map(|input| format!("{} {}", input.ty, input.name)).collect();
        format!("{}({})", error.name, inputs.join(", "))
    }

    #[test]
    fn every_error_has_a_sentence_and_no_sentence_lacks_an_error() {
        let known: BTreeSet<String> = entries().map(|entry| declaration(&entry.abi)).collect();
        let lines = SENTENCES.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count();
        assert_eq!(known.len(), lines, "each line is read, and no error stands twice");
        let declared = declared();
        let missing: Vec<_> = declared.difference(&known).collect();
        let gone: Vec<_> = known.difference(&declared).collect();
        assert!(missing.is_empty() && gone.is_empty(), "without a sentence: {missing:?}; unknown: {gone:?}");
    }

    #[test]
    fn sentences_name_only_what_their_error_carries() {
        for entry in entries() {
            let values: Vec<DynSolValue> =
                entry.abi.inputs.iter().map(|_| DynSolValue::Uint(U256::ZERO, 256)).collect();
            let sentence = fill(&entry, &values);
            assert!(!sentence.contains(['{', '}']), "{}: {sentence}", entry.abi.name);
        }
    }

    #[test]
    fn reverts_are_told_in_words() {
        let paused = Market::Market_PlanPaused { plan: U256::from(4) };
        assert_eq!(explain(&paused.abi_encode()), "plan 4 is paused");
        let late = Vault::Vault_Expired { deadline: U256::from(1_795_474_427_u64) };
        assert_eq!(explain(&late.abi_encode()), "the signature was good until 2026-11-23T22:53:47Z");
        let token = Address::repeat_byte(0x11);
        let id = U256::from_be_slice(token.as_slice());
        let poor =
            Vault::Vault_BalanceTooSmall { account: token, id, balance: U256::ZERO, needed: U256::from(7) };
        assert_eq!(
            explain(&poor.abi_encode()),
            format!("{token} has 0 of {token} in the Vault, and 7 are needed")
        );
        assert_eq!(explain(&[]), "the contract gives no reason");
        assert_eq!(explain(&[1, 2, 3, 4]), "the contract answers with an unknown error, 0x01020304");
    }
}

//! What has been found out already, so that an interrupted run goes on where it was.

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use stoa_scripts::{checkout, fingerprint};

use super::workshop::Fate;

#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    /// What it was found out with; under other sources or tests it need not hold.
    sources: String,
    tests: String,
    fates: BTreeMap<String, Fate>,
}

/// Fates by the mutants' names.
#[derive(Debug)]
pub(super) struct Record {
    path: PathBuf,
    kept: Kept,
}

impl Record {
    /// With `trust_kills`, what was killed counts as killed though tests have changed.
    pub(super) fn open(trust_kills: bool) -> anyhow::Result<Self> {
        let path = checkout::state_dir().join("mutation/record.json");
        let contracts = checkout::root().join("contracts");
        let of = |parts: &[&str]| fingerprint::of(&contracts, parts).map(|hash| hash.to_string());
        let (sources, tests) = (of(&["src"])?, of(&["test", "foundry.toml"])?);
        let read = std::fs::read(&path).ok().and_then(|text| serde_json::from_slice::<Kept>(&text).ok());
        let fates = read.map_or_else(BTreeMap::new, |kept| still_true(kept, &sources, &tests, trust_kills));
        Ok(Self { path, kept: Kept { sources, tests, fates } })
    }

    pub(super) fn get(&self, name: &str) -> Option<Fate> {
        self.kept.fates.get(name).cloned()
    }

    pub(super) fn put(&mut self, name: &str, fate: Fate) -> anyhow::Result<()> {
        self.kept.fates.insert(name.to_owned(), fate);
        let text = serde_json::to_string_pretty(&self.kept)?;
        std::fs::write(&self.path, text).with_context(|| format!("cannot write {}", self.path.display()))
    }
}

fn still_true(kept: Kept, sources: &str, tests: &str, trust_kills: bool) -> BTreeMap<String, Fate> {
    let mut fates = kept.fates;
    if kept.sources != sources || (kept.tests != tests && !trust_kills) {
        fates.clear();
    }
    if kept.tests != tests {
        fates.retain(|_, fate| *fate != Fate::Survived);
    }
    fates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_is_found_out_again() {
        let left = |sources: &str, tests: &str, trust: bool| {
            let fates =
                [("a", Fate::Killed("test_A".to_owned())), ("b", Fate::Survived), ("c", Fate::Invalid)];
            let fates = fates.map(|(name, fate)| (name.to_owned(), fate)).into();
            let kept = Kept { sources: "s".to_owned(), tests: "t".to_owned(), fates };
            still_true(kept, sources, tests, trust).into_keys().collect::<String>()
        };
        assert_eq!(left("s", "t", false), "abc");
        assert_eq!(left("s", "new", false), "");
        assert_eq!(left("s", "new", true), "ac");
        assert_eq!(left("new", "t", true), "");
    }
}

//! How large a market becomes, how long it has been there, and what happens in it.

use std::path::{Path, PathBuf};

use rand::{Rng as _, rngs::StdRng};
use serde::Deserialize;

use super::{cast::MOST, catalogue::CATALOGUE};
use crate::checkout;

/// A market in numbers. The committed examples in `scripts/scenarios` explain each.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    pub providers: usize,
    pub buyers: usize,
    pub listings: usize,
    pub generations: u32,
    pub days: u32,
    pub actions: u32,
    pub weights: Weights,
}

/// How often each action is chosen, in relation to the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    pub buy: u32,
    pub settle: u32,
    pub derive: u32,
    pub deposit: u32,
    pub publish: u32,
    pub price: u32,
    pub pay: u32,
    pub spend: u32,
    pub buy_shares: u32,
    pub claim_shares: u32,
    pub stake: u32,
    pub fees: u32,
}

/// What somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Buy,
    Settle,
    Derive,
    Deposit,
    Publish,
    Price,
    Pay,
    Spend,
    BuyShares,
    ClaimShares,
    Stake,
    Fees,
}

/// What is wrong with a scenario.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    #[error("there is no scenario {name}: neither {path} nor a file of that name")]
    Unknown { name: String, path: PathBuf },
    #[error("cannot read {path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{path}: {reason}")]
    Content { path: PathBuf, reason: String },
}

impl Scenario {
    /// Reads a scenario by its path, or by its name in `scripts/scenarios`.
    ///
    /// # Errors
    /// When there is none, or it says something that cannot be.
    pub fn read(name: &str) -> Result<Self, ScenarioError> {
        let committed = checkout::root().join("scripts/scenarios").join(format!("{name}.toml"));
        let path = [committed.clone(), PathBuf::from(name)].into_iter().find(|path| path.is_file());
        let path = path.ok_or_else(|| ScenarioError::Unknown { name: name.to_owned(), path: committed })?;
        let text = std::fs::read_to_string(&path)
            .map_err(|source| ScenarioError::File { path: path.clone(), source })?;
        Self::parse(&text, &path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, ScenarioError> {
        let content = |reason: String| ScenarioError::Content { path: path.to_owned(), reason };
        let scenario: Self = toml::from_str(text).map_err(|error| content(error.to_string()))?;
        scenario.check().map_err(content)?;
        Ok(scenario)
    }

    fn check(&self) -> Result<(), String> {
        let least = |name: &str, value: usize, least: usize| match value >= least {
            true => Ok(()),
            false => Err(format!("{name} is {value}: at least {least} are needed")),
        };
        least("providers", self.providers, 1)?;
        least("buyers", self.buyers, 1)?;
        for (name, value) in [("providers", self.providers), ("buyers", self.buyers)] {
            if value > MOST {
                return Err(format!("{name} is {value}: at most {MOST} are allowed"));
            }
        }
        least("listings", self.listings, CATALOGUE.len())?;
        if self.actions > 0 && self.days == 0 {
            return Err(format!("{} actions need time: days is 0", self.actions));
        }
        if self.weights.all().iter().all(|(_, weight)| *weight == 0) {
            return Err("weights are all 0: nothing could happen".to_owned());
        }
        Ok(())
    }
}

impl Weights {
    fn all(&self) -> [(Kind, u32); 12] {
        [
            (Kind::Buy, self.buy),
            (Kind::Settle, self.settle),
            (Kind::Derive, self.derive),
            (Kind::Deposit, self.deposit),
            (Kind::Publish, self.publish),
            (Kind::Price, self.price),
            (Kind::Pay, self.pay),
            (Kind::Spend, self.spend),
            (Kind::BuyShares, self.buy_shares),
            (Kind::ClaimShares, self.claim_shares),
            (Kind::Stake, self.stake),
            (Kind::Fees, self.fees),
        ]
    }

    pub(super) fn choose(&self, random: &mut StdRng) -> Kind {
        let all = self.all();
        let mut at = random.random_range(0..all.iter().map(|(_, weight)| u64::from(*weight)).sum::<u64>());
        for (kind, weight) in all {
            match at.checked_sub(weight.into()) {
                Some(rest) => at = rest,
                None => return kind,
            }
        }
        Kind::Buy
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;

    #[test]
    fn the_committed_ones_are_valid() {
        for file in std::fs::read_dir(checkout::root().join("scripts/scenarios")).unwrap() {
            let path = file.unwrap().path();
            Scenario::read(path.file_stem().unwrap().to_str().unwrap()).unwrap();
            Scenario::read(path.to_str().unwrap()).unwrap();
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let good = std::fs::read_to_string(checkout::root().join("scripts/scenarios/small.toml")).unwrap();
        let parse = |from: &str, to: &str| {
            let text = good.replace(from, to);
            assert_ne!(text, good);
            Scenario::parse(&text, Path::new("my.toml")).unwrap_err().to_string()
        };
        assert_eq!(parse("buyers = 5", "buyers = 0"), "my.toml: buyers is 0: at least 1 are needed");
        let many = parse("buyers = 5", "buyers = 10001");
        assert_eq!(many, "my.toml: buyers is 10001: at most 10000 are allowed");
        assert_eq!(
            parse("listings = 30", "listings = 15"),
            "my.toml: listings is 15: at least 16 are needed"
        );
        assert_eq!(parse("days = 300", "days = 0"), "my.toml: 240 actions need time: days is 0");
        assert!(parse("days = 300", "dais = 90").contains("dais"));
        let error = Scenario::read("nowhere").unwrap_err().to_string();
        assert!(error.starts_with("there is no scenario nowhere: neither "), "{error}");
    }

    #[test]
    fn choices_follow_the_weights() {
        let weights = Scenario::read("small").unwrap().weights;
        let only_fees = Weights {
            buy: 0,
            settle: 0,
            derive: 0,
            deposit: 0,
            publish: 0,
            price: 0,
            pay: 0,
            spend: 0,
            ..weights
        };
        let only_fees = Weights { buy_shares: 0, claim_shares: 0, stake: 0, ..only_fees };
        let mut random = StdRng::seed_from_u64(1);
        assert!((0..100).all(|_| only_fees.choose(&mut random) == Kind::Fees));
        let bought = (0..10_000).filter(|_| weights.choose(&mut random) == Kind::Buy).count();
        assert!((3_200..3_800).contains(&bought), "40 of 114: {bought}");
    }
}

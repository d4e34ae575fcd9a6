//! Whether the contracts' tests find mistakes: small ones are made on purpose, one at a time.

mod mutant;
mod record;
mod report;
mod sites;
mod workshop;

use std::collections::BTreeMap;

use anyhow::Context as _;
use stoa_scripts::{checkout, fingerprint};

use self::{
    mutant::Mutant,
    record::Record,
    workshop::{Fate, Workshop},
};
use super::suites::Measured;

/// At least so many must be killed, in tenths of a per cent.
const BAR: usize = 950;
const REPORT: &str = "contracts/assurance/mutation.md";
const REASONS: &str = "contracts/assurance/mutation-reasons.json";
/// Declarations without code, and play money.
const LEFT_OUT: [&str; 2] = ["src/interfaces/", "src/demo/"];

/// Which mutants are tried.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Sample {
    /// How many mutants of the contracts are tested.
    #[arg(long, value_name = "N", default_value_t = 120)]
    mutants: usize,
    /// Chooses the mutants.
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    mutation_seed: u64,
    /// Only mutants whose name holds this text; no report is written.
    #[arg(long, value_name = "TEXT")]
    mutant: Option<String>,
    /// After tests were added: what an earlier run saw killed need not be killed again.
    #[arg(long)]
    trust_kills: bool,
}

/// Tests the sample, writes the report, and says what is wrong.
pub(super) fn measure(sample: &Sample) -> anyhow::Result<Measured> {
    let shop = Workshop::open()?;
    let mutants = all(&shop)?;
    let found = mutants.len();
    let judged = judge(&shop, sample, mutant::shuffled(mutants, sample.mutation_seed))?;
    let reasons = reasons()?;
    let total = report::total(&judged);
    let mut wrong = report::faults(&judged, &reasons, sample.mutant.is_none());
    if total.per_mille() < BAR {
        wrong.push(format!("{} are killed; at least {} % must be", total.percent(), BAR / 10));
    }
    let text = report::render((sample.mutation_seed, found, &sources()?), &judged, &reasons)?;
    if sample.mutant.is_none() {
        let path = checkout::root().join(REPORT);
        std::fs::write(&path, &text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(Measured { detail: format!("{} killed", total.percent()), text, wrong })
}

/// Whether the committed report is of the sources as they are. The mutants themselves are tried by [`measure`] alone.
pub(super) fn stale() -> anyhow::Result<Vec<String>> {
    Ok(report::stale(&read(REPORT)?, &sources()?, &reasons()?))
}

/// One hash over the files that are mutated.
fn sources() -> anyhow::Result<String> {
    let contracts = checkout::root().join("contracts");
    let mut parts = Vec::new();
    for entry in std::fs::read_dir(contracts.join("src")).context("cannot read contracts/src")? {
        let part = format!("src/{}", entry?.file_name().to_string_lossy());
        if !LEFT_OUT.contains(&format!("{part}/").as_str()) {
            parts.push(part);
        }
    }
    parts.sort_unstable();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    Ok(fingerprint::of(&contracts, &parts).context("cannot read contracts/src")?.to_string())
}

fn reasons() -> anyhow::Result<BTreeMap<String, String>> {
    serde_json::from_str(&read(REASONS)?).context(REASONS)
}

fn read(path: &str) -> anyhow::Result<String> {
    std::fs::read_to_string(checkout::root().join(path)).with_context(|| format!("cannot read {path}"))
}

fn all(shop: &Workshop) -> anyhow::Result<Vec<Mutant>> {
    let mut mutants = Vec::new();
    for (file, tree) in shop.trees()? {
        if !LEFT_OUT.iter().any(|folder| file.starts_with(folder)) {
            let source = shop.source(&file)?;
            let edits = sites::find(&tree, &source);
            mutants.extend(mutant::named(&file, &source, edits));
        }
    }
    Ok(mutants)
}

/// The first mutants that compile, as many as the sample asks for.
fn judge(shop: &Workshop, sample: &Sample, mutants: Vec<Mutant>) -> anyhow::Result<Vec<(Mutant, Fate)>> {
    let mut record = Record::open(sample.trust_kills)?;
    let mut judged: Vec<(Mutant, Fate)> = Vec::new();
    let chosen = |mutant: &Mutant| sample.mutant.as_ref().is_none_or(|text| mutant.name.contains(text));
    for mutant in mutants.into_iter().filter(chosen) {
        if judged.len() == sample.mutants {
            break;
        }
        let fate = match record.get(&mutant.name) {
            Some(fate) => fate,
            None => {
                let fate = shop.judge(&mutant)?;
                let at = judged.len() + 1;
                eprintln!("  {at:>4} {}:{} {}: {fate:?}", mutant.file, mutant.line, mutant.name);
                record.put(&mutant.name, fate.clone())?;
                fate
            }
        };
        if fate != Fate::Invalid {
            judged.push((mutant, fate));
        }
    }
    Ok(judged)
}

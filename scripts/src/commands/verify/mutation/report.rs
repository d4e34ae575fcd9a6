//! The committed report: what was tried, and why the survivors are right as they are.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{
    mutant::{Kind, Mutant},
    workshop::Fate,
};

const HEAD: &str = "# Mutation\n\n\
    Written by `cargo verify --long`. Each mutant is one change of `src`, without interfaces and demo money: a boundary \
    moved,\nan operator replaced, a check, assignment, call or event deleted, a constant off by one. It is killed when a \
    test fails. What\ndoes not compile is no mutant. The tests are those of `forge test` with few random runs, without \
    gas figures and proofs.\nReasons are kept in [mutation-reasons.json](mutation-reasons.json); a survivor without one \
    is an error, and every survivor\ncounts as one, explained or not.\n\n";

/// What a run came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Total {
    pub(super) all: usize,
    pub(super) killed: usize,
}

impl Total {
    /// In tenths of a per cent, rounded down.
    pub(super) fn per_mille(&self) -> usize {
        (self.killed * 1_000).checked_div(self.all).unwrap_or(0)
    }

    pub(super) fn percent(&self) -> String {
        let tenths = self.per_mille();
        format!("{}.{} % ({}/{})", tenths / 10, tenths % 10, self.killed, self.all)
    }
}

/// Mutants that compile, with their fates.
pub(super) fn total(judged: &[(Mutant, Fate)]) -> Total {
    let killed = judged.iter().filter(|(_, fate)| matches!(fate, Fate::Killed(_))).count();
    Total { all: judged.len(), killed }
}

pub(super) fn survivors(judged: &[(Mutant, Fate)]) -> impl Iterator<Item = &Mutant> {
    judged.iter().filter(|(_, fate)| *fate == Fate::Survived).map(|(mutant, _)| mutant)
}

/// Survivors without a reason, and reasons of mutants that were killed.
pub(super) fn faults(judged: &[(Mutant, Fate)], reasons: &BTreeMap<String, String>) -> Vec<String> {
    let unexplained = survivors(judged).filter(|mutant| !reasons.contains_key(&mutant.name));
    let mut faults: Vec<String> = unexplained
        .map(|mutant| format!("{}:{} survives: {}", mutant.file, mutant.line, mutant.name))
        .collect();
    let killed =
        judged.iter().filter(|(mutant, fate)| *fate != Fate::Survived && reasons.contains_key(&mutant.name));
    faults.extend(killed.map(|(mutant, _)| format!("has a reason but is killed: {}", mutant.name)));
    faults
}

pub(super) fn render(
    seed: u64,
    found: usize,
    judged: &[(Mutant, Fate)],
    reasons: &BTreeMap<String, String>,
) -> Result<String, std::fmt::Error> {
    let total = total(judged);
    let mut text = HEAD.to_owned();
    writeln!(
        text,
        "Seed {seed}; {} mutants of {found} that were found; {} killed.\n",
        total.all,
        total.percent()
    )?;
    writeln!(text, "| change | mutants | killed |\n|---|---|---|")?;
    let mut kinds: BTreeMap<Kind, Total> = BTreeMap::new();
    for (mutant, fate) in judged {
        let kind = kinds.entry(mutant.edit.kind).or_default();
        kind.all += 1;
        kind.killed += usize::from(matches!(fate, Fate::Killed(_)));
    }
    for (kind, Total { all, killed }) in kinds {
        writeln!(text, "| {} | {all} | {killed} |", cell(&kind.to_string()))?;
    }
    writeln!(text, "\n| survivor | where | why |\n|---|---|---|")?;
    let mut lines: Vec<&Mutant> = survivors(judged).collect();
    lines.sort_by_key(|mutant| (&mutant.file, mutant.line));
    for mutant in lines {
        let why = reasons.get(&mutant.name).map_or("unexplained", String::as_str);
        writeln!(text, "| {} | {}:{} | {} |", cell(&mutant.name), mutant.file, mutant.line, cell(why))?;
    }
    Ok(text)
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::{
        super::mutant::{Edit, named},
        *,
    };

    fn judged() -> Vec<(Mutant, Fate)> {
        let edit = |start: usize| {
            let edit = Edit {
                kind: Kind::Call,
                start,
                end: start + 2,
                text: "{}".into(),
                shown: (start, start + 2),
            };
            ("A.f".to_owned(), edit)
        };
        let mutants = named("src/A.sol", "a;\nb;\n", vec![edit(0), edit(3)]);
        mutants.into_iter().zip([Fate::Killed("test_A".into()), Fate::Survived]).collect()
    }

    #[test]
    fn survivors_need_reasons_and_reasons_survivors() {
        let reasons = |name: &str| BTreeMap::from([(name.to_owned(), "nobody | sees it".to_owned())]);
        let named = |name: &str| faults(&judged(), &reasons(name));
        assert_eq!(named("A.f: `b;` → deleted"), Vec::<String>::new());
        let expected =
            ["src/A.sol:2 survives: A.f: `b;` → deleted", "has a reason but is killed: A.f: `a;` → deleted"];
        assert_eq!(named("A.f: `a;` → deleted"), expected);
    }

    #[test]
    fn the_report_counts_every_survivor() {
        let reasons = BTreeMap::from([("A.f: `b;` → deleted".to_owned(), "nobody | sees it".to_owned())]);
        let text = render(7, 9, &judged(), &reasons).unwrap();
        assert!(text.contains("Seed 7; 2 mutants of 9 that were found; 50.0 % (1/2) killed."), "{text}");
        assert_eq!(cell(&Kind::Sign.to_string()).matches("\\|").count(), 1);
        assert!(text.contains("| call deleted | 2 | 1 |"), "{text}");
        assert!(text.contains("| A.f: `b;` → deleted | src/A.sol:2 | nobody \\| sees it |"), "{text}");
    }
}

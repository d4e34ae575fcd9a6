//! The committed report: what was tried, and why the survivors are right as they are.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

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

/// Survivors without a reason, and reasons of what does not survive. Of a sample that is not the `whole`, reasons of mutants
/// that were not tried may be right.
pub(super) fn faults(
    judged: &[(Mutant, Fate)],
    reasons: &BTreeMap<String, String>,
    whole: bool,
) -> Vec<String> {
    let unexplained = survivors(judged).filter(|mutant| !reasons.contains_key(&mutant.name));
    let mut faults: Vec<String> = unexplained
        .map(|mutant| format!("{}:{} survives: {}", mutant.file, mutant.line, mutant.name))
        .collect();
    let alive: BTreeSet<&str> = survivors(judged).map(|mutant| mutant.name.as_str()).collect();
    let tried: BTreeSet<&str> = judged.iter().map(|(mutant, _)| mutant.name.as_str()).collect();
    for name in reasons.keys().filter(|name| !alive.contains(name.as_str())) {
        if tried.contains(name.as_str()) {
            faults.push(format!("has a reason but is killed: {name}"));
        } else if whole {
            faults.push(format!("has a reason but is no mutant of the sample: {name}"));
        }
    }
    faults
}

/// What makes a committed report one of other sources than these, or of other reasons.
pub(super) fn stale(report: &str, sources: &str, reasons: &BTreeMap<String, String>) -> Vec<String> {
    let mut wrong = Vec::new();
    if !report.contains(sources) {
        wrong.push(
            "contracts/assurance/mutation.md is of other sources: run `cargo verify --long --only mutation`"
                .to_owned(),
        );
    }
    let survives = |name: &str| report.lines().any(|line| line.starts_with(&format!("| {} |", cell(name))));
    let gone = reasons.keys().filter(|name| !survives(name));
    wrong.extend(gone.map(|name| format!("mutation-reasons.json explains what did not survive: {name}")));
    wrong
}

/// The report of a sample: its seed, how many mutants were found, and the hash of their sources.
pub(super) fn render(
    (seed, found, sources): (u64, usize, &str),
    judged: &[(Mutant, Fate)],
    reasons: &BTreeMap<String, String>,
) -> Result<String, std::fmt::Error> {
    let total = total(judged);
    let mut text = HEAD.to_owned();
    writeln!(
        text,
        "Seed {seed}; {} mutants of {found} that were found; {} killed. Hash of the mutated sources:\n`{sources}`.\n",
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
    let mut lines: Vec<&Mutant> = survivors(judged).collect();
    if lines.is_empty() {
        writeln!(text, "\nNone of these mutants survived.")?;
        return Ok(text);
    }
    lines.sort_by_key(|mutant| (&mutant.file, mutant.line));
    writeln!(text, "\n| survivor | where | why |\n|---|---|---|")?;
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
        let named = |name: &str| faults(&judged(), &reasons(name), true);
        assert_eq!(named("A.f: `b;` → deleted"), Vec::<String>::new());
        let expected =
            ["src/A.sol:2 survives: A.f: `b;` → deleted", "has a reason but is killed: A.f: `a;` → deleted"];
        assert_eq!(named("A.f: `a;` → deleted"), expected);
        let gone = "A.g: `b;` → deleted";
        assert_eq!(named(gone)[1], format!("has a reason but is no mutant of the sample: {gone}"));
        assert_eq!(faults(&judged(), &reasons(gone), false).len(), 1, "of some mutants nobody can tell");
    }

    #[test]
    fn a_report_of_other_sources_is_stale() {
        let reasons = |name: &str| BTreeMap::from([(name.to_owned(), "nobody | sees it".to_owned())]);
        let alive = reasons("A.f: `b;` → deleted");
        let text = render((7, 9, "0xfeed"), &judged(), &alive).unwrap();
        assert_eq!(stale(&text, "0xfeed", &alive), Vec::<String>::new());
        assert!(stale(&text, "0xbeef", &alive)[0].contains("of other sources"));
        let gone = stale(&text, "0xfeed", &reasons("A.g: `a | b;` → deleted"));
        assert_eq!(gone, ["mutation-reasons.json explains what did not survive: A.g: `a | b;` → deleted"]);
    }

    #[test]
    fn the_report_counts_every_survivor() {
        let reasons = BTreeMap::from([("A.f: `b;` → deleted".to_owned(), "nobody | sees it".to_owned())]);
        let text = render((7, 9, "0xfeed"), &judged(), &reasons).unwrap();
        assert!(text.contains("Seed 7; 2 mutants of 9 that were found; 50.0 % (1/2) killed. Hash"), "{text}");
        assert!(text.contains("\n`0xfeed`.\n"), "{text}");
        assert_eq!(cell(&Kind::Sign.to_string()).matches("\\|").count(), 1);
        assert!(text.contains("| call deleted | 2 | 1 |"), "{text}");
        assert!(text.contains("| A.f: `b;` → deleted | src/A.sol:2 | nobody \\| sees it |"), "{text}");
        let killed: Vec<_> = judged().into_iter().take(1).collect();
        let text = render((7, 9, "0xfeed"), &killed, &BTreeMap::new()).unwrap();
        assert!(text.ends_with("|\n\nNone of these mutants survived.\n"), "{text}");
        assert!(!text.contains("survivor | where"), "a table of none is none: {text}");
    }
}

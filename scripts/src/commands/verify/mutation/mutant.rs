//! What is changed in the contracts' source, one thing at a time.

use std::{collections::BTreeMap, fmt};

use alloy::primitives::keccak256;
use serde::{Deserialize, Serialize};

/// What sort of mistake a mutant is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Kind {
    Boundary,
    Sign,
    Order,
    Check,
    Constant,
    Write,
    Call,
    Event,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Boundary => "boundary moved: `<` and `<=`, `>` and `>=`",
            Self::Sign => "another operator: `+` and `-`, `*` and `/`, `&` and `|`, shifts",
            Self::Order => "reversed: equality, `&&` and `||`, conditions, operands, arguments",
            Self::Check => "check or modifier deleted",
            Self::Constant => "constant changed by one",
            Self::Write => "assignment deleted",
            Self::Call => "call deleted",
            Self::Event => "event deleted",
        })
    }
}

/// Bytes of a source file and what stands there instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) text: String,
    /// The smallest piece of source around it that a reader understands.
    pub(super) shown: (usize, usize),
}

/// One changed source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mutant {
    /// Like `src/Vault.sol`.
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) edit: Edit,
    /// Where and what, in words that no line number changes.
    pub(super) name: String,
}

impl Mutant {
    /// The whole file with the change in it.
    pub(super) fn apply(&self, source: &str) -> String {
        let Edit { start, end, text, .. } = &self.edit;
        format!("{}{text}{}", &source[..*start], &source[*end..])
    }
}

/// Names edits of one file; `places` says in which function each lies. Equal names are numbered.
pub(super) fn named(file: &str, source: &str, edits: Vec<(String, Edit)>) -> Vec<Mutant> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut mutants = Vec::new();
    for (place, edit) in edits {
        let (from, to) = edit.shown;
        let before = flat(&source[from..to]);
        let after = flat(&format!("{}{}{}", &source[from..edit.start], edit.text, &source[edit.end..to]));
        let after =
            if matches!(after.as_str(), "" | "{}") { "deleted".to_owned() } else { format!("`{after}`") };
        let plain = format!("{place}: `{before}` → {after}");
        let number = seen.entry(plain.clone()).or_default();
        *number += 1;
        let name = if *number == 1 { plain } else { format!("{plain} ({number})") };
        let line = source[..edit.start].lines().count().max(1);
        let line = line + usize::from(source[..edit.start].ends_with('\n'));
        mutants.push(Mutant { file: file.to_owned(), line, edit, name });
    }
    mutants
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// In the order in which a sample takes them: by chance, which the seed decides, and from every file alike, so that any
/// number of first ones is spread over all files by their size.
pub(super) fn shuffled(mutants: Vec<Mutant>, seed: u64) -> Vec<Mutant> {
    let chance = |name: &str| keccak256(format!("{seed} {name}"));
    let mut files: BTreeMap<String, Vec<Mutant>> = BTreeMap::new();
    for mutant in mutants {
        files.entry(mutant.file.clone()).or_default().push(mutant);
    }
    let mut placed = Vec::new();
    for list in files.values_mut() {
        list.sort_by_key(|mutant| chance(&mutant.name));
        let size = list.len();
        placed.extend(list.drain(..).enumerate().map(|(rank, mutant)| (rank * 1_000_000 / size, mutant)));
    }
    placed.sort_by_key(|(rank, mutant)| (*rank, chance(&mutant.name)));
    placed.into_iter().map(|(_, mutant)| mutant).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deletion(start: usize, end: usize) -> (String, Edit) {
        let edit = Edit { kind: Kind::Write, start, end, text: "{}".to_owned(), shown: (start, end) };
        ("A.f".to_owned(), edit)
    }

    #[test]
    fn names_are_numbered_and_lines_counted() {
        let source = "a;\nb\n = 1;\na;\n";
        let mutants = named("src/A.sol", source, vec![deletion(0, 2), deletion(3, 10), deletion(11, 13)]);
        let told: Vec<(usize, &str)> = mutants.iter().map(|mutant| (mutant.line, &*mutant.name)).collect();
        let expected =
            [(1, "A.f: `a;` → deleted"), (2, "A.f: `b = 1;` → deleted"), (4, "A.f: `a;` → deleted (2)")];
        assert_eq!(told, expected);
        assert_eq!(mutants[1].apply(source), "a;\n{}\na;\n");
    }

    #[test]
    fn a_sample_takes_from_every_file_and_follows_the_seed() {
        let source = "x;".repeat(100);
        let many: Vec<_> = (0..90).map(|n| deletion(n, n + 2)).collect();
        let few: Vec<_> = (0..9).map(|n| deletion(n, n + 2)).collect();
        let all =
            || [named("src/A.sol", &source, many.clone()), named("src/B.sol", &source, few.clone())].concat();
        let one = shuffled(all(), 1);
        let of_b = one.iter().take(22).filter(|mutant| mutant.file == "src/B.sol").count();
        assert_eq!(of_b, 2);
        assert_eq!(one, shuffled(all(), 1));
        assert_ne!(one, shuffled(all(), 2));
        assert_eq!(one.len(), 99);
    }
}

//! Reads what forge writes as LCOV: how often each line ran, and each branch was taken.

use std::collections::BTreeMap;

/// What was counted in one source file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct File {
    pub(super) path: String,
    pub(super) lines: Part,
    pub(super) branches: Part,
    /// Lines that never ran, and lines with a branch of which one side was not seen.
    pub(super) unseen: Vec<u64>,
}

/// How many of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) hit: u64,
    pub(super) all: u64,
}

impl Part {
    pub(super) fn plus(self, other: Self) -> Self {
        Self { hit: self.hit + other.hit, all: self.all + other.all }
    }

    /// In tenths of a per cent, rounded down; of nothing, all is hit.
    pub(super) fn per_mille(self) -> u64 {
        (self.hit * 1_000).checked_div(self.all).unwrap_or(1_000)
    }

    fn count(&mut self, hit: bool) {
        self.all += 1;
        self.hit += u64::from(hit);
    }
}

/// Line and number of a branch, and how often each of its paths was taken.
type Branches = BTreeMap<(u64, u64), Vec<u64>>;

/// Every source file of a report.
///
/// Forge knows one path of an `if` without `else`: the taken one. The other has been seen when the line ran more often
/// than that path. Of some conditions, such as bare names, forge counts only the taken runs: their other side is never
/// seen, so what is said here is a lower bound. Assembly and operators that stop early have no branches in it.
pub(super) fn parse(report: &str) -> Vec<File> {
    let mut files = Vec::new();
    let (mut path, mut lines, mut branches) = (String::new(), BTreeMap::new(), Branches::new());
    for line in report.lines() {
        if let Some(name) = line.strip_prefix("SF:") {
            name.clone_into(&mut path);
        } else if let Some([line, runs]) = line.strip_prefix("DA:").and_then(numbers) {
            lines.insert(line, runs);
        } else if let Some([line, branch, _, taken]) = line.strip_prefix("BRDA:").and_then(numbers) {
            branches.entry((line, branch)).or_default().push(taken);
        } else if line == "end_of_record" {
            files.push(count(std::mem::take(&mut path), &lines, &branches));
            (lines, branches) = (BTreeMap::new(), Branches::new());
        }
    }
    files
}

/// Numbers between commas; "-" says that what holds the branch never ran.
fn numbers<const N: usize>(text: &str) -> Option<[u64; N]> {
    let parsed: Option<Vec<u64>> =
        text.split(',').map(|part| if part == "-" { Some(0) } else { part.parse().ok() }).collect();
    parsed?.try_into().ok()
}

fn count(path: String, lines: &BTreeMap<u64, u64>, branches: &Branches) -> File {
    let mut file = File { path, ..File::default() };
    for (line, runs) in lines {
        file.lines.count(*runs > 0);
        file.unseen.extend((*runs == 0).then_some(*line));
    }
    for ((line, _), paths) in branches {
        let runs = lines.get(line).copied().unwrap_or(0);
        let other = (paths.len() == 1).then(|| runs.saturating_sub(paths[0]));
        for taken in paths.iter().copied().chain(other) {
            file.branches.count(taken > 0);
            file.unseen.extend((taken == 0).then_some(*line));
        }
    }
    file.unseen.sort_unstable();
    file.unseen.dedup();
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_of_branches_are_counted() {
        let report = "TN:\nSF:src/A.sol\nDA:1,5\nFN:1,A.f\nDA:2,5\nBRDA:2,0,0,5\nDA:3,0\nDA:4,6\nBRDA:4,1,0,2\n\
                      BRDA:4,2,0,6\nBRDA:4,2,1,-\nend_of_record\nTN:\nSF:src/B.sol\nDA:9,1\nend_of_record\n";
        let files = parse(report);
        let a = File {
            path: "src/A.sol".to_owned(),
            lines: Part { hit: 3, all: 4 },
            branches: Part { hit: 4, all: 6 },
            unseen: vec![2, 3, 4],
        };
        let b = File { path: "src/B.sol".to_owned(), lines: Part { hit: 1, all: 1 }, ..File::default() };
        assert_eq!(files, [a, b]);
        assert_eq!(parse(""), []);
    }

    #[test]
    fn rates_are_rounded_down() {
        assert_eq!(Part { hit: 1_999, all: 2_000 }.per_mille(), 999);
        assert_eq!(Part::default().per_mille(), 1_000);
        assert_eq!(Part { hit: 1, all: 2 }.plus(Part { hit: 1, all: 1 }), Part { hit: 2, all: 3 });
    }
}

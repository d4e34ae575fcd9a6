//! How much of the contracts the tests run.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, bail};
use stoa_scripts::checkout;

use super::{
    forge,
    lcov::{self, File, Part},
    suites::Measured,
};

/// Bars, in tenths of a per cent.
const LINES: u64 = 990;
const BRANCHES: u64 = 950;
/// Lines of tests per line of source, at least.
const TESTS_PER_SOURCE: u64 = 2;
/// Play money for local chains is no part of the protocol.
const DEMO: &str = "src/demo/";
/// How many of the least covered files are shown.
const SHOWN: usize = 5;
const LIMIT: Duration = Duration::from_secs(20 * 60);

/// Counts and compares with the bars.
pub(super) fn measure() -> anyhow::Result<Measured> {
    let report = checkout::state_dir().join("verify/coverage.lcov");
    count(&report)?;
    let text =
        std::fs::read_to_string(&report).with_context(|| format!("cannot read {}", report.display()))?;
    let mut measured = judge(lcov::parse(&text))?;
    let contracts = checkout::root().join("contracts");
    sizes(code_lines(&contracts.join("test"))?, code_lines(&contracts.join("src"))?, &mut measured);
    Ok(measured)
}

/// Gas tests speak of optimized code, which coverage does not count; halmos' lemmas are proved, not run.
fn count(report: &Path) -> anyhow::Result<()> {
    let log = checkout::state_dir().join("verify/coverage-forge.log");
    let file = report.display().to_string();
    let mut args = vec!["coverage", "--report", "lcov", "--report-file", &file];
    args.extend(["--no-match-path", "test/{gas,halmos}/*"]);
    let contracts = checkout::root().join("contracts");
    // One test reads the ABIs of the ordinary build, which is there already unless this suite runs alone.
    forge::run(&contracts, "default", &["build", "src"], &[], &log, LIMIT)?;
    match forge::run(&contracts, "quick", &args, &[], &log, LIMIT)? {
        Some(status) if status.success() => Ok(()),
        Some(_) => bail!("a test fails while coverage is counted: see {}", log.display()),
        None => bail!("forge coverage did not end within {} minutes", LIMIT.as_secs() / 60),
    }
}

fn judge(files: Vec<File>) -> anyhow::Result<Measured> {
    let ours = |file: &File| file.path.starts_with("src/") && !file.path.starts_with(DEMO);
    let mut files: Vec<File> = files.into_iter().filter(ours).collect();
    if files.is_empty() {
        bail!("forge's report names no file of src");
    }
    let total = |part: fn(&File) -> Part| files.iter().map(part).fold(Part::default(), Part::plus);
    let (lines, branches) = (total(|file| file.lines), total(|file| file.branches));
    let detail = format!("lines {}, branches {}", percent(lines), percent(branches));
    let mut text = format!("{detail}, of {} files\n", files.len());
    files.retain(|file| !file.unseen.is_empty());
    files.sort_by_key(|file| file.lines.plus(file.branches).per_mille());
    for File { path, lines, branches, unseen } in files.iter().take(SHOWN) {
        let (lines, branches) = (percent(*lines), percent(*branches));
        writeln!(text, "{path}: lines {lines}, branches {branches}; not or not on both sides: {unseen:?}")?;
    }
    let bar = |name: &str, part: Part, bar: u64| {
        let short = part.per_mille() < bar;
        short.then(|| {
            format!("{name}: {} are covered; at least {}.{} % must be", percent(part), bar / 10, bar % 10)
        })
    };
    let wrong = [bar("lines", lines, LINES), bar("branches", branches, BRANCHES)];
    Ok(Measured { detail, text, wrong: wrong.into_iter().flatten().collect() })
}

fn percent(part: Part) -> String {
    let tenths = part.per_mille();
    format!("{}.{} % ({}/{})", tenths / 10, tenths % 10, part.hit, part.all)
}

fn sizes(tests: u64, sources: u64, measured: &mut Measured) {
    let said =
        format!("{tests} lines of tests for {sources} lines of contracts, comments and blank lines left out");
    if tests < TESTS_PER_SOURCE * sources {
        measured.wrong.push(format!("{said}: at least {TESTS_PER_SOURCE} times as many are asked for"));
    }
    measured.text += &said;
    measured.text.push('\n');
}

/// Lines of code in the Solidity files of a folder, those of the demo left out.
fn code_lines(folder: &Path) -> anyhow::Result<u64> {
    let mut lines = 0;
    for path in solidity(folder)? {
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        lines += text.lines().filter(|line| is_code(line)).count() as u64;
    }
    Ok(lines)
}

fn is_code(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !["//", "/*", "*"].iter().any(|start| line.starts_with(start))
}

fn solidity(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with(DEMO.trim_end_matches('/')) {
            files.extend(solidity(&path)?);
        } else if path.extension().is_some_and(|end| end == "sol") {
            files.push(path);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, lines: (u64, u64), branches: (u64, u64)) -> File {
        let part = |(hit, all)| Part { hit, all };
        let unseen = if lines.0 < lines.1 { vec![7] } else { Vec::new() };
        File { path: path.to_owned(), lines: part(lines), branches: part(branches), unseen }
    }

    #[test]
    fn bars_are_held_over_all_files_but_the_demo() {
        let good = file("src/A.sol", (990, 990), (95, 100));
        let bad = file("src/B.sol", (0, 10), (0, 0));
        let demo = file("src/demo/D.sol", (0, 1_000), (0, 1_000));
        let test = file("test/T.sol", (0, 1_000), (0, 1_000));
        let measured = judge(vec![good, bad, demo, test]).unwrap();
        assert_eq!(measured.detail, "lines 99.0 % (990/1000), branches 95.0 % (95/100)");
        assert_eq!(measured.wrong, Vec::<String>::new());
        assert!(measured.text.contains("src/B.sol: lines 0.0 %"), "{}", measured.text);

        let measured = judge(vec![file("src/A.sol", (989, 1_000), (94, 100))]).unwrap();
        let expected = [
            "lines: 98.9 % (989/1000) are covered; at least 99.0 % must be",
            "branches: 94.0 % (94/100) are covered; at least 95.0 % must be",
        ];
        assert_eq!(measured.wrong, expected);
        assert!(judge(Vec::new()).is_err());
    }

    #[test]
    fn tests_are_twice_the_source() {
        let said = |tests| {
            let mut measured = judge(vec![file("src/A.sol", (1, 1), (1, 1))]).unwrap();
            sizes(tests, 10, &mut measured);
            measured.wrong.len()
        };
        assert_eq!((said(20), said(19)), (0, 1));
        assert_eq!(
            ["uint256 a; // b", " /// c", "", "* d", "}"].map(is_code),
            [true, false, false, false, true]
        );
    }
}

//! Copies of the contracts in which mutants are built and tested, so that nobody's tree is disturbed.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stoa_scripts::checkout;

use super::{super::forge, mutant::Mutant};

/// Few random runs, and neither via-IR nor optimizer.
const PROFILE: &str = "quick";
/// Gas figures are of optimized code, lemmas are proved and not run.
const NOT_RUN: [&str; 2] = ["test/gas", "test/halmos"];
const BUILD: Duration = Duration::from_secs(15 * 60);
/// Tests of a mutant that take so long hang.
const HANGS: Duration = Duration::from_secs(4 * 60);
/// Where `mutants` puts what tests load, and its cache.
const ARTIFACTS: (&str, &str) = ("../tests/out", "cache");
/// Syntax trees come apart from these: a test reads artifacts, and trees are too large for it.
const TREES: (&str, &str) = ("trees", "cache-trees");
/// What forge remembers of earlier failures; each mutant starts without.
const REMEMBERED: [&str; 3] = ["cache/fuzz", "cache/invariant", "cache/test-failures"];

/// What became of a mutant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Fate {
    /// With the test that failed.
    Killed(String),
    Survived,
    /// Does not compile, so no test has to find it.
    Invalid,
}

/// Three folders. `mutants` compiles a changed `src` alone. `tests` holds compiled tests, which load those artifacts.
/// Whatever survives there is built and tested whole in `whole`, because some tests have a library's code in them.
#[derive(Debug)]
pub(super) struct Workshop {
    mutants: PathBuf,
    tests: PathBuf,
    whole: PathBuf,
    log: PathBuf,
    /// Two runs would change each other's files.
    _lock: File,
}

impl Workshop {
    /// Copies, builds, and checks that nothing fails before anything is changed.
    pub(super) fn open() -> anyhow::Result<Self> {
        let base = checkout::state_dir().join("mutation");
        let [mutants, tests, whole] = ["mutants", "tests", "whole"].map(|name| base.join(name));
        fs::create_dir_all(&base).with_context(|| format!("cannot make {}", base.display()))?;
        let lock = File::create(base.join("lock"))?;
        lock.try_lock().with_context(|| format!("another run works in {}", base.display()))?;
        let shop = Self { mutants, tests, whole, log: base.join("forge.log"), _lock: lock };
        copy_project(&shop.mutants, &["src"])?;
        copy_project(&shop.tests, &["src", "test"])?;
        copy_project(&shop.whole, &["src", "test"])?;
        if !shop.builds(&["build", "src"], ARTIFACTS)? || !shop.builds(&["build", "src", "--ast"], TREES)? {
            bail!("src does not compile: see {}", shop.log.display());
        }
        for (used, kept) in shop.unchanged() {
            replace(&kept, &used)?;
        }
        for folder in [&shop.tests, &shop.whole] {
            if let Some(test) = shop.failing(folder, BUILD)? {
                bail!("{test} fails before anything is changed: see {}", shop.log.display());
            }
        }
        Ok(shop)
    }

    /// The syntax tree of each source file.
    pub(super) fn trees(&self) -> anyhow::Result<BTreeMap<String, Value>> {
        let mut trees = BTreeMap::new();
        for file in artifacts(&self.mutants.join(TREES.0))? {
            let mut artifact: Value = serde_json::from_str(&read(&file)?)?;
            let tree = artifact["ast"].take();
            let path = tree["absolutePath"].as_str().unwrap_or_default().to_owned();
            if path.starts_with("src/") {
                trees.insert(path, tree);
            }
        }
        Ok(trees)
    }

    pub(super) fn source(&self, file: &str) -> anyhow::Result<String> {
        read(&checkout::root().join("contracts").join(file))
    }

    /// Builds and tests one mutant.
    pub(super) fn judge(&self, mutant: &Mutant) -> anyhow::Result<Fate> {
        let source = self.source(&mutant.file)?;
        let changed = mutant.apply(&source);
        // Else the file that was changed before would have to be compiled once more.
        for (used, kept) in self.unchanged() {
            replace(&used, &kept)?;
        }
        let here = self.mutants.join(&mutant.file);
        fs::write(&here, &changed)?;
        let built = self.builds(&["build", "src"], ARTIFACTS);
        fs::write(&here, &source)?;
        if !built? {
            return Ok(Fate::Invalid);
        }
        if let Some(test) = self.failing(&self.tests, HANGS)? {
            return Ok(Fate::Killed(test));
        }
        let there = self.whole.join(&mutant.file);
        fs::write(&there, &changed)?;
        let failing = self.failing(&self.whole, BUILD);
        fs::write(&there, &source)?;
        Ok(failing?.map_or(Fate::Survived, Fate::Killed))
    }

    /// What compiling `src` made, and where it is kept as it was before any change.
    fn unchanged(&self) -> [(PathBuf, PathBuf); 2] {
        let kept = self.mutants.join("kept");
        [(self.tests.join("out"), kept.join("out")), (self.mutants.join("cache"), kept.join("cache"))]
    }

    fn builds(&self, args: &[&str], (out, cache): (&str, &str)) -> anyhow::Result<bool> {
        let env = [("FOUNDRY_OUT", out), ("FOUNDRY_CACHE_PATH", cache)];
        let status = forge::run(&self.mutants, PROFILE, args, &env, &self.log, BUILD)?;
        Ok(status.is_some_and(|status| status.success()))
    }

    /// The first test that fails in a folder, or `None`.
    fn failing(&self, folder: &Path, limit: Duration) -> anyhow::Result<Option<String>> {
        for remembered in REMEMBERED {
            let path = folder.join(remembered);
            let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        }
        let out = if folder == self.tests { "built" } else { "out" };
        match forge::run(
            folder,
            PROFILE,
            &["test", "--fail-fast"],
            &[("FOUNDRY_OUT", out)],
            &self.log,
            limit,
        )? {
            Some(status) if status.success() => Ok(None),
            Some(_) => match failed_test(&read(&self.log)?) {
                Some(test) => Ok(Some(test)),
                None => bail!("forge failed without a failing test: see {}", self.log.display()),
            },
            None => Ok(Some("no end".to_owned())),
        }
    }
}

/// From lines like `[FAIL: reason] test_Name() (gas: 7)`; of an invariant, the name follows the calls that broke it.
fn failed_test(log: &str) -> Option<String> {
    let mut lines = log.lines().skip_while(|line| !line.starts_with("[FAIL"));
    let first = lines.next()?;
    // A reason may hold brackets, a name none.
    let named = first.rsplit_once("] ").map(|(_, name)| name).filter(|name| name.contains(") ("));
    let name = named.or_else(|| lines.map(str::trim).find(|line| line.starts_with("invariant_")))?;
    name.split('(').next().map(str::to_owned)
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn artifacts(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(artifacts(&path)?);
        } else if path.extension().is_some_and(|end| end == "json") {
            files.push(path);
        }
    }
    Ok(files)
}

/// The project with some of its folders. Compiled files of an earlier run stay; forge knows which of them are stale.
fn copy_project(to: &Path, folders: &[&str]) -> anyhow::Result<()> {
    let from = checkout::root().join("contracts");
    for folder in folders {
        let _ = fs::remove_dir_all(to.join(folder));
        copy(&from.join(folder), &to.join(folder))?;
    }
    copy(&from.join("bin"), &to.join("bin"))?;
    // A test holds the committed table of roles against the contracts.
    copy(&from.join("assurance"), &to.join("assurance"))?;
    for folder in NOT_RUN {
        let _ = fs::remove_dir_all(to.join(folder));
    }
    fs::copy(from.join("foundry.toml"), to.join("foundry.toml"))?;
    let modules = to.join("node_modules");
    if !modules.exists() {
        std::os::unix::fs::symlink(from.join("node_modules"), modules)?;
    }
    Ok(())
}

/// Makes one folder equal to another.
fn replace(folder: &Path, by: &Path) -> anyhow::Result<()> {
    let _ = fs::remove_dir_all(folder);
    copy(by, folder)
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let path = entry?.path();
        let Some(name) = path.file_name() else { continue };
        if path.is_dir() {
            copy(&path, &to.join(name))?;
        } else {
            fs::copy(&path, to.join(name)).with_context(|| format!("cannot copy {}", path.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::failed_test;

    #[test]
    fn the_failing_test_is_named() {
        let log = "[PASS] test_A() (gas: 1)\n[FAIL: [1e18] != [2] at f(x)] test_B() (gas: 2)\n";
        assert_eq!(failed_test(log).as_deref(), Some("test_B"));
        let fuzz =
            "[FAIL: panic; counterexample: calldata=0x args=[1, 2]] testFuzz_C(uint256,uint8) (runs: 3)";
        assert_eq!(failed_test(fuzz).as_deref(), Some("testFuzz_C"));
        let invariant = "[FAIL: 1 != 2]\n\t[Sequence] (original: 26)\n\t\tcalldata=f(uint64) args=[1]\n \
                         invariant_D() (runs: 1, calls: 32)\n";
        assert_eq!(failed_test(invariant).as_deref(), Some("invariant_D"));
        assert_eq!(failed_test("[PASS] test_A() (gas: 1)"), None);
    }
}

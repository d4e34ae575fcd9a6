//! The suites.

use std::path::PathBuf;

use anyhow::Context as _;
use stoa_scripts::{checkout, toolchain::Tools};

use super::{coverage, hygiene, mutation::Sample, secrets, targets};

/// Suites of one lane run one after the other; the lanes run side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    Cargo,
    Side,
}

/// One named check.
#[derive(Debug)]
pub(super) struct Suite {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) lane: Lane,
    /// Runs after everything else, because it opens the built web app.
    pub(super) needs_web: bool,
    pub(super) work: Work,
}

/// The exit code by which a command says that a tool it needs is absent.
pub(super) const CANNOT_RUN: i32 = 3;

/// What a suite does.
#[derive(Debug)]
pub(super) enum Work {
    Command(Command),
    /// Test programs of all crates but the stories, or one story of those.
    Tests(Option<Story>),
    /// Returns what is wrong, one line each.
    Check(fn() -> anyhow::Result<Vec<String>>),
    /// Also says what it found where nothing is wrong.
    Measure(fn() -> anyhow::Result<Measured>),
    Mutation(Sample),
    /// A command that ends with [`CANNOT_RUN`] where a tool that this repository does not install is absent.
    Optional(Command, &'static str),
    /// Cannot run, and why.
    Nothing(String),
}

/// One file of whole-system tests.
#[derive(Debug)]
pub(super) struct Story {
    pub(super) name: String,
    pub(super) env: Vec<(&'static str, &'static str)>,
}

#[derive(Debug)]
pub(super) struct Command {
    pub(super) program: PathBuf,
    pub(super) args: Vec<String>,
    /// Relative to the checkout.
    pub(super) folder: &'static str,
    pub(super) env: Vec<(&'static str, &'static str)>,
}

/// What a measurement found.
#[derive(Debug, Default)]
pub(super) struct Measured {
    /// For the summary.
    pub(super) detail: String,
    /// For the log.
    pub(super) text: String,
    /// What is wrong, one line each.
    pub(super) wrong: Vec<String>,
}

fn suite(name: &str, about: &str, lane: Lane, work: Work) -> Suite {
    Suite { name: name.to_owned(), about: about.to_owned(), lane, needs_web: false, work }
}

fn command(program: impl Into<PathBuf>, args: &[&str], folder: &'static str) -> Work {
    let args = args.iter().map(|arg| (*arg).to_owned()).collect();
    Work::Command(Command { program: program.into(), args, folder, env: Vec::new() })
}

fn cargo(args: &[&str]) -> Work {
    command(stoa_scripts::cargo::program(), args, ".")
}

/// All suites in the order in which they are reported.
pub(super) fn all() -> anyhow::Result<Vec<Suite>> {
    let mut suites = rust()?;
    suites.extend(contracts()?);
    suites.extend(assurance());
    suites.push(probed("schemathesis", "requests at random, held against the OpenAPI document")?);
    suites.push(probed("analysts", "the questions of api/ANALYSTS.md, each answered in five ways")?);
    suites.extend(web());
    suites.push(suite(
        "hygiene",
        "top level, lock files, file sizes, the mutation report's sources",
        Lane::Side,
        Work::Check(hygiene::check),
    ));
    let about = "no key in the sources or in what they ever were";
    suites.push(suite("secrets", about, Lane::Side, Work::Check(secrets::check)));
    suites.extend(stories()?);
    Ok(suites)
}

fn rust() -> anyhow::Result<Vec<Suite>> {
    let this = std::env::current_exe().context("cannot find this program")?;
    // What `cargo clippy --workspace --all-targets -- -D warnings` does, but as a build, which shares every compiled
    // dependency with the other suites instead of checking all of them once more.
    let mut clippy = cargo(&["build", "--workspace", "--all-targets"]);
    if let Work::Command(command) = &mut clippy {
        command.env.push(("RUSTC_WORKSPACE_WRAPPER", "clippy-driver"));
        command.env.push(("CLIPPY_ARGS", "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__"));
    }
    Ok(vec![
        suite("rustfmt", "cargo fmt --check", Lane::Cargo, cargo(&["fmt", "--all", "--check"])),
        suite("build", "every target builds", Lane::Cargo, cargo(&["build", "--workspace", "--all-targets"])),
        suite("sqlx", "committed queries are current", Lane::Cargo, command(this, &["sqlx", "--check"], ".")),
        suite("clippy", "no warning in any target", Lane::Cargo, clippy),
        suite("rust-test", "tests of all crates", Lane::Cargo, Work::Tests(None)),
        suite("openapi", "api/openapi.json is current", Lane::Cargo, Work::Check(hygiene::openapi)),
    ])
}

/// One suite per file of whole-system tests.
fn stories() -> anyhow::Result<Vec<Suite>> {
    let names = targets::stories()?;
    if names.is_empty() {
        let nothing = Work::Nothing("tests/it holds no test".to_owned());
        return Ok(vec![suite("stories", "whole-system stories", Lane::Cargo, nothing)]);
    }
    let story = |name: String| {
        let work = Work::Tests(Some(Story { name: name.clone(), env: Vec::new() }));
        let mut suite = suite(&name, &format!("whole-system tests of tests/it/{name}.rs"), Lane::Cargo, work);
        suite.needs_web = true;
        suite
    };
    Ok(names.into_iter().map(story).collect())
}

/// What takes too long for every day.
pub(super) fn long(sample: &Sample) -> Vec<Suite> {
    let env = vec![("STOA_SEED", "2"), ("STOA_ACTIONS", "30000")];
    let model = Work::Tests(Some(Story { name: "model".to_owned(), env }));
    let mut model = suite("model-long", "30,000 actions of another seed on the model", Lane::Cargo, model);
    // After the other stories: they were built by then.
    model.needs_web = true;
    // As many as fit: a suite is given up after forty minutes.
    let env = vec![("STOA_SEED", "1000"), ("STOA_MINUTES", "25")];
    let simulation = Work::Tests(Some(Story { name: "simulation".to_owned(), env }));
    let mut simulation = suite(
        "simulation-long",
        "25 minutes of other seeds of crashes, faults and forks",
        Lane::Cargo,
        simulation,
    );
    simulation.needs_web = true;
    // Other features compile half of the dependencies anew: in a folder of their own, the usual build stays as it is.
    let keys = cargo(&[
        "check",
        "--package",
        "stoa-scripts",
        "--features",
        "ledger,aws-kms,gcp-kms",
        "--target-dir",
        "target/features",
    ]);
    let keys = suite("features", "signers on devices and in services compile", Lane::Cargo, keys);
    let mutation = Work::Mutation(sample.clone());
    vec![
        keys,
        model,
        simulation,
        suite("mutation", "whether tests find mistakes in the contracts", Lane::Side, mutation),
    ]
}

fn contracts() -> anyhow::Result<Vec<Suite>> {
    let this = std::env::current_exe().context("cannot find this program")?;
    // Before the first installation the suites can be named, not run.
    let forge = Tools::find().map_or_else(|_| PathBuf::from("forge"), |tools| tools.forge);
    let mut tests = command(forge.clone(), &["test"], "contracts");
    if let Work::Command(command) = &mut tests {
        command.env.push(("FOUNDRY_PROFILE", "ci"));
    }
    Ok(vec![
        suite("forge-fmt", "forge fmt --check", Lane::Side, command(forge, &["fmt", "--check"], "contracts")),
        suite(
            "artifacts",
            "contracts/artifacts is current",
            Lane::Side,
            command(this, &["compile", "--check"], "."),
        ),
        suite("forge-test", "contracts' tests, invariants, gas snapshot", Lane::Side, tests),
        suite(
            "coverage",
            "lines and branches of the contracts that tests run",
            Lane::Side,
            Work::Measure(coverage::measure),
        ),
    ])
}

/// Analysis and proofs of the contracts: programs for Node in contracts/bin, which install Python tools.
fn assurance() -> Vec<Suite> {
    let python = |args: &[&str]| match command("node", args, "contracts") {
        Work::Command(command) => Work::Optional(command, "needs python3"),
        work => work,
    };
    vec![
        suite(
            "slither",
            "static analysis, findings explained",
            Lane::Side,
            python(&["bin/slither", "--check"]),
        ),
        suite("halmos", "proofs of the contracts' arithmetic", Lane::Side, python(&["bin/halmos"])),
    ]
}

/// A Python tool of api/bin against the API of a generated market, which a program serves that the other suites have built.
fn probed(name: &str, about: &str) -> anyhow::Result<Suite> {
    let this = std::env::current_exe().context("cannot find this program")?;
    let probe = this.with_file_name(format!("stoa-probe{}", std::env::consts::EXE_SUFFIX));
    let tool = format!("bin/{name}");
    let Work::Command(command) = command("node", &[&tool, &probe.display().to_string()], "api") else {
        anyhow::bail!("a command is a command");
    };
    Ok(suite(name, about, Lane::Cargo, Work::Optional(command, "needs python3")))
}

fn web() -> Vec<Suite> {
    let npm = |script: &str, more: &[&str]| {
        let mut args = vec!["run", "--silent", script];
        args.extend(more);
        command("npm", &args, "api/web")
    };
    vec![
        suite("web-types", "types of the API are current", Lane::Side, npm("api-types", &["--", "--check"])),
        suite("web-check", "types, lint and unit tests of the web app", Lane::Side, npm("check", &[])),
        suite("web-build", "the web app builds", Lane::Side, Work::Check(build_web)),
    ]
}

fn build_web() -> anyhow::Result<Vec<String>> {
    stoa_scripts::web::build_if_changed()?;
    let index = checkout::root().join("api/web/dist/index.html");
    Ok(if index.exists() { Vec::new() } else { vec![format!("{} was not built", index.display())] })
}

//! Keys that were committed by mistake, now or ever: who has the repository has its history.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use anyhow::{Context as _, bail};
use regex::Regex;
use stoa_scripts::checkout;

/// What a secret looks like, by who gives it out. Each has a group of the secret itself.
static KINDS: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    let kinds = [
        ("an API key of Stoa", "(stoa_(?:live|test)_[0-9A-Za-z]{50})"),
        ("a private key in PEM", "(-----BEGIN [A-Z ]*PRIVATE KEY-----)"),
        (
            "the private key of a wallet",
            "(?i:private|secret|signing)[_ -]?(?i:key)?[\"' :=(`]+((?:0x)?[0-9a-fA-F]{64})\\b",
        ),
        ("a key of AWS", "\\b((?:AKIA|ASIA)[0-9A-Z]{16})\\b"),
        ("a key of Google", "\\b(AIza[0-9A-Za-z_-]{35})"),
        ("a token of GitHub", "\\b(gh[pousr]_[0-9A-Za-z]{36}|github_pat_[0-9A-Za-z_]{60,})"),
        ("a token of GitLab", "\\b(glpat-[0-9A-Za-z_-]{20,})"),
        ("a token of npm", "\\b(npm_[0-9A-Za-z]{36})\\b"),
        ("a token of Slack", "\\b(xox[abprs]-[0-9A-Za-z-]{10,})"),
        ("a key of Stripe", "\\b([rs]k_live_[0-9A-Za-z]{16,})"),
        ("a signed token", "\\b(eyJ[0-9A-Za-z_-]{20,}\\.eyJ[0-9A-Za-z_-]{20,}\\.[0-9A-Za-z_-]{20,})"),
        ("a password in an address", "\\b[a-z+]{3,12}://[^/\\s:@\"'`]{1,40}:([^/\\s:@\"'`$<{]{12,})@"),
    ];
    let compiled = kinds.into_iter().map(|(name, text)| Regex::new(text).map(|regex| (name, regex)));
    // Tests compile each.
    compiled.filter_map(Result::ok).collect()
});

/// What is published, and opens nothing.
const PUBLISHED: [&str; 13] = [
    // Of this repository's own test of its keys' form.
    concat!("stoa_test_0123456789AB0123456789ABCD", "EFGHIJKLMNOPQRSTUV2rJvrK"),
    // Of the test that looks for secrets in logs.
    "node-password",
    // Of AWS' documentation.
    concat!("AKIAIOSFOD", "NN7EXAMPLE"),
    // Of every Anvil.
    "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
    "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
    "5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
    "7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6",
    "47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a",
    "8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba",
    "92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e",
    "4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356",
    "dbda1821b80551c9d65939329250298aa3472ba22feea921c0cf5d620ea67b97",
    "2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6",
];

/// What looks like a secret in a line, and is none that everybody knows.
fn found(line: &str) -> Option<&'static str> {
    let secret = |(name, regex): &(&'static str, Regex)| {
        let secrets = regex.captures_iter(line).filter_map(|found| found.get(1));
        let unknown = |text: &str| {
            let text = text.trim_start_matches("0x");
            // One digit over and over is a placeholder.
            !PUBLISHED.contains(&text) && text.bytes().any(|byte| Some(byte) != text.bytes().next())
        };
        secrets.into_iter().any(|secret| unknown(secret.as_str())).then_some(*name)
    };
    KINDS.iter().find_map(secret)
}

/// Everything that was ever added, and what is not committed yet.
pub(super) fn check() -> anyhow::Result<Vec<String>> {
    let mut wrong = Vec::new();
    for arguments in [
        &["log", "--all", "--patch", "--unified=0", "--no-color", "--no-ext-diff", "--format=commit %h"][..],
        &["diff", "HEAD", "--unified=0", "--no-color", "--no-ext-diff"],
    ] {
        scan(arguments, &mut wrong)?;
    }
    wrong.sort();
    wrong.dedup();
    Ok(wrong)
}

fn scan(arguments: &[&str], wrong: &mut Vec<String>) -> anyhow::Result<()> {
    let mut git = Command::new("git")
        .args(arguments)
        .current_dir(checkout::root())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start git")?;
    let mut lines = BufReader::new(git.stdout.take().context("git has no output")?);
    let (mut commit, mut file, mut bytes) = ("what is not committed".to_owned(), String::new(), Vec::new());
    while lines.read_until(b'\n', &mut bytes)? > 0 {
        let line = String::from_utf8_lossy(&bytes);
        let line = line.trim_end();
        if let Some(hash) = line.strip_prefix("commit ") {
            commit = hash.to_owned();
        } else if let Some(name) = line.strip_prefix("+++ b/") {
            file = name.to_owned();
        } else if let Some(added) = line.strip_prefix('+')
            && let Some(kind) = found(added)
        {
            // Not the line: a log is read by more people than a repository.
            wrong.push(format!("{file} in {commit} has {kind}: revoke it, then take it out of the history"));
        }
        bytes.clear();
    }
    if !git.wait()?.success() {
        bail!("git {} failed", arguments.join(" "));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_found() {
        let hex = "1c".repeat(32);
        let letters = "a1B2c3D4e5".repeat(6);
        for (kind, line) in [
            ("an API key of Stoa", format!("key = stoa_live_{}", &letters[..50])),
            ("a private key in PEM", format!("-----BEGIN {}KEY-----", "PRIVATE ")),
            ("the private key of a wallet", format!("PRIVATE_KEY=0x{hex}")),
            ("the private key of a wallet", format!("\"secret\": \"{hex}\"")),
            ("a key of AWS", format!("AKIA{}", "ABCDEFGH01234567")),
            ("a key of Google", format!("AIza{}", &letters[..35])),
            ("a token of GitHub", format!("ghp_{}", &letters[..36])),
            ("a token of GitLab", format!("glpat-{}", &letters[..20])),
            ("a token of npm", format!("npm_{}", &letters[..36])),
            ("a token of Slack", format!("xoxb-{}", &letters[..20])),
            ("a key of Stripe", format!("sk_live_{}", &letters[..20])),
            ("a signed token", format!("eyJ{0}.eyJ{0}.{0}", &letters[..24])),
            ("a password in an address", format!("postgres://stoa:{}@db/stoa", &letters[..14])),
        ] {
            assert_eq!(found(&line), Some(kind), "{line}");
        }
        assert_eq!(KINDS.len(), 12, "each compiles");
    }

    #[test]
    fn what_everybody_knows_is_none() {
        for line in [
            format!("private key {}", PUBLISHED[3]),
            format!("secret: 0x{}", "11".repeat(32)),
            PUBLISHED[0].to_owned(),
            "block_hash: 88df016429689c079f3b2f6ad39fa052532c56795b733da78a91ebe6a713944b".to_owned(),
            "postgres://stoa:${PASSWORD}@db/stoa".to_owned(),
        ] {
            assert_eq!(found(&line), None, "{line}");
        }
    }
}

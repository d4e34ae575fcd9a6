//! Whether the tree, or any commit, holds something that opens something.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use regex::bytes::{Regex, RegexSet};
use stoa_scripts::{anvil, checkout};

use super::suites::Measured;

/// What is looked for, and how it is called. Parts of the patterns stand apart so that this file holds none of them.
const PATTERNS: [(&str, &str); 9] = [
    ("a key of this API", r"stoa_(live|test)_[0-9A-Za-z]{50}"),
    ("a private key in PEM", concat!("-----BEGIN [A-Z ]*", "PRIVATE KEY-----")),
    (
        "a private key in hexadecimal",
        r"(?i)(private|secret|signing|signer|pepper|master|relayer|wallet).{0,60}?(^|[^0-9a-f])(0x)?[0-9a-f]{64}([^0-9a-f]|$)",
    ),
    ("an access key of AWS", r"(AKIA|ASIA)[0-9A-Z]{16}([^0-9A-Z]|$)"),
    (
        "a token of GitHub or GitLab",
        r"gh[pousr]_[0-9A-Za-z]{36}|github_pat_[0-9A-Za-z_]{60}|glpat-[0-9A-Za-z_-]{20}",
    ),
    ("a key of Google", r"AIza[0-9A-Za-z_-]{35}"),
    ("a token of Slack", r"xox[abposr]-[0-9A-Za-z-]{20}"),
    ("a key of Stripe", r"[rs]k_live_[0-9A-Za-z]{20}"),
    ("a token of a package registry", r"npm_[0-9A-Za-z]{36}|pypi-AgEIcHlwaS5vcmc[0-9A-Za-z_-]{40}"),
];

/// Found, and known to open nothing: what, and why it is here.
const KNOWN: [(&str, &str); 2] = [
    ("2rJvrK", "api/src/access/token.rs: the published example of a key's checksum"),
    ("AKIAIOSFODNN7EXAMPLE", "AWS's own example, of its published signatures"),
];

/// Trees of generated numbers, among which nobody writes a key by hand.
const LEFT_OUT: [&str; 2] = [":(exclude)contracts/artifacts", ":(exclude).sqlx"];

/// Reads the tree, with what is about to be committed, and every commit.
pub(super) fn measure() -> anyhow::Result<Measured> {
    let (wrong, lines) = scan(&checkout::root())?;
    Ok(Measured { detail: format!("{lines} lines of tree and history"), text: String::new(), wrong })
}

fn scan(root: &Path) -> anyhow::Result<(Vec<String>, u64)> {
    let seeker = Seeker::new()?;
    let (mut wrong, mut lines) = (BTreeSet::new(), 0);
    let log = [
        "log",
        "-p",
        "--all",
        "--no-color",
        "--no-ext-diff",
        "--no-renames",
        "--unified=0",
        "--format=commit %h",
    ];
    git(root, &[&log[..], &["--", "."], &LEFT_OUT].concat(), |line| {
        lines += 1;
        seeker.history(line, &mut wrong);
    })?;
    // What no commit has yet: changes against the last one, and files that git does not know.
    git(root, &["diff", "HEAD", "--no-color", "--no-ext-diff", "--unified=0"], |line| {
        seeker.history(line, &mut wrong);
    })?;
    let mut files = Vec::new();
    git(root, &["ls-files", "--others", "--exclude-standard"], |line| {
        files.push(String::from_utf8_lossy(line).into_owned());
    })?;
    for file in files {
        let Ok(bytes) = std::fs::read(root.join(&file)) else { continue };
        for line in bytes.split(|byte| *byte == b'\n') {
            lines += 1;
            wrong.extend(seeker.find(line).map(|what| format!("{file}: {what}")));
        }
    }
    Ok((wrong.into_iter().collect(), lines))
}

/// Runs git and reads what it says, line by line.
fn git(root: &Path, args: &[&str], mut read: impl FnMut(&[u8])) -> anyhow::Result<()> {
    let mut child = Command::new("git")
        .args(args)
        .current_dir(root)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("cannot start git")?;
    let mut output = BufReader::new(child.stdout.take().context("git says nothing")?);
    let mut line = Vec::new();
    while output.read_until(b'\n', &mut line)? > 0 {
        read(line.trim_ascii_end());
        line.clear();
    }
    if !child.wait()?.success() {
        bail!("git {} failed", args.first().unwrap_or(&""));
    }
    Ok(())
}

struct Seeker {
    any: RegexSet,
    each: Vec<Regex>,
    /// Anvil's keys, which everybody knows.
    public: Vec<String>,
}

impl Seeker {
    fn new() -> anyhow::Result<Self> {
        let patterns = PATTERNS.map(|(_, pattern)| pattern);
        let public = anvil::KEYS.iter().map(|key| format!("{key:x}").trim_start_matches("0x").to_owned());
        Ok(Self {
            any: RegexSet::new(patterns)?,
            each: patterns.iter().map(|pattern| Regex::new(pattern)).collect::<Result<_, _>>()?,
            public: public.collect(),
        })
    }

    /// A line of a patch: what it adds.
    fn history(&self, line: &[u8], wrong: &mut BTreeSet<String>) {
        let Some(added) = line.strip_prefix(b"+") else { return };
        if let Some(what) = self.find(added) {
            let start = String::from_utf8_lossy(&added[..added.len().min(24)]).trim().to_owned();
            wrong.insert(format!("{what}, in a line that begins with `{start}`"));
        }
    }

    /// What a line holds, never the thing itself: logs are read by many.
    fn find(&self, line: &[u8]) -> Option<&'static str> {
        let hits = self.any.matches(line);
        hits.into_iter().find_map(|at| {
            let found = self.each[at].find(line)?.as_bytes();
            let text = String::from_utf8_lossy(found).to_lowercase();
            let known = KNOWN.iter().any(|(known, _)| text.contains(&known.to_lowercase()));
            let public = self.public.iter().any(|key| text.contains(key));
            let own = at > 0 || whole(found);
            (own && !known && !public && !repeats(&text)).then_some(PATTERNS[at].0)
        })
    }
}

/// Whether a key's checksum is right: 6 digits in base 62 of a CRC-32 of all before. Otherwise it only looks like one.
fn whole(key: &[u8]) -> bool {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let (body, told) = key.split_at(key.len() - 6);
    let value = told.iter().try_fold(0_u64, |sum, digit| {
        let place = DIGITS.iter().position(|known| known == digit)?;
        Some(sum * 62 + place as u64)
    });
    value == Some(u64::from(crc32fast::hash(body)))
}

/// Numbers of one or two digits over and over are nobody's key.
fn repeats(text: &str) -> bool {
    let digits: BTreeSet<char> = text.chars().rev().skip(1).take(60).collect();
    digits.len() <= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        run(folder.path(), &["init", "--quiet"]);
        run(folder.path(), &["config", "user.email", "test@example.org"]);
        run(folder.path(), &["config", "user.name", "test"]);
        folder
    }

    fn run(root: &Path, args: &[&str]) {
        git(root, args, |_| ()).expect("git");
    }

    fn commit(root: &Path, text: &str) {
        std::fs::write(root.join("file"), text).expect("a file");
        run(root, &["add", "."]);
        run(root, &["commit", "--quiet", "-m", "x"]);
    }

    /// A key as the API makes them, of a secret that opens nothing.
    fn key() -> String {
        let body = format!("stoa_{}_{}", "live", "0123456789ab".repeat(3) + "cdefghij");
        let mut sum = crc32fast::hash(body.as_bytes());
        let digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".as_bytes();
        let mut end = [b'0'; 6];
        for place in end.iter_mut().rev() {
            *place = digits[(sum % 62) as usize];
            sum /= 62;
        }
        body + std::str::from_utf8(&end).expect("digits")
    }

    #[test]
    fn a_key_is_found_in_the_tree_and_in_commits_that_took_it_away_again() {
        let repository = repository();
        let root = repository.path();
        commit(root, "nothing\n");
        assert_eq!(scan(root).expect("reads").0, Vec::<String>::new());
        let said = |root: &Path| scan(root).expect("reads").0.join("\n");

        std::fs::write(root.join("new"), format!("x = {}", key())).expect("a file");
        assert!(said(root).contains("new: a key of this API"), "{}", said(root));
        assert!(!said(root).contains(&key()), "it is not repeated");
        std::fs::remove_file(root.join("new")).expect("gone");
        std::fs::write(root.join("file"), format!("x = {}", key())).expect("a file");
        assert!(said(root).contains("a key of this API"), "what is not committed yet");

        commit(root, &format!("{}\n", ["-----BEGIN EC", "PRIVATE KEY-----"].join(" ")));
        commit(root, "nothing any more\n");
        assert!(said(root).contains("a private key in PEM"), "{}", said(root));
    }

    #[test]
    fn each_pattern_finds_its_kind_and_what_only_looks_like_it_is_let_be() {
        let seeker = Seeker::new().expect("patterns");
        let find = |line: &str| seeker.find(line.as_bytes());
        let hex = "1f".repeat(4) + &"0123456789abcdef".repeat(4)[8..];
        assert_eq!(hex.len(), 64);
        let found = [
            (key(), 0),
            (format!("relayer = \"0x{hex}\""), 2),
            (format!("PRIVATE_KEY={hex}"), 2),
            (["AKIA", "ABCDEFGHIJKLMNOP"].concat(), 3),
            (["gh", "p_", &"a1".repeat(18)].concat(), 4),
            (["AI", "za", &"B2c".repeat(12)].concat(), 5),
            (["xox", "b-", &"12345-".repeat(4)].concat(), 6),
            (["sk_", "live_", &"x9".repeat(12)].concat(), 7),
            (["np", "m_", &"Q7".repeat(18)].concat(), 8),
        ];
        for (line, at) in found {
            assert_eq!(find(&line), Some(PATTERNS[at].0), "{line}");
        }
        let mut wrong = key();
        wrong.replace_range(12..13, "z");
        let public = format!("private key {:x}", anvil::KEYS[0]);
        for line in [wrong, format!("tx_hash: 0x{hex}"), format!("secret {}", "ab".repeat(32)), public] {
            assert_eq!(find(&line), None, "{line}");
        }
    }
}

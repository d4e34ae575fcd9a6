//! The configuration file.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use url::Url;

use super::{ChainSettings, RunArgs, Settings, VerifyArg};

/// A file that explains every setting.
pub const EXAMPLE: &str = include_str!("example.toml");

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{setting} is missing: give it, or name a configuration file with --config")]
    Missing { setting: &'static str },
    #[error("cannot read the configuration file {path}: {source}")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{path}: {source}")]
    Malformed { path: PathBuf, source: Box<toml::de::Error> },
    #[error("{path}: {key}: {what}")]
    Setting { path: PathBuf, key: String, what: String },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    database_url: Option<String>,
    http: Option<SocketAddr>,
    otlp: Option<String>,
    #[serde(default)]
    chain: Vec<Chain>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chain {
    deployment: PathBuf,
    rpc: Vec<String>,
    confirmations: Option<u64>,
    finality_depth: Option<u64>,
    range: Option<u64>,
    poll_ms: Option<u64>,
    verify: Option<VerifyArg>,
    archive_from: Option<u64>,
    timeout: Option<u64>,
    takeover_after: Option<u64>,
    address_limit: Option<usize>,
}

/// Reads the file. The command line wins over it where both name the database or the listening address.
pub(super) fn read(path: &Path, args: &RunArgs) -> Result<Settings, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
    parse(path, &text, args, |name| std::env::var(name).ok())
}

fn parse(
    path: &Path,
    text: &str,
    args: &RunArgs,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Settings, ConfigError> {
    let wrong =
        |key: &str, what: String| ConfigError::Setting { path: path.to_owned(), key: key.to_owned(), what };
    let file: File = toml::from_str(text)
        .map_err(|source| ConfigError::Malformed { path: path.to_owned(), source: Box::new(source) })?;
    let database_url = match (&args.database_url, &file.database_url) {
        (Some(url), _) => url.clone(),
        (None, Some(text)) => expand(text, &variable).map_err(|what| wrong("database_url", what))?,
        (None, None) => return Err(ConfigError::Missing { setting: "database_url" }),
    };
    let otlp = match &file.otlp {
        None => None,
        Some(text) => {
            let url = expand(text, &variable).map_err(|what| wrong("otlp", what))?;
            Some(url.parse::<Url>().map_err(|error| wrong("otlp", format!("no URL: {error}")))?)
        }
    };
    if file.chain.is_empty() {
        return Err(wrong("chain", "there is none: write at least one [[chain]]".to_owned()));
    }
    let mut chains = Vec::new();
    for (place, chain) in file.chain.iter().enumerate() {
        let key = |name: &str| format!("chain[{place}].{name}");
        let mut rpc = Vec::new();
        for text in &chain.rpc {
            let url = expand(text, &variable).map_err(|what| wrong(&key("rpc"), what))?;
            // The address itself may hold a key: it is not repeated.
            let parsed =
                url.parse::<Url>().map_err(|error| wrong(&key("rpc"), format!("no URL: {error}")))?;
            rpc.push(parsed);
        }
        if rpc.is_empty() {
            return Err(wrong(&key("rpc"), "there is none: name at least one endpoint".to_owned()));
        }
        let number = |name: &str, given: Option<u64>, default: u64, bounds: RangeInclusive<u64>| {
            let number = given.unwrap_or(default);
            if bounds.contains(&number) {
                return Ok(number);
            }
            let (least, most) = bounds.into_inner();
            Err(wrong(&key(name), format!("{number} is not in {least} to {most}")))
        };
        let folder = path.parent().unwrap_or(Path::new("."));
        chains.push(ChainSettings {
            deployment: folder.join(&chain.deployment),
            rpc,
            confirmations: chain.confirmations.unwrap_or(0),
            finality_depth: number("finality_depth", chain.finality_depth, 64, 1..=1_000_000)?,
            range: number("range", chain.range, 2_000, 1..=1_000_000)?,
            poll: Duration::from_millis(number("poll_ms", chain.poll_ms, 250, 10..=60_000)?),
            verify: chain.verify.unwrap_or(VerifyArg::Consistency).into(),
            archive_from: chain.archive_from.unwrap_or(10_000),
            timeout: Duration::from_secs(number("timeout", chain.timeout, 20, 1..=600)?),
            patience: Duration::from_secs(number("takeover_after", chain.takeover_after, 10, 2..=3_600)?),
            address_limit: chain.address_limit.unwrap_or(500),
            until: args.until,
        });
    }
    Ok(Settings { database_url, http: args.http.or(file.http), otlp, chains })
}

/// Replaces `${NAME}` by the variable's value.
fn expand(text: &str, variable: &impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("${") {
        let (name, after) = behind.split_once('}').ok_or("`${` is not closed")?;
        let value = variable(name).ok_or_else(|| format!("the environment variable {name} is not set"))?;
        out.push_str(before);
        out.push_str(&value);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Cli, Command};
    use crate::fetch::Verify;
    use clap::Parser;

    fn args(more: &[&str]) -> RunArgs {
        let line = ["stoa-indexer", "run", "--config", "x.toml"].iter().chain(more);
        match Cli::try_parse_from(line).expect("it parses").command {
            Command::Run(args) => *args,
            _ => unreachable!("the command is run"),
        }
    }

    fn read(text: &str, more: &[&str]) -> Result<Settings, String> {
        let variable =
            |name: &str| name.starts_with("STOA_").then(|| format!("http://{}/", name.to_lowercase()));
        parse(Path::new("/etc/stoa/x.toml"), text, &args(more), variable).map_err(|error| error.to_string())
    }

    #[test]
    fn the_example_is_valid_and_says_the_defaults() {
        let settings = read(EXAMPLE, &[]).expect("it is valid");
        let chain = &settings.chains[0];
        assert_eq!(chain.deployment, Path::new("/etc/stoa/deployments/8453.json"));
        assert_eq!(chain.rpc[0].as_str(), "http://stoa_rpc_url_base/");
        let uncommented: String = EXAMPLE
            .lines()
            .map(|line| line.strip_prefix("# ").filter(|rest| rest.contains(" = ")).unwrap_or(line))
            .fold(String::new(), |text, line| text + line + "\n");
        let explicit = read(&uncommented, &[]).expect("its defaults are valid");
        assert_eq!(format!("{:?}", explicit.chains), format!("{:?}", settings.chains));
        assert_eq!(explicit.http, Some(([127, 0, 0, 1], 8081).into()));
        assert_eq!(explicit.otlp.map(String::from).as_deref(), Some("http://127.0.0.1:4318/"));
    }

    #[test]
    fn several_chains_are_read() {
        let text = "database_url = 'postgres://x'\n[[chain]]\ndeployment = '/a.json'\nrpc = ['http://a']\n\
                    [[chain]]\ndeployment = 'b.json'\nrpc = ['http://b', 'ws://b']\nverify = 'receipts'\n";
        let settings = read(text, &["--until", "9"]).expect("it is valid");
        assert_eq!(settings.chains.len(), 2);
        assert_eq!(settings.chains[1].verify, Verify::Receipts);
        assert_eq!(settings.chains[1].until, Some(9));
        assert_eq!(settings.chains[0].deployment, Path::new("/a.json"));
    }

    #[test]
    fn each_mistake_names_its_key() {
        let chain = |line: &str| {
            format!("database_url = 'x'\n[[chain]]\ndeployment = 'a'\nrpc = ['http://a']\n{line}")
        };
        let error = |text: &str| read(text, &[]).expect_err(text);
        assert!(error(&chain("range = 0")).contains("chain[0].range: 0 is not in 1 to 1000000"));
        assert!(error(&chain("rang = 1")).contains("unknown field `rang`"));
        assert!(error(&chain("verify = 'no'")).contains("verify"));
        assert!(error("database_url = 'x'").contains("at least one [[chain]]"));
        assert!(error("[[chain]]\ndeployment = 'a'\nrpc = []").contains("database_url is missing"));
        let unset = "database_url = '${NOT_SET}'\n[[chain]]\ndeployment = 'a'\nrpc = ['http://a']";
        assert!(error(unset).contains("database_url: the environment variable NOT_SET is not set"));
        let secret = "database_url = 'x'\n[[chain]]\ndeployment = 'a'\nrpc = ['http://[secret']";
        assert!(!error(secret).contains("secret"));
    }
}

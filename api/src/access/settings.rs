//! What an operator sets.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use ipnet::IpNet;
use stoa_schema::types::Addr;
use url::Url;

use super::{LimitsError, Master, MasterError, Pepper, Proxies, ProxyHeader, Setup, Tiers};
use crate::config::{ConfigError, Secret, given};

const SECRET: &str = "STOA_ACCESS_SECRET";
const MASTER: &str = "STOA_MASTER_KEYS";

/// Who may ask, and how much.
#[derive(Clone, Debug, Args)]
#[group(id = "access")]
#[command(next_help_heading = "Access")]
pub struct Settings {
    /// Whether requests are counted and limited
    #[arg(long, env = "STOA_LIMITS", default_value = "on", value_name = "ON|OFF")]
    pub limits: Switch,
    /// TOML file of limits by tier instead of the built-in ones
    #[arg(long, env = "STOA_LIMITS_FILE", value_name = "FILE")]
    pub limits_file: Option<PathBuf>,
    /// File with the secret under which keys and sessions are hashed, at least 32 bytes, the same for all replicas; or
    /// the environment's STOA_ACCESS_SECRET. Without it there are no keys and no sign-in. Who changes it ends them all
    #[arg(long, env = "STOA_ACCESS_SECRET_FILE", value_name = "FILE")]
    pub access_secret_file: Option<PathBuf>,
    /// Keys that signing secrets are encrypted under, each as NAME:KEY with 64 hex digits, the one for new secrets
    /// first; or STOA_MASTER_KEYS_FILE, a file that lists them, equal on all replicas. Without any there are no webhooks
    /// and no requests signed with a shared secret
    #[arg(
        long = "master-key",
        env = "STOA_MASTER_KEYS",
        hide_env_values = true,
        value_name = "NAME:KEY",
        value_delimiter = ' '
    )]
    pub master_keys: Vec<Secret>,
    /// Origin of the page, as in https://stoa.example; may be repeated. Without it, this machine at the port listened on
    #[arg(long = "origin", env = "STOA_ORIGINS", value_name = "URL", value_delimiter = ' ')]
    pub origins: Vec<Url>,
    /// Minutes that a session lasts, 1 to 1440
    #[arg(long, env = "STOA_SESSION_MINUTES", default_value_t = 60, value_name = "MINUTES",
        value_parser = clap::value_parser!(u64).range(1..=1440))]
    pub session_minutes: u64,
    /// Node that is asked whether a contract has signed, as in 8453=https://node.example; may be repeated; or
    /// STOA_AUTH_RPC_FILE, a file that lists them
    #[arg(
        long = "auth-rpc",
        env = "STOA_AUTH_RPC",
        hide_env_values = true,
        value_name = "CHAIN=URL",
        value_delimiter = ' '
    )]
    pub auth_rpc: Vec<Secret>,
    /// Wallet of an operator, who may set the limits of any key and read all of the audit log; may be repeated
    #[arg(long = "operator", env = "STOA_OPERATORS", value_name = "ADDRESS", value_delimiter = ' ')]
    pub operators: Vec<Addr>,
    /// Chain whose stakes give wallets their tier; without it all are of the lowest
    #[arg(long, env = "STOA_HOME_CHAIN", value_name = "ID", value_parser = clap::value_parser!(i64).range(1..))]
    pub home_chain: Option<i64>,
    /// Network of proxies that are believed about who asks, as in 10.0.0.0/8; may be repeated
    #[arg(long = "trusted-proxy", env = "STOA_TRUSTED_PROXIES", value_name = "CIDR", value_delimiter = ' ')]
    pub trusted_proxies: Vec<IpNet>,
    /// Header in which they say it
    #[arg(long, env = "STOA_PROXY_HEADER", default_value = "x-forwarded-for", value_name = "HEADER")]
    pub proxy_header: ProxyHeader,
}

/// Whether something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    On,
    Off,
}

/// A value that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error(transparent)]
    Limits(#[from] LimitsError),
    #[error("{SECRET} or {SECRET}_FILE: {0}")]
    Secret(String),
    #[error("--master-key ({MASTER}) or {MASTER}_FILE: {0}")]
    Master(#[from] MasterError),
    #[error("--origin (STOA_ORIGINS): {0}")]
    Origin(String),
    #[error(transparent)]
    File(#[from] ConfigError),
    /// Not the value: it may hold a node's password.
    #[error("--auth-rpc (STOA_AUTH_RPC) must be CHAIN=URL, as in 8453=https://node.example")]
    Node,
}

impl Settings {
    /// What they come to, for a server that listens there.
    pub fn setup(&self, listen: SocketAddr) -> Result<Setup, SettingsError> {
        let tiers = match &self.limits_file {
            _ if self.limits == Switch::Off => None,
            Some(path) => Some(Tiers::read(path)?),
            None => Some(Tiers::default()),
        };
        Ok(Setup {
            pepper: pepper(std::env::var(SECRET).ok(), self.access_secret_file.as_deref())?,
            master: self.master()?,
            origins: self.origins(listen)?,
            proxies: Proxies { trusted: self.trusted_proxies.clone(), header: self.proxy_header },
            tiers,
            nodes: self.nodes()?,
            operators: self.operators.clone(),
            home: self.home_chain,
            session: Duration::from_secs(60 * self.session_minutes),
        })
    }

    fn master(&self) -> Result<Option<Master>, SettingsError> {
        let words: Vec<&str> = self.master_keys.iter().map(|Secret(word)| word.as_str()).collect();
        let words = (!words.is_empty()).then(|| words.join(" "));
        Ok(Master::parse(&given(words, MASTER)?.unwrap_or_default())?)
    }

    fn nodes(&self) -> Result<BTreeMap<i64, Secret>, SettingsError> {
        if !self.auth_rpc.is_empty() {
            return self.auth_rpc.iter().map(node).collect();
        }
        let listed = given(None, "STOA_AUTH_RPC")?.unwrap_or_default();
        listed.split_whitespace().map(|text| node(&Secret(text.to_owned()))).collect()
    }

    fn origins(&self, listen: SocketAddr) -> Result<Vec<Url>, SettingsError> {
        if self.origins.is_empty() {
            let local = ["127.0.0.1", "localhost"].map(|host| format!("http://{host}:{}", listen.port()));
            return Ok(local.iter().filter_map(|origin| origin.parse().ok()).collect());
        }
        let secure = self.origins.iter().any(|origin| origin.scheme() == "https");
        for origin in &self.origins {
            if origin.path() != "/" || origin.query().is_some() || !origin.username().is_empty() {
                return Err(SettingsError::Origin(format!("{origin} is more than scheme, host and port")));
            }
            let local = matches!(origin.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
            if origin.scheme() != "https" && (secure || !local || origin.scheme() != "http") {
                return Err(SettingsError::Origin(format!(
                    "{origin} must be https; http is for this machine alone, and not beside https"
                )));
            }
        }
        Ok(self.origins.clone())
    }
}

fn pepper(given: Option<String>, file: Option<&Path>) -> Result<Option<Pepper>, SettingsError> {
    let text = match (given.filter(|text| !text.is_empty()), file) {
        (Some(_), Some(_)) => return Err(SettingsError::Secret("give one of the two".to_owned())),
        (Some(text), None) => text,
        (None, Some(path)) => std::fs::read_to_string(path)
            .map_err(|error| SettingsError::Secret(format!("{} cannot be read: {error}", path.display())))?,
        (None, None) => return Ok(None),
    };
    let least = Pepper::LEAST;
    let short = || {
        SettingsError::Secret(format!(
            "a secret has at least {least} bytes: `openssl rand -hex 32` makes one"
        ))
    };
    Pepper::new(text.trim().as_bytes()).map(Some).ok_or_else(short)
}

fn node(Secret(text): &Secret) -> Result<(i64, Secret), SettingsError> {
    let (chain, url) = text.split_once('=').ok_or(SettingsError::Node)?;
    let chain = chain.parse().map_err(|_| SettingsError::Node)?;
    let parsed = Url::parse(url).map_err(|_| SettingsError::Node)?;
    match parsed.scheme() {
        "http" | "https" => Ok((chain, Secret(url.to_owned()))),
        _ => Err(SettingsError::Node),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        settings: Settings,
    }

    fn setup(arguments: &[&str]) -> Result<Setup, SettingsError> {
        let cli = Cli::try_parse_from([&["x"], arguments].concat()).expect("parses");
        cli.settings.setup("127.0.0.1:8080".parse().expect("an address"))
    }

    #[test]
    fn limits_are_on_unless_told() {
        assert_eq!(setup(&[]).expect("valid").tiers, Some(Tiers::default()));
        assert_eq!(setup(&["--limits", "off"]).expect("valid").tiers, None);
    }

    #[test]
    fn origins_are_https_or_this_machine() {
        let local = setup(&[]).expect("valid").origins;
        assert_eq!(local[0].as_str(), "http://127.0.0.1:8080/");
        assert!(setup(&["--origin", "https://stoa.example"]).is_ok());
        for wrong in
            ["http://stoa.example", "https://stoa.example/x", "ftp://localhost", "https://a@stoa.example"]
        {
            let error = setup(&["--origin", wrong]).expect_err(wrong).to_string();
            assert!(error.contains("STOA_ORIGINS"), "{error}");
        }
        assert!(setup(&["--origin", "https://stoa.example", "--origin", "http://localhost:1"]).is_err());
    }

    #[test]
    fn what_is_wrong_with_a_node_or_a_secret_is_told_without_it() {
        for wrong in ["hunter2", "x=https://hunter2.example", "1=hunter2", "1=ftp://hunter2"] {
            let error = setup(&["--auth-rpc", wrong]).expect_err(wrong).to_string();
            assert!(error.contains("STOA_AUTH_RPC") && !error.contains("hunter2"), "{error}");
        }
        let error = pepper(Some("hunter2".to_owned()), None).expect_err("short").to_string();
        assert!(error.contains(SECRET) && !error.contains("hunter2"), "{error}");
        assert!(pepper(None, None).expect("none is given").is_none());
        assert!(pepper(Some("x".repeat(32)), None).expect("valid").is_some());
        let error = setup(&["--master-key", "hunter2"]).expect_err("no key").to_string();
        assert!(error.contains("STOA_MASTER_KEYS") && !error.contains("hunter2"), "{error}");
        let key = format!("one:{}", "ab".repeat(32));
        assert!(setup(&["--master-key", &key]).expect("valid").master.is_some());
    }
}

//! `stoa key`

use clap::Subcommand;
use reqwest::Method;
use serde_json::{Value, json};
use stoa_scripts::cli::{Output, Table, parse_duration};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::Url;

use super::api::{ApiArgs, exchange};

/// API keys of a wallet: each call signs in with it (EIP-4361), does its work, and signs out.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  stoa key create nightly --scope read,export --expires 90d --wallet me
  stoa key list --wallet me
  stoa key rotate 4jFq0Zr8LmXa --overlap 1d --wallet me
  stoa key create signed --sign ed25519 --public-key JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs= --wallet me
  STOA_API_KEY=stoa_live_… stoa key token --scope read
  stoa key usage --days 7 --wallet me")]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a key. It is shown this once.
    Create {
        /// What it is called.
        name: String,
        /// What it may be used for: read, export, sql, webhooks, relay, content, admin.
        #[arg(long = "scope", value_name = "SCOPE", value_delimiter = ',', default_value = "read")]
        scopes: Vec<String>,
        /// For trying things out: of the lowest tier, and counted apart.
        #[arg(long)]
        test: bool,
        /// A network that it may come from, as in 192.0.2.0/24; may be repeated. All without it.
        #[arg(long, value_name = "CIDR")]
        from: Vec<String>,
        /// After how long it expires, as in 90d; never without it.
        #[arg(long, value_name = "TIME", value_parser = parse_duration)]
        expires: Option<u64>,
        /// Each request must be signed (RFC 9421): ed25519 or hmac-sha256, whose secret is shown once.
        #[arg(long, value_name = "ALGORITHM")]
        sign: Option<String>,
        /// The public key for ed25519, 32 bytes in base64.
        #[arg(long, value_name = "BASE64", requires = "sign")]
        public_key: Option<String>,
        #[command(flatten)]
        at: ApiArgs,
    },
    /// Exchange a key for an access token of ten minutes (OAuth 2.0 client credentials).
    Token {
        /// The whole key.
        #[arg(long, env = "STOA_API_KEY", hide_env_values = true, value_name = "KEY")]
        key: String,
        /// What the token may be used for, of what the key may; all of it without.
        #[arg(long = "scope", value_name = "SCOPE", value_delimiter = ',')]
        scopes: Vec<String>,
        /// The API, as its page's origin has it.
        #[arg(long, env = "STOA_API", default_value = "http://127.0.0.1:8080", value_name = "URL")]
        api: Url,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// All keys of the wallet.
    List {
        #[command(flatten)]
        at: ApiArgs,
    },
    /// Put a new key in a key's place. The old one goes on for a while.
    Rotate {
        /// The old key's public id.
        id: String,
        /// How long the old key goes on, as in 1h.
        #[arg(long, value_name = "TIME", value_parser = parse_duration, default_value = "1h")]
        overlap: u64,
        #[command(flatten)]
        at: ApiArgs,
    },
    /// End a key, at once and for good.
    Revoke {
        /// Its public id.
        id: String,
        #[command(flatten)]
        at: ApiArgs,
    },
    /// What the wallet and its keys asked for, and what they may.
    Usage {
        /// How many days back.
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=366))]
        days: u64,
        #[command(flatten)]
        at: ApiArgs,
    },
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    match &args.action {
        Action::Create { name, scopes, test, from, expires, sign, public_key, at } => {
            let environment = if *test { "test" } else { "live" };
            let mut body =
                json!({ "name": name, "scopes": scopes, "networks": from, "environment": environment });
            if let Some(seconds) = expires {
                let ends = OffsetDateTime::now_utc() + std::time::Duration::from_secs(*seconds);
                body["expires_at"] = json!(ends.format(&Rfc3339)?);
            }
            if let Some(algorithm) = sign {
                body["signing"] = json!({ "algorithm": algorithm, "public_key": public_key });
            }
            made(at, &at.ask(Method::POST, "keys", Some(body)).await?)
        }
        Action::Token { key, scopes, api, json } => {
            let token = exchange(api, key, scopes).await?;
            Output { json: *json }.answer(&token, || text(&token["access_token"]))
        }
        Action::List { at } => {
            let keys = at.ask(Method::GET, "keys", None).await?;
            at.output().answer(&keys, || list(&keys))
        }
        Action::Rotate { id, overlap, at } => {
            let body = json!({ "overlap_seconds": overlap });
            made(at, &at.ask(Method::POST, &format!("keys/{id}/rotate"), Some(body)).await?)
        }
        Action::Revoke { id, at } => {
            let key = at.ask(Method::DELETE, &format!("keys/{id}"), None).await?;
            at.output().answer(&key, || format!("{} opens nothing any more", text(&key["id"])))
        }
        Action::Usage { days, at } => {
            let usage = at.ask(Method::GET, &format!("usage?days={days}"), None).await?;
            at.output().answer(&usage, || show(&usage))
        }
    }
}

fn made(at: &ApiArgs, key: &Value) -> anyhow::Result<()> {
    at.output().answer(key, || {
        let mut told = format!(
            "{}\n\nThis is the key {}; it is not shown again.",
            text(&key["secret"]),
            text(&key["id"])
        );
        if let Some(secret) = key["signing_secret"].as_str() {
            told.push_str(&format!(
                "\n\n{secret}\n\nIts requests are signed with this; nor is it shown again."
            ));
        }
        told
    })
}

fn list(keys: &Value) -> String {
    let mut table = Table::new(&["id", "name", "for", "state", "scopes", "expires", "last used"]);
    for key in keys.as_array().into_iter().flatten() {
        let scopes: Vec<String> = key["scopes"].as_array().into_iter().flatten().map(text).collect();
        let [id, name, environment, state] =
            ["id", "name", "environment", "state"].map(|name| text(&key[name]));
        let [expires, used] = ["expires_at", "last_used_at"].map(|name| match &key[name] {
            Value::Null => "never".to_owned(),
            time => moment(time),
        });
        table.row([id, name, environment, state, scopes.join(","), expires, used]);
    }
    table.to_string()
}

fn show(usage: &Value) -> String {
    let limits = usage["limits"].as_array().map(Vec::as_slice).unwrap_or_default();
    let limits = if limits.is_empty() {
        "no limits: the operator has switched them off".to_owned()
    } else {
        let mut table = Table::new(&["limit", "of", "used"]);
        for limit in limits {
            let used = if limit["used"].is_null() { String::new() } else { text(&limit["used"]) };
            table.row([text(&limit["name"]), text(&limit["limit"]), used]);
        }
        table.to_string()
    };
    let mut days = Table::new(&["day", "requests", "cost", "premium", "refused"]);
    for day in usage["days"].as_array().into_iter().flatten() {
        days.row(["day", "requests", "cost", "premium", "refused"].map(|name| text(&day[name])));
    }
    format!("tier {}\n\n{limits}\n\n{days}", text(&usage["tier"]))
}

/// A time to the second: parts of one tell nobody anything.
pub(crate) fn moment(time: &Value) -> String {
    let told = text(time);
    let read = OffsetDateTime::parse(&told, &Rfc3339).ok();
    let whole = read.and_then(|time| time.replace_nanosecond(0).ok());
    whole.and_then(|time| time.format(&Rfc3339).ok()).unwrap_or(told)
}

/// As it stands, without quotes.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_to_the_second() {
        assert_eq!(moment(&json!("2026-11-22T15:00:03.123456Z")), "2026-11-22T15:00:03Z");
        assert_eq!(moment(&json!("2026-11-22T15:00:03Z")), "2026-11-22T15:00:03Z");
        assert_eq!(moment(&json!("soon")), "soon");
    }
}

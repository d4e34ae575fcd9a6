//! `stoa webhook`

use clap::Subcommand;
use reqwest::Method;
use serde_json::{Value, json};
use stoa_scripts::cli::{Table, parse_duration};

use super::api::ApiArgs;
use super::key::{moment, text};

/// Webhooks of a wallet: what happens, sent to an address of yours. Each call signs in, does its work, and signs out.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  stoa webhook create shop https://example.org/hooks/stoa --topic purchases --wallet me
  stoa webhook ping wh4jFq0Zr8LmXaQ2 --wallet me
  stoa webhook deliveries wh4jFq0Zr8LmXaQ2 --state pending --wallet me
  stoa webhook update wh4jFq0Zr8LmXaQ2 --resume --wallet me
  stoa webhook replay wh4jFq0Zr8LmXaQ2 --after latest:31337-812-4 --wallet me")]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a webhook. What its messages are signed with is shown this once.
    Create {
        /// What it is called.
        name: String,
        /// Where messages are sent.
        url: String,
        /// What it is told of: listings, purchases, blocks, stats, listing:CHAIN-N, account:ADDRESS; may be repeated.
        /// Alerts alone without it.
        #[arg(long = "topic", value_name = "TOPIC", value_delimiter = ',')]
        topics: Vec<String>,
        /// Only messages about purchase, listing, event, block or stats; may be repeated.
        #[arg(long, value_delimiter = ',')]
        about: Vec<String>,
        /// How final a block must be: latest, safe or finalized.
        #[arg(long, default_value = "latest")]
        level: String,
        /// Only this chain.
        #[arg(long, value_name = "ID")]
        on_chain: Option<u64>,
        #[command(flatten)]
        at: ApiArgs,
    },
    /// All webhooks of the wallet.
    List {
        #[command(flatten)]
        at: ApiArgs,
    },
    /// One webhook.
    Show {
        /// Its id.
        id: String,
        #[command(flatten)]
        at: ApiArgs,
    },
    /// Change a webhook, pause it or let it go on.
    Update {
        /// Its id.
        id: String,
        /// What it is called.
        #[arg(long)]
        name: Option<String>,
        /// Where messages are sent.
        #[arg(long)]
        url: Option<String>,
        /// What it is told of from now on; may be repeated.
        #[arg(long = "topic", value_name = "TOPIC", value_delimiter = ',')]
        topics: Vec<String>,
        /// Only messages about these; may be repeated.
        #[arg(long, value_delimiter = ',')]
        about: Vec<String>,
        /// Send nothing until it is resumed.
        #[arg(long, conflicts_with = "resume")]
        pause: bool,
        /// Go on at once, whatever failed before.
        #[arg(long)]
        resume: bool,
        #[command(flatten)]
        at: ApiArgs,
    },
    /// Remove a webhook with its log and its alerts.
    Delete {
        /// Its id.
        id: String,
        #[command(flatten)]
        at: ApiArgs,
    },
    /// Sign with a new secret. The old one signs beside it for a while.
    Rotate {
        /// Its id.
        id: String,
        /// How long the old secret goes on, as in 1d.
        #[arg(long, value_name = "TIME", value_parser = parse_duration, default_value = "1d")]
        overlap: u64,
        #[command(flatten)]
        at: ApiArgs,
    },
    /// Send a message of type ping, and tell what came of it.
    Ping {
        /// Its id.
        id: String,
        #[command(flatten)]
        at: ApiArgs,
    },
    /// What was sent and is to be, newest first.
    Deliveries {
        /// Its id.
        id: String,
        /// Only pending, delivered, failed or dropped ones.
        #[arg(long)]
        state: Option<String>,
        /// Only those before this number.
        #[arg(long, value_name = "N")]
        before: Option<u64>,
        /// At most so many.
        #[arg(long, default_value_t = 25, value_parser = clap::value_parser!(u64).range(1..=100))]
        limit: u64,
        #[command(flatten)]
        at: ApiArgs,
    },
    /// Tell again what came after a cursor, or all that is kept.
    Replay {
        /// Its id.
        id: String,
        /// The cursor of a message.
        #[arg(long, value_name = "CURSOR", required_unless_present = "from")]
        after: Option<String>,
        /// oldest, or now: what is queued is dropped.
        #[arg(long, conflicts_with = "after")]
        from: Option<String>,
        #[command(flatten)]
        at: ApiArgs,
    },
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    match &args.action {
        Action::Create { name, url, topics, about, level, on_chain, at } => {
            let body = json!({
                "name": name, "url": url, "topics": topics, "about": about, "level": level, "chain": on_chain,
            });
            secret(at, &at.ask(Method::POST, "webhooks", Some(body)).await?)
        }
        Action::List { at } => {
            let hooks = at.ask(Method::GET, "webhooks", None).await?;
            at.output().answer(&hooks, || list(&hooks))
        }
        Action::Show { id, at } => {
            let hook = at.ask(Method::GET, &format!("webhooks/{id}"), None).await?;
            at.output().answer(&hook, || show(&hook))
        }
        Action::Update { id, name, url, topics, about, pause, resume, at } => {
            let mut body = json!({});
            let state = if *pause { Some("paused") } else { resume.then_some("active") };
            let given = [
                ("name", name.as_ref().map(|name| json!(name))),
                ("url", url.as_ref().map(|url| json!(url))),
                ("topics", (!topics.is_empty()).then(|| json!(topics))),
                ("about", (!about.is_empty()).then(|| json!(about))),
                ("state", state.map(|state| json!(state))),
            ];
            given.into_iter().for_each(|(member, value)| {
                if let Some(value) = value {
                    body[member] = value;
                }
            });
            let hook = at.ask(Method::PATCH, &format!("webhooks/{id}"), Some(body)).await?;
            at.output().answer(&hook, || show(&hook))
        }
        Action::Delete { id, at } => {
            let hook = at.ask(Method::DELETE, &format!("webhooks/{id}"), None).await?;
            at.output().answer(&hook, || format!("{} is removed", text(&hook["id"])))
        }
        Action::Rotate { id, overlap, at } => {
            let body = json!({ "overlap_seconds": overlap });
            secret(at, &at.ask(Method::POST, &format!("webhooks/{id}/rotate"), Some(body)).await?)
        }
        Action::Ping { id, at } => {
            let sent = at.ask(Method::POST, &format!("webhooks/{id}/ping"), None).await?;
            at.output().answer(&sent, || went(&sent))
        }
        Action::Deliveries { id, state, before, limit, at } => {
            let mut path = format!("webhooks/{id}/deliveries?limit={limit}");
            if let Some(state) = state {
                path.push_str(&format!("&state={state}"));
            }
            if let Some(before) = before {
                path.push_str(&format!("&before={before}"));
            }
            let log = at.ask(Method::GET, &path, None).await?;
            at.output().answer(&log, || deliveries(&log))
        }
        Action::Replay { id, after, from, at } => {
            let body = match after {
                Some(after) => json!({ "after": after }),
                None => json!({ "from": from }),
            };
            let hook = at.ask(Method::POST, &format!("webhooks/{id}/replay"), Some(body)).await?;
            at.output()
                .answer(&hook, || format!("{} goes on behind {}", text(&hook["id"]), text(&hook["cursor"])))
        }
    }
}

fn secret(at: &ApiArgs, hook: &Value) -> anyhow::Result<()> {
    at.output().answer(hook, || {
        format!(
            "{}\n\nThis is what messages of {} are signed with; it is not shown again.",
            text(&hook["secret"]),
            text(&hook["id"])
        )
    })
}

fn list(hooks: &Value) -> String {
    let mut table = Table::new(&["id", "name", "state", "topics", "waiting", "url"]);
    for hook in hooks.as_array().into_iter().flatten() {
        let [id, name, state, waiting, url] =
            ["id", "name", "state", "waiting", "url"].map(|name| text(&hook[name]));
        table.row([id, name, state, words(&hook["topics"]), waiting, url]);
    }
    table.to_string()
}

fn show(hook: &Value) -> String {
    let mut table = Table::new(&["", ""]);
    for name in ["id", "name", "url", "state", "paused_reason", "level", "cursor", "waiting", "failures"] {
        if !hook[name].is_null() {
            table.row([name.replace('_', " "), text(&hook[name])]);
        }
    }
    table.row(["topics".to_owned(), words(&hook["topics"])]);
    table.row(["about".to_owned(), words(&hook["about"])]);
    for name in ["failing_since", "next_attempt_at", "created_at"] {
        if !hook[name].is_null() {
            table.row([name.replace('_', " "), moment(&hook[name])]);
        }
    }
    table.to_string()
}

fn went(sent: &Value) -> String {
    let attempt = &sent["attempts"][0];
    let took = format!("{} ms", text(&attempt["milliseconds"]));
    match attempt["error"].as_str() {
        None => format!("taken: {} after {took}", text(&attempt["status"])),
        Some(error) => format!("not taken after {took}: {error}"),
    }
}

fn deliveries(log: &Value) -> String {
    let mut table = Table::new(&["number", "type", "state", "attempts", "last", "queued", "cursor"]);
    for row in log.as_array().into_iter().flatten() {
        let attempts = row["attempts"].as_array().map(Vec::as_slice).unwrap_or_default();
        let last = attempts.last().map_or_else(String::new, |last| match last["error"].as_str() {
            Some(error) => error.to_owned(),
            None => text(&last["status"]),
        });
        let [number, kind, state] = ["number", "type", "state"].map(|name| text(&row[name]));
        let cursor = row["cursor"].as_str().unwrap_or_default().to_owned();
        table.row([
            number,
            kind,
            state,
            attempts.len().to_string(),
            last,
            moment(&row["created_at"]),
            cursor,
        ]);
    }
    table.to_string()
}

fn words(list: &Value) -> String {
    list.as_array().into_iter().flatten().map(text).collect::<Vec<_>>().join(",")
}

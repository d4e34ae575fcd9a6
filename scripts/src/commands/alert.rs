//! `stoa alert`

use clap::{Subcommand, ValueEnum};
use reqwest::Method;
use serde_json::{Value, json};
use stoa_scripts::cli::Table;

use super::api::ApiArgs;
use super::key::{moment, text};

/// Alerts of a wallet: what is watched, told to one of its webhooks once it happens.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  stoa alert create 'price went up' price --webhook wh4jFq0Zr8LmXaQ2 --plan 31337-1 --above 2000000 --wallet me
  stoa alert create 'pass ends' pass-expiry --webhook wh4jFq0Zr8LmXaQ2 --days 3 --wallet me
  stoa alert create 'odd use' key-use --webhook wh4jFq0Zr8LmXaQ2 --wallet me
  stoa alert update al4jFq0Zr8LmXaQ2 --disable --wallet me")]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Watch something.
    Create {
        /// What it is called.
        name: String,
        /// What is watched.
        kind: Kind,
        /// The webhook that is told.
        #[arg(long, value_name = "ID")]
        webhook: String,
        #[command(flatten)]
        what: Box<What>,
        #[command(flatten)]
        at: Box<ApiArgs>,
    },
    /// All alerts of the wallet.
    List {
        #[command(flatten)]
        at: ApiArgs,
    },
    /// One alert.
    Show {
        /// Its id.
        id: String,
        #[command(flatten)]
        at: ApiArgs,
    },
    /// Change an alert, stop it or let it go on.
    Update {
        /// Its id.
        id: String,
        /// What it is called.
        #[arg(long)]
        name: Option<String>,
        /// Another webhook.
        #[arg(long, value_name = "ID")]
        webhook: Option<String>,
        /// Do not look at it.
        #[arg(long, conflicts_with = "enable")]
        disable: bool,
        /// Look at it again.
        #[arg(long)]
        enable: bool,
        #[command(flatten)]
        at: Box<ApiArgs>,
    },
    /// Watch it no more.
    Delete {
        /// Its id.
        id: String,
        #[command(flatten)]
        at: ApiArgs,
    },
}

/// What can be watched.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// A plan's price: --plan, --above, --below.
    Price,
    /// A listing's grade: --listing, --term, --above, --below.
    Grade,
    /// What a listing has brought: --listing, --token, --above.
    Revenue,
    /// Subscriptions that end: --days, --account, --plan.
    PassExpiry,
    /// What can be claimed: --on-chain, --token, --above, --account.
    Claimable,
    /// API keys that expire: --days.
    KeyExpiry,
    /// 80 and 100 % of the month's premium calls.
    Usage,
    /// Odd use of an API key.
    KeyUse,
}

/// Its thresholds, in base units.
#[derive(Debug, clap::Args)]
struct What {
    /// A plan, as in 31337-1.
    #[arg(long, value_name = "ID")]
    plan: Option<String>,
    /// A listing, as in 31337-1.
    #[arg(long, value_name = "ID")]
    listing: Option<String>,
    /// short or long.
    #[arg(long)]
    term: Option<String>,
    /// A token's address.
    #[arg(long, value_name = "ADDRESS")]
    token: Option<String>,
    /// An account's address; the wallet's own without it.
    #[arg(long, value_name = "ADDRESS")]
    account: Option<String>,
    /// The chain.
    #[arg(long, value_name = "ID")]
    on_chain: Option<u64>,
    /// Tell when it gets to this, or above.
    #[arg(long, value_name = "AMOUNT")]
    above: Option<String>,
    /// Tell when it gets to this, or below.
    #[arg(long, value_name = "AMOUNT")]
    below: Option<String>,
    /// So many days before, 1 to 90.
    #[arg(long)]
    days: Option<u16>,
}

impl What {
    fn watch(&self, kind: Kind) -> Value {
        let word =
            kind.to_possible_value().map_or_else(String::new, |kind| kind.get_name().replace('-', "_"));
        let mut watch = json!({ "kind": word });
        let amount = |text: &String| match kind {
            // Grades are numbers; what is none is the API's to refuse.
            Kind::Grade => text.parse::<u64>().map_or_else(|_| json!(text), |grade| json!(grade)),
            _ => json!(text),
        };
        let given = [
            ("plan", self.plan.as_ref().map(|plan| json!(plan))),
            ("listing", self.listing.as_ref().map(|listing| json!(listing))),
            ("term", self.term.as_ref().map(|term| json!(term))),
            ("token", self.token.as_ref().map(|token| json!(token))),
            ("account", self.account.as_ref().map(|account| json!(account))),
            ("chain", self.on_chain.map(|chain| json!(chain))),
            ("above", self.above.as_ref().map(amount)),
            ("below", self.below.as_ref().map(amount)),
            ("days", self.days.map(|days| json!(days))),
        ];
        for (member, value) in given {
            if let Some(value) = value {
                watch[member] = value;
            }
        }
        watch
    }
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    match &args.action {
        Action::Create { name, kind, webhook, what, at } => {
            let body = json!({ "name": name, "webhook": webhook, "watch": what.watch(*kind) });
            let alert = at.ask(Method::POST, "alerts", Some(body)).await?;
            at.output().answer(&alert, || list(&json!([alert])))
        }
        Action::List { at } => {
            let alerts = at.ask(Method::GET, "alerts", None).await?;
            at.output().answer(&alerts, || list(&alerts))
        }
        Action::Show { id, at } => {
            let alert = at.ask(Method::GET, &format!("alerts/{id}"), None).await?;
            at.output().answer(&alert, || list(&json!([alert])))
        }
        Action::Update { id, name, webhook, disable, enable, at } => {
            let mut body = json!({});
            if let Some(name) = name {
                body["name"] = json!(name);
            }
            if let Some(webhook) = webhook {
                body["webhook"] = json!(webhook);
            }
            if *disable || *enable {
                body["enabled"] = json!(enable);
            }
            let alert = at.ask(Method::PATCH, &format!("alerts/{id}"), Some(body)).await?;
            at.output().answer(&alert, || list(&json!([alert])))
        }
        Action::Delete { id, at } => {
            let alert = at.ask(Method::DELETE, &format!("alerts/{id}"), None).await?;
            at.output().answer(&alert, || format!("{} is removed", text(&alert["id"])))
        }
    }
}

fn list(alerts: &Value) -> String {
    let mut table = Table::new(&["id", "name", "webhook", "enabled", "watches", "last told"]);
    for alert in alerts.as_array().into_iter().flatten() {
        let [id, name, webhook, enabled] =
            ["id", "name", "webhook", "enabled"].map(|name| text(&alert[name]));
        let told = match &alert["fired_at"] {
            Value::Null => "never".to_owned(),
            time => moment(time),
        };
        table.row([id, name, webhook, enabled, watched(&alert["watch"]), told]);
    }
    table.to_string()
}

/// As in `price plan=31337-1 above=100`.
fn watched(watch: &Value) -> String {
    let mut words = vec![text(&watch["kind"])];
    let members = watch.as_object().into_iter().flatten().filter(|(member, _)| *member != "kind");
    words.extend(members.map(|(member, value)| format!("{member}={}", text(value))));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_is_watched_and_nothing_else() {
        let what = What {
            plan: Some("31337-1".to_owned()),
            listing: None,
            term: None,
            token: None,
            account: None,
            on_chain: None,
            above: Some("100".to_owned()),
            below: None,
            days: None,
        };
        let watch = what.watch(Kind::Price);
        assert_eq!(watch, json!({ "kind": "price", "plan": "31337-1", "above": "100" }));
        assert_eq!(watched(&watch), "price above=100 plan=31337-1");
        assert_eq!(what.watch(Kind::Grade)["above"], 100);
        assert_eq!(what.watch(Kind::PassExpiry)["kind"], "pass_expiry");
    }
}

//! Every route, asked by everybody. The routes are those of the server's own list, which is compared with the OpenAPI
//! document where it stands.

use axum::http::Request;
use axum::http::request::Builder;
use serde_json::{Value, json};
use stoa_api::access::{Need, RULES, Rule, Scope};

use super::door::{Door, ORIGIN, Wallet, ask, bearer, door, from, setup};
use crate::stage::Answer;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Anonymous,
    BadCookie,
    Session,
    OtherSession,
    /// Keys: with every scope, with every scope but the one that the route needs, and so on.
    Right,
    WrongScope,
    Expired,
    Revoked,
    Unknown,
    WrongNetwork,
    OtherOwner,
}

const EVERYBODY: [Who; 11] = [
    Who::Anonymous,
    Who::BadCookie,
    Who::Session,
    Who::OtherSession,
    Who::Right,
    Who::WrongScope,
    Who::Expired,
    Who::Revoked,
    Who::Unknown,
    Who::WrongNetwork,
    Who::OtherOwner,
];

/// What is of one wallet alone, and how others are told that it is not there.
const OWNED: [(&str, &str); 3] = [
    ("/v1/keys/{id}", "This wallet has no API key"),
    ("/v1/webhooks/{id}", "This wallet has no webhook"),
    ("/v1/alerts/{id}", "This wallet has no alert"),
];

/// What comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// The route itself answered, whatever it said.
    In,
    Unknown,
    Forbidden,
    /// The thing is another's, and might as well not be.
    Hidden,
}

/// The table.
fn expected(rule: &Rule, who: Who) -> Outcome {
    let of_one = OWNED.iter().any(|(path, _)| rule.path.starts_with(path));
    match (who, rule.need) {
        // It asks for a key in a form, and there is none.
        (_, Need::Client) => Outcome::Unknown,
        (Who::Expired | Who::Revoked | Who::Unknown, _) => Outcome::Unknown,
        (Who::WrongNetwork, _) => Outcome::Forbidden,
        (_, Need::Anyone) => Outcome::In,
        (Who::Anonymous | Who::BadCookie, Need::Open(_)) => Outcome::In,
        (Who::Anonymous | Who::BadCookie, _) => Outcome::Unknown,
        (Who::WrongScope, _) => Outcome::Forbidden,
        (Who::Right | Who::OtherOwner, Need::Session) => Outcome::Forbidden,
        (Who::OtherOwner | Who::OtherSession, _) if of_one => Outcome::Hidden,
        _ => Outcome::In,
    }
}

fn outcome(answer: &Answer) -> Outcome {
    match answer.status.as_u16() {
        401 => Outcome::Unknown,
        403 => Outcome::Forbidden,
        404 if OWNED.iter().any(|(_, what)| answer.text().contains(what)) => Outcome::Hidden,
        _ => Outcome::In,
    }
}

struct Cast {
    door: Door,
    wallet: Wallet,
    other: Wallet,
}

impl Cast {
    async fn new() -> Self {
        let door = door(setup()).await;
        let (wallet, other) = (door.wallet().await, door.wallet().await);
        Self { door, wallet, other }
    }

    /// A key that opens this route, or one that does not.
    async fn key(&self, owner: &Wallet, rule: &Rule, has: bool) -> (String, String) {
        let needed = match rule.need {
            Need::Open(scope) | Need::Own(scope) => Some(scope),
            Need::Anyone | Need::Session | Need::Client => None,
        };
        let scopes: Vec<&str> =
            Scope::ALL.into_iter().filter(|scope| has || Some(*scope) != needed).map(Scope::word).collect();
        self.door.key(owner, json!({ "name": "x", "scopes": scopes })).await
    }

    /// The thing that the route is about: the wallet's own, where it is of one.
    async fn victim(&self, rule: &Rule) -> String {
        if rule.path.starts_with("/v1/keys/{id}") {
            return self.door.key(&self.wallet, json!({ "name": "victim", "scopes": ["read"] })).await.0;
        }
        let (id, hook) =
            ("31337-1".to_owned(), json!({ "name": "victim", "url": "https://example.invalid/" }));
        let alerts = rule.path.starts_with("/v1/alerts/{id}");
        if !alerts && !rule.path.starts_with("/v1/webhooks/{id}") {
            return id;
        }
        let made = async |path: &str, body: Value| {
            let answer = self.door.by(&self.wallet, Request::post(path), &body).await;
            assert_eq!(answer.status, 201, "{}", answer.text());
            answer.json()["data"]["id"].as_str().expect("an id").to_owned()
        };
        let hook = made("/v1/webhooks", hook).await;
        if !alerts {
            return hook;
        }
        made("/v1/alerts", json!({ "name": "victim", "webhook": hook, "watch": { "kind": "usage" } })).await
    }

    /// As this one asks. The peer is 198.51.100.7.
    async fn dress(&self, rule: &Rule, who: Who, builder: Builder) -> Builder {
        let set = |sql: &'static str, id: String| async move {
            sqlx::query(sql).bind(id).execute(&self.door.stage.pool).await.expect(sql);
        };
        match who {
            Who::Anonymous => builder,
            Who::BadCookie => builder.header("cookie", format!("stoa_session={}", "a".repeat(43))),
            Who::Session => self.fresh(rule, &self.wallet).await.asks(builder),
            Who::OtherSession => self.fresh(rule, &self.other).await.asks(builder),
            Who::Right => bearer(builder, &self.key(&self.wallet, rule, true).await.1),
            Who::WrongScope => bearer(builder, &self.key(&self.wallet, rule, false).await.1),
            Who::OtherOwner => bearer(builder, &self.key(&self.other, rule, true).await.1),
            Who::Expired => {
                let (id, secret) = self.key(&self.wallet, rule, true).await;
                set("UPDATE api.api_key SET expires_at = now() - interval '1 second' WHERE id = $1", id)
                    .await;
                bearer(builder, &secret)
            }
            Who::Revoked => {
                let (id, secret) = self.key(&self.wallet, rule, true).await;
                set("UPDATE api.api_key SET revoked_at = now() WHERE id = $1", id).await;
                bearer(builder, &secret)
            }
            Who::Unknown => {
                let (id, secret) = self.key(&self.wallet, rule, true).await;
                set("DELETE FROM api.api_key WHERE id = $1", id).await;
                bearer(builder, &secret)
            }
            Who::WrongNetwork => {
                let (id, secret) = self.key(&self.wallet, rule, true).await;
                set("UPDATE api.api_key SET networks = '{192.0.2.0/24}' WHERE id = $1", id).await;
                bearer(builder, &secret)
            }
        }
    }

    /// A wallet, in a session that the route may end.
    async fn fresh(&self, rule: &Rule, wallet: &Wallet) -> Wallet {
        let cookie = wallet.cookie.clone();
        match rule.need {
            Need::Session => self.door.sign_in(wallet.signer.clone()).await,
            _ => Wallet { signer: wallet.signer.clone(), cookie },
        }
    }
}

#[tokio::test]
async fn every_route_is_open_to_those_it_is_for_and_to_nobody_else() {
    let mut cells = 0;
    let mut wrong = Vec::new();
    for rule in RULES {
        // A wallet has a bounded number of keys: each row has wallets of its own.
        let cast = Cast::new().await;
        for who in EVERYBODY {
            let victim = cast.victim(rule).await;
            let path = rule
                .path
                .replace("{id}", &victim)
                .replace("{address}", "0x0000000000000000000000000000000000000001")
                .replace("{cid}", "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku")
                .replace("{hash}", &format!("0x{}", "1".repeat(64)))
                .replace("{collection}", "purchases")
                .replace("{file}", "purchases.csv");
            let request = from(Request::builder().method(rule.method).uri(&path), "198.51.100.7");
            let request = match rule.need {
                Need::Client => request.header("content-type", "application/x-www-form-urlencoded"),
                _ => request,
            };
            let request = cast.dress(rule, who, request).await;
            let body = if rule.method == "GET" { Value::Null } else { json!({}) };
            let answer = ask(&cast.door.router, request, &body).await;
            cells += 1;
            if outcome(&answer) != expected(rule, who) {
                let expected = expected(rule, who);
                wrong.push(format!(
                    "{} {path} by {who:?}: expected {expected:?}, got {} {}",
                    rule.method,
                    answer.status,
                    answer.text().chars().take(200).collect::<String>()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(cells, RULES.len() * EVERYBODY.len());
    eprintln!("{cells} cells");
}

#[tokio::test]
async fn what_has_no_rule_is_not_there_and_other_methods_are_told() {
    let door = door(setup()).await;
    for path in ["/v1", "/v1/", "/v1/nothing", "/v1/keys/a/b", "/v1/listings/"] {
        assert_eq!(ask(&door.router, Request::get(path), &Value::Null).await.status, 404, "{path}");
    }
    let answer = ask(&door.router, Request::delete("/v1/listings"), &Value::Null).await;
    answer.problem(405);
    assert_eq!(answer.header("allow"), Some("GET,HEAD"));
}

#[tokio::test]
async fn headers_are_bounded_and_answers_say_what_browsers_may_do() {
    let door = door(setup()).await;
    let large = Request::get("/v1/status").header("x-large", "a".repeat(20_000));
    ask(&door.router, large, &Value::Null).await.problem(431);
    let many = (0..70).fold(Request::get("/v1/status"), |request, n| request.header(format!("x-{n}"), "1"));
    ask(&door.router, many, &Value::Null).await.problem(431);
    let answer = ask(&door.router, Request::get("/v1/status").header("origin", ORIGIN), &Value::Null).await;
    answer.ok();
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ("referrer-policy", "no-referrer"),
        ("access-control-allow-origin", "*"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    assert_eq!(answer.header("strict-transport-security"), None, "not over http");
}

//! Who may ask for which route, and what it costs. A route that is not here cannot be reached: tests compare this list
//! with the OpenAPI document.

use axum::http::Method;

use super::quota::Cost;

/// What a key may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    Read,
    Export,
    Sql,
    Webhooks,
    /// Having orders sent to the chain.
    Relay,
    /// Uploading files.
    Content,
    /// Managing the keys of its wallet, as a session does.
    Admin,
}

impl Scope {
    pub const ALL: [Self; 7] =
        [Self::Read, Self::Export, Self::Sql, Self::Webhooks, Self::Relay, Self::Content, Self::Admin];

    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Export => "export",
            Self::Sql => "sql",
            Self::Webhooks => "webhooks",
            Self::Relay => "relay",
            Self::Content => "content",
            Self::Admin => "admin",
        }
    }

    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }
}

/// Whom a route is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Anyone, whatever a key is for.
    Anyone,
    /// Anyone; a key must have this scope.
    Open(Scope),
    /// A session, or a key that has this scope.
    Own(Scope),
    /// A session alone.
    Session,
    /// A key that says who it is as RFC 6749 has it; the route itself asks.
    Client,
}

/// One route.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    pub method: &'static str,
    /// As in the OpenAPI document.
    pub path: &'static str,
    pub need: Need,
    pub(crate) cost: Cost,
    /// Whether it makes something, and takes an `Idempotency-Key`.
    pub creates: bool,
}

const READ: Need = Need::Open(Scope::Read);
const HOOKS: Need = Need::Own(Scope::Webhooks);
const MANAGE: Need = Need::Own(Scope::Admin);

const fn rule(method: &'static str, path: &'static str, need: Need, plain: i64) -> Rule {
    Rule { method, path, need, cost: Cost { plain, premium: false }, creates: false }
}

const fn premium(rule: Rule) -> Rule {
    Rule { cost: Cost { premium: true, ..rule.cost }, ..rule }
}

const fn creates(rule: Rule) -> Rule {
    Rule { creates: true, ..rule }
}

/// Every route under `/v1`, and the graph.
pub const RULES: &[Rule] = &[
    rule("GET", "/v1/openapi.json", Need::Anyone, 0),
    rule("GET", "/v1/status", Need::Anyone, 1),
    rule("GET", "/v1/listings", READ, 1),
    rule("GET", "/v1/listings/{id}", READ, 1),
    rule("GET", "/v1/listings/{id}/ancestors", READ, 1),
    rule("GET", "/v1/listings/{id}/descendants", READ, 1),
    rule("GET", "/v1/listings/{id}/flow", READ, 1),
    rule("GET", "/v1/listings/{id}/owners", READ, 1),
    rule("GET", "/v1/listings/{id}/prices", READ, 1),
    rule("GET", "/v1/listings/{id}/grades", READ, 1),
    rule("GET", "/v1/listings/{id}/yield", READ, 2),
    rule("GET", "/v1/access", READ, 1),
    rule("GET", "/v1/purchases", READ, 1),
    rule("GET", "/v1/payments", READ, 1),
    rule("GET", "/v1/spendings", READ, 1),
    rule("GET", "/v1/accounts/{address}", READ, 1),
    rule("GET", "/v1/accounts/{address}/history", READ, 2),
    rule("GET", "/v1/accounts/{address}/balances", READ, 5),
    rule("GET", "/v1/staking", READ, 1),
    rule("GET", "/v1/market", READ, 1),
    rule("GET", "/v1/market/series", READ, 1),
    rule("GET", "/v1/market/leaders", READ, 1),
    rule("GET", "/v1/market/retention", READ, 5),
    rule("GET", "/v1/market/attribution", READ, 2),
    rule("GET", "/v1/events", READ, 1),
    rule("GET", "/v1/transactions/{hash}", READ, 1),
    rule("GET", "/v1/stream", READ, 5),
    rule("GET", "/v1/live", READ, 5),
    rule("GET", "/v1/export", READ, 1),
    rule("GET", "/v1/export/{collection}/manifest", Need::Open(Scope::Export), 5),
    premium(rule("GET", "/v1/export/{file}", Need::Open(Scope::Export), 20)),
    rule("GET", "/v1/sql", READ, 1),
    premium(rule("POST", "/v1/sql", Need::Open(Scope::Sql), 10)),
    rule("POST", "/v1/auth/nonce", Need::Anyone, 1),
    rule("POST", "/v1/auth/session", Need::Anyone, 10),
    rule("GET", "/v1/auth/session", Need::Session, 1),
    rule("DELETE", "/v1/auth/session", Need::Session, 1),
    rule("GET", "/v1/keys", MANAGE, 1),
    creates(rule("POST", "/v1/keys", MANAGE, 5)),
    rule("GET", "/v1/keys/{id}", MANAGE, 1),
    rule("PATCH", "/v1/keys/{id}", MANAGE, 5),
    rule("DELETE", "/v1/keys/{id}", MANAGE, 5),
    creates(rule("POST", "/v1/keys/{id}/rotate", MANAGE, 5)),
    rule("GET", "/v1/audit", MANAGE, 5),
    rule("POST", "/v1/oauth/token", Need::Client, 5),
    rule("POST", "/v1/oauth/revoke", Need::Client, 5),
    rule("POST", "/v1/oauth/introspect", Need::Client, 5),
    rule("GET", "/v1/content", READ, 1),
    rule("POST", "/v1/content", Need::Own(Scope::Content), 20),
    rule("GET", "/v1/content/{cid}", READ, 1),
    rule("GET", "/v1/relay", READ, 1),
    creates(rule("POST", "/v1/orders", Need::Own(Scope::Relay), 20)),
    rule("GET", "/v1/orders/{id}", Need::Open(Scope::Relay), 1),
    rule("GET", "/v1/usage", Need::Own(Scope::Read), 1),
    rule("GET", "/v1/webhooks", HOOKS, 1),
    creates(rule("POST", "/v1/webhooks", HOOKS, 5)),
    rule("GET", "/v1/webhooks/{id}", HOOKS, 1),
    rule("PATCH", "/v1/webhooks/{id}", HOOKS, 5),
    rule("DELETE", "/v1/webhooks/{id}", HOOKS, 5),
    creates(rule("POST", "/v1/webhooks/{id}/rotate", HOOKS, 5)),
    rule("POST", "/v1/webhooks/{id}/ping", HOOKS, 10),
    rule("POST", "/v1/webhooks/{id}/replay", HOOKS, 10),
    rule("GET", "/v1/webhooks/{id}/deliveries", HOOKS, 1),
    rule("GET", "/v1/alerts", HOOKS, 1),
    creates(rule("POST", "/v1/alerts", HOOKS, 5)),
    rule("GET", "/v1/alerts/{id}", HOOKS, 1),
    rule("PATCH", "/v1/alerts/{id}", HOOKS, 5),
    rule("DELETE", "/v1/alerts/{id}", HOOKS, 5),
    // Described by a schema of its own. Its limits say how much one question may ask.
    rule("GET", "/graphql", READ, 5),
    rule("POST", "/graphql", READ, 5),
];

/// What stands at an address.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Found {
    Rule(&'static Rule),
    /// Something, by another method.
    Method,
    Nothing,
}

/// The rule of a request. `path` is the part behind `/v1`.
pub(crate) fn find(method: &Method, path: &str) -> Found {
    // Whoever may read a thing may read its headers. A browser's question beforehand is answered before it gets here.
    let method = if method == Method::HEAD { "GET" } else { method.as_str() };
    let mut here = RULES.iter().filter(|rule| matches(rule.path, path)).peekable();
    if here.peek().is_none() {
        return Found::Nothing;
    }
    here.find(|rule| rule.method == method).map_or(Found::Method, Found::Rule)
}

fn matches(template: &str, path: &str) -> bool {
    let mut parts = path.split('/');
    let mut wanted = template.trim_start_matches("/v1").split('/');
    loop {
        match (wanted.next(), parts.next()) {
            (None, None) => return true,
            (Some(wanted), Some(part)) if wanted == part || (wanted.starts_with('{') && !part.is_empty()) => {
            }
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// Routes that are for everybody. Adding one here is a decision.
    const OPEN: [&str; 4] =
        ["GET /v1/openapi.json", "GET /v1/status", "POST /v1/auth/nonce", "POST /v1/auth/session"];

    #[test]
    fn every_route_of_the_document_has_a_rule_and_every_rule_a_route() {
        let document: Value =
            serde_json::from_str(crate::routes::openapi::document().expect("generates")).expect("is JSON");
        let mut told: Vec<String> = ["GET /graphql", "POST /graphql"].map(str::to_owned).to_vec();
        for (path, item) in document["paths"].as_object().expect("has paths") {
            told.extend(
                item.as_object()
                    .expect("an item")
                    .keys()
                    .map(|method| format!("{} {path}", method.to_uppercase())),
            );
        }
        let mut ruled: Vec<String> =
            RULES.iter().map(|rule| format!("{} {}", rule.method, rule.path)).collect();
        told.sort();
        ruled.sort();
        assert_eq!(ruled, told, "add what is new to RULES in access/rules.rs");
        let open: Vec<String> = RULES
            .iter()
            .filter(|rule| rule.need == Need::Anyone)
            .map(|rule| format!("{} {}", rule.method, rule.path))
            .collect();
        assert_eq!(open, OPEN);
    }

    #[test]
    fn addresses_are_matched_whole() {
        let found = |method: Method, path: &str| match find(&method, path) {
            Found::Rule(rule) => rule.path,
            Found::Method => "method",
            Found::Nothing => "nothing",
        };
        assert_eq!(found(Method::GET, "/listings/31337-1"), "/v1/listings/{id}");
        assert_eq!(found(Method::HEAD, "/listings"), "/v1/listings");
        assert_eq!(found(Method::GET, "/listings/"), "nothing");
        assert_eq!(found(Method::GET, "/listings/1-1/flow/x"), "nothing");
        assert_eq!(found(Method::POST, "/listings"), "method");
        assert_eq!(found(Method::DELETE, "/keys/abc"), "/v1/keys/{id}");
        assert_eq!(found(Method::GET, ""), "nothing");
        assert_eq!(found(Method::GET, "/export/purchases.csv"), "/v1/export/{file}");
        assert_eq!(found(Method::GET, "/export/purchases/manifest"), "/v1/export/{collection}/manifest");
    }

    #[test]
    fn scopes_read_back() {
        for scope in Scope::ALL {
            assert_eq!(Scope::of(scope.word()), Some(scope));
        }
        assert_eq!(Scope::of("READ"), None);
    }
}

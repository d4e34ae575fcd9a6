//! What alerts watch, as it stands now.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sqlx::PgConnection;
use sqlx::types::Json;
use stoa_schema::types::{Addr, Uint};

use crate::error::ApiError;
use crate::hooks::Hooks;
use crate::routes::account::ChainAccount;
use crate::routes::account_parts::collect;
use crate::snapshot::{Question, Snapshot, ask};

/// A value and its thresholds.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Level {
    pub(super) id: String,
    pub(super) webhook: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) watch: Json<Value>,
    pub(super) above: Option<Uint>,
    pub(super) below: Option<Uint>,
    pub(super) value: Uint,
    /// Whether it was told of, and has not gone back since.
    pub(super) fired: bool,
}

/// Something that happens once.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Once {
    pub(super) id: String,
    pub(super) webhook: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) watch: Json<Value>,
    /// Empty for a threshold.
    pub(super) subject: String,
    pub(super) detail: Json<Value>,
}

impl Level {
    /// As what is told of it.
    pub(super) fn once(self) -> Once {
        Once {
            detail: Json(json!({ "value": self.value })),
            subject: String::new(),
            id: self.id,
            webhook: self.webhook,
            name: self.name,
            kind: self.kind,
            watch: self.watch,
        }
    }
}

pub(super) async fn all(
    hooks: &Hooks,
    connection: &mut PgConnection,
) -> Result<(Vec<Level>, Vec<Once>), ApiError> {
    // Plans of these statements do not outlive a rebuild of the projections.
    let mut levels: Vec<Level> =
        sqlx::query_as(include_str!("sql/level.sql")).persistent(false).fetch_all(&mut *connection).await?;
    let mut once: Vec<Once> =
        sqlx::query_as(include_str!("sql/once.sql")).persistent(false).fetch_all(&mut *connection).await?;
    levels.extend(claimable(hooks, connection).await?);
    once.extend(usage(hooks, connection).await?);
    Ok((levels, once))
}

/// An alert of what an account can claim.
#[derive(Clone, Debug, sqlx::FromRow)]
struct Claim {
    #[sqlx(flatten)]
    level: Level,
    chain_id: i64,
    account: Addr,
    token: Addr,
}

/// By the contracts' own arithmetic, which the account's page shows too.
async fn claimable(hooks: &Hooks, connection: &mut PgConnection) -> Result<Vec<Level>, ApiError> {
    let claims: Vec<Claim> = sqlx::query_as(
        "SELECT a.id, a.webhook, a.name, a.kind, a.watch, a.above, a.below, 0::numeric AS value,
                EXISTS (SELECT FROM api.alert_fired f WHERE f.alert = a.id AND f.subject = '') AS fired,
                a.chain_id, a.account, a.token
         FROM api.alert a WHERE a.enabled AND a.kind = 'claimable' ORDER BY a.account, a.chain_id",
    )
    .fetch_all(connection)
    .await?;
    let mut known: BTreeMap<(Addr, i64), Vec<ChainAccount>> = BTreeMap::new();
    let mut levels = Vec::with_capacity(claims.len());
    for claim in claims {
        let whose = (claim.account, claim.chain_id);
        if let std::collections::btree_map::Entry::Vacant(vacant) = known.entry(whose) {
            let Some(shared) = &hooks.shared else { return Ok(levels) };
            let question = Account { account: whose.0, chain_id: whose.1 };
            vacant.insert(ask(&shared.pool, &question).await?);
        }
        let accounts = known.get(&whose).map(Vec::as_slice).unwrap_or_default();
        let value = sum(accounts, claim.token)?;
        levels.push(Level { value, ..claim.level });
    }
    Ok(levels)
}

struct Account {
    account: Addr,
    chain_id: i64,
}

impl Question for Account {
    type Answer = Vec<ChainAccount>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        match snapshot.chain(self.chain_id) {
            Some(_) => collect(snapshot, &[self.chain_id], self.account).await,
            None => Ok(Vec::new()),
        }
    }
}

/// Of shares and of a lock, in one token.
fn sum(accounts: &[ChainAccount], token: Addr) -> Result<Uint, ApiError> {
    let shares = accounts.iter().flat_map(|account| &account.shares).flat_map(|share| &share.claimable);
    let locks = accounts.iter().filter_map(|account| account.lock.as_ref()).flat_map(|lock| &lock.claimable);
    let mut total = Uint::default();
    for part in shares.chain(locks).filter(|part| part.token.address == token) {
        let beyond = || ApiError::Internal("what can be claimed comes to more than uint256".to_owned());
        total = Uint(total.0.checked_add(part.claimable.0).ok_or_else(beyond)?);
    }
    Ok(total)
}

/// Months in which 80 or 100 % of the premium calls that the wallet's tier allows were used, and which were not told.
async fn usage(hooks: &Hooks, connection: &mut PgConnection) -> Result<Vec<Once>, ApiError> {
    let Some(tiers) = &hooks.access.setup.tiers else { return Ok(Vec::new()) };
    type Row = (String, String, String, Json<Value>, Addr, String, Vec<String>);
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT a.id, a.webhook, a.name, a.watch, a.owner, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM'),
                ARRAY(SELECT f.subject FROM api.alert_fired f WHERE f.alert = a.id)
         FROM api.alert a WHERE a.enabled AND a.kind = 'usage'",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut once = Vec::new();
    for (id, webhook, name, watch, owner, month, fired) in rows {
        // `api.usage` names wallets as the quota does: with the checksum.
        let used: i64 = sqlx::query_scalar(
            "SELECT coalesce(sum(premium), 0)::bigint FROM api.usage
             WHERE subject = $1 AND day >= date_trunc('month', now() AT TIME ZONE 'UTC')::date",
        )
        .bind(format!("account:{owner}"))
        .fetch_one(&mut *connection)
        .await?;
        let limit = tiers.of(hooks.access.tiers.of(owner).await).premium_per_month;
        for percent in [80, 100] {
            let subject = format!("{month}:{percent}");
            let reached = limit > 0 && i128::from(used) * 100 >= i128::from(limit) * percent;
            if reached && !fired.contains(&subject) {
                let detail = json!({ "month": month, "percent": percent, "used": used, "limit": limit });
                let (id, webhook, name) = (id.clone(), webhook.clone(), name.clone());
                let kind = "usage".to_owned();
                once.push(Once {
                    id,
                    webhook,
                    name,
                    kind,
                    watch: watch.clone(),
                    subject,
                    detail: Json(detail),
                });
            }
        }
    }
    Ok(once)
}

//! Searching listings: text, filters, order, counts. Built of fixed pieces; every value is bound.

use sqlx::{PgConnection, Postgres, QueryBuilder};
use stoa_schema::types::{Addr, Uint};

use super::Starts;
use super::listing::ListingRow;
use crate::model::{Kind, ListingSort, ListingStatus, PublicId, Sort};

/// What a search may ask for. Its text is what cursors are bound to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ListingFilter {
    pub(crate) q: Option<String>,
    /// That no document has the words of `q` as they are: those that look like them are found instead.
    pub(crate) misspelt: bool,
    pub(crate) ids: Option<Vec<PublicId>>,
    pub(crate) kind: Option<Kind>,
    pub(crate) status: Option<ListingStatus>,
    pub(crate) owner: Option<Addr>,
    pub(crate) provider: Option<Addr>,
    pub(crate) parent: Option<PublicId>,
    pub(crate) tag: Option<String>,
    pub(crate) task: Option<String>,
    pub(crate) sector: Option<String>,
    pub(crate) modality: Option<String>,
    pub(crate) resource_class: Option<String>,
    pub(crate) framework: Option<String>,
    pub(crate) licence: Option<String>,
    pub(crate) token: Option<Addr>,
    pub(crate) price_min: Option<Uint>,
    pub(crate) price_max: Option<Uint>,
    pub(crate) free: Option<bool>,
}

/// The chains to search, each with the time by which it is judged.
#[derive(Debug)]
pub(crate) struct Scope {
    pub(crate) chains: Vec<i64>,
    /// Unix seconds, beside each chain.
    pub(crate) clocks: Vec<i64>,
}

/// Where a page by score ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scored {
    pub(crate) score: Uint,
    pub(crate) chain_id: i64,
    pub(crate) listing: i64,
}

/// A listing with what it was ordered by.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct ScoredRow {
    #[sqlx(flatten)]
    pub(crate) listing: ListingRow,
    pub(crate) score: Uint,
}

/// A closed set of what results can be counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, async_graphql::Enum)]
pub(crate) enum Facet {
    Kind,
    Status,
    Tag,
    Task,
    Sector,
    Modality,
    ResourceClass,
    Framework,
    Licence,
}

const COLUMNS: &str = "l.chain_id, l.listing, l.kind, l.status, l.owner, l.creator, l.uri, l.licence, l.derivatives, \
    l.derivative_bps, l.royalty_receiver, l.royalty_bps, l.version, l.content_hash, l.created_block, l.created_time, \
    l.purchases, l.buyers, l.plans";

/// A note of another address than the listing has by now counts for nothing.
const DOCUMENT: &str =
    " JOIN api.listing_document d ON d.chain_id = l.chain_id AND d.listing = l.listing AND d.uri = l.uri";

type Sql = QueryBuilder<Postgres>;

impl ListingFilter {
    /// Whether it asks for what documents say.
    fn asks_documents(&self) -> bool {
        let words = [
            &self.q,
            &self.tag,
            &self.task,
            &self.sector,
            &self.modality,
            &self.resource_class,
            &self.framework,
        ];
        words.iter().any(|word| word.is_some())
    }

    /// The listings that it lets through, as `FROM … WHERE …`; `without` is a facet whose own filter is left out.
    fn push(&self, sql: &mut Sql, scope: &Scope, without: Option<Facet>) {
        sql.push(" FROM market.listing l");
        // Counts by what a document says need it, whether or not it is filtered by.
        if self.asks_documents() || without.is_some_and(Facet::is_of_documents) {
            sql.push(DOCUMENT);
        }
        sql.push(" WHERE l.chain_id = ANY(").push_bind(scope.chains.clone()).push(")");
        self.push_conditions(sql, scope, without);
    }

    fn push_conditions(&self, sql: &mut Sql, scope: &Scope, without: Option<Facet>) {
        let other = |facet| without != Some(facet);
        match &self.q {
            Some(q) if self.misspelt => {
                sql.push(" AND d.fuzzy %> ").push_bind(q.to_lowercase());
            }
            Some(q) => {
                sql.push(" AND d.words @@ websearch_to_tsquery('english', ").push_bind(q.clone()).push(")");
            }
            None => {}
        }
        if let Some(ids) = &self.ids {
            let (chains, numbers) = super::columns(ids);
            sql.push(" AND (l.chain_id, l.listing) IN (SELECT * FROM unnest(").push_bind(chains);
            sql.push("::bigint[], ").push_bind(numbers).push("::bigint[]))");
        }
        if let Some(kind) = self.kind.filter(|_| other(Facet::Kind)) {
            sql.push(" AND l.kind = ").push_bind(kind as i16);
        }
        if let Some(status) = self.status.filter(|_| other(Facet::Status)) {
            sql.push(" AND l.status = ").push_bind(status as i16);
        }
        if let Some(owner) = self.owner {
            sql.push(" AND l.owner = ").push_bind(owner);
        }
        if let Some(provider) = self.provider {
            sql.push(" AND ").push_bind(provider).push(" IN (l.owner, l.creator)");
        }
        if let Some(parent) = self.parent {
            sql.push(" AND l.chain_id = ").push_bind(parent.chain_id);
            sql.push(" AND l.listing IN (SELECT p.listing FROM market.listing_parent p WHERE p.chain_id = ");
            sql.push_bind(parent.chain_id).push(" AND p.parent = ").push_bind(parent.number).push(")");
        }
        if let Some(licence) = self.licence.as_ref().filter(|_| other(Facet::Licence)) {
            sql.push(" AND l.licence = ").push_bind(licence.clone());
        }
        if let Some(tag) = self.tag.as_ref().filter(|_| other(Facet::Tag)) {
            sql.push(" AND d.tags @> ").push_bind(vec![tag.clone()]);
        }
        if let Some(modality) = self.modality.as_ref().filter(|_| other(Facet::Modality)) {
            sql.push(" AND d.modalities @> ").push_bind(vec![modality.clone()]);
        }
        for (facet, column, value) in [
            (Facet::Task, "d.task", &self.task),
            (Facet::Sector, "d.sector", &self.sector),
            (Facet::ResourceClass, "d.resource_class", &self.resource_class),
            (Facet::Framework, "d.framework", &self.framework),
        ] {
            if let Some(value) = value.as_ref().filter(|_| other(facet)) {
                sql.push(" AND ").push(column).push(" = ").push_bind(value.clone());
            }
        }
        self.push_price(sql, scope);
    }

    /// By a plan that is on sale now.
    fn push_price(&self, sql: &mut Sql, scope: &Scope) {
        let bounded = self.price_min.is_some() || self.price_max.is_some();
        if self.free.is_none() && !bounded {
            return;
        }
        let on_sale = |sql: &mut Sql| {
            sql.push("EXISTS (SELECT FROM market.plan p JOIN unnest(").push_bind(scope.chains.clone());
            sql.push("::bigint[], ").push_bind(scope.clocks.clone());
            sql.push("::bigint[]) AS clock (chain_id, now) USING (chain_id) WHERE p.chain_id = l.chain_id");
            sql.push(" AND p.listing = l.listing AND NOT p.paused AND (p.cap = 0 OR p.sold < p.cap)");
            sql.push(" AND p.sells_from <= clock.now AND (p.sells_until = 0 OR clock.now < p.sells_until)");
        };
        if let Some(free) = self.free {
            sql.push(if free { " AND " } else { " AND NOT " });
            on_sale(sql);
            sql.push(" AND p.price = 0)");
        }
        if bounded {
            sql.push(" AND ");
            on_sale(sql);
            if let Some(token) = self.token {
                sql.push(" AND p.token = ").push_bind(token);
            }
            if let Some(min) = self.price_min {
                sql.push(" AND p.price >= ").push_bind(min);
            }
            if let Some(max) = self.price_max {
                sql.push(" AND p.price <= ").push_bind(max);
            }
            sql.push(")");
        }
    }
}

/// One page by time of creation: of each chain the next `limit` rows by number, merged by time.
pub(crate) async fn listing_by_time(
    connection: &mut PgConnection,
    filter: &ListingFilter,
    scope: &Scope,
    sort: Sort,
    starts: &Starts,
    limit: i64,
) -> sqlx::Result<Vec<ListingRow>> {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(" FROM unnest(");
    sql.push_bind(&starts.chains).push("::bigint[], ").push_bind(&starts.majors);
    sql.push("::bigint[]) AS start (chain_id, listing) CROSS JOIN LATERAL (SELECT l.* FROM market.listing l");
    if filter.asks_documents() {
        sql.push(DOCUMENT);
    }
    sql.push(" WHERE l.chain_id = start.chain_id AND l.listing").push(sort.behind()).push("start.listing");
    filter.push_conditions(&mut sql, scope, None);
    let to = sort.direction();
    sql.push(" ORDER BY l.listing").push(to).push(" LIMIT ").push_bind(limit);
    sql.push(") l ORDER BY l.created_time").push(to);
    sql.push(", l.chain_id").push(to).push(", l.listing").push(to);
    sql.push(" LIMIT ").push_bind(limit);
    sql.build_query_as().fetch_all(connection).await
}

/// One page by a score that falls, chains together.
pub(crate) async fn listing_by_score(
    connection: &mut PgConnection,
    filter: &ListingFilter,
    scope: &Scope,
    sort: ListingSort,
    behind: Option<Scored>,
    limit: i64,
) -> sqlx::Result<Vec<ScoredRow>> {
    let mut sql = Sql::new("SELECT * FROM (SELECT ");
    sql.push(COLUMNS).push(", ");
    push_score(&mut sql, filter, sort);
    sql.push("::numeric(78,0) AS score");
    filter.push(&mut sql, scope, None);
    sql.push(") l");
    if let Some(Scored { score, chain_id, listing }) = behind {
        sql.push(" WHERE (score, chain_id, listing) < (").push_bind(score).push(", ");
        sql.push_bind(chain_id).push(", ").push_bind(listing).push(")");
    }
    sql.push(" ORDER BY score DESC, chain_id DESC, listing DESC LIMIT ").push_bind(limit);
    sql.build_query_as().fetch_all(connection).await
}

/// A whole number that orders as the sort says. Purchases by insiders are in none: see `curator::rank`.
fn push_score(sql: &mut Sql, filter: &ListingFilter, sort: ListingSort) {
    match sort {
        ListingSort::Relevance if filter.misspelt => {
            let q = filter.q.clone().unwrap_or_default();
            sql.push("floor(1000000 * word_similarity(").push_bind(q.to_lowercase()).push(", d.fuzzy))");
        }
        ListingSort::Relevance => {
            let q = filter.q.clone().unwrap_or_default();
            sql.push("floor(1000000 * ts_rank(d.words, websearch_to_tsquery('english', ").push_bind(q);
            sql.push(")))");
        }
        ListingSort::Revenue => {
            sql.push("coalesce((SELECT r.net FROM api.ranking_revenue r WHERE r.chain_id = l.chain_id");
            sql.push(" AND r.listing = l.listing AND r.token = ").push_bind(filter.token.unwrap_or_default());
            sql.push("), 0)");
        }
        ListingSort::Buyers => {
            sql.push("coalesce((SELECT r.buyers FROM api.ranking r WHERE r.chain_id = l.chain_id");
            sql.push(" AND r.listing = l.listing), 0)");
        }
        // Its logarithm, so that the sum may grow for as long as chains live; above 0, which stands for no buyers.
        ListingSort::Trending => {
            sql.push("coalesce((SELECT 1000000000 + floor(1000000 * ln(r.trend)) FROM api.ranking r");
            sql.push(" WHERE r.chain_id = l.chain_id AND r.listing = l.listing AND r.trend > 0), 0)");
        }
        ListingSort::Newest | ListingSort::Oldest => {
            sql.push("0");
        }
    }
}

/// Whether no document of these chains has the words of a search as they are, while some may look like them. Likeness
/// costs many times as much, so it is asked for only then.
pub(crate) async fn listing_misspelt(
    connection: &mut PgConnection,
    chains: &[i64],
    q: &str,
) -> sqlx::Result<bool> {
    // Likeness knows no quotes and leaves nothing out: who uses them is taken at their word.
    if q.contains('"') || q.split_whitespace().any(|word| word.starts_with('-')) {
        return Ok(false);
    }
    sqlx::query_scalar(include_str!("sql/listing_misspelt.sql"))
        .bind(chains)
        .bind(q)
        .fetch_one(connection)
        .await
}

/// How many listings the filter lets through.
pub(crate) async fn listing_total(
    connection: &mut PgConnection,
    filter: &ListingFilter,
    scope: &Scope,
) -> sqlx::Result<i64> {
    let mut sql = Sql::new("SELECT count(*)");
    filter.push(&mut sql, scope, None);
    sql.build_query_scalar().fetch_one(connection).await
}

/// How many listings have each value, the most frequent first, at most `limit` values. The facet's own filter is left
/// out: it tells what choosing another value would show.
pub(crate) async fn listing_facet(
    connection: &mut PgConnection,
    filter: &ListingFilter,
    scope: &Scope,
    facet: Facet,
    limit: i64,
) -> sqlx::Result<Vec<(String, i64)>> {
    let mut sql = Sql::new("SELECT value, count(*) FROM (SELECT ");
    sql.push(facet.expression()).push(" AS value");
    filter.push(&mut sql, scope, Some(facet));
    sql.push(") l WHERE value IS NOT NULL GROUP BY value ORDER BY count(*) DESC, value LIMIT ")
        .push_bind(limit);
    sql.build_query_as().fetch_all(connection).await
}

impl Facet {
    fn is_of_documents(self) -> bool {
        !matches!(self, Self::Kind | Self::Status | Self::Licence)
    }

    /// As text: words for kinds and states are put in by the caller.
    fn expression(self) -> &'static str {
        match self {
            Self::Kind => "l.kind::text",
            Self::Status => "l.status::text",
            Self::Licence => "l.licence",
            Self::Tag => "unnest(d.tags)",
            Self::Modality => "unnest(d.modalities)",
            Self::Task => "d.task",
            Self::Sector => "d.sector",
            Self::ResourceClass => "d.resource_class",
            Self::Framework => "d.framework",
        }
    }
}

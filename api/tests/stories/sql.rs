//! SQL over the views, by a role that can do nothing else.

use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection};
use stoa_api::app::{App, app};
use stoa_api::config;
use stoa_api::live::{Live, Settings};
use stoa_api::sql::{Sql, role};
use stoa_schema::market;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::chronicle;
use crate::rows::{Purchase, address};
use crate::stage::{Answer, Stage, send, silent, unlimited};

/// Roles are the server's: two databases cannot change one at once.
static ROLE: Mutex<()> = Mutex::const_new(());

struct Desk {
    stage: Stage,
    router: Router,
    options: PgConnectOptions,
}

async fn desk(timeout: Duration) -> Desk {
    let stage = chronicle::market().await;
    {
        let _one = ROLE.lock().await;
        let mut connection = PgConnection::connect(stage.database.url()).await.expect("a connection");
        role::make(&mut connection, Some("anal'yst")).await.expect("the role");
    }
    let options: PgConnectOptions = stage.database.url().parse().expect("an address");
    let nowhere = || PathBuf::from("/nonexistent");
    let pool = config::pool(options.clone(), 2, timeout);
    let options = options.username(role::ROLE).password("anal'yst");
    let sql = Some(Sql::new(options.clone(), timeout));
    let live = Live::new(&pool, Settings::default(), &CancellationToken::new());
    let access = unlimited(&pool);
    let hooks = silent(&pool, &access, &live);
    let router = app(App {
        pool,
        web: nowhere(),
        content: nowhere(),
        sql,
        timeout,
        live,
        access,
        uploads: None,
        relay: None,
        hot: None,
        hooks,
    });
    Desk { stage, router, options }
}

impl Desk {
    async fn ask(&self, query: &str) -> Answer {
        self.post(json!({ "query": query }).to_string()).await
    }

    async fn post(&self, body: String) -> Answer {
        let request = Request::post("/v1/sql").header(header::CONTENT_TYPE, "application/json");
        send(&self.router, request.body(Body::from(body)).expect("a request")).await
    }

    async fn rows(&self, query: &str) -> Value {
        self.ask(query).await.ok()["data"]["rows"].take()
    }
}

const TIME: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_select_over_the_views_is_answered_exactly() {
    let desk = desk(TIME).await;
    Purchase { listing: 3, amount: crate::rows::most(), ..Purchase::new(20, 1) }
        .insert(&desk.stage.pool)
        .await;
    let answer = desk.ask("SELECT payer, symbol, decimals, amount, block_time, 1.5 AS x, NULL AS y, true AS z FROM purchases").await;
    let document = answer.ok();
    assert_eq!(
        document["data"]["rows"],
        json!([[address(2), "DUSD", 6, crate::rows::most(), "2026-11-22T15:00:40Z", "1.5", null, true]])
    );
    assert_eq!(document["data"]["columns"][3], json!({"name": "amount", "type": "NUMERIC"}));
    assert_eq!(document["data"]["truncated"], false);
    assert_eq!(document["meta"]["chains"][0]["block_number"], 100);
    assert_eq!(answer.header("stoa-block"), Some("100"));
    let payer = address(2);
    assert_eq!(
        desk.rows(&format!("SELECT count(*) FROM purchases WHERE payer = '{payer}'")).await,
        json!([[1]])
    );
    assert_eq!(desk.rows("SELECT kind, status FROM listings").await, json!([["model", "active"]]));
    assert_eq!(
        desk.rows("SELECT listing AS a, listing AS a FROM listings ORDER BY 1 DESC").await,
        json!([[3, 3]])
    );
}

#[tokio::test]
async fn the_example_of_the_document_is_answered() {
    let desk = desk(TIME).await;
    let document = desk.stage.get("/v1/openapi.json").await.ok();
    let query = &document["components"]["schemas"]["SqlRequest"]["properties"]["query"];
    let example = query["example"].as_str().or_else(|| query["examples"][0].as_str()).expect("an example");
    desk.ask(example).await.ok();
}

#[tokio::test]
async fn every_documented_view_can_be_read_and_tells_what_it_is() {
    let desk = desk(TIME).await;
    let catalogue = desk.stage.data("/v1/sql").await;
    let views = catalogue["views"].as_array().expect("views");
    assert_eq!(views.len(), stoa_api::sql::lists::VIEWS.len());
    for view in views {
        assert!(view["description"].as_str().is_some_and(|text| text.len() > 10), "{view}");
        let name = view["name"].as_str().expect("a name");
        desk.ask(&format!("SELECT * FROM {name}")).await.ok();
    }
}

#[tokio::test]
async fn what_is_not_allowed_is_refused_with_a_reason_and_never_a_server_error() {
    let desk = desk(TIME).await;
    for query in [
        "SELECT pg_advisory_lock(1)",
        "SELECT pg_notify('x', 'y')",
        "SELECT set_config('role', 'postgres', false)",
        "SELECT * FROM pg_catalog.pg_class",
        "SELECT repeat('x', 1000000000)",
        "SELECT * FROM generate_series(1, 1000000000)",
        "WITH RECURSIVE x AS (SELECT 1 UNION ALL SELECT 1 FROM x) SELECT * FROM x",
        "SELECT 1; SELECT 2",
        "WITH x AS (DELETE FROM purchases RETURNING 1) SELECT 1",
        "SELECT 'pg_class'::regclass",
        "COPY purchases TO STDOUT",
        "SELECT $$x$$",
        "nonsense",
    ] {
        let problem = desk.ask(query).await.problem(400);
        assert_eq!(problem["type"], "urn:stoa:problem:refused-query", "{query}: {problem}");
    }
    for query in [
        "SELECT nothing FROM purchases",
        "SELECT 1 / 0",
        "SELECT x.y FROM purchases",
        "SELECT 'a'::bigint",
        "SELECT sum(uri) FROM listings",
        "SELECT amount FROM purchases GROUP BY 1 HAVING 3",
        "SELECT power(10, 100000)",
        "SELECT 1 LIMIT -1",
        "SELECT lower(1, 2, 3)",
        "SELECT count(*, 1) FROM plans",
    ] {
        let problem = desk.ask(query).await.problem(400);
        assert_eq!(problem["type"], "urn:stoa:problem:invalid-query", "{query}: {problem}");
    }
    for body in ["", "{}", "[]", "{\"query\": 1}", "{\"query\": \"SELECT 1\", \"more\": 1}", "\u{0}"] {
        desk.post(body.to_owned()).await.problem(400);
    }
    desk.post(" ".repeat(100_000)).await.problem(413);
}

/// The role alone, with whatever SQL: the parser may be wrong.
#[tokio::test]
async fn the_role_itself_can_read_the_views_and_nothing_else() {
    let desk = desk(TIME).await;
    let mut connection = PgConnection::connect_with(&desk.options).await.expect("a connection");
    for sql in [
        "SELECT * FROM market.purchase",
        "SELECT * FROM archive.cursor",
        "SELECT * FROM pg_authid",
        "CREATE TEMP TABLE x (a int)",
        "CREATE TABLE market.x (a int)",
        "CREATE TABLE public.x (a int)",
        "DELETE FROM market.passes",
        "SET ROLE postgres",
        "COPY market.passes TO PROGRAM 'id'",
        "SELECT pg_read_file('/etc/passwd')",
        "SET temp_file_limit = '10GB'",
    ] {
        assert!(sqlx::raw_sql(sql).execute(&mut connection).await.is_err(), "{sql}");
    }
    sqlx::raw_sql("SELECT * FROM market.passes").execute(&mut connection).await.expect("a view");
}

#[tokio::test]
async fn views_and_their_grants_survive_a_rebuild() {
    let desk = desk(TIME).await;
    assert_eq!(desk.rows("SELECT count(*) FROM listings").await, json!([[1]]));
    let mut indexer = PgConnection::connect(desk.stage.database.url()).await.expect("a connection");
    market::begin(&mut indexer, market::Place::Next).await.expect("the tables");
    sqlx::raw_sql("DROP SCHEMA market CASCADE; ALTER SCHEMA market_next RENAME TO market")
        .execute(&mut indexer)
        .await
        .expect("the swap");
    assert_eq!(desk.rows("SELECT count(*) FROM listings").await, json!([[0]]));
    desk.stage.sql("DROP SCHEMA market CASCADE").await;
    desk.ask("SELECT 1 FROM listings").await.problem(503);
}

#[tokio::test]
async fn huge_answers_are_cut() {
    let desk = desk(TIME).await;
    desk.stage
        .sql(
            "INSERT INTO market.balance SELECT 31337, decode(lpad(to_hex(n), 40, '0'), 'hex'), '\\x01', n
              FROM generate_series(1, 10050) n",
        )
        .await;
    let answer = desk.ask("SELECT account FROM balances").await.ok();
    assert_eq!(answer["data"]["rows"].as_array().map(Vec::len), Some(10_000));
    assert_eq!(answer["data"]["truncated"], true);
    let wide = vec!["account::text"; 60].join(", ");
    let answer = desk.ask(&format!("SELECT {wide} FROM balances")).await.ok();
    let rows = answer["data"]["rows"].as_array().map(Vec::len).expect("rows");
    assert!(rows > 100 && rows < 10_000, "{rows}");
    assert_eq!(answer["data"]["truncated"], true);
    assert_eq!(desk.rows("SELECT 1").await, json!([[1]]), "the next one is answered");
}

/// Takes as long as it is let.
const SLOW: &str = "SELECT count(*) FROM balances a, balances b, balances c, balances d WHERE a.amount + b.amount = \
                    c.amount * d.amount + 1";

async fn slow(timeout: Duration) -> Desk {
    let desk = desk(timeout).await;
    desk.stage
        .sql(
            "INSERT INTO market.balance SELECT 31337, decode(lpad(to_hex(n), 40, '0'), 'hex'), '\\x01', n
              FROM generate_series(1, 3000) n",
        )
        .await;
    desk
}

#[tokio::test]
async fn a_query_that_takes_too_long_is_told_so() {
    let desk = slow(Duration::from_secs(2)).await;
    let problem = desk.ask(SLOW).await.problem(400);
    assert_eq!(problem["type"], "urn:stoa:problem:query-too-slow");
    assert_eq!(desk.rows("SELECT 1").await, json!([[1]]));
}

async fn running(stage: &Stage) -> i64 {
    sqlx::query_scalar(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'stoa_analyst'
         AND state = 'active'",
    )
    .fetch_one(&stage.pool)
    .await
    .expect("a count")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_takes_its_query_with_it() {
    let desk = slow(Duration::from_secs(300)).await;
    let asked = tokio::spawn({
        let router = desk.router.clone();
        let body = json!({ "query": SLOW }).to_string();
        async move { send(&router, Request::post("/v1/sql").body(Body::from(body)).expect("a request")).await }
    });
    until(async || running(&desk.stage).await > 0).await;
    asked.abort();
    until(async || running(&desk.stage).await == 0).await;
    assert_eq!(desk.rows("SELECT 1").await, json!([[1]]));
}

async fn until(reached: impl AsyncFn() -> bool) {
    let waited = async {
        while !reached().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waited).await.expect("it never came");
}

#[tokio::test]
async fn without_configuration_it_is_off() {
    let stage = chronicle::market().await;
    let answer = stage.send(Request::post("/v1/sql")).await;
    assert!(answer.problem(404)["detail"].as_str().expect("text").contains("not enabled"));
}

/// Whatever a query says, it is answered or refused.
#[tokio::test(flavor = "multi_thread")]
async fn no_query_makes_a_server_error() {
    let desk = desk(TIME).await;
    Purchase { listing: 3, ..Purchase::new(20, 1) }.insert(&desk.stage.pool).await;
    for odd in [
        "SELECT p FROM purchases p",
        "SELECT (1, 2)",
        "SELECT ((1, 2), 'a')",
        "SELECT FROM purchases",
        "SELECT * FROM purchases, listings, plans, tokens, chains",
        "SELECT a.* FROM (VALUES (1, 'a'), (2, NULL)) AS a (x, y)",
        "SELECT NULL",
        "SELECT now() - interval '1 day', current_date, interval '1 month', age(now())",
        "SELECT 1e400::numeric, 'NaN'::float8, 1e300::float8 * 1e300",
        "SELECT to_timestamp(1e300)",
        "SELECT (SELECT 1 UNION SELECT 2)",
        "SELECT row_number() OVER () FROM purchases WHERE row_number() OVER () > 1",
        "SELECT sum(sum(amount)) OVER () FROM purchases GROUP BY listing",
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY payer) FROM purchases",
        "SELECT DISTINCT ON (listing) * FROM purchases",
        "SELECT * FROM purchases NATURAL JOIN listings",
        "SELECT count(*) FROM purchases LIMIT ALL OFFSET 9999999999999999999",
        "SELECT left('a', -2147483648), substr('a', 2147483647, 2147483647)",
        "SELECT width_bucket(1, 1, 1, 1), ntile(0) OVER () FROM purchases",
        "SELECT 'a' AS \"\u{1F600}\", 'b' AS \"select\"",
    ] {
        let answer = desk.ask(odd).await;
        assert!(answer.status.as_u16() < 500, "{odd}: {}", String::from_utf8_lossy(&answer.body));
    }
    fuzz(&desk);
}

fn fuzz(desk: &Desk) {
    use proptest::prelude::*;
    let word = "(SELECT|FROM|WHERE|purchases|listings p|amount|payer|count\\(|sum\\(|\\)|,|\\*|=|1|'a'|NULL|::text|::bigint|AND|\
                GROUP BY|ORDER BY|1 DESC|OVER \\(\\)|UNION ALL|JOIN plans ON true|CASE WHEN|THEN|ELSE|END|-|/ 0)";
    let parts = prop::collection::vec(word, 0..12).prop_map(|words| format!("SELECT {}", words.join(" ")));
    let config = ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() };
    let handle = tokio::runtime::Handle::current();
    tokio::task::block_in_place(|| {
        proptest::test_runner::TestRunner::new(config).run(&parts, |query| {
            let answer = handle.block_on(desk.ask(&query));
            let status = answer.status.as_u16();
            prop_assert!(status < 500, "{query}: {status} {}", String::from_utf8_lossy(&answer.body));
            Ok(())
        })
    })
    .expect("no server error");
}

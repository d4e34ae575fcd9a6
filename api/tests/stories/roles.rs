//! The roles of the processes: what each may, and what none of the others may.

use axum::http::StatusCode;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use stoa_schema::{archive, market};

use crate::process::{command, start};
use crate::rows::{self, CHAIN};
use crate::stage::Stage;

const INSUFFICIENT_PRIVILEGE: &str = "42501";
const READ_ONLY: &str = "25006";

/// The database's address as that role.
fn url_of(stage: &Stage, role: &str) -> String {
    let mut url: url::Url = stage.database.url().parse().expect("an address");
    url.set_username(role).expect("a user");
    url.set_password(Some(&password(role))).expect("a password");
    url.to_string()
}

/// With what would end a string or a statement if it were not quoted.
fn password(role: &str) -> String {
    format!("{role}'; --\\\"$$")
}

async fn refused(connection: &mut PgConnection, sql: &str, code: &str) {
    let outcome = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await;
    let error = outcome.expect_err(sql);
    let found = error.as_database_error().and_then(|error| error.code()).map(|code| code.into_owned());
    assert_eq!(found.as_deref(), Some(code), "{sql}: {error}");
}

async fn done(connection: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await.expect(sql);
}

#[tokio::test]
async fn each_process_does_its_work_by_its_role_and_nothing_of_the_others() {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    // Twice: what is there already is brought to what it should be.
    for _ in 0..2 {
        let mut make = command();
        make.args(["roles", "--database-url", stage.database.url()]);
        for (variable, role) in [("INDEXER", "stoa_indexer"), ("API", "stoa_api"), ("BACKUP", "stoa_backup")]
        {
            make.env(format!("STOA_{variable}_PASSWORD"), password(role));
        }
        let output = make.output().await.expect("runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    // The indexer migrates, writes, and makes the projections' schema anew; it reads nothing of the API.
    let mut indexer = PgConnection::connect(&url_of(&stage, "stoa_indexer")).await.expect("connects");
    archive::migrate(&mut indexer).await.expect("migrates");
    done(&mut indexer, "UPDATE archive.migration SET success = success; DROP SCHEMA market CASCADE").await;
    market::create(&mut indexer).await.expect("made anew");
    rows::chain(&stage.pool, CHAIN + 1).await;
    for table in ["api_key", "session", "audit", "document"] {
        refused(&mut indexer, &format!("SELECT FROM api.{table}"), INSUFFICIENT_PRIVILEGE).await;
    }
    refused(&mut indexer, "CREATE TABLE api.mine ()", INSUFFICIENT_PRIVILEGE).await;
    refused(&mut indexer, "CREATE ROLE mine", INSUFFICIENT_PRIVILEGE).await;

    // The API reads what the indexer has made since, and changes none of it.
    let mut api = PgConnection::connect(&url_of(&stage, "stoa_api")).await.expect("connects");
    stoa_api::migrate::migrate(&mut api).await.expect("nothing is left to do");
    for sql in [
        "DELETE FROM market.token",
        "TRUNCATE market.listing",
        "UPDATE archive.cursor SET chain_id = 0",
        "INSERT INTO archive.migration SELECT * FROM archive.migration",
        "DROP SCHEMA market CASCADE",
        "CREATE TABLE archive.mine ()",
        "CREATE SCHEMA mine",
        "CREATE TEMP TABLE mine ()",
        "ALTER ROLE stoa_indexer PASSWORD 'mine'",
    ] {
        refused(&mut api, sql, INSUFFICIENT_PRIVILEGE).await;
    }
    let (_child, address, _log) = start(&url_of(&stage, "stoa_api")).await;
    for path in ["/v1/status", "/v1/listings", "/v1/market", "/v1/listings?q=x"] {
        let answer = reqwest::get(format!("http://{address}{path}")).await.expect("answers");
        assert_eq!(answer.status(), StatusCode::OK.as_u16(), "{path}: {:?}", answer.text().await);
    }

    let mut backup = PgConnection::connect(&url_of(&stage, "stoa_backup")).await.expect("connects");
    done(&mut backup, "SELECT FROM api.api_key; SELECT FROM market.token; SELECT FROM archive.migration")
        .await;
    refused(&mut backup, "DELETE FROM api.api_key", READ_ONLY).await;
    done(&mut backup, "SET default_transaction_read_only = off").await;
    refused(&mut backup, "DELETE FROM api.api_key", INSUFFICIENT_PRIVILEGE).await;
    refused(&mut backup, "DELETE FROM market.token", INSUFFICIENT_PRIVILEGE).await;
}

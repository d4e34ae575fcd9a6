//! Databases and chains for tests.

use stoa_scripts::{
    child::is_alive,
    postgres::{Data, Options, Server},
    testing::{Anvil, AnvilOptions, TestDatabase},
};

use alloy::providers::{Provider as _, ProviderBuilder};
use sqlx::{Connection as _, Executor as _, PgConnection};

#[tokio::test]
async fn each_test_gets_an_empty_database_of_its_own() {
    let (one, two) = (TestDatabase::create().await, TestDatabase::create().await);
    one.pool().await.execute("CREATE TABLE t (n int)").await.unwrap();
    let seen: Option<String> =
        sqlx::query_scalar("SELECT to_regclass('t')::text").fetch_one(&two.pool().await).await.unwrap();
    assert_eq!(seen, None);
}

#[tokio::test]
async fn a_template_is_prepared_once_and_copied() {
    async fn prepare(url: String) -> Result<(), sqlx::Error> {
        let mut connection = PgConnection::connect(&url).await?;
        connection.execute("CREATE TABLE t AS SELECT 7 AS n").await?;
        connection.close().await
    }
    for _ in 0..3 {
        let database = TestDatabase::from_template("seven", prepare).await;
        let pool = database.pool().await;
        let n: i32 = sqlx::query_scalar("SELECT n FROM t").fetch_one(&pool).await.unwrap();
        assert_eq!(n, 7);
        pool.execute("DELETE FROM t").await.unwrap();
    }
}

#[tokio::test]
async fn a_dropped_database_is_gone() {
    let kept = TestDatabase::create().await;
    let dropped = TestDatabase::create().await;
    let url = url::Url::parse(dropped.url()).unwrap();
    let name = url.path().trim_start_matches('/').to_owned();
    let pool = kept.pool().await;
    let count = "SELECT count(*) FROM pg_database WHERE datname = $1";
    let before: i64 = sqlx::query_scalar(count).bind(&name).fetch_one(&pool).await.unwrap();
    drop(dropped);
    let after: i64 = sqlx::query_scalar(count).bind(&name).fetch_one(&pool).await.unwrap();
    assert_eq!((before, after), (1, 0));
}

#[tokio::test]
async fn a_kept_server_keeps_its_rows() {
    let name = format!("test-{}", std::process::id());
    let options =
        Options { data: Data::Kept(name.clone()), port: None, log: stoa_scripts::postgres::test_log() };
    let server = Server::start(&options).unwrap();
    let mut connection = PgConnection::connect(server.url()).await.unwrap();
    connection.execute("CREATE TABLE kept AS SELECT 1 AS n").await.unwrap();
    let pid = server.child().pid();
    drop(server);
    assert!(!is_alive(pid));

    let server = Server::start(&options).unwrap();
    let mut connection = PgConnection::connect(server.url()).await.unwrap();
    let n: i32 = sqlx::query_scalar("SELECT n FROM kept").fetch_one(&mut connection).await.unwrap();
    assert_eq!(n, 1);
    drop(server);
    stoa_scripts::postgres::remove_kept(&name).unwrap();
}

#[test]
fn a_taken_port_is_named() {
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let log = stoa_scripts::postgres::test_log();
    let error = Server::start(&Options { data: Data::Ephemeral, port: Some(port), log }).unwrap_err();
    let expected = format!("port {port} for PostgreSQL is taken: stop what uses it, or choose another port");
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn a_chain_keeps_its_state_file() {
    let folder = tempfile::tempdir().unwrap();
    let options = AnvilOptions { state: Some(folder.path().join("state.json")), ..Default::default() };
    let anvil = Anvil::start_with(options.clone()).await;
    let provider = ProviderBuilder::new().connect_http(anvil.rpc_url().parse().unwrap());
    let _: () = provider.client().request("anvil_mine", (7,)).await.unwrap();
    anvil.stop().await;
    let anvil = Anvil::start_with(options).await;
    let provider = ProviderBuilder::new().connect_http(anvil.rpc_url().parse().unwrap());
    assert_eq!(provider.get_block_number().await.unwrap(), 7);
}

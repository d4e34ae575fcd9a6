//! A copy that was made earlier goes on from where it stood.

use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;
use std::process::Command;

use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;

use super::ground::{Ground, Postgres, log, said, said_more};

/// The restored database is behind; an indexer takes it to the head.
async fn goes_on(ground: &Ground, restored: &Postgres, name: &str) {
    let before = cursor(&restored.url).await;
    assert!(before < ground.head().cast_signed(), "the copy is older");
    let indexer = ground.indexer(&restored.url, name, &[]);
    said(&indexer, "following from here").await;
    assert!(log(&indexer).contains(&format!("block={before}")), "from its own cursor: {}", log(&indexer));
    ground.compare(&restored.url).await;
    indexer.stop().await;
}

async fn cursor(url: &str) -> i64 {
    let mut connection = PgConnection::connect(url).await.expect("a connection");
    sqlx::query_scalar("SELECT stored_block FROM archive.cursor")
        .fetch_one(&mut connection)
        .await
        .expect("a block")
}

#[tokio::test]
async fn a_cold_copy_goes_on_even_after_a_reorganisation() {
    let mut ground = Ground::start(9, 80).await;
    let postgres = Postgres::start().await;
    let url = postgres.url.clone();
    let indexer = ground.indexer(&url, "original", &[]);
    ground.followed(&url).await;
    indexer.stop().await;
    postgres.server.crash().await;
    let copy = postgres.server.data().to_owned();
    // The copied head is taken back by the chain afterwards.
    ground.world.reorganise(6, 20);
    let restored = Postgres::of(copy).await;
    goes_on(&ground, &restored, "restored").await;
}

#[tokio::test]
async fn a_backup_under_load_goes_on() {
    let mut ground = Ground::start(10, 80).await;
    let postgres = Postgres::start().await;
    let url = postgres.url.clone();
    let indexer = ground.indexer(&url, "original", &[]);
    ground.followed(&url).await;
    let folder = TempDir::new().expect("a temporary folder");
    let backup = folder.path().join("backup");
    let committed = log(&indexer).matches("committed").count();
    ground.world.grow(120);
    said_more(&indexer, "committed", committed + 1).await;
    let by = base_backup(&postgres, &backup).await;
    println!("backed up by {by}");
    ground.world.grow(30);
    ground.followed(&url).await;
    indexer.stop().await;
    let restored = Postgres::of(backup).await;
    goes_on(&ground, &restored, "restored").await;
}

/// By `pg_basebackup` where there is one for this server, else by the functions that it uses.
async fn base_backup(postgres: &Postgres, to: &Path) -> &'static str {
    let mut command = Command::new("pg_basebackup");
    command.args([
        "--checkpoint=fast",
        "--wal-method=stream",
        "--no-sync",
        "--dbname",
        postgres.server.tcp_url(),
    ]);
    if command.arg("--pgdata").arg(to).output().is_ok_and(|output| output.status.success()) {
        return "pg_basebackup";
    }
    let _ = std::fs::remove_dir_all(to);
    let mut connection = PgConnection::connect(postgres.server.url()).await.expect("a connection");
    let start = sqlx::query("SELECT pg_backup_start('stoa', true)");
    start.execute(&mut connection).await.expect("the backup begins");
    let data = postgres.server.data();
    copy(data, to, &|name| name != "pg_wal" && name != "postmaster.pid");
    let stop = "SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)";
    let label: String = sqlx::query_scalar(stop).fetch_one(&mut connection).await.expect("the backup ends");
    std::fs::write(to.join("backup_label"), label).expect("its label");
    // What happened meanwhile.
    copy(&data.join("pg_wal"), &to.join("pg_wal"), &|_| true);
    "pg_backup_start and pg_backup_stop"
}

/// Files that vanish while they are copied are none that a backup needs.
fn copy(from: &Path, to: &Path, wanted: &dyn Fn(&str) -> bool) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let (name, Ok(kind)) = (entry.file_name(), entry.file_type()) else { continue };
        if kind.is_socket() || !wanted(&name.to_string_lossy()) {
            continue;
        }
        if kind.is_dir() {
            copy(&entry.path(), &to.join(name), &|name| name != "postmaster.pid");
        } else {
            let _ = std::fs::copy(entry.path(), to.join(name));
        }
    }
}

//! A Postgres without a connection or a byte left.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use sqlx::{Connection as _, PgConnection};
use stoa_scripts::child::{Account, Child};
use tempfile::TempDir;

use super::ground::{Ground, Postgres, ended, log, said, said_more};
use crate::support::{eventually, free_address};

const PASSWORD: &str = "of-this-test";

/// The same database as somebody who is no superuser: limits hold for them.
fn as_tenant(url: &str) -> String {
    let mut url: url::Url = url.parse().expect("a URL");
    url.set_username("tenant").expect("a user");
    url.set_password(Some(PASSWORD)).expect("a password");
    url.into()
}

#[tokio::test]
async fn without_a_connection_left_it_says_so_and_goes_on_once_there_is_one() {
    let mut ground = Ground::start(6, 200).await;
    let postgres = Postgres::start().await;
    let limit = async |connections: i32| {
        postgres.run(&format!("ALTER ROLE tenant CONNECTION LIMIT {connections}")).await;
    };
    postgres.run(&format!("CREATE ROLE tenant LOGIN PASSWORD '{PASSWORD}' CONNECTION LIMIT 0")).await;
    postgres.run("ALTER DATABASE stoa OWNER TO tenant").await;
    let url = as_tenant(&postgres.url);
    let address = free_address();
    let more = ["--archive-from", "1", "--range", "20", "--http", &address];
    let indexer = ground.indexer(&url, "limited", &more);
    said(&indexer, "Postgres has no connection left").await;
    let status = format!("http://{address}/status");
    let told = |body: &serde_json::Value| {
        body["chains"][0]["trouble"].as_str().is_some_and(|text| text.contains("no connection left"))
    };
    eventually(&status, "what it waits for", told).await;
    // Enough to fill the archive, not to build the projections from it.
    limit(2).await;
    said_more(&indexer, "engine::archive: archived", 9).await;
    refused(&indexer).await;
    limit(-1).await;
    ground.followed(&url).await;
    // While it follows, its connections are cut and it gets none.
    limit(0).await;
    postgres.cut().await;
    ground.world.grow(20);
    refused(&indexer).await;
    limit(-1).await;
    ground.compare(&postgres.url).await;
    indexer.stop().await;
}

/// Waits until it has been refused twice more.
async fn refused(indexer: &Child) {
    let words = "no connection left";
    said_more(indexer, words, log(indexer).matches(words).count() + 2).await;
}

/// No file of Postgres' may grow beyond this: the error that a quota gives, without a disk of its own.
const LARGEST: u64 = 1024 * 1024;

/// Lets the processes that `postgres` starts from now on write files up to so many bytes.
fn bound_files(postgres: &Postgres, bytes: Option<u64>) -> bool {
    let bytes = bytes.map_or_else(|| "unlimited".to_owned(), |bytes| bytes.to_string());
    let mut command = Command::new("prlimit");
    command.args([
        "--pid",
        &postgres.server.child().pid().to_string(),
        &format!("--fsize={bytes}:unlimited"),
    ]);
    if let Some(Account { uid, gid }) = postgres.server.account() {
        command.uid(uid).gid(gid);
    }
    command.status().is_ok_and(|status| status.success())
}

#[tokio::test]
async fn where_files_may_not_grow_it_waits_until_they_may() {
    let ground = Ground::start(7, 1_500).await;
    let postgres = Postgres::start().await;
    if !bound_files(&postgres, Some(LARGEST)) {
        println!("skipped: this machine has no prlimit, which bounds the files of a running Postgres");
        assert!(std::env::var_os("CI").is_none(), "CI has prlimit");
        return;
    }
    let indexer = ground.filler(&postgres.url, "bounded", 50);
    said_more(&indexer, "could not extend file", 2).await;
    said(&indexer, "give Postgres more disk").await;
    let stored = stored(&postgres.url).await;
    assert!(stored < ground.head().cast_signed(), "it could not write all of it");
    assert!(bound_files(&postgres, None), "the bound is lifted");
    postgres.cut().await;
    ended(&indexer).await;
    ground.compare(&postgres.url).await;
}

async fn stored(url: &str) -> i64 {
    let mut connection = PgConnection::connect(url).await.expect("a connection");
    sqlx::query_scalar("SELECT stored_block FROM archive.cursor")
        .fetch_one(&mut connection)
        .await
        .expect("a block")
}

/// A file system in memory of a few megabytes, which only root may make.
struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    fn mount(owner: Option<Account>) -> Option<Self> {
        let folder = TempDir::new().expect("a temporary folder");
        let Account { uid, gid } = owner?;
        let options = format!("size=20m,mode=0700,uid={uid},gid={gid}");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(folder.path());
        mount.output().is_ok_and(|output| output.status.success()).then_some(Self { folder })
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Takes all the space that is left.
    fn fill(&self) -> PathBuf {
        let ballast = self.path().join("ballast");
        let full =
            std::io::copy(&mut std::io::repeat(0), &mut std::fs::File::create(&ballast).expect("a file"));
        assert!(full.is_err(), "the disk has an end");
        ballast
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.folder.path()).status();
    }
}

#[tokio::test]
async fn with_a_full_disk_it_waits_until_there_is_space() {
    let mut ground = Ground::start(8, 60).await;
    let postgres = Postgres::start().await;
    let Some(disk) = SmallDisk::mount(postgres.server.account()) else {
        println!("skipped: a small disk can be mounted by root alone; the other test bounds files instead");
        return;
    };
    // Reachable for the server's account, which is not this one.
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(disk.path(), open).expect("its mode");
    postgres.run(&format!("CREATE TABLESPACE small LOCATION '{}'", disk.path().display())).await;
    postgres.run("ALTER DATABASE stoa SET TABLESPACE small").await;
    let address = free_address();
    let indexer = ground.indexer(&postgres.url, "full", &["--http", &address]);
    ground.followed(&postgres.url).await;
    let ballast = disk.fill();
    ground.world.grow(400);
    said(&indexer, "No space left on device").await;
    let status = format!("http://{address}/status");
    let told = |body: &serde_json::Value| {
        body["chains"][0]["trouble"].as_str().is_some_and(|text| text.contains("give Postgres more disk"))
    };
    eventually(&status, "what it waits for", told).await;
    std::fs::remove_file(ballast).expect("space again");
    ground.compare(&postgres.url).await;
    eventually(&status, "no trouble any more", |body| body["chains"][0]["trouble"].is_null()).await;
    indexer.stop().await;
    drop(postgres);
}

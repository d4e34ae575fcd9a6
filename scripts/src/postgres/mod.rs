//! A PostgreSQL server of our own, from the binaries that `npm ci` in `contracts/` brings.

mod account;
mod binaries;
mod cluster;
mod files;

use std::{
    io,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    checkout,
    child::{self, Child, Spec},
    port,
};
use account::Runner;
use binaries::Binaries;
use cluster::Cluster;

/// How long a server may take to start; recovery after a crash is part of it.
const START: Duration = Duration::from_secs(180);
/// How often another free port is tried when the one found was taken in between.
const PORTS_TRIED: usize = 5;

/// What can go wrong with the server.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("PostgreSQL's binaries are missing at {path}: run `cargo stoa toolchain`, which installs them")]
    Missing { path: PathBuf },
    #[error(
        "there is no PostgreSQL package for {os} on {arch}: set STOA_DATABASE_URL to a server of your own"
    )]
    Platform { os: &'static str, arch: &'static str },
    #[error("PostgreSQL refuses to run as root, and this machine has no user `nobody` to run it as")]
    NoAccount,
    #[error("{path} belongs to someone else: remove it, or set TMPDIR to a folder of your own")]
    Foreign { path: PathBuf },
    #[error("{action} {path}: {source}")]
    File { action: &'static str, path: PathBuf, source: io::Error },
    #[error("initdb failed: {0}")]
    Initdb(String),
    #[error("port {0} for PostgreSQL is taken: stop what uses it, or choose another port")]
    PortTaken(u16),
    #[error(transparent)]
    Child(#[from] child::Error),
}

/// Which data folder a server works on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// Kept under this name (for example `dev`) from one start to the next; writes are durable.
    Kept(String),
    /// Made for this server and removed with it; writes are not synced to disk. For tests.
    Ephemeral,
    /// Ephemeral, and in the beginning a copy of this folder: that of a server that was stopped, or a backup.
    CopyOf(PathBuf),
}

/// How to start a server.
#[derive(Clone, Debug)]
pub struct Options {
    pub data: Data,
    /// A fixed port on 127.0.0.1, or any free one.
    pub port: Option<u16>,
    /// The file that the server's log is appended to.
    pub log: PathBuf,
}

/// A running server. Dropping it stops it.
#[derive(Debug)]
pub struct Server {
    // Dropped in this order: the process ends before its folder goes.
    child: Child,
    _folder: Option<EphemeralFolder>,
    launch: Launch,
    url: String,
    tcp_url: String,
    port: u16,
}

/// What starts a server's process.
#[derive(Debug)]
struct Launch {
    runner: Runner,
    binaries: Binaries,
    cluster: Cluster,
    durable: bool,
    log: PathBuf,
}

/// The data folder of an ephemeral server, removed when dropped.
#[derive(Debug)]
struct EphemeralFolder(PathBuf);

impl Drop for EphemeralFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Server {
    /// Starts a server and waits until it accepts connections. Blocks.
    ///
    /// # Errors
    /// When binaries are missing, the data folder cannot be made, or the server does not come up.
    pub fn start(options: &Options) -> Result<Self, Error> {
        let runner = Runner::find()?;
        let binaries = Binaries::prepare(&runner)?;
        let (cluster, folder) = match &options.data {
            Data::Kept(name) => (Cluster::kept(&runner, &binaries, name)?, None),
            Data::Ephemeral => {
                let cluster = Cluster::ephemeral(&runner, &binaries)?;
                let folder = EphemeralFolder(cluster.data.clone());
                (cluster, Some(folder))
            }
            Data::CopyOf(original) => {
                let cluster = Cluster::copy_of(&runner, original)?;
                let folder = EphemeralFolder(cluster.data.clone());
                (cluster, Some(folder))
            }
        };
        let durable = matches!(options.data, Data::Kept(_));
        let launch = Launch { runner, binaries, cluster, durable, log: options.log.clone() };
        let mut tried = 0;
        let (child, port) = loop {
            let port = match options.port {
                Some(port) => port,
                None => port::free().map_err(|source| Error::File {
                    action: "cannot find a free port on",
                    path: "127.0.0.1".into(),
                    source,
                })?,
            };
            if options.port.is_some() && TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err() {
                return Err(Error::PortTaken(port));
            }
            tried += 1;
            match launch.at(port) {
                Ok(child) => break (child, port),
                Err(child::Error::Stopped { line, .. })
                    if is_taken(&line) && options.port.is_none() && tried < PORTS_TRIED => {}
                Err(error) => return Err(error.into()),
            }
        };
        let tcp_url = format!("postgres://stoa:{}@127.0.0.1:{port}/postgres", launch.cluster.password);
        let url = match socket_folder(&launch.cluster) {
            Some(folder) => format!("{tcp_url}?host={}", folder.display()),
            None => tcp_url.clone(),
        };
        Ok(Self { child, _folder: folder, launch, url, tcp_url, port })
    }

    /// Ends it at once, as a crash would: connections are cut, and what was not flushed is recovered at the next start.
    pub async fn crash(&self) {
        self.child.signal("QUIT");
        self.child.wait().await;
    }

    /// Starts it again once it has ended, on the same data and port. Blocks.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn restart(&mut self) -> Result<(), Error> {
        self.child = self.launch.at(self.port)?;
        Ok(())
    }

    /// Its data folder.
    pub fn data(&self) -> &Path {
        &self.launch.cluster.data
    }

    /// Who its files belong to, where that is another account than this process's.
    pub fn account(&self) -> Option<child::Account> {
        self.launch.runner.account()
    }

    /// The URL of the server's `postgres` database over TCP, as its superuser: the form that every tool reads.
    pub fn tcp_url(&self) -> &str {
        &self.tcp_url
    }

    /// The URL of the server's `postgres` database, as its superuser: over a Unix socket, where sqlx 0.9.0,
    /// which leaves Nagle's algorithm on, does not wait 40 ms for each `COPY`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The URL of another database on this server.
    pub fn database_url(&self, database: &str) -> String {
        with_database(&self.url, database)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The server process, to watch.
    pub fn child(&self) -> &Child {
        &self.child
    }
}

/// The same server and credentials, another database.
pub fn with_database(url: &str, database: &str) -> String {
    match url::Url::parse(url) {
        Ok(mut url) => {
            url.set_path(database);
            url.into()
        }
        Err(_) => url.to_owned(),
    }
}

/// Removes a kept data folder, if there is one.
///
/// # Errors
/// When it cannot be removed.
pub fn remove_kept(name: &str) -> Result<(), Error> {
    let data = Runner::find()?.base()?.join("data");
    files::remove(&data.join(name))?;
    // The lock only guards the making of the folder.
    let _ = std::fs::remove_file(data.join(format!("{name}.lock")));
    Ok(())
}

/// Whether a server's last words are that its port is taken.
fn is_taken(line: &str) -> bool {
    ["address", "could not create any TCP/IP sockets"].iter().any(|words| line.contains(words))
}

impl Launch {
    fn at(&self, port: u16) -> Result<Child, child::Error> {
        let Self { runner, binaries, cluster, .. } = self;
        let mut settings = vec![
            "listen_addresses=127.0.0.1".to_owned(),
            format!("port={port}"),
            format!("unix_socket_directories={}", socket_folder(cluster).map_or("", |_| ".")),
            "max_connections=200".to_owned(),
            "logging_collector=off".to_owned(),
            "log_line_prefix=%m [%p] %d ".to_owned(),
            "timezone=UTC".to_owned(),
        ];
        if !self.durable {
            let fast = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=64MB"];
            settings.extend(fast.map(str::to_owned));
        }
        // SIGINT asks the server for a fast shutdown: open connections are closed, data is flushed.
        let mut spec = Spec::new("PostgreSQL", binaries.program("postgres"), &self.log)
            .arg("-D")
            .arg(&cluster.data)
            .current_dir(&cluster.data)
            .account(runner.account())
            .env("LC_ALL", "C")
            .stop_with("INT", Duration::from_secs(20));
        for setting in settings {
            spec = spec.arg("-c").arg(setting);
        }
        let child = spec.start()?;
        child.until_blocking(START, || is_ready(&cluster.data, child.pid()))?;
        Ok(child)
    }
}

/// Where the server's socket is: its data folder, unless the operating system's limit of about 100 bytes for a
/// socket's path forbids it.
fn socket_folder(cluster: &Cluster) -> Option<&Path> {
    const LONGEST: usize = 85;
    (cfg!(unix) && cluster.data.as_os_str().len() <= LONGEST).then_some(cluster.data.as_path())
}

/// What `pg_ctl` looks at: the eighth line of the server's own pid file.
fn is_ready(data: &Path, pid: u32) -> bool {
    let Ok(text) = std::fs::read_to_string(data.join("postmaster.pid")) else { return false };
    let mut lines = text.lines();
    lines.next() == Some(pid.to_string().as_str()) && lines.nth(6).is_some_and(|line| line.trim() == "ready")
}

/// The folder for logs of servers that tests start.
pub fn test_log() -> PathBuf {
    checkout::state_dir().join("tests").join(format!("postgres-{}.log", std::process::id()))
}

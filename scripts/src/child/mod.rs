//! Child processes that never outlive their owner.
//!
//! Beside each child runs a small shell that holds one end of a pipe. When the owner ends in any way, kill -9
//! included, the pipe closes and the shell stops the child. Children have their own process group, so that a
//! terminal's Ctrl-C reaches the owner alone, which stops them in its own order. What a child prints goes
//! straight to its log file: that keeps working while the owner is already gone.

mod log;

use std::{
    fs::{File, OpenOptions},
    io::{self, Write as _},
    os::unix::process::{CommandExt as _, ExitStatusExt as _},
    path::{Path, PathBuf},
    process::{ChildStdin, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use tokio::sync::watch;

pub use log::{last_line, tail};

/// How often a readiness condition is asked for.
const POLL: Duration = Duration::from_millis(40);

/// What can go wrong with a child process.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It could not be started at all.
    #[error("cannot start {name} ({program}): {source}")]
    Spawn { name: String, program: String, source: io::Error },
    /// Its log file cannot be written.
    #[error("cannot write the log {path} of {name}: {source}")]
    Log { name: String, path: PathBuf, source: io::Error },
    /// It ended while it was needed.
    #[error("{name} stopped ({how}): {line}; its log is at {log}")]
    Stopped { name: String, how: String, line: String, log: PathBuf },
    /// It runs, but did not become ready in time.
    #[error("{name} did not answer within {seconds} s; its log is at {log}")]
    NotReady { name: String, seconds: u64, log: PathBuf },
}

/// A user to run a child as; only root can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    pub uid: u32,
    pub gid: u32,
}

/// What to start and how to stop it.
#[derive(Debug)]
pub struct Spec {
    name: String,
    command: Command,
    log: PathBuf,
    stop_signal: &'static str,
    grace: Duration,
}

impl Spec {
    /// `name` is what messages call it; its output is appended to `log`.
    pub fn new(name: &str, program: impl AsRef<Path>, log: impl Into<PathBuf>) -> Self {
        Self {
            name: name.to_owned(),
            command: Command::new(program.as_ref()),
            log: log.into(),
            stop_signal: "TERM",
            grace: Duration::from_secs(10),
        }
    }

    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    #[must_use]
    pub fn args<A: AsRef<std::ffi::OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.command.args(args);
        self
    }

    #[must_use]
    pub fn env(mut self, key: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(key, value);
        self
    }

    #[must_use]
    pub fn env_remove(mut self, key: &str) -> Self {
        self.command.env_remove(key);
        self
    }

    #[must_use]
    pub fn current_dir(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Runs the child as this account.
    #[must_use]
    pub fn account(mut self, account: Option<Account>) -> Self {
        if let Some(Account { uid, gid }) = account {
            self.command.uid(uid).gid(gid);
        }
        self
    }

    /// The signal (`TERM`, `INT`, …) that asks it to stop, and how long it may take before it is killed.
    #[must_use]
    pub fn stop_with(mut self, signal: &'static str, grace: Duration) -> Self {
        self.stop_signal = signal;
        self.grace = grace;
        self
    }

    /// Starts the child and its watchdog.
    ///
    /// # Errors
    /// When the log cannot be written or the program cannot be started.
    pub fn start(mut self) -> Result<Child, Error> {
        let log = |source| Error::Log { name: self.name.clone(), path: self.log.clone(), source };
        let output = open_log(&self.log).map_err(log)?;
        let error_output = output.try_clone().map_err(log)?;
        let spawn = |program: &std::ffi::OsStr, source| Error::Spawn {
            name: self.name.clone(),
            program: program.to_string_lossy().into_owned(),
            source,
        };

        let tenths = (self.grace.as_millis() / 100).to_string();
        let mut watchdog = Command::new("sh")
            .args(["-c", include_str!("watchdog.sh"), "watchdog", self.stop_signal, &tenths])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(|source| spawn("sh".as_ref(), source))?;
        let mut pipe = watchdog.stdin.take();

        self.command.stdin(Stdio::null()).stdout(output).stderr(error_output).process_group(0);
        let mut process = match self.command.spawn() {
            Ok(process) => process,
            Err(source) => {
                drop(pipe);
                let _ = watchdog.wait();
                return Err(spawn(self.command.get_program(), source));
            }
        };
        let pid = process.id();
        if let Some(pipe) = &mut pipe {
            // A watchdog that is already gone shows below as a child that nobody watches; nothing to add here.
            let _ = writeln!(pipe, "{pid}");
        }
        let pipe = Arc::new(Mutex::new(pipe));
        let (exited, exit) = watch::channel(None);
        let reaper = std::thread::spawn({
            let pipe = Arc::clone(&pipe);
            move || {
                let status = process.wait().unwrap_or_else(|_| ExitStatus::from_raw(-1));
                if let Some(mut pipe) = take(&pipe) {
                    let _ = writeln!(pipe, "ended");
                }
                exited.send_replace(Some(status));
                let _ = watchdog.wait();
            }
        });
        Ok(Child { name: self.name, log: self.log, pid, pipe, exit, reaper: Some(reaper) })
    }
}

fn open_log(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    OpenOptions::new().create(true).append(true).open(path)
}

fn take(pipe: &Mutex<Option<ChildStdin>>) -> Option<ChildStdin> {
    pipe.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// A running child. Dropping it stops it and waits until it has ended.
#[derive(Debug)]
pub struct Child {
    name: String,
    log: PathBuf,
    pid: u32,
    pipe: Arc<Mutex<Option<ChildStdin>>>,
    exit: watch::Receiver<Option<ExitStatus>>,
    reaper: Option<JoinHandle<()>>,
}

impl Child {
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The file its output goes to.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// How it ended, or `None` while it runs.
    pub fn exited(&self) -> Option<ExitStatus> {
        *self.exit.borrow()
    }

    /// Waits until it has ended by itself.
    pub async fn wait(&self) -> ExitStatus {
        let mut exit = self.exit.clone();
        let status = exit.wait_for(Option::is_some).await.map(|status| *status);
        status.ok().flatten().unwrap_or_else(|| ExitStatus::from_raw(-1))
    }

    /// One sentence on how it ended, with the last thing it said.
    pub fn stopped(&self) -> Error {
        let how = self.exited().map_or_else(|| "unknown status".to_owned(), describe);
        let line = last_line(&self.log).unwrap_or_else(|| "it said nothing".to_owned());
        Error::Stopped { name: self.name.clone(), how, line, log: self.log.clone() }
    }

    /// Waits until `probe` answers true.
    ///
    /// # Errors
    /// When the child ends before, or the time is up.
    pub async fn until<F, Fut>(&self, timeout: Duration, mut probe: F) -> Result<(), Error>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = bool>,
    {
        let deadline = Instant::now() + timeout;
        loop {
            self.check(deadline, timeout)?;
            if probe().await {
                return Ok(());
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// [`Self::until`] for callers outside of an async runtime.
    ///
    /// # Errors
    /// When the child ends before, or the time is up.
    pub fn until_blocking(&self, timeout: Duration, mut probe: impl FnMut() -> bool) -> Result<(), Error> {
        let deadline = Instant::now() + timeout;
        loop {
            self.check(deadline, timeout)?;
            if probe() {
                return Ok(());
            }
            std::thread::sleep(POLL);
        }
    }

    fn check(&self, deadline: Instant, timeout: Duration) -> Result<(), Error> {
        if self.exited().is_some() {
            return Err(self.stopped());
        }
        if Instant::now() > deadline {
            let (name, log) = (self.name.clone(), self.log.clone());
            return Err(Error::NotReady { name, seconds: timeout.as_secs(), log });
        }
        Ok(())
    }

    /// Sends a signal by its name: `KILL`, `STOP`, `INT`, …
    pub fn signal(&self, signal: &str) {
        send_signal(self.pid, signal);
    }

    /// Asks it to stop, waits, and kills it when its grace is over.
    pub async fn stop(self) {
        drop(take(&self.pipe));
        self.wait().await;
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        drop(take(&self.pipe));
        if let Some(reaper) = self.reaper.take() {
            let _ = reaper.join();
        }
    }
}

/// Sends a signal by its name to a process by its id.
pub fn send_signal(pid: u32, signal: &str) {
    let pid = pid.to_string();
    let _ =
        Command::new("sh").args(["-c", "kill -s \"$1\" \"$2\" 2>/dev/null", "kill", signal, &pid]).status();
}

/// Whether a process of that id exists.
pub fn is_alive(pid: u32) -> bool {
    let pid = pid.to_string();
    let probe = Command::new("sh").args(["-c", "kill -0 \"$1\" 2>/dev/null", "kill", &pid]).status();
    probe.is_ok_and(|status| status.success())
}

/// "exit code 3" or "signal 9".
pub fn describe(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "unknown status".to_owned(),
    }
}

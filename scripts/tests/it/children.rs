//! No child outlives its owner.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use stoa_scripts::child::{Error, Spec, is_alive};

/// A machine that builds and tests other things meanwhile is slow.
const PATIENCE: Duration = Duration::from_secs(300);

/// Waits for a condition; fails the test after five minutes.
fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "{what} did not happen within five minutes");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn shell(script: &str, log: &std::path::Path) -> Spec {
    Spec::new("the script", "/bin/sh", log).args(["-c", script])
}

#[tokio::test]
async fn stopping_asks_first_and_waits() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let script = "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done";
    // The grace is for those that do not listen; this one does, however long its turn takes to come.
    let child = shell(script, &log).stop_with("TERM", PATIENCE).start().unwrap();
    child
        .until(PATIENCE, async || std::fs::read_to_string(&log).is_ok_and(|t| t.contains("up")))
        .await
        .unwrap();
    let pid = child.pid();
    child.stop().await;
    assert!(!is_alive(pid));
    assert_eq!(std::fs::read_to_string(&log).unwrap(), "up\nbye\n");
}

#[test]
fn a_child_that_does_not_listen_is_killed_with_its_descendants() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let script = "trap '' TERM; sleep 1000 & echo $!; while :; do sleep 0.05; done";
    let child = shell(script, &log).stop_with("TERM", Duration::from_millis(300)).start().unwrap();
    let mut descendant = None;
    eventually("the descendant's id", || {
        let text = std::fs::read_to_string(&log).unwrap_or_default();
        descendant = text.strip_suffix('\n').and_then(|line| line.parse::<u32>().ok());
        descendant.is_some()
    });
    let pid = child.pid();
    drop(child);
    assert!(!is_alive(pid));
    eventually("the descendant's end", || !is_alive(descendant.unwrap()));
}

#[test]
fn an_early_end_says_how_and_with_which_last_words() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let child = shell("echo starting; echo 'error: no fuel' >&2; echo done; exit 3", &log).start().unwrap();
    let error = child.until_blocking(PATIENCE, || false).unwrap_err();
    let expected =
        format!("the script stopped (exit code 3): error: no fuel; its log is at {}", log.display());
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_child_that_never_answers_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let child = shell("sleep 1000", &folder.path().join("log")).start().unwrap();
    let error = child.until_blocking(Duration::from_millis(50), || false).unwrap_err();
    assert!(matches!(error, Error::NotReady { .. }), "{error}");
}

#[test]
fn a_missing_program_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let error = Spec::new("Foo", "/no/such/program", folder.path().join("log")).start().unwrap_err();
    assert!(error.to_string().starts_with("cannot start Foo (/no/such/program): "), "{error}");
}

/// Runs only inside of the process that the test below starts.
#[test]
fn owner_of_a_child() {
    let Ok(log) = std::env::var("STOA_TEST_OWNER_LOG") else { return };
    let child = shell("echo up; while :; do sleep 0.05; done", log.as_ref()).start().unwrap();
    println!("child {}", child.pid());
    loop {
        std::thread::park();
    }
}

#[test]
fn a_child_ends_when_its_owner_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut owner = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "children::owner_of_a_child", "--nocapture"])
        .env("STOA_TEST_OWNER_LOG", folder.path().join("log"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let pid: u32 = BufReader::new(owner.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.rsplit_once("child ")?.1.trim().parse().ok())
        .expect("the owner names its child");
    assert!(is_alive(pid));
    owner.kill().unwrap();
    owner.wait().unwrap();
    eventually("the child's end", || !is_alive(pid));
}

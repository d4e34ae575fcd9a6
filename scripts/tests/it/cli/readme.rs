//! README's session, command by command, as it is printed.

use std::{fs, os::unix::fs::PermissionsExt as _};

use stoa_scripts::{checkout, testing::Bin};

use super::{Desk, said};

const BEGIN: &str = "<!-- session: begin";
const END: &str = "<!-- session: end -->";

/// The lines of all shell blocks of the session.
fn session() -> String {
    let readme = fs::read_to_string(checkout::root().join("README.md")).unwrap();
    let (_, rest) = readme.split_once(BEGIN).expect("README marks where the session begins");
    let (text, _) = rest.split_once(END).expect("README marks where the session ends");
    let blocks: Vec<&str> =
        text.split("```sh\n").skip(1).filter_map(|block| block.split("```").next()).collect();
    assert!(blocks.len() >= 3, "a provider's, a buyer's and a staker's");
    blocks.concat()
}

#[tokio::test]
async fn the_session_in_readme_works_as_printed() {
    let desk = Desk::open().await;
    desk.mint(9, 1_000_000_000).await;
    desk.give_stoa(9, 5_000).await;
    // `cargo stoa …` without cargo's time.
    let folder = desk.folder.path().join("session");
    fs::create_dir(&folder).unwrap();
    let cargo = folder.join("cargo");
    fs::write(&cargo, format!("#!/bin/sh\nshift\nexec '{}' \"$@\"\n", Bin::path("stoa").display())).unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());

    let script = session();
    let mut bash = std::process::Command::new("bash");
    bash.envs(desk.command(&[]).get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = bash
        .args(["-e", "-x", "-c", &script])
        .current_dir(&folder)
        .env("PATH", path)
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let said = said(output);
    assert_eq!(said.code, 0, "{}\n{}", said.out, said.err);
    for line in script.lines().filter(|line| line.starts_with("cargo stoa")) {
        let command = line.split(" #").next().unwrap().trim();
        let first_words: Vec<&str> = command.split(' ').take(4).collect();
        assert!(said.err.contains(&first_words.join(" ")), "{command} was not run: {}", said.err);
    }
    // What was fetched is what was published.
    assert_eq!(fs::read_to_string(folder.join("copy/model.bin")).unwrap(), "better weights\n");
    let buyer = desk.asks(&format!("passes {}", desk.address(9)));
    let quantities: Vec<&str> =
        buyer["passes"].as_array().unwrap().iter().filter_map(|pass| pass["quantity"].as_str()).collect();
    assert!(quantities.contains(&"2") && quantities.contains(&"2750"), "{buyer}");
}

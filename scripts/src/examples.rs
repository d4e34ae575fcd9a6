//! Examples under the help of each command, from one list.

use clap::Command;

const LIST: &str = include_str!("examples.txt");

/// The command with examples wherever it has none of its own.
pub(crate) fn add(mut root: Command) -> Command {
    let lines = LIST.lines().filter(|line| line.starts_with("stoa "));
    let mut groups: Vec<(Vec<&str>, String)> = Vec::new();
    for line in lines {
        let path = path_of(&root, line);
        match groups.iter_mut().find(|(other, _)| *other == path) {
            Some((_, text)) => text.push_str(&format!("\n  {line}")),
            None => groups.push((path, format!("Examples:\n  {line}"))),
        }
    }
    for (path, text) in groups {
        root = attach(root, &path, text);
    }
    root
}

/// The names of the commands in a line, outermost first.
fn path_of<'a>(root: &Command, line: &'a str) -> Vec<&'a str> {
    let (mut at, mut path) = (root, Vec::new());
    for word in line.split(' ').skip(1) {
        let Some(next) = at.find_subcommand(word) else { break };
        (at, path) = (next, [path, vec![word]].concat());
    }
    path
}

fn attach(command: Command, path: &[&str], text: String) -> Command {
    match path.split_first() {
        Some((name, rest)) => command.mut_subcommand(*name, |inner| attach(inner, rest, text)),
        None if command.get_after_help().is_some() => command,
        None => command.after_help(text),
    }
}

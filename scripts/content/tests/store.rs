//! Content on a real disk: named, kept, found again.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test, as the tests themselves do")]

use std::{fs, os::unix::fs::symlink, path::Path};

use stoa_content::{Found, Options, Store, Tree, parse, tree};
use tempfile::TempDir;

fn bytes(size: usize) -> Vec<u8> {
    (0..size).map(|n| (n % 251) as u8).collect()
}

/// Computed with ipfs-unixfs-importer 17.1.1 (JavaScript).
const MODEL: &str = "bafybeidrtdy373kghxwlblqovt4fldnma5345frgata6j2lmcdoqny7ilq";
const WEIGHTS: &str = "bafybeibx62obrkybp46hx3ivh53q4rnptgkunpgtwiib5lfelfgt2ekihm";
const HELLO: &str = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";

fn model() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| fs::write(folder.path().join(name), content).unwrap();
    fs::create_dir(folder.path().join("sub")).unwrap();
    write("config.json", b"{\"a\":1}\n");
    write("weights.bin", &bytes(1_000_000));
    write("sub/readme.md", b"hello world");
    write("sub/empty", b"");
    write("B.txt", b"b");
    write("ä.txt", b"umlaut");
    write(".env", b"SECRET=1");
    folder
}

fn scan(path: &Path) -> Result<Tree, tree::Error> {
    Tree::scan(path, Options::default())
}

#[test]
fn a_folder_is_named_as_by_another_implementation_and_found_again() {
    let (model, kept) = (model(), tempfile::tempdir().unwrap());
    let store = Store::new(kept.path().join("content"));
    let tree = scan(model.path()).unwrap();
    assert_eq!(tree.skipped(), [model.path().canonicalize().unwrap().join(".env")]);
    let mut read = 0;
    let named = tree.name(Some(&store), &mut |bytes| read += bytes).unwrap();
    assert_eq!((named.cid.to_string().as_str(), named.folder), (MODEL, true));
    assert_eq!((named.size, read, tree.size()), (1_000_026, 1_000_026, 1_000_026));
    assert_eq!(tree.name(None, &mut |_| {}).unwrap(), named, "keeping it changes no name");

    let find = |path: &[&str]| store.find(&named.cid, path.iter().copied()).unwrap();
    let Some((_, Found::Folder(entries))) = find(&[]) else { panic!("no folder") };
    let names: Vec<_> = entries.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["B.txt", "config.json", "sub", "weights.bin", "ä.txt"]);
    let Some((cid, Found::File(file))) = find(&["weights.bin"]) else { panic!("no file") };
    assert_eq!(cid.to_string(), WEIGHTS);
    assert_eq!(fs::read(file).unwrap(), bytes(1_000_000));
    let Some((cid, Found::File(_))) = find(&["sub", "readme.md"]) else { panic!("no file") };
    assert_eq!(cid.to_string(), HELLO);
    // What is in a folder is there under its own name too.
    assert!(store.find(&parse(WEIGHTS).unwrap(), []).unwrap().is_some());
    for path in [&["nothing"][..], &["config.json", "x"], &["..", "x"], &["sub", "."], &["weights.bin", "x"]]
    {
        assert_eq!(find(path), None, "{path:?}");
    }
    assert_eq!(fs::read_dir(store.folder().join("incoming")).unwrap().count(), 0, "nothing is left over");
}

#[test]
fn what_begins_with_a_dot_is_published_when_asked_for() {
    let model = model();
    let tree = Tree::scan(model.path(), Options { hidden: true }).unwrap();
    assert!(tree.skipped().is_empty());
    assert_ne!(tree.name(None, &mut |_| {}).unwrap().cid.to_string(), MODEL);
}

#[test]
fn a_changed_block_is_not_believed() {
    let (model, kept) = (model(), tempfile::tempdir().unwrap());
    let store = Store::new(kept.path());
    let named = scan(model.path()).unwrap().name(Some(&store), &mut |_| {}).unwrap();
    let path = kept.path().join("blocks").join(MODEL);
    let mut block = fs::read(&path).unwrap();
    block[10] ^= 1;
    fs::write(&path, block).unwrap();
    let error = store.find(&named.cid, []).unwrap_err().to_string();
    assert_eq!(
        error,
        format!("the content folder holds a broken block {MODEL}: it is not what its name says")
    );
}

#[test]
fn links_and_odd_names_are_not_followed() {
    let model = model();
    symlink("/etc/passwd", model.path().join("sub/users")).unwrap();
    let error = scan(model.path()).unwrap_err().to_string();
    assert!(error.contains("sub/users is a symbolic link, which may lead anywhere"), "{error}");
    fs::remove_file(model.path().join("sub/users")).unwrap();

    // The link that is named itself is what its owner means.
    let other = tempfile::tempdir().unwrap();
    symlink(model.path(), other.path().join("latest")).unwrap();
    let named = scan(&other.path().join("latest")).unwrap().name(None, &mut |_| {}).unwrap();
    assert_eq!(named.cid.to_string(), MODEL);

    fs::write(model.path().join("a\\b"), "").unwrap();
    let error = scan(model.path()).unwrap_err().to_string();
    assert!(error.contains("the name is not UTF-8 or holds a backslash"), "{error}");
    let error = scan(Path::new("/no/such/model")).unwrap_err().to_string();
    assert!(error.starts_with("/no/such/model cannot be read: "), "{error}");
}

#[test]
fn nothing_is_made_by_asking() {
    let kept = tempfile::tempdir().unwrap();
    let store = Store::new(kept.path().join("content"));
    assert_eq!(store.find(&parse(HELLO).unwrap(), []).unwrap(), None);
    assert!(!store.folder().exists());
}

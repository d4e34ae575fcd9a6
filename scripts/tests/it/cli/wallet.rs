//! `stoa wallet`

use std::{
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;
use stoa_scripts::{
    keystore,
    testing::{Anvil, Bin},
};
use tempfile::TempDir;

use super::{Desk, Said, said};

const PASSWORD: &str = "correct horse battery";

struct Pocket(TempDir);

impl Pocket {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn wallets(&self) -> PathBuf {
        self.0.path().join("wallets")
    }

    /// A file for a secret, and a shell's way to give it as a descriptor.
    fn secret(&self, name: &str, content: &str) -> String {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// `stoa wallet …` with what a shell would add, such as `4< file`.
    fn says(&self, line: &str) -> Said {
        let script = format!("exec {} wallet {line}", Bin::path("stoa").display());
        let mut command = Command::new("sh");
        command.args(["-c", &script]).stdin(Stdio::null()).env("STOA_WALLETS", self.wallets());
        said(command.output().unwrap())
    }

    fn does(&self, line: &str) -> Value {
        let said = self.says(&format!("{line} --json"));
        assert_eq!(said.code, 0, "{line}: {}", said.err);
        serde_json::from_str(&said.out).unwrap()
    }

    /// What it says about something that does not work.
    fn fails(&self, line: &str) -> String {
        let said = self.says(line);
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{line}: {}", said.err);
        said.err.trim().to_owned()
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_new_wallet_opens_with_its_password_only_and_belongs_to_its_owner() {
    let pocket = Pocket::new();
    let password = pocket.secret("password", &format!("{PASSWORD}\n"));
    let made = pocket.does(&format!("new provider --password-fd 4 4< {password}"));
    let path = PathBuf::from(made["path"].as_str().unwrap());
    assert_eq!(path, pocket.wallets().join("provider.json"));
    assert_eq!((mode(&path), mode(&pocket.wallets())), (0o600, 0o700));
    let signer = keystore::open(&path, PASSWORD).unwrap();
    assert_eq!(made["address"], signer.address().to_string());
    let wrong = keystore::open(&path, "correct horse batterz").unwrap_err().to_string();
    assert_eq!(
        wrong,
        format!("{} does not open: the password is wrong, or the file was changed", path.display())
    );
    let text = fs::read_to_string(&path).unwrap();
    assert!(!text.contains(&alloy::hex::encode(signer.to_bytes())), "the key is nowhere in the clear");
    let file: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((file["version"].as_u64(), file["crypto"]["kdf"].as_str()), (Some(3), Some("scrypt")));

    let other = pocket.does(&format!("new second --password-fd 4 4< {password}"));
    assert_ne!(other["address"], made["address"], "each has a key of its own");
    let list = pocket.does("list");
    assert_eq!(list[0]["name"], "provider");
    assert_eq!(list[1]["address"], other["address"]);
    assert_eq!(pocket.does("address provider")["address"], made["address"]);
}

#[test]
fn an_imported_key_is_the_same_key_and_nothing_is_overwritten() {
    let pocket = Pocket::new();
    let signer = Anvil::signer(7);
    let key = pocket.secret("key", &format!("{}\n", signer.to_bytes()));
    let password = pocket.secret("password", PASSWORD);
    let line = format!("import buyer --key-fd 3 --password-fd 4 3< {key} 4< {password}");
    assert_eq!(pocket.does(&line)["address"], signer.address().to_string());
    let path = pocket.wallets().join("buyer.json");
    assert_eq!(keystore::open(&path, PASSWORD).unwrap(), signer);
    let before = fs::read(&path).unwrap();
    let taken = format!("stoa: {} is there already: choose another name", path.display());
    assert_eq!(pocket.fails(&line), taken);
    assert_eq!(pocket.fails(&format!("new buyer --password-fd 4 4< {password}")), taken);
    assert_eq!(fs::read(&path).unwrap(), before);

    // Of a file that names no address, as Foundry's, the key tells it.
    let mut file: Value = serde_json::from_slice(&before).unwrap();
    file.as_object_mut().unwrap().remove("address");
    fs::write(&path, file.to_string()).unwrap();
    let asked = pocket.does(&format!("address buyer --password-fd 4 4< {password}"));
    assert_eq!(asked["address"], signer.address().to_string());
    assert!(pocket.says("list").out.contains("not in the file"));
}

#[test]
fn bad_names_passwords_keys_and_files_are_refused_in_sentences() {
    let pocket = Pocket::new();
    let password = pocket.secret("password", PASSWORD);
    let short = pocket.secret("short", "123456789\n");
    let key = pocket.secret("key", "0xac0974bec39a17e36ba4a6b4d238ff94\n");
    for name in ["../up", "a/b", "-", ".hidden", "a b", "", "ü", &"a".repeat(65)] {
        let said = pocket.says(&format!("new --password-fd 4 4< {password} -- '{name}'"));
        assert!(said.err.contains("is no name for a wallet: use letters, digits"), "{name}: {}", said.err);
        assert_eq!(said.code, 1);
    }
    assert_eq!(
        pocket.fails(&format!("new a --password-fd 4 4< {short}")),
        "stoa: the password has 9 characters: at least 10 are asked for"
    );
    assert_eq!(
        pocket.fails(&format!("import a --key-fd 3 --password-fd 4 3< {key} 4< {password}")),
        "stoa: that is no private key (32 bytes in hex)"
    );
    assert_eq!(pocket.fails("new a"), "stoa: there is no terminal to ask for a password: give --password-fd");
    assert_eq!(pocket.fails("import a"), "stoa: there is no terminal to ask for the key: give --key-fd");
    assert!(pocket.fails("new a --password-fd 77").contains("--password-fd 77 cannot be read"));
    assert!(pocket.fails("address nobody").contains("there is no wallet nobody"));
    let broken = pocket.secret("broken.json", "{\"version\": 3}");
    assert!(pocket.fails(&format!("address {broken}")).contains("is no keystore: it has no field crypto"));
    assert!(!pocket.wallets().exists() || fs::read_dir(pocket.wallets()).unwrap().next().is_none());
    assert!(pocket.says("list").out.starts_with("no wallets in "));
    // A key on the command line is not even an option.
    assert_eq!(pocket.says("import a --key 0x01").code, 2);
}

#[tokio::test]
async fn a_keystore_signs_transactions_and_a_wrong_password_does_not() {
    let desk = Desk::open().await;
    desk.mint(6, 5_000_000).await;
    let wallets = keystore::Wallets::in_folder(&desk.folder.path().join("wallets"));
    wallets.create("six", &Anvil::signer(6), PASSWORD).unwrap();
    let deposit = |password: &str| {
        let line = "vault deposit 5 --token dUSD --wallet six --yes --password-fd 0";
        let mut command = desk.command(&line.split(' ').collect::<Vec<_>>());
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
        said(child.wait_with_output().unwrap())
    };
    let wrong = deposit("not this one");
    assert!(wrong.code == 1 && wrong.err.contains("does not open: the password is wrong"), "{}", wrong.err);
    let right = deposit(PASSWORD);
    assert_eq!(right.code, 0, "{}", right.err);
    let six = desk.address(6);
    assert_eq!(desk.asks(&format!("vault show {six} --token dUSD"))["vault"], "5000000");
}

/// Anvil's keys are refused elsewhere, and so are those that the demo makes by a rule.
#[tokio::test]
async fn keys_that_everybody_can_make_are_refused_where_something_is_at_stake() {
    let desk = Desk::open().await;
    let made_up = alloy::primitives::keccak256("Stoa demo buyer 17");
    let send = |network: &str| {
        let line = format!("vault withdraw 1 --token dUSD --key-env KEY --yes --network {network}");
        let mut command = desk.command(&line.split(' ').collect::<Vec<_>>());
        said(command.env("KEY", made_up.to_string()).output().unwrap())
    };
    let refused = send("base");
    assert_eq!(refused.code, 1);
    assert!(
        refused.err.contains("is a key of the demo: everybody can make it, so it must not be used on base"),
        "{}",
        refused.err
    );
    assert_eq!(send("local").code, 3, "there it has nothing to withdraw");
}

#[cfg(not(any(feature = "ledger", feature = "aws-kms", feature = "gcp-kms")))]
#[tokio::test]
async fn a_device_that_this_program_was_built_without_is_named_with_its_feature() {
    let desk = Desk::open().await;
    for (wallet, feature) in [
        ("ledger:0", "ledger"),
        ("aws-kms:alias/stoa", "aws-kms"),
        ("gcp-kms:projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1", "gcp-kms"),
    ] {
        let said = desk.says(&format!("vault deposit 1 --token dUSD --wallet {wallet} --yes"));
        let expected =
            format!("needs a stoa that is built with it: cargo build -p stoa-scripts --features {feature}");
        assert!(said.code == 1 && said.err.contains(&expected), "{wallet}: {}", said.err);
    }
}

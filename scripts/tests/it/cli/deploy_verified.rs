//! `stoa deploy verify`, and what is verified before a deployment's file is written.

use alloy::primitives::{Address, B256, keccak256};
use stoa_contracts::{Revenue, Timelock};
use stoa_scripts::{deploy::Deployment, testing::Anvil};

use super::deploy_placed::{Site, json};

#[tokio::test]
async fn verify_finds_what_was_tampered_with() {
    let (site, deployment) = Site::deployed().await;
    let at = |name: &str| deployment.address(name).unwrap();
    let (timelock, revenue) = (at("Timelock"), at("Revenue"));
    let verified = json(&site.says("verify --json"));
    assert_eq!(verified["ok"], true);
    let names: Vec<_> =
        verified["checks"].as_array().unwrap().iter().map(|check| check["what"].clone()).collect();
    assert_eq!(names, ["code", "addresses", "parameters", "powers"]);

    let finds = |problem: String| {
        let said = site.says("verify");
        assert_eq!(said.code, 1, "{}", said.out);
        assert!(said.out.contains(&problem), "{problem}: {}", said.out);
        assert!(said.err.contains("not as"), "{}", said.err);
    };
    let intruder = Address::repeat_byte(0xbe);
    let role = keccak256("EXECUTOR_ROLE");
    site.as_if(timelock, timelock, &Timelock::grantRoleCall { role, account: intruder }).await;
    finds(format!("{intruder} is executor of the Timelock, which the parameters do not say"));
    site.as_if(timelock, timelock, &Timelock::revokeRoleCall { role, account: intruder }).await;
    assert_eq!(site.says("verify").code, 0, "what was taken back is as if it had not been");
    site.as_if(timelock, timelock, &Timelock::grantRoleCall { role: B256::ZERO, account: intruder }).await;
    finds(format!("{intruder} is admin of the Timelock"));
    site.as_if(timelock, timelock, &Timelock::revokeRoleCall { role: B256::ZERO, account: intruder }).await;

    let operator = Anvil::signer(0).address();
    let role = keccak256("PROPOSER_ROLE");
    site.as_if(timelock, timelock, &Timelock::revokeRoleCall { role, account: operator }).await;
    finds(format!("{operator} is not proposer of the Timelock, as it should be"));
    site.as_if(timelock, timelock, &Timelock::grantRoleCall { role, account: operator }).await;

    site.as_if(timelock, revenue, &Revenue::setFeeCall { bps: 499 }).await;
    finds("the protocol fee is 499 bps, the file says 250".to_owned());
    site.as_if(timelock, revenue, &Revenue::setFeeCall { bps: 250 }).await;

    site.as_if(timelock, revenue, &Revenue::setGuardianCall { guardian_: intruder }).await;
    finds(format!("the guardian, who may pause sales, is {intruder}, not nobody"));
    assert_eq!(site.says(&format!("verify --guardian {intruder}")).code, 0);
    site.as_if(timelock, revenue, &Revenue::setGuardianCall { guardian_: Address::ZERO }).await;

    let handed_on = Revenue::transferOwnershipCall { newOwner: intruder };
    site.as_if(timelock, at("Staking"), &handed_on).await;
    finds(format!("Staking is offered to {intruder}, who may become its owner"));
    site.as_if(intruder, at("Staking"), &Revenue::acceptOwnershipCall {}).await;
    finds(format!("Staking is owned by {intruder}, not by the Timelock {timelock}"));

    site.request("anvil_setCode", serde_json::json!([at("Vault"), "0x6001"])).await;
    finds(format!("the code of Vault at {} is not that of the artifact", at("Vault")));
    site.request("anvil_setCode", serde_json::json!([at("Vault"), "0x"])).await;
    finds(format!("Vault is not there: {} has no code", at("Vault")));
}

#[tokio::test]
async fn verify_finds_a_file_that_was_tampered_with() {
    let (site, deployment) = Site::deployed().await;
    let finds = |change: &dyn Fn(&mut Deployment), problem: &str| {
        let mut changed = deployment.clone();
        change(&mut changed);
        changed.write(&site.file()).unwrap();
        let said = site.says("verify");
        assert!(said.code == 1 && said.out.contains(problem), "{problem}: {} {}", said.out, said.err);
    };
    let other = Address::repeat_byte(0xbe);
    finds(
        &|file| file.parameters.weth = other,
        "the Vault's WETH is 0x0000000000000000000000000000000000000000, the file",
    );
    finds(
        &|file| file.parameters.stoa_holder = other,
        "was configured with other parameters than the file's",
    );
    finds(&|file| file.parameters.timelock_delay = 1, "the Timelock's delay is 60 s, the file says 1");
    finds(&|file| file.contracts.retain(|name, _| name != "Market"), "the file names no Market");
    let recorded = "the code of Vault at";
    finds(&|file| file.contracts.get_mut("Vault").unwrap().code_hash = B256::ZERO, recorded);
    finds(
        &|file| file.contracts.get_mut("Vault").unwrap().block = 1,
        "the transaction that placed Vault is not in block 1",
    );
    let market = deployment.contracts["Market"].clone();
    let swapped = |file: &mut Deployment| *file.contracts.get_mut("Vault").unwrap() = market.clone();
    finds(&swapped, "the code of Vault at");

    std::fs::remove_file(site.file()).unwrap();
    let said = site.says("verify");
    assert!(
        said.code == 1 && said.err.contains("does not exist: nothing says what is deployed"),
        "{}",
        said.err
    );
    let elsewhere = Deployment { chain_id: 1, ..deployment };
    elsewhere.write(&site.file()).unwrap();
    let said = site.says("verify");
    assert!(
        said.code == 5 && said.err.contains("is of chain 1, but the endpoint is chain 31337"),
        "{}",
        said.err
    );
}

/// The last thing before the file is written.
#[tokio::test]
async fn no_file_is_written_where_somebody_holds_powers_who_should_not() {
    let (site, deployment) = Site::deployed().await;
    std::fs::remove_file(site.file()).unwrap();
    let (timelock, guardian_) = (deployment.address("Timelock").unwrap(), Address::repeat_byte(0xbe));
    site.as_if(timelock, deployment.address("Revenue").unwrap(), &Revenue::setGuardianCall { guardian_ })
        .await;
    let error = site.place().await.unwrap_err().to_string();
    assert!(error.starts_with("everything is placed, but powers are not as they should be:"), "{error}");
    assert!(
        error.contains(&format!("the guardian, who may pause sales, is {guardian_}, not nobody")),
        "{error}"
    );
    assert!(!site.file().exists());
}

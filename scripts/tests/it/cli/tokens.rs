//! Tokens that are not as the standard has it.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use alloy::{
    network::TransactionBuilder as _,
    primitives::{Address, U256},
    providers::Provider as _,
    rpc::types::TransactionRequest,
};
use serde_json::{Value, json};
use stoa_contracts::StoaToken;
use stoa_scripts::checkout;

use super::Desk;

/// As USDT: nothing is answered, and an allowance changes only from or to zero.
const TETHER: &str = r#"
    contract Token {
        string public symbol = "USDT";
        uint8 public decimals = 6;
        mapping(address => uint256) public balanceOf;
        mapping(address => mapping(address => uint256)) public allowance;
        constructor() { balanceOf[msg.sender] = 1000e6; }
        function approve(address spender, uint256 value) external {
            require(value == 0 || allowance[msg.sender][spender] == 0);
            allowance[msg.sender][spender] = value;
        }
        function transferFrom(address from, address to, uint256 value) external {
            allowance[from][msg.sender] -= value;
            balanceOf[from] -= value;
            balanceOf[to] += value;
        }
        function transfer(address to, uint256 value) external {
            balanceOf[msg.sender] -= value;
            balanceOf[to] += value;
        }
    }"#;

/// The creation code of a contract named Token.
fn compile(source: &str) -> Vec<u8> {
    let input = json!({
        "language": "Solidity",
        "sources": { "Token.sol": { "content": format!("pragma solidity ^0.8.0;{source}") } },
        "settings": { "outputSelection": { "*": { "*": ["evm.bytecode.object"] } } },
    });
    let mut solc = Command::new(checkout::root().join("contracts/bin/solc"))
        .arg("--standard-json")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    solc.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    let output: Value = serde_json::from_slice(&solc.wait_with_output().unwrap().stdout).unwrap();
    let code = &output["contracts"]["Token.sol"]["Token"]["evm"]["bytecode"]["object"];
    alloy::hex::decode(code.as_str().unwrap_or_else(|| panic!("{}", output["errors"]))).unwrap()
}

impl Desk {
    /// Places a contract as wallet demo:N.
    pub(super) async fn place(&self, wallet: usize, code: Vec<u8>) -> Address {
        let transaction = TransactionRequest::default().with_deploy_code(code);
        let sent = self.sender(wallet).send_transaction(transaction).await.unwrap();
        sent.get_receipt().await.unwrap().contract_address.unwrap()
    }
}

#[tokio::test]
async fn an_allowance_that_changes_only_from_zero_is_taken_back_first() {
    let desk = Desk::open().await;
    let tether = desk.place(5, compile(TETHER)).await;
    let token = StoaToken::new(tether, desk.sender(5));
    token.approve(desk.at("Vault"), U256::from(7)).send().await.unwrap().get_receipt().await.unwrap();
    let sent = desk.does(5, &format!("vault deposit 12.5 --token {tether}"));
    assert_eq!(sent.as_array().unwrap().len(), 3, "no allowance, the allowance, the deposit");
    let held = desk.asks(&format!("vault show {} --token {tether}", desk.address(5)));
    assert_eq!((&held["vault"], &held["wallet"]), (&"12500000".into(), &"987500000".into()));
    // From zero there is nothing to take back.
    let sent = desk.does(5, &format!("vault deposit 1 --token {tether}"));
    assert_eq!(sent.as_array().unwrap().len(), 2);
}

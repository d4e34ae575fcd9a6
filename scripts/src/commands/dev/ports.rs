//! Which ports are used, and whether they are free.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::bail;

/// All on 127.0.0.1.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Ports {
    /// Port of the web app and the REST API.
    #[arg(long, default_value_t = 8080)]
    pub(super) port: u16,
    /// Port of the chain's JSON-RPC.
    #[arg(long, default_value_t = 8545)]
    pub(super) chain_port: u16,
    /// Port of PostgreSQL.
    #[arg(long, default_value_t = 5433)]
    pub(super) database_port: u16,
    /// Port of the indexer's /status.
    #[arg(long, default_value_t = 8081)]
    pub(super) indexer_port: u16,
}

impl Ports {
    /// Fails with the first port that something else listens on.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        let all = [
            (self.port, "the web app", "--port"),
            (self.chain_port, "the chain", "--chain-port"),
            (self.database_port, "PostgreSQL", "--database-port"),
            (self.indexer_port, "the indexer", "--indexer-port"),
        ];
        for (n, (port, user, option)) in all.iter().enumerate() {
            if let Some((_, other, _)) = all[..n].iter().find(|(taken, ..)| taken == port) {
                bail!("{other} and {user} cannot share port {port}: choose another with {option}");
            }
            if TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_err() {
                bail!("port {port} for {user} is taken: stop what uses it, or choose another with {option}");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_named_with_its_user_and_option() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let free = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let ports = Ports { port: free(), chain_port: port, database_port: free(), indexer_port: free() };
        let expected = format!(
            "port {port} for the chain is taken: stop what uses it, or choose another with --chain-port"
        );
        assert_eq!(ports.check().unwrap_err().to_string(), expected);

        let ports = Ports { chain_port: ports.port, ..ports };
        let error = ports.check().unwrap_err().to_string();
        assert!(error.starts_with("the web app and the chain cannot share port"), "{error}");
    }
}

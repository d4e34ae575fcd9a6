import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTopic } from '../../api/live';
import { accountQuery, ownListingsQuery, stakingQuery, statusQuery } from '../../api/queries';
import type { ChainAccount, ChainStaking, ChainStatus } from '../../api/types';
import { KindTile, StatusBadge } from '../../components/Badge';
import { Button } from '../../components/Form';
import { ErrorNotice, Notice } from '../../components/Notice';
import { Section } from '../../components/Section';
import { Skeleton } from '../../components/Skeleton';
import { Account, Count } from '../../components/Value';
import { displayName } from '../../lib/kinds';
import { askForWallet, useWallet } from '../../wallet/store';
import { AccountPurchases } from '../account/AccountPurchases';
import { Exports } from '../account/Exports';
import { Powers } from '../account/Powers';
import { Spendings } from '../account/Spendings';
import { OwnPasses } from './OwnPasses';
import { OwnShares } from './OwnShares';
import styles from './PortfolioPage.module.css';
import { Stake } from './Stake';
import { VaultPanel } from './VaultPanel';

export function PortfolioPage() {
  const { account, status } = useWallet();
  return (
    <>
      <title>Portfolio · Stoa</title>
      <header className={styles.header}>
        <h1 className={styles.heading}>Portfolio</h1>
        {account !== null && (
          <p className={styles.who}>
            <Account value={account} label="your address" />
          </p>
        )}
      </header>
      {account === null && (
        <Notice
          title={status === 'connecting' ? 'Asking your wallet…' : 'Connect a wallet to see what is yours'}
          action={
            <Button look="solid" onClick={() => askForWallet()}>
              Connect a wallet
            </Button>
          }
        >
          Passes, vault balance, revenue shares and staked STOA, with all that can be done with them.
        </Notice>
      )}
      {account !== null && <Loaded key={account} account={account} />}
    </>
  );
}

function Loaded({ account }: { account: string }) {
  useTopic(`account:${account.toLowerCase()}`);
  const position = useQuery(accountQuery(account));
  const status = useQuery(statusQuery());
  const staking = useQuery(stakingQuery());
  const error = position.error ?? status.error ?? staking.error;
  if (position.data === undefined || status.data === undefined || staking.data === undefined) {
    if (error !== null) return <ErrorNotice error={error} what="Your portfolio" retry={() => void position.refetch()} />;
    return <Skeleton height={420} />;
  }
  return (
    <>
      {position.data.chains.map((mine) => {
        const chain = status.data.data.chains.find(({ chain_id }) => chain_id === mine.chain_id);
        const stakes = staking.data.chains.find(({ chain_id }) => chain_id === mine.chain_id);
        if (chain === undefined) return null;
        return <Chain key={mine.chain_id} mine={mine} chain={chain} stakes={stakes} account={account} />;
      })}
      <History account={account} />
    </>
  );
}

interface ChainProps {
  mine: ChainAccount;
  chain: ChainStatus;
  stakes: ChainStaking | undefined;
  account: string;
}

function Chain({ mine, chain, stakes, account }: ChainProps) {
  return (
    <div className={styles.columns} data-testid="portfolio">
      <div className={styles.main}>
        <OwnPasses passes={mine.passes} />
        <OwnShares holdings={mine.shares} chain={chain} />
        <OwnListings account={account} chainId={chain.chain_id} />
      </div>
      <div className={styles.side}>
        <VaultPanel mine={mine} chain={chain} />
        {stakes !== undefined && <Stake lock={mine.lock} stakes={stakes} chain={chain} />}
        <Powers chain={mine} />
      </div>
    </div>
  );
}

function OwnListings({ account, chainId }: { account: string; chainId: number }) {
  const { data = [] } = useQuery(ownListingsQuery(account));
  const own = data.filter(({ chain_id }) => chain_id === chainId);
  return (
    <Section title="Your listings" note={<Link to="/sell">List something</Link>}>
      {own.length === 0 && <p className={styles.empty}>You own no listing.</p>}
      <ul>
        {own.map((listing) => (
          <li key={listing.id} className={styles.listing}>
            <KindTile kind={listing.kind} />
            <span className={styles.name}>
              <Link to="/listings/$listingId" params={{ listingId: listing.id }}>
                <bdi>{displayName(listing)}</bdi>
              </Link>
              <span className={styles.terms}>
                {listing.id} · <Count value={listing.sales} /> sales
              </span>
            </span>
            {listing.status !== 'active' && <StatusBadge status={listing.status} />}
            <Link to="/listings/$listingId/manage" params={{ listingId: listing.id }} className={styles.link}>
              Manage
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function History({ account }: { account: string }) {
  return (
    <div className={styles.history}>
      <AccountPurchases address={account} />
      <Spendings address={account} />
      <Exports address={account} />
    </div>
  );
}

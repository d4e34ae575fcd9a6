import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { ProblemError } from '../../api/client';
import { accountQuery } from '../../api/queries';
import type { AccountAnswer, ChainAccount } from '../../api/types';
import { CopyButton } from '../../components/CopyButton';
import { ErrorNotice, Notice } from '../../components/Notice';
import { Section } from '../../components/Section';
import { Skeleton } from '../../components/Skeleton';
import { Amount, Count } from '../../components/Value';
import { shortHex } from '../../lib/amount';
import styles from './AccountPage.module.css';
import { Exports } from './Exports';
import { Holdings } from './Holdings';
import { LockPanel } from './LockPanel';
import { Passes } from './Passes';
import { Powers } from './Powers';
import { Spendings } from './Spendings';
import { AccountPurchases } from './AccountPurchases';

export function AccountPage() {
  const { address } = useParams({ from: '/accounts/$address' });
  return <Loaded key={address} address={address} />;
}

function Loaded({ address }: { address: string }) {
  const { data, error, refetch } = useQuery(accountQuery(address));
  if (data !== undefined) return <Content account={data} />;
  if (error instanceof ProblemError && error.status < 500) {
    return (
      <Notice page title="This is no account" action={<Link to="/">All listings</Link>}>
        {error.message}
      </Notice>
    );
  }
  if (error) return <ErrorNotice page error={error} what="The account" retry={() => void refetch()} />;
  return (
    <div aria-busy="true" aria-label="Loading the account" className={styles.waiting}>
      <Skeleton width="min(480px, 90%)" height={40} />
      <Skeleton height={180} />
      <Skeleton height={240} />
    </div>
  );
}

function Content({ account }: { account: AccountAnswer['data'] }) {
  const several = account.chains.length > 1;
  return (
    <article>
      <title>{`${shortHex(account.address)} · Stoa`}</title>
      <header className={styles.header}>
        <h1 className={styles.heading}>Account</h1>
        <p className={styles.address} data-testid="account-address">
          <code>{account.address}</code>
          <CopyButton text={account.address} label="account's address" />
        </p>
        <Exports address={account.address} />
      </header>
      {account.chains.map((chain) => (
        <Chain key={chain.chain_id} chain={chain} heading={several} />
      ))}
      <AccountPurchases address={account.address} />
      <Spendings address={account.address} />
    </article>
  );
}

function Chain({ chain, heading }: { chain: ChainAccount; heading: boolean }) {
  return (
    <div className={styles.chain}>
      <p className={styles.counters}>
        {heading && <span className={styles.name}>Chain {chain.chain_id}</span>}
        <span>
          <Count value={chain.purchases} /> {chain.purchases === '1' ? 'purchase' : 'purchases'}
        </span>
        <span>
          <Count value={chain.listings} /> {chain.listings === '1' ? 'listing' : 'listings'} created
        </span>
      </p>
      <div className={styles.columns}>
        <div className={styles.main}>
          <Passes passes={chain.passes} />
          <Holdings holdings={chain.shares} />
        </div>
        <aside className={styles.side}>
          <Balances chain={chain} />
          <LockPanel lock={chain.lock} />
          <Powers chain={chain} />
        </aside>
      </div>
    </div>
  );
}

function Balances({ chain }: { chain: ChainAccount }) {
  return (
    <Section title="Vault balance">
      {chain.balances.length === 0 && <p className={styles.empty}>Nothing lies in the Vault for this account.</p>}
      <ul>
        {chain.balances.map((balance) => (
          <li key={balance.token.address} className={styles.balance} data-testid="balance">
            <Amount base={balance.amount} token={balance.token} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

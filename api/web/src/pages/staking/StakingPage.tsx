import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { stakingQuery } from '../../api/queries';
import type { ChainStaking } from '../../api/types';
import { ErrorNotice } from '../../components/Notice';
import { Section } from '../../components/Section';
import { Skeleton } from '../../components/Skeleton';
import { Amount, Count, Quantity } from '../../components/Value';
import styles from './StakingPage.module.css';

export function StakingPage() {
  return (
    <>
      <title>Staking · Stoa</title>
      <header className={styles.header}>
        <h1 className={styles.heading}>Staking</h1>
        <p className={styles.lead}>Locked STOA shares the protocol’s fees, by score and until each lock ends.{' '}
          <Link to="/portfolio">Lock yours in your portfolio.</Link></p>
      </header>
      <Loaded />
    </>
  );
}

function Loaded() {
  const { data, error, refetch } = useQuery(stakingQuery());
  if (data === undefined && error) {
    return <ErrorNotice error={error} what="Staking" retry={() => void refetch()} />;
  }
  if (data === undefined) return <Skeleton height={240} />;
  const several = data.chains.length > 1;
  return data.chains.map((chain) => <Chain key={chain.chain_id} chain={chain} heading={several} />);
}

function Chain({ chain, heading }: { chain: ChainStaking; heading: boolean }) {
  return (
    <div className={styles.chain} data-testid="staking">
      {heading && <p className={styles.name}>Chain {chain.chain_id}</p>}
      <dl className={styles.totals}>
        <div>
          <dt>Active score</dt>
          <dd>
            <Quantity base={chain.score} unit="" digits={2} />
          </dd>
        </div>
        <div>
          <dt>Active locks</dt>
          <dd>
            <Count value={chain.locks} />
          </dd>
        </div>
      </dl>
      <div className={styles.columns}>
        <Fees chain={chain} />
        <Tiers chain={chain} />
      </div>
    </div>
  );
}

function Fees({ chain }: { chain: ChainStaking }) {
  return (
    <Section title="Fees">
      {chain.tokens.length === 0 && <p className={styles.empty}>No token’s fees are shared yet.</p>}
      {chain.tokens.map((token) => (
        <dl key={token.token.address} className={styles.facts}>
          <dt>Distributed</dt>
          <dd>
            <Amount base={token.distributed} token={token.token} />
          </dd>
          <dt>Claimed</dt>
          <dd>
            <Amount base={token.claimed} token={token.token} />
          </dd>
        </dl>
      ))}
    </Section>
  );
}

function Tiers({ chain }: { chain: ChainStaking }) {
  return (
    <Section title="Tiers" note="score from">
      {chain.tiers.length === 0 && <p className={styles.empty}>This chain has no tiers.</p>}
      {chain.tiers.length > 0 && (
        <dl className={styles.facts}>
          {chain.tiers.map((tier) => (
            <div key={tier.tier} className={styles.tier}>
              <dt>Tier {tier.tier}</dt>
              <dd>
                <Count value={tier.score} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </Section>
  );
}

import { Link } from '@tanstack/react-router';
import type { ChainStatus, Holding } from '../../api/types';
import { Claims } from '../../components/Claims';
import { Do } from '../../components/Do';
import { Section } from '../../components/Section';
import { Amount } from '../../components/Value';
import { formatBps } from '../../lib/amount';
import { partBps, shareToken } from '../../lib/shares';
import type { Hex } from '../../wallet/store';
import styles from './PortfolioPage.module.css';

/** Revenue shares, what they have earned, and the button that gets it. */
export function OwnShares({ holdings, chain }: { holdings: Holding[]; chain: ChainStatus }) {
  return (
    <Section title="Revenue shares">
      {holdings.length === 0 && <p className={styles.empty}>You hold no shares of a listing’s revenue.</p>}
      <ul>
        {holdings.map((holding) => (
          <li key={holding.share} className={styles.row} data-testid="own-holding">
            <div className={styles.top}>
              <Link to="/listings/$listingId" params={{ listingId: holding.listing }}>
                <bdi>{holding.name}</bdi>
              </Link>
              <span>
                <Amount base={holding.amount} token={shareToken(holding)} digits={4} />{' '}
                <span className={styles.terms}>{formatBps(partBps(holding.amount, holding.supply))}</span>
              </span>
            </div>
            <Claims items={holding.claimable} beside={({ token }) => claimButton(holding, token.address, chain)} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function claimButton(holding: Holding, token: string, chain: ChainStatus) {
  const steps = async () => {
    const { calls } = await import('../../wallet/orders');
    return [{ title: `Claim what ${holding.symbol} earned`, to: holding.share as Hex, data: calls.claimShare(token as Hex), about: '/portfolio' }];
  };
  return <Do label="Claim" chainId={chain.chain_id} testId="claim-shares" steps={steps} />;
}

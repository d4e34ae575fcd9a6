import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { ChainStatus, Holding } from '../../api/types';
import { Claims } from '../../components/Claims';
import { Do } from '../../components/Do';
import { Button } from '../../components/Form';
import { Section } from '../../components/Section';
import { Amount } from '../../components/Value';
import { formatBps } from '../../lib/amount';
import { partBps, shareToken } from '../../lib/shares';
import type { Hex } from '../../wallet/store';
import styles from './PortfolioPage.module.css';

const OfferShares = lazy(() => import('./OfferShares'));

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
            <Offer holding={holding} chain={chain} />
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

function Offer({ holding, chain }: { holding: Holding; chain: ChainStatus }) {
  const [open, setOpen] = useState(false);
  if (/^0+$/.test(holding.amount)) return null;
  return (
    <div className={styles.buttons}>
      <Button small look="quiet" data-testid="offer" onClick={() => setOpen(true)}>
        Offer some for sale
      </Button>
      {open && (
        <Suspense fallback={null}>
          <OfferShares holding={holding} chain={chain} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </div>
  );
}

import { Link } from '@tanstack/react-router';
import type { Holding } from '../../api/types';
import { Claims } from '../../components/Claims';
import { Section } from '../../components/Section';
import { Amount } from '../../components/Value';
import { formatBps } from '../../lib/amount';
import { partBps, shareToken } from '../../lib/shares';
import styles from './AccountPage.module.css';

/** Revenue shares, and what they have earned for the account. */
export function Holdings({ holdings }: { holdings: Holding[] }) {
  return (
    <Section title="Revenue shares">
      {holdings.length === 0 && <p className={styles.empty}>It holds no shares of a listing’s revenue.</p>}
      <ul>
        {holdings.map((holding) => (
          <li key={holding.share} className={styles.row} data-testid="holding">
            <p className={styles.top}>
              <Link to="/listings/$listingId" params={{ listingId: holding.listing }}>
                <bdi>{holding.name}</bdi>
              </Link>
              <Amount base={holding.amount} token={shareToken(holding)} digits={4} />
            </p>
            <p className={styles.terms}>
              {formatBps(partBps(holding.amount, holding.supply))} of all · listing {holding.listing}
            </p>
            <Claims items={holding.claimable} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

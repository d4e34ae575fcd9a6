import type { Listing } from '../../api/types';
import { Section } from '../../components/Section';
import { Amount, Count } from '../../components/Value';
import styles from './Revenue.module.css';

/** Earned so far, one block per token: amounts in different tokens are never added. */
export function Revenue({ listing }: { listing: Listing }) {
  if (listing.revenue.length === 0) return null;
  return (
    <Section title="Revenue">
      {listing.revenue.map((revenue) => (
        <dl key={revenue.token.address} className={styles.facts}>
          {revenue.sales !== '0' && (
            <>
              <dt>Gross</dt>
              <dd>
                <Amount base={revenue.gross} token={revenue.token} />
              </dd>
              <dt>Protocol fee</dt>
              <dd>
                <Amount base={revenue.fee} token={revenue.token} />
              </dd>
              <dt className={styles.net}>Net</dt>
              <dd className={styles.net}>
                <Amount base={revenue.net} token={revenue.token} />
              </dd>
              <dt>Sales</dt>
              <dd>
                <Count value={revenue.sales} />
              </dd>
            </>
          )}
          {revenue.payments !== '0' && (
            <>
              <dt title="Paid to the listing without a sale, and without a fee">Paid directly</dt>
              <dd data-testid="paid-directly">
                <Amount base={revenue.paid} token={revenue.token} />
                {revenue.payments !== '1' && (
                  <>
                    {' in '}
                    <Count value={revenue.payments} />
                  </>
                )}
              </dd>
            </>
          )}
        </dl>
      ))}
    </Section>
  );
}

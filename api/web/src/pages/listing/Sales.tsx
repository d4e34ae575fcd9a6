import { useState } from 'react';
import type { Listing } from '../../api/types';
import { Section } from '../../components/Section';
import { tokenLabel } from '../../lib/amount';
import { Charts } from '../market/MarketPage';
import { RANGES, type Range } from '../market/search';
import styles from './Sales.module.css';

const LABEL: Record<Range, string> = { day: '24 h', week: '7 d', month: '30 d', quarter: '90 d', year: '1 y' };

/** What was sold over time, in the token of most sales. */
export default function Sales({ listing }: { listing: Listing }) {
  const [range, setRange] = useState<Range>('month');
  const token = listing.revenue.find(({ sales }) => sales !== '0')?.token;
  if (token === undefined) return null;
  return (
    <Section title="Sales over time" note={tokenLabel(token)}>
      <div className={styles.sales}>
        <div className={styles.ranges}>
          {RANGES.map((each) => (
            <button key={each} type="button" className={styles.range} aria-pressed={each === range} onClick={() => setRange(each)}>
              {LABEL[each]}
            </button>
          ))}
        </div>
        <Charts search={{ range }} chain={listing.chain_id} token={token} listing={listing.id} />
      </div>
    </Section>
  );
}

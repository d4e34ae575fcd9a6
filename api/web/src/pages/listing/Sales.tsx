import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { RETENTION_MONTHS, retentionQuery } from '../../api/queries';
import type { Listing } from '../../api/types';
import { Chart } from '../../components/Chart';
import { Section } from '../../components/Section';
import { tokenLabel } from '../../lib/amount';
import { useNow } from '../../lib/clock';
import { stretches, stretchStart } from '../../lib/series';
import { Charts } from '../market/Charts';
import { RANGES, type Range } from '../market/search';
import styles from './Sales.module.css';

const LABEL: Record<Range, string> = { day: '24 h', week: '7 d', month: '30 d', quarter: '90 d', year: '1 y' };

/** What was sold over time, in the token of most sales. */
export default function Sales({ listing }: { listing: Listing }) {
  const [range, setRange] = useState<Range>('month');
  const search = useMemo(() => ({ range }), [range]);
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
        <Charts search={search} chain={listing.chain_id} token={token} listing={listing.id} />
        <Buyers id={listing.id} />
      </div>
    </Section>
  );
}

const YEAR = 31_536_000_000;

/** Who paid in each month: a buyer counts once a month, so months cannot be added. */
function Buyers({ id }: { id: string }) {
  const { data } = useQuery(retentionQuery(id));
  const thisMonth = stretchStart(useNow(), 'month');
  const chart = useMemo(() => {
    const found = new Map((data ?? []).map(({ month, buyers }) => [Date.parse(month), BigInt(buyers)]));
    const until = Math.max(thisMonth, ...found.keys());
    const starts = stretches(until - YEAR, until, 'month').slice(-RETENTION_MONTHS);
    return { starts, values: starts.map((start) => found.get(start) ?? 0n) };
  }, [data, thisMonth]);
  if (data === undefined || data.length === 0) return null;
  return <Chart title="Buyers, per month" data={chart} interval="month" token={null} unit="buyers" sum={false} />;
}

import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { seriesQuery } from '../../api/queries';
import type { Listing, Token } from '../../api/types';
import { Chart } from '../../components/Chart';
import { tokenLabel } from '../../lib/amount';
import { useNow } from '../../lib/clock';
import { displayName } from '../../lib/kinds';
import { intervalFor } from '../../lib/series';
import { iso, spread } from '../market/Charts';
import { type Range, span } from '../market/search';
import styles from './ComparePage.module.css';

/** What each was paid over the same time, drawn to one measure. */
export function ComparedCharts({ listings, range, token }: { listings: Listing[]; range: Range; token: Token }) {
  const minute = Math.floor(useNow() / 60_000) * 60_000;
  const time = useMemo(() => span({ range }, minute), [range, minute]);
  const interval = intervalFor(time.from, time.until);
  const rows = useQueries({
    queries: listings.map(({ id, chain_id }) =>
      seriesQuery({ chain: String(chain_id), interval, from: iso(time.from), until: iso(time.until), listing: id, token: token.address }),
    ),
    combine: (answers) => answers.map(({ data }) => data ?? []),
  });
  const charts = useMemo(() => rows.map((found) => spread(found, time, interval, ({ amount }) => BigInt(amount))), [rows, time, interval]);
  const most = charts.flatMap(({ values }) => values).reduce((top, value) => (value > top ? value : top), 0n);
  return (
    <div className={styles.grid}>
      {listings.map((listing, at) => {
        const data = charts[at];
        if (data === undefined) return null;
        return <Chart key={listing.id} title={`${displayName(listing)}, ${tokenLabel(token)} per ${interval}`} data={data} interval={interval} token={token} unit="" most={most} />;
      })}
    </div>
  );
}

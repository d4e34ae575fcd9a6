import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { seriesQuery } from '../../api/queries';
import type { Stretch, Token } from '../../api/types';
import { Chart, type ChartData } from '../../components/Chart';
import { ErrorNotice } from '../../components/Notice';
import { tokenLabel } from '../../lib/amount';
import { useNow } from '../../lib/clock';
import { intervalFor, stretches, type Interval } from '../../lib/series';
import styles from './MarketPage.module.css';
import { type MarketSearch, span } from './search';

/** As the API reads times. */
export function iso(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** One value for each stretch, those without sales included. */
export function spread(rows: readonly Stretch[], range: { from: number; until: number }, interval: Interval, read: (row: Stretch) => bigint): ChartData {
  const found = new Map<number, bigint>();
  for (const row of rows) {
    const start = Date.parse(row.start);
    found.set(start, (found.get(start) ?? 0n) + read(row));
  }
  const starts = stretches(range.from, range.until, interval);
  return { starts, values: starts.map((start) => found.get(start) ?? 0n) };
}

interface ChartsProps {
  search: MarketSearch;
  chain: number;
  token: Token;
  /** Of this listing alone. */
  listing?: string;
}

/** What was paid in a token, and how many sales there were, over time. */
export function Charts({ search, chain, token, listing }: ChartsProps) {
  const minute = Math.floor(useNow() / 60_000) * 60_000;
  const range = useMemo(() => span(search, minute), [search, minute]);
  const interval = intervalFor(range.from, range.until);
  const { data, error, refetch } = useQuery(
    seriesQuery({
      chain: String(chain),
      interval,
      from: iso(range.from),
      until: iso(range.until),
      ...(search.kind && { kind: search.kind }),
      ...(listing !== undefined && { listing }),
    }),
  );
  const own = useMemo(() => (data ?? []).filter((row) => row.token.address === token.address), [data, token.address]);
  const amounts = useMemo(() => spread(own, range, interval, (row) => BigInt(row.amount)), [own, range, interval]);
  const sales = useMemo(() => spread(data ?? [], range, interval, (row) => BigInt(row.sales)), [data, range, interval]);
  if (data === undefined && error) return <ErrorNotice error={error} what="The charts" retry={() => void refetch()} />;
  const csv = `/v1/export/sale_hours.csv?chain=${chain}`;
  return (
    <div className={styles.charts}>
      <Chart title={`Paid in ${tokenLabel(token)}, per ${interval}`} data={amounts} interval={interval} token={token} unit="" download={csv} />
      <Chart title={`Sales in any token, per ${interval}`} data={sales} interval={interval} token={null} unit="sales" download={csv} />
    </div>
  );
}

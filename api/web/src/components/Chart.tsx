import { lazy, Suspense } from 'react';
import type { TokenLike } from '../lib/amount';
import { formatAmount, groupDigits, tokenLabel } from '../lib/amount';
import type { Interval } from '../lib/series';
import styles from './Chart.module.css';

/** A drawing that cannot be loaded takes nothing else with it: the figures stand below as text. */
const Plot = lazy(() => import('./Plot').catch(() => ({ default: NoPlot })));

function NoPlot() {
  return <p>It could not be drawn here; the figures are below.</p>;
}

export interface ChartData {
  /** Beginnings of the stretches, in milliseconds. */
  starts: number[];
  /** One whole number for each, in base units where there is a token. */
  values: bigint[];
}

interface ChartProps {
  title: string;
  data: ChartData;
  interval: Interval;
  /** What the values count: a token's base units, or things. */
  token: TokenLike | null;
  unit: string;
  /** Where the rows behind the chart are to be had. */
  download?: string;
}

const LABEL: Record<Interval, Intl.DateTimeFormatOptions> = {
  hour: { dateStyle: 'medium', timeStyle: 'short' },
  day: { dateStyle: 'medium' },
  week: { dateStyle: 'medium' },
  month: { year: 'numeric', month: 'long' },
};

export function stretchLabel(start: number, interval: Interval): string {
  const text = new Intl.DateTimeFormat('en-GB', { ...LABEL[interval], timeZone: 'UTC' }).format(start);
  return interval === 'week' ? `week of ${text}` : text;
}

export function valueText(value: bigint, token: TokenLike | null, unit: string): string {
  if (token === null) return `${groupDigits(value.toString())} ${unit}`;
  return `${formatAmount(value.toString(), token.decimals ?? 0).text} ${tokenLabel(token)}`;
}

/** Bars over time from zero, with the same figures as a table. */
export function Chart({ title, data, interval, token, unit, download }: ChartProps) {
  const total = data.values.reduce((sum, value) => sum + value, 0n);
  return (
    <figure className={styles.figure}>
      <figcaption className={styles.caption}>
        <span className={styles.title}>{title}</span>
        <span className={styles.total}>{valueText(total, token, unit)}</span>
      </figcaption>
      {/* A canvas draws it: there is no tag for that. */}
      {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role */}
      <div className={styles.plot} role="img" aria-label={`${title}: ${valueText(total, token, unit)} in all. The figures are in the table below.`}>
        <Suspense fallback={null}>
          <Plot data={data} interval={interval} token={token} unit={unit} />
        </Suspense>
      </div>
      <div className={styles.below}>
        <details className={styles.details}>
          <summary>Figures</summary>
          {/* What scrolls must be reachable by keyboard. */}
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <section className={styles.scroll} tabIndex={0} aria-label={`${title}, figures`}>
            <table>
              <thead>
                <tr>
                  <th scope="col">From (UTC)</th>
                  <th scope="col">{token === null ? unit : tokenLabel(token)}</th>
                </tr>
              </thead>
              <tbody>
                {data.starts.map((start, at) => (
                  <tr key={start}>
                    <th scope="row">{stretchLabel(start, interval)}</th>
                    <td>{valueText(data.values[at] ?? 0n, token, '').trim()}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </details>
        {download && (
          <a href={download} download className={styles.download}>
            CSV
          </a>
        )}
      </div>
    </figure>
  );
}

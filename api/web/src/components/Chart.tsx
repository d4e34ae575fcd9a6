import { lazy, Suspense } from 'react';
import type { TokenLike } from '../lib/amount';
import { formatAmount, groupDigits, tokenLabel } from '../lib/amount';
import { saveText, toCsv } from '../lib/csv';
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
  /** False where the values of different stretches cannot be added, such as buyers: some come again. */
  sum?: boolean;
  /** The axis goes as far at least, so that charts side by side have one measure. */
  most?: bigint;
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

/** The chart's own figures, in whole units as they are shown. */
function save({ title, data, token, unit }: ChartProps): void {
  const rows = data.starts.map((start, at) => [
    new Date(start).toISOString(),
    token === null ? (data.values[at] ?? 0n) : formatAmount((data.values[at] ?? 0n).toString(), token.decimals ?? 0).exact.replaceAll(',', ''),
  ]);
  saveText(`${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.csv`, toCsv(['from_utc', token === null ? unit : tokenLabel(token)], rows));
}

/** Bars over time from zero, with the same figures as a table. */
export function Chart(props: ChartProps) {
  const { title, data, interval, token, unit, download, sum = true, most = 0n } = props;
  const total = data.values.reduce((all, value) => all + value, 0n);
  const words = sum ? `: ${valueText(total, token, unit)} in all` : '';
  return (
    <figure className={styles.figure}>
      <figcaption className={styles.caption}>
        <span className={styles.title}>{title}</span>
        {sum && <span className={styles.total}>{valueText(total, token, unit)}</span>}
      </figcaption>
      {/* A canvas draws it: there is no tag for that. */}
      {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role */}
      <div className={styles.plot} role="img" aria-label={`${title}${words}. The figures are in the table below.`}>
        <Suspense fallback={null}>
          <Plot data={data} interval={interval} token={token} unit={unit} most={most} />
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
        <span className={styles.downloads}>
          <button type="button" className={styles.download} onClick={() => save(props)} aria-label={`Save “${title}” as CSV`}>
            CSV
          </button>
          {download && (
            <a href={download} download className={styles.download}>
              all rows
            </a>
          )}
        </span>
      </div>
    </figure>
  );
}

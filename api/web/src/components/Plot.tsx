import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { TokenLike } from '../lib/amount';
import type { Interval } from '../lib/series';
import { useTheme } from '../lib/theme';
import { type ChartData, stretchLabel, valueText } from './Chart';
import styles from './Chart.module.css';

interface PlotProps {
  data: ChartData;
  interval: Interval;
  token: TokenLike | null;
  unit: string;
  most: bigint;
}

/** Custom properties hold formulas; only a computed colour is one that a canvas understands. */
function colour(name: string, near: HTMLElement): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  near.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

/** Times at the axis, in UTC as the stretches are. */
const TICK: Record<Interval, Intl.DateTimeFormat> = {
  hour: new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' }),
  day: new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }),
  week: new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }),
  month: new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' }),
};

const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

/** The drawing alone. Heights of bars are numbers: a pixel needs no exact amount, texts come from the exact ones. */
export default function Plot(props: PlotProps) {
  // Colours are read when it is drawn, so another theme is another drawing.
  return <Drawing key={useTheme()} {...props} />;
}

function Drawing({ data, interval, token, unit, most: least }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<{ index: number; left: number } | null>(null);
  useEffect(() => {
    const box = place.current;
    if (box === null) return;
    const [line, text, brand] = [colour('--line', box), colour('--text-3', box), colour('--brand-solid', box)];
    // The first and the last bar need room as the others do.
    const half = data.starts.length > 1 ? ((data.starts[1] ?? 0) - (data.starts[0] ?? 0)) / 2000 : 1800;
    const scale = 10 ** (token?.decimals ?? 0);
    const floor = Number(least) / scale;
    const axis = { stroke: text, font: '12px Geist Variable, sans-serif', ticks: { show: false }, grid: { stroke: line, width: 1 } };
    const options: uPlot.Options = {
      width: box.clientWidth,
      height: 220,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'UTC'),
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      scales: { x: { range: (_, first, last) => [first - half, last + half] }, y: { range: (_, __, most) => [0, Math.max(most, floor) > 0 ? Math.max(most, floor) * 1.08 : 1] } },
      axes: [
        { ...axis, grid: { show: false }, space: 64, size: 28, values: (_, splits) => splits.map((seconds) => TICK[interval].format(seconds * 1000)) },
        { ...axis, size: 52, values: (_, splits) => splits.map((value) => COMPACT.format(value)) },
      ],
      series: [{}, { fill: brand, stroke: brand, width: 0, points: { show: false }, ...(uPlot.paths.bars && { paths: uPlot.paths.bars({ size: [0.7, 48] }) }) }],
      hooks: {
        setCursor: [
          (plot) => {
            const { idx, left } = plot.cursor;
            setAt(idx == null || left === undefined || left < 0 ? null : { index: idx, left: Math.min(left + 60, box.clientWidth - 180) });
          },
        ],
      },
    };
    const values = data.values.map((value) => Number(value) / scale);
    const plot = new uPlot(options, [data.starts.map((start) => start / 1000), values], box);
    const watch = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: 220 }));
    watch.observe(box);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [data, interval, token?.decimals, least]);
  const start = at === null ? undefined : data.starts[at.index];
  return (
    <>
      <div ref={place} />
      {at !== null && start !== undefined && (
        <span className={styles.tip} style={{ left: at.left }}>
          {stretchLabel(start, interval)}: {valueText(data.values[at.index] ?? 0n, token, unit)}
        </span>
      )}
    </>
  );
}

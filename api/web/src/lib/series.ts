export type Interval = 'hour' | 'day' | 'week' | 'month';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** When the stretch that holds `time` begins, in milliseconds: UTC, weeks from Monday. As the API counts. */
export function stretchStart(time: number, interval: Interval): number {
  const date = new Date(time);
  switch (interval) {
    case 'hour':
      return Math.floor(time / HOUR) * HOUR;
    case 'day':
      return Math.floor(time / DAY) * DAY;
    case 'week':
      // The first of January 1970 was a Thursday.
      return Math.floor((time / DAY + 3) / 7) * 7 * DAY - 3 * DAY;
    case 'month':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
  }
}

export function nextStretch(start: number, interval: Interval): number {
  const date = new Date(start);
  switch (interval) {
    case 'hour':
      return start + HOUR;
    case 'day':
      return start + DAY;
    case 'week':
      return start + 7 * DAY;
    case 'month':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
  }
}

/** Every stretch of the range, also those in which nothing happened: a gap in a chart would lie. */
export function stretches(from: number, until: number, interval: Interval): number[] {
  const starts: number[] = [];
  for (let at = stretchStart(from, interval); at <= until && starts.length < 2000; at = nextStretch(at, interval)) starts.push(at);
  return starts;
}

/** How long stretches should be, so that a range has enough of them to see something and not too many to read. */
export function intervalFor(from: number, until: number): Interval {
  const days = (until - from) / DAY;
  if (days <= 4) return 'hour';
  if (days <= 120) return 'day';
  return days <= 900 ? 'week' : 'month';
}

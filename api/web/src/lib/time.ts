const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago `time` (RFC 3339) was at `now` (milliseconds), short enough for a table cell. */
export function age(time: string, now: number): string {
  const then = Date.parse(time);
  if (Number.isNaN(then)) return '–';
  // A chain's clock may run ahead of this device's; a block is never "in 3 s".
  const seconds = Math.max(0, Math.floor((now - then) / 1000));
  if (seconds < MINUTE) return `${seconds}s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)}m`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)}h`;
  if (seconds < 365 * DAY) return `${Math.floor(seconds / DAY)}d`;
  return `${Math.floor(seconds / (365 * DAY))}y`;
}

const FULL = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const DAY_ONLY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });

/** Date and time in the reader's zone, for tooltips; the input itself when it is not a time. */
export function fullTime(time: string): string {
  const then = Date.parse(time);
  return Number.isNaN(then) ? time : FULL.format(then);
}

export function day(time: string): string {
  const then = Date.parse(time);
  return Number.isNaN(then) ? time : DAY_ONLY.format(then);
}

const UNITS = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
  ['second', 1],
] as const;

/** A length in whole days, hours, minutes or seconds, whichever is the longest that is exact: "30 days". */
export function formatPeriod(seconds: number): string {
  const { count, unit } = period(seconds);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** How a price is said for each such length: "per day", "per 30 days". */
export function perPeriod(seconds: number): string {
  const { count, unit } = period(seconds);
  return count === 1 ? `per ${unit}` : `per ${count} ${unit}s`;
}

function period(seconds: number): { count: number; unit: string } {
  const [unit, length] = UNITS.find(([, size]) => seconds >= size && seconds % size === 0) ?? UNITS[3];
  return { count: seconds / length, unit };
}

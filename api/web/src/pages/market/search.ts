import type { Kind } from '../../api/types';
import { KINDS } from '../../lib/kinds';
import { isAddress } from '../../lib/parse';

export const RANGES = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type Range = (typeof RANGES)[number];
const DAY = 86_400_000;
export const RANGE_DAYS: Record<Range, number> = { day: 1, week: 7, month: 30, quarter: 90, year: 365 };

/** The view as it stands in the address, so that a link reproduces it. */
export interface MarketSearch {
  range?: Range;
  /** Days (YYYY-MM-DD, UTC), both inside; they take the range's place. */
  from?: string;
  until?: string;
  token?: string;
  kind?: Kind;
  of?: 'providers';
  by?: 'sales';
}

function dayText(value: unknown): string | undefined {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined;
}

export function readMarketSearch(search: Record<string, unknown>): MarketSearch {
  const range = RANGES.find((each) => each === search['range']);
  const [from, until] = [dayText(search['from']), dayText(search['until'])];
  const token = typeof search['token'] === 'string' && isAddress(search['token']) ? search['token'] : undefined;
  const kind = KINDS.find((each) => each === search['kind']);
  const whole = from !== undefined && until !== undefined && from <= until;
  return {
    ...(range && !whole && range !== 'month' && { range }),
    ...(whole && { from, until }),
    ...(token !== undefined && { token }),
    ...(kind && { kind }),
    ...(search['of'] === 'providers' && { of: 'providers' as const }),
    ...(search['by'] === 'sales' && { by: 'sales' as const }),
  };
}

/** From when until when, in milliseconds. An open end is rounded up to minutes: a query must not change every tick. */
export function span(search: MarketSearch, now: number): { from: number; until: number } {
  if (search.from !== undefined && search.until !== undefined) {
    return { from: Date.parse(search.from), until: Date.parse(search.until) + DAY - 1000 };
  }
  const until = Math.ceil(now / 60_000) * 60_000;
  return { from: until - RANGE_DAYS[search.range ?? 'month'] * DAY, until };
}

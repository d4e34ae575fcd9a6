import { isAddress } from '../../lib/parse';
import { RANGES, type Range } from '../market/search';

/** What is compared, as it stands in the address, so that a link reproduces the view. */
export interface CompareSearch {
  /** Public ids of listings, with commas between. */
  ids?: string;
  range?: Range;
  token?: string;
}

export const MOST = 4;

export function idsOf({ ids = '' }: CompareSearch): string[] {
  return [...new Set(ids.split(','))].filter((id) => /^\d{1,20}-[1-9]\d{0,19}$/.test(id)).slice(0, MOST);
}

export function readCompareSearch(search: Record<string, unknown>): CompareSearch {
  const ids = idsOf({ ids: typeof search['ids'] === 'string' ? search['ids'] : '' }).join(',');
  const range = RANGES.find((each) => each === search['range']);
  const token = typeof search['token'] === 'string' && isAddress(search['token']) ? search['token'] : undefined;
  return { ...(ids !== '' && { ids }), ...(range && range !== 'month' && { range }), ...(token !== undefined && { token }) };
}

import type { Purchase } from './types';

/** Newest first. `next` continues after the last item; `null` when there is nothing older. */
export interface Feed {
  items: Purchase[];
  next: string | null;
}

type Entry = Pick<Purchase, 'id' | 'tx_hash' | 'block_time'>;

/** An id names a place in the chain; after a reorg another purchase, or another block, may stand there. */
function same(a: Entry, b: Entry): boolean {
  return a.id === b.id && a.tx_hash === b.tx_hash && a.block_time === b.block_time;
}

/**
 * Puts a freshly fetched newest page in front of what is already known.
 *
 * The page is the truth for all it covers: purchases that a reorg removed vanish, finality is
 * renewed. What is older is kept only when the page's last entry is known; otherwise there is a gap
 * or a deep reorg, and the page alone is returned: a shorter list, never one with a hole. Entries
 * older than the page are renewed by deeper pages, see `isSettled`.
 */
export function mergeNewest(known: Feed | undefined, page: Feed): Feed {
  const last = page.items.at(-1);
  if (known === undefined || last === undefined) return page;
  const at = known.items.findIndex((item) => same(item, last));
  const older = at === -1 ? [] : known.items.slice(at + 1);
  if (older.length === 0) return page;
  return { items: [...page.items, ...older], next: known.next };
}

/** True when `page` reaches what is known, so that nothing between the two is missing. */
export function reaches(known: Feed | undefined, page: Feed): boolean {
  if (known === undefined || known.items.length === 0 || page.next === null) return true;
  const last = page.items.at(-1);
  return last === undefined || known.items.some((item) => same(item, last));
}

/**
 * True when nothing known lies below the page that could still change: all older entries are final.
 * Until then a page that reaches deeper is needed to see reorgs and new finality down there.
 */
export function isSettled(known: Feed | undefined, page: Feed): boolean {
  const covered = page.items.length;
  if (known === undefined || page.next === null || known.items.length <= covered) return true;
  return known.items.slice(covered).every((item) => item.finality === 'finalized');
}

/** Adds an older page, unless the list moved on since that page's cursor was taken. */
export function appendOlder(known: Feed, cursor: string, page: Feed): Feed {
  if (known.next !== cursor) return known;
  const ids = new Set(known.items.map((item) => item.id));
  return { items: [...known.items, ...page.items.filter((item) => !ids.has(item.id))], next: page.next };
}

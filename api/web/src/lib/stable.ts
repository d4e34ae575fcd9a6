/** What a list shows while its source keeps changing. */
export interface Stable<T> {
  visible: T[];
  /** Items that are new at the front and wait until the reader asks for them. */
  waiting: number;
}

/**
 * Keeps a list still under the reader's hands. Shown items keep their order and get fresh data;
 * items that are new at the front are only counted; items that are new further down (a loaded
 * page) are shown. An item that is gone from the middle of the source is gone (it no longer
 * matches the filter); one that new items pushed off the source's end stays.
 */
export function settle<T extends { id: string }>(shown: readonly T[], source: readonly T[]): Stable<T> {
  const fresh = new Map(source.map((item) => [item.id, item]));
  const known = new Set(shown.map((item) => item.id));
  const front = source.findIndex((item) => known.has(item.id));
  if (front === -1) return { visible: [...source], waiting: 0 };
  const lastFresh = shown.findLastIndex((item) => fresh.has(item.id));
  const kept = shown.flatMap((item, at) => fresh.get(item.id) ?? (at > lastFresh ? item : []));
  const added = source.slice(front).filter((item) => !known.has(item.id));
  return { visible: [...kept, ...added], waiting: front };
}

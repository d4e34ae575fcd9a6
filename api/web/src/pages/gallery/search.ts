import type { ListingsFilter } from '../../api/queries';
import type { Kind, ListingStatus } from '../../api/types';
import { KINDS, STATUSES } from '../../lib/kinds';

/** The filter as it stands in the address, so that a link reproduces the view. Defaults are left out. */
export interface GallerySearch {
  kind?: Kind;
  status?: ListingStatus;
  sort?: 'oldest';
}

function oneOf<T extends string>(allowed: readonly T[], value: unknown): T | undefined {
  return allowed.find((each) => each === value);
}

/** Reads the address; a word it does not know is left out rather than sent to the API. */
export function readGallerySearch(search: Record<string, unknown>): GallerySearch {
  const kind = oneOf(KINDS, search['kind']);
  const status = oneOf(STATUSES, search['status']);
  return { ...(kind && { kind }), ...(status && { status }), ...(search['sort'] === 'oldest' && { sort: 'oldest' as const }) };
}

export function toFilter({ kind, status, sort }: GallerySearch): ListingsFilter {
  return { sort: sort ?? 'newest', ...(kind && { kind }), ...(status && { status }) };
}

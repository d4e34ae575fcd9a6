import type { ListingsFilter } from '../../api/queries';
import type { Kind, ListingStatus } from '../../api/types';
import { KINDS, STATUSES } from '../../lib/kinds';

/** The filter as it stands in the address, so that a link reproduces the view. Defaults are left out. */
export interface GallerySearch {
  kind?: Kind;
  status?: ListingStatus;
  sort?: 'newest' | 'oldest' | 'buyers' | 'trending';
  q?: string;
  tag?: string;
  licence?: string;
  task?: string;
  framework?: string;
  sector?: string;
  modality?: string;
  resource_class?: string;
  free?: true;
}

/** What a listing may say of itself beside its tags: few do, so they stand behind a button. */
export const DETAILS = ['task', 'framework', 'sector', 'modality', 'resource_class'] as const;
export type Detail = (typeof DETAILS)[number];

export const SORTS = ['newest', 'oldest', 'buyers', 'trending'] as const;
/** As long as the API takes. */
const LONGEST = 200;

function text(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  // Control characters are refused by the API; nobody types them.
  const cleaned = [...String(value)].filter((c) => c >= ' ' && c !== '\u007f').slice(0, LONGEST).join('').trim();
  return cleaned === '' ? undefined : cleaned;
}

function oneOf<T extends string>(allowed: readonly T[], value: unknown): T | undefined {
  return allowed.find((each) => each === value);
}

function detailsOf(search: Record<string, unknown>): Partial<Record<Detail, string>> {
  const found = DETAILS.flatMap((detail) => {
    const value = text(search[detail]);
    return value === undefined ? [] : [[detail, value] as const];
  });
  return Object.fromEntries(found);
}

/** Reads the address; a word it does not know is left out rather than sent to the API. */
export function readGallerySearch(search: Record<string, unknown>): GallerySearch {
  const kind = oneOf(KINDS, search['kind']);
  const status = oneOf(STATUSES, search['status']);
  const q = text(search['q']);
  const tag = text(search['tag']);
  const licence = text(search['licence']);
  const free = search['free'] === true || search['free'] === 'true';
  const sort = oneOf(SORTS, search['sort']);
  // Without words the newest come first anyway; with words the best match does.
  const said = sort === 'newest' && q === undefined ? undefined : sort;
  return {
    ...(kind && { kind }),
    ...(status && { status }),
    ...(said && { sort: said }),
    ...(q !== undefined && { q }),
    ...(tag !== undefined && { tag }),
    ...(licence !== undefined && { licence }),
    ...detailsOf(search),
    ...(free && { free }),
  };
}

export function toFilter(search: GallerySearch): ListingsFilter {
  const { kind, status, sort, q, tag, licence, free } = search;
  return {
    ...detailsOf({ ...search }),
    sort: sort ?? (q === undefined ? 'newest' : 'relevance'),
    ...(kind && { kind }),
    ...(status && { status }),
    ...(q !== undefined && { q }),
    ...(tag !== undefined && { tag }),
    ...(licence !== undefined && { licence }),
    ...(free && { free }),
  };
}

import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { getAccess, getAccount, getFlow, getGrades, getLeaders, getLineage, getListing, getListings, getMarket, getPrices, getPurchases, getRetention, getRevenues, getSeries, getSpendings, getStaking, getStatus, getYield, ProblemError } from './client';
import { displayName } from '../lib/kinds';
import { currentPollDelay } from './connection';
import { appendOlder, type Feed, isSettled, mergeNewest, reaches } from './feed';
import type { LeadersQuery, ListingsQuery, PurchasesQuery, SeriesQuery } from './types';

const LIVE_MS = 1000;
const LISTINGS_MS = 4000;
const LISTING_MS = 2000;
const PAGE = 24;
/** Bounds the pages read to close a gap; a tab that slept longer starts from the newest page. */
const CATCH_UP_PAGES = 4;
/** Older pages that are not final yet are read again this often, and at most so many of them. */
const DEEP_MS = 10_000;
const DEEP_PAGES = 20;

export function statusQuery() {
  return queryOptions({
    queryKey: ['status'],
    queryFn: ({ signal }) => getStatus(signal),
    refetchInterval: () => currentPollDelay(LIVE_MS),
  });
}

export type ListingsFilter = Pick<ListingsQuery, 'kind' | 'status' | 'sort' | 'q' | 'tag' | 'licence' | 'free' | 'task' | 'framework' | 'sector' | 'modality' | 'resource_class'>;

export function listingsQuery(filter: ListingsFilter) {
  return infiniteQueryOptions({
    queryKey: ['listings', filter],
    queryFn: ({ pageParam, signal }) =>
      getListings({ ...filter, limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next ?? null,
    placeholderData: keepPreviousData,
    // Every loaded page is asked for again, so more pages mean a slower beat.
    refetchInterval: (query) => currentPollDelay(LISTINGS_MS * Math.max(1, query.state.data?.pages.length ?? 1)),
  });
}

export function listingQuery(id: string) {
  return queryOptions({
    queryKey: ['listing', id],
    queryFn: async ({ signal }) => (await getListing(id, signal)).data,
    refetchInterval: (query) => {
      const { error } = query.state;
      const refused = error instanceof ProblemError && error.status < 500 && error.status !== 404;
      return refused ? false : currentPollDelay(LISTING_MS);
    },
  });
}

export function accountQuery(address: string) {
  return queryOptions({
    queryKey: ['account', address.toLowerCase()],
    queryFn: async ({ signal }) => (await getAccount(address, signal)).data,
    refetchInterval: (query) => {
      const { error } = query.state;
      const refused = error instanceof ProblemError && error.status < 500;
      return refused ? false : currentPollDelay(LISTING_MS);
    },
  });
}

export function stakingQuery() {
  return queryOptions({
    queryKey: ['staking'],
    queryFn: async ({ signal }) => (await getStaking(signal)).data,
    refetchInterval: () => currentPollDelay(LISTING_MS),
  });
}

/** What became of an account's credits, newest first. */
export function spendingsQuery(holder: string) {
  return infiniteQueryOptions({
    queryKey: ['spendings', holder.toLowerCase()],
    queryFn: ({ pageParam, signal }) =>
      getSpendings({ holder, limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next ?? null,
    refetchInterval: (query) => currentPollDelay(LISTINGS_MS * Math.max(1, query.state.data?.pages.length ?? 1)),
  });
}

/** A listing of which only the name is wanted: asked for once in a while. */
export function listingNameQuery(id: string) {
  return queryOptions({
    queryKey: ['listing', id],
    queryFn: async ({ signal }) => (await getListing(id, signal)).data,
    staleTime: 60_000,
  });
}

export type PurchasesFilter = Pick<PurchasesQuery, 'listing' | 'account'>;

interface ReadNewest {
  known: Feed | undefined;
  filter: PurchasesFilter;
  /** Read down to what is final, not just to what is known. */
  deep: boolean;
  signal: AbortSignal;
}

async function readNewest({ known, filter, deep, signal }: ReadNewest): Promise<Feed> {
  let newest = await readPage(filter, null, signal);
  for (let page = 1; newest.next !== null; page += 1) {
    const closesGap = page < CATCH_UP_PAGES && !reaches(known, newest);
    const renews = deep && page < DEEP_PAGES && !isSettled(known, newest);
    if (!closesGap && !renews) break;
    newest = appendOlder(newest, newest.next, await readPage(filter, newest.next, signal));
  }
  return newest;
}

async function readPage(filter: PurchasesFilter, cursor: string | null, signal: AbortSignal): Promise<Feed> {
  const answer = await getPurchases({ ...filter, limit: PAGE, ...(cursor === null ? {} : { cursor }) }, signal);
  return { items: answer.data, next: answer.next ?? null };
}

/** Purchases, newest first, kept up to date; `loadOlder` continues into the past. */
export function usePurchases(filter: PurchasesFilter) {
  const client = useQueryClient();
  const queryKey = ['purchases', filter] as const;
  const deepAt = useRef(0);
  const query = useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<Feed> => {
      const deep = Date.now() - deepAt.current >= DEEP_MS;
      const newest = await readNewest({ known: client.getQueryData<Feed>(queryKey), filter, deep, signal });
      if (deep) deepAt.current = Date.now();
      // Read again: older pages may have been added while this one was under way.
      return mergeNewest(client.getQueryData<Feed>(queryKey), newest);
    },
    refetchInterval: () => currentPollDelay(LIVE_MS),
  });
  const older = useMutation({
    mutationFn: async (cursor: string) => ({
      cursor,
      page: await readPage(filter, cursor, new AbortController().signal),
    }),
    onSuccess: ({ cursor, page }) => {
      client.setQueryData<Feed>(queryKey, (known) => known && appendOlder(known, cursor, page));
    },
  });
  const next = query.data?.next ?? null;
  return {
    ...query,
    items: query.data?.items ?? [],
    hasOlder: next !== null,
    isLoadingOlder: older.isPending,
    olderError: older.error,
    loadOlder: () => {
      if (next !== null && !older.isPending) older.mutate(next);
    },
  };
}

/** Whether an account may use a listing. */
export function accessQuery(listing: string, account: string) {
  return queryOptions({
    queryKey: ['account', account.toLowerCase(), 'access', listing],
    queryFn: async ({ signal }) => (await getAccess(listing, account, signal)).data,
    refetchInterval: () => currentPollDelay(LISTING_MS),
  });
}

const FACETS = 'kind,status,tag,licence,task,framework,sector,modality,resource_class';

/** How many listings have each value, under the filter but for the value's own. */
export function facetsQuery(filter: ListingsFilter) {
  return queryOptions({
    queryKey: ['facets', filter],
    queryFn: async ({ signal }) => (await getListings({ ...filter, facets: FACETS, limit: 1 }, signal)).facets ?? {},
    placeholderData: keepPreviousData,
    refetchInterval: () => currentPollDelay(LISTINGS_MS),
  });
}

/** What listings are called, and their kinds, by their ids. */
export function namesQuery(ids: readonly string[]) {
  return queryOptions({
    queryKey: ['names', ids],
    enabled: ids.length > 0,
    queryFn: async ({ signal }) => {
      const { data } = await getListings({ ids: ids.join(','), limit: 100 }, signal);
      return new Map(data.map((listing) => [listing.id, { name: displayName(listing), kind: listing.kind }]));
    },
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}

/** What listings brought, by their ids. */
export function revenuesQuery(ids: readonly string[]) {
  return queryOptions({
    queryKey: ['listings', 'revenues', ids],
    enabled: ids.length > 0,
    queryFn: ({ signal }) => getRevenues(ids, signal),
    placeholderData: keepPreviousData,
    refetchInterval: () => currentPollDelay(LISTINGS_MS * 2),
  });
}

export function ownListingsQuery(owner: string) {
  return queryOptions({
    queryKey: ['listings', 'of', owner.toLowerCase()],
    queryFn: async ({ signal }) => (await getListings({ owner, limit: 100, sort: 'newest' }, signal)).data,
    refetchInterval: () => currentPollDelay(LISTINGS_MS),
  });
}

/** Figures change with every sale; a look every few seconds is enough for people. */
const MARKET_MS = 5000;

export function marketQuery() {
  return queryOptions({
    queryKey: ['market', 'totals'],
    queryFn: async ({ signal }) => (await getMarket(signal)).data,
    refetchInterval: () => currentPollDelay(MARKET_MS),
  });
}

export function seriesQuery(query: SeriesQuery) {
  return queryOptions({
    queryKey: ['market', 'series', query],
    queryFn: async ({ signal }) => (await getSeries(query, signal)).data,
    placeholderData: keepPreviousData,
    refetchInterval: () => currentPollDelay(MARKET_MS),
  });
}

export function leadersQuery(query: LeadersQuery) {
  return queryOptions({
    queryKey: ['market', 'leaders', query],
    queryFn: async ({ signal }) => (await getLeaders(query, signal)).data,
    placeholderData: keepPreviousData,
    refetchInterval: () => currentPollDelay(MARKET_MS),
  });
}

export function flowQuery(id: string) {
  return queryOptions({
    queryKey: ['flow', id],
    queryFn: async ({ signal }) => (await getFlow(id, signal)).data,
    refetchInterval: () => currentPollDelay(LISTINGS_MS * 4),
  });
}

export function lineageQuery(id: string, way: 'ancestors' | 'descendants') {
  return queryOptions({
    queryKey: ['lineage', way, id],
    queryFn: async ({ signal }) => (await getLineage(id, way, signal)).data,
    staleTime: 60_000,
  });
}

/** What is counted every ten minutes, or changes by its owner's hand alone. */
const SLOW_MS = 60_000;

export function gradesQuery(id: string) {
  return queryOptions({
    queryKey: ['grades', id],
    queryFn: async ({ signal }) => (await getGrades(id, signal)).data,
    refetchInterval: () => currentPollDelay(SLOW_MS),
  });
}

export function pricesQuery(id: string) {
  return queryOptions({
    queryKey: ['listing', id, 'prices'],
    queryFn: async ({ signal }) => (await getPrices(id, signal)).data,
    staleTime: SLOW_MS,
  });
}

export function yieldQuery(id: string) {
  return queryOptions({
    queryKey: ['yield', id],
    queryFn: async ({ signal }) => (await getYield(id, signal)).data,
    refetchInterval: () => currentPollDelay(LISTINGS_MS * 4),
  });
}

export const RETENTION_MONTHS = 12;

export function retentionQuery(id: string) {
  return queryOptions({
    queryKey: ['market', 'retention', id],
    queryFn: async ({ signal }) => (await getRetention(id, RETENTION_MONTHS, signal)).data,
    refetchInterval: () => currentPollDelay(SLOW_MS),
  });
}

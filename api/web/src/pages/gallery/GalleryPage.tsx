import { useInfiniteQuery, useQueries } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { listingsQuery, revenuesQuery } from '../../api/queries';
import type { Earned } from '../../api/client';
import type { ListingSummary } from '../../api/types';
import { MoreButton } from '../../components/MoreButton';
import { ErrorNotice, Notice } from '../../components/Notice';
import { settle } from '../../lib/stable';
import { Filters } from './Filters';
import styles from './GalleryPage.module.css';
import { CardSkeleton, ListingCard } from './ListingCard';
import { LivePanel } from './LivePanel';
import { toFilter } from './search';

export function GalleryPage() {
  const search = useSearch({ from: '/' });
  return (
    <>
      <title>Stoa · AI models, data, compute, agents and services</title>
      <div className={styles.layout}>
        <header className={styles.intro}>
          <h1 className={styles.heading}>Listings</h1>
          <p className={styles.lead}>Models, datasets, compute, agents and services, priced and sold on chain.</p>
        </header>
        <LivePanel />
        <section className={styles.catalogue} aria-label="Listings">
          <Filters search={search} />
          <Catalogue key={JSON.stringify(search)} search={search} />
        </section>
      </div>
    </>
  );
}

function Catalogue({ search }: { search: Parameters<typeof toFilter>[0] }) {
  const query = useInfiniteQuery(listingsQuery(toFilter(search)));
  const source = useMemo(() => query.data?.pages.flatMap((page) => page.data), [query.data]);
  const { visible, waiting, showAll } = useSettled(query.isPlaceholderData ? undefined : source);

  const revenues = useRevenues(query.data?.pages);

  if (source === undefined || query.isPlaceholderData || source.length === 0) {
    return (
      <>
        <div className={styles.fresh} />
        {query.error && <ErrorNotice error={query.error} what="The listings" retry={() => void query.refetch()} />}
        {!query.error && source?.length === 0 && <NoListings filtered={Object.keys(search).length > 0} />}
        {!query.error && source?.length !== 0 && <GridSkeleton />}
      </>
    );
  }
  return (
    <>
      <output className={styles.fresh}>
        {waiting > 0 && (
          <button type="button" className={styles.freshButton} onClick={showAll}>
            Show {waiting} new {waiting === 1 ? 'listing' : 'listings'}
          </button>
        )}
      </output>
      <ul className={styles.grid}>
        {visible.map((listing) => (
          <ListingCard key={listing.id} listing={listing} earned={revenues.get(listing.id)} />
        ))}
      </ul>
      {query.hasNextPage && (
        <MoreButton
          label="Load more"
          loading={query.isFetchingNextPage}
          error={query.isFetchNextPageError ? query.error : null}
          onClick={() => {
            if (!query.isFetchingNextPage) void query.fetchNextPage();
          }}
        />
      )}
    </>
  );
}

/** A page at a time, as they come. */
function useRevenues(pages: { data: ListingSummary[] }[] = []): Map<string, Earned[]> {
  return useQueries({
    queries: pages.map(({ data }) => revenuesQuery(data.map(({ id }) => id))),
    combine: (answers) => new Map(answers.flatMap(({ data }) => [...(data ?? [])])),
  });
}

/** Holds the cards still: new listings wait behind a button instead of pushing the grid about. */
function useSettled(source: ListingSummary[] | undefined) {
  const [shown, setShown] = useState<ListingSummary[]>([]);
  const settled = useMemo(() => settle(shown, source ?? []), [shown, source]);
  if (source !== undefined && settled.visible.length !== shown.length) setShown(settled.visible);
  const showAll = () => {
    setShown(source ?? []);
    window.scrollTo({ top: 0 });
  };
  return { ...settled, showAll };
}

function NoListings({ filtered }: { filtered: boolean }) {
  if (filtered) return <Notice title="Nothing matches">No listing fits. Try fewer filters, or other words.</Notice>;
  return <Notice title="No listings yet">The first one appears here as soon as its block is indexed.</Notice>;
}

const SKELETONS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];

function GridSkeleton() {
  return (
    <ul className={styles.grid} aria-busy="true" aria-label="Loading listings">
      {SKELETONS.map((key) => (
        <CardSkeleton key={key} />
      ))}
    </ul>
  );
}

import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { ProblemError } from '../../api/client';
import { useTopic } from '../../api/live';
import { listingQuery } from '../../api/queries';
import type { Listing } from '../../api/types';
import { KindName, KindTile, StatusBadge } from '../../components/Badge';
import { Fingerprint } from '../../components/Fingerprint';
import { BackIcon } from '../../components/icons';
import { ErrorNotice, Notice } from '../../components/Notice';
import { Skeleton } from '../../components/Skeleton';
import { Account, Count } from '../../components/Value';
import { displayName } from '../../lib/kinds';
import { Facts } from './Facts';
import { Lineage } from './Lineage';
import styles from './ListingPage.module.css';
import { Plans } from './Plans';
import { Purchases } from './Purchases';
import { Revenue } from './Revenue';
import { Shares } from './Shares';
import { Use } from './Use';
import { Versions } from './Versions';

/** Charts are no part of the first look. */
const Sales = lazy(() => import('./Sales'));

export function ListingPage() {
  const { listingId } = useParams({ from: '/listings/$listingId' });
  return (
    <>
      <Link to="/" className={styles.back}>
        <BackIcon /> Listings
      </Link>
      <Loaded key={listingId} id={listingId} />
    </>
  );
}

function Loaded({ id }: { id: string }) {
  useTopic(/^\d+-\d+$/.test(id) ? `listing:${id}` : null);
  const { data, error, refetch } = useQuery(listingQuery(id));
  if (data !== undefined) return <Content listing={data} />;
  if (error instanceof ProblemError && error.status < 500) {
    return (
      <Notice
        page
        title={error.status === 404 ? `No listing ${id}` : error.title}
        action={<Link to="/">All listings</Link>}
      >
        {error.message}
      </Notice>
    );
  }
  if (error) return <ErrorNotice page error={error} what="The listing" retry={() => void refetch()} />;
  return <Loading />;
}

function Content({ listing }: { listing: Listing }) {
  return (
    <article data-kind={listing.kind}>
      <title>{`${displayName(listing)} · Stoa`}</title>
      <Title listing={listing} />
      <div className={styles.columns}>
        <div className={styles.main}>
          <About listing={listing} />
          <Use listing={listing} />
          <Purchases listing={listing} />
          <Versions listing={listing} />
          <Suspense fallback={null}>
            <Sales listing={listing} />
          </Suspense>
          <Lineage listing={listing} />
        </div>
        <aside className={styles.side}>
          <Plans listing={listing} />
          <Shares listing={listing} />
          <Revenue listing={listing} />
          <Facts listing={listing} />
        </aside>
      </div>
    </article>
  );
}

function Title({ listing }: { listing: Listing }) {
  return (
    <header className={styles.title}>
      <KindTile kind={listing.kind} large />
      <div className={styles.words}>
        <p className={styles.line}>
          <KindName kind={listing.kind} />
          <span>{listing.id}</span>
          <StatusBadge status={listing.status} />
        </p>
        <h1 className={styles.heading} data-testid="listing-title">
          <bdi>{displayName(listing)}</bdi>
        </h1>
        <p className={styles.line}>
          <span className={styles.owner}>
            by <Account value={listing.owner} label="owner's address" />
          </span>
          <span>
            <Count value={listing.sales} /> {listing.sales === '1' ? 'sale' : 'sales'}
          </span>
          <span>
            <Count value={listing.buyers} /> {listing.buyers === 1 ? 'buyer' : 'buyers'}
          </span>
        </p>
      </div>
      <div className={styles.print} title={`Content hash of version ${listing.version}: ${listing.content_hash}`}>
        <Fingerprint hash={listing.content_hash} />
      </div>
    </header>
  );
}

function About({ listing }: { listing: Listing }) {
  const { metadata } = listing;
  const description = metadata?.description?.trim();
  return (
    <section className={styles.about} aria-label="About">
      {description ? (
        <p className={styles.description} dir="auto">
          {description}
        </p>
      ) : (
        <p className={styles.quiet}>
          {metadata ? 'Its owner wrote no description.' : 'Its description lies outside the chain; its address is below.'}
        </p>
      )}
      {metadata && metadata.tags.length > 0 && (
        <ul className={styles.tags} aria-label="Tags">
          {[...new Set(metadata.tags)].map((tag) => (
            <li key={tag}>
              <Link to="/" search={{ tag }}>
                {tag}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Loading() {
  return (
    <div aria-busy="true" aria-label="Loading the listing">
      <div className={styles.title}>
        <Skeleton width="56px" height={56} />
        <div className={styles.words}>
          <Skeleton width="160px" height={24} />
          <Skeleton width="min(480px, 90%)" height={36} />
          <Skeleton width="240px" height={24} />
        </div>
        <div className={styles.print} />
      </div>
      <div className={styles.columns}>
        <div className={styles.main}>
          <Skeleton height={72} />
          <Skeleton height={320} />
        </div>
        <div className={styles.side}>
          <Skeleton height={180} />
          <Skeleton height={240} />
        </div>
      </div>
    </div>
  );
}

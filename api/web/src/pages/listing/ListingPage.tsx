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
import { Grades } from './Grades';
import { Lineage } from './Lineage';
import styles from './ListingPage.module.css';
import { Plans } from './Plans';
import { Prices } from './Prices';
import { Purchases } from './Purchases';
import { Revenue } from './Revenue';
import { Shares } from './Shares';
import { Use } from './Use';
import { Versions } from './Versions';
import { Yield } from './Yield';

/** Charts are no part of the first look. */
const Sales = lazy(() => import('./Sales'));
/** On its way while the listing is asked for: what is drawn before it would move when it comes. */
const words = import('./Markdown');
words.catch(() => {});
const Markdown = lazy(() => words.catch(() => ({ default: PlainText })));

/** Formatting that cannot be loaded leaves the words. */
function PlainText({ text }: { text: string }) {
  return (
    <p className={styles.description} dir="auto">
      {text}
    </p>
  );
}

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
  if (data !== undefined) {
    return (
      <Suspense fallback={<Loading />}>
        <Content listing={data} />
      </Suspense>
    );
  }
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
          <Grades listing={listing} />
          <Prices listing={listing} />
          <Lineage listing={listing} />
        </div>
        <aside className={styles.side}>
          <Plans listing={listing} />
          <Shares listing={listing} />
          <Yield listing={listing} />
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
          {listing.grade != null && (
            <span title="Its grades, of 1,000: of the last 30 days, and of its whole life">
              grade {listing.grade.short_term} · {listing.grade.long_term}
            </span>
          )}
          <Link to="/compare" search={{ ids: listing.id }}>
            Compare
          </Link>
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
        <Markdown text={description} />
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

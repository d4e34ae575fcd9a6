import { Link } from '@tanstack/react-router';
import type { Earned } from '../../api/client';
import type { ListingSummary } from '../../api/types';
import { KindName, KindTile, StatusBadge } from '../../components/Badge';
import { Fingerprint } from '../../components/Fingerprint';
import { Skeleton } from '../../components/Skeleton';
import { Amount, Count } from '../../components/Value';
import { displayName } from '../../lib/kinds';
import styles from './ListingCard.module.css';

const TAGS_SHOWN = 3;

/** What stands where there is no description. */
const WORDS: Record<ListingSummary['metadata']['status'], string> = {
  ok: 'No description.',
  pending: 'Described outside the chain.',
  unreachable: 'Its description could not be reached.',
  mismatch: 'Its description is not the one that the chain names.',
  invalid: 'Its description cannot be read.',
};

export function ListingCard({ listing, earned }: { listing: ListingSummary; earned: Earned[] | undefined }) {
  const { metadata } = listing;
  return (
    <li
      className={styles.card}
      data-kind={listing.kind}
      data-status={listing.status}
      data-testid="listing-card"
      data-listing-id={listing.id}
    >
      <div className={styles.top}>
        <KindTile kind={listing.kind} />
        <span className={styles.what}>
          <KindName kind={listing.kind} />
          <span className={styles.id}>
            {listing.id} · v{listing.version}
          </span>
        </span>
        {listing.status !== 'active' && <StatusBadge status={listing.status} />}
      </div>
      <h2 className={styles.name}>
        <Link to="/listings/$listingId" params={{ listingId: listing.id }} className={styles.link}>
          <bdi>{displayName(listing)}</bdi>
        </Link>
      </h2>
      <p className={styles.description}>{metadata?.description?.trim() || <Undescribed listing={listing} />}</p>
      <Tags tags={metadata?.tags ?? []} />
      <Fingerprint hash={listing.content_hash} />
      <div className={styles.foot}>
        <Price listing={listing} />
        <Grade listing={listing} />
        <Sales listing={listing} />
        <Revenue earned={earned} />
      </div>
    </li>
  );
}

function Undescribed({ listing }: { listing: ListingSummary }) {
  return <span className={styles.quiet}>{WORDS[listing.metadata.status]}</span>;
}

function Tags({ tags }: { tags: string[] }) {
  return (
    <ul className={styles.tags}>
      {[...new Set(tags)].slice(0, TAGS_SHOWN).map((tag) => (
        <li key={tag} className={styles.tag}>
          <Link to="/" search={{ tag }}>
            {tag}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Price({ listing }: { listing: ListingSummary }) {
  const cheapest = listing.cheapest_plan;
  if (cheapest == null) {
    const plans = listing.plan_count;
    return <span className={styles.price}>{plans === 0 ? 'No plans' : `${plans} plans`}</span>;
  }
  return (
    <span className={styles.price}>
      {listing.plan_count > 1 && !/^0+$/.test(cheapest.amount) && <span className={styles.from}>from </span>}
      <Amount base={cheapest.amount} token={cheapest.token} digits={4} free />
    </span>
  );
}

function Sales({ listing }: { listing: ListingSummary }) {
  return (
    <span className={styles.sales}>
      <Count value={listing.sales} /> {listing.sales === '1' ? 'sale' : 'sales'}
    </span>
  );
}

/** What it brought, by token, the most sold first; its line is kept until that is known. */
function Revenue({ earned }: { earned: Earned[] | undefined }) {
  const [most, ...others] = (earned ?? []).filter(({ gross }) => !/^0+$/.test(gross)).toSorted((a, b) => Number(BigInt(b.sales) - BigInt(a.sales)));
  return (
    <span className={styles.revenue}>
      {most !== undefined && (
        <>
          brought <Amount base={most.gross} token={most.token} digits={2} />
          {others.length > 0 && ` + ${others.length} more ${others.length === 1 ? 'token' : 'tokens'}`}
        </>
      )}
      {most === undefined && earned !== undefined && 'brought nothing yet'}
    </span>
  );
}

/** Nothing until it was counted: every ten minutes. */
function Grade({ listing: { grade } }: { listing: ListingSummary }) {
  if (grade == null) return null;
  return (
    <span className={styles.grade} title={`Grades, of 1,000: ${grade.short_term} of the last 30 days, ${grade.long_term} of its whole life`}>
      <span className="visually-hidden">grade </span>
      <span aria-hidden="true">▲</span> {grade.short_term}
    </span>
  );
}

export function CardSkeleton() {
  return (
    <li className={styles.card} aria-hidden="true">
      <div className={styles.top}>
        <Skeleton width="36px" height={36} />
        <Skeleton width="80px" />
      </div>
      <div className={styles.name}>
        <Skeleton width="75%" height={18} />
      </div>
      <div className={styles.lines}>
        <Skeleton />
        <Skeleton width="80%" />
      </div>
      <div className={styles.tags} />
      <Skeleton height={10} />
      <div className={styles.foot}>
        <Skeleton width="72px" />
        <Skeleton width="52px" />
        <span className={styles.revenue} />
      </div>
    </li>
  );
}
